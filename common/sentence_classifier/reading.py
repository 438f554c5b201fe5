"""A sentence -> the words of a vocabulary that it is made of, and what of it is in none.

Sentences come in any case and spelling, the vocabulary is what it is, so a piece between spaces is looked up in several
ways; the first that succeeds counts:

    1. as it stands, in lower case, without the punctuation around it
    2. with its apostrophe: don't as such, as do + n't (the way GloVe's texts were cut), as do + not, as dont; what
       stands before the apostrophe (John's -> john)
    3. with its hyphens: as such, joined, or in its parts
    4. without an ending: plural, -ing, -ed (cakes, baking, hopped, cried)

Punctuation alone is no word. Emoji are set aside: what a sentence should be given must not be read off from it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass

from common.words import normalize, words_of

_NEGATIONS = {"can't": "can", "won't": "will", "shan't": "shall", "cannot": "can"}
_CLITICS = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'s": ""}
_JOINERS = re.compile("[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
_LEAST_STEM = 3


@dataclass(frozen=True)
class Piece:
    """A part of a sentence as it was written, and the words of the vocabulary that stand for it (none: unknown)."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A sentence as it was read.

    Attributes:
        pieces: its words in order, the unknown ones too.
        emoji: the emoji in it, which are left out.
    """

    pieces: tuple[Piece, ...]
    emoji: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the vocabulary, in order."""
        return tuple(word for piece in self.pieces for word in piece.words)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The pieces that the vocabulary has nothing for."""
        return tuple(piece.text for piece in self.pieces if not piece.words)


class Reader:
    """Reads sentences by a vocabulary.

    Args:
        vocabulary: anything that tells whether a word is in it (word vectors, a dictionary, a set).
    """

    def __init__(self, vocabulary: Container[str]):
        self._known = vocabulary
        self._memory: dict[str, tuple[Piece, ...]] = {}

    def read(self, sentence: str) -> Reading:
        """The sentence's pieces and emoji."""
        emoji, plain = _without_emoji(normalize(sentence, lower=False))
        pieces = [piece for part in plain.split() for piece in self._pieces(part)]
        return Reading(tuple(pieces), tuple(emoji))

    def _pieces(self, part: str) -> tuple[Piece, ...]:
        if part not in self._memory:
            self._memory[part] = tuple(self._find(part))
        return self._memory[part]

    def _find(self, part: str) -> Iterator[Piece]:
        """The pieces of a part between spaces: mostly one, none for punctuation, several for "salt/pepper"."""
        words = words_of(part, lower=False)
        if not words:
            return
        if len(words) == 1:
            # The part as written comes first, but only where it is the word itself, not with a comma or quotes.
            yield Piece(words[0], self._resolve(words[0]))
        elif part.lower() in self._known:
            yield Piece(part, (part.lower(),))
        else:
            yield from (Piece(word, self._resolve(word)) for word in words)

    def _resolve(self, written: str) -> tuple[str, ...]:
        lower = written.lower()
        for word in (written, lower):
            if word in self._known:
                return (word,)
        if "'" in lower or lower in _NEGATIONS:
            found = self._apostrophe(lower)
            if found:
                return found
        if "-" in lower:
            return self._hyphen(lower)
        return next(((stem,) for stem in _stems(lower) if stem in self._known), ())

    def _apostrophe(self, word: str) -> tuple[str, ...]:
        known = self._known
        if word.endswith("n't") or word in _NEGATIONS:
            verb = _NEGATIONS.get(word, word[:-3])
            cut = [(word[:-3], "n't")] if "'" in word else []
            for pair in (*cut, (verb, "not"), (verb, "n't")):
                if all(part in known for part in pair):
                    return pair
            joined = word.replace("'", "")
            return (joined,) if joined in known else ("not",) if "not" in known else ()
        base, mark, rest = word.partition("'")
        clitic = mark + rest
        if base in known and clitic in known:
            return (base, clitic)
        if base in known and _CLITICS.get(clitic, "") in known:
            return (base, _CLITICS[clitic])
        joined = word.replace("'", "")
        if joined in known and clitic != "'s":
            return (joined,)
        return (base,) if base in known else next(((stem,) for stem in _stems(base) if stem in known), ())

    def _hyphen(self, word: str) -> tuple[str, ...]:
        joined = word.replace("-", "")
        if joined in self._known:
            return (joined,)
        return tuple(found for part in word.split("-") for found in self._resolve(part))


def _without_emoji(text: str) -> tuple[list[str], str]:
    """The emoji of a text, and the text with spaces in their places."""
    found: list[str] = []
    kept: list[str] = []
    for character in _JOINERS.sub("", text):
        if unicodedata.category(character) in {"So", "Co"}:
            found.append(character)
            kept.append(" ")
        else:
            kept.append(character)
    return found, "".join(kept)


def _stems(word: str) -> Iterator[str]:
    """What a word may be an ending of, likeliest first; stems of at least three letters."""
    candidates: list[str] = []
    if word.endswith("ies") or word.endswith("ied"):
        candidates.append(word[:-3] + "y")
    if word.endswith("s") and not word.endswith("ss"):
        candidates += [word[:-1], word[:-2]] if word.endswith("es") else [word[:-1]]
    for ending in ("ing", "ed"):
        if word.endswith(ending):
            stem = word[: -len(ending)]
            undoubled = [stem[:-1]] if len(stem) > 2 and stem[-1] == stem[-2] else []
            candidates += [*undoubled, stem, stem + "e"]
    return (stem for stem in candidates if len(stem) >= _LEAST_STEM)
