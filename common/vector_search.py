"""The best rows of a large matrix for many queries at once: bounded in float32, decided in float64.

A score (see `vector_scores.py`) gives for a block of rows an upper bound of every query's score, from float32 matrix
products. Only rows whose bound reaches the query's `count`-th best score so far are computed exactly, in float64. Since
the bound holds for every row, the answer is that of the float64 formula over all rows; the products only make it fast.
Rows are taken a block at a time, so memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

BLOCK_ELEMENTS = 1 << 18
"""Bounds computed at a time (rows x queries): they fit a processor's second-level cache."""
MOST_BLOCK_ROWS = 1 << 13
"""For few queries: BLAS multiplies so small a block in one thread; waking a second one would cost more than that."""
MOST_PENDING = 1 << 18
"""Rows that may wait for their exact score."""
EXACT_ELEMENTS = 1 << 21
"""Numbers (rows x dimensions) that are gathered in float64 at a time."""
TIE_DIGITS = 12
"""Scores that agree to so many decimals count as equal; then the earlier row comes first."""


class Score(Protocol):
    """What a search maximises, for `queries` queries over the rows of a (rows, dimensions) matrix."""

    queries: int
    rows: int
    dimensions: int

    def bound(self, rows: slice) -> np.ndarray:
        """(rows of the slice, queries) float32, not below the exact score where that is 0 or more; NaN is no bound."""
        ...

    def exact(self, queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """(n,) float64: the score of query `queries[i]` for row `rows[i]`."""
        ...


def best_rows(
    score: Score, count: int, excluded: Sequence[Sequence[int]] | None = None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The `count` best rows of each query with their scores, best first, ties by row.

    Args:
        score: what is maximised.
        count: at least 1; fewer rows come back where there are not so many.
        excluded: for each query the rows that may not be answered; None excludes nothing.
    """
    search = _Search(score, count, excluded or [()] * score.queries)
    with np.errstate(all="ignore"):  # a bound may overflow to infinity or NaN; such rows are computed exactly
        search.run()
    return search.answers()


class _Search:
    """One pass over the rows."""

    def __init__(self, score: Score, count: int, excluded: Sequence[Sequence[int]]):
        self.score, self.count = score, count
        self.most_excluded = max(map(len, excluded), default=0)
        self.excluded = np.array(
            sorted({query * score.rows + row for query, rows in enumerate(excluded) for row in rows}), dtype=np.int64
        )
        self.floor = np.full(score.queries, -np.inf, dtype=np.float32)
        self.keys = np.empty(0, dtype=np.int64)
        self.scores = np.empty(0)
        self.waiting: list[np.ndarray] = []
        self.pending = 0

    def run(self) -> None:
        """Bound every block; settle what waits after 1, 4, 16, ... blocks, since the floor rises most at first."""
        height = max(1, min(MOST_BLOCK_ROWS, BLOCK_ELEMENTS // self.score.queries))
        due = 1
        for number, start in enumerate(range(0, self.score.rows, height), 1):
            block = slice(start, min(start + height, self.score.rows))
            bound = self.score.bound(block)
            if number == 1:
                self._seed(bound)
            # Ties go to the earlier row: past the first block only a higher score counts. NaN always does.
            below = bound < self.floor if number == 1 else bound <= self.floor
            self._collect(np.logical_not(below, out=below), start)
            if number >= due or self.pending > MOST_PENDING:
                self._settle()
                due = max(due, 4 * number)
        self._settle()

    def _seed(self, bound: np.ndarray) -> None:
        """A first floor from the rows of highest bound in the first block."""
        height = len(bound)
        first = min(height, self.count + self.most_excluded)
        rows = np.argpartition(bound, height - first, axis=0)[height - first :]
        self._wait(np.broadcast_to(np.arange(self.score.queries), rows.shape).ravel(), rows.ravel())
        self._settle()
        self.keys, self.scores = self.keys[:0], self.scores[:0]  # the first block is collected whole afterwards

    def _collect(self, reaching: np.ndarray, start: int) -> None:
        places = np.flatnonzero(reaching)
        if len(places):
            rows, queries = np.divmod(places, self.score.queries)
            self._wait(queries, rows + start)

    def _wait(self, queries: np.ndarray, rows: np.ndarray) -> None:
        keys = queries * self.score.rows + rows
        if len(self.excluded):
            place = np.minimum(np.searchsorted(self.excluded, keys), len(self.excluded) - 1)
            keys = keys[self.excluded[place] != keys]
        self.waiting.append(keys)
        self.pending += len(keys)

    def _settle(self) -> None:
        """Score what waits, keep the best of each query, raise the floor."""
        keys = np.concatenate([self.keys, *self.waiting])
        scores = np.concatenate([self.scores, *map(self._exact, self.waiting)])
        self.waiting, self.pending = [], 0
        queries = keys // self.score.rows
        order = np.lexsort((keys, -np.round(scores, TIE_DIGITS), queries))
        keys, scores, queries = keys[order], scores[order], queries[order]
        place = np.arange(len(keys)) - np.searchsorted(queries, queries)
        kept = place < self.count
        last = place == self.count - 1
        self.keys, self.scores = keys[kept], scores[kept]
        floor = np.round(scores[last], TIE_DIGITS)
        self.floor[queries[last]] = np.where(floor < 0, -np.inf, _rounded_down(floor))

    def _exact(self, keys: np.ndarray) -> np.ndarray:
        queries, rows = np.divmod(keys, self.score.rows)
        step = max(1, EXACT_ELEMENTS // self.score.dimensions)
        parts = [self.score.exact(queries[at : at + step], rows[at : at + step]) for at in range(0, len(keys), step)]
        return np.concatenate([np.empty(0), *parts])

    def answers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """(rows, scores) of each query."""
        queries, rows = np.divmod(self.keys, self.score.rows)
        ends = np.searchsorted(queries, np.arange(1, self.score.queries))
        return list(zip(np.split(rows, ends), np.split(self.scores, ends), strict=True))


def _rounded_down(values: np.ndarray) -> np.ndarray:
    """The largest float32 numbers that are not above the values."""
    near = values.astype(np.float32)
    return np.where(near > values, np.nextafter(near, np.float32(-np.inf)), near)
