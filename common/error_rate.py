"""Edit distance with its alignment; word and character error rates with substitutions, deletions and insertions.

    error rate = (S + D + I) / N        N: tokens of the references; it can exceed 1

The alignment has the fewest edits (Levenshtein 1966) and, of those that have, the most substitutions, so that S, D and
I are determined; other tools may split the same sum in another way. Rates of several sentences come from summed counts.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError

UNITS = ("words", "characters")


@dataclass(frozen=True)
class EditCounts:
    """How a hypothesis differs from its reference; counts of two pairs add up.

    Attributes:
        hits: tokens that are right.
        substitutions: tokens of the reference in whose place another stands.
        deletions: tokens of the reference that are missing.
        insertions: tokens of the hypothesis that should not be there.
    """

    hits: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0

    def __add__(self, other: EditCounts) -> EditCounts:
        return EditCounts(
            self.hits + other.hits,
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
        )

    @property
    def edits(self) -> int:
        """The edit distance: substitutions, deletions and insertions together."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def reference_length(self) -> int:
        """Tokens of the reference."""
        return self.hits + self.substitutions + self.deletions

    @property
    def rate(self) -> float:
        """Edits by token of the reference; for an empty reference 0 without edits, infinite with some."""
        if self.reference_length:
            return self.edits / self.reference_length
        return float("inf") if self.edits else 0.0


@dataclass(frozen=True)
class ErrorRate:
    """An error rate with its parts; `print` shows them, `float` gives the rate.

    Attributes:
        counts: summed over the sentences.
        sentences, wrong_sentences: all, and those with an edit.
        unit: "words" or "characters".
    """

    counts: EditCounts
    sentences: int
    wrong_sentences: int
    unit: str

    def __float__(self) -> float:
        return self.counts.rate

    def __str__(self) -> str:
        counts, name = self.counts, self.unit.removesuffix("s")
        return (
            f"{name} error rate {100 * counts.rate:.2f} % ({counts.substitutions:,} substituted, {counts.deletions:,} "
            f"missing and {counts.insertions:,} too many, of {counts.reference_length:,} {self.unit}; "
            f"{self.wrong_sentences:,} of {self.sentences:,} sentences wrong)"
        )


def error_rate(references: Sequence[str], hypotheses: Sequence[str], *, unit: str = "words") -> ErrorRate:
    """Word error rate, words being cut at white space; or character error rate, spaces being characters too.

    Raises InputError where there are not as many references as hypotheses, or none.
    """
    if unit not in UNITS:
        raise InputError(f"there is no unit {unit!r}; choose one of {', '.join(UNITS)}")
    if isinstance(references, str) or isinstance(hypotheses, str):
        raise InputError("an error rate takes lists of texts, but got one text; give [text]")
    if len(references) != len(hypotheses):
        raise InputError(
            f"there are {len(references)} references and {len(hypotheses)} hypotheses; give as many of one as of the "
            "other, in the same order"
        )
    if not len(references):
        raise InputError("there are no references to compare with; give at least one")
    cut = str.split if unit == "words" else list
    counts = [count_edits(cut(one), cut(other)) for one, other in zip(references, hypotheses, strict=True)]
    total = functools.reduce(EditCounts.__add__, counts)
    return ErrorRate(total, len(counts), sum(one.edits > 0 for one in counts), unit)


def count_edits(reference: Sequence[Any], hypothesis: Sequence[Any]) -> EditCounts:
    """The edits of the alignment; a text is a sequence of characters."""
    pairs = align(reference, hypothesis)
    deletions = sum(there is None for _, there in pairs)
    insertions = sum(here is None for here, _ in pairs)
    hits = sum(here is not None and here == there for here, there in pairs)
    return EditCounts(hits, len(pairs) - hits - deletions - insertions, deletions, insertions)


def align(reference: Sequence[Any], hypothesis: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Pairs (token of the reference, token of the hypothesis) in order; None where one of them has no partner.

    Tokens are anything that can be compared and hashed, but for None.
    """
    reference, hypothesis = list(reference), list(hypothesis)
    shared = min(len(reference), len(hypothesis))
    begin = next((i for i in range(shared) if reference[i] != hypothesis[i]), shared)
    end = next((i for i in range(shared - begin) if reference[-1 - i] != hypothesis[-1 - i]), shared - begin)
    inner = slice(begin, len(reference) - end), slice(begin, len(hypothesis) - end)
    middle = _align_middle(reference[inner[0]], hypothesis[inner[1]])
    same = [(token, token) for token in reference]
    return same[:begin] + middle + same[len(same) - end :]


def _align_middle(reference: list[Any], hypothesis: list[Any]) -> list[tuple[Any, Any]]:
    """The alignment of what is left when what both begin and end with is cut off."""
    costs, gap = _costs(reference, hypothesis)
    row, column, pairs = len(reference), len(hypothesis), []
    while row or column:
        cost = costs[row, column]
        if row and cost == costs[row - 1, column] + gap:
            row -= 1
            pairs.append((reference[row], None))
        elif column and cost == costs[row, column - 1] + gap:
            column -= 1
            pairs.append((None, hypothesis[column]))
        else:
            row, column = row - 1, column - 1
            pairs.append((reference[row], hypothesis[column]))
    return pairs[::-1]


def _costs(reference: list[Any], hypothesis: list[Any]) -> tuple[np.ndarray, int]:
    """Least costs of turning beginnings into one another, (len(reference) + 1, len(hypothesis) + 1); cost of a gap.

    A substitution costs a large whole number, a gap one more: so the sum of edits counts first, then that of gaps.
    Row by row; that a row's gaps follow one another is min over k of (cost_k + gap (j - k)), a running minimum.
    """
    edit = len(reference) + len(hypothesis) + 1
    gap = edit + 1
    ids = {token: number for number, token in enumerate(dict.fromkeys(reference + hypothesis))}
    there = np.array([ids[token] for token in hypothesis], dtype=np.int64)
    gaps = gap * np.arange(len(hypothesis) + 1)
    costs = np.empty((len(reference) + 1, len(hypothesis) + 1), dtype=np.int64)
    costs[0] = gaps
    for row, token in enumerate(reference, 1):
        above = costs[row - 1]
        here = above + gap
        np.minimum(here[1:], above[:-1] + edit * (there != ids[token]), out=here[1:])
        costs[row] = np.minimum.accumulate(here - gaps) + gaps
    return costs, gap
