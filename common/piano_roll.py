"""A piece as a piano roll: rows of bars, one colour a part, bars numbered, chord symbols above.

draw_piano_roll(score, "solo.png", title="Solo 1", chords=[(0, "Dm7"), (4, "G7"), (8, "Cmaj7")])
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from common.errors import InputError
from common.midi import DRUM_CHANNEL, Score
from common.plots import BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, SKY, VERMILION, new_figure, save_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PART_COLOURS = (VERMILION, BLUE, GREEN, PURPLE, ORANGE, SKY, MUTED)
BARS_PER_ROW, MOST_ROWS, MOST_BARS = 8, 16, 500
WIDTH = 13.0  # inches
BLACK_KEYS = (1, 3, 6, 8, 10)
NOTE_HEIGHT = 0.84  # of a semitone's row
BEHIND = 0.62  # how full the colours of all but the first part are
SPILL = 0.5  # quarters by which a last note may reach beyond the last bar line without a bar of its own
GAP = 0.03  # quarters between notes that follow each other at once


class _Roll(NamedTuple):
    """What all rows share: bar lines and the end in quarters, bars in a row, lowest and highest pitch drawn."""

    lines: np.ndarray
    end: float
    bars: int
    low: int
    high: int

    def row(self, number: int) -> tuple[float, float]:
        """Where a row begins and ends, in quarters."""
        edges = np.append(self.lines, self.end)
        return float(edges[number * self.bars]), float(edges[min((number + 1) * self.bars, len(edges) - 1)])


def draw_piano_roll(score: Score, path: str | os.PathLike[str], **options: Any) -> Path:
    """Write the picture that `piano_roll` makes with these options; returns the path."""
    return save_figure(piano_roll(score, **options), path)


@styled()
def piano_roll(
    score: Score,
    *,
    title: str = "",
    chords: Sequence[tuple[float, str]] = (),
    first_bar: int = 1,
    bars_per_row: int | None = None,
    names: Sequence[str] | None = None,
) -> Figure:
    """A figure of the piece's notes: time to the right in rows of bars, pitch upwards, one colour a track.

    The first track with notes lies on top in the strongest colour; the louder a note, the fuller its colour. Drums are
    left out.

    Args:
        chords: symbols with the time in quarters at which each begins, drawn above the notes.
        first_bar: the number of the first bar.
        bars_per_row: by default 8, more where there would be over 16 rows, fewer for a shorter piece.
        names: of the tracks that have notes, for the legend; by default their own.

    Raises:
        InputError: there is no note to draw, or there are more than 500 bars.
    """
    parts = [track for track in score.tracks if any(note.channel != DRUM_CHANNEL for note in track.notes)]
    if not parts:
        raise InputError("the piece has no notes to draw (drums are left out); give one that has.")
    notes = [[note for note in track.notes if note.channel != DRUM_CHANNEL] for track in parts]
    names = list(names or [track.name or f"Track {score.tracks.index(track)}" for track in parts])
    roll = _layout(score, notes, bars_per_row)
    rows = math.ceil(len(roll.lines) / roll.bars)
    most = 2.8 if rows <= 3 else 2.1
    height = min(max(most / 56 * (roll.high - roll.low), 1.0), most) + (0.42 if chords else 0.28)
    figure, axes = new_figure(rows, width=WIDTH, height=rows * height + 0.75, squeeze=False)
    for number, axis in enumerate(axes[:, 0]):
        _draw_grid(axis, roll, score, number, first_bar)
        for part in reversed(range(len(parts))):
            colour = PART_COLOURS[part % len(PART_COLOURS)]
            _draw_notes(axis, roll.row(number), notes[part], colour, strength=1.0 if part == 0 else BEHIND)
        _draw_chords(axis, roll.row(number), chords, roll.high)
    _draw_head(figure, title, names)
    return figure


def _layout(score: Score, notes: Sequence[Sequence], bars_per_row: int | None) -> _Roll:
    last = max(max(note.end for note in part) for part in notes)
    start = max(note.start for part in notes for note in part)
    lines = score.bar_lines(max(last - SPILL, start + 1e-6))
    if len(lines) > MOST_BARS or last > 16 * MOST_BARS:
        raise InputError(f"{len(lines):,} bars are too many for a picture, at most {MOST_BARS}; give an excerpt.")
    bar = lines[-1] - lines[-2] if len(lines) > 1 else 4.0
    pitches = [note.pitch for part in notes for note in part]
    low, high = min(pitches) - 1, max(pitches) + 1
    bars = bars_per_row or max(min(BARS_PER_ROW, len(lines)), math.ceil(len(lines) / MOST_ROWS))
    return _Roll(lines, float(lines[-1] + bar), bars, low - max(0, 11 - high + low), high)


def _draw_grid(axis: Any, roll: _Roll, score: Score, number: int, first_bar: int) -> None:
    """The keys behind, the beats, the bars with their numbers, and the names of the Cs."""
    start, end = roll.row(number)
    longest = max(np.diff(roll.row(row))[0] for row in range(math.ceil(len(roll.lines) / roll.bars)))
    axis.set_xlim(start - 0.02, start + longest + 0.02)
    axis.set_ylim(roll.low - 0.5, roll.high + 0.5)
    axis.grid(False)
    for pitch in range(roll.low, roll.high + 1):
        if pitch % 12 in BLACK_KEYS:
            axis.fill_between([start, end], pitch - 0.5, pitch + 0.5, color="#F3F3F5", linewidth=0, zorder=0)
        if pitch % 12 == 0:
            axis.plot([start, end], [pitch - 0.5] * 2, color="#C9C9CF", linewidth=0.8, zorder=1)
    for beat in np.arange(math.ceil(start), end):
        axis.axvline(beat, color="#E6E6EA", linewidth=0.6, zorder=0.5)
    shown = roll.lines[number * roll.bars : (number + 1) * roll.bars]
    for bar, line in enumerate(shown, start=number * roll.bars + first_bar):
        axis.axvline(line, color="#9A9AA2", linewidth=1.0, zorder=1)
        axis.annotate(
            str(bar), (line, 1), xycoords=("data", "axes fraction"), xytext=(2, 2), textcoords="offset points",
            fontsize=8, color=MUTED, annotation_clip=False,
        )  # fmt: skip
    axis.axvline(end, color="#9A9AA2", linewidth=1.0, zorder=1)
    octaves = [pitch for pitch in range(roll.low, roll.high + 1) if pitch % 12 == 0]
    axis.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    axis.tick_params(length=0, labelsize=8.5)
    axis.set_xticks([])
    for side in ("left", "bottom"):
        axis.spines[side].set_visible(False)


def _draw_notes(axis: Any, row: tuple[float, float], notes: Sequence, colour: str, *, strength: float) -> None:
    """The notes that sound in the row, cut at its ends; the colour's fullness is the velocity."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgb

    start, end = row
    shown = [note for note in notes if note.start < end and (note.end > start or note.start >= start)]
    if not shown:
        return
    pitch, velocity, begins, ends = (np.array([note[at] for note in shown], np.float64) for at in range(4))
    left = np.maximum(begins, start)
    right = np.minimum(np.maximum(ends - GAP, begins + 0.06), end)
    low, high = pitch - NOTE_HEIGHT / 2, pitch + NOTE_HEIGHT / 2
    corners = np.stack([[left, low], [right, low], [right, high], [left, high]]).transpose(2, 0, 1)
    fullness = strength * np.clip(0.35 + 0.65 * velocity / 110, 0, 1)[:, None]
    faces = fullness * np.array(to_rgb(colour)) + (1 - fullness)
    axis.add_collection(PolyCollection(corners, facecolors=faces, edgecolors=colour, linewidths=0.5, zorder=3))


def _draw_chords(axis: Any, row: tuple[float, float], chords: Sequence[tuple[float, str]], high: int) -> None:
    start, end = row
    for time, symbol in chords:
        if start <= time < end:
            axis.annotate(
                symbol, (time, 1), xycoords=("data", "axes fraction"), xytext=(2, 11), textcoords="offset points",
                fontsize=10.5, fontweight="bold", color=INK, annotation_clip=False,
            )  # fmt: skip


def _draw_head(figure: Figure, title: str, names: Sequence[str]) -> None:
    """The title on the left, the parts' colours on the right."""
    from matplotlib.patches import Patch

    if title:
        figure.suptitle(title, x=0.012, ha="left", fontsize=13, fontweight="bold", color=INK)
    shown = [Patch(color=PART_COLOURS[at % len(PART_COLOURS)], label=name) for at, name in enumerate(names)]
    figure.legend(handles=shown, loc="outside upper right", ncols=min(len(shown), 7), frameon=False)
