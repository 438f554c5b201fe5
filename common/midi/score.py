"""What a MIDI file says, as plain values: notes in quarters, tracks, the maps of tempo and time signature."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

DRUM_CHANNEL = 9  # "channel 10" of the General MIDI standard, which counts from one
USUAL_MICROSECONDS = 500_000  # a quarter where the file names no tempo: 120 a minute (Standard MIDI Files 1.0)
USUAL_BAR = (4, 4)


class Note(NamedTuple):
    """A note: pitch 0..127 (60 is middle C), velocity 1..127, start and end in quarters, channel 0..15."""

    pitch: int
    velocity: int
    start: float
    end: float
    channel: int = 0

    @property
    def duration(self) -> float:
        """Its length in quarters, >= 0."""
        return self.end - self.start


class Tempo(NamedTuple):
    """From `time` (quarters) on, a quarter lasts `microseconds`."""

    time: float
    microseconds: int

    @property
    def per_minute(self) -> float:
        """Quarters a minute."""
        return 60e6 / self.microseconds


class TimeSignature(NamedTuple):
    """From `time` (quarters) on, bars of `numerator` notes of 1/`denominator`."""

    time: float
    numerator: int
    denominator: int

    @property
    def bar(self) -> float:
        """The length of a bar in quarters."""
        return 4 * self.numerator / self.denominator


class KeySignature(NamedTuple):
    """From `time` (quarters) on, `sharps` sharps (negative: flats), major or `minor`."""

    time: float
    sharps: int
    minor: bool = False


class Program(NamedTuple):
    """From `time` (quarters) on, `channel` sounds with General MIDI `program` (0..127, counted from zero)."""

    time: float
    channel: int
    program: int


class Control(NamedTuple):
    """A control change: `controller` 0..127 (7 volume, 10 panorama, 11 expression, 64 pedal), value 0..127."""

    time: float
    channel: int
    controller: int
    value: int


class Bend(NamedTuple):
    """From `time` (quarters) on, `channel` is bent by `value` / 8192 of its range (usually two semitones)."""

    time: float
    channel: int
    value: int


@dataclass(frozen=True)
class Track:
    """One track: notes in the order in which they begin, and what shapes their sound.

    Attributes:
        notes: ordered by start; equal starts in the order of the file.
        name: the track's name, or empty.
        programs, controls, bends: in order of time.
        end: where the track ends, in quarters; at least the last note's end.
    """

    notes: tuple[Note, ...] = ()
    name: str = ""
    programs: tuple[Program, ...] = ()
    controls: tuple[Control, ...] = ()
    bends: tuple[Bend, ...] = ()
    end: float = 0.0

    def __post_init__(self):
        object.__setattr__(self, "end", max([float(self.end), *(note.end for note in self.notes)]))

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels that have notes, ascending."""
        return tuple(sorted({note.channel for note in self.notes}))

    @property
    def program(self) -> int:
        """The program of the first note's channel when that note begins (0, a piano, where none was set)."""
        if not self.notes:
            return self.programs[0].program if self.programs else 0
        first = self.notes[0]
        mine = [change for change in self.programs if change.channel == first.channel]
        before = [change.program for change in mine if change.time <= first.start]
        return before[-1] if before else (mine[0].program if mine else 0)

    def only(self, channel: int) -> Track:
        """This track with what belongs to `channel` only."""
        kinds = ("notes", "programs", "controls", "bends")
        kept = {kind: tuple(one for one in getattr(self, kind) if one.channel == channel) for kind in kinds}
        return replace(self, **kept)


