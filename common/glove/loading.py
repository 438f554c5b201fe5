"""Loading vectors: from the cache where they are there, else from the file."""

from __future__ import annotations

import os
from pathlib import Path

from common.glove.cache import key_of, load, save
from common.glove.reading import read_vectors
from common.glove.sources import stamp_of
from common.glove.vectors import WordVectors

CACHE_FROM = 1_000_000


def load_vectors(
    path: str | os.PathLike[str], *, lenient: bool = False, cache: bool = True, cache_from: int = CACHE_FROM
) -> WordVectors:
    """The vectors of a file in GloVe's text format, or word2vec's with its header line; plain, gzip or zip.

    Args:
        path: the file. A line is a word, in UTF-8, and its numbers, with single spaces between. A word may hold spaces,
            unless what follows the last of them is a number.
        lenient: skip defective lines and count them (`WordVectors.skipped`), where the first would end the reading.
        cache: keep what was read, and use what was kept, for files (not pipes) of at least `cache_from` bytes.
        cache_from: bytes.

    Returns:
        The words, different from each other, in the file's order, and float32 rows: each number is the one nearest to
        the float64 nearest to the decimal, as `np.float32(float(text))`.

    Raises:
        MissingFileError: there is no such file.
        InputError: the file's defect, with its line number; or it is empty, binary, damaged, a pointer.
    """
    path = Path(path)
    stamp = stamp_of(path)
    cache = cache and stamp.size >= cache_from and path.is_file()
    found = load(key_of(path, stamp, lenient=lenient), source=str(path)) if cache else None
    if found is not None:
        return found
    reading = read_vectors(path, lenient=lenient, hashed=cache)
    vectors = WordVectors(
        reading.index.words,
        reading.matrix,
        ids=reading.index,
        source=str(path),
        sha256=reading.sha256,
        skipped=reading.skipped,
    )
    if cache:
        save(key_of(path, reading.stamp, lenient=lenient), vectors)
    return vectors
