"""Pitches by name, intervals between names, the quality of a chord and the scale that fits it: arithmetic on integers.

A MIDI number has one usual name (C, C#, D, E-, E, F, F#, G, G#, A, B-, B; `-` is a flat). An interval between two names
is a pair: steps of the staff and semitones. Its name follows from the pair:

    quality + ["-" where it goes down] + (|steps| + 1)        P4, m-3 (a minor third down), dd5, A1

Pairs add and subtract like vectors, so no music library is needed to read a file. The conventions are music21's (its
`Interval.directedName`, `Chord.quality` and `Scale.derive`), which is the tests' oracle.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

from common.errors import InputError

PITCH_NAMES = ("C", "C#", "D", "E-", "E", "F", "F#", "G", "G#", "A", "B-", "B")
MAJOR, DORIAN = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 9, 10)
_LETTERS = "CDEFGAB"
_STEP_OF = tuple(_LETTERS.index(name[0]) for name in PITCH_NAMES)
_PERFECT = (0, 3, 4)  # unison, fourth, fifth (and their octaves): perfect instead of major and minor
_TONICS = ("C", "C#", "D-", "D", "D#", "E-", "E", "F", "F#", "G", "G#", "A", "B-", "B", "C-")
_INTERVAL = re.compile(r"(P|M|m|A{1,6}|d{1,6})(-?)([1-9]\d?)")
# Which members speak for a root when thirds do not simply stack up, and how loudly (third first).
_ROOT_MEMBERS = ((3, 1 / 6), (5, 1 / 7), (7, 1 / 8), (2, 1 / 9), (4, 1 / 10), (6, 1 / 11))


class Interval(NamedTuple):
    """The way from one named pitch to another: steps of the staff and semitones, both negative downwards."""

    steps: int
    semitones: int

    def plus(self, other: Interval) -> Interval:
        """One interval after the other."""
        return Interval(self.steps + other.steps, self.semitones + other.semitones)

    def minus(self, other: Interval) -> Interval:
        """This interval, then the other one backwards."""
        return Interval(self.steps - other.steps, self.semitones - other.semitones)


MINOR_THIRD = Interval(2, 3)
_PLAIN = ((0, 0), (1, 1), (1, 2), (2, 3), (2, 4), (3, 5), (3, 6), (4, 7), (5, 8), (5, 9), (6, 10), (6, 11))


def named_interval(first: int, second: int) -> Interval:
    """The interval between the usual names of two MIDI numbers; the key matters: C# to F is a d4, C to E a M3."""
    return Interval(_staff_place(second) - _staff_place(first), second - first)


def plain_interval(first: int, second: int) -> Interval:
    """The interval with the simplest name for this number of semitones, the same in every key (6 semitones: A4)."""
    octaves, rest = divmod(abs(second - first), 12)
    steps, semitones = _PLAIN[rest]
    sign = 1 if second >= first else -1
    return Interval(sign * (steps + 7 * octaves), sign * (semitones + 12 * octaves))


def _staff_place(pitch: int) -> int:
    return pitch // 12 * 7 + _STEP_OF[pitch % 12]


