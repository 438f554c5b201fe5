"""The probability of given sentences, token by token: p(w_1) p(w_2 | w_1) ... p(end | w_1 .. w_T)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from week1.language_models.data import END, encode, pad, plain, tokens_of
from week1.language_models.spelling import Speller
from week1.language_models.trained import TrainedModel


@dataclass(frozen=True)
class Token:
    """One token of a sentence.

    Attributes:
        text: as it stands in the sentence; the end mark at its end.
        known: whether the vocabulary has it.
        log_p: log p(token | all tokens before it) in nats; of an unknown one, of the unknown mark.
        expected: the likeliest token in its place.
        expected_p: the probability of that.
    """

    text: str
    known: bool
    log_p: float
    expected: str
    expected_p: float


@dataclass(frozen=True)
class Sentence:
    """A sentence in plain form with its tokens, the end included; `spelled` nats more for what the unknown ones are."""

    text: str
    tokens: tuple[Token, ...]
    spelled: float

    @property
    def log_p(self) -> float:
        """log p(sentence) in nats, an unknown token counted as the unknown mark."""
        return sum(token.log_p for token in self.tokens)

    @property
    def perplexity(self) -> float:
        """exp(-log p / number of tokens), the end counted as one."""
        return math.exp(-self.log_p / len(self.tokens))

    @property
    def bits_per_character(self) -> float:
        """Of the whole string, its end counted as a character, unknown tokens spelled."""
        return (self.spelled - self.log_p) / math.log(2) / (len(self.text) + 1)


def probability(model: TrainedModel, sentences: Sequence[str]) -> list[Sentence]:
    """Score sentences as a person typed them; InputError where one has no words."""
    texts = [plain(sentence) for sentence in sentences]
    for sentence, text in zip(sentences, texts, strict=True):
        if not text:
            raise InputError(f"the sentence {sentence!r} has no words; give some letters or digits")
    speller = Speller(model.level, model.rare)
    return [_score(model, text, speller) for text in texts]


def _score(model: TrainedModel, text: str, speller: Speller) -> Sentence:
    vocabulary, network = model.vocabulary, model.network()
    (ids,) = encode([text], vocabulary, model.level)
    batch, state = pad([ids], vocabulary.end_id), network.initial_state(1)
    names = [*tokens_of(text, model.level), END]
    tokens, spelled = [], 0.0
    for name, read, wanted in zip(names, batch.inputs[0], ids, strict=True):
        log_p, state = network.step(np.array([read]), state)
        best = int(np.argmax(log_p[0]))
        known = bool(wanted != vocabulary.unknown_id)
        spelled += 0.0 if known else speller.nats(name)
        tokens.append(
            Token(name, known, float(log_p[0, wanted]), vocabulary.tokens[best], math.exp(float(log_p[0, best])))
        )
    return Sentence(text, tuple(tokens), spelled)
