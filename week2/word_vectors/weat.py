"""The word embedding association test (WEAT): are two sets of words tied differently to two sets of attributes?

Caliskan, Bryson & Narayanan, "Semantics derived automatically from language corpora contain human-like biases" (2017).
For targets X, Y and attributes A, B:

    s(w) = mean over a in A of cos(w, a) - mean over b in B of cos(w, b)
    effect size = (mean of s over X - mean of s over Y) / standard deviation of s over X and Y

The p-value is the share of ways to part X and Y's words anew, in sets of the same sizes, for which X's mean lies above
Y's by at least as much. All ways are tried where there are few, else some are drawn; the parting at hand counts as one.
The standard deviation is the sample's (n - 1 in the denominator).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

from common.errors import InputError
from common.vector_scores import unit

MOST_EXACT = 200_000
_BLOCK = 20_000
_TIE = 1e-12


@dataclass(frozen=True)
class Association:
    """What the test found.

    Attributes:
        effect: the effect size, at most about 2 in size; 0 where all targets are tied to the attributes alike.
        p_value: one-sided, 0 to 1.
        permutations: how many partings it comes from.
        exact: whether these were all.
        x_scores, y_scores: s(w) of each word of X and of Y.
    """

    effect: float
    p_value: float
    permutations: int
    exact: bool
    x_scores: np.ndarray
    y_scores: np.ndarray


def association_test(
    x: np.ndarray,
    y: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    *,
    rng: np.random.Generator,
    permutations: int = 100_000,
    most_exact: int = MOST_EXACT,
) -> Association:
    """WEAT of four sets of vectors, (n, d) each.

    Args:
        x, y: the targets, at least two vectors each.
        a, b: the attributes.
        rng: draws the partings where there are more than `most_exact`.
        permutations: how many are drawn then.

    Raises:
        InputError: a set is too small.
    """
    for name, vectors, least in (("X", x, 2), ("Y", y, 2), ("A", a, 1), ("B", b, 1)):
        if len(vectors) < least:
            raise InputError(f"the WEAT set {name} has {len(vectors)} known words; it needs at least {least}")
    scores = associations(np.concatenate([x, y]), a, b)
    spread = np.std(scores, ddof=1)
    x_scores, y_scores = scores[: len(x)], scores[len(x) :]
    ways = math.comb(len(scores), len(x))
    exact = ways <= most_exact
    parted = _all_partings(len(scores), len(x)) if exact else _drawn_partings(len(scores), len(x), permutations, rng)
    # X's sum decides: with the sizes and the total fixed, the difference of the means rises with it.
    reached = sum(int(np.sum(scores[rows].sum(axis=1) >= x_scores.sum() - _TIE)) for rows in parted)
    p_value = reached / ways if exact else (reached + 1) / (permutations + 1)
    effect = (x_scores.mean() - y_scores.mean()) / spread if spread > _TIE else 0.0
    return Association(float(effect), p_value, ways if exact else permutations, exact, x_scores, y_scores)


def associations(words: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """s(w) of each of (n, d) words: (n,)."""
    words, a, b = (unit(np.asarray(rows, dtype=np.float64)) for rows in (words, a, b))
    return (words @ a.T).mean(axis=1) - (words @ b.T).mean(axis=1)


def _all_partings(count: int, size: int) -> Iterator[np.ndarray]:
    """Every choice of `size` of `count` rows, as (some, size) arrays."""
    choices = combinations(range(count), size)
    while block := list(islice(choices, _BLOCK)):
        yield np.array(block)


def _drawn_partings(count: int, size: int, draws: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """`draws` random choices, as (some, size) arrays."""
    for at in range(0, draws, _BLOCK):
        yield np.argsort(rng.random((min(_BLOCK, draws - at), count)), axis=1)[:, :size]
