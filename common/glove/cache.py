"""Vectors that were read once, in a file that is mapped into memory instead of being read again.

One file a source, in `vectors` of the cache folder; it may be deleted at any time. Its parts, each at a multiple of
4096 bytes: a header (magic, length, checksum, JSON), the matrix, the words' bytes, their starts, the sorted hashes and
their rows. It is used only where the source's path, size and time of change are those of the header and every part has
its checksum; otherwise it counts as missing. It is written whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import time
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from common.assets import cache_folder
from common.atomic import atomic_path
from common.cli import say
from common.glove.sources import Stamp
from common.glove.vectors import Skipped, WordVectors
from common.glove.word_index import WordIndex, WordList

MAGIC = b"SMvector"
VERSION = 1
PAGE = 4096
_SUFFIX, _DAY, _STEP = ".vectors", 86_400, 1 << 20
_DTYPES = tuple(map(np.dtype, ("<f4", "u1", "<i8", "<u8", "<i4")))
_START = struct.Struct("<8sIII")  # magic, version, bytes of the JSON header, its CRC-32
_MOST_HEADER = 1 << 20


@dataclass(frozen=True)
class Key:
    """What a cache file belongs to: a source as it was when it was read, and how it was read."""

    path: str
    size: int
    mtime_ns: int
    lenient: bool


def key_of(path: Path, stamp: Stamp, *, lenient: bool) -> Key:
    """The key of a source."""
    return Key(str(path.absolute()), stamp.size, stamp.mtime_ns, lenient)


def cache_file(key: Key) -> Path:
    """Where the vectors of this source are kept, whatever its content."""
    name = json.dumps([key.path, key.lenient]).encode("utf-8")
    digest = hashlib.blake2b(name, digest_size=12).hexdigest()
    return cache_folder() / "vectors" / f"{digest}{_SUFFIX}"


# ---- writing


def save(key: Key, vectors: WordVectors) -> None:
    """Keep the vectors of a source; where that is not possible, one line says so and nothing is left behind."""
    try:
        path = cache_file(key)
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            _write(file, key, vectors)
        _sweep(path.parent)
    except (OSError, RuntimeError) as error:  # RuntimeError: the user has no home folder
        reason = getattr(error, "strerror", None) or error
        say(f"warning: {vectors.source}: its vectors are not kept in the cache ({reason}); it is read anew next time")


def _write(file: BinaryIO, key: Key, vectors: WordVectors) -> None:
    index = vectors.ids
    arrays = (vectors.matrix, index.words.blob, index.words.starts, index.hashes, index.order)
    parts = [
        np.ascontiguousarray(array, dtype=dtype).reshape(-1).view(np.uint8)
        for array, dtype in zip(arrays, _DTYPES, strict=True)
    ]
    header = {
        "source": asdict(key),
        "sha256": vectors.sha256,
        "words": len(vectors),
        "dimensions": vectors.dimensions,
        "word_bytes": parts[1].size,
        "checksums": [zlib.crc32(part) for part in parts],
        "skipped": [asdict(one) for one in vectors.skipped],
    }
    content = json.dumps(header).encode("utf-8")
    file.write(_START.pack(MAGIC, VERSION, len(content), zlib.crc32(content)) + content)
    for part in parts:
        file.write(b"\0" * (-file.tell() % PAGE))
        file.write(part)


def _sweep(folder: Path) -> None:
    """Remove what processes that were killed while they wrote have left."""
    for leftover in folder.glob(f".*{_SUFFIX}"):
        if time.time() - leftover.stat().st_mtime > _DAY:
            leftover.unlink(missing_ok=True)


# ---- reading


class _Damaged(ValueError):
    """The cache file is not what it should be, or another's."""


def load(key: Key, *, source: str) -> WordVectors | None:
    """The vectors of this source, named `source` in messages; None where they are not there in perfect order."""
    try:
        with open(cache_file(key), "rb") as file:
            header, parts = _checked(file, key)
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        matrix, blob, starts, hashes, order = (
            np.frombuffer(content, dtype, size // dtype.itemsize, offset).astype(dtype.newbyteorder("="), copy=False)
            for (offset, size), dtype in zip(parts, _DTYPES, strict=True)
        )
        _check_tables(blob, starts, order)
        skipped = [Skipped(one["kind"], one["count"], tuple(one["lines"])) for one in header["skipped"]]
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return None
    words = WordList(blob, starts)
    return WordVectors(
        words,
        matrix.reshape(header["words"], header["dimensions"]),
        ids=WordIndex(words, hashes, order),
        source=source,
        sha256=header["sha256"],
        skipped=skipped,
    )


def _checked(file: BinaryIO, key: Key) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    """The header and each part's offset and size, once the checksums are right."""
    start = file.read(_START.size)
    _demand(len(start) == _START.size)
    magic, version, size, checksum = _START.unpack(start)
    _demand(magic == MAGIC and version == VERSION and size <= _MOST_HEADER)
    content = file.read(size)
    _demand(len(content) == size and zlib.crc32(content) == checksum)
    header = json.loads(content)
    _demand(header["source"] == asdict(key))
    words, dimensions, word_bytes = (header[name] for name in ("words", "dimensions", "word_bytes"))
    _demand(all(type(count) is int and 0 < count < 2**48 for count in (words, dimensions, word_bytes)))
    parts, end = [], file.tell()
    for part_size in (words * dimensions * 4, word_bytes, (words + 1) * 8, words * 8, words * 4):
        parts.append((end + -end % PAGE, part_size))
        end = sum(parts[-1])
    _demand(os.fstat(file.fileno()).st_size == end)
    for (offset, part_size), expected in zip(parts, header["checksums"], strict=True):
        _demand(_checksum(file, offset, part_size) == expected)
    return header, parts


def _checksum(file: BinaryIO, offset: int, size: int) -> int:
    """CRC-32 of a part, read through a small buffer, so that it does not count as memory in use."""
    buffer, checksum = memoryview(bytearray(min(size, _STEP))), 0
    file.seek(offset)
    while size:
        count = file.readinto(buffer[: min(size, _STEP)])
        _demand(count > 0)
        checksum = zlib.crc32(buffer[:count], checksum)
        size -= count
    return checksum


def _check_tables(blob: np.ndarray, starts: np.ndarray, order: np.ndarray) -> None:
    """The words' starts and the rows lead nowhere outside."""
    _demand(starts[0] == 0 and starts[-1] == len(blob) and bool((np.diff(starts) > 1).all()))
    _demand(int(order.min()) >= 0 and int(order.max()) < len(order))


def _demand(condition: bool) -> None:
    if not condition:
        raise _Damaged