@dataclass(frozen=True)
class Score:
    """A piece: tracks and what holds for all of them. Every time is in quarters from the beginning.

    Attributes:
        tracks: as the file has them (track 0 of a format 1 file usually has no notes).
        ticks_per_quarter: the file's resolution, 1..32767.
        tempos, time_signatures, key_signatures: in order of time; where none is given, 120 a minute and 4/4 hold.
        remarks: sentences about what reading found odd and how it was taken; not part of equality.
    """

    tracks: tuple[Track, ...]
    ticks_per_quarter: int = 480
    tempos: tuple[Tempo, ...] = ()
    time_signatures: tuple[TimeSignature, ...] = ()
    key_signatures: tuple[KeySignature, ...] = ()
    remarks: tuple[str, ...] = field(default=(), compare=False)

    @property
    def end(self) -> float:
        """Where the last track ends, in quarters."""
        return max((track.end for track in self.tracks), default=0.0)

    @property
    def duration(self) -> float:
        """How long the piece lasts, in seconds."""
        return float(self.seconds(self.end))

    def notes(self) -> list[Note]:
        """All notes of all tracks, ordered by start."""
        return sorted((note for track in self.tracks for note in track.notes), key=lambda note: note.start)

    def seconds(self, quarters: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Seconds from the beginning at each time in quarters; the same shape, float64."""
        times, micros = _steps(self.tempos, USUAL_MICROSECONDS)
        begins = np.concatenate([[0.0], np.cumsum(np.diff(times) * micros[:-1])])
        quarters = np.asarray(quarters, np.float64)
        at = np.clip(np.searchsorted(times, quarters, side="right") - 1, 0, None)
        return (begins[at] + (quarters - times[at]) * micros[at]) / 1e6

    def bar_lines(self, end: float | None = None) -> np.ndarray:
        """Where each bar begins, in quarters, from 0 to the last one that begins before `end` (the piece's end).

        A new time signature begins a new bar. Shape (bars,), float64; at least one bar.
        """
        end = self.end if end is None else end
        changes = [(0.0, TimeSignature(0.0, *USUAL_BAR).bar), *((one.time, one.bar) for one in self.time_signatures)]
        stops = [*(time for time, _ in changes[1:]), max(end, changes[-1][0] + 1e-9)]
        lines = [
            start + bar * np.arange(math.ceil((min(stop, end) - start) / bar - 1e-9))
            for (start, bar), stop in zip(changes, stops, strict=True)
            if min(stop, end) > start
        ]
        return np.concatenate(lines) if lines else np.zeros(1)

    def split_channels(self) -> Score:
        """The same piece with one track a track and channel: a format 0 file becomes parts. Empty tracks go."""
        parts = [track.only(channel) for track in self.tracks for channel in track.channels]
        return replace(self, tracks=tuple(parts))

    def excerpt(self, start: float, end: float) -> Score:
        """The notes that begin in [start, end), moved so that `start` is 0 and cut at `end`; maps move along."""

        def moved(time: float) -> float:  # on the same ticks, without the subtraction's rounding
            return round((min(time, end) - start) * self.ticks_per_quarter) / self.ticks_per_quarter

        def kept(events: Sequence, kind: Callable = lambda one: 0) -> tuple:
            before = {kind(one): one._replace(time=0.0) for one in events if one.time <= start}
            later = (one._replace(time=moved(one.time)) for one in events if start < one.time < end)
            return (*before.values(), *later)

        tracks = [
            Track(
                notes=tuple(
                    note._replace(start=moved(note.start), end=moved(note.end))
                    for note in track.notes
                    if start <= note.start < end
                ),
                name=track.name,
                programs=kept(track.programs, lambda one: one.channel),
                controls=kept(track.controls, lambda one: (one.channel, one.controller)),
                bends=kept(track.bends, lambda one: one.channel),
                end=max(moved(track.end), 0.0),
            )
            for track in self.tracks
        ]
        maps = {name: kept(getattr(self, name)) for name in ("tempos", "time_signatures", "key_signatures")}
        return replace(self, tracks=tuple(tracks), **maps)


def _steps(tempos: Sequence[Tempo], usual: int) -> tuple[np.ndarray, np.ndarray]:
    """The times at which the tempo changes, from 0 on, and the microseconds a quarter from each on."""
    first = [Tempo(0.0, usual)] if not tempos or tempos[0].time > 0 else []
    steps = np.array([*first, *tempos], np.float64)
    return steps[:, 0], steps[:, 1]
