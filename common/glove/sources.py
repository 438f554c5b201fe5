"""A vectors file as a stream of whole lines: plain, gzip or zip by its content, never unpacked to disk.

What is read is hashed as it is read, and the file is checked not to have changed meanwhile.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from common.errors import InputError, MissingFileError
from common.text_files import content_problem

BLOCK_BYTES = 1 << 20
LONGEST_LINE = 1 << 22
_MARK = b"\xef\xbb\xbf"
_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")


class _Readable(Protocol):
    def read(self, size: int) -> bytes: ...


@dataclass(frozen=True)
class Stamp:
    """What tells whether a file is still the same: its size in bytes and its time of change in ns."""

    size: int
    mtime_ns: int


def stamp_of(path: Path) -> Stamp:
    """The file's stamp; one sentence where there is no such file."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give a file")
    try:
        return _stamp(os.stat(path))
    except FileNotFoundError:
        raise MissingFileError(f"{path}: no such file; check the path", name=path.name) from None


class Source:
    """One vectors file, open.

    Attributes:
        path: where it is.
        stamp: its size and time of change when it was opened.
        packed: whether it is gzip or zip.
    """

    def __init__(self, path: Path, file: BinaryIO, raw: _Hashing, text: _Readable):
        self.path, self.packed = path, text is not raw
        self.stamp = _stamp(os.fstat(file.fileno()))
        self._file, self._raw, self._text = file, raw, text

    def blocks(self) -> Iterator[bytes]:
        """Whole lines, about a megabyte at a time; the last line gets a line feed where it has none.

        Raises:
            InputError: the file is empty, a pointer, damaged, holds a line too long to be of this kind, or has changed
                while it was read.
        """
        block = self._read()
        self._refuse(content_problem(block))
        block, rest, lines = block.removeprefix(_MARK), b"", 0
        while block:
            whole, newline, after = block.rpartition(b"\n")
            if newline:
                yield b"".join((rest, whole, newline))
                rest, lines = after, lines + whole.count(newline) + 1
            else:
                rest += block
            if len(rest) > LONGEST_LINE:
                self._refuse(
                    f"line {lines + 1} is longer than {LONGEST_LINE >> 20} MB; give a text file that has one word and "
                    "its numbers a line"
                )
            block = self._read()
        if rest:
            yield rest + b"\n"
        now = os.fstat(self._file.fileno())
        if stat.S_ISREG(now.st_mode) and _stamp(now) != self.stamp:
            self._refuse("changed while it was read; wait until it is complete, and try again")

    def position(self) -> int:
        """How many bytes of the file are read."""
        return self._file.tell()

    def sha256(self) -> str:
        """The hash of the whole file; to be asked for after the last block, and only where it is kept."""
        if isinstance(self._text, zipfile.ZipExtFile):  # read in no order: once more
            self._file.seek(0)
            return hashlib.file_digest(self._file, "sha256").hexdigest()
        return self._raw.sha256.hexdigest()

    def _read(self) -> bytes:
        try:
            return self._text.read(BLOCK_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            self._refuse(f"is cut short or damaged ({error}); copy or download it again")
        return b""

    def _refuse(self, problem: str) -> None:
        if problem:
            raise InputError(f"{self.path}: {problem}")


class _Hashing:
    """A file that hashes what is read of it, where that is wanted."""

    def __init__(self, file: BinaryIO, hashed: bool):
        self._file, self.sha256 = file, hashlib.sha256() if hashed else None

    def read(self, size: int) -> bytes:
        content = self._file.read(size)
        if self.sha256 is not None:
            self.sha256.update(content)
        return content


@contextmanager
def open_source(path: Path, *, hashed: bool) -> Iterator[Source]:
    """Open the file by its content; `hashed` says whether its SHA-256 will be asked for."""
    stamp_of(path)
    with ExitStack() as stack:
        file = stack.enter_context(open(path, "rb"))
        head = file.peek(4)[:4]
        raw = _Hashing(file, hashed)
        text: _Readable = raw
        if head in _ZIP:
            text = stack.enter_context(_member(path, stack.enter_context(_archive(path, file))))
        elif head.startswith(_GZIP):
            text = stack.enter_context(gzip.GzipFile(fileobj=raw, mode="rb"))
        yield Source(path, file, raw, text)


def _archive(path: Path, file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise InputError(f"{path}: is a cut or damaged zip archive ({error}); copy or download it again") from None


def _member(path: Path, archive: zipfile.ZipFile) -> BinaryIO:
    """The one file of the archive, or its one `.txt` file."""
    names = [entry.filename for entry in archive.infolist() if not (entry.is_dir() or _is_hidden(entry.filename))]
    texts = [name for name in names if name.lower().endswith(".txt")]
    chosen = names if len(names) == 1 else texts
    if len(chosen) != 1:
        listing = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        holds = f"holds {len(names)} files ({listing})" if names else "holds no file"
        raise InputError(f"{path}: the archive {holds}; unpack the one that you want and name it")
    try:
        return archive.open(chosen[0])
    except (RuntimeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: {chosen[0]} cannot be read ({error}); unpack it and name the file itself") from None


def _is_hidden(name: str) -> bool:
    """What a Mac adds to archives, and the like."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")


def _stamp(now: os.stat_result) -> Stamp:
    return Stamp(now.st_size, now.st_mtime_ns)
