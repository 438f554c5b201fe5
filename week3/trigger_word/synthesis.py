"""Training examples as the course makes them: words put into a quiet background at random places that do not overlap.

The course's rule, draw by draw: 0 to 4 trigger words, their numbers in the list, for each a place; then 0 to 2 other
words in the same way. A place is drawn again while it overlaps one that is taken: in 2021 six times more, after which
the clip is left out; in 2018 until one is free. Then the whole is brought to -20 dBFS.

`course_example` gives bit for bit what pydub gives, at several times its speed: the quieter background is kept, only
what a clip touches is computed again, and one spectrogram is taken of the samples in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from common.errors import InputError
from common.mixing import apply_gain, energy, level_of_energy, overlay_onto
from common.spectrogram import Framing, power_frames
from week3.trigger_word.data import EXAMPLE_MS, TARGET_DBFS, TY, Clip, frame_of, label_after

Segment = tuple[int, int]
Draw = Callable[..., Any]  # draw(low, high, size=None): integers from low up to, but not, high
BACKGROUND_DB = -20
RETRIES = {"2021": 6, "2018": None}
NO_PLACE: Segment = (EXAMPLE_MS, EXAMPLE_MS)


@dataclass(frozen=True)
class Event:
    """A word in an example: first and last millisecond, "activate" or "negative", and the clip's name."""

    start_ms: int
    end_ms: int
    kind: str
    clip: str


@dataclass(frozen=True)
class Example:
    """A training example.

    Attributes:
        samples: the sound at 44,100 Hz: int16 (441000,) or (441000, 2).
        labels: (1375,) uint8.
        events: the words in it, in the order in which they were put there.
        background: its name.
    """

    samples: np.ndarray
    labels: np.ndarray
    events: tuple[Event, ...]
    background: str

    def features(self, dtype: Any = np.float64) -> np.ndarray:
        """The course's spectrogram of the first channel, (5511, 101)."""
        return features(self.samples, dtype)


def features(samples: np.ndarray, dtype: Any = np.float64) -> np.ndarray:
    """The course's spectrogram of the first channel, time first: (frames, 101)."""
    return power_frames(samples if samples.ndim == 1 else samples[:, 0], Framing(), dtype)


def random_segment(segment_ms: int, draw: Draw) -> Segment:
    """A random place for so many milliseconds in the 10 s: (first, last).

    Raises:
        InputError: it is as long as the background, or longer.
    """
    if not 0 < segment_ms < EXAMPLE_MS:
        raise InputError(
            f"a clip of {segment_ms} ms does not fit into a background of {EXAMPLE_MS} ms; cut the word out"
        )
    start = int(draw(0, EXAMPLE_MS - segment_ms))
    return start, start + segment_ms - 1


def overlaps(segment: Segment, taken: Sequence[Segment]) -> bool:
    """Whether a segment shares at least one millisecond with one that is taken; both ends belong to a segment."""
    start, end = segment
    return any(start <= last and end >= first for first, last in taken)


def has_room(segment_ms: int, taken: Sequence[Segment]) -> bool:
    """Whether some place that can be drawn is free."""
    starts = [0, *(last + 1 for _, last in taken)]
    return any(
        start < EXAMPLE_MS - segment_ms and not overlaps((start, start + segment_ms - 1), taken) for start in starts
    )


def find_place(segment_ms: int, taken: Sequence[Segment], draw: Draw, *, version: str = "2021") -> Segment | None:
    """A free place drawn by the course's rule; None where 2021's rule gives up.

    Raises:
        InputError: no place is free, and 2018's rule would draw for ever.
    """
    retries = RETRIES[version]
    if retries is None and not has_room(segment_ms, taken):
        raise InputError(f"there is no free place for a clip of {segment_ms} ms among {len(taken)} others; take fewer")
    segment = random_segment(segment_ms, draw)
    while overlaps(segment, taken) and (retries is None or retries > 0):
        segment = random_segment(segment_ms, draw)
        retries = None if retries is None else retries - 1
    return None if overlaps(segment, taken) else segment


