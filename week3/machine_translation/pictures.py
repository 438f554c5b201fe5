"""The pictures: where the network looked, how its attention lines up, how far its confidence can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from common.page_blocks import Block, bars, heatmap, lines
from common.plots import BLUE, MUTED, SEQUENTIAL, VERMILION, new_figure, save_figure, styled
from week3.machine_translation.measures import Reliability
from week3.machine_translation.translate import Translation

if TYPE_CHECKING:
    from week3.machine_translation.evaluate import Evaluation

_SHADES = " .:-=+*#%@"
_BLANK, _TAG = "\u2423", "\u25b8"


@styled()
def draw_attention(path: Path, translation: Translation, letters: Sequence[str]) -> None:
    """A map of one translation: a row for each symbol written, a column for each character read."""
    weights = translation.attention[:, : len(letters)]
    rows, columns = weights.shape
    figure, axes = new_figure(width=max(4.5, 1.6 + 0.3 * columns), height=1.5 + 0.3 * rows)
    image = axes.imshow(weights, cmap=SEQUENTIAL, aspect="auto", vmin=0, vmax=max(weights.max(), 1e-6))
    axes.set_xticks(range(columns), [_shown(letter) for letter in letters], family="monospace")
    axes.set_yticks(range(rows), [_shown(symbol) for symbol in _written(translation, rows)], family="monospace")
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.set(xlabel="read", ylabel="written", title=f"{translation.source}  \u2192  {translation.text}"[:90])
    figure.colorbar(image, ax=axes, label="weight", pad=0.02)
    save_figure(figure, path)


def attention_block(translation: Translation, letters: Sequence[str]) -> Block:
    """The same map for the page of results."""
    weights = translation.attention[:, : len(letters)]
    return heatmap(
        f"{translation.source}  \u2192  {translation.text}"[:90], weights,
        rows=[_shown(symbol) for symbol in _written(translation, len(weights))],
        columns=[_shown(letter) for letter in letters], row_name="while writing", column_name="it looked at",
        share=True, alt="each symbol that is written looks at the characters that say it",
    )  # fmt: skip


def loss_block(history: dict[str, list[float]]) -> Block:
    """The losses by epoch."""
    names = {"loss": "training", "val_loss": "validation"}
    curves = {names[key]: history[key] for key in names if key in history}
    return lines("Loss", curves, x_name="epoch", y_name="loss")


def evaluation_blocks(found: Evaluation, read: Sequence[str]) -> list[Block]:
    """Exact match by way of writing, and what was looked at."""
    ways = [(row.name, row.exact, f"{row.right} of {row.count}") for row in found.rows]
    written = read[: len(found.alignment)]
    return [
        bars("Held-out dates translated exactly", ways, most=1.0, value_name="texts of held-out days that are right"),
        heatmap(
            "What is looked at while a part is written", found.alignment, rows=written, columns=read,
            row_name="while writing the", column_name="it looked at the", high=1.0, share=True,
            alt="year looks at year, month at month, day at day",
        ),
    ]  # fmt: skip


def attention_text(translation: Translation, letters: Sequence[str]) -> str:
    """The same map in characters: the darker, the more weight; the largest weight of a row is marked in its line."""
    weights = translation.attention[:, : len(letters)]
    lines = ["    " + "".join(map(_shown, letters))]
    for symbol, row in zip(_written(translation, len(weights)), weights, strict=True):
        shades = np.minimum((row / max(row.max(), 1e-6) * len(_SHADES)).astype(int), len(_SHADES) - 1)
        most = int(row.argmax())
        shaded = "".join(_SHADES[shade] for shade in shades)
        lines.append(f"  {_shown(symbol)} {shaded}  {row[most]:4.0%} {_shown(letters[most])}")
    return "\n".join(lines)


def _written(translation: Translation, rows: int) -> list[str]:
    """The symbols of the rows: the translation's, and the end where it has one."""
    return list(translation.text.ljust(rows, "\u25a0"))[:rows]


def _shown(letter: str) -> str:
    """A visible sign: for a blank, and for the private characters that stand for the halves of a language's tag."""
    if letter == " ":
        return _BLANK
    return _TAG if "\ue000" <= letter <= "\uf8ff" else letter


@styled()
def draw_reliability(path: Path, measured: Reliability, *, title: str) -> None:
    """Confidence against what came true, in bins; on the diagonal, a confidence is a probability."""
    figure, axes = new_figure(width=5.6, height=5)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--", label="as sure as right")
    axes.plot(measured.confidence, measured.accuracy, color=BLUE, marker="o", label="bins of equally many texts")
    axes.set(xlabel="mean confidence", ylabel="share that is right", title=title)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axes.text(0.98, 0.02, f"expected calibration error {measured.error:.2%}", ha="right", color=VERMILION)
    axes.legend(loc="upper left")
    save_figure(figure, path)


@styled()
def draw_alignment(path: Path, table: np.ndarray, written: Sequence[str], read: Sequence[str], *, title: str) -> None:
    """How the attention for each part that is written shares out over the parts that are read; rows sum to 1."""
    figure, axes = new_figure(width=6.4, height=3.6)
    axes.imshow(table, cmap=SEQUENTIAL, vmin=0, vmax=1, aspect="auto")
    for (row, column), share in np.ndenumerate(table):
        axes.text(column, row, f"{share:.0%}", ha="center", va="center", color="white" if share < 0.6 else "black")
    axes.set_xticks(range(len(read)), read)
    axes.set_yticks(range(len(written)), written)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.set(xlabel="read", ylabel="written", title=title)
    save_figure(figure, path)
