"""Whether sentences share a template, so that a test does not ask what training has shown.

Two sentences are near each other where at most two words, or at most 40 % of the longer one, must be inserted, removed
or replaced to turn one into the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from common.error_rate import count_edits

_SHARE, _FEW = 0.4, 2


def near(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two sentences, as words, are near each other."""
    limit = _limit(max(len(first), len(second)))
    shared = sum((Counter(first) & Counter(second)).values())
    return max(len(first), len(second)) - shared <= limit and count_edits(first, second).edits <= limit


def near_pairs(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """(place in `first`, place in `second`) of all sentences that are near each other, in order; for thousands."""
    ids: dict[tuple[str, int], int] = {}
    bags = [_bag(sentences, ids) for sentences in (first, second)]
    left, right = (np.zeros((len(bag), len(ids)), np.float32) for bag in bags)
    for matrix, bag in ((left, bags[0]), (right, bags[1])):
        for row, columns in zip(matrix, bag, strict=True):
            row[columns] = 1
    longest = np.maximum.outer([len(one) for one in first], [len(one) for one in second])
    limits = np.maximum(_FEW, (_SHARE * longest).astype(int))
    places = zip(*np.nonzero(longest - left @ right.T <= limits), strict=True)
    return [(int(i), int(j)) for i, j in places if near(first[i], second[j])]


def _bag(sentences: Sequence[Sequence[str]], ids: dict[tuple[str, int], int]) -> list[list[int]]:
    """Columns of each sentence's words; a word that is there twice has two, so that a product counts what is shared."""
    bags = []
    for words in sentences:
        counts: Counter[str] = Counter()
        columns = []
        for word in words:
            columns.append(ids.setdefault((word, counts[word]), len(ids)))
            counts[word] += 1
        bags.append(columns)
    return bags


def _limit(longest: int) -> int:
    return max(_FEW, int(_SHARE * longest))
