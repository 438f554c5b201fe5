"""Which track is what: a melody is one line in a singing register, chords are notes that begin together, a bass is low.

Facts of a track, from its notes alone:

    alone      share of notes that begin by themselves and end before the next is half over: 1 for one line
    together   share of onsets at which three or more pitch classes begin within a sixteenth of a quarter
    pitch      median MIDI number
    bars       share of the piece's bars in which it plays
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.midi import DRUM_CHANNEL, Note, Score

_TOGETHER = 1 / 16  # quarters
_MELODY_ALONE, _MELODY_LOWEST, _BASS_HIGHEST, _CHORDS_TOGETHER = 0.6, 52, 50, 0.25
_FEWEST_NOTES = 8
_PERCUSSIVE_PROGRAMS = range(112, 128)


@dataclass(frozen=True)
class Part:
    """What a track's notes say about it; the shares are explained in the module's docstring."""

    number: int
    name: str
    notes: int
    alone: float
    together: float
    pitch: float
    bars: float
    pitches: int
    drums: bool

    def __str__(self) -> str:
        name = f" ({self.name})" if self.name else ""
        if self.drums:
            return f"track {self.number}{name}: drums"
        kind = "one line" if self.alone >= _MELODY_ALONE else "chords" if self.together >= _CHORDS_TOGETHER else "mixed"
        return f"track {self.number}{name}: {self.notes} notes, {kind}, around MIDI pitch {self.pitch:.0f}"


def describe_parts(score: Score, *, start: float = 0.0, end: float | None = None) -> list[Part]:
    """The tracks that have notes between `start` and `end` (quarters), with the facts of these notes."""
    end = score.end if end is None else end
    bars = np.append(score.bar_lines(), np.inf)
    parts = []
    for number, track in enumerate(score.tracks):
        notes = [note for note in track.notes if start <= note.start < end]
        if notes:
            drums = notes[0].channel == DRUM_CHANNEL or track.program in _PERCUSSIVE_PROGRAMS
            parts.append(_part(number, track.name.strip(), notes, bars, (start, end), drums))
    return parts


def _part(
    number: int, name: str, notes: Sequence[Note], bars: np.ndarray, window: tuple[float, float], drums: bool
) -> Part:
    begins = np.array([note.start for note in notes])
    ends = np.array([note.end for note in notes])
    pitches = np.array([note.pitch for note in notes])
    gaps = np.append(np.diff(begins), np.inf)
    alone = (gaps > _TOGETHER) & (np.append(np.inf, gaps[:-1]) > _TOGETHER)
    alone &= ends <= np.append((begins[1:] + ends[1:]) / 2, np.inf)
    groups = np.cumsum(np.append(0, np.diff(begins) > _TOGETHER))
    classes = np.bincount(np.unique(groups * 12 + pitches % 12) // 12)
    played = {int(np.searchsorted(bars, begin, side="right")) for begin in begins}
    all_bars = max(1, int(((bars[:-1] >= window[0] - 1e-6) & (bars[:-1] < window[1])).sum()))
    return Part(
        number,
        name,
        len(notes),
        float(alone.mean()),
        float(np.mean(classes >= 3)),
        float(np.median(pitches)),
        min(1.0, len(played) / all_bars),
        len(set(pitches.tolist())),
        drums,
    )


def find_melody(parts: Sequence[Part], name: str, *, fewest: int = _FEWEST_NOTES) -> Part:
    """The track most like a solo: one line, high enough, playing much and with many different pitches.

    Raises InputError where none is one line; the sentence lists what was found.
    """
    lines = [part for part in parts if not part.drums and part.alone >= _MELODY_ALONE and part.pitch >= _MELODY_LOWEST]
    if not lines:
        raise InputError(
            f"{name}: no melody was found (a line of single notes at or above MIDI pitch {_MELODY_LOWEST}); "
            f"it holds {_listing(parts)}; name one with --melody-track"
        )
    longest = max(lines, key=lambda part: part.notes)
    if longest.notes < fewest:
        raise InputError(
            f"{name}: the melody is too short ({longest}; at least {fewest} are needed); give more bars or another file"
        )
    lines = [part for part in lines if part.notes >= fewest]
    return max(lines, key=lambda part: (part.bars * part.alone * min(part.pitches, 24), part.notes))


def find_chords(parts: Sequence[Part], name: str, *, melody: int) -> list[Part]:
    """The tracks whose onsets are chords, the one with the most first; at most the two best.

    Raises InputError where there is none; the sentence lists what was found.
    """
    chords = [part for part in parts if not part.drums and part.number != melody and part.together >= _CHORDS_TOGETHER]
    if not chords:
        raise InputError(
            f"{name}: no chords were found (three or more notes that begin together); it holds {_listing(parts)}; "
            "name their track with --chord-track"
        )
    return sorted(chords, key=lambda part: -part.bars * part.together)[:2]


def find_bass(parts: Sequence[Part], *, others: Sequence[int]) -> Part | None:
    """The lowest single line, where it is low enough to be a bass."""
    lines = [
        part
        for part in parts
        if not part.drums
        and part.number not in others
        and part.alone >= _MELODY_ALONE
        and part.pitch <= _BASS_HIGHEST
        and part.notes >= _FEWEST_NOTES
    ]
    return min(lines, key=lambda part: part.pitch, default=None)


def _listing(parts: Sequence[Part]) -> str:
    return "; ".join(map(str, parts)) if parts else "no notes at all"
