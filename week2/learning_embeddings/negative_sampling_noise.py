"""The noise distribution of negative sampling, and how frequent words are thinned out.

    P_n(w)  =  count(w)^(3/4) / sum over w' of count(w')^(3/4)          a negative is drawn from it
    keep(w) =  min(1, sqrt(t / f(w)) + t / f(w)),  f(w) = count(w) / all counts

Both are from Mikolov et al., "Distributed Representations of Words and Phrases and their Compositionality" (2013). For
the second the paper prints 1 - sqrt(t / f(w)) as the chance to be left out; the formula above is what the word2vec
program computes, and everybody since.
"""

from __future__ import annotations

import numpy as np

POWER = 0.75
_HALF = np.uint64(32)


class NoiseDistribution:
    """Draws words with probability proportional to a power of their counts, by the alias method.

    Each of the n words has a cell of probability 1/n, in which itself or its alias is drawn; so a draw costs two
    look-ups whatever n is, and the tables take 8 bytes a word. One random number of 32 bits chooses the cell and the
    side, so a word's probability is right to about 2^-32.

    Args:
        counts: occurrences of each word (words,).
        power: 3/4 in the paper.
    """

    def __init__(self, counts: np.ndarray, *, power: float = POWER):
        weights = np.asarray(counts, dtype=np.float64) ** power
        self.probabilities = weights / weights.sum()
        own, self._alias = alias_tables(self.probabilities)
        self._own = np.minimum(own * 2.0**32, 2.0**32 - 1).astype(np.uint32)

    def draw(self, rng: np.random.Generator, shape: int | tuple[int, ...]) -> np.ndarray:
        """Word ids, int32, of this shape."""
        numbers = rng.integers(0, 1 << 32, size=shape, dtype=np.uint32).astype(np.uint64)
        numbers *= np.uint64(len(self._own))
        cells = (numbers >> _HALF).astype(np.int32)
        sides = numbers.astype(np.uint32)
        return np.where(sides < self._own.take(cells), cells, self._alias.take(cells))


def alias_tables(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Walker's alias method: the share of its cell that is a word's own (float64), and its alias (int32), by word.

    Cells begin with n p. Those below 1 are filled up one after the other from the first cell above 1 that has something
    left; one that falls below 1 is then itself filled up from the next. Where each of them stands is read off the
    running sums of what is lacking and what is left over.
    """
    cells = probabilities * len(probabilities)
    own, alias = np.ones(len(cells)), np.arange(len(cells), dtype=np.int32)
    full = min(1.0, cells.max())  # rounding may leave even the largest a little below 1
    small, large = np.flatnonzero(cells < full), np.flatnonzero(cells >= full)
    lacking, left = np.cumsum(1 - cells[small]), np.cumsum(cells[large] - 1)
    giver = np.searchsorted(left, lacking - (1 - cells[small])).clip(max=len(large) - 1)
    own[small], alias[small] = cells[small], large[giver]
    taker = np.searchsorted(lacking, left[:-1], side="right")
    given = np.flatnonzero(taker < len(small))
    own[large[given]] = (1 - lacking[taker[given]] + left[given]).clip(0, 1)
    alias[large[given]] = large[given + 1]
    return own, alias


def keep_probabilities(counts: np.ndarray, threshold: float) -> np.ndarray:
    """The chance of an occurrence of each word to be kept, float32 (words,); a threshold of 0 keeps all."""
    if threshold == 0:
        return np.ones(len(counts), dtype=np.float32)
    ratio = threshold * counts.sum() / np.asarray(counts, dtype=np.float64)
    return np.minimum(1, np.sqrt(ratio) + ratio).astype(np.float32)
