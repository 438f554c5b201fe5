"""The pictures: bars of cosines, a map of words, words before and after debiasing, accuracy by section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from common.page_blocks import Block, bars, heatmap, pairs, points, table
from common.plots import BLUE, GREEN, MUTED, VERMILION, new_figure, styled
from week2.word_vectors.labels import place_labels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from common.vector_space import VectorSpace
    from week2.word_vectors.evaluate import Evaluation

MOST_BARS = 40
_EXTREMES = 8
_BAR = 0.28
_LABEL_SIZE = 9


@styled()
def draw_bars(rows: Sequence[tuple[str, float]], *, title: str, marked: str | None = None) -> Figure:
    """A bar a row, in order from the top; the first `MOST_BARS` of them, the one called `marked` in another colour."""
    rows = list(rows)[:MOST_BARS]
    figure, axes = new_figure(width=7.5, height=1.2 + _BAR * len(rows))
    _bars(axes, rows, marked)
    axes.set(title=title, xlabel="cosine")
    return figure


@styled()
def draw_neighbours(answers: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> Figure:
    """The nearest words of up to six words, a panel each."""
    answers = list(answers)[:6]
    columns = min(len(answers), 3)
    rows = -(-len(answers) // columns)
    longest = min(MOST_BARS, max(len(found) for _, found in answers))
    figure, panels = new_figure(
        rows, columns, width=3.2 + 3.2 * columns, height=rows * (1.1 + _BAR * longest), squeeze=False
    )
    for axes in panels.flat[len(answers) :]:
        axes.set_axis_off()
    for axes, (word, found) in zip(panels.flat, answers, strict=False):
        _bars(axes, list(found)[:MOST_BARS])
        axes.set(title=f"nearest to {word}", xlabel="cosine")
    return figure


def _bars(axes: Any, rows: Sequence[tuple[str, float]], marked: str | None = None) -> None:
    names, values = [name for name, _ in rows], [value for _, value in rows]
    places = np.arange(len(rows))
    axes.barh(places, values, color=[VERMILION if name == marked else BLUE for name in names], height=0.7)
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlim(min(0.0, *values) * 1.15, max(0.05, *values) * 1.15)
    for place, value in zip(places, values, strict=True):
        axes.annotate(f"{value:.2f}", (max(value, 0), place), (4, 0), textcoords="offset points", va="center", size=9)


@styled()
def draw_map(words: Sequence[str], points: np.ndarray, *, title: str, groups: Sequence[int] | None = None) -> Figure:
    """Words at their points (n, 2), each label beside its point; `groups` picks the points' colours (0 or 1)."""
    side = float(np.clip(5.5 + 0.035 * len(words), 6.5, 14))
    figure, axes = new_figure(width=1.2 * side, height=side)
    colours = [BLUE if not group else GREEN for group in (groups or [0] * len(words))]
    axes.scatter(*points.T, s=16, c=colours, zorder=3)
    axes.margins(0.12, 0.06)
    axes.set_title(title)
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    _label(figure, axes, words, points)
    return figure


def _label(figure: Figure, axes: Any, words: Sequence[str], points: np.ndarray) -> None:
    """Write the words where they cover nothing; the layout must stand before pixels can be counted."""
    figure.canvas.draw()
    figure.set_layout_engine("none")
    origin = np.array(axes.bbox.min)
    pixels = axes.transData.transform(points) - origin
    texts = [axes.text(0, 0, word, size=_LABEL_SIZE, ha="center", va="center", zorder=4) for word in words]
    boxes = [text.get_window_extent(figure.canvas.get_renderer()) for text in texts]
    sizes = np.array([[box.width + 2, box.height] for box in boxes])
    back = axes.transData.inverted()
    for text, pixel, placement in zip(texts, pixels, place_labels(pixels, sizes, axes.bbox.size), strict=True):
        centre = back.transform(np.array(placement.centre) + origin)
        text.set_position(centre)
        if placement.line:
            ends = np.array([back.transform(pixel + origin), centre])
            axes.plot(*ends.T, color=MUTED, linewidth=0.5, zorder=1)


@styled()
def draw_bias(rows: Sequence[tuple[str, float, float]], *, sides: tuple[str, str]) -> Figure:
    """(word, before, after): the cosine with the direction; an open ring before, a full dot after."""
    rows = sorted(rows, key=lambda row: -row[1])[: 2 * MOST_BARS]
    figure, axes = new_figure(width=7.5, height=1.6 + 0.24 * len(rows))
    places = np.arange(len(rows))
    before, after = (np.array([row[side] for row in rows]) for side in (1, 2))
    axes.hlines(places, before, after, color=MUTED, linewidth=1)
    axes.scatter(before, places, s=36, facecolors="white", edgecolors=VERMILION, linewidths=1.5, zorder=3)
    axes.scatter(after, places, s=30, color=BLUE, zorder=4)
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.set_yticks(places, [row[0] for row in rows])
    axes.invert_yaxis()
    axes.set(title="Before (ring) and after (dot)", xlabel=f"cosine with the direction (- {sides[1]}, + {sides[0]})")
    return figure


