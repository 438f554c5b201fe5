"""The vanilla recurrent network, step by step: the readable specification.

    a_t = tanh(Wax x_t + Waa a_{t-1} + ba)                                (Elman, 1990)

and backwards, with `da` the gradient that arrives at a_t from its own output and from step t + 1:

    dz      = da * (1 - a_t^2)                  dWax = dz x_t^T       dba = sum of dz over the batch
    dx_t    = Wax^T dz                          dWaa = dz a_{t-1}^T
    da_{t-1} = Waa^T dz

Notation: n_x input features, n_a units, m examples, T_x steps; `xt` (n_x, m), `x` (n_x, m, T_x), `a_prev`, `a_next`,
`a0` (n_a, m), `a` (n_a, m, T_x); `parameters` holds Wax (n_a, n_x), Waa (n_a, n_a), ba (n_a, 1).
Gradients are summed over the examples; the gradient of Q is called dQ and has Q's shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from week1.building_rnn.shapes import Parameters, Shapes, check_gradient, check_parameters, check_step

Gradients = dict[str, np.ndarray]
StepCache = tuple[np.ndarray, np.ndarray, np.ndarray, Parameters]
Caches = tuple[list[Any], np.ndarray]


def parameter_shapes(n_x: int, n_a: int) -> Shapes:
    """The shape of every parameter of a network with `n_x` inputs and `n_a` units."""
    return {"Wax": (n_a, n_x), "Waa": (n_a, n_a), "ba": (n_a, 1)}


def step(xt: np.ndarray, a_prev: np.ndarray, parameters: Parameters) -> tuple[np.ndarray, StepCache]:
    """One step: a_next (n_a, m) and the cache (a_next, a_prev, xt, parameters).

    Raises InputError where the shapes do not fit.
    """
    inputs = {"xt": xt, "a_prev": a_prev}
    check_step(inputs)
    check_parameters(parameters, parameter_shapes(len(xt), len(a_prev)), inputs)
    a_next = np.tanh(parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"])
    return a_next, (a_next, a_prev, xt, parameters)


def step_backward(da_next: np.ndarray, cache: StepCache) -> Gradients:
    """Gradients of one step from `da_next` (n_a, m): dxt, da_prev, dWax, dWaa, dba."""
    a_next, a_prev, xt, parameters = cache
    dz = da_next * (1 - a_next**2)
    return {
        "dxt": parameters["Wax"].T @ dz,
        "da_prev": parameters["Waa"].T @ dz,
        "dWax": dz @ xt.T,
        "dWaa": dz @ a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),
    }


def forward(x: np.ndarray, a0: np.ndarray, parameters: Parameters) -> tuple[np.ndarray, Caches]:
    """All steps from `a0`: the states a (n_a, m, T_x), and (the list of the steps' caches, x)."""
    inputs = {"x": x, "a0": a0}
    check_step(inputs, dimensions=3)
    check_parameters(parameters, parameter_shapes(len(x), len(a0)), inputs)
    return over_time(step, x, a0, parameters)


def backward(da: np.ndarray, caches: Caches) -> Gradients:
    """Gradients through time from `da` (n_a, m, T), T <= T_x: dx (n_x, m, T), da0, dWax, dWaa, dba.

    `da` holds what each state receives from its own step's output; what it receives from later steps is added here.
    With fewer steps than the forward pass had, only the first T are walked.
    """
    return back_through_time(step_backward, da, caches)


def over_time(
    step: Callable[..., tuple[np.ndarray, Any]], x: np.ndarray, a0: np.ndarray, parameters: Parameters
) -> tuple[np.ndarray, Caches]:
    """Repeat the `step` of a network whose whole state is a, as `forward` does."""
    a_next, caches = a0, []
    for t in range(x.shape[2]):
        a_next, cache = step(x[:, :, t], a_next, parameters)
        caches.append(cache)
    return np.stack([cache[0] for cache in caches], axis=2), (caches, x)


def back_through_time(step_backward: Callable[..., Gradients], da: np.ndarray, caches: Caches) -> Gradients:
    """Walk the steps of a network whose whole state is a from the last of `da` to the first, as `backward` does."""
    steps, _ = caches
    check_gradient(da, steps[0][0], len(steps))
    da_prev, dx, totals = np.zeros_like(da[:, :, 0]), [], {}
    for t in reversed(range(da.shape[2])):
        gradients = step_backward(da[:, :, t] + da_prev, steps[t])
        dx.append(gradients.pop("dxt"))
        da_prev = gradients.pop("da_prev")
        accumulate(totals, gradients)
    return {"dx": np.stack(dx[::-1], axis=2), "da0": da_prev, **totals}


def accumulate(totals: Gradients, gradients: Gradients) -> None:
    """Add each of `gradients` to the running sum of the same name in `totals` (made where it is not there yet)."""
    for name, gradient in gradients.items():
        totals[name] = totals[name] + gradient if name in totals else gradient
