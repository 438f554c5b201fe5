"""How good translations are: exact matches, by kind, and how far confidences can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InputError


def matches(texts: Sequence[str], references: Sequence[str]) -> np.ndarray:
    """bool (m,): which translations are equal to their reference.

    Raises:
        InputError: the two are not equally many.
    """
    _check_counts(texts, references)
    return np.array([text == reference for text, reference in zip(texts, references, strict=True)], bool)


def exact_match(texts: Sequence[str], references: Sequence[str]) -> float:
    """The share of translations that are equal to their reference."""
    return float(matches(texts, references).mean())


def by_kind(right: np.ndarray, kinds: Sequence[str]) -> dict[str, tuple[int, int]]:
    """kind -> (how many are right, how many there are), kinds in alphabetical order."""
    found = np.asarray(kinds)
    return {kind: (int(right[found == kind].sum()), int((found == kind).sum())) for kind in sorted(set(found.tolist()))}


@dataclass(frozen=True)
class Reliability:
    """Confidences held against what came true, in bins of confidence that hold equally many texts.

    Attributes:
        confidence: mean confidence of each bin, rising.
        accuracy: share of each bin that is right.
        counts: texts in each bin.
        error: expected calibration error, the mean of |accuracy - confidence| weighted with the counts.
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    counts: np.ndarray
    error: float


def reliability(confidences: np.ndarray, right: np.ndarray, *, bins: int = 10) -> Reliability:
    """Source: Guo et al., "On calibration of modern neural networks", 2017; with bins of equal counts."""
    order = np.argsort(confidences, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    confidence = np.array([confidences[part].mean() for part in parts])
    accuracy = np.array([right[part].mean() for part in parts])
    counts = np.array([len(part) for part in parts])
    return Reliability(confidence, accuracy, counts, float(np.average(np.abs(accuracy - confidence), weights=counts)))


def _check_counts(texts: Sequence[str], references: Sequence[str]) -> None:
    if len(texts) != len(references):
        raise InputError(
            f"there are {len(texts)} translations and {len(references)} references; give one reference for each"
        )
    if not len(texts):
        raise InputError("there is nothing to measure; give at least one translation with its reference")
