"""What sounds under the solo: a chord with its tones and its scale; from a symbol, from notes, or by the course's rule.

A symbol is a root (C, Db, F#), a quality (see `QUALITIES`) and perhaps a bass (C7/E). Each quality has its tones and
the scale that players use on it (chord-scale theory: dorian on m7, mixolydian on 7, locrian on m7b5), in semitones.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from common.errors import InputError
from week1.jazz_solo import theory

IONIAN, MIXOLYDIAN, DORIAN = (0, 2, 4, 5, 7, 9, 11), (0, 2, 4, 5, 7, 9, 10), (0, 2, 3, 5, 7, 9, 10)
LYDIAN, LOCRIAN, MELODIC_MINOR = (0, 2, 4, 6, 7, 9, 11), (0, 1, 3, 5, 6, 8, 10), (0, 2, 3, 5, 7, 9, 11)
WHOLE_HALF, HALF_WHOLE = (0, 2, 3, 5, 6, 8, 9, 11), (0, 1, 3, 4, 6, 7, 9, 10)
WHOLE_TONE, ALTERED, LYDIAN_DOMINANT = (0, 2, 4, 6, 8, 10), (0, 1, 3, 4, 6, 8, 10), (0, 2, 4, 6, 7, 9, 10)


class Quality(NamedTuple):
    """Tones and scale above the root in semitones, and other ways to write the quality."""

    tones: tuple[int, ...]
    scale: tuple[int, ...]
    aliases: tuple[str, ...] = ()


QUALITIES = {
    "": Quality((0, 4, 7), IONIAN, ("maj", "M")),
    "6": Quality((0, 4, 7, 9), IONIAN, ("maj6", "M6")),
    "maj7": Quality((0, 4, 7, 11), IONIAN, ("M7", "Maj7", "^7", "^", "Δ", "Δ7", "j7")),
    "maj9": Quality((0, 2, 4, 7, 11), IONIAN, ("M9", "^9")),
    "69": Quality((0, 2, 4, 7, 9), IONIAN, ("6/9",)),
    "maj7#11": Quality((0, 4, 6, 7, 11), LYDIAN, ("M7#11", "^7#11")),
    "7": Quality((0, 4, 7, 10), MIXOLYDIAN, ("dom7",)),
    "9": Quality((0, 2, 4, 7, 10), MIXOLYDIAN),
    "13": Quality((0, 2, 4, 7, 9, 10), MIXOLYDIAN),
    "7sus4": Quality((0, 5, 7, 10), MIXOLYDIAN, ("7sus", "9sus4")),
    "sus4": Quality((0, 5, 7), MIXOLYDIAN, ("sus",)),
    "7b9": Quality((0, 1, 4, 7, 10), HALF_WHOLE),
    "7#9": Quality((0, 3, 4, 7, 10), ALTERED),
    "7alt": Quality((0, 1, 4, 8, 10), ALTERED, ("alt", "7#5b9")),
    "7#11": Quality((0, 4, 6, 7, 10), LYDIAN_DOMINANT, ("7b5",)),
    "7#5": Quality((0, 4, 8, 10), WHOLE_TONE, ("+7", "aug7", "7+")),
    "+": Quality((0, 4, 8), WHOLE_TONE, ("aug",)),
    "m": Quality((0, 3, 7), DORIAN, ("min", "-", "mi")),
    "m6": Quality((0, 3, 7, 9), DORIAN, ("min6", "-6")),
    "m7": Quality((0, 3, 7, 10), DORIAN, ("min7", "-7", "mi7")),
    "m9": Quality((0, 2, 3, 7, 10), DORIAN, ("min9", "-9")),
    "m11": Quality((0, 2, 3, 5, 7, 10), DORIAN, ("min11", "-11")),
    "mMaj7": Quality((0, 3, 7, 11), MELODIC_MINOR, ("m^7", "mM7", "-Δ7", "-^7", "mmaj7", "m(maj7)")),
    "m7b5": Quality((0, 3, 6, 10), LOCRIAN, ("ø", "ø7", "h7", "-7b5", "min7b5", "half-dim")),
    "dim": Quality((0, 3, 6), WHOLE_HALF, ("°", "o")),
    "dim7": Quality((0, 3, 6, 9), WHOLE_HALF, ("°7", "o7")),
}
_ALIASES = {alias: name for name, quality in QUALITIES.items() for alias in (name, *quality.aliases)}
_ROOTS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SYMBOL = re.compile(r"([A-G])([#b♯♭]{0,2})(.*?)(?:/([A-G])([#b♯♭]{0,2}))?")
# What `recognise` considers, the commoner first: of equally good ones the first is taken.
_RECOGNISED = ("maj7", "7", "m7", "m7b5", "dim7", "7b9", "6", "m6", "mMaj7", "7sus4", "", "m", "dim", "+", "7#5")


@dataclass(frozen=True)
class Harmony:
    """A chord with its scale.

    Attributes:
        symbol: its name, such as "Bb7".
        tones, scale: pitch classes 0..11 (0 is C); the tones need not all lie in the scale.
        root, bass: pitch classes.
    """

    symbol: str
    tones: frozenset[int]
    scale: frozenset[int]
    root: int
    bass: int = field(default=-1)

    def kind(self, pitch: int) -> str:
        """ "C" chord tone, "S" scale tone, "A" approach tone (a semitone from a chord tone), "X" anything else."""
        place = pitch % 12
        if place in self.tones:
            return "C"
        if place in self.scale:
            return "S"
        near = {(place + 1) % 12, (place - 1) % 12}
        return "A" if near & self.tones else "X"

    def inside(self, pitch: int) -> bool:
        """Whether the pitch belongs to the chord or to its scale."""
        return pitch % 12 in self.tones or pitch % 12 in self.scale


@functools.cache
def chord(symbol: str) -> Harmony:
    """The chord that a symbol names.

    Raises:
        InputError: an unknown symbol; the sentence lists the qualities that are known.
    """
    match = _SYMBOL.fullmatch(symbol.strip())
    if match is None and symbol.strip()[1:].endswith("6/9"):
        match = _SYMBOL.fullmatch(symbol.strip().replace("6/9", "69"))
    quality = _ALIASES.get(match.group(3).replace("♭", "b").replace("♯", "#").strip("()")) if match else None
    if match is None or quality is None:
        known = ", ".join(f"C{name}" for name in QUALITIES)
        raise InputError(f"{symbol!r} is not a chord symbol that is known here; the kinds that are: {known}")
    root = _pitch_class(match.group(1), match.group(2))
    bass = _pitch_class(match.group(4), match.group(5)) if match.group(4) else root
    return _harmony(symbol.strip(), root, QUALITIES[quality], bass)


def _pitch_class(letter: str, accidentals: str) -> int:
    sharps = sum(1 if sign in "#♯" else -1 for sign in accidentals or "")
    return (_LETTERS[letter] + sharps) % 12


def _harmony(symbol: str, root: int, quality: Quality, bass: int) -> Harmony:
    def above(semitones: Iterable[int]) -> frozenset[int]:
        return frozenset((root + semitone) % 12 for semitone in semitones)

    return Harmony(symbol, above(quality.tones), above(quality.scale), root, bass)


def recognise(weights: Mapping[int, float], *, bass: int | None = None) -> Harmony | None:
    """The chord that fits weighted pitches best, the same in every key; None for fewer than two pitch classes.

    Each tone of a candidate that sounds adds its share of the weight, other sounding pitch classes subtract theirs, a
    tone that is missing costs a little, and the root in the bass speaks for a candidate.

    Args:
        weights: MIDI pitch -> weight, such as how long it sounds.
        bass: the lowest pitch; by default the lowest of `weights`.
    """
    shares: dict[int, float] = {}
    for pitch, weight in weights.items():
        shares[pitch % 12] = shares.get(pitch % 12, 0.0) + weight
    total = sum(shares.values())
    if len(shares) < 2 or not total > 0:
        return None
    shares = {place: weight / total for place, weight in shares.items()}
    low = (min(weights) if bass is None else bass) % 12

    def fit(candidate: tuple[int, str]) -> float:
        root, name = candidate
        tones = [(root + tone) % 12 for tone in QUALITIES[name].tones]
        held = sum(shares.get(tone, 0.0) for tone in tones)
        missing = sum(tone not in shares for tone in tones)
        return 2 * held - 1 - 0.12 * missing + 0.15 * (root == low)

    candidates = [((low + above) % 12, name) for above in range(12) for name in _RECOGNISED]
    root, name = max(candidates, key=fit)
    return chord(_ROOTS[root] + name)


@functools.cache
def course_chord(pitches: tuple[int, ...]) -> Harmony:
    """The chord as the course reads it: these notes, and the scale that `theory.fitting_scale` spells.

    A pitch belongs to that scale only if its usual name does, as the course compares names.
    """
    names = theory.fitting_scale(pitches)
    scale = frozenset(place for place, name in enumerate(theory.PITCH_NAMES) if name in names)
    tones = frozenset(pitch % 12 for pitch in pitches)
    label = "-".join(theory.PITCH_NAMES[pitch % 12] for pitch in pitches)
    return Harmony(label, tones, scale, theory.chord_root(pitches) % 12, min(pitches) % 12)


@dataclass(frozen=True)
class Changes:
    """The chords of a piece in time: `starts[i]` (twelfths of a quarter, ascending) is where `chords[i]` begins."""

    starts: tuple[int, ...]
    chords: tuple[Harmony, ...]

    def at(self, time: int) -> Harmony:
        """The chord that sounds at `time`: the last that began, or the first of all."""
        return self.chords[max(bisect.bisect_right(self.starts, time) - 1, 0)]

    def excerpt(self, start: int, end: int) -> Changes:
        """The chords from `start` up to `end`, moved to begin at 0."""
        inside = [(time - start, one) for time, one in zip(self.starts, self.chords, strict=True) if start < time < end]
        return Changes((0, *(time for time, _ in inside)), (self.at(start), *(one for _, one in inside)))


def read_changes(text: str | Sequence[str], *, bar: int = 48) -> Changes:
    """Changes from symbols, one a bar: "Dm7 G7 Cmaj7 Cmaj7"; "Dm7,G7" shares a bar, "%" repeats the one before.

    Bar lines "|" may stand between. `bar` is a bar's length in twelfths of a quarter.

    Raises:
        InputError: no symbol, or an unknown one.
    """
    words = text.replace("|", " ").split() if isinstance(text, str) else list(text)
    starts: list[int] = []
    chords: list[Harmony] = []
    for number, word in enumerate(words):
        parts = [part for part in word.split(",") if part]
        for place, part in enumerate(parts):
            if part == "%" and not chords:
                raise InputError("the changes begin with %, which repeats a chord; begin with a chord symbol")
            starts.append(number * bar + place * bar // len(parts))
            chords.append(chords[-1] if part == "%" else chord(part))
    if not chords:
        raise InputError('there are no chords in the changes; write symbols such as "Dm7 G7 Cmaj7 Cmaj7"')
    return Changes(tuple(starts), tuple(chords))
