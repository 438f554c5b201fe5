"""The course's last step: from improvised values to a line over the piece's chords, as a score.

The course walks through a third of its chord sets, asks the model for fifty values for each, puts them over the chords
of one measure, and writes all with 130 quarters a minute. Approach and other tones are made chord tones, lengths are
rounded to quarters of a quarter, and a note that repeats one at the same place is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from common.midi import Note, Program, Score, Tempo, Track
from week1.jazz_solo.arrangement import GUITAR
from week1.jazz_solo.course_corpus import CourseCorpus
from week1.jazz_solo.grammar import TWELFTHS, Token, Tone, unparse

TEMPO = 130
_GRID = 3  # twelfths: a quarter of a quarter
_FIRST = Token("C", _GRID)


@dataclass(frozen=True)
class CourseMusic:
    """What was improvised: the tones of each chord set, and all of it as a score."""

    sets: tuple[tuple[Tone, ...], ...]
    score: Score


def chord_sets(corpus: CourseCorpus) -> range:
    """The numbers of the chord sets that are walked through: the first third but set 0."""
    return range(1, len(corpus.chords) // 3)


def improvise_as_the_course(corpus: CourseCorpus, values: Callable[[], Sequence[int]], *, seed: int = 0) -> CourseMusic:
    """A line over each chord set.

    Args:
        corpus: the piece; its vocabulary says what a value means.
        values: asks the model; ids into `corpus.vocabulary`.
        seed: decides between equally near pitches.
    """
    words = corpus.vocabulary
    rng = np.random.default_rng(seed)
    begin, sets = 0, []
    for number in chord_sets(corpus):
        tokens = tame([_FIRST, *(Token.read(words[value]) for value in values())])
        changes = corpus.chords[number]
        tones = drop_echoes(
            unparse(tokens, lambda time, changes=changes: changes.at(changes.starts[0] + time), rng=rng)
        )
        sets.append(tuple(tone._replace(start=tone.start + begin) for tone in tones))
        begin = max(tone.end for tone in sets[-1])
    notes = tuple(
        Note(tone.pitch, 90, tone.start / TWELFTHS, tone.end / TWELFTHS)
        for tones in sets
        for tone in tones
        if tone.pitch is not None
    )
    track = Track(notes, "Solo", (Program(0.0, 0, GUITAR),))
    return CourseMusic(tuple(sets), Score((track,), tempos=(Tempo(0.0, round(60e6 / TEMPO)),)))


def tame(tokens: Sequence[Token]) -> list[Token]:
    """Approach and other tones become chord tones; lengths whole quarters of a quarter, at least one."""
    return [
        replace(
            token,
            kind="C" if token.kind in "AX" else token.kind,
            length=max(_GRID, _GRID * round(token.length / _GRID)),
        )
        for token in tokens
    ]


def drop_echoes(tones: Sequence[Tone]) -> list[Tone]:
    """The tones without those that begin where the one before began, with its pitch."""
    pairs = zip([None, *tones], tones, strict=False)
    return [
        tone for before, tone in pairs if before is None or (before.start, before.pitch) != (tone.start, tone.pitch)
    ]
