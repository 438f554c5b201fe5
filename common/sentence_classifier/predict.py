"""A trained model on sentences: the class, the probabilities, which words weighed most, and what was left unread.

A word's weight is found by leaving it out (occlusion): log p(class | the sentence) - log p(class | the sentence without
it), in nats. Above 0 it spoke for the class, below 0 against it; in version 2 that includes what it did to its
neighbours, such as a "not".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.glove import WordVectors
from common.sentence_classifier.classes import LabelClass
from common.sentence_classifier.reading import Reader, Reading
from common.sentence_classifier.trained import TrainedModel

_SHOWN = 20  # words of the end that are told


@dataclass(frozen=True)
class WordWeight:
    """A word as it was written, and its weight in nats."""

    text: str
    nats: float


@dataclass(frozen=True)
class Prediction:
    """What a model says about a sentence.

    Attributes:
        sentence: as it was given.
        label: number of the likeliest class, or None where the vocabulary has none of the sentence's words.
        answer: that class, or None.
        probabilities: p of each class, in order.
        weights: of the known words that were read, in the sentence's order; empty unless asked for.
        unknown: words that the vocabulary lacks.
        unread: words after the window, which the network does not see.
        ignored: emoji in the sentence.
    """

    sentence: str
    label: int | None
    answer: LabelClass | None
    probabilities: tuple[float, ...]
    weights: tuple[WordWeight, ...]
    unknown: tuple[str, ...]
    unread: tuple[str, ...]
    ignored: tuple[str, ...]

    def notices(self) -> list[str]:
        """What the person should know about how the sentence was read: a line for each thing."""
        notices = []
        if self.label is None:
            notices.append("no word of it is in the vocabulary, so there is nothing to go by")
        if self.unknown:
            notices.append(f"not in the vocabulary, left out: {', '.join(self.unknown)}")
        if self.unread:
            more = " ..." if len(self.unread) > _SHOWN else ""
            notices.append(f"longer than the window, the end was not read: {' '.join(self.unread[:_SHOWN])}{more}")
        if self.ignored:
            notices.append(f"emoji in the sentence, left out: {' '.join(self.ignored)}")
        return notices


def predict(
    model: TrainedModel, vectors: WordVectors, sentences: Sequence[str], *, weights: bool = False
) -> list[Prediction]:
    """The predictions for sentences, in order.

    Args:
        model: of either version.
        vectors: those that it was trained with.
        sentences: any texts; one without known words gets no class.
        weights: whether to find out which words weighed most (as many further runs as there are words).
    """
    reader = Reader(model.vocabulary(vectors))
    readings = [reader.read(sentence) for sentence in sentences]
    p = model.probabilities([reading.words for reading in readings], vectors)
    return [
        _prediction(model, vectors, sentence, reading, row, weights=weights)
        for sentence, reading, row in zip(sentences, readings, p, strict=True)
    ]


def _prediction(
    model: TrainedModel, vectors: WordVectors, sentence: str, reading: Reading, p: np.ndarray, *, weights: bool
) -> Prediction:
    known = bool(reading.words)
    label = int(np.argmax(p)) if known else None
    count = _pieces_read(reading, model.window)
    return Prediction(
        sentence=sentence,
        label=label,
        answer=model.table[label] if known else None,
        probabilities=tuple(float(one) for one in p) if known else (),
        weights=_weights(model, vectors, reading, count, p) if weights and known else (),
        unknown=reading.unknown,
        unread=tuple(piece.text for piece in reading.pieces[count:] if piece.words),
        ignored=reading.emoji,
    )


def _pieces_read(reading: Reading, window: int | None) -> int:
    """How many of the pieces, from the first on, the model reads in whole."""
    read = 0
    for place, piece in enumerate(reading.pieces):
        read += len(piece.words)
        if window is not None and read > window:
            return place
    return len(reading.pieces)


def _weights(
    model: TrainedModel, vectors: WordVectors, reading: Reading, count: int, p: np.ndarray
) -> tuple[WordWeight, ...]:
    """What leaving each word out does to the log probability of the likeliest class."""
    places = [place for place, piece in enumerate(reading.pieces[:count]) if piece.words]
    without = [
        [word for other, piece in enumerate(reading.pieces[:count]) if other != place for word in piece.words]
        for place in places
    ]
    label = int(np.argmax(p))
    changed = model.probabilities(without, vectors)[:, label]
    nats = np.log(np.maximum(p[label], 1e-12)) - np.log(np.maximum(changed, 1e-12))
    return tuple(WordWeight(reading.pieces[place].text, float(one)) for place, one in zip(places, nats, strict=True))
