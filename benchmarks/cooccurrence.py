"""Co-occurrence counting for GloVe: a dictionary loop, ours in memory, and ours in little memory, the rest on disk.

    python -m benchmarks.cooccurrence --rounds 10 --warm-up 1

The text is 250,000 words drawn by Zipf's law from 20,000, in lines of 20, counted in windows of 10 words to each side
and weighted by 1/distance. The loop is the plain way: for every word and every word before it in the window two
additions to a dictionary. All must come to the same cells and sums. Of the bounded way's peak memory less its imports,
3 MB are the text and the words, and 10 MB the counts on disk, mapped into memory to be compared in the end.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import Target, Work, main
from week2.learning_embeddings.cooccurrence import Cooccurrence, CountConfig, count_cooccurrences
from week2.learning_embeddings.data import LINE_END, Corpus

VOCABULARY, LINE, COUNTED, WINDOW = 20_000, 20, 250_000, 10
SMALL_MB = 8


def make_corpus() -> Corpus:
    """The text."""
    share = 1 / np.arange(1, VOCABULARY + 1)
    text = np.random.default_rng(0).choice(VOCABULARY, COUNTED, p=share / share.sum()).astype(np.int32)
    lines = np.full((COUNTED // LINE, LINE + 1), LINE_END, dtype=np.int32)
    lines[:, :LINE] = text.reshape(-1, LINE)
    counts = np.bincount(text, minlength=VOCABULARY)
    return Corpus(tuple(f"word{one}" for one in range(VOCABULARY)), counts, lines.ravel())


def numbers(parts: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> list[float]:
    """What contestants must agree on: how many cells there are, and sums that depend on where which count is."""
    sums = np.zeros(5)
    for rows, columns, counts in parts:
        sums += [
            len(counts),
            counts.sum(),
            counts @ counts,
            counts @ (rows + columns),
            counts @ (rows * columns % 1009),
        ]
    return sums.tolist()


def make_loop() -> Work:
    """A dictionary and two loops."""
    corpus = make_corpus()
    lines = corpus.ids.reshape(-1, LINE + 1)[:, :LINE].tolist()
    last: dict[tuple[int, int], float] = {}

    def run() -> None:
        nonlocal last
        last = defaultdict(float)
        for line in lines:
            for place, word in enumerate(line):
                for distance in range(1, min(WINDOW, place) + 1):
                    other = line[place - distance]
                    last[word, other] += 1 / distance
                    last[other, word] += 1 / distance

    def digest() -> Sequence[float]:
        pairs = np.array(list(last))
        return numbers([(pairs[:, 0], pairs[:, 1], np.array(list(last.values())))])

    return Work(run, digest)


def make_ours(*, on_disk: bool) -> Work:
    """The project's way."""
    corpus = make_corpus()
    last: dict[str, Any] = {}

    def run() -> None:
        if not on_disk:
            last["counts"] = count_cooccurrences(corpus, CountConfig(WINDOW))
            return
        folder = Path(tempfile.mkdtemp())
        try:
            last["counts"] = count_cooccurrences(corpus, CountConfig(WINDOW, memory_mb=SMALL_MB), folder=folder)
        finally:
            shutil.rmtree(folder)

    def digest() -> Sequence[float]:
        return numbers(both_ways(last["counts"]))

    return Work(run, digest)


def both_ways(counts: Cooccurrence) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The cells as (i, j, X_ij) and (j, i, X_ji), a part at a time."""
    for begin in range(0, len(counts), 10_000):
        smaller, larger, values = counts.take(slice(begin, begin + 10_000))
        other = smaller != larger
        yield smaller, larger, values
        yield larger[other], smaller[other], values[other]


CONTESTANTS: dict[str, Callable[[], Work]] = {
    "dictionary loop": make_loop,
    "in memory": lambda: make_ours(on_disk=False),
    f"in {SMALL_MB} MB, with the disk": lambda: make_ours(on_disk=True),
}
TARGETS = [Target("in memory", over="dictionary loop", at_least=4.0)]

if __name__ == "__main__":
    workload = f"co-occurrence counts of {COUNTED} words, window {WINDOW}"
    sys.exit(main("benchmarks.cooccurrence", workload, CONTESTANTS, TARGETS, tolerance=1e-9))
