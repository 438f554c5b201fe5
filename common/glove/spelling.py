"""The nearest spellings of a word among hundreds of thousands: edit distances to all words of like length at once."""

from __future__ import annotations

import numpy as np

from common.glove.word_index import WordList

_LONGEST = 40


def nearest_spellings(word: str, words: WordList, count: int = 3) -> list[str]:
    """Up to `count` words that differ from `word` in few letters; the nearest first, then the earliest in the list.

    The distance is the number of bytes to insert, delete, replace or swap with their neighbour (optimal string
    alignment), capitals taken as small letters; at most one, and one more for every five bytes of the word.
    """
    wanted = np.frombuffer(word.lower().encode("utf-8", "replace"), dtype=np.uint8)
    if not 0 < wanted.size <= _LONGEST:
        return []
    most = 1 + wanted.size // 5
    lengths = np.diff(words.starts) - 1
    rows, distances = [], []
    for length in range(max(1, wanted.size - most), wanted.size + most + 1):
        alike = np.flatnonzero(lengths == length)
        distance = _distances(wanted, words.blob, words.starts[alike], length)
        rows.append(alike[distance <= most])
        distances.append(distance[distance <= most])
    rows, distances = np.concatenate(rows), np.concatenate(distances)
    best = np.lexsort((rows, distances))[:count]
    return [words[row] for row in rows[best].tolist()]


def _distances(wanted: np.ndarray, blob: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
    """uint8: the distance of `wanted` to each of the words of this length that begin at `starts`.

    Row by row through the table of the distances of beginnings: cost[j] is that of the first i letters of `wanted` and
    the first j of the words.
    """
    letters = [_small(blob[starts + place]) for place in range(length)]
    above2: list[np.ndarray] = []
    above = [np.full(len(starts), j, dtype=np.uint8) for j in range(length + 1)]
    for i, letter in enumerate(wanted.tolist(), 1):
        cost = [np.full(len(starts), i, dtype=np.uint8)]
        for j in range(1, length + 1):
            best = above[j - 1] + (letters[j - 1] != letter)
            np.minimum(best, above[j] + 1, out=best)
            np.minimum(best, cost[j - 1] + 1, out=best)
            if i > 1 and j > 1:
                swapped = (letters[j - 2] == letter) & (letters[j - 1] == wanted[i - 2])
                np.minimum(best, np.where(swapped, above2[j - 2] + 1, best), out=best)
            cost.append(best)
        above2, above = above, cost
    return above[length]


def _small(letters: np.ndarray) -> np.ndarray:
    """ASCII capitals as small letters."""
    return letters + ((letters >= ord("A")) & (letters <= ord("Z"))) * np.uint8(32)
