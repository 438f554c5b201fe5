"""What a sentence classifier shows on the page of results: losses, answers, what each word weighed, confusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from common.page_blocks import Block, bars, heatmap, lines, pairs
from common.sentence_classifier.classes import ClassTable
from common.sentence_classifier.evaluate import Evaluation
from common.sentence_classifier.predict import Prediction


def loss_block(histories: Sequence[Mapping[str, Sequence[float]]]) -> Block:
    """The losses by epoch, the first member's."""
    names = {"loss": "training", "val_loss": "validation"}
    curves = {names[key]: histories[0][key] for key in names if key in histories[0]}
    return lines("Loss", curves, x_name="epoch", y_name="loss")


def prediction_block(found: Sequence[Prediction], noun: str) -> Block:
    """Each sentence with what it got (a `noun`), and how sure that is."""
    rows = [
        (
            one.sentence.strip(),
            one.answer.symbol if one.answer else "?",
            f"{max(one.probabilities, default=0):.0%} sure",
        )
        for one in found
    ]
    return pairs(f"Sentences and their {noun}", rows)


def weights_block(one: Prediction) -> Block:
    """How much each word of a sentence spoke for the answer."""
    rows = [(weight.text, weight.nats, f"{weight.nats:+.2f}") for weight in one.weights]
    symbol = one.answer.symbol if one.answer else "?"
    title = f"What spoke for {symbol} in \u201c{one.sentence.strip()[:60]}\u201d"
    return bars(title, rows, value_name="nats that the word adds to the log probability of the answer")


def confusion_block(name: str, found: Evaluation, table: ClassTable) -> Block:
    """Sentences by their class and the class they got."""
    labels = [str(entry) for entry in table.names]
    return heatmap(
        f"{name}: accuracy {found.accuracy:.2f}", np.asarray(found.confusion), rows=labels, columns=labels,
        row_name="should be", column_name="was given", alt="sentences by their class and the class they got",
    )  # fmt: skip
