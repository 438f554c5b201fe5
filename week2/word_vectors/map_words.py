"""Which words a map shows: those asked for, and their neighbours; some everyday ones where none are given."""

from __future__ import annotations

from collections.abc import Sequence

from common.errors import InputError
from common.vector_space import VectorSpace

GROUPS = (
    "man woman boy girl king queen father mother son daughter brother sister uncle aunt",
    "france paris italy rome spain madrid japan tokyo germany berlin england london",
    "dog cat horse cow sheep bird fish lion",
    "bread cheese apple milk soup rice cake tea",
    "doctor teacher pilot farmer judge painter sailor soldier",
    "small smaller large larger old older strong stronger",
)


def default_words(space: VectorSpace) -> list[str]:
    """Those of the everyday words that the vectors have.

    Raises:
        InputError: they have fewer than five.
    """
    found = [word for group in GROUPS for word in group.split() if word in space]
    if len(found) < 5:
        raise InputError("these vectors have few everyday words; name the words of the map, or give --batch FILE")
    return found


def with_neighbours(space: VectorSpace, words: Sequence[str], count: int) -> tuple[list[str], list[int]]:
    """The words, each once, then the `count` nearest of each; and 0 or 1 for each: asked for, or a neighbour."""
    asked = list(dict.fromkeys(words))
    near = [word for found in space.neighbours(asked, count) for word, _ in found] if count else []
    further = [word for word in dict.fromkeys(near) if word not in set(asked)]
    return asked + further, [0] * len(asked) + [1] * len(further)
