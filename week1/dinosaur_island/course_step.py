"""One step of the course's dinosaur algorithm, readable: forward, backward, clip, update, for a single name.

This is the specification, in the course's notation and order; `course_fast_step.py` does the same bit for bit. Every
vector is a column, and every sum is taken in the course's order:

    a<t> = tanh(Wax x<t> + Waa a<t-1> + b)          p<t> = softmax(Wya a<t> + by)          loss = -sum_t log p<t>[Y[t]]

    Wax (n_a, vocab_size)   Waa (n_a, n_a)   Wya (vocab_size, n_a)   b (n_a, 1)   by (vocab_size, 1)

all float64. `X` is a list of character indices whose None stands for the zero vector (nothing read yet), `Y` the index
that follows each. Source: course, week 1, dinosaur assignment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from common.activations import softmax
from common.errors import InputError

Columns = dict[int, np.ndarray]
PARAMETER_NAMES = ("Wax", "Waa", "Wya", "b", "by")


def one_hot(index: int | None, vocab_size: int) -> np.ndarray:
    """The column (vocab_size, 1) with a one at `index`; all zeros for None."""
    x = np.zeros((vocab_size, 1))
    if index is not None:
        x[index] = 1
    return x


def forward_step(
    x: np.ndarray, a_prev: np.ndarray, parameters: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The next hidden state (n_a, 1) and the probabilities of the next character (vocab_size, 1).

    a = tanh(Wax x + Waa a_prev + b),  p = softmax(Wya a + by)
    """
    a = np.tanh(np.dot(parameters["Wax"], x) + np.dot(parameters["Waa"], a_prev) + parameters["b"])
    return a, softmax(np.dot(parameters["Wya"], a) + parameters["by"])


def loss_and_gradients(
    X: Sequence[int | None], Y: Sequence[int], a_prev: np.ndarray, parameters: Mapping[str, np.ndarray]
) -> tuple[float, dict[str, np.ndarray], np.ndarray]:
    """The loss of one name in nats (summed over its characters), its gradients, and the last hidden state (n_a, 1).

    The gradients are keyed `dWax dWaa dWya db dby`, shaped like the parameters, and not clipped.
    """
    loss, x, a, p = forward(X, Y, a_prev, parameters)
    return loss, backward(x, a, p, Y, parameters), a[len(X) - 1]


def forward(
    X: Sequence[int | None], Y: Sequence[int], a_prev: np.ndarray, parameters: Mapping[str, np.ndarray]
) -> tuple[float, Columns, Columns, Columns]:
    """The loss in nats, and by step the inputs, the hidden states (-1: `a_prev`) and the probabilities, as columns."""
    vocab_size = parameters["by"].shape[0]
    x, a, p = {}, {-1: a_prev}, {}
    loss = 0.0
    for t, index in enumerate(X):
        x[t] = one_hot(index, vocab_size)
        a[t], p[t] = forward_step(x[t], a[t - 1], parameters)
        loss -= np.log(p[t][Y[t], 0])
    return float(loss), x, a, p


