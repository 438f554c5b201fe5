"""Words as one run of bytes, and the row of each word, without a Python string or dictionary entry a word.

The words stand in UTF-8, a line end after each. A word's hash is sum(byte[i] * BASE**i) modulo 2**64 over its first 256
bytes; the index is the sorted hashes with their rows, searched by halving, and a hit counts only where the bytes are
equal. All of it can lie in a memory-mapped file, where a look-up touches a few pages.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import mul
from typing import Any, overload

import numpy as np

BASE = 0x9E3779B97F4A7C15
_MASK = 2**64 - 1
_STEP = 4096
_HASHED_BYTES = 256


class WordList(Sequence[str]):
    """The words in the file's order, each made into a string when it is asked for.

    Attributes:
        blob: uint8; the words' UTF-8 bytes, a line end after each.
        starts: int64 (words + 1); where each begins in `blob`, and the end.
    """

    def __init__(self, blob: np.ndarray, starts: np.ndarray):
        self.blob, self.starts = blob, starts
        self._starts = memoryview(starts)

    @classmethod
    def of(cls, words: Iterable[str]) -> WordList:
        """The list of these words; none may hold a line end."""
        blob = np.frombuffer("".join(word + "\n" for word in words).encode("utf-8", "surrogatepass"), dtype=np.uint8)
        return cls(blob, starts_of(np.diff(np.flatnonzero(blob == ord("\n")), prepend=-1)))

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> list[str]: ...
    def __getitem__(self, row: Any) -> Any:
        if isinstance(row, slice):
            first, last, step = row.indices(len(self))
            return self._between(first, last) if step == 1 else [self[one] for one in range(first, last, step)]
        place = range(len(self))[row]
        return self.encoded(place).decode("utf-8")

    def encoded(self, row: int) -> bytes:
        """The UTF-8 bytes of the word of this row."""
        return self.blob[self._starts[row] : self._starts[row + 1] - 1].tobytes()

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), _STEP):
            yield from self._between(first, min(first + _STEP, len(self)))

    def _between(self, first: int, last: int) -> list[str]:
        if last <= first:
            return []
        return self.blob[self._starts[first] : self._starts[last] - 1].tobytes().decode("utf-8").split("\n")

    def __repr__(self) -> str:
        return f"<{len(self):,} words: {', '.join(self[:3])}, ...>"


class WordIndex(Mapping[str, int]):
    """Word -> row, over a `WordList`.

    Attributes:
        words: the list.
        hashes: uint64 (words); the words' hashes, sorted.
        order: int32 (words); the row of each of these hashes.
    """

    def __init__(self, words: WordList, hashes: np.ndarray, order: np.ndarray):
        self.words, self.hashes, self.order = words, hashes, order
        self._hashes, self._order = memoryview(hashes), memoryview(order)

    def __getitem__(self, word: str) -> int:
        row = self._find(word.encode("utf-8", "surrogatepass")) if isinstance(word, str) else -1
        if row < 0:
            raise KeyError(word)
        return row

    def _find(self, encoded: bytes) -> int:
        """The row of a word's bytes, or -1."""
        wanted = hash_of(encoded)
        place = bisect_left(self._hashes, wanted)
        while place < len(self._hashes) and self._hashes[place] == wanted:
            row = self._order[place]
            if self.words.encoded(row) == encoded:
                return row
            place += 1
        return -1

    def rows(self, words: Sequence[str]) -> np.ndarray:
        """int64: the row of each word, -1 for the unknown; thousands at once."""
        if not len(words):
            return np.zeros(0, dtype=np.int64)
        asked = WordList.of(words)
        if len(asked) != len(words):  # one holds a line end
            return np.array([self.get(word, -1) for word in words], dtype=np.int64)
        hashes = hashes_of(asked.blob, asked.starts)
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        found = self.order[places].astype(np.int64)
        hit = np.flatnonzero(self.hashes[places] == hashes)
        rows = np.full(len(words), -1, dtype=np.int64)
        equal = _equal_words(self.words, found[hit], asked, hit)
        rows[hit[equal]] = found[hit[equal]]
        for place in hit[~equal].tolist():  # two words of one hash
            rows[place] = self._find(asked.encoded(place))
        return rows

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._find(word.encode("utf-8", "surrogatepass")) >= 0

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)


# ---- arrays of words


def starts_of(lengths: np.ndarray) -> np.ndarray:
    """int64 (words + 1): where words of these lengths begin, line ends counted in, and the end."""
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def spans(starts: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The positions of all bytes of the words that begin at `starts`, and where each word begins among these."""
    new_starts = starts_of(lengths)
    return np.arange(new_starts[-1]) + np.repeat(starts - new_starts[:-1], lengths), new_starts


def hash_of(encoded: bytes) -> int:
    """The hash of one word's bytes."""
    return sum(map(mul, encoded, _power_list())) & _MASK


def hashes_of(blob: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """uint64: the hash of each word of a blob; the line ends do not count."""
    places = np.arange(len(blob)) - np.repeat(starts[:-1], np.diff(starts))
    terms = _powers().take(places, mode="clip")
    terms *= blob
    terms[starts[1:] - 1] = 0
    return np.add.reduceat(terms, starts[:-1])


@functools.cache
def _power_list() -> list[int]:
    return _powers().tolist()


@functools.cache
def _powers() -> np.ndarray:
    """uint64: BASE**i modulo 2**64 for the bytes that count, then a zero for all further ones."""
    powers = np.full(_HASHED_BYTES + 1, BASE, dtype=np.uint64)
    powers[0], powers[-1] = 1, 0
    return np.multiply.accumulate(powers)


def index_of(words: WordList, hashes: np.ndarray) -> tuple[WordIndex, list[tuple[int, int]]]:
    """The index of the words, and what it must not hold: rows that repeat a word, with the row of its first place."""
    order = np.argsort(hashes).astype(np.int32)
    ordered = hashes[order]
    same = np.flatnonzero(ordered[1:] == ordered[:-1])
    first: dict[bytes, int] = {}
    repeated = []
    for row in sorted({*order[same].tolist(), *order[same + 1].tolist()}):
        earlier = first.setdefault(words.encoded(row), row)
        if earlier != row:
            repeated.append((row, earlier))
    return WordIndex(words, ordered, order), repeated


def _equal_words(one: WordList, rows: np.ndarray, other: WordList, other_rows: np.ndarray) -> np.ndarray:
    """bool: whether word `rows[i]` of one list is word `other_rows[i]` of the other."""
    starts, other_starts = one.starts[rows], other.starts[other_rows]
    lengths, other_lengths = one.starts[rows + 1] - starts, other.starts[other_rows + 1] - other_starts
    equal = lengths == other_lengths
    if equal.any():
        mine, begin = spans(starts[equal], lengths[equal])
        theirs, _ = spans(other_starts[equal], lengths[equal])
        equal[equal] = np.logical_and.reduceat(one.blob[mine] == other.blob[theirs], begin[:-1])
    return equal
