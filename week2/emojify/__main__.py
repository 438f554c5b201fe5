"""`python -m week2.emojify VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from common.cli import Verb, add_run_options, main
from common.compare_verb import compare_verb
from common.jobs import job
from common.quiet_import import use_one_blas_thread
from common.sentence_classifier.options import Usual, add_files, add_sentences, add_settings, add_test

if TYPE_CHECKING:
    from common.course_figures import Comparison

DESCRIPTION = "A sentence in, an emoji out: by the average of its word vectors (version 1) or by two LSTMs (version 2)."


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--version", type=int, choices=(1, 2), default=2, help="1: average of word vectors; 2: two LSTMs (default 2)"
    )


def _add_settings(parser: argparse.ArgumentParser) -> None:
    add_files(parser, labels="your emoji, a line each: emoji,name (from class 0 on)")
    add_settings(parser, Usual())
    add_run_options(parser)


def _add_train(parser: argparse.ArgumentParser) -> None:
    _add_version(parser)
    _add_settings(parser)


def _train(arguments: argparse.Namespace) -> int:
    from week2.emojify.run import run_train

    return run_train(arguments)


def _add_predict(parser: argparse.ArgumentParser) -> None:
    add_sentences(parser)
    _add_version(parser)
    add_run_options(parser, seed=False, weights=True)


def _predict(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week2.emojify.run import run_predict

    return run_predict(arguments)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    add_test(parser)
    parser.add_argument("--masks", action="store_true", help="with --seeds: version 2 without masking as well")
    parser.add_argument("--as-course", action="store_true", help="with --seeds: version 2 as the course has it as well")
    _add_settings(parser)


def _evaluate(arguments: argparse.Namespace) -> int:
    from week2.emojify.run import run_evaluate

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
