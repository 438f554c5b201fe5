"""Lines of a vectors file -> words and float32 rows: `word number ... number`, with single spaces between.

Lines whose numbers all have a decimal point are read together, as arrays. A line that is otherwise (a word with spaces
inside, a number without a point, a defect) is read by itself, from the right, as GloVe's 840B file needs it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.glove.numbers import Text, decimals, is_number_token, one_by_one
from common.glove.word_index import hashes_of, spans

SPACE, NEWLINE, RETURN, POINT = map(ord, " \n\r.")
_SHOWN = 40


class LineDefect(Exception):
    """What is wrong with a line.

    Attributes:
        kind: what sort of thing is wrong, for counting.
        says: the same with its particulars, to be read after "line 7 ".
        line: the line's number, counted from 1 in its block.
    """

    def __init__(self, kind: str, says: str, line: int = 0):
        super().__init__(says)
        self.kind, self.says, self.line = kind, says, line


@dataclass(frozen=True)
class Block:
    """What some lines hold.

    Attributes:
        lines: how many there were.
        blob: uint8; the words' bytes, a line end after each.
        starts: int64 (rows + 1); where each begins in it, and the end.
        hashes: uint64 (rows); the words' hashes.
        matrix: float32 (rows, dimensions).
        numbers: int64 (rows); each row's line, counted from 1 in the block.
        defects: what is wrong with each line that has no row, in the order of lines.
    """

    lines: int
    blob: np.ndarray
    starts: np.ndarray
    hashes: np.ndarray
    matrix: np.ndarray
    numbers: np.ndarray
    defects: list[LineDefect]


class _Layout:
    """Where lines, spaces and points are.

    Attributes:
        text: the lines with a line end before the first.
        marks: int64; positions of all points and of all characters up to the space.
        characters: uint8; what stands there.
        ends: int64; which of the marks are line ends; the first is the one before the lines.
        limits: int64; the line ends' positions.
    """

    def __init__(self, lines: bytes):
        self.text = Text(lines)
        self._find_marks()
        before = self.text.bytes[self.limits[1:] - 1]
        if ((before == SPACE) | (before == RETURN)).any():
            self.text = Text(tidy(lines))
            self._find_marks()

    def _find_marks(self) -> None:
        self.marks = np.flatnonzero((self.text.bytes <= SPACE) | (self.text.bytes == POINT))
        self.characters = self.text.bytes[self.marks]
        self.ends = np.flatnonzero(self.characters == NEWLINE)
        self.limits = self.marks[self.ends]

    def line(self, row: int) -> bytes:
        """One line without its end."""
        return self.text.bytes[self.limits[row] + 1 : self.limits[row + 1]].tobytes()

    def plain(self, dimensions: int) -> np.ndarray:
        """Rows of the lines that look like a word without spaces and numbers with one point each."""
        spaces = np.add.reduceat(self.characters == SPACE, self.ends[:-1], dtype=np.int64)
        plain = (np.diff(self.ends) > 2 * dimensions) & (spaces == dimensions)
        others = np.flatnonzero((self.characters < SPACE) & (self.characters != NEWLINE))
        plain[np.searchsorted(self.ends, others) - 1] = False
        rows = np.flatnonzero(plain)
        pattern = np.array([SPACE, POINT] * dimensions + [NEWLINE], dtype=np.uint8)
        fits = (self.characters[self.tails(rows, dimensions)] == pattern).all(axis=1)
        return rows[fits]

    def tails(self, rows: np.ndarray, dimensions: int) -> np.ndarray:
        """int64 (rows, 2 * dimensions + 1): which marks are the last of each line, from the end of the word on."""
        return self.ends[rows + 1][:, None] + np.arange(-2 * dimensions, 1)


def tidy(lines: bytes) -> bytes:
    """The lines without a carriage return, or one space (which word2vec writes), before their line feed."""
    return lines.replace(b"\r\n", b"\n").replace(b" \n", b"\n")


def read_lines(lines: bytes, dimensions: int) -> Block:
    """The words and rows of whole lines, and the defects of those that have none."""
    layout = _Layout(lines)
    count = len(layout.ends) - 1
    matrix = np.zeros((count, dimensions), dtype=np.float32)
    word_ends = layout.limits[:-1] + 1  # an empty word, until the line is read
    _read_together(layout, matrix, word_ends)
    defects = _read_apart(layout, matrix, word_ends)
    usable = word_ends > layout.limits[:-1] + 1
    blob, starts, undecodable = _words(layout, word_ends, usable)
    if undecodable:
        defects = sorted(defects + undecodable, key=lambda defect: defect.line)
        blob, starts, _ = _words(layout, word_ends, usable)
    if not usable.all():
        matrix = matrix[usable]
    return Block(count, blob, starts, hashes_of(blob, starts), matrix, np.flatnonzero(usable) + 1, defects)


def _read_together(layout: _Layout, matrix: np.ndarray, word_ends: np.ndarray) -> None:
    """Fill in the rows of all plain lines whose numbers are good."""
    dimensions = matrix.shape[1]
    rows = layout.plain(dimensions)
    places = layout.marks[layout.tails(rows, dimensions)]
    numbers, bad = decimals(layout.text, places[:, :-1:2], places[:, 1::2], places[:, 2::2])
    if bad.any():
        good = ~bad.reshape(-1, dimensions).any(axis=1)
        rows, places, numbers = rows[good], places[good], numbers.reshape(-1, dimensions)[good].ravel()
    matrix[rows] = numbers.reshape(-1, dimensions)
    word_ends[rows] = places[:, 0]


def _read_apart(layout: _Layout, matrix: np.ndarray, word_ends: np.ndarray) -> list[LineDefect]:
    """Fill in the rows of the lines that still have no word, one by one; returns the defects."""
    defects = []
    for row in np.flatnonzero(word_ends == layout.limits[:-1] + 1).tolist():
        try:
            word, matrix[row] = read_line(layout.line(row), matrix.shape[1])
        except LineDefect as defect:
            defect.line = row + 1
            defects.append(defect)
        else:
            word_ends[row] += len(word)
    return defects


def _words(
    layout: _Layout, word_ends: np.ndarray, usable: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[LineDefect]]:
    """The blob of the usable lines' words and its starts; lines whose word is not UTF-8 are struck from `usable`."""
    begins = layout.limits[:-1][usable] + 1
    places, starts = spans(begins, word_ends[usable] + 1 - begins)
    blob = layout.text.bytes[places]
    blob[starts[1:] - 1] = NEWLINE
    try:
        blob.tobytes().decode("utf-8")
    except UnicodeDecodeError:
        defects = []
        for row in np.flatnonzero(usable).tolist():
            if not _is_utf8(layout.text.bytes[layout.limits[row] + 1 : word_ends[row]].tobytes()):
                usable[row] = False
                defects.append(LineDefect("not UTF-8", "is not UTF-8 text", row + 1))
        return blob, starts, defects
    return blob, starts, []


