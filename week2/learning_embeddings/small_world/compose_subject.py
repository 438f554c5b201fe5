"""What a part of the grammar hands to the composer: a subject, the patterns that speak of it, and their words."""

from __future__ import annotations

from dataclasses import dataclass, field

from week2.learning_embeddings.small_world.compose_pattern import Slots


@dataclass(frozen=True)
class Subject:
    """One subject of the corpus.

    Attributes:
        patterns: its sentences; each is used about as often as any other.
        slots: its own words, beside the lists of `world_life.py` that every subject may use.
        paragraphs: how many paragraphs speak of it.
        sentences: the least and the most sentences of a paragraph.
        openings: patterns for a paragraph's first sentence, where not any will do.
        she: how often the person of a paragraph ({Name}, {he}, {his} ...) is a woman.
    """

    patterns: tuple[str, ...]
    slots: Slots = field(default_factory=dict)
    paragraphs: int = 1
    sentences: tuple[int, int] = (3, 5)
    openings: tuple[str, ...] = ()
    she: float = 0.5


def lines(text: str) -> tuple[str, ...]:
    """The patterns of a text, one a line; empty lines are left out."""
    return tuple(line.strip() for line in text.strip().splitlines() if line.strip())
