"""Text of any size -> ids on disk: the words by falling count, and one int32 per word of the text.

The text is read once, in blocks, and never held as a whole: every word gets a provisional number, which is written
down, and in the end the numbers are replaced by the words' ids. A line of the text is one context: no window reaches
across a line end, which stands in the ids as -1. Words seen fewer than `minimum_count` times are left out, as word2vec
does, so the window closes over them.
"""

from __future__ import annotations

import codecs
import contextlib
import gzip
import itertools
import os
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from common.assets import Asset, locate
from common.atomic import atomic_path
from common.errors import InputError
from common.text_files import LFS_SIGNATURE, check_file
from common.words import words_and_line_ends

LINE_END = -1
BLOCK_BYTES = 1 << 20
LONGEST_LINE = 10_000
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Corpus:
    """A text as ids.

    Attributes:
        words: by falling count, then by code point; a word's id is its place.
        counts: occurrences of each word, int64 (words,).
        ids: the text, int32; `LINE_END` (-1) after every line, never twice in a row and never first.
        left_out: occurrences of words that were too rare.
    """

    words: tuple[str, ...]
    counts: np.ndarray
    ids: np.ndarray
    left_out: int = 0

    @property
    def tokens(self) -> int:
        """Words of the text that are in the vocabulary."""
        return int(self.counts.sum())

    def blocks(self, size: int) -> list[tuple[int, int]]:
        """Consecutive parts `ids[begin:end]` of about `size` ids that end at line ends.

        A line longer than `LONGEST_LINE` may be cut, so that a text without lines has blocks too.
        """
        inner = (self._line_end_after(place) for place in range(size, len(self.ids), size))
        edges = sorted({0, *inner, len(self.ids)})
        return list(itertools.pairwise(edges))

    def _line_end_after(self, place: int) -> int:
        ends = np.flatnonzero(self.ids[place : place + LONGEST_LINE] == LINE_END)
        return place + int(ends[0]) + 1 if len(ends) else place


def find_corpus(*, option: str | os.PathLike[str] | None = None) -> Asset:
    """The text to learn from: the user's file, or the small world that ships. Nothing but its beginning is read."""
    return locate("world-corpus", option=option)


def read_corpus(
    path: str | os.PathLike[str],
    *,
    folder: str | os.PathLike[str] | None = None,
    minimum_count: int = 1,
    maximum_words: int | None = None,
    report: Callable[[int], None] = lambda count: None,
) -> Corpus:
    """Read a text file (UTF-8, plain or gzip) into a corpus.

    Args:
        path: the text.
        folder: where the ids are kept as a file and memory-mapped, for texts larger than memory; None: in memory.
        minimum_count: words seen fewer times are left out.
        maximum_words: keep only so many, the most frequent.
        report: called with the bytes of text read since the last call.

    Raises:
        InputError: not a text file, or fewer than two different words are left; the sentence names the file.
        OSError: the folder's disk is full.
    """
    ids_of: defaultdict[str, int] = defaultdict(itertools.count().__next__, {"\n": LINE_END})
    with contextlib.ExitStack() as stack:
        if folder is None:
            blocks = list(_numbered_blocks(Path(path), ids_of, report))
        else:
            Path(folder).mkdir(parents=True, exist_ok=True)
            provisional = stack.enter_context(_removed_in_the_end(Path(folder) / "provisional.ids"))
            with open(provisional, "wb") as stream:
                for block in _numbered_blocks(Path(path), ids_of, report):
                    block.tofile(stream)
            blocks = _blocks_of_file(provisional)
        return _finish(Path(path), ids_of, blocks, folder, minimum_count, maximum_words)


def _finish(
    path: Path,
    ids_of: dict[str, int],
    blocks: list[np.ndarray] | Callable[[], Iterator[np.ndarray]],
    folder: str | os.PathLike[str] | None,
    minimum_count: int,
    maximum_words: int | None,
) -> Corpus:
    """Count, order the words, and put their ids in the place of the provisional numbers."""
    again = blocks if callable(blocks) else lambda: iter(blocks)
    found = [word for word in ids_of if word != "\n"]
    counts = np.zeros(len(found), dtype=np.int64)
    for block in again():
        counts += np.bincount(block[block != LINE_END], minlength=len(counts))
    kept = sorted(np.flatnonzero(counts >= minimum_count).tolist(), key=lambda one: (-counts[one], found[one]))
    kept = kept[:maximum_words]
    _check_words(path, len(found), len(kept), minimum_count)
    new_ids = np.full(len(found) + 1, len(found), dtype=np.int32)  # a word that is left out; the last place: LINE_END
    new_ids[kept] = np.arange(len(kept))
    new_ids[LINE_END] = LINE_END
    renumbered = _renumber(again(), new_ids)
    ids = np.concatenate(list(renumbered)) if folder is None else _write_ids(Path(folder) / "corpus.ids", renumbered)
    words = tuple(found[one] for one in kept)
    return Corpus(words, counts[kept], ids, int(counts.sum() - counts[kept].sum()))


