"""Writing vectors in the GloVe text format."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from common.atomic import atomic_path
from common.errors import InputError
from common.glove.decimals import decimals_of
from common.glove.numbers import is_number_token

_BLOCK_ROWS = 1024


def write_vectors(
    path: str | os.PathLike[str], words: Sequence[str], matrix: np.ndarray, *, header: bool = False
) -> Path:
    """Write a word and its numbers a line, so that reading gives the same words and the same float32 bits.

    Args:
        path: the file, written whole or not at all; gzip where it ends in `.gz`, the same bytes every time.
        words: different from each other; not empty, without line ends, NUL or spaces at the ends.
        matrix: (words, numbers a word), finite; rounded to float32. Each number is written with the fewest digits, six
            or more where it has them, that read back as the same float32.
        header: whether word2vec's first line "words numbers" is written.

    Raises:
        InputError: a word or a number that could not be read back.
    """
    path, matrix = Path(path), np.asarray(matrix, dtype=np.float32)
    if matrix.ndim != 2 or not matrix.size or len(words) != len(matrix):
        raise InputError(
            f"{path}: {len(words)} words for a matrix of shape {matrix.shape}; give a row of numbers a word"
        )
    _check_words(path, words)
    with _open(path) as file:
        if header:
            file.write(f"{matrix.shape[0]} {matrix.shape[1]}\n".encode())
        for first in range(0, len(words), _BLOCK_ROWS):
            rows = matrix[first : first + _BLOCK_ROWS]
            _check_numbers(path, words, rows, first)
            lines = zip(words[first : first + _BLOCK_ROWS], decimals_of(rows).tolist(), strict=True)
            text = "".join(f"{word} {' '.join(map(repr, row))}\n" for word, row in lines)
            file.write(text.encode("utf-8"))
    return path


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    """The file to write to; it gets its name when all is written."""
    with atomic_path(path) as temporary, open(temporary, "wb") as raw:
        if path.suffix.lower() != ".gz":
            yield raw
            return
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as packed:
            yield packed


def _check_words(path: Path, words: Sequence[str]) -> None:
    seen: set[str] = set()
    for number, word in enumerate(words, 1):
        problem = _problem_of(word) or ("is there twice" if word in seen else "")
        if number == 1 and word.startswith("\ufeff"):
            problem = "begins with a byte-order mark"
        if problem:
            raise InputError(f"{path}: word {number}, {word!r}, {problem}; leave it out or replace it")
        seen.add(word)


def _problem_of(word: str) -> str:
    """Why a reader could not have this word back, or nothing."""
    if not word or word != word.strip(" "):
        return "is empty or begins or ends with a space"
    if "\n" in word or "\0" in word:
        return "holds a line end or a NUL"
    try:
        last = word.encode("utf-8").rpartition(b" ")
    except UnicodeEncodeError:
        return "is not Unicode text"
    return "ends in a number after a space" if last[1] and is_number_token(last[2]) else ""


def _check_numbers(path: Path, words: Sequence[str], rows: np.ndarray, first: int) -> None:
    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        row = first + int(finite.argmin())
        raise InputError(f"{path}: the vector of word {row + 1}, {words[row]!r}, holds nan or infinity; leave it out")
