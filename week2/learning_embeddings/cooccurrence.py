"""How often words stand near each other: the counts X_ij that GloVe learns from, for texts larger than memory.

    X_ij = sum, over the places where word j stands k words before or after word i, of 1/k      k = 1 .. window

The window is symmetric, so X is. It does not reach across a line end, unless told to. The text is taken block by block;
where a folder is given, counts that fill the memory are written there and merged in the end, and a counting that was
broken off goes on from its last block. Memory and blocks do not change the result, not even in its last bit.

Source: Pennington, Socher and Manning, "GloVe: Global Vectors for Word Representation", 2014, sections 3 and 4.2.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.errors import InputError
from week2.learning_embeddings.cooccurrence_pairs import KEY, UNIT, WEIGHT, PairCounter
from week2.learning_embeddings.cooccurrence_store import CountStore
from week2.learning_embeddings.data import Corpus

LARGEST_WINDOW = 1000
MOST_AT_ONCE = 50_000_000
_MOST_WORDS = 50_000_000


@dataclass(frozen=True)
class CountConfig:
    """How pairs are counted.

    Attributes:
        window: words to either side.
        across_lines: let windows reach across line ends, which do not count as words.
        memory_mb: megabytes that counting may take, beside the text's ids.
        at_once: ids that a block on disk covers at the most, however much memory there is: what an interruption costs.
    """

    window: int = 10
    across_lines: bool = False
    memory_mb: float = 512
    at_once: int = MOST_AT_ONCE

    def __post_init__(self):
        if not 1 <= self.window <= LARGEST_WINDOW:
            raise InputError(f"the window is {self.window} words; give a number from 1 to {LARGEST_WINDOW}")
        if not self.memory_mb >= 1:
            raise InputError(f"{self.memory_mb} MB of memory to count in; give at least 1")
        if self.at_once < 1:
            raise InputError(f"blocks of {self.at_once} ids; they must have at least 1")


@dataclass(frozen=True)
class Cooccurrence:
    """Counts of a text.

    Attributes:
        words: of the vocabulary.
        window: words to either side.
        cells: of every pair {i, j} that occurs its key and weight, by rising key; in memory or memory-mapped.
    """

    words: int
    window: int
    cells: np.ndarray

    def __len__(self) -> int:
        return len(self.cells)

    def take(self, places: slice | np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Some of the cells: i, j (int64, i <= j) and X_ij = X_ji (float64)."""
        cells = self.cells[places]
        smaller, larger = np.divmod(cells[:, KEY], self.words)
        weights = cells[:, WEIGHT] / UNIT
        weights[smaller == larger] *= 2  # a word near itself is its neighbour on both sides
        return smaller, larger, weights

    def matrix(self) -> np.ndarray:
        """X as a whole, float64 (words, words): for small vocabularies."""
        smaller, larger, weights = self.take(slice(None))
        x = np.zeros((self.words, self.words))
        x[smaller, larger] = x[larger, smaller] = weights
        return x


def count_cooccurrences(
    corpus: Corpus,
    config: CountConfig | None = None,
    *,
    folder: str | os.PathLike[str] | None = None,
    report: Callable[[int], None] = lambda count: None,
) -> Cooccurrence:
    """Count the pairs of a text.

    Args:
        corpus: the text.
        config: window and memory.
        folder: for blocks and result, of this counting alone; the same call goes on from what is there. None: all in
            memory, however much it takes.
        report: called with the ids covered since the last call, those of an earlier, interrupted call included.

    Raises:
        InputError: the disk is full (the same call goes on), or the folder holds the counts of something else.
    """
    config = config or CountConfig()
    words = len(corpus.words)
    if words > _MOST_WORDS:
        raise InputError(f"the text has {words} different words, too many to count pairs of; raise --min-count")
    if folder is None:
        counter = _counter(corpus, config, bounded=False)
        for begin, end in _blocks(0, len(corpus.ids), counter.block):
            counter.add(corpus.ids, begin, end)
            report(end - begin)
        return Cooccurrence(words, config.window, counter.cells())
    identity = {"text": fingerprint(corpus), "window": config.window, "across lines": config.across_lines}
    store = CountStore.open(Path(folder), identity, memory=int(config.memory_mb * 1e6))
    if store.cells is None:
        report(store.position)
        _count_into_blocks(store, corpus, config, report)
        store.finish()
    else:
        report(len(corpus.ids))
    return Cooccurrence(words, config.window, store.merged())


def _counter(corpus: Corpus, config: CountConfig, *, bounded: bool) -> PairCounter:
    memory = int(config.memory_mb * 1e6)
    return PairCounter(
        len(corpus.words),
        config.window,
        across_lines=config.across_lines,
        tokens=len(corpus.ids),
        memory=memory,
        bounded=bounded,
    )


def _count_into_blocks(store: CountStore, corpus: Corpus, config: CountConfig, report: Callable[[int], None]) -> None:
    """Count what is not in the store yet."""
    counter = _counter(corpus, config, bounded=True)
    for begin, end in _blocks(store.position, len(corpus.ids), min(counter.block, config.at_once)):
        counter.add(corpus.ids, begin, end)
        report(end - begin)
        if counter.full or end == len(corpus.ids) or end - store.position + counter.block > config.at_once:
            store.add_block([[counter.rare_cells()], counter.frequent_cells()], end)
            counter.clear()
            store.consolidate()


def _blocks(begin: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + size, end)) for start in range(begin, end, size))


def fingerprint(corpus: Corpus) -> str:
    """SHA-256 of the text's ids and words."""
    digest = hashlib.sha256("\n".join(corpus.words).encode())
    for begin in range(0, len(corpus.ids), 1 << 22):
        digest.update(np.ascontiguousarray(corpus.ids[begin : begin + (1 << 22)]).data)
    return digest.hexdigest()
