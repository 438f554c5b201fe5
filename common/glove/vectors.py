"""Words and their vectors: one float32 matrix, a row a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.glove.decimals import decimals_of
from common.glove.spelling import nearest_spellings
from common.glove.word_index import WordIndex, WordList

_BLOCK_ROWS = 64


@dataclass(frozen=True)
class Skipped:
    """Lines of one kind of defect that a lenient reading left out.

    Attributes:
        kind: what was wrong ("too few numbers", "repeated word", ...).
        count: in how many lines.
        lines: the numbers of the first of these lines, from 1.
    """

    kind: str
    count: int
    lines: tuple[int, ...]

    def describe(self) -> str:
        """Such as "too few numbers: 12 lines (3, 4, 9, ...)"."""
        listing = ", ".join(map(str, self.lines)) + (", ..." if self.count > len(self.lines) else "")
        return f"{self.kind}: {self.count:,} line{'s' if self.count != 1 else ''} ({listing})"


class WordVectors(Mapping[str, np.ndarray]):
    """Word -> vector, over one matrix.

    Attributes:
        words: the words in the file's order; `words[i]` is the word of row i.
        ids: word -> row.
        matrix: float32 (words, dimensions), read-only; mapped from the cache where it came from there.
        source: the file's path, or a name for it, for messages.
        sha256: hash of the file where it was computed, else empty.
        skipped: what a lenient reading left out.
    """

    def __init__(
        self,
        words: Sequence[str],
        matrix: np.ndarray,
        *,
        ids: Mapping[str, int] | None = None,
        source: str = "these vectors",
        sha256: str = "",
        skipped: Sequence[Skipped] = (),
    ):
        if len(words) != len(matrix):
            raise InputError(f"{len(words)} words for {len(matrix)} vectors; there must be one vector a word")
        self.words, self.matrix = words, np.asarray(matrix, dtype=np.float32).view()
        self.matrix.flags.writeable = False
        self.ids = {word: row for row, word in enumerate(words)} if ids is None else ids
        self.source, self.sha256, self.skipped = source, sha256, tuple(skipped)

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        return self.matrix.shape[1]

    def __getitem__(self, word: str) -> np.ndarray:
        return self.matrix[self.ids[word]]

    def __contains__(self, word: object) -> bool:
        return word in self.ids

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)

    def row(self, word: str) -> int:
        """The row of a word.

        Raises:
            InputError: it is not there; the sentence offers the nearest spellings.
        """
        row = self.ids.get(word, -1)
        if row < 0:
            near = ", ".join(self.suggest(word))
            offer = f"the nearest spellings are {near}" if near else "nothing is spelled like it; try another word"
            raise InputError(f"{word!r} is not among the {len(self):,} words of {self.source}; {offer}")
        return row

    def vector(self, word: str) -> np.ndarray:
        """float32 (dimensions,): the vector of a word; raises as `row` does."""
        return self.matrix[self.row(word)]

    def rows(self, words: Sequence[str]) -> np.ndarray:
        """int64: the row of each word, -1 for the unknown; for thousands at once."""
        if isinstance(self.ids, WordIndex):
            return self.ids.rows(words)
        return np.array([self.ids.get(word, -1) for word in words], dtype=np.int64)

    def suggest(self, word: str, count: int = 3) -> list[str]:
        """Up to `count` words of nearly this spelling, the nearest first; of equals the one that stands earlier."""
        words = self.words if isinstance(self.words, WordList) else WordList.of(self.words)
        return [found for found in nearest_spellings(word, words, count + 1) if found != word][:count]

    def word_to_vec_map(self) -> Mapping[str, np.ndarray]:
        """The course's dictionary as a view: word -> float64 (dimensions,), the decimals as the file has them."""
        return _Decimals(self)

    def describe_skipped(self) -> str:
        """One line on what a lenient reading left out; empty where that was nothing."""
        if not self.skipped:
            return ""
        total = sum(one.count for one in self.skipped)
        return f"{self.source}: skipped {total:,} lines; " + "; ".join(one.describe() for one in self.skipped)


class _Decimals(Mapping[str, np.ndarray]):
    """Rows as float64, read-only; of words that are asked for in their order several rows are worked out at once.

    Attributes:
        vectors: what this is a view of.
    """

    def __init__(self, vectors: WordVectors):
        self.vectors = vectors
        self._first, self._block = 0, np.zeros((0, vectors.dimensions))
        self._next = 0

    def __getitem__(self, word: str) -> np.ndarray:
        row = self.vectors.ids[word]
        first, block = self._first, self._block
        if not first <= row < first + len(block):
            ahead = _BLOCK_ROWS if row == self._next else 1
            first, block = row, decimals_of(self.vectors.matrix[row : row + ahead])
            block.flags.writeable = False
            self._first, self._block = first, block
        self._next = row + 1
        return block[row - first]

    def __contains__(self, word: object) -> bool:
        return word in self.vectors.ids

    def __iter__(self) -> Iterator[str]:
        return iter(self.vectors.words)

    def __len__(self) -> int:
        return len(self.vectors)
