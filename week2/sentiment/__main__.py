"""`python -m week2.sentiment VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from common.cli import Verb, add_run_options, main, number_in
from common.jobs import job
from common.quiet_import import use_one_blas_thread
from common.sentence_classifier.options import add_files, add_sentences, add_settings, add_test
from week2.sentiment.settings import USUAL

DESCRIPTION = "Stars from the words of a review: the average of their vectors against a recurrent network."
_MODELS = {"average": 1, "network": 2}


def _model(text: str) -> int:
    if text not in _MODELS:
        raise argparse.ArgumentTypeError(f"there is no model {text!r}; choose {' or '.join(_MODELS)}")
    return _MODELS[text]


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", dest="version", type=_model, default=_MODELS["network"], metavar="{average,network}",
        help="the average of the word vectors, or the recurrent network (default network)",
    )  # fmt: skip


def _add_settings(parser: argparse.ArgumentParser) -> None:
    add_files(parser, labels="your classes, a line each: symbol,name")
    add_settings(parser, USUAL)
    add_run_options(parser)


def _add_train(parser: argparse.ArgumentParser) -> None:
    _add_model(parser)
    _add_settings(parser)


def _train(arguments: argparse.Namespace) -> int:
    from week2.sentiment.run import run_train

    return run_train(arguments)


def _add_predict(parser: argparse.ArgumentParser) -> None:
    add_sentences(parser)
    _add_model(parser)
    add_run_options(parser, seed=False, weights=True)


def _predict(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week2.sentiment.run import run_predict

    return run_predict(arguments)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    add_test(parser)
    _add_settings(parser)


def _evaluate(arguments: argparse.Namespace) -> int:
    from week2.sentiment.run import run_evaluate

    return run_evaluate(arguments)


def _add_compose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--count", type=number_in(1, 20_000, int), default=20, metavar="N", help="how many (default 20)"
    )
    parser.add_argument(
        "--part", choices=("training", "test"), default="training", help="whose frames (default training)"
    )
    parser.add_argument("--file", type=Path, metavar="CSV", help="write them there instead of printing them")
    add_run_options(parser, out=False, course=False)


def _compose(arguments: argparse.Namespace) -> int:
    from week2.sentiment.run import run_compose

    return run_compose(arguments)


VERBS = [
    Verb(
        "train", "learn stars, or any labels, from a CSV of text and label; leaves weights",
        "train --sentences reviews.csv", _add_train, _train,
    ),
    Verb(
        "predict", "the stars of a sentence, a file or standard input, and which words weighed most",
        'predict "far from delicious"', _add_predict, _predict,
    ),
    Verb(
        "evaluate", "both models on sentences that training never saw: scores, error in stars, confusion, errors",
        "evaluate --seeds 3", _add_evaluate, _evaluate,
    ),
    Verb("compose", "compose further reviews with their stars", "compose --count 5 --seed 1", _add_compose, _compose),
]  # fmt: skip

# What `make run` does: learn for a while, then answer with the shipped weights.
MAIN_JOB = [
    job(
        "predict", "completely lacking in good taste, good service, and good ambience",
        "--weights", "week2/sentiment/assets/lstm_weights.npz", seconds=1,
    ),
    job("evaluate", seconds=3),
    job("train", "--epochs", "2", "--out", "out/week2/sentiment/short_training", seconds=20, quick={"--epochs": "1"}),
]  # fmt: skip

if __name__ == "__main__":
    sys.exit(main("week2.sentiment", DESCRIPTION, VERBS))
