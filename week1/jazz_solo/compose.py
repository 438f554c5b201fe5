"""The piece that ships: a seeded composition of solos over four sets of changes, by rules that can be read and changed.

    blues in F, three choruses | II-V-I through falling keys, twice | rhythm changes in Bb, two choruses | minor tune

A chorus is made of four-bar units: a call of two bars and a response of two. A motif is a rhythm and a contour in steps
of the scale; it comes back in sequence (on the next chords), inverted, displaced by an eighth, cut to its head, and
answered. On strong beats and at the ends of phrases stand chord tones; what leads into them often comes from a semitone
away. Over a chorus the register rises to a peak and comes home.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from common.midi import Score
from common.seeding import make_rng
from week1.jazz_solo.arrangement import arrange, solo_notes
from week1.jazz_solo.grammar import Tone
from week1.jazz_solo.harmony import Changes, Harmony, read_changes

BAR = 48
TEMPO = 138
_LOWEST, _HIGHEST = 55, 84

BLUES = "F7 Bb7 F7 Cm7,F7  Bb7 Bdim7 F7 Am7b5,D7b9  Gm7 C7 F7,D7 Gm7,C7"
FALLING = (
    "Dm7 G7 Cmaj7 Cmaj7  Cm7 F7 Bbmaj7 Bbmaj7  Bbm7 Eb7 Abmaj7 Abmaj7  Am7b5 D7b9 Gm6 Gm6 "
    "Gm7 C7 Fmaj7 Fmaj7  Fm7 Bb7 Ebmaj7 Ebmaj7  Em7b5 A7b9 Dm6 Dm6  Dm7 G7 Cmaj7 Cmaj7"
)
_RHYTHM_A = "Bbmaj7,G7 Cm7,F7 Dm7,G7 Cm7,F7  Fm7,Bb7 Ebmaj7,Ab7 Dm7,G7 Cm7,F7"
RHYTHM = f"{_RHYTHM_A} {_RHYTHM_A}  D7 D7 G7 G7 C7 C7 F7 F7  {_RHYTHM_A}"
MINOR = (
    "Cm7 Cm7 Fm7 Bb7  Ebmaj7 Abmaj7 Dm7b5 G7b9 "
    "Cm7 Cm7 Fm7 Bb7  Ebmaj7 Abmaj7 Dm7b5,G7b9 Cm6 "
    "Gm7 C7 Fmaj7 Fmaj7  Fm7 Bb7 Ebmaj7 G7b9 "
    "Cm7 Cm7 Fm7 Bb7  Ebmaj7 Abmaj7 Dm7b5,G7b9 Cm6"
)
FORMS = (*[BLUES] * 3, FALLING, FALLING, RHYTHM, RHYTHM, MINOR)

# Rhythms of two bars in eighths: x begins a note, - holds it, . rests; "33" is a quarter of three triplets.
_CALLS = (
    "..x-xxxxx-.x--..",
    ".xxxxxxxx-......",
    "x-.xx-.x--xxx-..",
    "..33xxxxxxx-....",
    ".x-x.xxx.xxxx-..",
    "...xxxxxxxxx.x--",
    "x--x--xxxxx-.x-.",
    "xxx-..xxxx33x-..",
    ".xxx.xxx.xxxx-..",
    "x-xxx-xxx-.x-...",
)
_RESPONSES = (
    "..xxx-.xx-......",
    "x-xxxxxxxxx-....",
    "....x-xxx--.....",
    ".xxx.xxx.x-x--..",
    "..x--x--xxx-....",
    "x-33x-xxx-......",
    ".x-xxxxxxx-.....",
    "...xx-xxx-.x--..",
)
_LINES = (
    ".xxxxxxxxxxxxxxxxxxxxxxxxx-.....",
    "xxxxxxxx33xxxxxxxxxxxx.xxxx-....",
    "..xxxxxxxxx-.xxxxxxxxxxxx-xx-...",
    "x-xxxxxxxxxxxx33xxxxxxxxx---....",
)
# Contours in steps of the scale, from each note to the next; used over and over.
_CONTOURS = (
    (2, 2, 2, -1, -1, -1, -1),
    (-1, -1, -1, 2, -1, -1),
    (1, 1, -3, 1, 1, 2),
    (2, -1, 2, -1, 2, -4),
    (-2, -2, 1, 4, -1, -1),
    (1, -2, 1, 4, -2, -1, -1),
    (4, -1, -1, -1, -2, 1),
    (-1, 2, -1, 2, 2, -3),
)


@dataclass(frozen=True)
class Motif:
    """A rhythm, as (start, length) in twelfths, and a contour in steps of the scale."""

    rhythm: tuple[tuple[int, int], ...]
    contour: tuple[int, ...]

    def inverted(self) -> Motif:
        """Up for down."""
        return replace(self, contour=tuple(-step for step in self.contour))

    def displaced(self, by: int, length: int) -> Motif:
        """Later by `by` twelfths; what would pass the end of `length` is left out."""
        moved = tuple((start + by, held) for start, held in self.rhythm if start + by + held <= length)
        return replace(self, rhythm=moved)

    def head(self) -> Motif:
        """Its first bar, twice."""
        first = tuple((start, min(held, BAR - start)) for start, held in self.rhythm if start < BAR)
        notes = len(first)
        contour = tuple(self.contour[place % len(self.contour)] for place in range(max(notes - 1, 1)))
        return Motif(first + tuple((start + BAR, held) for start, held in first), (*contour, -1))


def read_rhythm(text: str) -> tuple[tuple[int, int], ...]:
    """(start, length) in twelfths of each note of a rhythm written in eighths."""
    notes: list[tuple[int, int]] = []
    place = 0
    while place < len(text):
        start = place * 6
        if text[place : place + 2] == "33":
            notes += [(start, 4), (start + 4, 4), (start + 8, 4)]
            place += 2
            continue
        if text[place] == "x":
            notes.append((start, 6))
        elif text[place] == "-":
            notes[-1] = (notes[-1][0], notes[-1][1] + 6)
        place += 1
    return tuple(notes)


def compose(seed: int = 0) -> tuple[Score, Changes, int]:
    """The piece: its score, its changes and its number of bars."""
    rng = make_rng(seed, "solo")
    text = " ".join(FORMS)
    changes, bars = read_changes(text, bar=BAR), len(text.split())
    tones: list[Tone] = []
    pitch, begin = 67, 0
    for number, form in enumerate(FORMS):
        chorus = _chorus(changes, begin, len(form.split()), pitch, rng, eager=number / (len(FORMS) - 1))
        tones += chorus
        pitch = chorus[-1].pitch
        begin += len(form.split()) * BAR
    velocities = _velocities(tones, rng)
    notes = solo_notes(tones, velocities=velocities)
    return arrange(notes, changes, bars, make_rng(seed, "accompaniment"), tempo=TEMPO), changes, bars


def _chorus(
    changes: Changes, begin: int, bars: int, pitch: int, rng: np.random.Generator, *, eager: float
) -> list[Tone]:
    """One chorus of four-bar units; `eager` 0..1 makes long lines likelier as the piece goes on."""
    motif = Motif(read_rhythm(str(rng.choice(_CALLS))), _CONTOURS[rng.integers(len(_CONTOURS))])
    answer = Motif(read_rhythm(str(rng.choice(_RESPONSES))), _CONTOURS[rng.integers(len(_CONTOURS))])
    tones: list[Tone] = []
    units = bars // 4
    for unit in range(units):
        start = begin + unit * 4 * BAR
        arc = np.sin(np.pi * min(1.0, (unit + 0.5) / units * 0.9))
        centre = 66 + 9 * arc
        for offset, phrase in _unit(unit, motif, answer, rng, eager):
            made = _realise(phrase, changes, start + offset, pitch, centre, rng)
            tones += made
            pitch = made[-1].pitch if made else pitch
    return tones


def _unit(unit: int, motif: Motif, answer: Motif, rng: np.random.Generator, eager: float) -> list[tuple[int, Motif]]:
    """(offset, motif) of the phrases in a four-bar unit: statement, then what its place in the chorus asks for."""
    two = 2 * BAR
    if unit and rng.random() < 0.2 + 0.35 * eager:
        line = Motif(read_rhythm(str(rng.choice(_LINES))), _CONTOURS[rng.integers(len(_CONTOURS))])
        return [(0, line)]
    plans = (
        [(0, motif), (two, answer)],
        [(0, motif), (two, motif.inverted())],
        [(0, motif.displaced(6, two)), (two, answer)],
        [(0, motif.head()), (two, answer.inverted())],
        [(0, motif), (two, motif.displaced(6, two))],
        [(0, answer), (two, motif.head())],
    )
    return list(plans[0] if unit == 0 else plans[int(rng.integers(1, len(plans)))])


def _realise(
    motif: Motif, changes: Changes, begin: int, pitch: int, centre: float, rng: np.random.Generator
) -> list[Tone]:
    """The motif as notes: first the strong ones on chord tones, then the others between them."""
    rhythm = motif.rhythm
    wanted = _contour_pitches(motif, changes, begin, pitch, centre)
    strong = [_is_strong(rhythm, place) for place in range(len(rhythm))]
    pitches: list[int] = []
    for place, (start, length) in enumerate(rhythm):
        here = changes.at(begin + start)
        there = changes.at(begin + start + length - 1)
        before = pitches[-1] if pitches else None
        pitches.append(_chord_tone(wanted[place], here, there, before) if strong[place] else wanted[place])
    for place in range(len(rhythm)):
        if not strong[place]:
            following = pitches[place + 1] if place + 1 < len(rhythm) and strong[place + 1] else None
            here = changes.at(begin + rhythm[place][0])
            before = pitches[place - 1] if place else None
            pitches[place] = _weak(pitches[place], before, following, here, rng)
    return [Tone(begin + start, length, p) for (start, length), p in zip(rhythm, pitches, strict=True)]


def _is_strong(rhythm: Sequence[tuple[int, int]], place: int) -> bool:
    """On the first or third beat, long, or the last of the phrase."""
    start, length = rhythm[place]
    return start % 24 == 0 or length >= 12 or place == len(rhythm) - 1


def _contour_pitches(motif: Motif, changes: Changes, begin: int, pitch: int, centre: float) -> list[int]:
    """The contour walked along the scales of the chords, drawn towards the centre where it strays."""
    pitch = round((pitch + centre) / 2)
    pitches = []
    for place, (start, _) in enumerate(motif.rhythm):
        scale = _scale_pitches(changes.at(begin + start))
        index = min(range(len(scale)), key=lambda number: abs(scale[number] - pitch))
        step = 0 if place == 0 else motif.contour[(place - 1) % len(motif.contour)]
        if abs(scale[index] - centre) > 7 and (scale[index] - centre) * step > 0:
            step = -step
        pitch = scale[max(0, min(len(scale) - 1, index + step))]
        pitches.append(pitch)
    return pitches


def _scale_pitches(harmony: Harmony) -> list[int]:
    return [pitch for pitch in range(_LOWEST, _HIGHEST + 1) if pitch % 12 in harmony.scale]


def _chord_tone(wanted: int, here: Harmony, there: Harmony, before: int | None) -> int:
    """The chord tone nearest to the wanted pitch, thirds and sevenths a little nearer, no plain repetition.

    A note that lasts into the next chord should belong to that one, too.
    """
    colour = {(here.root + above) % 12 for above in (3, 4, 10, 11)}

    def cost(pitch: int) -> float:
        stranger = 3.0 * (not there.inside(pitch))
        return abs(pitch - wanted) - 0.9 * (pitch % 12 in colour) + 2.5 * (pitch == before) + stranger

    tones = [pitch for pitch in range(_LOWEST, _HIGHEST + 1) if pitch % 12 in here.tones]
    return min(tones, key=cost)


def _weak(wanted: int, before: int | None, following: int | None, here: Harmony, rng: np.random.Generator) -> int:
    """A note off the beat: often a semitone or a scale step from the strong note that follows, else the contour's."""
    if following is not None:
        side = 1 if wanted > following else -1
        roll = rng.random()
        if roll < 0.3:
            return following + side if following + side != before else following - side
        if roll < 0.8:
            steps = [following + side * away for away in (1, 2, 3)]
            near = [pitch for pitch in steps if pitch % 12 in here.scale and pitch != before]
            if near:
                return near[0]
    if wanted == before:
        scale = _scale_pitches(here)
        others = [pitch for pitch in scale if 0 < abs(pitch - wanted) <= 4]
        return int(rng.choice(others))
    return wanted


def _velocities(tones: Sequence[Tone], rng: np.random.Generator) -> list[int]:
    """Off-beat notes and peaks of the line harder, weak passing notes softer."""
    loud = []
    for place, tone in enumerate(tones):
        around = [other.pitch for other in tones[max(0, place - 2) : place + 3]]
        peak = tone.pitch == max(around)
        syncopated = tone.start % 12 == 6 and tone.length >= 9
        loud.append(int(80 + 10 * peak + 10 * syncopated - 6 * (tone.start % 12 == 6) + rng.integers(-3, 4)))
    return loud
