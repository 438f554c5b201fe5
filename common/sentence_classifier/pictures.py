"""Pictures of a sentence classifier: confusion matrices side by side, how much each word of a sentence weighed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from common.plots import BLUE, SEQUENTIAL, VERMILION, new_figure, save_figure, styled
from common.sentence_classifier.classes import ClassTable
from common.sentence_classifier.evaluate import Evaluation
from common.sentence_classifier.predict import Prediction

_MOST_SENTENCES = 6


@styled()
def draw_confusions(path: Path, found: Mapping[str, Evaluation], table: ClassTable) -> Path:
    """A panel for each model: rows the class, columns the class it was given, the number of sentences in each field."""
    size = 2.2 + 0.55 * len(table)
    figure, panels = new_figure(1, len(found), width=size * len(found), height=size, squeeze=False)
    for axes, (title, one) in zip(panels[0], found.items(), strict=True):
        shares = one.confusion / np.maximum(one.confusion.sum(axis=1, keepdims=True), 1)
        axes.imshow(shares, cmap=SEQUENTIAL, vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(one.confusion):
            colour = "black" if shares[row, column] > 0.55 else "white"
            axes.text(column, row, str(count), ha="center", va="center", color=colour)
        names = [_short(name) for name in table.names]
        axes.set_xticks(range(len(names)), names, rotation=40, ha="right")
        axes.set_yticks(range(len(names)), names)
        axes.set(title=f"{title}: accuracy {one.accuracy:.2f}", xlabel="given", ylabel="should be")
        axes.grid(visible=False)
    return save_figure(figure, path)


@styled()
def draw_weights(path: Path, predictions: Sequence[Prediction]) -> Path:
    """A panel for each of the first sentences: a bar a word, right of 0 where it spoke for the answer."""
    shown = [one for one in predictions if one.weights][:_MOST_SENTENCES]
    heights = [max(len(one.weights), 2) for one in shown]
    figure, panels = new_figure(
        len(shown), 1, width=7, height=0.9 * len(shown) + 0.24 * sum(heights), squeeze=False,
        gridspec_kw={"height_ratios": heights},
    )  # fmt: skip
    for axes, one in zip(panels[:, 0], shown, strict=True):
        nats = [weight.nats for weight in one.weights]
        axes.barh(range(len(nats)), nats, color=[BLUE if value >= 0 else VERMILION for value in nats])
        axes.set_yticks(range(len(nats)), [_short(weight.text) for weight in one.weights])
        axes.invert_yaxis()
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_title(f"{one.answer.name}, p = {max(one.probabilities):.2f}")
        axes.grid(axis="y", visible=False)
    panels[-1, 0].set_xlabel("nats that the word adds to the log probability of the answer")
    return save_figure(figure, path)


def _short(text: str) -> str:
    return text if len(text) <= 18 else text[:17] + "…"
