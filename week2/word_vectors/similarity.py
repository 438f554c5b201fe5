"""How alike words are: cosine similarity, and which word does not belong to the others.

    cos(u, v) = u.v / (|u| |v|)

in [-1, 1]: 1 for the same direction, 0 for right angles, -1 for opposite directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from common.errors import InputError
from common.vector_scores import unit
from common.vector_space import VectorSpace


def cosine(u: np.ndarray, v: np.ndarray) -> float:
    """cos(u, v) in float64. Equal vectors have 1, zero vectors among them; else a zero vector has 0 with any other."""
    u, v = np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)
    if u.shape != v.shape:
        raise InputError(f"the vectors have shapes {u.shape} and {v.shape}; give two of one shape")
    if np.array_equal(u, v):
        return 1.0
    length = np.sqrt(np.sum(u * u)) * np.sqrt(np.sum(v * v))
    return float(np.sum(u * v) / length) if length else 0.0


def pairs_of(words: Sequence[str]) -> list[tuple[str, str]]:
    """Every pair of the words, in their order."""
    return list(combinations(words, 2))


def odd_one_out(space: VectorSpace, words: Sequence[str]) -> list[tuple[str, float]]:
    """The words with their mean cosine to the others, the one that belongs least first.

    Raises:
        InputError: there are fewer than three words, one stands there twice, or one is unknown.
    """
    if len(words) < 3:
        raise InputError(f"{len(words)} words were given; the odd one is found among at least 3")
    if len(set(words)) < len(words):
        twice = next(word for word in words if list(words).count(word) > 1)
        raise InputError(f"{twice!r} stands there twice; give different words")
    rows = unit(space.matrix.rows(space.rows(words)))
    cosines = rows @ rows.T
    means = (cosines.sum(axis=1) - cosines.diagonal()) / (len(words) - 1)
    return [(words[place], float(means[place])) for place in np.argsort(means, kind="stable")]
