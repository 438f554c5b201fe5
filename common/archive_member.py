"""One known file out of a zip archive: nothing else is unpacked, and nothing that is not what it should be."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from common.atomic import atomic_path
from common.errors import InputError

_BLOCK = 1 << 20


def unpack(archive: Path, member: str, target: Path, *, size: int, sha256: str) -> Path:
    """Write a member of the archive to `target`, whole or not at all; returns the path.

    Raises:
        InputError: the archive is damaged, has paths that lead out of its folder, does not hold the member, or holds
            another one than that of this size (bytes) and hash.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            outside = next((name for name in opened.namelist() if leads_outside(name)), None)
            if outside is not None:
                raise InputError(f"the archive holds the path {outside!r}, which leads out of it")
            with opened.open(member) as source, atomic_path(target) as temporary:
                if _copy(source, temporary, size) != sha256:
                    raise InputError(f"{member} in the archive is not the file that is known")
    except KeyError:
        raise InputError(f"the archive does not hold {member}") from None
    except (zipfile.BadZipFile, EOFError, RuntimeError) as error:
        raise InputError(f"the archive cannot be opened ({error})") from None
    return target


def leads_outside(name: str) -> bool:
    """Whether a path in an archive is absolute or climbs, as POSIX or as Windows reads it."""
    windows = PureWindowsPath(name)
    return bool(PurePosixPath(name).is_absolute() or windows.drive or windows.root or ".." in windows.parts)


def _copy(source: IO[bytes], target: Path, size: int) -> str:
    """Copy at most so many bytes (an archive may claim a little and give much); the hash, empty for another size."""
    digest, copied = hashlib.sha256(), 0
    with open(target, "wb") as file:
        while block := source.read(_BLOCK):
            copied += len(block)
            if copied > size:
                return ""
            digest.update(block)
            file.write(block)
    return digest.hexdigest() if copied == size else ""
