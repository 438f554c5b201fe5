"""The pictures of this assignment: a solo's piano roll, and its notes' place in the chord beside the piece's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.midi import Score
from common.piano_roll import draw_piano_roll
from common.plots import BLUE, VERMILION, new_figure, save_figure, styled
from week1.jazz_solo.evaluate import degrees, pitch_classes
from week1.jazz_solo.generate import Solo
from week1.jazz_solo.grammar import TWELFTHS
from week1.jazz_solo.harmony import Changes

DEGREES = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")
CLASSES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def draw_solo(path: Path, score: Score, changes: Changes, *, title: str) -> None:
    """The solo with its chords and bass, chord symbols above."""
    chords = [(start / TWELFTHS, one.symbol) for start, one in zip(changes.starts, changes.chords, strict=True)]
    draw_piano_roll(score, path, title=title, chords=chords)


@styled()
def draw_histograms(path: Path, solos: Sequence[Solo], piece_degrees: np.ndarray, piece_classes: np.ndarray) -> None:
    """Two panels: notes above the chord's root, and pitch classes; the solos beside the piece."""
    figure, panels = new_figure(2, 1, width=9, height=6)
    rows = (
        (np.mean([degrees(solo.notes, solo.changes) for solo in solos], axis=0), piece_degrees, DEGREES),
        (np.mean([pitch_classes(solo.notes) for solo in solos], axis=0), piece_classes, CLASSES),
    )
    titles = ("Where the notes stand above the root of the chord", "Pitch classes (they follow the key)")
    for axes, (ours, theirs, names), title in zip(panels, rows, titles, strict=True):
        places = np.arange(12)
        axes.bar(places - 0.2, theirs, 0.4, color=BLUE, label="the piece")
        axes.bar(places + 0.2, ours, 0.4, color=VERMILION, label="the solos")
        axes.set_xticks(places, names)
        axes.set(ylabel="share of the notes", title=title)
        axes.grid(axis="x", visible=False)
    panels[0].legend()
    save_figure(figure, path)
