"""Words for `bias` when none are given: pairs that span the direction, words to neutralize, four sets for WEAT.

They are everyday words; those that the vectors do not have are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from common.text_files import read_text
from common.vector_space import VectorSpace
from common.word_questions import known_as

PAIRS = (
    ("woman", "man"),
    ("girl", "boy"),
    ("she", "he"),
    ("her", "his"),
    ("mother", "father"),
    ("daughter", "son"),
    ("sister", "brother"),
    ("queen", "king"),
    ("wife", "husband"),
    ("aunt", "uncle"),
)
_NEUTRAL = (
    "doctor teacher pilot farmer baker chef judge painter sailor soldier librarian scientist carpenter gardener "
    "photographer engineer mechanic hairdresser tailor receptionist nurse dentist singer dancer writer programmer "
    "secretary banker lawyer computer technology science literature fashion"
)
_X = (
    "science technology engineer scientist computer machines experiments mechanic programmer astronomer motor telescope"
)
_Y = "literature poetry dancer singer novel ballet dance painter writer theatre portrait melody"
_A = "man boy father son brother uncle husband king"
_B = "woman girl mother daughter sister aunt wife queen"


@dataclass(frozen=True)
class WordSet:
    """Words that belong together for WEAT, with a name."""

    name: str
    words: tuple[str, ...]


def default_pairs(space: VectorSpace) -> list[tuple[str, str]]:
    """The pairs of which the vectors have both words."""
    return [pair for pair in PAIRS if set(pair) <= space.ids.keys()]


def default_neutral(space: VectorSpace) -> list[str]:
    """Professions and subjects that the vectors have."""
    return [word for word in _NEUTRAL.split() if word in space]


def default_sets(space: VectorSpace) -> list[WordSet]:
    """X, Y, A, B for WEAT: exact sciences and arts, he-words and she-words; X and Y cut to the same size."""
    found = [
        WordSet(name, tuple(word for word in words.split() if word in space))
        for name, words in (("exact sciences", _X), ("arts", _Y), ("he-words", _A), ("she-words", _B))
    ]
    size = min(len(found[0].words), len(found[1].words))
    return [WordSet(one.name, one.words[:size]) for one in found[:2]] + found[2:]


def read_sets(path: Path) -> list[WordSet]:
    """Four lines "name: word word ...", the targets X and Y, then the attributes A and B.

    Raises:
        InputError: there are not four such lines.
    """
    lines = [line.strip() for line in read_text(path).split("\n")]
    lines = [line for line in lines if line and not line.startswith("#")]
    sets = []
    for line in lines:
        name, colon, words = line.partition(":")
        found = tuple(words.replace(",", " ").split())
        if not colon or not found:
            raise InputError(f'{path}: the line {line[:40]!r} is no set; write "name: word word word"')
        sets.append(WordSet(name.strip(), found))
    if len(sets) != 4:
        raise InputError(
            f"{path}: holds {len(sets)} sets, WEAT takes 4, a line each: the targets X and Y, the attributes A and B"
        )
    return sets


def known_sets(space: VectorSpace, sets: Sequence[WordSet]) -> tuple[list[WordSet], list[str]]:
    """The sets with the words that the vectors have, in the vocabulary's spelling, and the words left out.

    Raises:
        InputError: a word stands in both targets.
    """
    known, left_out = [], []
    for one in sets:
        forms = {word: known_as(space, word) for word in one.words}
        known.append(WordSet(one.name, tuple(dict.fromkeys(form for form in forms.values() if form))))
        left_out += [word for word, form in forms.items() if form is None]
    both = set(known[0].words) & set(known[1].words)
    if both:
        raise InputError(f"{sorted(both)[0]!r} is in both WEAT targets, X and Y; leave it in one of them")
    return known, left_out
