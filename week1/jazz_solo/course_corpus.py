"""How the course reads its piece, from the file's events: the grammars of eighteen measures, in two versions.

The course reads the piece with music21, and what comes out depends on its release. Both are rebuilt here:

- "2018" (music21 up to 5): the melody's notes and nothing else: 193 tokens, 78 of them distinct;
- "2021" (music21 6): notes are put into voices, each into the first that is free, and the gaps of the first voice
  become rests: 275 tokens, 90 distinct: the same 78 and twelve lengths of rests. One of them lasts 71 quarters, because
  the last rest reaches to the next note, far outside the window.

Times and lengths are on the grid of `grammar.quantise`; a length of zero becomes a quarter of a quarter. Chords are the
accompaniment's notes that begin and end together, within a sixteenth of a quarter. A measure is read on the chords that
begin in it. Intervals have their usual names, and the first note of a measure has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.midi import Note, Score
from common.seeding import legacy_numpy_seed
from week1.jazz_solo.grammar import Token, Tone, parse, quantise
from week1.jazz_solo.harmony import Changes, course_chord
from week1.jazz_solo.theory import named_interval

MELODY_TRACK, CHORD_TRACK = 11, 6
WINDOW = (476, 548)  # quarters, both ends included
VERSIONS = ("2018", "2021")
_MEASURE = 48  # twelfths in a measure of 4/4
_SHORTEST = 3
_TOGETHER = 1 / 16  # quarters


@dataclass(frozen=True)
class CourseCorpus:
    """What the course learns from.

    Attributes:
        version: "2018" or "2021".
        measures: the tokens of each measure.
        chords: the chords that begin in each measure, one entry more than there are measures.
    """

    version: str
    measures: tuple[tuple[Token, ...], ...]
    chords: tuple[Changes, ...]

    @property
    def words(self) -> list[str]:
        """All tokens as words, in order."""
        return [str(token) for measure in self.measures for token in measure]

    @property
    def vocabulary(self) -> list[str]:
        """The distinct words in alphabetical order (the course's own order is that of a set, so it has none)."""
        return sorted(set(self.words))


def read_course_corpus(
    score: Score,
    version: str = "2018",
    *,
    melody: int = MELODY_TRACK,
    accompaniment: int = CHORD_TRACK,
    window: tuple[float, float] = WINDOW,
) -> CourseCorpus:
    """The corpus of the course's piece (or of another, read in the course's way).

    Args:
        score: the piece.
        version: which of the two.
        melody, accompaniment: track numbers.
        window: first and last onset, in quarters; the first begins a measure.

    Raises:
        InputError: an unknown version, a track that is not there, or a measure of melody without chords.
    """
    if version not in VERSIONS:
        raise InputError(f"there is no corpus {version!r}; choose {' or '.join(VERSIONS)}")
    last_track = max(melody, accompaniment)
    if last_track >= len(score.tracks):
        raise InputError(f"the piece has {len(score.tracks)} tracks and so no track {last_track}; name others")
    tones = _tones(score, melody)
    tones = sorted(tones, key=lambda tone: tone.start) if version == "2018" else _in_voices(tones)
    chords = _chords(score, accompaniment)
    first = int(window[0] * 12) // _MEASURE
    grouped = _by_measure([tone for tone in tones if window[0] * 12 <= tone.start <= window[1] * 12])
    changes = {
        number: Changes(tuple(start for start, _ in group), tuple(course_chord(pitches) for _, pitches in group))
        for number, group in _by_measure([one for one in chords if window[0] * 12 <= one[0] <= window[1] * 12]).items()
    }
    for number in grouped:
        if number not in changes:
            raise InputError(f"measure {number - first + 1} has a melody and no chord; choose other tracks or a window")
    measures = (tuple(parse(group, changes[number].at, interval=named_interval)) for number, group in grouped.items())
    return CourseCorpus(version, tuple(measures), tuple(changes.values()))


def _tones(score: Score, track: int) -> list[Tone]:
    ticks = score.ticks_per_quarter

    def tone(note: Note) -> Tone:
        start, end = round(note.start * ticks), round(note.end * ticks)
        return Tone(quantise(start, ticks), quantise(end - start, ticks) or _SHORTEST, note.pitch)

    return [tone(note) for note in score.tracks[track].notes]


def _by_measure(items: list) -> dict[int, list]:
    """Items that begin with a time, by the number of the measure in which they begin, in order of time."""
    groups: dict[int, list] = {}
    for item in sorted(items, key=lambda item: item[0] // _MEASURE):
        groups.setdefault(item[0] // _MEASURE, []).append(item)
    return groups


def _in_voices(tones: list[Tone]) -> list[Tone]:
    """Each note into the first voice that is free; the first voice's gaps as rests; rests first where several begin."""
    voices: list[list[Tone]] = []
    for tone in sorted(tones, key=lambda tone: tone.start):
        free = next((voice for voice in voices if voice[-1].end <= tone.start), None)
        if free is None:
            voices.append([tone])
        else:
            free.append(tone)
    first = voices[0] if voices else []
    rests = [
        Tone(before.end, after.start - before.end, None)
        for before, after in zip(first, first[1:], strict=False)
        if after.start > before.end
    ]
    return sorted(rests + [tone for voice in voices for tone in voice], key=lambda tone: tone.start)


def _chords(score: Score, track: int) -> list[tuple[int, tuple[int, ...]]]:
    """(start in twelfths, MIDI numbers) of notes that begin and end together; a note may belong to two chords."""
    notes = sorted(score.tracks[track].notes, key=lambda note: note.start)
    joined: set[int] = set()
    chords = []
    for place, note in enumerate(notes):
        if place in joined:
            continue
        group = [note.pitch]
        for other in range(place + 1, len(notes)):
            if notes[other].start - note.start > _TOGETHER:
                break
            if abs(notes[other].end - note.end) <= _TOGETHER:
                group.append(notes[other].pitch)
                joined.add(other)
        if len(group) > 1:
            start = quantise(round(note.start * score.ticks_per_quarter), score.ticks_per_quarter)
            chords.append((start, tuple(group)))
    return chords


def course_arrays(
    ids: np.ndarray, n_values: int, *, m: int = 60, Tx: int = 30, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The course's training examples: X (m, Tx, n_values), Y (Tx, m, n_values) float64 one-hot, and the m starts.

    Each example is a window of Tx tokens from a start that NumPy's legacy generator draws. X is shifted by one step:
    X[:, 0] is zero, X[:, t] is token t - 1, Y[t] is token t for t < Tx - 1, and Y[Tx - 1] is zero.
    """
    if len(ids) <= Tx:
        raise InputError(f"{len(ids)} tokens are too few for a window of {Tx}; give a longer piece or a shorter window")
    with legacy_numpy_seed(seed):
        starts = np.array([np.random.choice(len(ids) - Tx) for _ in range(m)])
    windows = np.asarray(ids)[starts[:, np.newaxis] + np.arange(Tx - 1)]
    hot = np.eye(n_values)[windows]
    X, Y = np.zeros((m, Tx, n_values)), np.zeros((m, Tx, n_values))
    X[:, 1:], Y[:, :-1] = hot, hot
    return X, np.swapaxes(Y, 0, 1), starts
