"""Reading a person's text files: any line ending, UTF-8 with or without a mark; binary files are refused."""

from __future__ import annotations

import os
from pathlib import Path

from common.errors import InputError, MissingFileError

LFS_SIGNATURE = b"version https://git-lfs.github.com/spec/"


def read_text(path: str | os.PathLike[str]) -> str:
    """The file's text with `\\n` line ends and without a byte-order mark.

    Raises:
        MissingFileError: there is no such file.
        InputError: it is a folder, empty, a Git-LFS pointer, binary, or not UTF-8.
    """
    path = Path(path)
    content = read_bytes(path)
    problem = content_problem(content)
    if problem:
        raise InputError(f"{path}: {problem}")
    if b"\0" in content:
        raise InputError(f"{path}: is a binary file, not text; give a text file (UTF-8)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}: line {line} is not UTF-8 text; save the file as UTF-8 and try again") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: str | os.PathLike[str], most: int = -1) -> bytes:
    """The file's bytes, or the first `most`; a missing file or a folder in its place raises one clear sentence."""
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give a file")
    if not path.exists():
        raise MissingFileError(f"{path}: no such file; check the path", name=path.name)
    with open(path, "rb") as file:
        return file.read(most)


def check_file(path: str | os.PathLike[str]) -> None:
    """Raise what `read_bytes` would and what `content_problem` finds, from the file's beginning alone."""
    path = Path(path)
    if path.is_dir() or not path.exists():
        read_bytes(path)
    with open(path, "rb") as stream:
        problem = content_problem(stream.read(len(LFS_SIGNATURE)))
    if problem:
        raise InputError(f"{path}: {problem}")


def content_problem(content: bytes) -> str:
    """What is wrong with a file of this content whatever its kind (empty, a Git-LFS pointer); empty if nothing is."""
    if not content:
        return "is empty (0 bytes); copy or download it again"
    if content.startswith(LFS_SIGNATURE):
        return "is a Git-LFS pointer, not the file itself; fetch the file with 'git lfs pull'"
    return ""
