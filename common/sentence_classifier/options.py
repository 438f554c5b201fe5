"""The options that assignments with a sentence classifier share, and what they are usually set to. Light: no NumPy."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from common.cli import number_in

_COUNT = number_in(1, 1_000_000, int)
_SHARE = number_in(0, 0.99)
_RATE = number_in(0, 10, open_low=True)


@dataclass(frozen=True)
class Usual:
    """What an assignment's options are set to unless told otherwise; the names are those of the settings.

    Attributes:
        window: the most words of a sentence that are read.
        cut: whether longer sentences are cut in training, or the window widened for them.
        learn_vectors: whether word vectors are learnt along, in both versions.
        average_epochs, average_learning_rate: of version 1; the others are version 2's.
    """

    units: int = 128
    layers: int = 2
    cell: str = "lstm"
    bidirectional: bool = False
    window: int = 30
    cut: bool = False
    dropout: float = 0.3
    input_dropout: float = 0.3
    word_dropout: float = 0.2
    recurrent_dropout: float = 0.1
    learn_vectors: bool = False
    epochs: int = 40
    batch_size: int = 32
    learning_rate: float = 0.003
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    average_epochs: int = 400
    average_learning_rate: float = 0.01


def add_files(parser: argparse.ArgumentParser, *, labels: str) -> None:
    """Add --sentences, --labels (helped by `labels`) and --vectors."""
    group = parser.add_argument_group("files")
    group.add_argument("--sentences", type=Path, metavar="CSV", help="sentences to learn: a sentence, a label a row")
    group.add_argument("--labels", type=Path, metavar="FILE", help=labels)
    add_vectors(group)


def add_vectors(parser: argparse._ActionsContainer) -> None:
    """Add --vectors."""
    parser.add_argument("--vectors", type=Path, metavar="FILE", help="word vectors in the GloVe text format")


def add_settings(parser: argparse.ArgumentParser, usual: Usual) -> None:
    """Add the settings of the recurrent network and of its learning."""
    _add_network(parser.add_argument_group("the recurrent network"), usual)
    _add_learning(parser.add_argument_group("learning"), usual)


def _add_network(group: argparse._ActionsContainer, usual: Usual) -> None:
    _number(group, "units", _COUNT, usual.units, "N", "units of each layer")
    _number(group, "layers", _COUNT, usual.layers, "N", "recurrent layers")
    group.add_argument(
        "--cell", choices=("lstm", "gru"), default=usual.cell, help=f"kind of layer (default {usual.cell})"
    )
    group.add_argument(
        "--bidirectional", action=argparse.BooleanOptionalAction, default=usual.bidirectional,
        help=f"read from both ends (default {'yes' if usual.bidirectional else 'no'})",
    )  # fmt: skip
    group.add_argument(
        "--window", type=_COUNT, metavar="N", help=f"most words of a sentence that are read (default {usual.window})"
    )
    group.add_argument(
        "--no-masking", dest="masking", action="store_false", help="let padding count, as the course's network does"
    )
    group.add_argument("--padding", choices=("post", "pre"), default="post", help="where padding stands (default post)")
    _number(group, "dropout", _SHARE, usual.dropout, "X", "rate after each layer")
    _number(group, "input-dropout", _SHARE, usual.input_dropout, "X", "rate in the word vectors")
    _number(group, "word-dropout", _SHARE, usual.word_dropout, "X", "rate of whole words")
    _number(group, "recurrent-dropout", _SHARE, usual.recurrent_dropout, "X", "rate from step to step")


def _add_learning(group: argparse._ActionsContainer, usual: Usual) -> None:
    group.add_argument(
        "--learn-vectors", action=argparse.BooleanOptionalAction, default=usual.learn_vectors,
        help=f"learn the word vectors along (default {'yes' if usual.learn_vectors else 'no'})",
    )  # fmt: skip
    group.add_argument(
        "--epochs", type=_COUNT, metavar="N",
        help=f"passes over the sentences (default {usual.epochs}; the average: {usual.average_epochs})",
    )  # fmt: skip
    _number(group, "batch-size", _COUNT, usual.batch_size, "N", "sentences in a batch")
    group.add_argument(
        "--learning-rate", type=_RATE, metavar="X",
        help=f"at its height (default {usual.learning_rate}; the average: {usual.average_learning_rate})",
    )  # fmt: skip
    _number(group, "weight-decay", number_in(0, 10), usual.weight_decay, "X", "decoupled")
    _number(group, "label-smoothing", _SHARE, usual.label_smoothing, "X", "share of the truth spread over all classes")
    _number(group, "validation", _SHARE, 0.0, "X", "share kept apart to stop at the best epoch")
    _number(group, "patience", _COUNT, 10, "N", "epochs without a better one")
    _number(group, "members", number_in(1, 100, int), 1, "N", "networks whose answers are averaged")


def _number(group: argparse._ActionsContainer, name: str, kind, usual: float, metavar: str, what: str) -> None:
    group.add_argument(f"--{name}", type=kind, default=usual, metavar=metavar, help=f"{what} (default {usual:g})")


def add_sentences(parser: argparse.ArgumentParser) -> None:
    """Add what `predict` reads and how it answers: sentences, --file, --vectors, --words, --json, --picture."""
    parser.add_argument(
        "sentence", nargs="*", metavar="SENTENCE", help="a sentence; without it, standard input is read"
    )
    parser.add_argument(
        "--file", type=Path, metavar="FILE", help="sentences, one a line, or a CSV with a sentence column"
    )
    add_vectors(parser)
    parser.add_argument("--words", action="store_true", help="show for every sentence which words weighed most")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--picture", action="store_true", help="draw how much each word weighed")


def add_test(parser: argparse.ArgumentParser) -> None:
    """Add what `evaluate` is held against: --test, --seeds, --errors, --weights."""
    parser.add_argument(
        "--test", type=Path, metavar="CSV", help="sentences to be held against, which training never saw"
    )
    parser.add_argument(
        "--seeds", type=number_in(1, 100, int), metavar="N", help="train both versions anew, N times each"
    )
    parser.add_argument(
        "--errors", type=number_in(0, 100_000, int), default=8, metavar="N", help="errors to list (default 8)"
    )
    parser.add_argument(
        "--weights", type=Path, nargs="+", metavar="FILE", help="weights to evaluate, of either version"
    )
