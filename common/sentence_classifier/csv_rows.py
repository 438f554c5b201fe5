"""The rows of a person's CSV file with the lines they stand on; what is no CSV is refused with its line."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from common.text_files import content_problem, read_bytes, read_text

MOST_CHARACTERS = 2000
"""The most characters of a cell unless told otherwise: more is no sentence."""

_DELIMITERS = (",", ";", "\t")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Row:
    """The cells of a row, and the line of the file on which it ends."""

    line: int
    cells: tuple[str, ...]


def read_rows(path: str | os.PathLike[str], *, most: int = MOST_CHARACTERS) -> list[Row]:
    """The rows that hold anything, cells as they are written (outer spaces included).

    UTF-8 with or without a mark, any line ends; commas, or semicolons or tabs where the first line has no comma.

    Raises:
        InputError: empty, not UTF-8, with NUL, quotes that do not close, a cell of more than `most` characters.
    """
    path = Path(path)
    text = _text(path)
    return [row for row in _parsed(path, text, most) if any(cell.strip() for cell in row.cells)]


def _text(path: Path) -> str:
    content = read_bytes(path)
    if content.startswith(_WIDE):
        raise InputError(f"{path}: line 1 is UTF-16, not UTF-8 text; save the file as UTF-8 and try again")
    place = content.find(b"\0")
    if place >= 0 and not content_problem(content):
        line = content.count(b"\n", 0, place) + 1
        raise InputError(f"{path}: line {line} holds a NUL character, so this is no text file; save it as CSV (UTF-8)")
    return read_text(path)


def _parsed(path: Path, text: str, most: int) -> list[Row]:
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for cells in reader:
            longest = max(map(len, cells), default=0)
            if longest > most:
                raise InputError(_too_long(path, reader.line_num, f"{longest:,}", most))
            rows.append(Row(reader.line_num, tuple(cells)))
    except csv.Error as error:
        line = rows[-1].line + 1 if rows else 1
        if "field limit" in str(error):
            raise InputError(_too_long(path, line, f"more than {csv.field_size_limit():,}", most)) from None
        raise InputError(
            f"{path}: the row that begins in line {line} is not CSV ({error}); a quote in it does not close, or stands "
            "inside quotes without being doubled"
        ) from None
    return rows


def _too_long(path: Path, line: int, count: str, most: int) -> str:
    return f"{path}: line {line} has a cell of {count} characters, and at most {most:,} are read; shorten it"


def _delimiter(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip()), "")
    return next((one for one in _DELIMITERS if one in first), ",")
