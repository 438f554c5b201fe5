"""`python -m week1.dinosaur_island VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from common.cli import Verb, add_run_options, add_sampling_options, main, number_in
from common.compare_verb import compare_verb
from common.jobs import job
from common.quiet_import import use_one_blas_thread

DESCRIPTION = "A character-level language model that invents dinosaur names, in NumPy."
_COUNT = number_in(1, 1_000_000, int)


def _comparison():
    from week1.dinosaur_island.compare import COMPARISON

    return COMPARISON


def _add_names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--names", type=Path, metavar="FILE", help="a list of names, one a line (towns, Pokemon, ...)")


def _add_train(parser: argparse.ArgumentParser) -> None:
    _add_names(parser)
    parser.add_argument("--cell", choices=("rnn", "gru", "lstm"), default="lstm", help="recurrent cell (default lstm)")
    parser.add_argument("--units", type=_COUNT, default=256, metavar="N", help="units of a layer (default 256)")
    parser.add_argument("--layers", type=_COUNT, default=1, metavar="N", help="recurrent layers (default 1)")
    parser.add_argument(
        "--embedding", type=number_in(0, 10_000, int), default=64, metavar="N", help="numbers per character; 0: one-hot"
    )
    parser.add_argument("--epochs", type=_COUNT, default=60, metavar="N", help="passes over the names (default 60)")
    parser.add_argument("--batch-size", type=_COUNT, default=64, metavar="N", help="names in a batch (default 64)")
    parser.add_argument(
        "--learning-rate",
        type=number_in(0, 10, open_low=True),
        default=4e-3,
        metavar="X",
        help="of Adam (default 0.004)",
    )
    parser.add_argument(
        "--patience",
        type=_COUNT,
        default=20,
        metavar="N",
        help="epochs without a better validation loss before stopping (default 20)",
    )
    parser.add_argument(
        "--members", type=_COUNT, default=1, metavar="N", help="networks whose probabilities are averaged (default 1)"
    )
    add_run_options(parser)


def _train(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.dinosaur_island.run import run_train

    return run_train(arguments)


def _add_generate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=_COUNT, default=10, metavar="N", help="how many names (default 10)")
    parser.add_argument("--prefix", default="", metavar="TEXT", help="what every name begins with")
    add_sampling_options(parser, temperature=0.8)
    parser.add_argument("--max-length", type=_COUNT, default=40, metavar="N", help="longest name (default 40)")
    parser.add_argument("--repeats", action="store_true", help="allow a name more than once")
    parser.add_argument("--new-only", action="store_true", help="leave out names that the training list holds")
    add_run_options(parser, course=False, weights=True)


def _generate(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.dinosaur_island.run import run_generate

    return run_generate(arguments)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_names(parser)
    parser.add_argument("--splits", type=number_in(1, 100, int), default=5, metavar="N", help="splits (default 5)")
    parser.add_argument(
        "--members", type=number_in(1, 100, int), default=4, metavar="N", help="networks in each ensemble (default 4)"
    )
    parser.add_argument(
        "--epochs", type=_COUNT, metavar="N", help="train the networks this long instead of as the recipe says"
    )
    parser.add_argument(
        "--processes", type=number_in(1, 256, int), metavar="N", help="networks trained at a time (default: processors)"
    )
    add_run_options(parser)


def _evaluate(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.dinosaur_island.run import run_evaluate

    return run_evaluate(arguments)


VERBS = [
    Verb(
        "train", "learn a list of names; leaves weights and a loss curve", "train --names towns.txt", _add_train, _train
    ),
    Verb(
        "generate",
        "invent names, from what you trained last or from the shipped weights",
        "generate --count 20 --prefix T",
        _add_generate,
        _generate,
    ),
    Verb(
        "evaluate",
        "held-out cross-entropy over seeded splits, beside the best n-gram",
        "evaluate --names towns.txt",
        _add_evaluate,
        _evaluate,
    ),
    compare_verb(_comparison),
]

# What `make run` does: learn the shipped names for a while, then invent some with the shipped weights.
MAIN_JOB = [
    job("generate", "--count", "24", "--weights", "week1/dinosaur_island/assets/weights.npz", seconds=1),
    job(
        "train", "--epochs", "12", "--out", "out/week1/dinosaur_island/short_training",
        seconds=7, quick={"--epochs": "4"},
    ),
]  # fmt: skip

if __name__ == "__main__":
    sys.exit(main("week1.dinosaur_island", DESCRIPTION, VERBS))
