"""What is spoken: digit strings, and the commands of a small grammar.

    phrase("digits", rng)       # "three one four"
    phrase("commands", rng)     # "set timer two five minutes please"

A sentence is lower-case words with one space between them.
"""

from __future__ import annotations

import re

import numpy as np

from common.errors import InputError
from common.words import normalize

KINDS = ("digits", "commands")
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
MOST_DIGITS = 7
PLEASE = "please"
_PLEASE_SHARE = 0.2
# A choice is drawn between what bars separate; "#2" stands for one to two digits.
PATTERNS = (
    "turn on|off the light|music",
    "open|close the door|window",
    "play|stop the music",
    "volume up|down",
    "go left|right|up|down",
    "set timer #2 minutes",
    "set volume #1",
    "call #5",
)
_CHARACTERS = re.compile(r"[a-z' ]*")


def command_words() -> list[str]:
    """The words of the commands but for the digits, each once."""
    places = [choice for pattern in PATTERNS for place in pattern.split() for choice in place.split("|")]
    return [word for word in dict.fromkeys([*places, PLEASE]) if not word.startswith("#")]


def vocabulary() -> list[str]:
    """All words: the digits, then those of the commands."""
    return [*DIGITS, *command_words()]


def phrase(kind: str, rng: np.random.Generator, *, most_digits: int = MOST_DIGITS) -> str:
    """A sentence of a kind: 1 to `most_digits` digits, or a command.

    Raises:
        InputError: there is no such kind.
    """
    if kind == "digits":
        return " ".join(_digits(rng, most_digits))
    if kind == "commands":
        return " ".join(_command(rng))
    raise InputError(f"there is no kind of sentences {kind!r}; choose one of {', '.join(KINDS)}")


def _digits(rng: np.random.Generator, most: int) -> list[str]:
    return [DIGITS[one] for one in rng.integers(len(DIGITS), size=rng.integers(1, most + 1))]


def _command(rng: np.random.Generator) -> list[str]:
    words = []
    for place in PATTERNS[rng.integers(len(PATTERNS))].split():
        if place.startswith("#"):
            words += _digits(rng, int(place[1:]))
        else:
            choices = place.split("|")
            words.append(choices[rng.integers(len(choices))])
    return [*words, PLEASE] if rng.random() < _PLEASE_SHARE else words


def spelled(text: str) -> str:
    """A person's transcript as the network would write it: lower case, numerals digit by digit, no punctuation.

    Raises:
        InputError: it holds a letter outside a to z.
    """
    plain = re.sub(r"\d", lambda digit: f" {DIGITS[int(digit[0])]} ", normalize(text))
    plain = " ".join(re.sub(r"[^\w']|_", " ", plain).split())
    if not _CHARACTERS.fullmatch(plain):
        strange = _CHARACTERS.sub("", plain)[0]
        raise InputError(f"the transcript {text!r} holds {strange!r}; write it with the letters a to z")
    return plain
