"""The pictures of this assignment: a solo's piano roll, and its notes' place in the chord beside the piece's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.midi import DRUM_CHANNEL, Score
from common.page_blocks import Block, heatmap, lines, roll
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


def roll_block(score: Score, changes: Changes, *, title: str, sound: str = "") -> Block:
    """The solo's piano roll for the page of results, where it follows the sound."""
    parts = {}
    for at, track in enumerate(score.tracks):
        notes = [note for note in track.notes if note.channel != DRUM_CHANNEL]
        if notes:
            starts, ends = (score.seconds([getattr(note, end) for note in notes]) for end in ("start", "end"))
            rows = zip(starts, ends, [note.pitch for note in notes], strict=True)
            parts[track.name or f"track {at + 1}"] = list(rows)
    marks = [
        (float(score.seconds(start / TWELFTHS)), one.symbol)
        for start, one in zip(changes.starts, changes.chords, strict=True)
    ]
    shown = [mark for mark in marks if mark[0] < score.duration]
    alt = "a piano roll: the solo's line above chords and a walking bass, chord symbols above"
    bars = score.seconds(score.bar_lines())
    return roll(title, parts, seconds=score.duration, sound=sound, bars=bars, marks=shown, alt=alt)


def degree_block(solos: Sequence[Solo], piece: np.ndarray) -> Block:
    """Where the notes stand above the chord's root, solos beside the piece, as a table of shades."""
    ours = np.mean([degrees(solo.notes, solo.changes) for solo in solos], axis=0)
    return heatmap(
        "Where the notes stand above the root of the chord", [ours, piece], rows=("solos", "piece"), columns=DEGREES,
        row_name="in the", column_name="degree", share=True, alt="the solos' shares lie close to the piece's",
    )  # fmt: skip


def loss_block(history: dict[str, list[float]], steps: int) -> Block:
    """Losses by epoch in nats per token; the history has them summed over the steps of a window."""
    names = {"loss": "training", "val_loss": "held-out"}
    curves = {names[key]: np.divide(history[key], steps) for key in names if key in history}
    return lines("Loss", curves, x_name="epoch", y_name="nats per token")


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
