"""MIDI files -> a line of tones over changes.

The melody's track and the chords' are found by what their notes are like (`parts.py`) or named; the chord of each half
bar is recognised from what sounds in it; the line's rests are cut at bar lines. The course's own reading of its own
piece is `course_corpus.py`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from common.errors import InputError
from common.midi import Note, Score, read_midi
from week1.jazz_solo.grammar import TWELFTHS, Token, Tone, parse_bars, quantise, with_rests
from week1.jazz_solo.harmony import Changes, Harmony, recognise
from week1.jazz_solo.parts import describe_parts, find_bass, find_chords, find_melody
from week1.jazz_solo.theory import named_interval, plain_interval

SPELLINGS = {"plain": plain_interval, "named": named_interval}
COURSE_BARS = (120, 138)
_FEWEST_NOTES = 8
_SLIVER = 0.02  # quarters
_BARS = re.compile(r"(\d{1,5}):(\d{1,5})")


@dataclass(frozen=True)
class Piece:
    """A solo over changes.

    Attributes:
        name: the file's.
        tones: one line of notes and rests without gaps, from 0.
        changes: the chords, on the same clock.
        bars: where each bar begins, and where the last one ends, in twelfths of a quarter.
        parts: which tracks it was read from, as a sentence.
        tempo: quarters a minute at its beginning.
    """

    name: str
    tones: tuple[Tone, ...]
    changes: Changes
    bars: tuple[int, ...]
    parts: str = ""
    tempo: float = 120.0

    @property
    def notes(self) -> list[Tone]:
        """The tones that sound."""
        return [tone for tone in self.tones if tone.pitch is not None]

    def tokens(self, *, spelling: str = "plain") -> list[Token]:
        """The piece in the token language; with the "plain" spelling the same in every key."""
        return parse_bars(self.tones, self.changes, self.bars[:-1], interval=SPELLINGS[spelling])

    def transposed(self, semitones: int) -> Piece:
        """The same piece so many semitones higher, the chords with it."""
        up = [None if tone.pitch is None else tone.pitch + semitones for tone in self.tones]
        tones = tuple(tone._replace(pitch=pitch) for tone, pitch in zip(self.tones, up, strict=True))
        chords = tuple(_transpose_chord(chord, semitones) for chord in self.changes.chords)
        return replace(self, tones=tones, changes=replace(self.changes, chords=chords))


def _transpose_chord(chord: Harmony, semitones: int) -> Harmony:
    def up(classes: frozenset[int]) -> frozenset[int]:
        return frozenset((place + semitones) % 12 for place in classes)

    symbol = f"{chord.symbol}{semitones:+d}" if semitones % 12 else chord.symbol
    root, bass = (chord.root + semitones) % 12, (chord.bass + semitones) % 12
    return Harmony(symbol, up(chord.tones), up(chord.scale), root, bass)


def read_bars(text: str) -> tuple[int, int]:
    """The bars that "120:138" names: from the first, counted from 1, up to the second, which is not included."""
    match = _BARS.fullmatch(text.strip())
    if not match or not 1 <= int(match.group(1)) < int(match.group(2)):
        raise InputError(f"--bars {text}: write two bar numbers counted from 1, such as 120:138 (138 not included)")
    return int(match.group(1)), int(match.group(2))


def read_piece(
    path: str | os.PathLike[str],
    *,
    melody_track: int | None = None,
    chord_tracks: Sequence[int] = (),
    bars: tuple[int, int] | None = None,
) -> Piece:
    """Read a solo over changes from a MIDI file.

    Args:
        path: the file.
        melody_track, chord_tracks: track numbers; found by what the notes are like where they are not given.
        bars: (first, end): bars counted from 1, the end not included; by default from the melody's first to its last.

    Raises:
        InputError: no melody, no chords, too few notes, bars or tracks that are not there; the sentence says what was
            found.
    """
    return piece_of(read_midi(path), Path(path).name, melody_track=melody_track, chord_tracks=chord_tracks, bars=bars)


def piece_of(
    score: Score,
    name: str,
    *,
    melody_track: int | None = None,
    chord_tracks: Sequence[int] = (),
    bars: tuple[int, int] | None = None,
) -> Piece:
    """As `read_piece`, from a score that was read already."""
    if sum(bool(track.notes) for track in score.tracks) == 1 and melody_track is None:
        split = score.split_channels()
        score = split if len(split.tracks) > 1 else score
    for number in (melody_track, *chord_tracks):
        if number is not None and not (0 <= number < len(score.tracks) and score.tracks[number].notes):
            listing = "; ".join(map(str, describe_parts(score))) or "no notes at all"
            raise InputError(f"{name}: track {number} has no notes; the piece holds {listing}")
    lines = score.bar_lines()
    window = _window(bars, lines, score, name)
    parts = describe_parts(score, start=window[0], end=window[1])
    melody = find_melody(parts, name).number if melody_track is None else melody_track
    chords = list(chord_tracks) or [part.number for part in find_chords(parts, name, melody=melody)[:1]]
    bass = find_bass(parts, others=(melody, *chords))
    if bars is None:
        window = _played(score.tracks[melody].notes, lines, score.end)
    return _read(score, name, window, melody, chords, None if bass is None else bass.number)


def read_line(
    path: str | os.PathLike[str], changes: Changes, *, bar: int = 48, melody_track: int | None = None
) -> Piece:
    """A melody alone, to be continued over `changes`: whole bars of `bar` twelfths from its first note's bar on.

    Raises InputError where the file has no melody.
    """
    score = read_midi(path)
    name = Path(path).name
    track = find_melody(describe_parts(score), name, fewest=2).number if melody_track is None else melody_track
    tones = _line(score, track, 0, round(score.end * TWELFTHS) + bar)
    begin = min(tone.start for tone in tones) // bar * bar
    tones = [tone._replace(start=tone.start - begin) for tone in tones]
    end = -(-max(tone.start + 1 for tone in tones) // bar) * bar
    bars = tuple(range(0, end + 1, bar))
    return Piece(name, tuple(_cut_rests(with_rests(tones, 0, end), bars)), changes, bars, f"melody: track {track}")


def _window(bars: tuple[int, int] | None, lines: np.ndarray, score: Score, name: str) -> tuple[float, float]:
    if bars is None:
        return 0.0, score.end + 1
    if bars[0] > len(lines):
        raise InputError(f"{name}: has {len(lines)} bars, so none from {bars[0]} on; give other --bars")
    edges = np.append(lines, _end_of_last_bar(lines, score))
    return float(lines[bars[0] - 1]), float(edges[min(bars[1] - 1, len(lines))])


def _end_of_last_bar(lines: np.ndarray, score: Score) -> float:
    signature = score.time_signatures[-1].bar if score.time_signatures else 4.0
    return float(lines[-1] + signature)


def _played(notes: Sequence[Note], lines: np.ndarray, end: float) -> tuple[float, float]:
    """From the bar of the first note to the end of the last note's bar."""
    first = np.searchsorted(lines, notes[0].start + 1e-6, side="right") - 1
    last = np.searchsorted(lines, max(note.start for note in notes) + 1e-6, side="right")
    return float(lines[max(first, 0)]), float(lines[last]) if last < len(lines) else max(end, float(lines[-1]) + 1)


