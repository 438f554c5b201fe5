"""What this assignment shows on the page of results: losses, emoji, what each word weighed, confusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from common.page_blocks import Block, bars, heatmap, lines, pairs
from week2.emojify.emoji_table import EmojiTable
from week2.emojify.evaluate import Evaluation
from week2.emojify.predict import Prediction


def loss_block(histories: Sequence[Mapping[str, Sequence[float]]]) -> Block:
    """The losses by epoch, the first member's."""
    names = {"loss": "training", "val_loss": "validation"}
    curves = {names[key]: histories[0][key] for key in names if key in histories[0]}
    return lines("Loss", curves, x_name="epoch", y_name="loss")


def prediction_block(found: Sequence[Prediction]) -> Block:
    """Each sentence with its emoji, and how sure that is."""
    rows = [
        (one.sentence.strip(), one.emoji.symbol if one.emoji else "?", f"{max(one.probabilities, default=0):.0%} sure")
        for one in found
    ]
    return pairs("Sentences and their emoji", rows)


def weights_block(one: Prediction) -> Block:
    """How much each word of a sentence spoke for its emoji."""
    rows = [(weight.text, weight.nats, f"{weight.nats:+.2f}") for weight in one.weights]
    symbol = one.emoji.symbol if one.emoji else "?"
    title = f"What spoke for {symbol} in \u201c{one.sentence.strip()[:60]}\u201d"
    return bars(title, rows, value_name="nats that the word adds to the emoji's log probability")


def confusion_block(name: str, found: Evaluation, table: EmojiTable) -> Block:
    """Sentences by their class and the class they got."""
    labels = [str(entry) for entry in table.names]
    return heatmap(
        f"{name}: accuracy {found.accuracy:.2f}", np.asarray(found.confusion), rows=labels, columns=labels,
        row_name="should be", column_name="was given", alt="sentences by their class and the class they got",
    )  # fmt: skip
