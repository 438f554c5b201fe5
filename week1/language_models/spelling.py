"""What an unknown token costs: a word is spelled by characters, a character is one of all code points.

A model over words alone gives the unknown mark a probability, not the word behind it. To compare it with a model over
characters on the same strings, the word has to be said:

    -log p(word | before) = -log p(<unk> | before) - log s(word)

s is a character n-gram (Kneser-Ney) of the different words of the training text that the vocabulary lacks, the end of
the word included. A character that was never seen costs log 1,114,112 more, as one of Unicode's code points. Both make
the sum over all strings at most 1, so the bits are honest: what the model would need to send the text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from common.ngram import KneserNey

CODE_POINTS = 0x110000
_ORDER = 4
_UNKNOWN = "\ufffd"


class Speller:
    """The cost in nats of what the unknown token stands for, at one level.

    Args:
        level: "character" or "word".
        words: at word level, the different words that the vocabulary lacks.
    """

    def __init__(self, level: str, words: Iterable[str] = ()):
        words = list(words)
        self._model = None
        if level == "word":
            alphabet = sorted({character for word in words for character in word} | set("abcdefghijklmnopqrstuvwxyz"))
            order = _ORDER if words else 1
            self._model = KneserNey.fit(words or ["a"], order=order, vocabulary=alphabet, unknown=_UNKNOWN)

    def nats(self, token: str) -> float:
        """-log of the probability that the unknown token is this one."""
        if self._model is None:
            return math.log(CODE_POINTS)
        strange = sum(character not in self._model.tokens for character in token)
        return strange * math.log(CODE_POINTS) - self._model.sequence_log_probability(token)
