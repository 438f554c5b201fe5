"""Analogies: a is to b as c is to the word w for which cos(b - a, w - c) is largest (the course's form).

Two rules say which words may answer. Skipping all three query words (2018) is the usual one: without it the answer is
too often b itself, or a word of the question. Skipping c alone (2021) leaves a and b in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.glove.decimals import decimals_of
from common.glove.spelling import nearest_spellings
from common.glove.word_index import WordList
from common.vector_space import VectorSpace


@dataclass(frozen=True)
class MapVectors:
    """A dictionary's words and vectors as `VectorSpace` takes them; float64 throughout."""

    words: Sequence[str]
    ids: Mapping[str, int]
    matrix: np.ndarray

    def row(self, word: str) -> int:
        """The word's row; InputError with the nearest spellings where it is not there."""
        if word not in self.ids:
            near = ", ".join(nearest_spellings(word, WordList.of(self.words)))
            offer = f"the nearest spellings are {near}" if near else "look at the spelling"
            raise InputError(f"{word!r} is not among the {len(self.words):,} words of the map; {offer}")
        return self.ids[word]

    def rows(self, words: Sequence[str]) -> np.ndarray:
        """The words' rows, -1 for an unknown one."""
        return np.array([self.ids.get(word, -1) for word in words], dtype=np.int64)


def space_of(word_to_vec_map: Mapping[str, np.ndarray]) -> VectorSpace:
    """The course's dictionary, word -> vector, as a space; ties go to the word that comes first in it.

    Raises:
        InputError: it is empty, or its vectors differ in length.
    """
    vectors = getattr(word_to_vec_map, "vectors", None)
    if vectors is not None:  # a view of WordVectors: no need to copy it word by word
        return VectorSpace(vectors, rows=lambda rows: decimals_of(vectors.matrix[rows]))
    words = list(word_to_vec_map)
    try:
        matrix = np.array([word_to_vec_map[word] for word in words], dtype=np.float64)
    except ValueError:
        matrix = np.empty(0)
    if matrix.ndim != 2:
        raise InputError("the map's vectors differ in length, or there are none; give a word and its vector each")
    return VectorSpace(MapVectors(words, {word: row for row, word in enumerate(words)}, matrix))


def complete(
    word_to_vec_map: Mapping[str, np.ndarray], a: str, b: str, c: str, *, exclude: str = "all"
) -> tuple[str, float]:
    """The answer to "a is to b as c is to ..." and its cosine; `exclude` as in `VectorSpace.analogies`.

    Raises:
        InputError: a word is unknown, or no word is left that may answer.
    """
    (answers,) = space_of(word_to_vec_map).analogies([(a, b, c)], exclude=exclude)
    if not answers:
        raise InputError(f"the map holds {len(word_to_vec_map)} words, and none is left to answer; give a larger one")
    return answers[0]
