"""Around a solo: chords in a comping rhythm whose voices move little, a walking bass, and all of it as a `Score`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from common.midi import Note, Program, Score, Tempo, TimeSignature, Track
from week1.jazz_solo.grammar import TWELFTHS, Tone
from week1.jazz_solo.harmony import Changes, Harmony

GUITAR, ELECTRIC_PIANO, BASS = 26, 4, 32  # General MIDI programs, counted from zero
_VOICING = range(46, 64)
_VOICING_CENTRE = 55
_BASS_REGISTER = range(28, 48)
_BASS_CENTRE = 37
# Where a bar's chords are struck: (start, length) in twelfths; a change inside the bar is always struck.
_COMPS = (
    ((0, 10), (18, 8)),
    ((0, 16), (30, 8)),
    ((6, 8), (24, 14)),
    ((0, 8), (18, 6), (36, 8)),
    ((0, 40),),
    ((12, 8), (30, 10)),
)


def swing(time: int, ratio: float) -> float:
    """A time in twelfths as quarters, the second eighth of each quarter at `ratio` of it (0.5 straight, 2/3 triplets).

    Times on the triplet grid stay where they are, those between are stretched with their half of the quarter.
    """
    quarter, rest = divmod(time, TWELFTHS)
    if rest % 4 == 0:
        return time / TWELFTHS
    place = rest / TWELFTHS
    return quarter + (place * 2 * ratio if place <= 0.5 else ratio + (place - 0.5) * 2 * (1 - ratio))


def voice(harmony: Harmony, before: Sequence[int]) -> tuple[int, ...]:
    """The chord as pitches from low to high: each tone in the octave where the voices move least from `before`."""
    centre = before or (_VOICING_CENTRE,)
    pitches = set()
    for tone in sorted(harmony.tones):
        places = [pitch for pitch in _VOICING if pitch % 12 == tone]
        pitches.add(
            min(places, key=lambda pitch: (min(abs(pitch - other) for other in centre), abs(pitch - _VOICING_CENTRE)))
        )
    return tuple(sorted(pitches))


def comp(changes: Changes, bars: int, rng: np.random.Generator, *, bar: int = 48, ratio: float = 0.5) -> list[Note]:
    """Chords under `bars` bars, a rhythm for every two bars; every change is struck."""
    notes: list[Note] = []
    voicing: tuple[int, ...] = ()
    pattern = 0
    for number in range(bars):
        if number % 2 == 0:
            pattern = int(rng.integers(len(_COMPS)))
        struck = {number * bar + start: length for start, length in _COMPS[pattern] if start < bar}
        for start in _changes_in(changes, number * bar, (number + 1) * bar):
            struck.setdefault(start, 9)
        times = sorted(struck)
        for time, following in zip(times, [*times[1:], (number + 1) * bar], strict=True):
            harmony = changes.at(time)
            voicing = voice(harmony, voicing)
            end = min(time + struck[time], following, _next_change(changes, time, following))
            velocity = int(rng.integers(54, 66))
            notes += [Note(pitch, velocity, swing(time, ratio), swing(end, ratio), 1) for pitch in voicing]
    return notes


def _changes_in(changes: Changes, start: int, end: int) -> list[int]:
    return [time for time in changes.starts if start <= time < end]


def _next_change(changes: Changes, time: int, end: int) -> int:
    return min([start for start in changes.starts if time < start < end], default=end)


def walk(changes: Changes, bars: int, rng: np.random.Generator, *, bar: int = 48) -> list[Note]:
    """A bass note every quarter: the bass tone where a chord begins, chord tones between, a step into the next one."""
    notes: list[Note] = []
    pitch = _BASS_CENTRE
    for time in range(0, bars * bar, TWELFTHS):
        harmony = changes.at(time)
        begins = time in changes.starts or time % bar == 0
        coming = changes.at(min(time + TWELFTHS, bars * bar - 1))
        if begins:
            pitch = _bass_pitch([harmony.bass], pitch)
        elif (time + TWELFTHS) in changes.starts or (time + TWELFTHS) % bar == 0:
            goal = _bass_pitch([coming.bass], pitch)
            pitch = goal + int(rng.choice([-1, 1, 2, -2] if abs(goal - pitch) > 1 else [-2, 2]))
        else:
            others = sorted(tone for tone in harmony.tones if tone != pitch % 12)
            pitch = _bass_pitch([int(rng.choice(others))], pitch + int(rng.integers(-3, 4)))
        velocity = 84 if begins else int(rng.integers(70, 80))
        notes.append(Note(pitch, velocity, time / TWELFTHS, (time + 11) / TWELFTHS, 2))
    return notes


def _bass_pitch(classes: Sequence[int], near: int) -> int:
    """The pitch of these classes nearest to `near`, drawn towards the middle of the register."""
    places = [pitch for pitch in _BASS_REGISTER if pitch % 12 in classes]
    return min(places, key=lambda pitch: abs(pitch - near) + 0.4 * abs(pitch - _BASS_CENTRE))


def solo_notes(tones: Sequence[Tone], *, ratio: float = 0.5, velocities: Sequence[int] | None = None) -> list[Note]:
    """The solo's notes as MIDI notes on channel 0; without velocities, off-beats are struck a little harder."""
    notes = []
    for place, tone in enumerate(tones):
        if tone.pitch is not None:
            loud = velocities[place] if velocities else (96 if tone.start % TWELFTHS else 88)
            notes.append(Note(tone.pitch, loud, swing(tone.start, ratio), swing(tone.end, ratio), 0))
    return notes


def arrange(
    solo: Sequence[Note],
    changes: Changes,
    bars: int,
    rng: np.random.Generator,
    *,
    tempo: float = 132.0,
    ratio: float = 0.5,
    bar: int = 48,
) -> Score:
    """A score of three tracks ("Solo", "Chords", "Bass") of `bars` bars; `tempo` in quarters a minute."""
    parts = (
        ("Solo", GUITAR, 0, list(solo)),
        ("Chords", ELECTRIC_PIANO, 1, comp(changes, bars, rng, bar=bar, ratio=ratio)),
        ("Bass", BASS, 2, walk(changes, bars, rng, bar=bar)),
    )
    tracks = tuple(
        Track(tuple(sorted(notes, key=lambda note: (note.start, note.pitch))), name, (Program(0.0, channel, program),))
        for name, program, channel, notes in parts
    )
    return Score(
        tracks,
        tempos=(Tempo(0.0, round(60e6 / tempo)),),
        time_signatures=(_signature(bar),),
    )


def _signature(bar: int) -> TimeSignature:
    """The metre of bars of so many twelfths: in quarters, eighths or sixteenths, as coarse as it goes."""
    for denominator, unit in ((4, 12), (8, 6), (16, 3)):
        if bar % unit == 0:
            return TimeSignature(0.0, bar // unit, denominator)
    return TimeSignature(0.0, max(1, round(bar / 3)), 16)
