"""Pairs of words that stand near each other, counted in memory that is bounded.

A pair of words k apart counts 1/k, as GloVe counts. The weights are kept as whole numbers, multiples of 1/`UNIT`, so
sums do not depend on the order in which they are taken: however the text is cut into blocks, the counts are the same to
the last bit. `UNIT` is the least common multiple of 1 to 22; for windows up to 22 words every 1/k is exact, beyond that
it is rounded to the nearest multiple.

Since X_ij = X_ji, each unordered pair is kept once, with the smaller id first: its key is smaller * words + larger. Ids
are by falling frequency, so most pairs are of two of the few most frequent words: those are added into a triangle that
has a place for every such pair; the others are sorted and summed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from week2.learning_embeddings.data import LINE_END

UNIT = 232_792_560
KEY, WEIGHT = 0, 1
"""Columns of cells, int64 (cells, 2): the pair's key, its weight in multiples of 1/UNIT. By rising key, each once."""
CELL_BYTES = 16
_LARGEST_BLOCK = 250_000
_SORT_BYTES, _SUM_BYTES = 60, 76  # at the most, for each pair of a block and for each cell while they are being summed


Pairs = Iterator[tuple[int, np.ndarray, np.ndarray]]
"""For every distance k from 1 to the window: k, and the pairs so far apart, as earlier words and later words."""


def pairs_within_lines(ids: np.ndarray, begin: int, end: int, window: int) -> Pairs:
    """The pairs whose later word is in ids[begin:end] and that have no line end between them.

    Earlier words may stand before `begin`: so every pair of a text belongs to exactly one part of it.
    """
    start = max(begin - window, 0)
    part = np.asarray(ids[start:end])
    places = np.arange(len(part), dtype=np.int32)
    line_ends = np.maximum.accumulate(np.where(part == LINE_END, places, np.int32(-1)))
    since_line_end = places - line_ends  # 0 at a line end, 1 at a line's first word
    chosen = places[begin - start :]
    for distance in range(1, window + 1):
        chosen = chosen[since_line_end[chosen] > distance]
        yield distance, part[chosen - distance], part[chosen]


def pairs_across_lines(ids: np.ndarray, begin: int, end: int, window: int) -> Pairs:
    """The same of a text whose line ends are passed over as if they were not there."""
    start = max(begin - 2 * window - 1, 0)  # among the words before there is at most one line end for each
    is_word = np.asarray(ids[start:end]) != LINE_END
    words, new = ids[start:end][is_word], np.count_nonzero(is_word[: begin - start])
    for distance in range(1, min(window, len(words) - 1) + 1):
        first = max(new, distance)
        yield distance, words[first - distance : len(words) - distance], words[first:]


def weight_of(distance: int) -> int:
    """What a pair of words so far apart counts, in multiples of 1/UNIT."""
    return round(UNIT / distance)


