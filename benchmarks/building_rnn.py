"""One LSTM layer, forwards and backwards: n_x 64, n_a 128, 64 examples, 100 steps.

    python -m benchmarks.building_rnn
    python -m benchmarks.building_rnn --python torch=/where/torch/is/bin/python

All start from the same parameters and compute the states, and the gradients of parameters and input. "plain" is the
course's way: float64, one product a gate and step. torch takes part where it is installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.harness import Target, Work, main

N_X, N_A, EXAMPLES, STEPS = 64, 128, 64, 100
WORKLOAD = f"LSTM layer forwards and backwards: n_x {N_X}, n_a {N_A}, {EXAMPLES} examples, {STEPS} steps"
GATES = "ifco"
Arrays = dict[str, np.ndarray]


def inputs() -> tuple[np.ndarray, np.ndarray, Arrays]:
    """x (n_x, m, T), da (n_a, m, T) and the course's parameters, float64, the same for everyone."""
    rng = np.random.default_rng(0)
    x, da = rng.standard_normal((N_X, EXAMPLES, STEPS)), rng.standard_normal((N_A, EXAMPLES, STEPS))
    scale = (N_A + N_X) ** -0.5
    parameters = {f"W{gate}": scale * rng.standard_normal((N_A, N_A + N_X)) for gate in GATES}
    return x, da, parameters | {f"b{gate}": 0.1 * rng.standard_normal((N_A, 1)) for gate in GATES}


def keras_weights(parameters: Arrays, dtype: Any) -> list[np.ndarray]:
    """kernel, recurrent kernel and bias in Keras's layout."""
    stacked = np.concatenate([parameters[f"W{gate}"] for gate in GATES]).T
    bias = np.concatenate([parameters[f"b{gate}"][:, 0] for gate in GATES])
    return [part.astype(dtype) for part in (stacked[N_A:], stacked[:N_A], bias)]


def numbers(a: np.ndarray, dx: np.ndarray, dkernel: np.ndarray, dbias: np.ndarray) -> list[float]:
    """What contestants must agree on: the norms of states and gradients."""
    return [float(np.linalg.norm(np.asarray(array, np.float64))) for array in (a, dx, dkernel, dbias)]


def plain_sigmoid(z: np.ndarray) -> np.ndarray:
    """The logistic function as the course writes it."""
    return 1 / (1 + np.exp(-z))


def plain_forward(x: np.ndarray, parameters: Arrays) -> tuple[np.ndarray, list[tuple]]:
    """States a (n_a, m, T) and a cache a step, one product a gate and step."""
    a = np.zeros((N_A, x.shape[1], x.shape[2]))
    a_next = c_next = np.zeros((N_A, x.shape[1]))
    caches = []
    for t in range(x.shape[2]):
        stacked, c_prev = np.concatenate([a_next, x[:, :, t]]), c_next
        f = plain_sigmoid(np.dot(parameters["Wf"], stacked) + parameters["bf"])
        i = plain_sigmoid(np.dot(parameters["Wi"], stacked) + parameters["bi"])
        c = np.tanh(np.dot(parameters["Wc"], stacked) + parameters["bc"])
        o = plain_sigmoid(np.dot(parameters["Wo"], stacked) + parameters["bo"])
        c_next = f * c_prev + i * c
        a_next = o * np.tanh(c_next)
        a[:, :, t] = a_next
        caches.append((stacked, c_prev, c_next, f, i, c, o))
    return a, caches


def plain_backward(da: np.ndarray, caches: list[tuple], parameters: Arrays) -> Arrays:
    """dx (n_x, m, T) and the gradient of every parameter."""
    gradients = {f"d{key}": np.zeros_like(value) for key, value in parameters.items()}
    dx = np.zeros((N_X, da.shape[1], da.shape[2]))
    da_prev = dc_prev = np.zeros(da.shape[:2])
    for t in reversed(range(da.shape[2])):
        stacked, c_prev, c_next, f, i, c, o = caches[t]
        da_next, tanh_c = da[:, :, t] + da_prev, np.tanh(c_next)
        dc = dc_prev + da_next * o * (1 - tanh_c**2)
        dz = {
            "f": dc * c_prev * f * (1 - f),
            "i": dc * c * i * (1 - i),
            "c": dc * i * (1 - c**2),
            "o": da_next * tanh_c * o * (1 - o),
        }
        dstacked = np.zeros_like(stacked)
        for gate, value in dz.items():
            gradients[f"dW{gate}"] += np.dot(value, stacked.T)
            gradients[f"db{gate}"] += np.sum(value, axis=1, keepdims=True)
            dstacked += np.dot(parameters[f"W{gate}"].T, value)
        da_prev, dx[:, :, t], dc_prev = dstacked[:N_A], dstacked[N_A:], dc * f
    return {"dx": dx, **gradients}


