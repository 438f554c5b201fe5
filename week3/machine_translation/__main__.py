"""`python -m week3.machine_translation VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from common.cli import Verb, add_run_options, main, number_in
from common.compare_verb import compare_verb
from common.jobs import job
from common.quiet_import import use_one_blas_thread

if TYPE_CHECKING:
    from common.course_figures import Comparison

DESCRIPTION = "Attention: dates as people write them to 1979-05-03, and from English into six languages."
_COUNT = number_in(1, 10_000_000, int)
_ACTIVATIONS = ("sigmoid", "legacy_hard_sigmoid", "hard_sigmoid")


def _comparison() -> Comparison:
    from week3.machine_translation.compare import COMPARISON

    return COMPARISON


def _add_task(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--task", choices=("dates", "languages"), default="dates", help="what is translated (default dates)"
    )


def _years(text: str) -> tuple[int, int]:
    first, separator, last = text.partition(":")
    if not (separator and first.isdigit() and last.isdigit() and 1900 <= int(first) <= int(last) <= 2099):
        raise argparse.ArgumentTypeError(f"{text!r} is no span of years in 1900 to 2099; write one such as 1970:2017")
    return int(first), int(last)


def _add_train(parser: argparse.ArgumentParser) -> None:
    _add_task(parser)
    parser.add_argument("--examples", type=_COUNT, metavar="N", help="texts to learn from (dates: 100000)")
    parser.add_argument("--epochs", type=_COUNT, metavar="N", help="passes over them (dates: 12)")
    parser.add_argument("--batch-size", type=_COUNT, metavar="N", help="texts in a batch (dates: 256)")
    parser.add_argument(
        "--learning-rate", type=number_in(0, 10, open_low=True), metavar="X", help="highest rate of Adam (dates: 0.005)"
    )
    parser.add_argument("--units", type=_COUNT, metavar="N", help="units of the decoder (dates: 64)")
    parser.add_argument("--formats", choices=("course", "wide"), help="dates: the course's formats, or more (wide)")
    parser.add_argument("--years", type=_years, metavar="A:B", help="dates: first and last year (1900:2099)")
    add_run_options(parser, course=False)


def _train(arguments: argparse.Namespace) -> int:
    from week3.machine_translation.run import run_train

    return run_train(arguments)


def _add_texts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", metavar="TEXT", help='such as "3 May 1979"')
    parser.add_argument(
        "--file", type=Path, metavar="FILE", help="a file with a text on each line; - is standard input"
    )
    _add_task(parser)
    parser.add_argument("--to", metavar="TAG", help="languages: language and format of the answer, such as fr-full")
    parser.add_argument(
        "--beam-width", type=number_in(1, 1000, int), default=1, metavar="N", help="languages: 1 is greedy (default)"
    )
    parser.add_argument(
        "--recurrent-activation",
        choices=_ACTIVATIONS,
        help="of the gates (default: what the weights were trained with)",
    )


def _add_translate(parser: argparse.ArgumentParser) -> None:
    _add_texts(parser)
    parser.add_argument(
        "--length-penalty",
        type=number_in(0, 10),
        default=0.0,
        metavar="X",
        help="languages: exponent of the length (0)",
    )
    parser.add_argument(
        "--coverage-penalty", type=number_in(0, 10), default=0.0, metavar="X", help="languages: for parts not read (0)"
    )
    parser.add_argument(
        "--count", type=number_in(1, 1000, int), default=1, metavar="N", help="alternatives to show (default 1)"
    )
    parser.add_argument("--valid-dates", action="store_true", help="only dates that exist may come out")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the list")
    add_run_options(parser, seed=False, course=False, weights=True)


def _translate(arguments: argparse.Namespace) -> int:
    # NumPy works on several chunks at once, each with one BLAS thread; to be said before it is loaded
    use_one_blas_thread()
    from week3.machine_translation.run import run_translate

    return run_translate(arguments)


def _add_attention(parser: argparse.ArgumentParser) -> None:
    _add_texts(parser)
    add_run_options(parser, seed=False, course=False, weights=True)


def _attention(arguments: argparse.Namespace) -> int:
    from week3.machine_translation.run import run_attention

    return run_attention(arguments)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_task(parser)
    parser.add_argument(
        "--count", type=number_in(100, 1_000_000, int), default=10_000, metavar="N", help="texts of each kind (10000)"
    )
    parser.add_argument(
        "--recurrent-activation",
        choices=_ACTIVATIONS,
        help="of the gates (default: what the weights were trained with)",
    )
    add_run_options(parser, course=False, weights=True)


def _evaluate(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.machine_translation.run import run_evaluate

    return run_evaluate(arguments)


def _compare(arguments: argparse.Namespace) -> int:
    from common.compare_verb import run
    from week3.machine_translation.compare import explanation

    status = run(_comparison(), arguments)
    if not (arguments.json or arguments.solution):
        print(f"\n{explanation(arguments.figures, arguments.course)}".rstrip())
    return status


VERBS = [
    Verb("train", "learn a task from dates drawn anew", "train --task dates", _add_train, _train),
    Verb(
        "translate",
        "translate texts, a file or standard input",
        'translate "3 May 1979" "5 April 09" "21th of August 2016"',
        _add_translate,
        _translate,
    ),
    Verb("evaluate", "the numbers on dates that training never saw", "evaluate", _add_evaluate, _evaluate),
    Verb("attention", "where the network looks, as a picture", 'attention "3 May 1979"', _add_attention, _attention),
    dataclasses.replace(compare_verb(_comparison), run=_compare),
]

# What `make run` does: learn dates for a while, then use the shipped weights.
MAIN_JOB = [
    job(
        "translate", "3 May 1979", "5 April 09", "21th of August 2016", "Tue 10 Jul 2007",
        "--weights", "week3/machine_translation/assets/dates.npz", seconds=1,
    ),
    job("attention", "Saturday, May 12, 2018", "--weights", "week3/machine_translation/assets/dates.npz", seconds=1),
    job(
        "translate", "--task", "languages", "--to", "fr-full", "Saturday, May 12, 2018", "--beam-width", "5",
        "--weights", "week3/machine_translation/assets/languages.npz",
        "--out", "out/week3/machine_translation/translate_languages", seconds=1,
    ),
    job("evaluate", "--count", "2000", "--weights", "week3/machine_translation/assets/dates.npz", seconds=2),
    job(
        "train", "--formats", "course", "--years", "1970:2017", "--examples", "20000", "--epochs", "6",
        "--batch-size", "128", "--out", "out/week3/machine_translation/short_training",
        seconds=33, quick={"--examples": "4000", "--epochs": "2"},
    ),
]  # fmt: skip
COURSE_JOB = [
    job(
        "translate", "3 May 1979", "5 April 09", "21th of August 2016", "Tue 10 Jul 2007",
        "--weights", "asset:date-translator-weights", "--out", "out/week3/machine_translation/translate_course",
    )
]  # fmt: skip

if __name__ == "__main__":
    sys.exit(main("week3.machine_translation", DESCRIPTION, VERBS))
