"""Compose the text of the small world: `compose(seed)` gives its paragraphs, the same on every machine.

A paragraph is a few sentences about one subject. No sentence comes twice in the whole text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from week2.learning_embeddings.small_world import (
    compose_animals,
    compose_countries,
    compose_everyday,
    compose_forms,
    compose_people,
    compose_things,
    compose_year,
)
from week2.learning_embeddings.small_world.compose_draw import Draw
from week2.learning_embeddings.small_world.compose_pattern import fill, finish
from week2.learning_embeddings.small_world.compose_subject import Subject
from week2.learning_embeddings.small_world.world_life import LISTS
from week2.learning_embeddings.small_world.world_people import HE_NAMES, SHE_NAMES

SEED = 6
_PARTS = (
    compose_countries,
    compose_people,
    compose_animals,
    compose_forms,
    compose_things,
    compose_year,
    compose_everyday,
)
_TRIES = 12
_HE = {"he": "he", "his": "his", "him": "him", "himself": "himself", "boy": "boy", "man": "man"}
_SHE = {"he": "she", "his": "her", "him": "her", "himself": "herself", "boy": "girl", "man": "woman"}


class Composer:
    """Draws paragraphs and remembers every sentence, so that none comes twice."""

    def __init__(self, seed: int):
        self._draw = Draw(seed)
        self._seen: set[str] = set()

    def paragraphs(self, subject: Subject) -> Iterator[str]:
        """The paragraphs about one subject; shorter or fewer where its patterns give nothing new any more."""
        openings = self._deck(subject.openings or subject.patterns)
        patterns = self._deck(subject.patterns)
        low, high = subject.sentences
        for _ in range(subject.paragraphs):
            slots, cast = self._slots(subject), {}
            count = low + self._draw.below(high - low + 1)
            used: set[str] = set()
            decks = [openings] + [patterns] * (count - 1)
            sentences = [self._sentence(deck, used, slots, cast) for deck in decks]
            kept = [sentence for sentence in sentences if sentence]
            if kept:
                yield " ".join(kept)

    def shuffled(self, paragraphs: list[str]) -> list[str]:
        """The paragraphs in drawn order."""
        return self._draw.several(paragraphs, len(paragraphs))

    def _deck(self, patterns: tuple[str, ...]) -> Iterator[str]:
        """The patterns without end, shuffled anew each time they are used up."""
        while True:
            yield from self._draw.several(patterns, len(patterns))

    def _slots(self, subject: Subject) -> dict[str, str | tuple[str, ...]]:
        """The lists, a person of this paragraph, and over them the subject's own words."""
        she = self._draw.chance(subject.she)
        person = {"Name": self._draw.one(SHE_NAMES if she else HE_NAMES), **(_SHE if she else _HE)}
        friends = [name for name in HE_NAMES + SHE_NAMES if name != person["Name"]]
        return LISTS | person | {"Friend": self._draw.one(friends)} | dict(subject.slots)

    def _sentence(self, deck: Iterator[str], used: set[str], slots: dict, cast: dict[str, str]) -> str:
        """A new sentence of a pattern that the paragraph has not used; empty if the next few patterns give none."""
        for _ in range(_TRIES):
            pattern, trial = next(deck), dict(cast)
            sentence = finish(fill(pattern, slots, trial, self._draw))
            if sentence not in self._seen and pattern not in used:
                self._seen.add(sentence)
                used.add(pattern)
                cast.update(trial)
                return sentence
        return ""


def subjects() -> Iterator[Subject]:
    """All subjects of the world, in a fixed order."""
    for part in _PARTS:
        yield from part.subjects()


def compose(seed: int = SEED) -> str:
    """The whole text: a paragraph a line."""
    composer = Composer(seed)
    found = [paragraph for subject in subjects() for paragraph in composer.paragraphs(subject)]
    return "\n".join(composer.shuffled(found)) + "\n"


def text_hash(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
