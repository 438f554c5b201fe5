"""`python -m week3.trigger_word VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from common.cli import Verb, add_run_options, main, number_in
from common.compare_verb import compare_verb

if TYPE_CHECKING:
    from common.course_figures import Comparison

DESCRIPTION = "Trigger word detection: sound in, a chime out."
_COUNT = number_in(1, 10_000_000, int)


def _use_one_blas_thread() -> None:
    """For the verbs that work in NumPy; to be called before it is imported: a second one slows their small products."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _comparison() -> Comparison:
    _use_one_blas_thread()
    from week3.trigger_word.compare import COMPARISON

    return COMPARISON


def _add_detect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="sound files or folders; - is raw PCM on standard input"
    )
    parser.add_argument(
        "--rule",
        choices=("hysteresis", "2021", "2018"),
        default="hysteresis",
        help="when to chime: once an event (default), or by the course's rule of 2021 or 2018",
    )
    parser.add_argument(
        "--threshold", type=number_in(0.01, 0.99), default=0.5, metavar="X", help="probability from which on (0.5)"
    )
    parser.add_argument("--keep-level", action="store_true", help="do not bring the sound to -20 dBFS first")
    parser.add_argument("--chime", type=Path, metavar="FILE", help="another chime")
    parser.add_argument(
        "--rate", type=number_in(1000, 768_000, int), default=44_100, metavar="HZ", help="of PCM (44100)"
    )
    parser.add_argument("--channels", type=number_in(1, 16, int), default=1, metavar="N", help="of PCM (default 1)")
    parser.add_argument("--no-picture", action="store_true", help="leave out the picture, which takes longest")
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    add_run_options(parser, seed=False, weights=True)


def _detect(arguments: argparse.Namespace) -> int:
    _use_one_blas_thread()
    from week3.trigger_word.run import run_detect

    return run_detect(arguments)


def _add_synthesize(parser: argparse.ArgumentParser) -> None:
    for kind, what in (("activates", "the trigger word"), ("negatives", "other words"), ("backgrounds", "no words")):
        parser.add_argument(f"--{kind}", type=Path, metavar="DIR", help=f"folder of sound files with {what}")
    parser.add_argument("--count", type=_COUNT, default=100, metavar="N", help="examples to make (default 100)")
    parser.add_argument("--per-shard", type=_COUNT, default=50, metavar="N", help="examples in a file (default 50)")
    parser.add_argument("--workers", type=_COUNT, metavar="N", help="processes (default: as many as processors)")
    parser.add_argument("--plain", action="store_true", help="without variation of speed, pitch, room, noise and level")
    add_run_options(parser)


def _synthesize(arguments: argparse.Namespace) -> int:
    _use_one_blas_thread()
    from week3.trigger_word.run import run_synthesize

    return run_synthesize(arguments)


VERBS = [
    Verb(
        "detect",
        "hear the trigger word in sound files or on standard input, and chime",
        "detect recording.wav --weights model.h5",
        _add_detect,
        _detect,
    ),
    Verb(
        "synthesize",
        "make training examples of clips of yours",
        "synthesize --activates hello --negatives others --backgrounds rooms --count 1000",
        _add_synthesize,
        _synthesize,
    ),
    compare_verb(_comparison),
]

if __name__ == "__main__":
    sys.exit(main("week3.trigger_word", DESCRIPTION, VERBS))
