"""Words -> the ids and the table of vectors that the Keras model reads: id 0 is padding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from common.errors import InputError


class WordTable:
    """The vectors of the words of some sentences.

    Attributes:
        ids: word -> id, from 1.
        matrix: float32 (words + 1, dimensions); row 0 is zeros.
    """

    def __init__(self, sentences: Iterable[Sequence[str]], vectors: Mapping[str, np.ndarray], dimensions: int):
        words = sorted({word for sentence in sentences for word in sentence})
        self.ids = {word: place for place, word in enumerate(words, 1)}
        self.matrix = np.zeros((len(words) + 1, dimensions), np.float32)
        for word, place in self.ids.items():
            self.matrix[place] = vectors[word]

    def encode(self, sentences: Sequence[Sequence[str]], *, window: int, padding: str = "post") -> np.ndarray:
        """Ids, int32 (sentences, window), padded after or ("pre") before the words. InputError if one is longer."""
        rows = np.zeros((len(sentences), window), np.int32)
        for row, words in zip(rows, sentences, strict=True):
            if len(words) > window:
                raise InputError(f"a sentence has {len(words)} words, and the window is {window}; widen the window")
            begin = 0 if padding == "post" else window - len(words)
            row[begin : begin + len(words)] = [self.ids[word] for word in words]
        return rows
