"""Text into words, in one way for every assignment that reads text.

A word is a run of letters and digits of any script, with apostrophes and hyphens inside it kept ("don't", "ice-cream").
Case is folded to lower unless asked otherwise, and typographic apostrophes become plain ones, so that a word is found
however it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\uff07": "'"})
_WORD = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")
_WORD_OR_LINE_END = re.compile(rf"\n|{_WORD.pattern}")
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026])[\"')\]\u201d]*\s+|\n\s*\n")


def normalize(text: str, *, lower: bool = True) -> str:
    """The text in Unicode's composed form, with plain apostrophes, in lower case unless told otherwise."""
    text = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    return text.lower() if lower else text


def words_of(text: str, *, lower: bool = True) -> list[str]:
    """The words of a text in order; punctuation, symbols and emoji are left out."""
    return _WORD.findall(normalize(text, lower=lower))


def words_and_line_ends(text: str, *, lower: bool = True) -> list[str]:
    """As `words_of`, with a "\\n" for every line end."""
    return _WORD_OR_LINE_END.findall(normalize(text, lower=lower))


def sentences_of(text: str) -> Iterator[str]:
    """The sentences of a text: cut after . ! ? and at empty lines; each is as it stands, without outer spaces."""
    for sentence in _SENTENCE_END.split(text):
        stripped = sentence.strip()
        if stripped:
            yield stripped
