"""Where the files lie that the course's figures name in short ways: "dev1", "audio_examples/my_audio.wav", "2.wav"."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import numpy as np

from common.assets import catalogue, find
from common.errors import InputError, MissingFileError

_FOLDERS = {"dev": "dev", "bg": "backgrounds", "background": "backgrounds", "activate": "activates"}


def sound_path(name: str, course: Path | None) -> Path:
    """The file of a figure's name for a sound; a number after "dev" or "bg" is a file of that folder.

    Raises:
        MissingFileError: the course folder is not given, or has no such file.
    """
    short = re.fullmatch(r"(dev|bg|background|activate)s?/?(\d+)(?:\.wav)?", name)
    tail = f"{_FOLDERS[short[1]]}/{short[2]}" if short else name.removesuffix(".wav")
    return _of_tail(tail, course)


def word_path(kind: str, name: str, course: Path | None) -> Path:
    """The clip of this file name among the course's `activates`, `negatives` or `backgrounds`."""
    return _of_tail(f"{kind}/{name.removesuffix('.wav')}", course)


def _of_tail(tail: str, course: Path | None) -> Path:
    """The course's trigger word file whose path ends so."""
    parts = PurePosixPath(tail).parts
    for asset, record in catalogue().items():
        if not asset.startswith("trigger-word"):
            continue
        for path in record["paths"]:
            whole = PurePosixPath(path).with_suffix("").parts
            if whole[-len(parts) :] == parts:
                return find(asset, course=course).path
    if course is not None:
        found = sorted(Path(course).rglob(f"{tail}.wav"))
        if found:
            return found[0]
    raise MissingFileError(
        f"{tail}.wav is no file of the course that is known here; check the figure", name=f"{tail}.wav"
    )


def dev_array(name: str, course: Path | None) -> np.ndarray:
    """An array of the course's dev set, which few have.

    Raises:
        MissingFileError: it is not under the course folder.
        InputError: it is no array.
    """
    found = sorted(Path(course).rglob(name)) if course is not None else []
    if not found:
        raise MissingFileError(f"{name} (the course's dev set) is needed; put it under the course folder", name=name)
    try:
        return np.load(found[0], allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"{found[0]}: is no array ({error}); copy it again") from None
