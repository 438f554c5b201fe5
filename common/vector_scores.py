"""The scores by which words are ranked: cosine, and three forms of the analogy "a is to b as c is to ...".

    cosine       cos(w, q)
    difference   cos(b - a, w - c)
    add          cos(w, b' - a' + c')                        with x' = x / |x|    (3CosAdd)
    multiply     s(w, b) s(w, c) / (s(w, a) + 0.001)         with s = (1 + cos) / 2   (3CosMul)

Levy & Goldberg, "Linguistic Regularities in Sparse and Explicit Word Representations" (2014); "difference" is the
course's form. A cosine with a zero vector is 0.

Each class gives, for `vector_search.best_rows`, the float64 formula and an upper bound of it from float32 matrix
products. With u = 2^-24, a product of d terms whose operands were rounded to float32 is off by at most
(d + 2) u |x| |y| (Higham, "Accuracy and Stability of Numerical Algorithms", section 3.1); `Matrix.slack` is that factor
with 14 u to spare for the few operations around it.

Shapes: n words, d dimensions, q queries.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

MULTIPLY_EPSILON = 1e-3
_UNIT_ROUNDOFF = 2.0**-24
_BLOCK = 1 << 15
_SMALL, _LARGE = 1e-30, 1e35


class Matrix:
    """The vectors of n words: float32 for the bounds, float64 rows for the answers, and their norms.

    Args:
        fast: (n, d) float32.
        rows: gives for an array of row numbers their vectors, which `fast` holds rounded to float32.
    """

    def __init__(self, fast: np.ndarray, rows: Callable[[np.ndarray], np.ndarray]):
        self.fast = fast
        self.count, self.dimensions = fast.shape
        self.slack = np.float32((self.dimensions + 16) * _UNIT_ROUNDOFF)
        self._rows = rows

    def rows(self, indices: np.ndarray) -> np.ndarray:
        """(len(indices), d) float64."""
        return np.asarray(self._rows(indices), dtype=np.float64)

    @cached_property
    def norms(self) -> np.ndarray:
        """(n,) float64: the lengths of the rows of `fast`."""
        norms = np.empty(self.count)
        for at in range(0, self.count, _BLOCK):
            norms[at : at + _BLOCK] = lengths(self.fast[at : at + _BLOCK].astype(np.float64))
        return norms

    @cached_property
    def squares(self) -> np.ndarray:
        """(n, 1) float32: the squared lengths less what the product in |w - c|^2 may be off by."""
        return low_squares(self.norms, self.slack)[:, np.newaxis]

    @cached_property
    def slacks(self) -> np.ndarray:
        """(n, 1) float32: how far a product of the word with a unit vector may be from the true one."""
        with np.errstate(over="ignore"):
            return (self.norms * self.slack).astype(np.float32)[:, np.newaxis]

    @cached_property
    def inverses(self) -> np.ndarray:
        """(n, 1) float32: 1 / length, 0 for a zero vector, NaN where a product with it may leave float32."""
        inverses = inverse(self.norms)
        usable = (inverses == 0) | ((inverses > 1 / _LARGE) & (inverses < _LARGE))
        return np.where(usable, inverses, np.nan).astype(np.float32)[:, np.newaxis]


def low_squares(norms: np.ndarray, slack: float) -> np.ndarray:
    """float32 lower bounds of the squared lengths, by twice `slack`; 0 below 1e-30, NaN above 1e35.

    What lies between neither overflows nor loses its digits when it is added to such products.
    """
    squares = norms**2 * (1 - 2 * slack)
    return np.where(squares < _SMALL, 0, np.where(squares > _LARGE, np.nan, squares)).astype(np.float32)


def lengths(rows: np.ndarray) -> np.ndarray:
    """The Euclidean length of each row."""
    return np.sqrt(np.einsum("ij,ij->i", rows, rows))


def inverse(values: np.ndarray) -> np.ndarray:
    """1 / value, and 0 where the value is 0."""
    return np.divide(1.0, values, out=np.zeros_like(values, dtype=np.float64), where=values != 0)


def unit(rows: np.ndarray) -> np.ndarray:
    """Each row at length 1; a zero row stays zero."""
    return rows * inverse(lengths(rows))[:, np.newaxis]


def cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Row by row cos(left, right) of two (n, d) float64 arrays; 0 where a vector is zero."""
    return np.einsum("ij,ij->i", left, right) * inverse(lengths(left) * lengths(right))


