"""Questions to word vectors: how similar, which words are nearest, a is to b as c is to which word.

    from common.glove import find_vectors, load_vectors
    from common.vector_space import VectorSpace

    space = VectorSpace(load_vectors(find_vectors().path))
    space.similarity("father", "mother")
    space.nearest("river", count=5)
    space.analogies([("man", "woman", "king"), ("small", "smaller", "large")])

Thousands of questions are answered at once, in memory that does not grow with them. Answers and scores are those of the
float64 formulas over all words (see `vector_scores.py` and `vector_search.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from common.errors import InputError
from common.vector_scores import AddScore, CosineScore, DifferenceScore, Matrix, MultiplyScore, cosines
from common.vector_search import Score, best_rows

METHODS = {"difference": DifferenceScore, "add": AddScore, "multiply": MultiplyScore}
EXCLUSIONS = ("all", "c")
QUERIES_AT_ONCE = 256

Scored = list[tuple[str, float]]


class VectorSpace:
    """Words as points: similarities, neighbours, analogies.

    Args:
        vectors: anything with `words`, `ids` (word -> row), `matrix` (n, d), `row` and `rows` as
            `common.glove.WordVectors` has them. A float64 matrix is searched by a float32 copy, answered from itself.
        rows: gives for an array of rows their vectors in float64, where they are known more exactly than by `matrix`.
    """

    def __init__(self, vectors: Any, *, rows: Callable[[np.ndarray], np.ndarray] | None = None):
        self.vectors = vectors
        self.words: Sequence[str] = vectors.words
        self.ids: Mapping[str, int] = vectors.ids
        self._rows = rows or vectors.matrix.__getitem__

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.ids

    @cached_property
    def matrix(self) -> Matrix:
        """The vectors, ready to be searched; their norms are computed when first needed."""
        with np.errstate(over="ignore"):
            return Matrix(np.asarray(self.vectors.matrix, dtype=np.float32), self._rows)

    def row(self, word: str) -> int:
        """The word's row.

        Raises:
            InputError: the word is not in the vocabulary; the sentence offers the nearest spellings.
        """
        return self.vectors.row(word)

    def rows(self, words: Iterable[str]) -> np.ndarray:
        """The words' rows, (n,) integers; raises InputError as `row` does."""
        words = list(words)
        rows = self.vectors.rows(words)
        for place in np.flatnonzero(rows < 0):
            self.row(words[place])
        return rows

    def vector(self, word_or_vector: str | np.ndarray) -> np.ndarray:
        """(d,) float64: the word's vector, or the given one checked for its size."""
        if isinstance(word_or_vector, str):
            return self.matrix.rows(self.rows([word_or_vector]))[0]
        vector = np.asarray(word_or_vector, dtype=np.float64)
        if vector.shape != (self.matrix.dimensions,):
            wanted = self.matrix.dimensions
            raise InputError(f"a query vector has shape {vector.shape}, the words have {wanted} numbers; give so many")
        if not np.isfinite(vector).all():
            raise InputError("a query vector holds NaN or infinity; give finite numbers")
        return vector

    def similarity(self, a: str | np.ndarray, b: str | np.ndarray) -> float:
        """cos(a, b) in float64, in [-1, 1]; 0 where one of them is a zero vector."""
        return float(cosines(self.vector(a)[np.newaxis], self.vector(b)[np.newaxis])[0])

    def similarities(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """(n,) float64 cosines of n pairs of words."""
        left, right = (self.rows(pair[side] for pair in pairs) for side in (0, 1))
        found = [cosines(self.matrix.rows(left[at]), self.matrix.rows(right[at])) for at in _chunks(len(pairs), 4096)]
        return np.concatenate([np.empty(0), *found])

    def nearest(self, query: str | np.ndarray, count: int = 10, exclude: Sequence[str] = ()) -> Scored:
        """The `count` words of highest cosine with a word or a vector, as (word, cosine), best first.

        A word does not answer to itself, and the words of `exclude` do not answer.
        """
        return self.neighbours([query], count, exclude)[0]

    def neighbours(
        self, queries: Sequence[str | np.ndarray], count: int = 10, exclude: Sequence[str] = ()
    ) -> list[Scored]:
        """`nearest` of many words or vectors at once: a list for each."""
        left_out = [int(row) for row in self.rows(exclude)]
        answers = []
        for at in _chunks(len(queries), QUERIES_AT_ONCE):
            some = queries[at]
            own = [[self.row(query)] if isinstance(query, str) else [] for query in some]
            score = CosineScore(self.matrix, np.array([self.vector(query) for query in some]))
            answers += self._answers(score, count, [left_out + rows for rows in own])
        return answers

    def analogies(
        self,
        triples: Sequence[tuple[str, str, str]],
        count: int = 1,
        method: str = "difference",
        exclude: str = "all",
    ) -> list[Scored]:
        """For each (a, b, c) the `count` best words d of "a is to b as c is to d", as (word, score), best first.

        Args:
            triples: the questions; thousands are answered at once.
            count: words an answer.
            method: "difference" (the course's cosine of differences), "add" (3CosAdd) or "multiply" (3CosMul).
            exclude: "all" three query words may not answer (the rule of 2018), or word "c" alone (2021).

        Raises:
            InputError: a word is unknown (the nearest spellings are offered), or a method or rule is.
        """
        if method not in METHODS:
            raise InputError(f"there is no analogy method {method!r}; choose one of {', '.join(METHODS)}")
        if exclude not in EXCLUSIONS:
            raise InputError(f'an analogy cannot exclude {exclude!r}; choose "all" or "c"')
        answers = []
        for at in _chunks(len(triples), QUERIES_AT_ONCE):
            rows = np.array([self.rows(_triple(triple)) for triple in triples[at]])
            score = METHODS[method](self.matrix, *(self.matrix.rows(rows[:, place]) for place in range(3)))
            answers += self._answers(score, count, (rows if exclude == "all" else rows[:, 2:]).tolist())
        return answers

    def _answers(self, score: Score, count: int, excluded: Sequence[Sequence[int]]) -> list[Scored]:
        if count < 1:
            raise InputError(f"{count} answers were asked for; ask for at least 1")
        found = best_rows(score, min(count, len(self)), excluded)
        return [
            [(self.words[row], float(value)) for row, value in zip(rows, scores, strict=True)] for rows, scores in found
        ]


def _triple(triple: tuple[str, str, str]) -> tuple[str, str, str]:
    if len(triple) != 3:
        raise InputError(f"an analogy has three words, not {len(triple)} ({' '.join(triple)}); give a, b and c")
    return triple


def _chunks(count: int, size: int) -> Iterable[slice]:
    return (slice(at, at + size) for at in range(0, count, size))