def _read(
    score: Score, name: str, window: tuple[float, float], melody: int, chords: Sequence[int], bass: int | None
) -> Piece:
    begin = round(window[0] * TWELFTHS)
    lines = [line for line in score.bar_lines() if window[0] - 1e-6 <= line < window[1] - 1e-6]
    bars = sorted({round(line * TWELFTHS) - begin for line in lines})
    signature = score.time_signatures[-1].bar if score.time_signatures else 4.0
    close = round(window[1] * TWELFTHS) - begin
    last = bars[-1] + round(signature * TWELFTHS)
    bars.append(last if close > last - 1 or close <= bars[-1] else close)
    tones = with_rests(_line(score, melody, begin, bars[-1]), 0, bars[-1])
    found = sum(tone.pitch is not None for tone in tones)
    if found < _FEWEST_NOTES:
        raise InputError(f"{name}: track {melody} has {found} notes there; at least {_FEWEST_NOTES} are needed")
    changes = _changes(score, bars, begin, chords, bass, name)
    tracks = f"melody: track {melody}, chords: track {', '.join(map(str, chords))}"
    tracks += f", bass: track {bass}" if bass is not None else ""
    tempo = score.tempos[0].per_minute if score.tempos else 120.0
    return Piece(name, tuple(_cut_rests(tones, bars)), changes, tuple(bars), tracks, tempo)


