"""Writing files whole or not at all: to a temporary name in the same folder, synced, then renamed.

And reading the JSON among them back, with errors that name the file.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common.errors import InputError, MissingFileError


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path with the target's suffix; on leaving without an error it becomes `path`.

    On any error the temporary file is removed and what stood at `path` before stays as it was. Parent folders are made.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}.", suffix=target.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        _usual_permissions(temporary)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _usual_permissions(path: Path) -> None:
    """Give the file the mode a plain `open` would have (mkstemp makes it private)."""
    if os.name == "posix":
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)


def write_bytes(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write `content` atomically; returns the path."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)
    return Path(path)


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write `text` as UTF-8 atomically; returns the path."""
    return write_bytes(path, text.encode("utf-8"))


def write_json(path: str | os.PathLike[str], value: Any) -> Path:
    """Write `value` as readable JSON atomically; returns the path."""
    return write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: str | os.PathLike[str]) -> Any:
    """The value that `write_json` wrote to `path`.

    Raises:
        MissingFileError: there is no such file.
        InputError: the file is not JSON (empty, truncated, binary, nested too deep).
    """
    try:
        return json.loads(Path(path).read_bytes())
    except FileNotFoundError:
        raise MissingFileError(f"{path}: there is no such file; check the path", name=Path(path).name) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: this is not JSON ({error}); save the file anew") from None
