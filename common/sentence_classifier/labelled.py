"""Files of labelled sentences -> sentences, class numbers, kinds.

A row is a sentence and a label; further columns are passed over, except one that a header calls `kind`. Where there is
a header, its columns are found by their names. A label is the symbol or name of a class; where the assignment counts
its classes, also a class number from 0.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.errors import InputError
from common.seeding import make_rng
from common.sentence_classifier.classes import ClassTable
from common.sentence_classifier.csv_rows import MOST_CHARACTERS, Row, read_rows
from common.text_files import read_text

PLAIN, ORDER = "plain", "order"
"""Kinds of sentences: "order" ones are those that the bag of their words does not decide."""

_SENTENCE = ("sentence", "sentences", "text", "texts", "phrase", "review", "reviews")
_LABEL = ("label", "labels", "class", "emoji", "stars", "star", "rating", "sentiment")
_KIND = ("kind",)
_INTEGER = re.compile(r"[+-]?\d+(?:\.0*)?")


@dataclass(frozen=True)
class LabelForm:
    """How the files of an assignment write labels.

    Attributes:
        classes: the labels of a file, as they are written -> the classes that they are of.
        plain: a label as it is written -> the name by which a class is looked up.
        counted: whether a whole number may be the number of a class, from 0.
        most_characters: of a sentence.
    """

    classes: Callable[[Sequence[str]], ClassTable] = ClassTable.of_labels
    plain: Callable[[str], str] = str.strip
    counted: bool = False
    most_characters: int = MOST_CHARACTERS


@dataclass(frozen=True)
class LabelledSentences:
    """Sentences with their classes.

    Attributes:
        sentences: as they stand in the file.
        labels: class numbers, int64 (sentences,).
        kinds: the kind of each sentence, "" where the file tells none.
        table: what the class numbers mean.
    """

    sentences: tuple[str, ...]
    labels: np.ndarray
    kinds: tuple[str, ...]
    table: ClassTable

    def __len__(self) -> int:
        return len(self.sentences)

    def take(self, places: Sequence[int] | np.ndarray) -> LabelledSentences:
        """The sentences at these places, in this order."""
        places = [int(place) for place in places]
        return LabelledSentences(
            tuple(self.sentences[place] for place in places),
            self.labels[places],
            tuple(self.kinds[place] for place in places),
            self.table,
        )


def load_sentences(
    path: str | os.PathLike[str], *, table: ClassTable | None = None, form: LabelForm | None = None
) -> LabelledSentences:
    """Read a CSV file.

    Args:
        path: the file.
        table: the classes; without it those that the form makes of the file's labels.
        form: how labels are written; by default any names, in the order in which they come first.

    Raises:
        InputError: not such a file; the sentence names the line, what is wrong in it and what to do.
    """
    path, form = Path(path), form or LabelForm()
    rows = read_rows(path, most=form.most_characters)
    columns = _columns(rows[0].cells) if rows else None
    if columns is not None:
        _check_header(path, rows[0], columns)
        rows = rows[1:]
    if not rows:
        raise InputError(f"{path}: holds no sentences; give rows of a sentence, a comma and a label")
    sentence, label, kind = columns or (0, 1, None)
    sentences = tuple(_cell(path, row, sentence, "sentence") for row in rows)
    written = [_cell(path, row, label, "label") for row in rows]
    table = table or _table_of(path, written, form)
    labels = np.array([_number(path, row, one, table, form) for row, one in zip(rows, written, strict=True)], np.int64)
    kinds = tuple("" if kind is None or kind >= len(row.cells) else row.cells[kind].strip() for row in rows)
    return LabelledSentences(sentences, labels, kinds, table)


def load_texts(path: str | os.PathLike[str], *, most: int = MOST_CHARACTERS) -> list[str]:
    """The sentences alone of a CSV file whose header names a sentence column, or of a text file, one a line."""
    rows = read_rows(path, most=most) if Path(path).suffix.lower() in {".csv", ".tsv"} else None
    if rows is None:
        return [line.strip() for line in read_text(path).split("\n") if line.strip()]
    columns = _columns(rows[0].cells) if rows else None
    place, rows = (0, rows) if columns is None else (columns[0], rows[1:])
    return [_cell(Path(path), row, 0 if place is None else place, "sentence").strip() for row in rows]


def _columns(cells: Sequence[str]) -> tuple[int | None, int | None, int | None] | None:
    """Places of sentence, label and kind by the names of a header; None where the row is no header."""
    names = [cell.strip().lower() for cell in cells]
    found = [
        next((place for place, name in enumerate(names) if name in known), None) for known in (_SENTENCE, _LABEL, _KIND)
    ]
    return None if found[0] is None and found[1] is None else tuple(found)


def _check_header(path: Path, header: Row, columns: tuple[int | None, int | None, int | None]) -> None:
    for place, name in zip(columns, ("sentence", "label"), strict=False):
        if place is None:
            raise InputError(
                f"{path}: line {header.line} is a header ({', '.join(header.cells)}) without a column {name!r}; add it"
            )


def _cell(path: Path, row: Row, place: int, name: str) -> str:
    if place >= len(row.cells):
        raise InputError(
            f"{path}: line {row.line} has {len(row.cells)} of the columns and no {name}; write a sentence, a comma and "
            "a label, the sentence in quotes if it has a comma itself"
        )
    if not row.cells[place].strip():
        raise InputError(f"{path}: line {row.line} has an empty {name}; fill it in or remove the line")
    return row.cells[place]


def _table_of(path: Path, written: Sequence[str], form: LabelForm) -> ClassTable:
    try:
        return form.classes(written)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def is_whole(label: str) -> bool:
    """Whether a label is a whole number, such as "3", "-1" or "4.0"."""
    return bool(_INTEGER.fullmatch(label.strip()))


def _number(path: Path, row: Row, label: str, table: ClassTable, form: LabelForm) -> int:
    """The class number that a label cell means."""
    known = table.find(form.plain(label))
    if known is not None:
        return known
    text = label.strip()
    if not form.counted or not is_whole(text):
        what = "which is no whole number and none of" if form.counted else "which is none of"
        raise InputError(
            f"{path}: line {row.line} has the label {text[:40]!r}, {what} {_listed(table)}; correct it, or name your "
            "own classes with --labels FILE"
        )
    number = int(text.split(".")[0])
    if not 0 <= number < len(table):
        raise InputError(
            f"{path}: line {row.line} has the label {number}, and labels go from 0 to {len(table) - 1}; correct it, or "
            "name your own classes with --labels FILE"
        )
    return number


def _listed(table: ClassTable) -> str:
    """The classes, at most eight of them."""
    shown = ", ".join(map(str, table.entries[:8]))
    return shown + (f" and {len(table) - 8} more" if len(table) > 8 else "")


def split_places(data: LabelledSentences, *, share: float, seed: int) -> np.ndarray:
    """Places of about `share` of every class, drawn by `seed`, in order; each class keeps at least one for the rest."""
    rng = make_rng(seed, "split")
    held: list[int] = []
    for label in range(len(data.table)):
        places = rng.permutation(np.flatnonzero(data.labels == label))
        held += places[: min(round(share * len(places)), max(len(places) - 1, 0))].tolist()
    return np.array(sorted(held), np.int64)
