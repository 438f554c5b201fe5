"""Checkpoints that can be trusted: whole or not at all, hashed, with the previous one in reserve.

A checkpoint is a pair of files in the run's folder:

    checkpoint-00000012.npz    every array of the state (no pickle)
    checkpoint-00000012.json   the manifest: format, identity of the run, notes (epoch, step, history ...), size and
                               SHA-256 of the arrays, and the SHA-256 of the manifest itself

The number counts up. Both are written to a temporary name, synced and renamed, the manifest last:
what has no sound manifest with sound arrays does not count, and the one before it is used. Older ones are removed only
when a newer one is complete, so a full disk or a killed process costs nothing but the steps since.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import atomic_path, write_text
from common.cli import say
from common.errors import InputError

_FORMAT = "sequence-models checkpoint 1"
_NAME = re.compile(r"checkpoint-(\d{8})\.json")


@dataclass(frozen=True)
class Checkpoints:
    """Where checkpoints go, and when one is written; one is always written at the end and on Ctrl-C.

    Attributes:
        folder: of this run alone.
        every_seconds: after so many seconds, also in the midst of an epoch; None: no such rule.
        every_steps: after so many steps, also in the midst of an epoch; None: no such rule.
        every_epochs: after so many epochs; None: no such rule.
        keep: how many are kept, at least 2, so that there is one before the newest.
    """

    folder: Path
    every_seconds: float | None = 30.0
    every_steps: int | None = None
    every_epochs: int | None = None
    keep: int = 2

    def __post_init__(self):
        if self.keep < 2:
            raise InputError(f"keep={self.keep}: at least 2 checkpoints are kept, the newest and the one before it")
        for name in ("every_seconds", "every_steps", "every_epochs"):
            if getattr(self, name) is not None and not getattr(self, name) > 0:
                raise InputError(f"{name}={getattr(self, name)}: it must be more than 0")


@dataclass(frozen=True)
class Saved:
    """A checkpoint: `arrays` by name, and `notes`, anything that JSON can hold."""

    arrays: dict[str, np.ndarray]
    notes: dict[str, Any]


class DamagedError(InputError):
    """A checkpoint that is truncated, changed or incomplete."""


def save_checkpoint(folder: Path, saved: Saved, *, identity: Mapping[str, Any], keep: int = 2) -> Path:
    """Write the next checkpoint, then remove all but the newest `keep`; returns the manifest's path.

    Raises:
        OSError: it cannot be written (a full disk); the checkpoints that were there still are.
    """
    folder = Path(folder)
    number = max((_number(path) for path in _manifests(folder)), default=0) + 1
    arrays = folder / f"checkpoint-{number:08d}.npz"
    with atomic_path(arrays) as temporary:
        np.savez(temporary, **saved.arrays)
        described = {"bytes": temporary.stat().st_size, "sha256": _hash_file(temporary)}
    content = {"format": _FORMAT, "identity": dict(identity), "notes": saved.notes, "arrays": described}
    text = json.dumps({"sha256": _hash_json(content), **content}, indent=1) + "\n"
    manifest = write_text(arrays.with_suffix(".json"), text)
    _sync_folder(folder)
    _remove_older(folder, keep)
    return manifest


def load_checkpoint(folder: Path, *, identity: Mapping[str, Any]) -> Saved | None:
    """The newest sound checkpoint in `folder`, or None where there is none.

    A newer one that is damaged is removed, with a warning, so that it does not stand in for the reserve.

    Raises:
        InputError: the folder holds checkpoints of another run (the sentence names what differs).
    """
    for left_over in Path(folder).glob(".checkpoint-*"):
        # Of a process that was killed while it wrote.
        left_over.unlink(missing_ok=True)
    manifests = _manifests(Path(folder))
    for path in manifests:
        try:
            content = _read_manifest(path)
            _check_identity(path.parent, content["identity"], _as_read(identity))
            return Saved(_read_arrays(path.with_suffix(".npz"), content["arrays"]), content["notes"])
        except DamagedError as error:
            say(f"warning: {error}; it is removed, and the checkpoint before it is used")
            _remove(path)
    if manifests:
        say(f"warning: {folder}: there was no sound checkpoint; beginning anew")
    return None


def _manifests(folder: Path) -> list[Path]:
    """Manifests, newest first."""
    return sorted((path for path in folder.glob("checkpoint-*.json") if _NAME.fullmatch(path.name)), reverse=True)


def _number(manifest: Path) -> int:
    return int(_NAME.fullmatch(manifest.name)[1])


def _remove_older(folder: Path, keep: int) -> None:
    kept = {path.stem for path in _manifests(folder)[:keep]}
    for arrays in folder.glob("checkpoint-*.npz"):
        if _NAME.fullmatch(arrays.with_suffix(".json").name) and arrays.stem not in kept:
            _remove(arrays.with_suffix(".json"))


def _remove(manifest: Path) -> None:
    """Remove a checkpoint, its manifest first, so that half of it never looks like a whole."""
    manifest.unlink(missing_ok=True)
    manifest.with_suffix(".npz").unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Let the new names reach the disk before older files are removed, where the system can do that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
        expected = content.pop("sha256")
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise DamagedError(f"{path}: is damaged ({type(error).__name__}: {error})") from None
    if _hash_json(content) != expected:
        raise DamagedError(f"{path}: is damaged (its SHA-256 is wrong)")
    if content.get("format") != _FORMAT:
        raise InputError(f"{path}: is a checkpoint of another version of this program; delete it to begin anew")
    return content


def _read_arrays(path: Path, expected: Mapping[str, Any]) -> dict[str, np.ndarray]:
    if not path.exists():
        raise DamagedError(f"{path}: is missing")
    size = path.stat().st_size
    if size != expected["bytes"]:
        raise DamagedError(f"{path}: is damaged ({size} bytes instead of {expected['bytes']})")
    if _hash_file(path) != expected["sha256"]:
        raise DamagedError(f"{path}: is damaged (its SHA-256 is wrong)")
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _check_identity(folder: Path, there: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    different = [key for key in sorted({*there, *here}) if there.get(key) != here.get(key)]
    if different:
        listing = ", ".join(
            f"{key} {_brief(there.get(key))} there and {_brief(here.get(key))} here" for key in different
        )
        raise InputError(f"{folder}: holds checkpoints of another run ({listing}); name another folder, or delete it")


def _brief(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 24 else text[:16] + "..."


def _as_read(identity: Mapping[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(dict(identity)))


def _hash_json(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _hash_file(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