def backward(
    x: Columns, a: Columns, p: Columns, Y: Sequence[int], parameters: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Backpropagation through time, from the last character to the first: the gradients, not clipped.

    dy = p - onehot(Y),  da = Wya^T dy + Waa^T dz<t+1>,  dz = (1 - a^2) da
    dWya += dy a^T,  dby += dy,  dWax += dz x^T,  dWaa += dz a<t-1>^T,  db += dz
    """
    gradients = {f"d{name}": np.zeros_like(parameters[name]) for name in PARAMETER_NAMES}
    da_next = np.zeros_like(a[-1])
    for t in reversed(range(len(Y))):
        dy = p[t].copy()
        dy[Y[t]] -= 1
        da = np.dot(parameters["Wya"].T, dy) + da_next
        dz = (1 - a[t] * a[t]) * da
        gradients["dWya"] += np.dot(dy, a[t].T)
        gradients["dby"] += dy
        gradients["dWax"] += np.dot(dz, x[t].T)
        gradients["dWaa"] += np.dot(dz, a[t - 1].T)
        gradients["db"] += dz
        da_next = np.dot(parameters["Waa"].T, dz)
    return gradients


def clip_gradients(gradients: Mapping[str, np.ndarray], max_value: float) -> dict[str, np.ndarray]:
    """New arrays with every element limited to [-max_value, max_value]; the given ones stay as they are."""
    return {name: np.clip(gradient, -max_value, max_value) for name, gradient in gradients.items()}


def update_parameters(
    parameters: Mapping[str, np.ndarray], gradients: Mapping[str, np.ndarray], learning_rate: float
) -> None:
    """One step of gradient descent, W -= learning_rate * dW, in the arrays of `parameters` themselves."""
    for name in PARAMETER_NAMES:
        parameters[name] -= learning_rate * gradients[f"d{name}"]


class PlainStep:
    """The readable step with a memory: parameters and the hidden state that one name hands to the next.

    Same methods as `course_fast_step.FastStep`, which is its fast equal. The parameters are copied.
    """

    def __init__(self, parameters: Mapping[str, np.ndarray], *, learning_rate: float, max_value: float):
        self.parameters = {name: np.array(parameters[name], dtype=np.float64) for name in PARAMETER_NAMES}
        self.learning_rate, self.max_value = learning_rate, max_value
        self._a_prev = np.zeros_like(self.parameters["b"])

    def encode(self, indices: Sequence[int], newline: int) -> tuple[list[int | None], list[int]]:
        """X and Y of a name: nothing, then its characters; its characters, then the newline."""
        return [None, *indices], [*indices, newline]

    def step(self, example: tuple[list[int | None], list[int]]) -> float:
        """Learn from one name; returns its loss in nats, as it was before the update.

        Where the loss or the gradient is not a finite number, the parameters stay and the loss comes back nan or inf.
        """
        loss, gradients, a_last = loss_and_gradients(*example, self._a_prev, self.parameters)
        if not (math.isfinite(loss) and math.isfinite(np.vdot(gradients["db"], gradients["db"]))):
            return loss if not math.isfinite(loss) else math.nan
        self._a_prev = a_last
        update_parameters(self.parameters, clip_gradients(gradients, self.max_value), self.learning_rate)
        return loss


def check_parameters(parameters: Mapping[str, np.ndarray], a_prev: np.ndarray | None = None) -> None:
    """InputError where a parameter is missing or its shape does not fit the others'; it names both shapes."""
    missing = [name for name in PARAMETER_NAMES if name not in parameters]
    if missing:
        raise InputError(f"parameters has no {missing[0]!r}: it needs {', '.join(PARAMETER_NAMES)}")
    n_a, vocab_size = parameters["b"].shape[0], parameters["by"].shape[0]
    shapes = ((n_a, vocab_size), (n_a, n_a), (vocab_size, n_a), (n_a, 1), (vocab_size, 1))
    arrays = [
        (f"parameters[{name!r}]", parameters[name], shape) for name, shape in zip(PARAMETER_NAMES, shapes, strict=True)
    ]
    if a_prev is not None:
        arrays.append(("a_prev", a_prev, (n_a, 1)))
    for label, array, shape in arrays:
        if array.shape != shape:
            raise InputError(
                f"{label} has shape {array.shape}, but b and by ({n_a} and {vocab_size} rows) ask for {shape}: "
                "make the arrays fit each other"
            )


def check_example(X: Sequence[int | None], Y: Sequence[int], vocab_size: int) -> None:
    """InputError where X and Y are empty, differ in length or hold an index outside the vocabulary."""
    if not X or len(X) != len(Y):
        raise InputError(f"X has {len(X)} entries and Y has {len(Y)}: give the same number, at least one")
    wrong = [index for index in (*X, *Y) if index is not None and not 0 <= index < vocab_size]
    if wrong or None in Y:
        raise InputError(
            f"X or Y holds {(wrong or [None])[0]}, which is no index into {vocab_size} characters: "
            f"use 0 to {vocab_size - 1} (None only in X)"
        )
