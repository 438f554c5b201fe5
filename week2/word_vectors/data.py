"""The vectors that a verb asks, and the words to ask about: from the command line, a file or standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.cli import say
from common.errors import InputError
from common.glove import find_vectors, load_vectors
from common.text_files import read_text
from common.vector_space import VectorSpace
from common.word_questions import known_as

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Question:
    """Words that belong together, and where they stand ("pairs.txt line 3"; empty for the command line)."""

    words: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True)
class Asked:
    """Questions of which every word is known, spelled as the vocabulary has them; and the others' problems."""

    questions: list[tuple[str, ...]]
    problems: list[str]


def open_space(
    *,
    vectors: str | os.PathLike[str] | None = None,
    course: str | os.PathLike[str] | None = None,
    lenient: bool = False,
) -> VectorSpace:
    """The vectors of the user's file, the course's, the cached or the shipped one; says on standard error which."""
    asset = find_vectors(option=vectors, course=course)
    say(asset.describe())
    return VectorSpace(load_vectors(asset.path, lenient=lenient))


def word_in(space: VectorSpace, word: str) -> str:
    """The word as the vocabulary has it: as it is written, else in lower case.

    Raises:
        InputError: it has neither; the nearest spellings are offered.
    """
    found = known_as(space, word)
    return space.words[space.row(word.lower())] if found is None else found


def read_questions_of(
    words: Sequence[str], batch: str | None, group: Callable[[Sequence[str]], list]
) -> list[Question]:
    """The questions of the command line, or those of a file, a question a line.

    Args:
        words: the words of the command line; a lone "-" stands for standard input.
        batch: a file, "-" for standard input, or None.
        group: cuts the words of the command line or of a line into questions; its InputError says what is wrong.
    """
    if list(words) == [STANDARD_INPUT]:
        words, batch = [], STANDARD_INPUT
    if batch is None:
        return [Question(tuple(part)) for part in group(words)]
    if words:
        raise InputError(f"{' '.join(words[:3])!r} and --batch {batch} were both given; give words or a file")
    return _read_batch(batch, group)


def _read_batch(batch: str, group: Callable[[Sequence[str]], list]) -> list[Question]:
    name, text = ("standard input", sys.stdin.read()) if batch == STANDARD_INPUT else (batch, read_text(Path(batch)))
    questions = []
    for number, line in enumerate(text.split("\n"), 1):
        found = line.replace("\t", " ").replace(",", " ").split()
        if not found or found[0].startswith("#"):
            continue
        try:
            questions += [Question(tuple(part), f"{name} line {number}") for part in group(found)]
        except InputError as error:
            raise InputError(f"{name}: line {number}: {error}") from None
    if not questions:
        raise InputError(f"{name}: holds no words; write the words of a question on a line")
    return questions


def resolve(space: VectorSpace, questions: Sequence[Question]) -> Asked:
    """The questions in the vocabulary's spelling.

    A question of a batch with an unknown word is left out, and its problem kept, so that thousands of others are
    answered; from the command line, or where nothing is left, it is an InputError.
    """
    found, problems = [], []
    for question in questions:
        try:
            found.append(tuple(word_in(space, word) for word in question.words))
        except InputError as error:
            if not question.place:
                raise
            problems.append(f"{question.place}: {error}")
    if not found:
        raise InputError(f"none of the {len(questions)} lines can be answered; the first: {problems[0]}")
    return Asked(found, problems)


def in_groups_of(size: int, what: str) -> Callable[[Sequence[str]], list]:
    """Cuts words into groups of `size`; another number of words is refused with `what` in the sentence."""

    def group(words: Sequence[str]) -> list:
        if not words or len(words) % size:
            raise InputError(f"{what}; there are {len(words)} words")
        return [words[at : at + size] for at in range(0, len(words), size)]

    return group


def as_one(least: int, what: str) -> Callable[[Sequence[str]], list]:
    """Takes all words as one group, of at least `least`."""

    def group(words: Sequence[str]) -> list:
        if len(words) < least:
            raise InputError(f"{what}; there are {len(words)} words")
        return [words]

    return group
