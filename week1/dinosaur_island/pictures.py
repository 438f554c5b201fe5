"""The pictures of this assignment: loss curves, next-character probabilities along a name, splits compared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.page_blocks import Block, heatmap, lines
from common.plots import BLUE, SEQUENTIAL, VERMILION, new_figure, save_figure, styled
from week1.dinosaur_island.data import display, encode_batch
from week1.dinosaur_island.ensemble import Ensemble
from week1.dinosaur_island.evaluate import SplitResult
from week1.dinosaur_island.train import Progress

_MOST_CHARACTERS = 40
_WORTH_SHOWING = 0.08


@styled()
def draw_losses(path: Path, progress: Sequence[Progress]) -> None:
    """Training and validation loss of each member over the epochs."""
    figure, axes = new_figure()
    for member, one in enumerate(progress):
        epochs = np.arange(1, len(one.training) + 1)
        axes.plot(epochs, one.training, color=BLUE, alpha=0.8, label="training (dropout on)" if member == 0 else None)
        axes.plot(epochs, one.validation, color=VERMILION, alpha=0.8, label="validation" if member == 0 else None)
        best = int(np.argmin(one.validation))
        label = "best epoch, kept" if member == 0 else None
        axes.plot(best + 1, one.validation[best], "o", color=VERMILION, label=label)
    axes.set(xlabel="epoch", ylabel="nats per character", title="How well the next character is predicted")
    axes.legend()
    save_figure(figure, path)


@styled()
def draw_probabilities(path: Path, ensemble: Ensemble, name: str) -> None:
    """What the model expects at every step of one name: a column a step, a row a character, brighter is likelier."""
    batch = encode_batch([name], ensemble.vocabulary)
    probabilities, rows = _expected(ensemble, name)
    figure, axes = new_figure(width=max(6.0, 0.45 * (len(name) + 6)), height=max(3.5, 0.23 * len(rows) + 1.2))
    image = axes.imshow(probabilities[:, rows].T, aspect="auto", cmap=SEQUENTIAL, vmin=0, vmax=1)
    followed = [*display(name), "end"]
    axes.set_xticks(range(len(followed)), followed)
    axes.set_yticks(range(len(rows)), [_label(ensemble.vocabulary.tokens[row]) for row in rows])
    for step, target in enumerate(batch.targets[:, 0]):
        place = np.flatnonzero(rows == target)
        if len(place):
            axes.plot(step, place[0], "s", markersize=9, markerfacecolor="none", markeredgecolor=VERMILION)
    axes.grid(False)
    axes.set(xlabel="the character that came (framed)", ylabel="the character expected")
    axes.set_title(f"What the model expects, step by step, in {display(name)}")
    figure.colorbar(image, ax=axes, label="probability")
    save_figure(figure, path)


def _expected(ensemble: Ensemble, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (steps, characters), and which characters are worth showing, in the vocabulary's order."""
    batch = encode_batch([name], ensemble.vocabulary)
    probabilities = np.exp(ensemble.log_probabilities(batch)[:, 0])
    return probabilities, np.sort(np.argsort(-probabilities.max(axis=0), kind="stable")[:_MOST_CHARACTERS])


def probability_block(ensemble: Ensemble, name: str) -> Block:
    """The same for the page of results."""
    probabilities, rows = _expected(ensemble, name)
    rows = [row for row in rows if probabilities[:, row].max() >= _WORTH_SHOWING]
    return heatmap(
        f"What the model expects, step by step, in {display(name)}",
        probabilities[:, rows].T,
        rows=[_label(ensemble.vocabulary.tokens[row]) for row in rows],
        columns=[*display(name), "\u25a0"],
        row_name="the character expected",
        column_name="where the name goes on with",
        high=1.0,
        share=True,
        alt="a column for every step of the name, a row for every character, fuller is likelier",
    )


def loss_block(progress: Sequence[Progress]) -> Block:
    """Training and validation loss over the epochs, the mean of the members, for the page of results."""
    count = min(len(one.training) for one in progress)
    curves = {
        "training (dropout on)": np.mean([one.training[:count] for one in progress], axis=0),
        "validation": np.mean([one.validation[:count] for one in progress], axis=0),
    }
    return lines("How well the next character is predicted", curves, x_name="epoch", y_name="nats per character")


def _label(token: str) -> str:
    return {"\n": "end", " ": "space"}.get(token, token)


@styled()
def draw_splits(path: Path, results: Sequence[SplitResult]) -> None:
    """n-gram against network on each split: lower is better."""
    figure, axes = new_figure()
    splits = np.arange(len(results))
    for result in results:
        axes.plot([result.split] * 2, [result.ngram, result.network], color="0.75", zorder=1)
        axes.plot([result.split + 0.12] * len(result.members), result.members, ".", color=BLUE, alpha=0.35, zorder=2)
    axes.plot(splits, [result.ngram for result in results], "s", color=VERMILION, label="Kneser-Ney n-gram")
    axes.plot(splits, [result.network for result in results], "o", color=BLUE, label="ensemble of networks")
    axes.plot([], [], ".", color=BLUE, alpha=0.35, label="each network alone")
    axes.set_xticks(splits, [f"split {result.split}" for result in results])
    axes.set(ylabel="nats per character, held-out names", title="Held-out names: the network beside the best n-gram")
    axes.legend()
    save_figure(figure, path)