def make_plain() -> Work:
    """The course's way."""
    x, da, parameters = inputs()
    last: dict[str, Any] = {}

    def run() -> None:
        last["a"], caches = plain_forward(x, parameters)
        last["gradients"] = plain_backward(da, caches, parameters)

    def digest() -> list[float]:
        found = last["gradients"]
        kernel, bias = (np.concatenate([found[f"d{kind}{gate}"] for gate in GATES]) for kind in "Wb")
        return numbers(last["a"], found["dx"], kernel, bias)

    return Work(run, digest)


def make_fast(dtype: Any) -> Work:
    """The layer of common.recurrent."""
    from common.recurrent import recurrent_layer

    x, da, parameters = inputs()
    x, da = (np.ascontiguousarray(array.transpose(2, 1, 0), dtype) for array in (x, da))
    weights = dict(zip(("kernel", "recurrent_kernel", "bias"), keras_weights(parameters, dtype), strict=True))
    layer = recurrent_layer("lstm", N_X, N_A, dtype=dtype, reuse_buffers=True)
    last: dict[str, Any] = {}

    def run() -> None:
        last["run"] = layer.forward(weights, x)
        last["gradients"] = layer.backward(da, last["run"].cache)

    def digest() -> list[float]:
        found = last["gradients"]
        kernel = np.concatenate([found.parameters["kernel"], found.parameters["recurrent_kernel"]])
        return numbers(last["run"].h, found.x, kernel, found.parameters["bias"])

    return Work(run, digest)


def make_keras() -> Work:
    """Keras's layer with its gradients inside one tf.function, float32."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras
    import tensorflow as tf

    x, da, parameters = inputs()
    x, da = (tf.constant(array.transpose(1, 2, 0), tf.float32) for array in (x, da))
    layer = keras.layers.LSTM(N_A, return_sequences=True)
    layer.build(x.shape)
    layer.set_weights(keras_weights(parameters, np.float32))
    variables = [variable.value for variable in layer.trainable_weights]

    @tf.function
    def both(x: Any, da: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            a = layer(x)
        return a, tape.gradient(a, [x, *variables], output_gradients=da)

    last: dict[str, Any] = {}

    def run() -> None:
        a, gradients = both(x, da)
        last["arrays"] = [a.numpy(), *(gradient.numpy() for gradient in gradients)]

    def digest() -> list[float]:
        a, dx, kernel, recurrent, bias = last["arrays"]
        return numbers(a, dx, np.concatenate([kernel, recurrent]), bias)

    return Work(run, digest)


def make_torch() -> Work:
    """torch.nn.LSTM with its gradients, float32."""
    import torch

    x, da, parameters = inputs()
    x, da = (torch.tensor(array.transpose(2, 1, 0).copy(), dtype=torch.float32) for array in (x, da))
    x.requires_grad_(True)
    layer = torch.nn.LSTM(N_X, N_A)
    gates = "ifco"  # torch's order i, f, g, o, where g is the candidate
    stacked = np.concatenate([parameters[f"W{gate}"] for gate in gates])
    bias = np.concatenate([parameters[f"b{gate}"][:, 0] for gate in gates])
    with torch.no_grad():
        for weight, value in zip(layer.parameters(), (stacked[:, N_A:], stacked[:, :N_A], bias, 0 * bias), strict=True):
            weight.copy_(torch.tensor(value))
    last: dict[str, Any] = {}

    def run() -> None:
        a, _ = layer(x)
        last["arrays"] = [a.detach(), *torch.autograd.grad(a, [x, *layer.parameters()], da)]

    def digest() -> list[float]:
        a, dx, kernel, recurrent, bias, _ = (array.numpy() for array in last["arrays"])
        return numbers(a, dx, np.concatenate([kernel, recurrent], axis=1), bias)

    return Work(run, digest)


CONTESTANTS: dict[str, Callable[[], Work]] = {
    "plain-float64": make_plain,
    "fast-float64": lambda: make_fast(np.float64),
    "fast-float32": lambda: make_fast(np.float32),
    "keras": make_keras,
    "torch": make_torch,
}
TARGETS = [
    Target("fast-float64", over="plain-float64", at_least=1.1),
    Target("fast-float32", over="plain-float64", at_least=2.0),
    Target("fast-float32", over="keras", at_least=0.85),
]

if __name__ == "__main__":
    sys.exit(main("benchmarks.building_rnn", WORKLOAD, CONTESTANTS, TARGETS))