def _is_utf8(word: bytes) -> bool:
    try:
        word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


# ---- one line


def count_numbers(line: bytes) -> int:
    """How many numbers stand at the end of a line, a word before them."""
    tokens = line.split(b" ")
    count = 0
    while count < len(tokens) - 1 and is_number_token(tokens[-1 - count]):
        count += 1
    return count


def read_line(line: bytes, dimensions: int) -> tuple[bytes, np.ndarray]:
    """The word of one line and its numbers, float32.

    Raises:
        LineDefect: it does not hold a word and exactly so many finite numbers.
    """
    word, *tokens = line.rsplit(b" ", dimensions)
    row = one_by_one(tokens)
    good = len(tokens) == dimensions and bool(np.isfinite(row).all()) and word and word == word.strip(b" ")
    if not good or b"\0" in word or (b" " in word and is_number_token(word.rpartition(b" ")[2])):
        raise _defect(line, word, tokens, dimensions)
    return word, row


def _defect(line: bytes, word: bytes, tokens: list[bytes], dimensions: int) -> LineDefect:
    """What is wrong with a line that is not as it should be."""
    if not line:
        return LineDefect("empty line", "is empty")
    if b"\0" in line:
        return LineDefect("NUL byte", "holds a NUL byte")
    if b"" in tokens or word.endswith(b" "):
        return LineDefect("stray space", "has two spaces in a row")
    if not word or word.startswith(b" "):
        return LineDefect("no word", "begins with a space instead of a word")
    numbers = [is_number_token(token) for token in tokens]
    count = count_numbers(line)
    if len(tokens) == dimensions and numbers[0] and not all(numbers):
        return LineDefect("not a number", f"holds {_shown(tokens[numbers.index(False)])} where a number should be")
    if count < dimensions:
        hint = " (it holds tabs; single spaces are needed)" if b"\t" in line else ""
        return LineDefect("too few numbers", f"has {count} numbers and not {dimensions}{hint}")
    if count > dimensions:
        return LineDefect("too many numbers", f"has {count} numbers and not {dimensions}")
    infinite = tokens[int(np.isfinite(one_by_one(tokens)).argmin())]
    return LineDefect("nan or infinity", f"holds {_shown(infinite)}, which is not a finite 32-bit number")


def _shown(token: bytes) -> str:
    text = token.decode("utf-8", "replace")
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
