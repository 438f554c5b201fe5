"""The words of one sentence, drawn as its frame asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from week2.sentiment.composing import lexicon
from week2.sentiment.composing.lexicon import Levels

ADJECTIVE_SLOTS = ("X", "Y", "Z")
_GOOD, _BAD = (5, 4), (1, 2)
_MANY = 0.3
_FORMS = {
    "w": ("was", "were"), "i": ("is", "are"), "n": ("wasn't", "weren't"), "pro": ("it", "they"), "obj": ("it", "them"),
}  # fmt: skip


def draw(rng: np.random.Generator, options: Sequence) -> Any:
    """One of the options, each as likely as the others."""
    return options[int(rng.integers(len(options)))]


class Words:
    """Words of one subject.

    Args:
        rng: draws them.
        good: whether the side of X is the good one.
        level: the only level of words that judge, or None for both levels of a side.
    """

    def __init__(self, rng: np.random.Generator, *, good: bool, level: int | None):
        self._rng, self._good, self._level = rng, good, level
        places, groups = draw(rng, list(lexicon.DOMAINS.values()))
        first, second = rng.permutation(len(groups))[:2]
        self._place = draw(rng, places)
        self._groups = {"t": groups[first], "u": groups[second]}
        self._things = {"t": "", "u": ""}
        self._many = {"t": False, "u": False}
        self._adjectives: dict[str, str] = {}
        self._used: set[str] = set()

    def draw_things(self, frame: str) -> None:
        """Draw the things of a frame, many or one as it asks."""
        for slot, group in self._groups.items():
            only_many, only_one = f"{{{slot}s}}" in frame, f"{{{slot}1}}" in frame
            self._many[slot] = only_many or (not only_one and bool(self._rng.random() < _MANY))
            names = group.plural if self._many[slot] else group.singular
            self._things[slot] = draw(self._rng, [name for name in names if name not in self._things.values()])

    def about(self, slot: str) -> str:
        """What stands in the slot "t", "u" or "place"."""
        return self._place if slot == "place" else self._things[slot]

    def adjective(self, slot: str, about: str, allowed: Callable[[str], bool]) -> str:
        """The adjective for X, Y or Z, where it may be said of a thing; empty if there is none, or if it may not."""
        if slot in self._adjectives:
            return self._adjectives[slot] if allowed(self._adjectives[slot]) else ""
        own = [group.adjectives for name, group in self._groups.items() if self._things[name] == about]
        options = [word for levels in (lexicon.ADJECTIVES, *own) for word in self._judging(levels, other=slot == "Y")]
        left = [word for word in options if word not in self._used and allowed(word)]
        if not left:
            return ""
        self._used.add(word := draw(self._rng, left))
        self._adjectives[slot] = word
        return word

    def fill(self, slot: str) -> str:
        """The word for any other slot."""
        if slot.startswith("place"):
            return self._place + slot.removeprefix("place")
        if slot[0] in "tu":
            return self._things[slot[0]] if slot[1:] in ("", "s", "1") else _FORMS[slot[1:]][self._many[slot[0]]]
        levels = {"v": lexicon.VERBS, "k": lexicon.NOUNS, "l": lexicon.NOUNS, "q": lexicon.QUALITIES}[slot[0]]
        options = [word for word in self._judging(levels, other=slot == "l") if word not in self._used]
        self._used.add(word := draw(self._rng, options))
        return lexicon.PAST[word] if slot == "vd" else word

    def _judging(self, levels: Levels, *, other: bool) -> list[str]:
        sides = (_GOOD if self._good != other else _BAD) if self._level is None else (self._level,)
        return [word for level in sides for word in levels.get(level, ())]


def vocabulary() -> set[str]:
    """Every word that judges, for checks."""
    groups = {id(group): group for _, groups in lexicon.DOMAINS.values() for group in groups}.values()
    tables = [lexicon.ADJECTIVES, lexicon.VERBS, lexicon.NOUNS, lexicon.QUALITIES, *(one.adjectives for one in groups)]
    return {word for levels in tables for words in levels.values() for word in words}
