"""The numbers on sentences that training never saw: accuracy, precision, recall and F1 of each class, the errors.

    precision = right among those given the class       recall = right among those of the class
    F1 = 2 precision recall / (precision + recall)      macro F1 = the mean over the classes

A quotient without anything below the line is 0. Sentences of a kind ("plain", "order") are also counted apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from common.glove import WordVectors
from common.sentence_classifier.classes import ClassTable
from common.sentence_classifier.labelled import LabelledSentences
from common.sentence_classifier.reading import Reader
from common.sentence_classifier.trained import TrainedModel


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 of a class, and how many sentences have it."""

    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True)
class Mistake:
    """A sentence that got another class than it should: class numbers, and p of the one it got."""

    sentence: str
    label: int
    predicted: int
    probability: float
    kind: str


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        accuracy: share of the sentences that get their class.
        by_kind: the same for the sentences of each kind, with their number: kind -> (accuracy, sentences).
        classes: the scores of every class, in order.
        confusion: sentences by class (rows) and by the class that they got (columns), int64.
        mistakes: the errors, in order.
        unknown: words that the vocabulary lacks, in order of their first coming.
        known_share: share of the distinct words that the vocabulary has.
    """

    accuracy: float
    by_kind: dict[str, tuple[float, int]]
    classes: tuple[ClassScore, ...]
    confusion: np.ndarray
    mistakes: tuple[Mistake, ...]
    unknown: tuple[str, ...]
    known_share: float

    @property
    def macro_f1(self) -> float:
        """Mean of the classes' F1."""
        return float(np.mean([score.f1 for score in self.classes]))


def evaluate(model: TrainedModel, vectors: WordVectors, data: LabelledSentences) -> Evaluation:
    """Hold a model's answers against the labels of `data`."""
    reader = Reader(model.vocabulary(vectors))
    readings = [reader.read(sentence) for sentence in data.sentences]
    p = model.probabilities([reading.words for reading in readings], vectors)
    predicted = p.argmax(axis=1)
    right = predicted == data.labels
    kinds = {kind: np.array([one == kind for one in data.kinds]) for kind in dict.fromkeys(data.kinds) if kind}
    matrix = confusion(data.labels, predicted, len(data.table))
    known, unknown = _vocabulary(readings)
    return Evaluation(
        accuracy=float(right.mean()),
        by_kind={kind: (float(right[chosen].mean()), int(chosen.sum())) for kind, chosen in kinds.items()},
        classes=class_scores(matrix),
        confusion=matrix,
        mistakes=tuple(
            Mistake(
                data.sentences[place],
                int(data.labels[place]),
                int(predicted[place]),
                float(p[place].max()),
                data.kinds[place],
            )
            for place in np.flatnonzero(~right)
        ),
        unknown=unknown,
        known_share=known / max(known + len(unknown), 1),
    )


def _vocabulary(readings: Sequence) -> tuple[int, tuple[str, ...]]:
    """(how many distinct words are known, those that are not)."""
    found = {piece.text.lower(): bool(piece.words) for reading in readings for piece in reading.pieces}
    return sum(found.values()), tuple(word for word, known in found.items() if not known)


def confusion(labels: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Sentences by class (rows) and by the class that they got (columns), int64 (n_classes, n_classes)."""
    return np.bincount(labels * n_classes + predicted, minlength=n_classes**2).reshape(n_classes, n_classes)


def class_scores(matrix: np.ndarray) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of every class from a confusion matrix."""
    right, given, there = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    precision, recall = right / np.maximum(given, 1), right / np.maximum(there, 1)
    f1 = 2 * right / np.maximum(given + there, 1)
    rows = zip(precision, recall, f1, there, strict=True)
    return tuple(ClassScore(float(p), float(r), float(f), int(count)) for p, r, f, count in rows)


def describe(found: Evaluation, table: ClassTable, measures: Mapping[str, float] | None = None) -> str:
    """Accuracy, kinds and classes as a table for people, with further measures by name."""
    total = int(found.confusion.sum())
    more = "".join(f", {name} {value:.3f}" for name, value in (measures or {}).items())
    lines = [f"accuracy {found.accuracy:.3f}, macro F1 {found.macro_f1:.3f}{more} on {total} sentences"]
    lines += [f"  {kind:5} {accuracy:.3f} of {count}" for kind, (accuracy, count) in found.by_kind.items()]
    lines.append(f"{'':24} precision  recall     F1  sentences")
    for entry, score in zip(table.entries, found.classes, strict=True):
        name = entry.name if len(entry.name) <= 24 else entry.name[:21] + "..."
        lines.append(f"{name:24} {score.precision:9.3f} {score.recall:7.3f} {score.f1:6.3f} {score.count:10}")
    return "\n".join(lines)


def describe_mistakes(found: Evaluation, table: ClassTable) -> str:
    """The list of errors, a line each: should be, got with its probability, the sentence."""
    return "\n".join(
        f"{table[one.label].symbol} -> {table[one.predicted].symbol}  p {one.probability:.2f}  {one.sentence.strip()}"
        for one in found.mistakes
    )
