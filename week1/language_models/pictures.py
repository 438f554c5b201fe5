"""The pictures of this assignment: kinds of networks unrolled, gradients over time, lengths learned, tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from common.plots import BLUE, GREEN, INK, MUTED, ORANGE, SKY, VERMILION, new_figure, styled
from week1.language_models.kinds import Kind
from week1.language_models.long_range.learning import Learned
from week1.language_models.probability import Sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CELL_COLOURS = {"rnn": VERMILION, "gru": GREEN, "lstm": BLUE}
_FLOOR = 1e-12


@styled()
def draw_kinds(kinds: Sequence[Kind]) -> Figure:
    """Every kind unrolled over its steps: inputs below, states in the middle, outputs above."""
    width = sum(kind.steps + 1 for kind in kinds)
    figure, axes = new_figure(width=0.56 * width, height=2.9)
    begin = 0.0
    for kind in kinds:
        _draw_kind(axes, kind, begin)
        begin += kind.steps + 1
    axes.set(xlim=(-0.8, width - 1), ylim=(-0.5, 3.3), aspect="equal")
    axes.axis("off")
    return figure


def _draw_kind(axes: Any, kind: Kind, begin: float) -> None:
    recurrent = kind.steps > 1
    for step in range(kind.steps):
        x = begin + step
        _box(axes, x, 1, MUTED if recurrent else ORANGE, "h" if recurrent else "f")
        if step < kind.inputs:
            _box(axes, x, 0, BLUE, "x")
            _arrow(axes, (x, 0.25), (x, 0.75))
        if kind.begin <= step < kind.begin + kind.outputs:
            _box(axes, x, 2, VERMILION, "y")
            _arrow(axes, (x, 1.25), (x, 1.75))
        if step:
            _arrow(axes, (x - 0.75, 1), (x - 0.25, 1))
        if step >= max(kind.inputs, kind.begin + 1):
            _arrow(axes, (x - 0.78, 1.78), (x - 0.2, 1.22))
    middle = begin + (kind.steps - 1) / 2
    axes.text(middle, 2.6, kind.name.replace(", ", ",\n"), ha="center", va="bottom", fontsize=9.5, fontweight="bold")


def _box(axes: Any, x: float, y: float, colour: str, text: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    axes.add_patch(
        FancyBboxPatch((x - 0.2, y - 0.2), 0.4, 0.4, boxstyle="round,pad=0.04", facecolor=colour, edgecolor="none")
    )
    axes.text(x, y, text, ha="center", va="center", color="white", fontsize=10, fontweight="bold")


def _arrow(axes: Any, begin: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, begin, arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 1})


@styled()
def draw_long_range(learned: Sequence[Learned]) -> Figure:
    """A row a problem: the gradient on its way back, the loss by length, and the largest gradients of the training."""
    problems = list(dict.fromkeys(one.problem.name for one in learned))
    figure, axes = new_figure(len(problems), 3, width=13, height=3.9 * len(problems), squeeze=False)
    for row, problem in zip(axes, problems, strict=True):
        runs = [one for one in learned if one.problem.name == problem]
        _draw_through_time(row[0], runs)
        _draw_losses_by_length(row[1], runs)
        _draw_norms(row[2], runs)
    handles, labels = axes[0][1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, handlelength=3.2)
    return figure


def _draw_through_time(axes: Any, runs: Sequence[Learned]) -> None:
    longest = max(one.problem.length for one in runs)
    for cell in dict.fromkeys(one.config.cell for one in runs):
        curves = [one.through_time for one in runs if one.config.cell == cell and one.problem.length == longest]
        mean = np.exp(np.mean(np.log(np.maximum(curves, _FLOOR)), axis=0))
        axes.plot(np.arange(1, len(mean) + 1), mean, color=CELL_COLOURS[cell])
    axes.set(
        title=f"{runs[0].problem.name}: gradient on its way back",
        xlabel="time step (the answer is at the last one)",
        ylabel="norm of dL/dstate, relative",
        yscale="log",
    )


def _draw_losses_by_length(axes: Any, runs: Sequence[Learned]) -> None:
    problem = runs[0].problem
    for (cell, clip), mine in _grouped(runs).items():
        lengths = sorted({one.problem.length for one in mine})
        by_length = {length: [one.loss for one in mine if one.problem.length == length] for length in lengths}
        worst = 3 * problem.chance  # a loss that is no number, or far off
        means = [np.mean(np.nan_to_num(np.minimum(by_length[length], worst), nan=worst)) for length in lengths]
        axes.plot(lengths, means, label=_label(cell, clip), **_line(cell, clip), marker="o")
        for length in lengths:
            axes.plot([length] * len(by_length[length]), by_length[length], ".", color=CELL_COLOURS[cell], alpha=0.4)
    axes.axhline(problem.chance, color=MUTED, linewidth=1, linestyle=":", label="guessing")
    axes.axhline(problem.solved, color=INK, linewidth=1, linestyle=":", label="solved below")
    axes.set(title="after training, by length", xlabel="length", ylabel=problem.unit, yscale="log")
    axes.set_xticks(sorted({one.problem.length for one in runs}))


def _draw_norms(axes: Any, runs: Sequence[Learned]) -> None:
    for (cell, clip), mine in _grouped(runs).items():
        lengths = sorted({one.problem.length for one in mine})
        norms = [
            np.max([np.nanmax(np.where(np.isfinite(one.norms), one.norms, np.nan)) for one in mine
                    if one.problem.length == length])
            for length in lengths
        ]  # fmt: skip
        axes.plot(lengths, norms, **_line(cell, clip), marker="o")
    axes.set(
        title="the largest gradient of the training", xlabel="length", ylabel="norm, before clipping", yscale="log"
    )
    axes.set_xticks(sorted({one.problem.length for one in runs}))


def _grouped(runs: Sequence[Learned]) -> dict[tuple[str, float | None], list[Learned]]:
    groups: dict[tuple[str, float | None], list[Learned]] = {}
    for one in runs:
        groups.setdefault((one.config.cell, one.config.clip), []).append(one)
    return groups


def _label(cell: str, clip: float | None) -> str:
    return f"{cell.upper()}, {'not clipped' if clip is None else f'clipped at {clip:g}'}"


def _line(cell: str, clip: float | None) -> dict[str, Any]:
    return {"color": CELL_COLOURS[cell], "linestyle": "-" if clip is not None else (0, (4, 2))}


@styled()
def draw_sentences(sentences: Sequence[Sentence]) -> Figure:
    """Bits of every token of each sentence, side by side: where one of them surprises."""
    width = min(max(7.0, 0.5 * max(len(one.tokens) for one in sentences)), 24)
    figure, axes = new_figure(len(sentences), 1, width=width, height=2.2 * len(sentences), squeeze=False, sharey=True)
    for (one,), sentence in zip(axes, sentences, strict=True):
        bits = [-token.log_p / np.log(2) for token in sentence.tokens]
        colours = [SKY if token.known else ORANGE for token in sentence.tokens]
        one.bar(range(len(bits)), bits, color=colours)
        one.set_xticks(range(len(bits)), [_shown(token.text) for token in sentence.tokens])
        one.set(ylabel="bits")
        one.set_title(f"{sum(bits):.1f} bits in all", fontsize=10)
    return figure


def _shown(token: str) -> str:
    return {" ": "\u2423", "</s>": "end"}.get(token, token)


@styled()
def draw_bars(rows: Sequence[tuple[str, Sequence[float]]], *, title: str, unit: str) -> Figure:
    """A bar a row with the mean of its values, which stand on it as points."""
    figure, axes = new_figure(width=8, height=0.5 * len(rows) + 1.4)
    for place, (name, values) in enumerate(rows):
        colour = MUTED if "gram" in name else BLUE
        axes.barh(place, np.mean(values), color=colour, alpha=0.75)
        axes.plot(values, [place] * len(values), ".", color=INK)
        axes.annotate(f"{np.mean(values):.4g}", (max(values), place), (6, -4), textcoords="offset points")
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.15 * max(max(values) for _, values in rows))
    axes.set(title=title, xlabel=unit)
    axes.grid(axis="y", visible=False)
    return figure
