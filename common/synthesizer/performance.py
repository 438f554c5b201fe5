"""A score as it is played: seconds instead of quarters, the pedal's long notes, programs, bends and volumes.

Controllers act on a channel, whatever track they stand in (General MIDI 1): 64 holds notes, 7 and 11 set the volume,
10 the place between left and right, 101/100/6 the range of bends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from common.midi import DRUM_CHANNEL, Control, Note, Score

PEDAL, VOLUME, PANORAMA, EXPRESSION = 64, 7, 10, 11
USUAL_VOLUME, USUAL_EXPRESSION = 100, 127
SHORTEST = 0.03  # seconds that a note sounds at least


@dataclass(frozen=True)
class Curve:
    """A value that jumps: `values[i]` from `times[i]` seconds on, `usual` before the first."""

    times: np.ndarray
    values: np.ndarray
    usual: float

    def at(self, seconds: float | np.ndarray) -> np.ndarray:
        """The value at each time, float64 of the same shape."""
        where = np.searchsorted(self.times, seconds, side="right")
        return np.concatenate([[self.usual], self.values])[where]

    def jumps(self, start: float, end: float) -> bool:
        """Whether it changes between start and end."""
        first, last = np.searchsorted(self.times, (start, end), side="right")
        return bool(last > first)

    def changes(self, start: float, end: float) -> bool:
        """Whether it is anything but `usual` at some time from start to end."""
        first, last = np.searchsorted(self.times, (start, end), side="right")
        return bool(np.any(self.values[max(first - 1, 0) : last] != self.usual))


@dataclass(frozen=True)
class Part:
    """What one channel of one track plays; arrays of shape (notes,), times in seconds.

    Attributes:
        pitch, velocity, program: int64.
        start, end: float64; the pedal and the shortest length are in `end`.
        drums: it is the drum channel.
        bend: semitones.
        volume: 0 to 1.
        place: -1 left to 1 right, or None where the file does not say.
    """

    pitch: np.ndarray
    velocity: np.ndarray
    program: np.ndarray
    start: np.ndarray
    end: np.ndarray
    drums: bool
    bend: Curve
    volume: Curve
    place: float | None


def parts_of(score: Score) -> list[Part]:
    """The parts that have notes, in the order of tracks and channels."""
    found = []
    for track in score.tracks:
        by_channel: dict[int, list[Note]] = {}
        for note in track.notes:
            by_channel.setdefault(note.channel, []).append(note)
        found += [_part(score, channel, by_channel[channel]) for channel in sorted(by_channel)]
    return found


def _part(score: Score, channel: int, notes: list[Note]) -> Part:
    pitch, velocity, start, end, _ = np.array(notes, np.float64).T
    start, end = score.seconds(start), score.seconds(end)
    controls = [one for track in score.tracks for one in track.controls if one.channel == channel]
    programs = [one for track in score.tracks for one in track.programs if one.channel == channel]
    program = _curve(score, ((one.time, one.program) for one in programs), programs[0].program if programs else 0)
    places = [one.value for one in controls if one.controller == PANORAMA]
    return Part(
        pitch=pitch.astype(np.int64),
        velocity=velocity.astype(np.int64),
        program=program.at(start).astype(np.int64),
        start=start,
        end=np.maximum(_held(score, start, end, pitch, controls), start + SHORTEST),
        drums=channel == DRUM_CHANNEL,
        bend=_bend(score, channel, controls),
        volume=_volume(score, controls),
        place=(places[0] - 64) / 64 if places else None,
    )


def _curve(score: Score, steps: Iterable[tuple[float, float]], usual: float) -> Curve:
    ordered = np.array(sorted(steps, key=lambda step: step[0]), np.float64).reshape(-1, 2)
    return Curve(score.seconds(ordered[:, 0]), ordered[:, 1], usual)


def _bend(score: Score, channel: int, controls: list[Control]) -> Curve:
    """Semitones; the range is the last one that the registered parameter 0 was set to."""
    semitones, parameter = 2.0, {101: 127, 100: 127}
    for one in sorted(controls, key=lambda one: one.time):
        if one.controller in parameter:
            parameter[one.controller] = one.value
        elif one.controller == 6 and set(parameter.values()) == {0}:
            semitones = min(one.value, 24)
    bends = [one for track in score.tracks for one in track.bends if one.channel == channel]
    return _curve(score, ((one.time, one.value / 8192 * semitones) for one in bends), 0.0)


def _volume(score: Score, controls: list[Control]) -> Curve:
    """(volume * expression) squared, as General MIDI recommends, over the usual 100 * 127."""
    now = {VOLUME: USUAL_VOLUME, EXPRESSION: USUAL_EXPRESSION}
    steps = []
    for one in sorted(controls, key=lambda one: one.time):
        if one.controller in now:
            now[one.controller] = one.value
            steps.append((one.time, (now[VOLUME] * now[EXPRESSION] / (USUAL_VOLUME * USUAL_EXPRESSION)) ** 2))
    return _curve(score, steps, 1.0)


def _held(score: Score, start: np.ndarray, end: np.ndarray, pitch: np.ndarray, controls: list[Control]) -> np.ndarray:
    """Ends moved to where the pedal goes up, or to the next note of the same pitch if that is sooner."""
    pedal = _curve(score, ((one.time, one.value >= 64) for one in controls if one.controller == PEDAL), 0.0)
    if not pedal.values.any():
        return end
    ups = pedal.times[pedal.values == 0]
    held = pedal.at(end) > 0
    where = np.searchsorted(ups, end, side="right")
    until = np.append(ups, max(end.max(), pedal.times[-1]))[where]
    again = np.full(len(start), np.inf)
    last: dict[float, float] = {}
    for index in np.argsort(-start, kind="stable"):
        again[index] = last.get(pitch[index], np.inf)
        last[pitch[index]] = start[index]
    return np.where(held, np.maximum(end, np.minimum(until, again)), end)
