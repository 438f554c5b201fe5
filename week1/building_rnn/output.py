"""The softmax output of every step, its cross-entropy, and the gradients of both.

    y_t = softmax(W a_t + b)                     L = - (1 / N) sum over t and examples of log y_t[target]
    dz_t = (y_t - onehot(target_t)) / N          da_t = W^T dz_t,   dW = sum_t dz_t a_t^T,   db = sum of dz_t

N is the number of targets that count. Notation: n_y outputs, n_a units, m examples, T_x steps; `a` (n_a, m) or
(n_a, m, T_x), `weights` (n_y, n_a), `bias` (n_y, 1), `targets` (m, T_x) integers in [0, n_y).
"""

from __future__ import annotations

import numpy as np

from common.activations import log_softmax, softmax
from common.errors import InputError
from week1.building_rnn.rnn import Gradients
from week1.building_rnn.shapes import Parameters, check_parameters


def predict(a: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The probabilities softmax(weights a + bias): (n_y, m) or (n_y, m, T_x), summing to 1 along the first axis."""
    return softmax(_logits(a, weights, bias))


def _logits(a: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    return np.tensordot(weights, a, axes=1) + bias.reshape(-1, *[1] * (a.ndim - 1))


def check_output(parameters: Parameters, key: str, a: np.ndarray, *, name: str) -> None:
    """Raise InputError unless parameters[key] (n_y, n_a) and parameters["by"] (n_y, 1) fit the states `a`."""
    n_y = len(parameters[key]) if key in parameters else 0
    check_parameters(parameters, {key: (n_y, np.shape(a)[0]), "by": (n_y, 1)}, {name: a})


def cross_entropy(
    a: np.ndarray, targets: np.ndarray, weights: np.ndarray, bias: np.ndarray, *, mask: np.ndarray | None = None
) -> tuple[float, np.ndarray, Gradients]:
    """Mean cross-entropy in nats over all steps that count, and its gradients.

    Returns the loss, da (n_a, m, T_x), and {"dW": (n_y, n_a), "db": (n_y, 1)}. `mask` (m, T_x) is true where a step
    counts; without it all do. Raises InputError where shapes or target numbers do not fit.
    """
    counts = np.ones(a.shape[1:], bool) if mask is None else np.asarray(mask, bool)
    _check_targets(a, targets, counts, n_y=len(weights))
    logits = _logits(a, weights, bias)
    examples, steps = np.indices(targets.shape)
    safe = np.where(counts, targets, 0)
    total = counts.sum()
    loss = -float((log_softmax(logits, axis=0)[safe, examples, steps] * counts).sum() / total)
    dz = softmax(logits)
    dz[safe, examples, steps] -= 1
    dz *= counts / total
    da = np.tensordot(weights.T, dz, axes=1)
    dweights = np.tensordot(dz, a, axes=([1, 2], [1, 2]))
    return loss, da, {"dW": dweights, "db": dz.sum(axis=(1, 2))[:, np.newaxis]}


def _check_targets(a: np.ndarray, targets: np.ndarray, counts: np.ndarray, *, n_y: int) -> None:
    if targets.shape != a.shape[1:] or counts.shape != a.shape[1:]:
        raise InputError(
            f"targets have shape {targets.shape} and their mask {counts.shape}, but the states have shape {a.shape}; "
            f"both must be {a.shape[1:]}, one target for each example and step."
        )
    if not counts.any():
        raise InputError("no target counts: the mask is false everywhere; leave at least one step unmasked.")
    used = targets[counts]
    if used.min() < 0 or used.max() >= n_y:
        raise InputError(f"targets hold {used.min()} to {used.max()}, but there are {n_y} outputs: use 0 to {n_y - 1}.")
