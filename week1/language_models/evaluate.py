"""The numbers on sentences that training never saw: network and n-gram, per token and in bits per character.

Perplexity is per token of the level and on a closed vocabulary: every unknown token counts as the one unknown mark, for
the network as for the n-gram. It does not compare a model over words with one over characters; bits per character do,
with unknown tokens spelled out (`spelling.py`) and the end of a sentence counted as one character.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.ngram import KneserNey, tune
from common.vocabulary import Vocabulary
from week1.language_models.data import Parts, batches, characters_in, encode, tokens_of
from week1.language_models.spelling import Speller
from week1.language_models.trained import TrainedModel

SCALES = (0.6, 0.7, 0.8, 0.9, 1.0)
ORDERS = {"character": (6, 8, 10), "word": (2, 3, 4, 5)}


@dataclass(frozen=True)
class Score:
    """What a model needs for sentences.

    Attributes:
        nats: -log p of all tokens, unknown ones as the unknown mark.
        spelled: nats more for saying what the unknown ones are.
        tokens: how many, the ends counted.
        unknown: how many of them the vocabulary lacks.
        characters: of the plain form, the ends counted.
    """

    nats: float
    spelled: float
    tokens: int
    unknown: int
    characters: int

    @property
    def cross_entropy(self) -> float:
        """Nats per token."""
        return self.nats / self.tokens

    @property
    def perplexity(self) -> float:
        """exp(cross-entropy)."""
        return math.exp(self.cross_entropy)

    @property
    def bits_per_character(self) -> float:
        """Of the strings as they are, unknown tokens spelled."""
        return (self.nats + self.spelled) / math.log(2) / self.characters


def score(model: TrainedModel, sentences: Sequence[str], *, batch_size: int = 64) -> Score:
    """Of the network."""
    ids = encode(sentences, model.vocabulary, model.level)
    network = model.network()
    nats = -sum(
        float(network.log_probabilities(batch).sum()) for batch in batches(ids, batch_size, model.vocabulary.end_id)
    )
    return _finish(nats, sentences, model.vocabulary, model.level, Speller(model.level, model.rare))


def fit_ngram(parts: Parts, vocabulary: Vocabulary, level: str) -> KneserNey:
    """The Kneser-Ney model of the training sentences; its order and discounts are chosen on the validation ones."""
    training, validation = ([tokens_of(one, level) for one in part] for part in parts[:2])
    options = {"vocabulary": vocabulary, "end": vocabulary.end, "unknown": vocabulary.unknown}
    chosen = tune(training, validation, orders=ORDERS[level], scales=SCALES, **options)
    return KneserNey.fit(training, order=chosen.order, discount_scale=chosen.discount_scale, **options)


def score_ngram(
    ngram: KneserNey, sentences: Sequence[str], vocabulary: Vocabulary, level: str, rare: Sequence[str]
) -> Score:
    """Of the n-gram, on the same tokens and with the same speller as the network's."""
    nats = -sum(ngram.sequence_log_probability(tokens_of(one, level)) for one in sentences)
    return _finish(nats, sentences, vocabulary, level, Speller(level, rare))


def _finish(nats: float, sentences: Sequence[str], vocabulary: Vocabulary, level: str, speller: Speller) -> Score:
    tokens = [token for sentence in sentences for token in tokens_of(sentence, level)]
    unknown = [token for token in tokens if token not in vocabulary]
    spelled = float(np.sum([speller.nats(token) for token in unknown]))
    return Score(nats, spelled, len(tokens) + len(sentences), len(unknown), characters_in(sentences))


def share_known(sentences: Sequence[str], known: Sequence[str]) -> float:
    """The share of `sentences` that stand in `known` word for word."""
    training = set(known)
    return sum(sentence in training for sentence in sentences) / len(sentences)
