"""`python -m week2.emojify VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from common.cli import Verb, add_run_options, main, number_in
from common.compare_verb import compare_verb
from common.jobs import job

if TYPE_CHECKING:
    from common.course_figures import Comparison

DESCRIPTION = "A sentence in, an emoji out: by the average of its word vectors (version 1) or by two LSTMs (version 2)."
_COUNT = number_in(1, 1_000_000, int)
_SHARE = number_in(0, 0.99)


def _use_one_blas_thread() -> None:
    """For the verbs that work in NumPy on small matrices; to be called before it is imported."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _add_files(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("files")
    group.add_argument("--sentences", type=Path, metavar="CSV", help="sentences to learn: a sentence, a label a row")
    group.add_argument(
        "--labels", type=Path, metavar="FILE", help="your emoji, a line each: emoji,name (from class 0 on)"
    )
    _add_vectors(group)


def _add_vectors(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--vectors", type=Path, metavar="FILE", help="word vectors in the GloVe text format")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    network = parser.add_argument_group("the network of version 2")
    network.add_argument("--units", type=_COUNT, default=128, metavar="N", help="units of each layer (default 128)")
    network.add_argument("--layers", type=_COUNT, default=2, metavar="N", help="recurrent layers (default 2)")
    network.add_argument("--cell", choices=("lstm", "gru"), default="lstm", help="kind of layer (default lstm)")
    network.add_argument("--bidirectional", action="store_true", help="read from both ends")
    network.add_argument(
        "--window", type=_COUNT, metavar="N", help="most words of a sentence that are read (default 30)"
    )
    network.add_argument(
        "--no-masking", dest="masking", action="store_false", help="let padding count, as the course's network does"
    )
    network.add_argument(
        "--padding", choices=("post", "pre"), default="post", help="where padding stands (default post)"
    )
    network.add_argument("--dropout", type=_SHARE, default=0.3, metavar="X", help="rate after each layer (default 0.3)")
    for name, usual, what in (
        ("input", 0.3, "in the word vectors"),
        ("word", 0.2, "of whole words"),
        ("recurrent", 0.1, "from step to step"),
    ):
        network.add_argument(
            f"--{name}-dropout", type=_SHARE, default=usual, metavar="X", help=f"rate {what} (default {usual})"
        )
    learning = parser.add_argument_group("learning")
    learning.add_argument(
        "--epochs", type=_COUNT, metavar="N", help="passes over the sentences (default 40; version 1: 400)"
    )
    learning.add_argument(
        "--batch-size", type=_COUNT, default=32, metavar="N", help="sentences in a batch (default 32)"
    )
    learning.add_argument(
        "--learning-rate",
        type=number_in(0, 10, open_low=True),
        metavar="X",
        help="default 0.003 at its height; version 1: 0.01",
    )
    learning.add_argument("--weight-decay", type=number_in(0, 10), default=0.05, metavar="X", help="default 0.05")
    learning.add_argument("--label-smoothing", type=_SHARE, default=0.1, metavar="X", help="default 0.1")
    learning.add_argument(
        "--validation",
        type=_SHARE,
        default=0.0,
        metavar="X",
        help="share kept apart to stop at the best epoch (default 0)",
    )
    learning.add_argument(
        "--patience", type=_COUNT, default=10, metavar="N", help="epochs without a better one (default 10)"
    )
    learning.add_argument(
        "--members", type=number_in(1, 100, int), default=1, metavar="N", help="networks whose answers are averaged"
    )


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--version", type=int, choices=(1, 2), default=2, help="1: average of word vectors; 2: two LSTMs (default 2)"
    )


def _add_train(parser: argparse.ArgumentParser) -> None:
    _add_version(parser)
    _add_files(parser)
    _add_settings(parser)
    add_run_options(parser)


def _train(arguments: argparse.Namespace) -> int:
    from week2.emojify.run import run_train

    return run_train(arguments)


def _add_predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sentence", nargs="*", metavar="SENTENCE", help="a sentence; without it, standard input is read"
    )
    parser.add_argument(
        "--file", type=Path, metavar="FILE", help="sentences, one a line, or a CSV with a sentence column"
    )
    _add_version(parser)
    _add_vectors(parser)
    parser.add_argument("--words", action="store_true", help="show for every sentence which words weighed most")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--picture", action="store_true", help="draw how much each word weighed")
    add_run_options(parser, seed=False, weights=True)


def _predict(arguments: argparse.Namespace) -> int:
    _use_one_blas_thread()
    from week2.emojify.run import run_predict

    return run_predict(arguments)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--test", type=Path, metavar="CSV", help="sentences to be held against, which training never saw"
    )
    parser.add_argument(
        "--seeds", type=number_in(1, 100, int), metavar="N", help="train both versions anew, N times each"
    )
    parser.add_argument("--masks", action="store_true", help="with --seeds: version 2 without masking as well")
    parser.add_argument("--as-course", action="store_true", help="with --seeds: version 2 as the course has it as well")
    parser.add_argument(
        "--errors", type=number_in(0, 100_000, int), default=8, metavar="N", help="errors to list (default 8)"
    )
    parser.add_argument(
        "--weights", type=Path, nargs="+", metavar="FILE", help="weights to evaluate, of either version"
    )
    _add_files(parser)
    _add_settings(parser)
    add_run_options(parser)


def _evaluate(arguments: argparse.Namespace) -> int:
    from week2.emojify.run_evaluate import run_evaluate

    return run_evaluate(arguments)


def _comparison() -> Comparison:
    from week2.emojify.compare import COMPARISON

    return COMPARISON


VERBS = [
    Verb(
        "train",
        "learn which emoji sentences get; leaves weights",
        "train --sentences mine.csv --labels emoji.txt",
        _add_train,
        _train,
    ),
    Verb(
        "predict",
        "the emoji of a sentence, a file or standard input, and which words weighed most",
        'predict "not feeling happy"',
        _add_predict,
        _predict,
    ),
    Verb(
        "evaluate",
        "both versions on sentences that training never saw: scores by class, confusion matrices, errors",
        "evaluate --seeds 5",
        _add_evaluate,
        _evaluate,
    ),
    compare_verb(_comparison),
]

# What `make run` does: learn for a while, then answer with the shipped weights.
MAIN_JOB = [
    job("predict", "not feeling happy", "--weights", "week2/emojify/assets/lstm_weights.npz", seconds=1),
    job("evaluate", seconds=3),
    job("train", "--epochs", "4", "--out", "out/week2/emojify/short_training", seconds=11, quick={"--epochs": "1"}),
]

if __name__ == "__main__":
    sys.exit(main("week2.emojify", DESCRIPTION, VERBS))
