"""Two ways to measure word vectors: analogy questions, and people's judgements of how similar two words are.

    read_questions     the `questions-words` format: lines ": section", then a question of four words a line
    read_similarities  two words and a score a line, between tabs, commas, semicolons or spaces

A word counts as known where the vocabulary holds it as it is written, or in lower case. Questions and pairs with an
unknown word are left out and counted, since a small vocabulary would otherwise look like a bad one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.text_files import read_text
from common.vector_space import VectorSpace

Question = tuple[str, str, str, str]
_SEPARATORS = ("\t", ";", ",")


@dataclass(frozen=True)
class Section:
    """Questions of one kind: (a, b, c, d) for "a is to b as c is to d"."""

    name: str
    questions: list[Question]


@dataclass(frozen=True)
class SectionScore:
    """How many of a section's questions were answered right; `skipped` ones hold an unknown word."""

    name: str
    correct: int
    answered: int
    skipped: int

    @property
    def accuracy(self) -> float | None:
        """Correct among answered, 0 to 1; None where none could be answered."""
        return self.correct / self.answered if self.answered else None

    @property
    def coverage(self) -> float:
        """Answered among all, 0 to 1."""
        return self.answered / (self.answered + self.skipped)


@dataclass(frozen=True)
class SimilarityScore:
    """Spearman's rank correlation of cosines with people's scores, and how many pairs it comes from.

    `rho` is None where it is not defined: fewer than two pairs, or one value throughout.
    """

    rho: float | None
    used: int
    skipped: int

    @property
    def coverage(self) -> float:
        """Used among all, 0 to 1."""
        return self.used / (self.used + self.skipped)


def read_questions(path: str | os.PathLike[str]) -> list[Section]:
    """The sections of a questions file, in its order; sections without a question are left out.

    Raises:
        InputError: a line has not four words (the sentence gives its number), or there is no question.
    """
    sections = [Section("no section", [])]
    for number, line in enumerate(read_text(path).split("\n"), 1):
        words = line.split()
        if line.lstrip().startswith(":"):
            sections.append(Section(line.strip().removeprefix(":").strip() or "no section", []))
        elif len(words) == 4:
            sections[-1].questions.append(tuple(words))
        elif words:
            raise InputError(
                f"{path}: line {number} has {len(words)} words, a question has 4 (a b c d); "
                'mend it, or begin the name of a section with ":"'
            )
    found = [section for section in sections if section.questions]
    if not found:
        raise InputError(f'{path}: holds no question; write four words a line, under lines such as ": capitals"')
    return found


def read_similarities(path: str | os.PathLike[str]) -> list[tuple[str, str, float]]:
    """(word, word, score) of each line of a similarity file.

    The score is the first number after the two words. Lines that begin with # are passed over, and so is a first line
    without a number (the columns' names).

    Raises:
        InputError: a line has no two words and a number, or there is no pair.
    """
    pairs = []
    first = True
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pair = _similarity(line)
        if pair is not None:
            pairs.append(pair)
        elif not first:
            raise InputError(f"{path}: line {number} is not two words and a number ({line.strip()[:40]!r}); mend it")
        first = False
    if not pairs:
        raise InputError(f"{path}: holds no pair; write two words and a number a line, with tabs between them")
    return pairs


def _similarity(line: str) -> tuple[str, str, float] | None:
    separator = next((mark for mark in _SEPARATORS if mark in line), None)
    fields = [field.strip().strip('"') for field in line.split(separator)]
    scores = [float(field) for field in fields[2:] if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", field)]
    if not scores or not fields[0] or not fields[1]:
        return None
    return fields[0], fields[1], scores[0]


def score_questions(
    space: VectorSpace, sections: Iterable[Section], *, method: str = "difference", exclude: str = "all"
) -> list[SectionScore]:
    """Each section's score: all its questions are answered at once; see `VectorSpace.analogies` for the options."""
    return [_score_section(space, section, method, exclude) for section in sections]


def _score_section(space: VectorSpace, section: Section, method: str, exclude: str) -> SectionScore:
    questions = [[known_as(space, word) for word in question] for question in section.questions]
    known = [question for question in questions if None not in question]
    answers = space.analogies([question[:3] for question in known], method=method, exclude=exclude)
    correct = sum(bool(answer) and answer[0][0] == question[3] for answer, question in zip(answers, known, strict=True))
    return SectionScore(section.name, correct, len(known), len(questions) - len(known))


def total(scores: Iterable[SectionScore], name: str = "all") -> SectionScore:
    """The sections' counts added up."""
    scores = list(scores)
    sums = (sum(getattr(score, key) for score in scores) for key in ("correct", "answered", "skipped"))
    return SectionScore(name, *sums)


def score_similarities(space: VectorSpace, pairs: Sequence[tuple[str, str, float]]) -> SimilarityScore:
    """Spearman's rho between the pairs' cosines and their scores."""
    named = [(known_as(space, one), known_as(space, other), score) for one, other, score in pairs]
    known = [pair for pair in named if None not in pair]
    cosines = space.similarities([pair[:2] for pair in known])
    return SimilarityScore(
        spearman(cosines, np.array([pair[2] for pair in known])), len(known), len(pairs) - len(known)
    )


def known_as(space: VectorSpace, word: str) -> str | None:
    """The word as the vocabulary holds it: as written, else in lower case; None where it holds neither."""
    return next((form for form in (word, word.lower()) if form in space), None)


def spearman(x: np.ndarray, y: np.ndarray) -> float | None:
    """Spearman's rank correlation, equal values sharing their mean rank; None where it is not defined."""
    if len(x) < 2:
        return None
    x, y = (rank - rank.mean() for rank in (ranks(x), ranks(y)))
    scale = np.sqrt(np.sum(x**2) * np.sum(y**2))
    return float(np.sum(x * y) / scale) if scale else None


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[place]
