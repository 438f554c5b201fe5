"""Reviews and their labels: the stars of what ships, or whatever a person's own file has.

Labels are stars (1 to 5, "4.0", "4 stars", "★★★★☆"), other whole numbers (0 and 1, -1 to 1, 1 to 10), or names
("positive", "negative"). Numbers are classes in their order, names too where it is known that they have one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from common.sentence_classifier import labelled
from common.sentence_classifier.classes import ClassTable, LabelClass
from common.sentence_classifier.labelled import LabelForm, LabelledSentences

TRAIN, TEST = "sentiment-train", "sentiment-test"
MOST_STARS = 5
MOST_CHARACTERS = 50_000  # of a review; the network reads its first words
_NUMBER = re.compile(r"([+-]?\d+)(?:\.0*)?(?:\s*stars?)?", re.IGNORECASE)
_SCALES = (("negative", "neutral", "positive"), ("neg", "neu", "pos"), ("bad", "neutral", "good"))


def star_table() -> ClassTable:
    """The classes of one to five stars; their names are the numbers."""
    counts = range(1, MOST_STARS + 1)
    return ClassTable(LabelClass("★" * count + "☆" * (MOST_STARS - count), str(count)) for count in counts)


def plain_label(label: str) -> str:
    """A label without what only some write: "4.0", "4 stars" and "★★★★" are "4"."""
    text = label.strip()
    number = _NUMBER.fullmatch(text)
    if number:
        return str(int(number[1]))
    return str(text.count("★")) if text and not text.strip("★☆") else text


def classes_of(written: Sequence[str]) -> ClassTable:
    """The classes of a file by its labels as they are written."""
    labels = list(dict.fromkeys(map(plain_label, written)))
    if len(labels) > 1 and all(map(labelled.is_whole, labels)):
        numbers = sorted(map(int, labels))
        if numbers[0] >= 1 and 3 <= numbers[-1] <= MOST_STARS:
            return star_table()
        return ClassTable.of_labels(map(str, numbers))
    for scale in _SCALES:
        if {label.casefold() for label in labels} <= set(scale):
            return ClassTable.of_labels(sorted(labels, key=lambda label: scale.index(label.casefold())))
    return ClassTable.of_labels(labels)


def label_form() -> LabelForm:
    """How stars and other labels are written in files of reviews."""
    return LabelForm(classes_of, plain=plain_label, most_characters=MOST_CHARACTERS)


def load_reviews(path: str | os.PathLike[str], *, table: ClassTable | None = None) -> LabelledSentences:
    """Read a CSV file of reviews and labels; InputError as `common.sentence_classifier.labelled.load_sentences`."""
    return labelled.load_sentences(path, table=table, form=label_form())
