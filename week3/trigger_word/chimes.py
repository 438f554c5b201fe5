"""When to chime: the course's two rules and one with hysteresis, step by step as probabilities arrive; and the chime.

Each rule takes probabilities in pieces and gives the numbers of the steps, counted from the first one ever, at which a
chime sounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from common.errors import InputError

RULES = ("hysteresis", "2021", "2018")
COURSE_STEP = 320 / 44_100  # seconds from one step of the course's network to the next


class Rule(Protocol):
    """A chime rule: probabilities of further steps in, steps of chimes out."""

    def push(self, probabilities: np.ndarray) -> list[int]:
        """The steps at which a chime sounds among these further ones."""


class Gap:
    """The rule of 2018: above the threshold, and more than `gap` steps since the last chime or the start."""

    def __init__(self, threshold: float = 0.5, *, gap: int = 75):
        self.threshold, self.gap = _share(threshold), gap
        self._step = self._since = 0

    def push(self, probabilities: np.ndarray) -> list[int]:
        """As `Rule.push`."""
        chimes = []
        for probability in np.asarray(probabilities).tolist():
            self._since += 1
            if probability > self.threshold and self._since > self.gap:
                chimes.append(self._step)
                self._since = 0
            self._step += 1
        return chimes


class Consecutive:
    """The rule of 2021: at the step that follows `count` in a row at or above the threshold; then it counts anew.

    What that step itself is does not matter, because the course counts it before it looks. (A later edition of the
    course also goes on only at the next multiple of 75 steps after a chime; the figures are of the one that does not.)
    """

    def __init__(self, threshold: float = 0.5, *, count: int = 20):
        self.threshold, self.count = _share(threshold), count
        self._step = self._row = 0

    def push(self, probabilities: np.ndarray) -> list[int]:
        """As `Rule.push`."""
        chimes = []
        for probability in np.asarray(probabilities).tolist():
            self._row += 1
            if self._row > self.count:
                chimes.append(self._step)
                self._row = 0
            if probability < self.threshold:
                self._row = 0
            self._step += 1
        return chimes


class Hysteresis:
    """One chime an event: after `hold` steps in a row at or above the threshold; the next only after it was quiet.

    Quiet is `rest` steps in a row below `low` (by default four fifths of the threshold), so that a probability that
    wavers about the threshold makes one event, not many.
    """

    def __init__(self, threshold: float = 0.5, *, low: float | None = None, hold: int = 5, rest: int = 15):
        self.threshold = _share(threshold)
        self.low = 0.8 * threshold if low is None else _share(low)
        if self.low > self.threshold:
            raise InputError(f"the lower threshold {self.low} is above the upper one, {self.threshold}; exchange them")
        self.hold, self.rest = hold, rest
        self._step = self._high = self._quiet = 0
        self._inside = False

    def push(self, probabilities: np.ndarray) -> list[int]:
        """As `Rule.push`."""
        chimes = []
        for probability in np.asarray(probabilities).tolist():
            self._high = self._high + 1 if probability >= self.threshold else 0
            self._quiet = self._quiet + 1 if probability < self.low else 0
            if self._inside:
                self._inside = self._quiet < self.rest
            elif self._high >= self.hold:
                self._inside = True
                chimes.append(self._step)
            self._step += 1
        return chimes


def make_rule(name: str, threshold: float = 0.5, *, step_seconds: float = COURSE_STEP) -> Rule:
    """The rule of this name: "hysteresis", "2021" or "2018".

    The rules count steps of the course's network; for one whose steps last longer, they count as many fewer.
    """
    if name not in RULES:
        raise InputError(f"there is no chime rule {name!r}; choose one of {', '.join(RULES)}")

    def steps(count: int) -> int:
        return max(1, round(count * COURSE_STEP / step_seconds))

    if name == "hysteresis":
        return Hysteresis(threshold, hold=steps(5), rest=steps(15))
    return Consecutive(threshold, count=steps(20)) if name == "2021" else Gap(threshold, gap=steps(75))


def _share(threshold: float) -> float:
    if not 0 < threshold < 1:
        raise InputError(f"the threshold is {threshold}; give a probability between 0 and 1")
    return float(threshold)


@dataclass(frozen=True)
class Span:
    """A stretch of steps with the highest probability in it; both ends belong to it."""

    first: int
    last: int
    peak: float


def spans_above(probabilities: np.ndarray, threshold: float) -> list[Span]:
    """The longest stretches of steps whose probability is above the threshold, in order."""
    above = np.concatenate([[False], np.asarray(probabilities) > threshold, [False]])
    firsts, ends = np.flatnonzero(above[1:] & ~above[:-1]), np.flatnonzero(above[:-1] & ~above[1:])
    return [
        Span(int(first), int(end) - 1, float(np.max(probabilities[first:end])))
        for first, end in zip(firsts, ends, strict=True)
    ]


def make_chime(rate: int = 44_100) -> np.ndarray:
    """The project's own chime: two bell tones a fourth apart, 0.9 s, int16 (frames,), at about -20 dBFS."""
    time = np.arange(int(0.9 * rate)) / rate
    sound = np.zeros(len(time))
    for start, pitch in ((0.0, 880.0), (0.12, 1174.66)):
        after = np.clip(time - start, 0, None)
        for partial, amplitude, decay in ((1.0, 1.0, 5.0), (2.76, 0.4, 9.0), (5.4, 0.15, 16.0)):
            sound += amplitude * np.exp(-decay * after) * np.sin(2 * np.pi * pitch * partial * after)
    sound *= 0.3 / np.max(np.abs(sound)) * np.clip(np.linspace(60, 0, len(time)), 0, 1)
    return np.rint(sound * 32767).astype(np.int16)
