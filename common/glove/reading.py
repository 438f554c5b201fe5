"""Reading a vectors file: blocks of lines parsed by two threads, checked, gathered into one matrix."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np

from common.cli import progress
from common.errors import InputError
from common.glove.first_lines import TELLING_LINES, Shape, is_binary, look
from common.glove.lines import Block, read_lines
from common.glove.sources import LONGEST_LINE, Source, Stamp, open_source
from common.glove.vectors import Skipped
from common.glove.word_index import WordIndex, WordList, index_of, spans, starts_of

_MOST_THREADS = 4
_SHOWN_LINES = 5
_SLOW_BYTES = 1 << 28
_HEAP_BYTES = 1 << 24


@dataclass(frozen=True)
class Reading:
    """What a file holds.

    Attributes:
        index: its words and their rows.
        matrix: float32 (words, dimensions).
        skipped: what `lenient` left out.
        stamp: the file's size and time of change.
        sha256: the hash of the whole file; empty where it was not asked for.
    """

    index: WordIndex
    matrix: np.ndarray
    skipped: tuple[Skipped, ...]
    stamp: Stamp
    sha256: str


def read_vectors(path: Path, *, lenient: bool, hashed: bool) -> Reading:
    """Read and check the whole file.

    Args:
        path: text, gzip or zip.
        lenient: leave defective lines out and count them, where the first one would end the reading.
        hashed: compute the SHA-256 of what is read as well.

    Raises:
        InputError: a defect, with its line number; or the file is none of this kind.
    """
    with open_source(path, hashed=hashed) as source:
        blocks = source.blocks()
        first = _beginning(blocks)
        shape = look(first)
        if not shape.dimensions:
            raise InputError(f"{path}: {_no_vectors(first, shape)}")
        gathered = _Gathered(path, shape, lenient=lenient)
        if shape.header:
            first = first.partition(b"\n")[2]
        gathered.make_room(_expected_rows(source, first))
        for block in _parsed(_shown(source, chain([first], blocks)), shape.dimensions):
            gathered.add(block)
        index, matrix = gathered.finish()
        return Reading(index, matrix, gathered.skipped(), source.stamp, source.sha256() if hashed else "")


def _beginning(blocks: Iterator[bytes]) -> bytes:
    """Blocks until there are lines enough to tell the file's shape from."""
    first = b""
    while first.count(b"\n") < TELLING_LINES and len(first) < LONGEST_LINE and (block := next(blocks, b"")):
        first += block
    return first


def _no_vectors(first: bytes, shape: Shape) -> str:
    if is_binary(first):
        return "is a binary file; give vectors as text, with a word and its numbers a line"
    if shape.header:
        return f"line 1 announces {shape.header[0]} words, and no vector follows; copy or download it again"
    return "line 1 is not a word and numbers, nor are the next lines; give vectors in GloVe's or word2vec's text format"


def _expected_rows(source: Source, first: bytes) -> int:
    """A little more than there will be, if the rest is like the first block."""
    unpacked = source.stamp.size * (3 if source.packed else 1)
    return int(1.02 * unpacked * first.count(b"\n") / max(1, len(first))) + 16


def _shown(source: Source, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks, with a bar where there are very many."""
    if source.stamp.size < _SLOW_BYTES:
        yield from blocks
        return
    with progress(total=source.stamp.size, description=source.path.name, unit="B") as bar:
        for block in blocks:
            bar.update(source.position() - bar.n)
            yield block


def _parsed(blocks: Iterable[bytes], dimensions: int) -> Iterator[Block]:
    """Each block read, in order, by as many threads as there are cores; NumPy's work on large arrays runs beside."""
    np.empty(_HEAP_BYTES, dtype=np.uint8)  # once freed, the C library keeps arrays up to this size, page faults spared
    parse = partial(read_lines, dimensions=dimensions)
    workers = min(_MOST_THREADS, _cores())
    waiting = deque()
    with ThreadPoolExecutor(workers) as pool:
        for block in blocks:
            waiting.append(pool.submit(parse, block))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Gathered:
    """Rows and defects so far."""

    def __init__(self, path: Path, shape: Shape, *, lenient: bool):
        self._path, self._shape, self._lenient = path, shape, lenient
        self._matrix = np.empty((0, shape.dimensions), dtype=np.float32)
        self._rows = 0
        self._lines = 1 if shape.header else 0
        self._blocks: list[tuple[np.ndarray, ...]] = []
        self._defects: dict[str, list[int]] = {}
        if shape.header and shape.header[1] != shape.dimensions:
            self._defect(
                1, "wrong header", f"announces {shape.header[1]} numbers a word, and the lines have {shape.dimensions}"
            )

    def make_room(self, rows: int) -> None:
        """Let the matrix hold so many rows; the C library moves pages, not numbers, where it can."""
        self._matrix.resize((rows, self._shape.dimensions), refcheck=False)

    def add(self, block: Block) -> None:
        """Take in the next block."""
        for defect in block.defects:
            self._defect(self._lines + defect.line, defect.kind, defect.says)
        end = self._rows + len(block.matrix)
        if end > len(self._matrix):
            self.make_room(end + end // 4)
        self._matrix[self._rows : end] = block.matrix
        self._blocks.append((block.blob, np.diff(block.starts), block.hashes, block.numbers + self._lines))
        self._rows = end
        self._lines += block.lines

    def finish(self) -> tuple[WordIndex, np.ndarray]:
        """The index and the matrix, once the header and the words' being different are checked."""
        self._check_header()
        if not self._rows:
            kind, lines = next(iter(self._defects.items()))
            raise InputError(f"{self._path}: no line can be read (line {lines[0]}: {kind}); give a vectors file")
        self.make_room(self._rows)
        blob, lengths, hashes, lines = map(np.concatenate, zip(*self._blocks, strict=True))
        words = WordList(blob, starts_of(lengths))
        index, repeated = index_of(words, hashes)
        for row, first in repeated:
            self._defect(lines[row], "repeated word", f"repeats the word {words[row]!r} of line {lines[first]}")
        if repeated:
            keep = np.ones(len(words), dtype=bool)
            keep[[row for row, _ in repeated]] = False
            places, starts = spans(words.starts[:-1][keep], lengths[keep])
            index, _ = index_of(WordList(blob[places], starts), hashes[keep])
            self._matrix = self._matrix[keep]
        return index, self._matrix

    def skipped(self) -> tuple[Skipped, ...]:
        """What was left out, a record a kind."""
        return tuple(Skipped(kind, len(lines), tuple(lines[:_SHOWN_LINES])) for kind, lines in self._defects.items())

    def _check_header(self) -> None:
        if self._shape.header and self._shape.header[0] != self._lines - 1:
            self._defect(
                1, "wrong header", f"announces {self._shape.header[0]} words, and {self._lines - 1} lines follow"
            )

    def _defect(self, line: int, kind: str, says: str) -> None:
        if not self._lenient:
            remedy = "correct it, or have what is wrong skipped with --lenient"
            raise InputError(f"{self._path}: line {line} {says}; {remedy}")
        self._defects.setdefault(kind, []).append(int(line))
