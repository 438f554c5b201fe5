"""The decimals that float32 numbers were read from.

A decimal of at most six significant digits is the only one of so few digits that rounds to its float32 (IEEE 754-2019,
5.12.2: six digits survive the way through binary32), so it can be had back: the nearest decimal of six digits, then of
seven, eight, nine, until one rounds to the same bits. Nine digits always do.
"""

from __future__ import annotations

import numpy as np

_POWERS = 10.0 ** np.arange(23)  # exact in float64
_LARGEST = 22


def decimals_of(numbers: np.ndarray) -> np.ndarray:
    """float64: for each float32 number the nearest decimal with the fewest digits, six or more, that rounds to it.

    A number that stands in the file with at most six digits comes out as `float` of that text. One of seven digits does
    too, unless float32 does not tell it from its neighbour (as from 9.765625e-4 to 1e-3). Numbers must be finite.
    """
    exact = numbers.astype(np.float64)
    found = exact.copy()
    left = np.flatnonzero(exact)
    for digits in range(6, 10):
        values = exact.flat[left]
        nearest = _nearest(values, digits)
        found.flat[left] = nearest
        with np.errstate(over="ignore"):
            left = left[nearest.astype(np.float32) != numbers.flat[left]]
        if not left.size:
            break
    return found


def _nearest(values: np.ndarray, digits: int) -> np.ndarray:
    """The nearest decimals of so many significant digits, each the float64 that `float` gives for its text."""
    places = digits - 1 - np.floor(np.log10(np.abs(values))).astype(np.int64)
    inside = (places >= -_LARGEST) & (places <= _LARGEST)
    scale = _POWERS[np.where(inside, np.abs(places), 0)]
    up = places >= 0
    integers = np.rint(np.where(up, values * scale, values / scale))
    nearest = np.where(up, integers / scale, integers * scale)
    for place in np.flatnonzero(~inside).tolist():
        nearest[place] = float(f"{values[place]:.{digits - 1}e}")
    return nearest
