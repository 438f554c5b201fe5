"""`python -m week1.shakespeare VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from common.cli import Verb, add_run_options, add_sampling_options, main, number_in
from common.compare_verb import compare_verb
from common.jobs import job
from common.quiet_import import use_one_blas_thread

if TYPE_CHECKING:
    from common.course_figures import Comparison

DESCRIPTION = "A character-level LSTM that writes verse on from a beginning of yours."
_COUNT = number_in(1, 1_000_000, int)


def _add_text(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", type=Path, metavar="FILE", help="any text, in any script (UTF-8)")


def _add_train(parser: argparse.ArgumentParser) -> None:
    _add_text(parser)
    parser.add_argument("--epochs", type=_COUNT, default=14, metavar="N", help="passes over the text (default 14)")
    parser.add_argument("--units", type=_COUNT, default=128, metavar="N", help="units of each LSTM (default 128)")
    parser.add_argument("--layers", type=_COUNT, default=2, metavar="N", help="LSTM layers (default 2)")
    parser.add_argument(
        "--dropout", type=number_in(0, 0.99), default=0.5, metavar="X", help="rate after each LSTM (default 0.5)"
    )
    parser.add_argument(
        "--targets",
        choices=("every", "last"),
        default="every",
        help="learn what follows every character of a window, or the last one only, as the course does (default every)",
    )
    parser.add_argument(
        "--stride", type=_COUNT, default=3, metavar="N", help="characters from window to window (default 3)"
    )
    parser.add_argument("--batch-size", type=_COUNT, default=128, metavar="N", help="windows in a batch (default 128)")
    parser.add_argument(
        "--learning-rate", type=number_in(0, 10, open_low=True), default=6e-3, metavar="X", help="of Adam (0.006)"
    )
    parser.add_argument(
        "--patience", type=_COUNT, default=5, metavar="N", help="epochs without a better validation loss (default 5)"
    )
    add_run_options(parser)


def _train(arguments: argparse.Namespace) -> int:
    from week1.shakespeare.run import run_train

    return run_train(arguments)


def _add_generate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--start", default="", metavar="TEXT", help="how the text begins")
    parser.add_argument("--length", type=_COUNT, default=400, metavar="N", help="characters to write (default 400)")
    parser.add_argument("--count", type=number_in(1, 1000, int), default=1, metavar="N", help="texts (default 1)")
    add_sampling_options(parser, temperature=0.5)
    parser.add_argument(
        "--semantics",
        choices=("window", "stateful"),
        default="window",
        help="predict from the last 40 characters alone, as the course does, or carry one state on (default window)",
    )
    add_run_options(parser, course=False, weights=True)


def _generate(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.shakespeare.run import run_generate

    return run_generate(arguments)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_text(parser)
    parser.add_argument(
        "--written", type=_COUNT, default=4000, metavar="N", help="characters to write and look for copies in (4000)"
    )
    add_run_options(parser, weights=True)


def _evaluate(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.shakespeare.run import run_evaluate

    return run_evaluate(arguments)


def _comparison() -> Comparison:
    from week1.shakespeare.compare import COMPARISON

    return COMPARISON


def _compare(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.shakespeare.compare import OFFSETS_EXPLAINED

    status = int(_COMPARE.run(arguments) or 0)
    if not arguments.json and arguments.solution is None:
        print(f"\n{OFFSETS_EXPLAINED}")
    return status


_COMPARE = compare_verb(_comparison)

VERBS = [
    Verb("train", "learn a text; leaves weights and a loss curve", "train --text poems.txt", _add_train, _train),
    Verb(
        "generate",
        "write on from a beginning, with what you trained last or with the shipped weights",
        'generate --start "When dusk comes" --length 600',
        _add_generate,
        _generate,
    ),
    Verb(
        "evaluate",
        "held-out cross-entropy beside an n-gram's, and the longest copied passage",
        "evaluate",
        _add_evaluate,
        _evaluate,
    ),
    replace(_COMPARE, run=_compare),
]

# What `make run` does: write some lines with the shipped weights.
MAIN_JOB = [
    job("generate", "--start", "When dusk comes", "--weights", "week1/shakespeare/assets/verse_model.npz", seconds=1)
]
COURSE_JOB = [
    job(
        "generate", "--start", "Forsooth this maketh no sense", "--weights", "asset:shakespeare-weights",
        "--out", "out/week1/shakespeare/generate_course", seconds=2,
    )
]  # fmt: skip

if __name__ == "__main__":
    sys.exit(main("week1.shakespeare", DESCRIPTION, VERBS))
