"""Rules that tidy an improvised line; each takes tones and gives new ones, and never edits its argument.

A rule is `rule(tones, changes, rng) -> tones` with keyword options; what it does not draw it does not ask `rng` for.
`prune` applies `RULES` in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from week1.jazz_solo.grammar import TWELFTHS, Tone
from week1.jazz_solo.harmony import Changes, Harmony

Rule = Callable[[Sequence[Tone], Changes, np.random.Generator], list[Tone]]
LARGEST_OUTSIDE = 0.12
_STEP = 2


def keep_register(
    tones: Sequence[Tone], changes: Changes, rng: np.random.Generator, *, centre: int | None = None
) -> list[Tone]:
    """Each phrase (up to a rest of a quarter or more) in the octave that brings its middle nearest to `centre`.

    Without a centre, that of the whole line's median.
    """
    line = list(tones)
    pitches = [tone.pitch for tone in line if tone.pitch is not None]
    if not pitches:
        return line
    goal = float(np.median(pitches)) if centre is None else centre
    begin = 0
    for place, tone in enumerate(line):
        ends = place == len(line) - 1 or (tone.pitch is None and tone.length >= TWELFTHS)
        if not ends:
            continue
        phrase = line[begin : place + 1]
        sounding = [one.pitch for one in phrase if one.pitch is not None]
        if sounding:
            octaves = round((goal - float(np.mean(sounding))) / 12)
            line[begin : place + 1] = [_moved(one, 12 * octaves) for one in phrase]
        begin = place + 1
    return line


def _moved(tone: Tone, semitones: int) -> Tone:
    return tone if tone.pitch is None else tone._replace(pitch=tone.pitch + semitones)


def vary_repeats(tones: Sequence[Tone], changes: Changes, rng: np.random.Generator, *, most: int = 2) -> list[Tone]:
    """No more than `most` equal pitches in a row: a further one moves to a neighbour that the chord's scale has."""
    line = list(tones)
    run, last = 0, None
    for place, tone in enumerate(line):
        if tone.pitch is None:
            continue
        run = run + 1 if tone.pitch == last else 1
        if run > most:
            near = [tone.pitch + way for way in (-2, -1, 1, 2)]
            inside = [pitch for pitch in near if changes.at(tone.start).inside(pitch)]
            line[place] = tone._replace(pitch=int(rng.choice(inside or near)))
            run = 1
        last = line[place].pitch
    return line


def fold_leaps(tones: Sequence[Tone], changes: Changes, rng: np.random.Generator, *, largest: int = 13) -> list[Tone]:
    """A leap of more than `largest` semitones is made smaller by an octave."""
    line = list(tones)
    last: int | None = None
    for place, tone in enumerate(line):
        if tone.pitch is None:
            continue
        pitch = tone.pitch
        while last is not None and abs(pitch - last) > largest:
            pitch += 12 if pitch < last else -12
        line[place] = tone._replace(pitch=pitch)
        last = pitch
    return line


def resolve_outside(tones: Sequence[Tone], changes: Changes, rng: np.random.Generator) -> list[Tone]:
    """A note outside chord and scale stays only if it is short and the next note follows by a step and is inside."""
    line = list(tones)
    for place, tone in enumerate(line):
        if tone.pitch is None or changes.at(tone.start).inside(tone.pitch):
            continue
        after = line[place + 1] if place + 1 < len(line) else None
        resolves = (
            after is not None
            and after.pitch is not None
            and 0 < abs(after.pitch - tone.pitch) <= _STEP
            and changes.at(after.start).inside(after.pitch)
        )
        if not resolves or tone.length > TWELFTHS:
            line[place] = tone._replace(pitch=_inside_near(tone.pitch, changes.at(tone.start)))
    return line


def limit_outside(
    tones: Sequence[Tone], changes: Changes, rng: np.random.Generator, *, share: float = LARGEST_OUTSIDE
) -> list[Tone]:
    """At most this share of the notes outside chord and scale; `rng` chooses which ones move to the nearest inside."""
    line = list(tones)
    notes = sum(tone.pitch is not None for tone in line)
    outside = [
        place
        for place, tone in enumerate(line)
        if tone.pitch is not None and not changes.at(tone.start).inside(tone.pitch)
    ]
    surplus = len(outside) - int(share * notes)
    for place in rng.permutation(len(outside))[: max(surplus, 0)]:
        tone = line[outside[place]]
        line[outside[place]] = tone._replace(pitch=_inside_near(tone.pitch, changes.at(tone.start)))
    return line


def land(tones: Sequence[Tone], changes: Changes, rng: np.random.Generator) -> list[Tone]:
    """The last note before a rest of a quarter or more, and the last of all, is a tone of the chord."""
    line = list(tones)
    for place, tone in enumerate(line):
        after = line[place + 1] if place + 1 < len(line) else None
        ends = after is None or (after.pitch is None and after.length >= TWELFTHS)
        if ends and tone.pitch is not None:
            harmony = changes.at(tone.start)
            near = [pitch for way in range(7) for pitch in (tone.pitch - way, tone.pitch + way)]
            line[place] = tone._replace(pitch=next(p for p in near if p % 12 in harmony.tones))
    return line


def _inside_near(pitch: int, harmony: Harmony) -> int:
    return next(p for way in range(7) for p in (pitch - way, pitch + way) if harmony.inside(p))


RULES: tuple[Rule, ...] = (fold_leaps, vary_repeats, resolve_outside, limit_outside, land)


def prune(
    tones: Sequence[Tone],
    changes: Changes,
    rng: np.random.Generator,
    *,
    rules: Sequence[Rule] = RULES,
    centre: int | None = None,
) -> list[Tone]:
    """All rules, one after the other; with a `centre`, `keep_register` before them."""
    line = list(tones) if centre is None else keep_register(tones, changes, rng, centre=centre)
    for rule in rules:
        line = rule(line, changes, rng)
    return line
