"""`python -m week2.learning_embeddings VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from common.cli import Verb, add_run_options, main, number_in
from common.jobs import job

DESCRIPTION = "Where word vectors come from: skip-gram, CBOW, GloVe and a neural language model, learnt from any text."
_COUNT = number_in(1, 1_000_000_000, int)
_ALGORITHMS = ("skip-gram", "cbow", "glove", "window")


def _add_corpus(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--text", type=Path, metavar="FILE", help="a text (UTF-8, plain or gzip) instead of the shipped"
    )
    parser.add_argument(
        "--min-count", type=_COUNT, default=5, metavar="N", help="leave out words seen fewer times (default 5)"
    )
    parser.add_argument("--max-words", type=_COUNT, metavar="N", help="keep only the N most frequent words")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("settings (each algorithm has its own defaults)")
    group.add_argument("--dimensions", type=_COUNT, metavar="N", help="numbers in a vector")
    group.add_argument("--window", type=_COUNT, metavar="N", help="words to each side (window: before)")
    group.add_argument("--epochs", type=_COUNT, metavar="N", help="passes over the text, or over its counts")
    group.add_argument("--learning-rate", type=number_in(0, 100, open_low=True), metavar="X", help="at the beginning")


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--algorithm", choices=_ALGORITHMS, default="skip-gram", help="which one (default skip-gram)")
    _add_corpus(parser)
    _add_settings(parser)
    own = parser.add_argument_group("settings of some algorithms")
    own.add_argument("--negatives", type=_COUNT, metavar="N", help="skip-gram, cbow: words drawn as wrong answers")
    own.add_argument("--subsample", type=number_in(0, 1), metavar="X", help="skip-gram, cbow: thin out frequent words")
    own.add_argument(
        "--x-max", type=number_in(0, 1e9, open_low=True), metavar="X", help="glove: counts weigh up to this"
    )
    own.add_argument("--memory-mb", type=_COUNT, metavar="MB", help="glove: memory for counting; more goes to disk")
    own.add_argument("--kernel", choices=("auto", "numpy", "numba"), help="skip-gram, cbow, glove: what computes")
    own.add_argument("--workers", type=number_in(1, 256, int), metavar="N", help="skip-gram, cbow: threads, with numba")
    add_run_options(parser, course=False)


def _train(arguments: argparse.Namespace) -> int:
    from week2.learning_embeddings.run import run_train

    return run_train(arguments)


def _add_questions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--questions", type=Path, metavar="FILE", help="analogies in the questions-words format")
    parser.add_argument("--similarities", type=Path, metavar="FILE", help="lines: word, word, judgement")


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--vectors", type=Path, metavar="FILE", help="vectors to ask (default: trained last, or shipped)"
    )
    parser.add_argument("--lenient", action="store_true", help="skip and count defective lines of the vectors file")
    _add_questions(parser)
    add_run_options(parser, seed=False, course=False)


def _evaluate(arguments: argparse.Namespace) -> int:
    from week2.learning_embeddings.run import run_evaluate

    return run_evaluate(arguments)


def _add_compare_algorithms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--algorithms", nargs="+", choices=_ALGORITHMS, default=list(_ALGORITHMS), metavar="NAME", help="default: all"
    )
    parser.add_argument(
        "--seeds", type=number_in(1, 100, int), default=1, metavar="N", help="trainings of each (default 1)"
    )
    _add_corpus(parser)
    _add_settings(parser)
    _add_questions(parser)
    add_run_options(parser, course=False)


def _compare_algorithms(arguments: argparse.Namespace) -> int:
    from week2.learning_embeddings.run import run_compare_algorithms

    return run_compare_algorithms(arguments)


VERBS = [
    Verb(
        "train",
        "learn vectors from a text; leaves them in the GloVe text format",
        "train --algorithm glove --text novel.txt",
        _add_train,
        _train,
    ),
    Verb(
        "evaluate",
        "analogies by section, and similarity ranks, of any vectors",
        "evaluate --vectors glove.6B.50d.txt --questions questions-words.txt",
        _add_evaluate,
        _evaluate,
    ),
    Verb(
        "compare-algorithms",
        "skip-gram, CBOW, GloVe and the window model on the same text, in one table",
        "compare-algorithms --seeds 3",
        _add_compare_algorithms,
        _compare_algorithms,
    ),
]

# What `make run` does: learn from the shipped corpus for a while, then ask the shipped vectors.
MAIN_JOB = [
    job("evaluate", "--vectors", "week2/learning_embeddings/assets/world.50d.txt.gz", seconds=1),
    job(
        "train", "--epochs", "2", "--out", "out/week2/learning_embeddings/short_training",
        seconds=8, quick={"--epochs": "1"},
    ),
]  # fmt: skip

if __name__ == "__main__":
    sys.exit(main("week2.learning_embeddings", DESCRIPTION, VERBS))