def _check_words(path: Path, found: int, kept: int, minimum_count: int) -> None:
    if found == 0:
        raise InputError(f"{path}: holds no words; give a text")
    if found == 1:
        raise InputError(f"{path}: holds one word only, again and again; nothing can be learnt from it, give a text")
    if kept < 2:
        raise InputError(
            f"{path}: of its {found} words {kept or 'none'} occurs {minimum_count} times or more; lower --min-count"
        )


def _renumber(blocks: Iterator[np.ndarray], new_ids: np.ndarray) -> Iterator[np.ndarray]:
    """Blocks with the final ids, rare words left out, and no line end twice in a row."""
    rare, ended = len(new_ids) - 1, True
    for block in blocks:
        ids = new_ids[block]
        ids = ids[ids != rare]
        is_end = ids == LINE_END
        doubled = is_end & np.concatenate([[ended], is_end[:-1]])
        ids = ids[~doubled]
        if len(ids):
            ended = ids[-1] == LINE_END
            yield ids
    if not ended:
        yield np.array([LINE_END], dtype=np.int32)


def _write_ids(path: Path, blocks: Iterator[np.ndarray]) -> np.ndarray:
    """The blocks in one file, mapped into memory."""
    with atomic_path(path) as temporary, open(temporary, "wb") as stream:
        for block in blocks:
            block.tofile(stream)
    return np.memmap(path, dtype=np.int32, mode="r")


def _blocks_of_file(path: Path) -> Callable[[], Iterator[np.ndarray]]:
    def blocks() -> Iterator[np.ndarray]:
        with open(path, "rb") as stream:
            while len(block := np.fromfile(stream, dtype=np.int32, count=BLOCK_BYTES)):
                yield block

    return blocks


@contextlib.contextmanager
def _removed_in_the_end(path: Path) -> Iterator[Path]:
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _numbered_blocks(path: Path, ids_of: dict[str, int], report: Callable[[int], None]) -> Iterator[np.ndarray]:
    """Provisional numbers of the words, block by block, in the order in which they first occur."""
    for text in text_blocks(path, report=report):
        yield np.array([ids_of[token] for token in words_and_line_ends(text)], dtype=np.int32)


def text_blocks(
    path: str | os.PathLike[str], *, size: int = BLOCK_BYTES, report: Callable[[int], None] = lambda count: None
) -> Iterator[str]:
    """The text in blocks of about `size` bytes that cut no word: they end at a line end or, in a long line, at a space.

    Raises:
        InputError: no such file, empty, binary, not UTF-8, a pointer; the sentence names the file and the line.
    """
    path = Path(path)
    check_file(path)
    decode = codecs.getincrementaldecoder("utf-8-sig")()
    rest, line = "", 1
    with _open(path) as stream:
        while True:
            content = _read(path, stream, size)
            report(len(content))
            if b"\0" in content:
                raise InputError(f"{path}: is a binary file, not text; give a text file (UTF-8), plain or gzip")
            try:
                text = rest + decode.decode(content, final=not content)
            except UnicodeDecodeError as error:
                at = line + rest.count("\n") + content.count(b"\n", 0, error.start)
                raise InputError(f"{path}: line {at} is not UTF-8 text; save the file as UTF-8 and try again") from None
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            if not content:
                if text:
                    yield text
                return
            cut = _last_break(text)
            block, rest = text[:cut], text[cut:]
            line += block.count("\n")
            if block:
                yield block


def _last_break(text: str) -> int:
    """Where to cut so that no word and no line end is cut: after the last line end, else after the last space."""
    cut = text.rfind("\n") + 1 or text.rfind(" ") + 1
    # Without either, keep collecting, but not for ever: nobody's word is a megabyte long.
    return cut or (len(text) if len(text) >= BLOCK_BYTES else 0)


@contextlib.contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    with open(path, "rb") as plain:
        head = plain.read(len(LFS_SIGNATURE))
        plain.seek(0)
        if head.startswith(_GZIP):
            with gzip.open(plain) as unpacked:
                yield unpacked
        else:
            yield plain


def _read(path: Path, stream: IO[bytes], size: int) -> bytes:
    try:
        return stream.read(size)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path}: the compressed file is damaged ({error}); copy or download it again") from None