@dataclass
class _Sound:
    """The mix so far with its energy, which is kept up to date where a clip changes it."""

    samples: np.ndarray
    energy: float
    taken: list[Segment] = field(default_factory=list)

    def add(self, clip: Clip, start_ms: int) -> None:
        """Mix a clip in; a mono background becomes stereo with its first stereo clip, as pydub has it."""
        if self.samples.ndim == 1 and clip.samples.ndim == 2:
            self.samples, self.energy = np.repeat(self.samples[:, None], 2, axis=1), 2 * self.energy
        frame = frame_of(start_ms)
        part = self.samples[frame : frame + len(clip.samples)]
        self.energy -= energy(part)
        overlay_onto(self.samples, clip.samples, frame)
        self.energy += energy(part)


class CourseSynthesis:
    """Makes the course's training examples of clips; keeps each background 20 dB quieter once it has been used.

    Args:
        backgrounds: of 10 s each.
        activates, negatives: clips shorter than that; None where a list has a gap that no draw meets.
        version: "2021" or "2018", the rule for finding places.
    """

    def __init__(
        self,
        backgrounds: Sequence[Clip],
        activates: Sequence[Clip | None],
        negatives: Sequence[Clip | None],
        *,
        version: str = "2021",
    ):
        if version not in RETRIES:
            raise InputError(f"there is no version {version!r} of the course's rule; choose 2018 or 2021")
        self.backgrounds, self.activates, self.negatives = list(backgrounds), list(activates), list(negatives)
        self.version = version
        self._quiet: dict[int, tuple[np.ndarray, float]] = {}

    def example(self, background: int, draw: Draw) -> Example:
        """An example in the background of this number; `draw` is `np.random.randint` for the course's own draws."""
        quiet, quiet_energy = self._quieter(background)
        sound = _Sound(quiet.copy(), quiet_energy)
        labels = np.zeros(TY, np.uint8)
        events = [*self._insert(sound, labels, self.activates, "activate", draw)]
        events += self._insert(sound, labels, self.negatives, "negative", draw)
        gain = TARGET_DBFS - level_of_energy(sound.energy, sound.samples.size)
        samples = apply_gain(sound.samples, gain)
        return Example(samples, labels, tuple(events), self.backgrounds[background].name)

    def features(self, background: int, draw: Draw, dtype: Any = np.float64) -> tuple[np.ndarray, np.ndarray]:
        """(features (5511, 101), labels (1375,)) of an example, without its second channel's final samples."""
        quiet, quiet_energy = self._quieter(background)
        sound = _Sound(quiet.copy(), quiet_energy)
        labels = np.zeros(TY, np.uint8)
        for clips, kind in ((self.activates, "activate"), (self.negatives, "negative")):
            self._insert(sound, labels, clips, kind, draw)
        gain = TARGET_DBFS - level_of_energy(sound.energy, sound.samples.size)
        first = sound.samples if sound.samples.ndim == 1 else np.ascontiguousarray(sound.samples[:, 0])
        return features(apply_gain(first, gain), dtype), labels

    def _quieter(self, background: int) -> tuple[np.ndarray, float]:
        if background not in self._quiet:
            quiet = apply_gain(self.backgrounds[background].samples, BACKGROUND_DB)
            self._quiet[background] = quiet, energy(quiet)
        return self._quiet[background]

    def _insert(
        self, sound: _Sound, labels: np.ndarray, clips: Sequence[Clip | None], kind: str, draw: Draw
    ) -> list[Event]:
        count = int(draw(0, 5 if kind == "activate" else 3))
        events = []
        for number in draw(0, len(clips), size=count):
            clip = clips[number]
            if clip is None:
                raise InputError(f"{kind} number {number} was drawn, and the list has a gap there; give every clip")
            place = find_place(clip.milliseconds, sound.taken, draw, version=self.version)
            if place is None:
                continue
            sound.taken.append(place)
            sound.add(clip, place[0])
            events.append(Event(*place, kind, clip.name))
            if kind == "activate":
                label_after(labels, place[1])
        return events
