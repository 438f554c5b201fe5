"""A direction of bias in word vectors, and two ways to take it out.

After Bolukbasi et al., "Man is to Computer Programmer as Woman is to Homemaker? Debiasing Word Embeddings" (2016).
With a direction g, each vector is the sum of its part along it and the rest:

    v_B = (v.g / |g|^2) g        v_perp = v - v_B

Neutralize: v - s v_B, with strength s; s = 1 is the paper's hard debiasing, and leaves nothing along g.
Equalize a pair e1, e2: with mu = (e1 + e2) / 2 and nu = mu_perp,

    e_i' = nu + sqrt(r^2 - |nu|^2) (e_iB - mu_B) / |e_iB - mu_B|

so that the two differ along g alone, by the same amount to either side, and both have the length r. The paper works on
vectors of length 1, so r = 1 there; here r is the pair's own (quadratic) mean length unless it is given. With strength
s the result is (1 - s) e_i + s e_i'. That linear way is what "soft" means here; the paper's own soft debiasing is a
linear map of the whole space, found by optimisation.

Vectors are float64 (d,) or (n, d).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.vector_scores import lengths

METHODS = ("pca", "difference")
_NOTHING = 1e-9
"""A difference shorter than this part of the vectors' lengths counts as none."""


@dataclass(frozen=True)
class Direction:
    """A direction learnt from pairs.

    Attributes:
        axis: (d,) of length 1, pointing from the pairs' second words to their first.
        share: the part of the pairs' variance that lies along it, 0 to 1.
        agreement: (n,) cosine of each pair's difference (first minus second) with the axis.
    """

    axis: np.ndarray
    share: float
    agreement: np.ndarray


def bias_direction(
    first: np.ndarray, second: np.ndarray, *, method: str = "pca", names: Sequence[str] | None = None
) -> Direction:
    """The direction in which pairs differ.

    Args:
        first: (n, d), for example the vectors of woman, she, mother.
        second: (n, d), their counterparts: man, he, father.
        method: "pca": the first principal component of the pairs, each centred on its own middle (Bolukbasi et al.);
            "difference": the mean of first minus second.
        names: what an error calls the pairs ("woman/man").

    Raises:
        InputError: a pair spans nothing (its two vectors are equal), or the differences cancel.
    """
    if method not in METHODS:
        raise InputError(f"there is no way {method!r} to find a direction; choose one of {', '.join(METHODS)}")
    differences = np.asarray(first, dtype=np.float64) - second
    spans = lengths(differences)
    for number in np.flatnonzero(spans <= _NOTHING * (lengths(first) + lengths(second))):
        name = names[number] if names else number + 1
        raise InputError(f"the pair {name} spans nothing: its two vectors are equal; give words that differ")
    mean = differences.mean(axis=0)
    if method == "difference":
        axis = mean
    else:  # centred on its middle a pair is +-difference / 2, so this is the PCA of the centred 2n vectors
        axis = np.linalg.svd(differences, full_matrices=False)[2][0]
    length = np.linalg.norm(axis)
    if length <= _NOTHING * spans.max():
        raise InputError("the pairs' differences cancel, so they have no direction; give them all in the same order")
    axis = axis * (np.where(axis @ mean < 0, -1, 1) / length)
    along = differences @ axis
    return Direction(axis, float(np.sum(along**2) / np.sum(spans**2)), along / spans)


def part_along(vectors: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """v_B: the part of each vector along the axis, in the vectors' shape.

    Raises:
        InputError: the axis is a zero vector.
    """
    vectors, axis = np.asarray(vectors, dtype=np.float64), np.asarray(axis, dtype=np.float64)
    square = axis @ axis
    if not square > 0:
        raise InputError("the bias direction is a zero vector and spans nothing; take it from two words that differ")
    return ((vectors @ axis) / square)[..., np.newaxis] * axis


def neutralize(vectors: np.ndarray, axis: np.ndarray, *, strength: float = 1.0) -> np.ndarray:
    """The vectors without their part along the axis, or without `strength` (0 to 1) of it."""
    return vectors - strength * part_along(vectors, axis)


def equalize(
    first: np.ndarray, second: np.ndarray, axis: np.ndarray, *, length: float | None = None, strength: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Two vectors (d,) that differ along the axis alone, by the same amount to either side.

    Args:
        first, second: the pair.
        axis: the bias direction.
        length: r, the length of both results; by default the square root of the mean of the pair's squared lengths.
        strength: 0 leaves the pair as it is, 1 equalizes it wholly.

    Raises:
        InputError: the two have the same part along the axis, so nothing says which belongs to which side.
    """
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    middle = (first + second) / 2
    rest = neutralize(middle, axis)
    square = (first @ first + second @ second) / 2 if length is None else length**2
    scale = np.sqrt(np.abs(square - rest @ rest))
    results = []
    for vector in (first, second):
        side = part_along(vector - middle, axis)
        span = np.linalg.norm(side)
        if span <= _NOTHING * np.sqrt(first @ first + second @ second):
            raise InputError("the pair spans nothing along the bias direction; equalize words that differ along it")
        results.append((1 - strength) * vector + strength * (rest + scale * side / span))
    return results[0], results[1]


def alignment(vectors: Sequence[np.ndarray], axis: np.ndarray) -> np.ndarray:
    """(n,) cosine of each vector with the axis, in [-1, 1]; 0 for a zero vector."""
    vectors = np.asarray(vectors, dtype=np.float64)
    scale = lengths(vectors) * np.linalg.norm(axis)
    return np.divide(vectors @ axis, scale, out=np.zeros(len(vectors)), where=scale > 0)