def interval_name(interval: Interval) -> str:
    """The name, such as "m-3"; InputError where it would need more than six sharps or flats."""
    steps, semitones = interval
    size = abs(steps)
    usual = MAJOR[size % 7] + 12 * (size // 7)
    wide = (semitones if steps >= 0 else -semitones) - usual
    narrow = wide if size % 7 in _PERFECT else wide + 1
    if wide > 6 or narrow < -6:
        raise InputError(f"an interval of {steps} steps and {semitones} semitones has no name; spell it otherwise")
    if wide > 0:
        quality = "A" * wide
    elif wide == 0:
        quality = "P" if size % 7 in _PERFECT else "M"
    else:
        quality = "d" * -narrow or "m"
    return f"{quality}{'-' if steps < 0 else ''}{size + 1}"


@functools.cache
def parse_interval(name: str) -> Interval:
    """The inverse of `interval_name`; InputError where it is not the name of an interval."""
    match = _INTERVAL.fullmatch(name)
    if not match:
        raise InputError(f"{name!r} is not the name of an interval; write one such as P4, m-3, A2, dd5")
    quality, down, number = match.group(1), bool(match.group(2)), int(match.group(3))
    size = number - 1
    perfect = size % 7 in _PERFECT
    if (quality == "P") != perfect and quality in "PMm":
        raise InputError(f"{name!r} is not the name of an interval; a {number} has another quality")
    if down and size == 0:
        raise InputError(f"{name!r} is not the name of an interval; a unison has no direction")
    shift = {"P": 0, "M": 0, "m": -1}.get(quality, len(quality))
    if quality[0] == "d":
        shift = -len(quality) - (0 if perfect else 1)
    semitones = MAJOR[size % 7] + 12 * (size // 7) + shift
    return Interval(-size, -semitones) if down else Interval(size, semitones)


# ---- chords and scales, in the names' terms


def chord_root(pitches: Sequence[int]) -> int:
    """The root of a chord of MIDI numbers: the pitch on which the names stack up in thirds, else the one with the most.

    A single name is its own root; all seven letters have their bass as the root.
    """
    by_step: dict[int, int] = {}
    for pitch in pitches:
        by_step.setdefault(_STEP_OF[pitch % 12], pitch)
    if len(by_step) == 7:
        return min(pitches)
    steps = sorted(by_step)
    for place, step in enumerate(steps):
        order = steps[place:] + steps[:place]
        if all((high - low) % 7 == 2 for low, high in zip(order, order[1:], strict=False)):
            return by_step[step]
    return max(by_step.values(), key=lambda pitch: _rootness(pitch, by_step))


def _rootness(pitch: int, by_step: dict[int, int]) -> float:
    step = _STEP_OF[pitch % 12]
    return sum(weight for member, weight in _ROOT_MEMBERS if (step + member - 1) % 7 in by_step)


def chord_quality(pitches: Sequence[int]) -> str:
    """The triad on the root by the pitches' names: "major", "minor", "diminished", "augmented" or "other"."""
    root = chord_root(pitches)
    members = {number: _member(pitches, root, number) for number in (1, 3, 5)}
    third, fifth = members[3], members[5]
    if not third or any(len(set(one)) > 1 for one in members.values()):
        return "other"
    if not fifth:
        return {4: "major", 3: "minor"}.get(third[0], "other")
    triads = {(4, 7): "major", (3, 7): "minor", (4, 8): "augmented", (3, 6): "diminished"}
    return triads.get((third[0], fifth[0]), "other")


def _member(pitches: Sequence[int], root: int, number: int) -> list[int]:
    """Semitones above the root, modulo 12, of the pitches whose letter is the chord's third (3), fifth (5) ..."""
    step = (_STEP_OF[root % 12] + number - 1) % 7
    return [(pitch - root) % 12 for pitch in pitches if _STEP_OF[pitch % 12] == step]


def fitting_scale(pitches: Sequence[int]) -> tuple[str, ...]:
    """The seven names of the major scale (for a major triad) or else the dorian scale that holds most of the chord.

    Of equally good ones the one with the highest tonic in C..B. The names are spelled from the tonic, so a scale may
    hold A- where the usual name of that pitch is G#; the token language compares names.
    """
    pattern = MAJOR if chord_quality(pitches) == "major" else DORIAN
    return _best_scale(frozenset(pitch % 12 for pitch in pitches), pattern)


@functools.cache
def _best_scale(classes: frozenset[int], pattern: tuple[int, ...]) -> tuple[str, ...]:
    def rank(tonic: str) -> tuple[int, int, int]:
        held = {name_class(name) for name in spell_scale(tonic, pattern)}
        return len(classes & held), _semitones(tonic), _TONICS.index(tonic)

    return spell_scale(max(_TONICS, key=rank), pattern)


@functools.cache
def spell_scale(tonic: str, pattern: tuple[int, ...]) -> tuple[str, ...]:
    """The names of a seven-note scale, one letter each."""
    letter, alteration = _LETTERS.index(tonic[0]), tonic.count("#") - tonic.count("-")
    names = []
    for degree, above in enumerate(pattern):
        octave, place = divmod(letter + degree, 7)
        sharps = MAJOR[letter] + alteration + above - MAJOR[place] - 12 * octave
        names.append(_LETTERS[place] + "#" * sharps + "-" * -sharps)
    return tuple(names)


def name_class(name: str) -> int:
    """The pitch class 0..11 of a name."""
    return _semitones(name) % 12


def _semitones(name: str) -> int:
    return MAJOR[_LETTERS.index(name[0])] + name.count("#") - name.count("-")