def _line(score: Score, track: int, begin: int, end: int) -> list[Tone]:
    ticks = score.ticks_per_quarter
    tones = []
    for note in score.tracks[track].notes:
        start = quantise(round(note.start * ticks), ticks)
        length = quantise(round((note.end - note.start) * ticks), ticks) or 3
        if begin <= start < begin + end:
            tones.append(Tone(start - begin, length, note.pitch))
    return tones


def _cut_rests(tones: Sequence[Tone], bars: Sequence[int]) -> list[Tone]:
    """The tones with every rest that crosses a bar line cut there."""
    cut = []
    for tone in tones:
        edges = [tone.start, *(bar for bar in bars if tone.pitch is None and tone.start < bar < tone.end), tone.end]
        cut += [Tone(start, end - start, tone.pitch) for start, end in zip(edges, edges[1:], strict=False)]
    return cut


def _changes(
    score: Score, bars: Sequence[int], begin: int, chords: Sequence[int], bass: int | None, name: str
) -> Changes:
    """The chord of each half bar, from how long each pitch sounds in it; where nothing is known, the one before."""
    halves = [edge for first, last in zip(bars, bars[1:], strict=False) for edge in (first, (first + last) // 2)]
    edges = [(half + begin) / TWELFTHS for half in (*halves, bars[-1])]
    sounding = _sounding([note for track in chords for note in score.tracks[track].notes], edges)
    low = _sounding([] if bass is None else score.tracks[bass].notes, edges)
    starts: list[int] = []
    found: list[Harmony] = []
    for place, half in enumerate(halves):
        under = min(low[place], key=lambda note: note.start).pitch if low[place] else None
        harmony = recognise(_weights(sounding[place], edges[place], edges[place + 1]), bass=under)
        if harmony and (not found or harmony != found[-1]):
            starts.append(half if found else 0)
            found.append(harmony)
    if not found:
        raise InputError(f"{name}: no chord sounds under the melody there; name another --chord-track or other --bars")
    return Changes(tuple(starts), tuple(found))


def _sounding(notes: Sequence[Note], edges: Sequence[float]) -> list[list[Note]]:
    """The notes that sound between each edge and the next, those that began first in front; slivers left out."""
    waiting = sorted(notes, key=lambda note: note.start)
    active: list[Note] = []
    found, place = [], 0
    for start, end in zip(edges, edges[1:], strict=False):
        while place < len(waiting) and waiting[place].start < end - _SLIVER:
            active.append(waiting[place])
            place += 1
        active = [note for note in active if note.end > start + _SLIVER]
        found.append(active.copy())
    return found


def _weights(notes: Sequence[Note], start: float, end: float) -> dict[int, float]:
    """How long each pitch sounds between two times, in quarters."""
    weights: dict[int, float] = {}
    for note in notes:
        heard = min(note.end, end) - max(note.start, start)
        weights[note.pitch] = weights.get(note.pitch, 0.0) + max(heard, 0.0)
    return weights
