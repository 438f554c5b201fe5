"""How good chimes are: each trigger word should get one, shortly after its end, and nothing else any.

A chime counts for a word when it comes from 0.15 s before the word's end to 0.6 s after it; a word has one chime and a
chime one word at most, in order of time. Words without a chime are misses, chimes without a word false alarms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

EARLY_SECONDS, LATE_SECONDS = 0.15, 0.6
THRESHOLDS = tuple(np.round(np.concatenate([np.arange(0.05, 0.96, 0.05), [0.97, 0.98, 0.99, 0.995]]), 3).tolist())


@dataclass(frozen=True)
class Score:
    """Counts at one threshold, and what follows of them.

    Attributes:
        threshold: probability from which on a step counts.
        hits, misses, false_alarms: trigger words with and without their chime, and chimes without a word.
        hours: of sound.
    """

    threshold: float
    hits: int
    misses: int
    false_alarms: int
    hours: float

    @property
    def precision(self) -> float:
        """Share of the chimes that belong to a word; 1 where there are none."""
        chimes = self.hits + self.false_alarms
        return self.hits / chimes if chimes else 1.0

    @property
    def recall(self) -> float:
        """Share of the words that have a chime; 1 where there are no words."""
        words = self.hits + self.misses
        return self.hits / words if words else 1.0

    @property
    def miss_rate(self) -> float:
        """Share of the words that have none."""
        return 1 - self.recall

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall: 2 hits / (2 hits + misses + false alarms)."""
        total = 2 * self.hits + self.misses + self.false_alarms
        return 2 * self.hits / total if total else 1.0

    @property
    def false_alarms_per_hour(self) -> float:
        """Chimes without a word in an hour of sound."""
        return self.false_alarms / self.hours if self.hours else 0.0


def match(
    ends: Sequence[float], chimes: Sequence[float], *, early: float = EARLY_SECONDS, late: float = LATE_SECONDS
) -> list[tuple[int, int]]:
    """Pairs (word, chime) by number; both lists are seconds in order of time.

    Taking for each word the earliest chime that is left and not too early makes as many pairs as there can be.
    """
    pairs, at = [], 0
    for word, end in enumerate(ends):
        while at < len(chimes) and chimes[at] < end - early:
            at += 1
        if at < len(chimes) and chimes[at] <= end + late:
            pairs.append((word, at))
            at += 1
    return pairs


def total(threshold: float, counted: Iterable[tuple[int, int, int, float]]) -> Score:
    """The score of several recordings, each given as (hits, words, chimes, seconds)."""
    hits, words, chimes, seconds = (sum(column) for column in zip((0, 0, 0, 0.0), *counted, strict=True))
    return Score(threshold, hits, words - hits, chimes - hits, seconds / 3600)


def best_threshold(scores: Sequence[Score], *, most_false_alarms: float = math.inf) -> float:
    """The threshold with the highest F1 among those with so few false alarms an hour.

    Where so few cost more than half of the F1 that there could be (a network that has learnt little), false alarms are
    left aside. Of several thresholds alike it is the middle one of the longest row of neighbours.
    """
    allowed = [score for score in scores if score.false_alarms_per_hour <= most_false_alarms]
    if max((score.f1 for score in allowed), default=0.0) <= 0.5 * max(score.f1 for score in scores):
        allowed = list(scores)
    best = max(score.f1 for score in allowed)
    rows: list[list[float]] = [[]]
    for score in scores:
        if score in allowed and score.f1 >= best - 1e-12:
            rows[-1].append(score.threshold)
        elif rows[-1]:
            rows.append([])
    longest = max(rows, key=len)
    return longest[(len(longest) - 1) // 2]
