"""Activation functions in NumPy, stable for any finite input."""

from __future__ import annotations

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """The logistic function 1 / (1 + exp(-x)), elementwise, without overflow; dtype of `x`.

    Source: computed as (1 + tanh(x / 2)) / 2, which is the same function.
    """
    return 0.5 * np.tanh(0.5 * np.asarray(x)) + 0.5


def softmax(x: np.ndarray, axis: int = 0) -> np.ndarray:
    """exp(x) normalised to sum 1 along `axis` (the first by default, as in the course), shifted by the maximum."""
    x = np.asarray(x)
    shifted = np.exp(x - x.max(axis=axis, keepdims=True))
    return shifted / shifted.sum(axis=axis, keepdims=True)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """log(softmax(x)) along `axis` in nats, without taking the logarithm of a small number."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
