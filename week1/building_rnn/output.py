"""The softmax output of every step: y_t = softmax(W a_t + b).

Notation: n_y outputs, n_a units, m examples, T_x steps; `a` (n_a, m) or (n_a, m, T_x), `weights` (n_y, n_a),
`bias` (n_y, 1).
"""

from __future__ import annotations

import numpy as np

from common.activations import softmax
from week1.building_rnn.shapes import Parameters, check_parameters


def predict(a: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The probabilities softmax(weights a + bias): (n_y, m) or (n_y, m, T_x), summing to 1 along the first axis."""
    return softmax(logits_of(a, weights, bias))


def logits_of(a: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """weights a + bias: (n_y, m) or (n_y, m, T_x)."""
    return np.tensordot(weights, a, axes=1) + bias.reshape(-1, *[1] * (a.ndim - 1))


def check_output(parameters: Parameters, key: str, a: np.ndarray, *, name: str) -> None:
    """Raise InputError unless parameters[key] (n_y, n_a) and parameters["by"] (n_y, 1) fit the states `a`."""
    n_y = len(parameters[key]) if key in parameters else 0
    check_parameters(parameters, {key: (n_y, np.shape(a)[0]), "by": (n_y, 1)}, {name: a})
