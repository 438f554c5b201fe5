"""Principal components: the two (or more) directions in which vectors differ most, by singular value decomposition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.errors import InputError


@dataclass(frozen=True)
class Projection:
    """Vectors in few dimensions.

    Attributes:
        points: (n, k) coordinates, centred.
        shares: (k,) part of the variance along each axis, 0 to 1.
        axes: (k, d) the axes, of length 1; the largest element of each is positive, so that the sign is settled.
    """

    points: np.ndarray
    shares: np.ndarray
    axes: np.ndarray


def pca(rows: np.ndarray, *, components: int = 2) -> Projection:
    """The first principal components of (n, d) vectors.

    Raises:
        InputError: there are fewer than `components` + 1 vectors, or fewer dimensions, or all vectors are equal.
    """
    rows = np.asarray(rows, dtype=np.float64)
    if len(rows) <= components or rows.shape[1] < components:
        raise InputError(
            f"{len(rows)} vectors of {rows.shape[1]} numbers cannot be laid out in {components} dimensions; "
            f"give at least {components + 1} words"
        )
    centred = rows - rows.mean(axis=0)
    _, values, axes = np.linalg.svd(centred, full_matrices=False)
    if values[0] <= 1e-12 * max(1e-300, np.abs(rows).max()):
        raise InputError("all these words have the same vector, so there is nothing to lay out; give others")
    axes = axes[:components]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, np.newaxis], axis=1)
    axes = axes * np.sign(largest)
    return Projection(centred @ axes.T, values[:components] ** 2 / np.sum(values**2), axes)
