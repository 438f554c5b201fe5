"""`python -m week3.trigger_word VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from common.cli import Verb, add_run_options, main, number_in
from common.compare_verb import compare_verb
from common.jobs import job
from common.quiet_import import use_one_blas_thread

if TYPE_CHECKING:
    from common.course_figures import Comparison

DESCRIPTION = "Trigger word detection: sound in, a chime out."
_COUNT = number_in(1, 10_000_000, int)


def _comparison() -> Comparison:
    use_one_blas_thread()
    from week3.trigger_word.compare import COMPARISON

    return COMPARISON


def _add_rule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rule",
        choices=("hysteresis", "2021", "2018"),
        default="hysteresis",
        help="when to chime: once an event (default), or by the course's rule of 2021 or 2018",
    )
    parser.add_argument(
        "--threshold",
        type=number_in(0.01, 0.999),
        metavar="X",
        help="probability from which on (default: the weights' own)",
    )


def _add_detect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="sound files or folders; - is raw PCM on standard input (default: the recording that ships)",
    )
    _add_rule(parser)
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
    use_one_blas_thread()
    from week3.trigger_word.run import run_detect

    return run_detect(arguments)


def _add_clips(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("clips (default: those that ship; with --course its own)")
    for kind, what in (("activates", "the trigger word"), ("negatives", "other words"), ("backgrounds", "no words")):
        group.add_argument(f"--{kind}", type=Path, metavar="DIR", help=f"folder of sound files with {what}")


def _add_workers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=_COUNT, metavar="N", help="processes (default: as many as processors)")


def _add_synthesize(parser: argparse.ArgumentParser) -> None:
    _add_clips(parser)
    parser.add_argument("--count", type=_COUNT, default=100, metavar="N", help="examples to make (default 100)")
    parser.add_argument("--per-shard", type=_COUNT, default=50, metavar="N", help="examples in a file (default 50)")
    _add_workers(parser)
    parser.add_argument("--plain", action="store_true", help="without variation of speed, pitch, room, noise and level")
    add_run_options(parser)


def _synthesize(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.trigger_word.run import run_synthesize

    return run_synthesize(arguments)


def _add_train(parser: argparse.ArgumentParser) -> None:
    _add_clips(parser)
    parser.add_argument(
        "--network", choices=("own", "course"), default="own", help="the small one (default), or the course's"
    )
    parser.add_argument("--from", dest="start", type=Path, metavar="FILE", help="weights to go on from")
    parser.add_argument(
        "--freeze-batch-norm", action="store_true", help="leave the batch normalisations as they are, with --from"
    )
    parser.add_argument("--examples", type=_COUNT, metavar="N", help="of 10 s, in an epoch (3000; course: 50)")
    parser.add_argument("--epochs", type=_COUNT, metavar="N", help="passes over them (12; course: 5)")
    parser.add_argument(
        "--rounds", type=_COUNT, metavar="N", help="each after the first half as long, on new examples (2; course: 1)"
    )
    parser.add_argument("--batch-size", type=_COUNT, metavar="N", help="examples in a batch (32; course: 5)")
    parser.add_argument(
        "--learning-rate", type=number_in(0, 10, open_low=True), metavar="X", help="highest rate of Adam"
    )
    parser.add_argument("--dropout", type=number_in(0, 0.95), metavar="X", help="default 0.2; course: 0.8")
    parser.add_argument(
        "--choice-minutes",
        type=number_in(0, 6000),
        default=40,
        metavar="N",
        help="of recordings of held-out words, to choose the threshold on (default 40)",
    )
    _add_workers(parser)
    add_run_options(parser)


def _train(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.trigger_word.run_train import run_train

    return run_train(arguments)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_clips(parser)
    parser.add_argument(
        "--split", choices=("train", "dev", "test"), default="test", help="of the shipped clips (default test)"
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--hours", type=number_in(0.01, 1000), default=3.0, metavar="X", help="of recordings (default 3)"
    )
    length.add_argument("--quick", dest="hours", action="store_const", const=0.2, help="12 minutes of recordings")
    parser.add_argument(
        "--ratio-db", type=number_in(-20, 60), default=10.0, metavar="X", help="words over background, dB (default 10)"
    )
    parser.add_argument("--live", action="store_true", help="match the level as it goes, as a microphone's sound is")
    _add_rule(parser)
    _add_workers(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    add_run_options(parser, weights=True)


def _evaluate(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.trigger_word.run_evaluate import run_evaluate

    return run_evaluate(arguments)


def _add_listen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", metavar="NAME", help="number or part of the name of an input")
    parser.add_argument(
        "--seconds", type=number_in(0, 1e6, open_low=True), metavar="X", help="how long (default: until Ctrl-C)"
    )
    parser.add_argument("--silent", action="store_true", help="print, but do not chime")
    _add_rule(parser)
    add_run_options(parser, seed=False, weights=True)


def _listen(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.trigger_word.run_listen import run_listen

    return run_listen(arguments)


VERBS = [
    Verb(
        "detect",
        "hear the trigger word in sound files or on standard input, and chime",
        "detect recording.wav",
        _add_detect,
        _detect,
    ),
    Verb("listen", "hear the microphone, and chime (needs sounddevice)", "listen", _add_listen, _listen),
    Verb(
        "train",
        "learn a trigger word from clips: those that ship, or yours",
        "train --activates hello --negatives others",
        _add_train,
        _train,
    ),
    Verb(
        "evaluate",
        "words found, missed and made up in hours of recordings that training never saw",
        "evaluate --hours 3",
        _add_evaluate,
        _evaluate,
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

# What `make run` does: learn the shipped clips for a while, then use the shipped weights.
_SHIPPED = ("--weights", "week3/trigger_word/assets/weights.npz")
_CLIPS = "week3/trigger_word/assets/clips/train"
MAIN_JOB = [
    job("detect", "week3/trigger_word/assets/recording.ogg", *_SHIPPED, seconds=2),
    job("evaluate", "--quick", *_SHIPPED, seconds=15, slow=True),
    job(
        "train", "--examples", "256", "--epochs", "4", "--batch-size", "8", "--rounds", "1", "--choice-minutes", "4",
        "--activates", f"{_CLIPS}/activates", "--negatives", f"{_CLIPS}/negatives",
        "--out", "out/week3/trigger_word/short_training", seconds=30, slow=True,
    ),
]  # fmt: skip
COURSE_JOB = [
    job("detect", "asset:trigger-word-dev-1", "--course", "course:", "--out", "out/week3/trigger_word/detect_course")
]

if __name__ == "__main__":
    sys.exit(main("week3.trigger_word", DESCRIPTION, VERBS))