def bias_block(rows: Sequence[tuple[str, float, float]], *, sides: tuple[str, str]) -> Block:
    """The words farthest along the direction, before and after, as a table of shades for the page of results."""
    rows = sorted(rows, key=lambda row: -row[1])
    shown = rows if len(rows) <= 2 * _EXTREMES else [*rows[:_EXTREMES], *rows[-_EXTREMES:]]
    cells = [(word, round(before, 6), round(after, 6) + 0.0) for word, before, after in shown]
    note = f"Cosine with the direction: positive towards {sides[0]}, negative towards {sides[1]}."
    return table("Before and after the bias was taken out", ("word", "before", "after"), cells, note=note)


def similarity_block(space: VectorSpace, words: Sequence[str]) -> Block:
    """The cosine of every two words as shades, for the page of results."""
    words = list(dict.fromkeys(words))[:MOST_BARS]
    rows = [space.similarities([(one, other) for other in words]) for one in words]
    return heatmap(
        "How alike the words are", rows, rows=words, columns=words, row_name="", column_name="and", high=1.0,
        alt="a square for every two words, fuller where they are more alike",
    )  # fmt: skip


def analogy_block(found: Sequence[tuple[Sequence[str], Sequence[tuple[str, float]]]]) -> Block:
    """Each question with its best answer, the others as a remark."""
    rows = [
        (f"{a} : {b} = {c} :", answers[0][0] if answers else "?", ", ".join(word for word, _ in answers[1:]))
        for (a, b, c), answers in found
    ]
    return pairs("Analogies", [(asked, best, f"then {others}" if others else "") for asked, best, others in rows])


def section_block(evaluation: Evaluation) -> Block:
    """The share of right answers by section, for the page of results."""
    rows = [(one.name, one.accuracy or 0.0, f"{one.correct} of {one.answered}") for one in evaluation.sections]
    return bars("Analogies by section", rows, most=1.0, value_name="right answers, of those that could be given")


def map_block(words: Sequence[str], places: np.ndarray, *, title: str, groups: Sequence[int] | None = None) -> Block:
    """The map for the page of results, labels where they cover nothing."""
    box, margin = np.array([760.0, 520.0]), np.array([62.0, 26.0])
    span = np.maximum(np.ptp(places, axis=0), 1e-12)
    pixels = margin + (places - places.min(axis=0)) / span * (box - 2 * margin)
    sizes = np.array([[7.0 * len(word) + 4, 15.0] for word in words])
    centres = [placed.centre for placed in place_labels(pixels, sizes, tuple(box))]
    alt = f"{len(words)} words as labelled points"
    return points(title, words, pixels, centres, box=tuple(box), groups=groups or (), alt=alt)


@styled()
def draw_sections(evaluation: Evaluation) -> Figure:
    """A bar a section: the share of right answers among those that could be given."""
    rows = [(score.name, score) for score in evaluation.sections]
    if evaluation.all and len(rows) > 1:
        rows.append(("all", evaluation.all))
    figure, axes = new_figure(width=7.5, height=1.4 + _BAR * len(rows))
    places = np.arange(len(rows))
    shares = [100 * (score.accuracy or 0) for _, score in rows]
    axes.barh(places, shares, color=[GREEN if name == "all" else BLUE for name, _ in rows], height=0.7)
    for place, share, (_, score) in zip(places, shares, rows, strict=True):
        text = f"{share:.0f} % of {score.answered}" if score.answered else "no question has known words"
        axes.annotate(text, (share, place), (4, 0), textcoords="offset points", va="center", size=9)
    axes.set_yticks(places, [name for name, _ in rows])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set(title="Analogies", xlabel="right answers, % of those answered", xlim=(0, 125))
    axes.set_xticks(range(0, 101, 20))
    return figure


@styled()
def draw_correlations(evaluation: Evaluation) -> Figure:
    """A bar a similarity file: Spearman's rank correlation."""
    rows = [(name, score.rho or 0.0) for name, score in evaluation.similarities]
    figure, axes = new_figure(width=7.5, height=1.2 + _BAR * max(2, len(rows)))
    _bars(axes, rows)
    axes.set(title="Similarities", xlabel="Spearman's rank correlation")
    return figure
