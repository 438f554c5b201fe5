"""Pictures: the loss while learning, answers by section, the four algorithms side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from common.page_blocks import Block, bars, lines, table
from common.plots import BLUE, COLOURS, INK, VERMILION, new_figure, save_figure, styled
from common.word_questions import SectionScore
from week2.learning_embeddings.evaluate import Row


def draw_loss(path: Path, history: Sequence[tuple[float, float]], *, title: str) -> Path:
    """The mean loss of an example against the share of the training that is done."""
    with styled():
        figure, axes = new_figure(width=7, height=4)
        axes.plot([100 * share for share, _ in history], [loss for _, loss in history], color=BLUE)
        axes.set(xlabel="% of the training", ylabel="loss of an example", title=title)
    return save_figure(figure, path)


def loss_block(history: Sequence[tuple[float, float]]) -> Block:
    """The same for the page of results, at most some hundred points of it."""
    shown = history[:: max(1, len(history) // 200)]
    return lines(
        "Loss", {"loss": [loss for _, loss in shown]}, x=[100 * share for share, _ in shown],
        x_name="% of the training", y_name="loss of an example",
    )  # fmt: skip


def nearest_block(nearest: str) -> Block:
    """The table of nearest words, a word a row."""
    rows = [line.split(None, 1) for line in nearest.splitlines() if " " in line]
    return table("Nearest words", ("word", "the words nearest to it, with their cosines"), rows)


def section_block(sections: Sequence[SectionScore]) -> Block:
    """The share of right answers by section, unknown words counted as wrong."""
    asked = [(one, one.answered + one.skipped) for one in sections]
    rows = [(one.name, one.correct / max(count, 1), f"{one.correct} of {count}") for one, count in asked]
    return bars("Analogies by section", rows, most=1.0, value_name="right answers, of those that were asked")


def draw_sections(path: Path, sections: Mapping[str, Sequence[SectionScore]], *, title: str) -> Path:
    """Horizontal bars: for every section the share of right answers, a colour for each set of vectors."""
    names = [one.name for one in next(iter(sections.values()))]
    height = 0.8 / len(sections)
    with styled():
        figure, axes = new_figure(width=8, height=1.2 + 0.28 * len(names) * (1 + 0.6 * (len(sections) - 1)))
        for number, (label, scores) in enumerate(sections.items()):
            places = [row + number * height for row in range(len(names))]
            shares = [100 * one.correct / max(one.answered + one.skipped, 1) for one in scores]
            axes.barh(places, shares, height=height, color=COLOURS[number % len(COLOURS)], label=label)
        middle = (len(sections) - 1) * height / 2
        axes.set_yticks([row + middle for row in range(len(names))], names)
        axes.invert_yaxis()
        axes.set(xlabel="% of the analogies answered right", xlim=(0, 100), title=title)
        axes.grid(axis="y", visible=False)
        if len(sections) > 1:
            axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.1), ncols=len(sections))
    return save_figure(figure, path)


def draw_algorithms(path: Path, rows: Sequence[Row]) -> Path:
    """For every algorithm its analogies and its similarity ranks, with the seconds it took."""
    with styled():
        figure, axes = new_figure(width=7.5, height=1.2 + 0.7 * len(rows))
        for number, row in enumerate(rows):
            for offset, (value, error), colour, label in (
                (-0.18, row.accuracy, BLUE, "analogies answered right (%)"),
                (0.18, row.similarity, VERMILION, "rank correlation of similarities x 100"),
            ):
                axes.barh(number + offset, 100 * value, 0.32, xerr=100 * error, color=colour, ecolor=INK,
                          label=label if number == 0 else None)  # fmt: skip
                axes.annotate(f" {100 * value:.1f}", (max(100 * (value + error), 0), number + offset), va="center")
        axes.set_yticks(range(len(rows)), [f"{row.algorithm}\n{row.seconds:.0f} s" for row in rows])
        axes.invert_yaxis()
        axes.set(xlim=(0, 112), title="The same corpus, four algorithms")
        axes.set_xticks(range(0, 101, 20))
        axes.grid(axis="y", visible=False)
        axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.08), ncols=2)
    return save_figure(figure, path)
