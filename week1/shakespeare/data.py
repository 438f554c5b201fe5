"""A text in any script -> lower-cased characters as ids, windows with the character that follows each, and a split.

A window is `length` characters (40 in the course), taken every `stride` characters (3) from `offset` (0) on. The
vocabulary is the text's own characters, sorted by code point, as the course orders them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from common.assets import Asset, find, find_in_folder
from common.errors import InputError
from common.text_files import read_text
from common.vocabulary import Vocabulary

WINDOW = 40
STRIDE = 3
MODEL = "shakespeare-model"  # the weights that ship
COURSE_CHARACTERS = "\n !'(),-.:;?abcdefghijklmnopqrstuvwxyz"
"""The 38 characters of the course's text, in the order of its model's inputs and outputs."""


class Windows(NamedTuple):
    """Windows of a text.

    inputs: ids, int64 (windows, length), a read-only view of the text's ids.
    targets: the id that follows each window, int64 (windows,).
    """

    inputs: np.ndarray
    targets: np.ndarray


class Parts(NamedTuple):
    """A text in three: to train on, to watch the training by, and to evaluate on."""

    training: str
    validation: str
    held_out: str


def find_text(*, option: str | os.PathLike[str] | None = None, course: str | os.PathLike[str] | None = None) -> Asset:
    """The text: the user's, the course's, or the verse that ships."""
    return find("shakespeare-text", option=option, course=course)


def load_text(path: str | os.PathLike[str], *, window: int = WINDOW) -> str:
    """The file's text, lower-cased; InputError where it is not text, or no longer than one window."""
    text = read_text(path).lower()
    check_length(text, window=window, what=str(path))
    return text


def check_length(text: str, *, window: int, what: str) -> None:
    """Raise InputError where `text` (called `what` in the sentence) holds no window with a character after it."""
    if len(text) <= window:
        raise InputError(
            f"{what}: has {len(text)} characters, and a window of {window} with the character after it needs "
            f"{window + 1}; give a longer text"
        )


def encode(text: str, vocabulary: Vocabulary, *, what: str = "the text") -> np.ndarray:
    """Ids of the characters, int64 (characters,); InputError names those that the vocabulary lacks."""
    check_characters(text, vocabulary, what=what)
    return vocabulary.encode(text)


def check_characters(text: str, vocabulary: Vocabulary, *, what: str) -> None:
    """Raise InputError that names the characters of `text` that the model never saw."""
    unseen = sorted(set(text) - set(vocabulary))
    if unseen:
        raise InputError(
            f"{what}: holds {_listed(unseen)}, which the model never saw; leave such characters out, or train a model "
            f"on a text that has them (it knows {_listed(vocabulary)})"
        )


def _listed(characters: Iterable[str], most: int = 60) -> str:
    """Characters for a sentence: as they are, the invisible ones escaped."""
    shown = [character if character.isprintable() else repr(character)[1:-1] for character in characters]
    return " ".join("space" if character == " " else character for character in shown[:most]) + (
        f" and {len(shown) - most} more" if len(shown) > most else ""
    )


def build_vocabulary(text: str) -> Vocabulary:
    """The characters of `text`, sorted."""
    return Vocabulary.build([text])


def cut_windows(ids: np.ndarray, *, length: int = WINDOW, stride: int = STRIDE, offset: int = 0) -> Windows:
    """Every window of `length` ids that begins at offset, offset + stride, ... and has an id after it.

    Raises InputError where there is none.
    """
    if len(ids) - offset <= length:
        raise InputError(f"{len(ids)} characters hold no window of {length} from {offset} on; give a longer text")
    views = np.lib.stride_tricks.sliding_window_view(ids, length)[offset:-1:stride]
    return Windows(views, ids[offset + length :: stride])


def split_text(text: str, *, held_out: float, first: int, last: int) -> tuple[str, str]:
    """(beginning, end) of the text: the end has the share `held_out`, from the empty line nearest to the cut on.

    The parts have at least `first` and `last` characters (together no more than the text); where there is no empty line
    near the cut, it falls between two characters.
    """
    cut = min(max(len(text) - round(held_out * len(text)), first), len(text) - last)
    reach = len(text) // 50
    breaks = [place for place in _breaks(text, cut - reach, cut + reach) if first <= place <= len(text) - last]
    cut = min(breaks, key=lambda place: abs(place - cut), default=cut)
    return text[:cut], text[cut:]


def _breaks(text: str, begin: int, end: int) -> Iterable[int]:
    """The places between `begin` and `end` that follow an empty line."""
    place = text.find("\n\n", max(begin, 0), end)
    while place >= 0:
        yield place + 2
        place = text.find("\n\n", place + 1, end)


def split_three(text: str, *, held_out: float, window: int) -> Parts:
    """The parts of `text`, the last two of the share `held_out` each; InputError where it is too short for them."""
    least = window + 1
    if len(text) < 3 * least:
        raise InputError(
            f"the text has {len(text)} characters, and training, validation and evaluation need at least {3 * least}; "
            "give a longer text"
        )
    rest, last = split_text(text, held_out=held_out, first=2 * least, last=least)
    training, validation = split_text(rest, held_out=held_out, first=least, last=least)
    return Parts(training, validation, last)


def digest(text: str) -> str:
    """SHA-256 of the text, which a trained model keeps to tell its training text from others."""
    return hashlib.sha256(text.encode()).hexdigest()


def find_weights(*, option: str | os.PathLike[str] | None = None, course: str | os.PathLike[str] | None = None) -> Path:
    """The weights: the user's; the course's, where `course` is given and has them; or those that ship."""
    if option is None and course is not None and find_in_folder("shakespeare-weights", course) is not None:
        return find("shakespeare-weights", course=course).path
    return find(MODEL, option=option).path
