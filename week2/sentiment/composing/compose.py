"""Reviews with their stars, drawn from frames and words; the same ones for the same seed.

What keeps the test apart from the training:

    frames      every one belongs to one part, and so does what stands before and after a sentence
    pairs       which adjective is said of which thing: four in five pairs belong to training, the fifth to the test

The frames are so far apart that no test sentence is near to a training one (`common.sentence_classifier.likeness`);
a test holds what ships to that.

Stars are spread evenly in each kind of sentence ("plain", "order"), and so are good and bad words within the stars.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from common.seeding import make_rng
from common.sentence_classifier.labelled import ORDER, PLAIN
from week2.sentiment.composing import frames_test, frames_training
from week2.sentiment.composing.words import ADJECTIVE_SLOTS, Words, draw

TRAINING, TEST = "training", "test"
STARS = (1, 2, 3, 4, 5)
_PARTS = {TRAINING: frames_training, TEST: frames_test}
_SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou])")
_OPENER, _TAIL = 0.3, 0.3
_QUALITY_SHARE, _WORD_SHARE = 0.15, 0.3


@dataclass(frozen=True)
class Review:
    """A sentence, its stars, and its kind."""

    sentence: str
    stars: int
    kind: str


def compose(count: int, *, part: str, seed: int = 0) -> list[Review]:
    """`count` different reviews of a part, as many of each kind and stars (the last ones are left out if need be)."""
    rng = make_rng(seed, "reviews", part)
    found: dict[str, Review] = {}
    wanted = [(kind, stars) for kind in (PLAIN, ORDER) for stars in STARS]
    for number in range(count):
        kind, stars = wanted[number % len(wanted)]
        review = one_review(rng, part=part, kind=kind, stars=stars)
        while review.sentence in found:
            review = one_review(rng, part=part, kind=kind, stars=stars)
        found[review.sentence] = review
    return list(found.values())


def one_review(rng: np.random.Generator, *, part: str, kind: str, stars: int) -> Review:
    """A review of a part, a kind and stars."""
    frames = _PARTS[part]
    while True:
        frame, good = _plain_frame(rng, frames, stars) if kind == PLAIN else _order_frame(rng, frames, stars)
        text = _filled(rng, frame, part, good=good, level=stars if kind == PLAIN else None)
        if text:
            return Review(_finished(_framed(rng, frames, text)), stars, kind)


def _plain_frame(rng: np.random.Generator, frames: ModuleType, stars: int) -> tuple[str, bool]:
    """A frame for words of a level, and whether they are good ones; other words than adjectives in a third of them."""
    share = rng.random()
    if share < _QUALITY_SHARE and stars in {1, 5}:
        return draw(rng, frames.PLAIN_QUALITIES), stars > 3
    return draw(rng, frames.PLAIN_WORDS if share < _WORD_SHARE else frames.PLAIN), stars > 3


def _order_frame(rng: np.random.Generator, frames: ModuleType, stars: int) -> tuple[str, bool]:
    """A frame that can come to these stars, and whether its words are good ones for that."""
    able = []
    for (if_good, if_bad), some in frames.ORDER.items():
        able += [(frame, True) for frame in some if if_good == stars]
        able += [(frame, False) for frame in some if if_bad == stars]
    return draw(rng, able)


def _framed(rng: np.random.Generator, frames: ModuleType, text: str) -> str:
    if rng.random() < _OPENER:
        text = f"{draw(rng, frames.OPENERS)} {text}"
    return f"{text} {draw(rng, frames.TAILS)}" if rng.random() < _TAIL else text


def _finished(text: str) -> str:
    text = _ARTICLE.sub(r"\1n ", text).replace(" ,", ",").replace(" :", ":")
    return text[0].upper() + text[1:]


def pair_part(thing: str, adjective: str) -> str:
    """Which part may say this adjective of this thing."""
    return TEST if zlib.crc32(f"{adjective} {thing}".encode()) % 5 == 0 else TRAINING


def _filled(rng: np.random.Generator, frame: str, part: str, *, good: bool, level: int | None) -> str:
    """The frame with its words; empty where no pair of thing and adjective is left for the part."""
    words = Words(rng, good=good, level=level)
    words.draw_things(frame)
    tokens, found = frame.split(), []
    for place, token in enumerate(tokens):
        slot = _SLOT.fullmatch(token)
        if slot and slot[1] in ADJECTIVE_SLOTS:
            about = words.about(_nearest(tokens, place))
            word = words.adjective(slot[1], about, lambda one, about=about: pair_part(about, one) == part)
            if not word:
                return ""
            found.append(word)
        else:
            found.append(words.fill(slot[1]) if slot else token)
    return " ".join(found)


def _nearest(tokens: Sequence[str], place: int) -> str:
    """The slot of the thing that stands nearest to a place: "t", "u" or "place"; of two the later one."""
    slots = [(abs(at - place), -at, match[1]) for at, token in enumerate(tokens) if (match := _SLOT.fullmatch(token))]
    near = [slot for _, _, slot in sorted(slots) if slot.startswith("place") or slot[0] in "tu"]
    return near[0][0] if near and near[0][0] in "tu" else "place"
