"""The emoji sentences: what ships, the course's files, or a person's own.

A label is a class number from 0, or the emoji or name of a class.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from common.sentence_classifier import labelled
from common.sentence_classifier.classes import ClassTable
from common.sentence_classifier.labelled import LabelForm, LabelledSentences, is_whole
from week2.emojify.emoji_table import course_table

TRAIN, TEST = "emoji-train", "emoji-test"


def classes_of(written: Sequence[str]) -> ClassTable:
    """The classes of a file: the course's five where its labels are their numbers, emoji or names, else its labels."""
    table = course_table()
    if any(map(is_whole, written)) or all(table.find(one) is not None for one in written):
        return table
    return ClassTable.of_labels(written)


def label_form() -> LabelForm:
    """How emoji are written in files of sentences."""
    return LabelForm(classes_of, counted=True)


def load_sentences(path: str | os.PathLike[str], *, table: ClassTable | None = None) -> LabelledSentences:
    """Read a CSV file of sentences and their emoji; `table` holds classes of one's own. InputError as there."""
    return labelled.load_sentences(path, table=table, form=label_form())
