"""A vectors file of 400,000 words and 50 numbers, in the GloVe text format, loaded.

    python -m benchmarks.glove_files
    python -m benchmarks.glove_files --only course --only ours-cached --rounds 5

"course" is the course's way: each line split, its numbers an array of float64 in a dictionary, then the words sorted
into two more dictionaries. "ours-cold" reads the file with every check and without the cache, "ours-cached" what the
cache keeps. At the end a new process loads from the cache, goes over the whole matrix, and tells how its memory grew.
The file (seeded; words of usual lengths, five significant digits) and the cache are made once, in out/benchmarks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import Target, Work, main
from common.atomic import atomic_path
from common.run_folder import OUT
from common.seeding import make_rng

WORDS, DIMENSIONS = 400_000, 50
WORKLOAD = f"a file of {WORDS:,} words and {DIMENSIONS} numbers each, loaded"
MOST_MEMORY = 1.2
FILE = OUT / "benchmarks" / "glove.400000.50d.txt"
_MEMORY = "--memory"
_BLOCK = 1000


def vectors_file() -> Path:
    """The file, made where it is not there yet."""
    if not FILE.is_file():
        rng = make_rng(0, "glove file")
        line = " ".join(["%s", *["%.5g"] * DIMENSIONS]) + "\n"
        words = made_up_words(rng)
        with atomic_path(FILE) as temporary, open(temporary, "w", encoding="utf-8", newline="\n") as file:
            for _ in range(0, WORDS, _BLOCK):
                rows = rng.normal(0, 0.45, (_BLOCK, DIMENSIONS)).tolist()
                file.writelines(line % (next(words), *row) for row in rows)
    return FILE


def made_up_words(rng: np.random.Generator) -> Iterator[str]:
    """Different words of about seven letters; some hold a point, a hyphen, or a letter beyond ASCII, as GloVe's do."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz.-é"))
    weights = np.array([1.0] * 26 + [0.12, 0.12, 0.06])
    seen: set[str] = set()
    while True:
        drawn = letters[rng.choice(len(letters), (_BLOCK, 16), p=weights / weights.sum())]
        for row, length in zip(drawn, rng.poisson(6.5, _BLOCK).clip(1, 16), strict=True):
            word = "".join(row[:length])
            if word not in seen:
                seen.add(word)
                yield word


# ---- the contestants


def numbers(matrix: np.ndarray, row_of: Callable[[str], Any]) -> list[float]:
    """What all must agree on: the size, sums of rows far apart, and the row of a word."""
    with open(vectors_file(), encoding="utf-8") as lines:
        word = next(lines).split(" ", 1)[0]
    rows = matrix[:: WORDS // 7].sum(axis=1, dtype=np.float64)
    return [*matrix.shape, *rows.tolist(), float(np.sum(row_of(word), dtype=np.float64))]


def make_course() -> Work:
    """The course's loop, with the dictionaries that come with it."""
    path, last = vectors_file(), {}

    def run() -> None:
        words, word_to_vec_map = set(), {}
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                split = line.strip().split()
                words.add(split[0])
                word_to_vec_map[split[0]] = np.array(split[1:], dtype=np.float64)
        word_to_index, index_to_word = {}, {}
        for index, word in enumerate(sorted(words), 1):
            word_to_index[word], index_to_word[index] = index, word
        last.update(vectors=word_to_vec_map, index=word_to_index, words=index_to_word)

    def digest() -> list[float]:
        return numbers(np.stack(list(last["vectors"].values())), last["vectors"].__getitem__)

    return Work(run, digest)


def make_gensim() -> Work:
    """gensim's reader of word2vec's text format, told that there is no header."""
    from gensim.models import KeyedVectors

    path, last = vectors_file(), {}

    def run() -> None:
        last["vectors"] = KeyedVectors.load_word2vec_format(str(path), binary=False, no_header=True)

    return Work(run, lambda: numbers(last["vectors"].vectors, last["vectors"].__getitem__))


def make_ours(cache: bool) -> Work:
    """`load_vectors`; the first, untimed turn fills the cache."""
    from common.glove import load_vectors

    path, last = vectors_file(), {}
    load_vectors(path, cache=cache)

    def run() -> None:
        last["vectors"] = load_vectors(path, cache=cache)

    return Work(run, lambda: numbers(last["vectors"].matrix, last["vectors"].__getitem__))


CONTESTANTS: dict[str, Callable[[], Work]] = {
    "course": make_course,
    "gensim": make_gensim,
    "ours-cold": lambda: make_ours(cache=False),
    "ours-cached": lambda: make_ours(cache=True),
}
TARGETS = [
    Target("ours-cold", over="course", at_least=1.2),
    Target("ours-cold", over="gensim", at_least=10),
    Target("ours-cached", over="course", at_least=18),
]


# ---- memory


def resident_bytes() -> int:
    """Memory of this process that is in use now, files that are mapped into it counted in."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def tell_growth() -> int:
    """In a process of its own: load from the cache, go over the matrix, print the growth over matrix and words."""
    from common.glove import load_vectors

    path = vectors_file()
    before = resident_bytes()
    vectors = load_vectors(path)
    total = float(vectors.matrix.sum(dtype=np.float64))
    growth = resident_bytes() - before
    needed = vectors.matrix.nbytes + sum(len(word.encode("utf-8")) for word in vectors.words)
    holds = growth <= MOST_MEMORY * needed and np.isfinite(total)
    print(
        f"{'holds ' if holds else 'MISSED'} a cached load and going over the matrix make {growth / 1e6:.1f} MB more "
        f"resident, {growth / needed:.2f} times the matrix and the words; target at most {MOST_MEMORY:.2f}"
    )
    return 0 if holds else 1


def check_memory() -> int:
    """Have a new process tell; nothing where the system does not say what is resident."""
    if not Path("/proc/self/statm").exists():
        return 0
    make_ours(cache=True)
    return subprocess.run([sys.executable, "-m", "benchmarks.glove_files", _MEMORY], check=False).returncode


def run(options: list[str]) -> int:
    """The race, then the memory; a contestant's process only races."""
    os.environ["XDG_CACHE_HOME"] = str(FILE.parent / "cache")
    if options == [_MEMORY]:
        return tell_growth()
    usual = ["--rounds", "5", "--warm-up", "1"]
    status = main("benchmarks.glove_files", WORKLOAD, CONTESTANTS, TARGETS, argv=[*usual, *options])
    return status if "--contestant" in options or "--json" in options else max(status, check_memory())


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
