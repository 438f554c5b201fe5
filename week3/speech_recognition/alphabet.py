"""The symbols that the networks write: a space, an apostrophe, the letters; texts to their numbers and back.

Number 0 is no character: for CTC it is the blank, for the decoder with attention what stands before the first
character and after the last one.
"""

from __future__ import annotations

from collections.abc import Iterable

from common.errors import InputError
from week3.speech_recognition.words import spelled

SYMBOLS = ("", " ", "'", *"abcdefghijklmnopqrstuvwxyz")
BLANK = 0
END = 0
_NUMBERS = {symbol: number for number, symbol in enumerate(SYMBOLS) if symbol}


def encode(text: str) -> list[int]:
    """The numbers of the symbols of a text as `words.spelled` writes it.

    Raises:
        InputError: it holds a letter outside a to z, or nothing that is said.
    """
    words = spelled(text)
    if not words:
        raise InputError(f"the transcript {text!r} is empty; write what is said, with the letters a to z")
    return [_NUMBERS[character] for character in words]


def decode(symbols: Iterable[int]) -> str:
    """The text of symbols as it stands, number 0 left out."""
    return "".join(SYMBOLS[symbol] for symbol in symbols)
