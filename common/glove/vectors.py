"""Words and their vectors: one float32 matrix, a row a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from common.errors import InputError


class WordVectors(Mapping):
    """Word -> vector, over one matrix.

    Attributes:
        words: the words in the file's order; `words[i]` is the word of row i.
        ids: word -> row.
        matrix: float32 (words, dimensions), read-only.
    """

    def __init__(self, words: Sequence[str], matrix: np.ndarray, *, ids: Mapping[str, int] | None = None):
        if len(words) != len(matrix):
            raise InputError(f"{len(words)} words for {len(matrix)} vectors; there must be one vector a word")
        self.words, self.matrix = words, matrix
        self.ids = {word: row for row, word in enumerate(words)} if ids is None else ids

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