def sum_cells(keys: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Cells of keys in any order: sorted, the weights of equal keys added up."""
    order = np.argsort(keys, kind="stable")  # which takes sorted stretches as they are
    keys, weights = keys[order], weights[order]
    del order
    starts = np.flatnonzero(np.concatenate([np.ones(min(len(keys), 1), bool), keys[1:] != keys[:-1]]))
    return make_cells(keys[starts], np.add.reduceat(weights, starts) if len(starts) else weights)


def make_cells(keys: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Keys and weights side by side."""
    cells = np.empty((len(keys), 2), dtype=np.int64)
    cells[:, KEY], cells[:, WEIGHT] = keys, weights
    return cells


def merge_cells(parts: list[np.ndarray]) -> np.ndarray:
    """All cells of the parts, by rising key, equal keys added up; the list is emptied, to free what it holds."""
    if len(parts) == 1:
        return parts.pop()
    keys, weights = (np.concatenate([part[:, column] for part in parts]) for column in (KEY, WEIGHT))
    parts.clear()
    return sum_cells(keys, weights)


class PairCounter:
    """Counts pairs until it is full.

    Args:
        words: of the vocabulary.
        window: the greatest distance.
        across_lines: whether pairs may have a line end between them.
        tokens: to be counted, about.
        memory: bytes that its arrays may take, those at work included.
        bounded: False: go on beyond the memory, since there is no other place.

    Attributes:
        block: how many ids to add at a time.
        full: whether what was counted has to be taken away before more is added.
    """

    def __init__(self, words: int, window: int, *, across_lines: bool, tokens: int, memory: int, bounded: bool):
        self._words, self._window, self._bounded = words, window, bounded
        self._pairs = pairs_across_lines if across_lines else pairs_within_lines
        self.block = max(64, min(memory // 4 // (_SORT_BYTES * window), _LARGEST_BLOCK))
        self._limit = max(256, memory * 2 // 5 // _SUM_BYTES)
        self._frequent = min(words, max(math.isqrt(min(memory // 16, 16 * tokens)), 1))
        self._chunk = max(memory // 8 // _SUM_BYTES, 256)
        smaller = np.arange(self._frequent, dtype=np.int64)
        # The triangle's row of the word `smaller` holds its pairs with itself and with every larger id.
        self._rows = smaller * self._frequent - smaller * (smaller + 1) // 2
        self._triangle = np.zeros(self._frequent * (self._frequent + 1) // 2, dtype=np.int64)
        self._sorted: list[np.ndarray] = []
        self._pending = 0
        self.full = False

    def clear(self) -> None:
        """Begin anew."""
        self._triangle[:] = 0
        self._sorted = []
        self._pending = 0
        self.full = False

    def add(self, ids: np.ndarray, begin: int, end: int) -> None:
        """Count the pairs whose second word is in ids[begin:end], at most `block` of them."""
        self._count(ids, begin, end)
        if self._pending > self._limit:  # only here, where the memory for the block is free again
            self._compact()

    def _count(self, ids: np.ndarray, begin: int, end: int) -> None:
        rare = []
        for distance, before, after in self._pairs(ids, begin, end, self._window):
            smaller, larger = np.minimum(before, after), np.maximum(before, after)
            if self._frequent < self._words:
                is_rare = larger >= self._frequent
                rare.append(self._keys(smaller[is_rare], larger[is_rare], distance))
                smaller, larger = smaller[~is_rare], larger[~is_rare]
            np.add.at(self._triangle, self._rows[smaller] + larger, weight_of(distance))
        if rare:
            self._add_rare(np.concatenate(rare))

    def _keys(self, smaller: np.ndarray, larger: np.ndarray, distance: int) -> np.ndarray:
        """Keys that also tell the distance, so that pairs can be sorted without carrying weights."""
        keys = smaller.astype(np.int64)
        keys *= self._words
        keys += larger
        keys *= self._window
        keys += distance - 1
        return keys

    def _add_rare(self, keys: np.ndarray) -> None:
        if not len(keys):
            return
        keys.sort()
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        times = np.diff(starts, append=len(keys))
        pairs, steps = np.divmod(keys[starts], self._window)
        weights = np.array([weight_of(distance) for distance in range(1, self._window + 1)])[steps] * times
        self._sorted.append(sum_cells(pairs, weights))
        self._pending += len(self._sorted[-1])

    def _compact(self) -> None:
        self._sorted = [merge_cells(self._sorted)]
        self._pending = len(self._sorted[0])
        if self._bounded:
            self.full = self._pending > self._limit // 2
        else:
            self._limit = max(self._limit, 2 * self._pending)

    def rare_cells(self) -> np.ndarray:
        """The cells of pairs that are not both among the most frequent words."""
        if not self._sorted:
            return np.empty((0, 2), dtype=np.int64)
        self._compact()
        return self._sorted[0]

    def frequent_cells(self) -> Iterator[np.ndarray]:
        """The cells of the most frequent words' pairs, a part of the triangle at a time."""
        edges = self._rows + np.arange(self._frequent)  # where each row begins
        for begin in range(0, len(self._triangle), self._chunk):
            places = np.flatnonzero(self._triangle[begin : begin + self._chunk]) + begin
            starts = np.append(np.searchsorted(places, edges), len(places))
            smaller = np.repeat(np.arange(self._frequent), np.diff(starts))
            larger = places - self._rows[smaller]
            yield make_cells(smaller * self._words + larger, self._triangle[places])

    def cells(self) -> np.ndarray:
        """All that was counted."""
        return merge_cells([self.rare_cells(), *self.frequent_cells()])