class _Score:
    """What all scores share: the sizes, and the product of a block with all operands, into a buffer that is reused."""

    def __init__(self, matrix: Matrix, *operands: np.ndarray):
        self.matrix = matrix
        self.queries = len(operands[0])
        self.rows, self.dimensions = matrix.count, matrix.dimensions
        with np.errstate(over="ignore"):
            self._operands = np.ascontiguousarray(np.concatenate(operands).T, dtype=np.float32)
        self._buffer = np.empty((0, self._operands.shape[1]), np.float32)

    def _products(self, rows: slice) -> list[np.ndarray]:
        """For each operand (rows, q) float32; they are overwritten by the next call."""
        block = self.matrix.fast[rows]
        if len(self._buffer) < len(block):
            self._buffer = np.empty((len(block), self._operands.shape[1]), np.float32)
        products = np.matmul(block, self._operands, out=self._buffer[: len(block)])
        return [products[:, at : at + self.queries] for at in range(0, products.shape[1], self.queries)]


class CosineScore(_Score):
    """cos(w, q) for q query vectors, (q, d) float64."""

    def __init__(self, matrix: Matrix, vectors: np.ndarray):
        self.vectors = unit(vectors)
        super().__init__(matrix, self.vectors)
        self._slack = matrix.slack * self.vectors.any(axis=1)

    def bound(self, rows: slice) -> np.ndarray:
        """See `vector_search.Score`."""
        (product,) = self._products(rows)
        bound = product * self.matrix.inverses[rows]
        bound += self._slack
        return bound

    def exact(self, queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """See `vector_search.Score`."""
        return cosines(self.matrix.rows(rows), self.vectors[queries])


class DifferenceScore(_Score):
    """cos(b - a, w - c) for q triples; a, b and c are (q, d) float64.

    The bound takes |w - c|^2 apart into |w|^2 - 2 w.c + |c|^2, so that both products are with the words themselves.
    Near c little is left of that sum, and the bound grows without limit: such words are computed exactly.
    """

    def __init__(self, matrix: Matrix, a: np.ndarray, b: np.ndarray, c: np.ndarray):
        self.direction, self.c = unit(b - a), c
        super().__init__(matrix, self.direction, -2 * c)
        along = matrix.slack * lengths(c) - np.einsum("ij,ij->i", self.direction, c)
        with np.errstate(over="ignore"):
            self._along = along.astype(np.float32)
        self._still = np.flatnonzero(~self.direction.any(axis=1))  # a = b: every score is 0
        self._squares = low_squares(lengths(c), matrix.slack)

    def bound(self, rows: slice) -> np.ndarray:
        """See `vector_search.Score`. Near c the distance may come out as the root of a negative number, NaN."""
        along, distance = self._products(rows)
        bound = along + self.matrix.slacks[rows]
        bound += self._along
        distance = distance + self.matrix.squares[rows]
        distance += self._squares
        np.sqrt(distance, out=distance)
        bound /= distance
        bound[:, self._still] = 0
        return bound

    def exact(self, queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """See `vector_search.Score`."""
        return cosines(self.matrix.rows(rows) - self.c[queries], self.direction[queries])


class AddScore(CosineScore):
    """cos(w, b' - a' + c') for q triples of (q, d) float64 vectors."""

    def __init__(self, matrix: Matrix, a: np.ndarray, b: np.ndarray, c: np.ndarray):
        super().__init__(matrix, unit(b) - unit(a) + unit(c))


class MultiplyScore(_Score):
    """s(w, b) s(w, c) / (s(w, a) + 0.001) for q triples of (q, d) float64 vectors."""

    def __init__(self, matrix: Matrix, a: np.ndarray, b: np.ndarray, c: np.ndarray):
        self.units = [unit(part) for part in (a, b, c)]
        super().__init__(matrix, *self.units)

    def bound(self, rows: slice) -> np.ndarray:
        """See `vector_search.Score`."""
        slack = self.matrix.slack
        halves = self.matrix.inverses[rows] / 2
        a, bound, c = (product * halves for product in self._products(rows))
        for part, shift in ((a, -slack), (bound, slack), (c, slack)):
            part += np.float32(0.5) + shift
            np.maximum(part, 0, out=part)
        bound *= c
        a += np.float32(MULTIPLY_EPSILON)
        bound /= a
        bound *= 1 + slack
        return bound

    def exact(self, queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """See `vector_search.Score`."""
        words = self.matrix.rows(rows)
        a, b, c = ((1 + cosines(words, part[queries])) / 2 for part in self.units)
        return b * c / (a + MULTIPLY_EPSILON)
