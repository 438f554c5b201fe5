"""Choosing a token from scores: temperature, top-k, top-p, and the draw itself with an injected generator.

Scores are log-probabilities or logits (nats, up to a constant per row) of shape (..., vocabulary); each row is a
distribution softmax(scores). An entry of -inf is never chosen.
"""

from __future__ import annotations

import numpy as np

from common.activations import log_softmax, softmax
from common.errors import InputError


def apply_temperature(scores: np.ndarray, temperature: float) -> np.ndarray:
    """Scores of the distribution p ** (1 / temperature), shape and floating dtype of `scores`, row maximum 0.

    Below 1 sharper, above 1 flatter, 1 unchanged; at 0 all but the row's first maximum become -inf (greedy).

    Raises:
        InputError: a temperature that is negative or not finite; scores with NaN, +inf or a row of -inf only.
    """
    if not 0 <= temperature < np.inf:
        raise InputError(f"the temperature is {temperature}; give a number from 0 (greedy) upwards, usually 0.5 to 1.5")
    shifted = _checked(scores)
    shifted = shifted - np.max(shifted, axis=-1, keepdims=True)
    if temperature == 0:
        places = np.arange(shifted.shape[-1])
        return np.where(places == np.argmax(shifted, axis=-1)[..., None], shifted, -np.inf)
    with np.errstate(over="ignore"):
        return shifted / shifted.dtype.type(max(temperature, np.finfo(shifted.dtype).tiny))


def top_k(scores: np.ndarray, k: int) -> np.ndarray:
    """`scores` with all but the `k` best of each row set to -inf, shape and floating dtype of `scores`.

    Of equal scores at the border the first ones stay, so that exactly `k` do (all, if `k` exceeds the vocabulary).

    Raises:
        InputError: `k` is not a whole number from 1 upwards, or the scores are unusable (see `apply_temperature`).
    """
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1:
        raise InputError(f"top-k is {k}; give a whole number from 1 upwards")
    scores = _checked(scores)
    if k >= scores.shape[-1]:
        return scores.copy()
    border = np.partition(scores, -k, axis=-1)[..., -k, None]
    better, equal = scores > border, scores == border
    room = k - better.sum(axis=-1, keepdims=True)
    return np.where(better | (equal & (np.cumsum(equal, axis=-1) <= room)), scores, -np.inf)


def top_p(scores: np.ndarray, p: float) -> np.ndarray:
    """`scores` with all but each row's nucleus set to -inf, shape and floating dtype of `scores`.

    The nucleus is the smallest set of most probable tokens whose probabilities sum to at least `p`; of equal ones the
    first come first. 1 keeps everything. Source: Holtzman et al. 2020, "The curious case of neural text degeneration".

    Raises:
        InputError: `p` is not above 0 and at most 1, or the scores are unusable (see `apply_temperature`).
    """
    if not 0 < p <= 1:
        raise InputError(f"top-p is {p}; give a share above 0 and at most 1")
    scores = _checked(scores)
    if p == 1:
        return scores.copy()
    order = np.argsort(-scores, axis=-1, kind="stable")
    ranked = np.take_along_axis(softmax(scores.astype(np.float64), axis=-1), order, axis=-1)
    before = np.cumsum(ranked, axis=-1) - ranked
    before[..., 0] = 0
    kept = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(kept, order, before < p, axis=-1)
    return np.where(kept, scores, -np.inf)


def draw(
    scores: np.ndarray,
    rng: np.random.Generator,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> np.ndarray:
    """One index a row, int64 of shape `scores.shape[:-1]` (a NumPy integer for a single row).

    Temperature, top-k and top-p are applied in this order. Each row takes one uniform number of `rng`, in the order of
    the rows, and `index_at` turns it into the index: the same uniform gives the same index. Temperature 0 takes the
    first maximum and no random number.

    Raises:
        InputError: as `apply_temperature`, `top_k` and `top_p`.
    """
    scores = restrict(scores, temperature=temperature, top_k=top_k, top_p=top_p)
    if temperature == 0:
        return np.argmax(scores, axis=-1)
    return index_at(scores, rng.random(scores.shape[:-1]))


def restrict(
    scores: np.ndarray, *, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> np.ndarray:
    """Log-probabilities (nats) of the distribution that `draw` draws from, shape and floating dtype of `scores`."""
    scores = apply_temperature(scores, temperature)
    if top_k is not None:
        scores = _keep_best(scores, top_k)
    if top_p is not None:
        scores = _keep_nucleus(scores, top_p)
    return log_softmax(scores)


# The options of `draw` and `restrict` are called like the functions, which they hide there.
_keep_best, _keep_nucleus = top_k, top_p


def index_at(scores: np.ndarray, uniform: np.ndarray | float) -> np.ndarray:
    """The index where the cumulative distribution first exceeds `uniform`, int64 of shape `scores.shape[:-1]`.

    `uniform` lies in [0, 1) and has one number a row. Cumulated in float64 from index 0 upwards; an index of
    probability 0 is never returned. The same rule as `numpy.random.Generator.choice(n, p=softmax(scores))`.
    """
    cumulative = np.cumsum(softmax(_checked(scores).astype(np.float64), axis=-1), axis=-1)
    cumulative /= cumulative[..., -1:]
    return np.sum(cumulative <= np.asarray(uniform)[..., None], axis=-1)


def _checked(scores: np.ndarray) -> np.ndarray:
    scores = np.asarray(scores)
    if scores.ndim == 0 or scores.shape[-1] == 0:
        raise InputError(f"scores have the shape {scores.shape}; the last axis must be the vocabulary")
    if scores.dtype.kind != "f":
        scores = scores.astype(np.float64)
    best = np.max(scores, axis=-1)
    if not np.all(np.isfinite(best)):
        raise InputError("scores hold NaN, +inf, or a row without any possible token; check the model that made them")
    return scores
