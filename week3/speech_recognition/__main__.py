"""`python -m week3.speech_recognition VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from common.cli import Verb, add_run_options, main, number_in
from common.jobs import job
from common.quiet_import import use_one_blas_thread

DESCRIPTION = "Spoken digits and commands to text, by CTC and by attention, all of it in NumPy."
_COUNT = number_in(1, 1_000_000, int)
_DECIBELS = number_in(-30, 100)
_KINDS = ("digits", "commands")
_NETWORKS = ("ctc", "attention")


def _add_compose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=_COUNT, default=6, metavar="N", help="how many sentences (default 6)")
    parser.add_argument("--split", choices=("train", "dev", "test"), default="test", help="whose voices (default test)")
    parser.add_argument("--kinds", nargs="+", choices=_KINDS, default=list(_KINDS), help="of sentences (default both)")
    parser.add_argument(
        "--ratio", type=_DECIBELS, metavar="DB", help="power of the speech over a background's (default: quiet)"
    )
    add_run_options(parser, course=False)


def _compose(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.speech_recognition.run_compose import run_compose

    return run_compose(arguments)


def _add_search(parser: argparse.ArgumentParser, *, model: str | None) -> None:
    parser.add_argument("--width", type=number_in(1, 1000, int), default=8, metavar="N", help="of the beam (default 8)")
    parser.add_argument(
        "--language-model", metavar="FILE", default=model,
        help="a saved n-gram model over characters, or 'commands': the one that ships"
        + (f" (default {model}; 'none' for none)" if model else ""),
    )  # fmt: skip
    parser.add_argument(
        "--language-weight",
        type=number_in(0, 100),
        default=0.5,
        metavar="X",
        help="weight of its log-probability (0.5)",
    )
    parser.add_argument(
        "--symbol-bonus", type=number_in(-100, 100), default=0.0, metavar="X", help="nats for each character (0)"
    )


def _add_transcribe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="WAV, FLAC, Ogg or MP3, or folders (default: what ships)"
    )
    parser.add_argument("--network", choices=_NETWORKS, default="ctc", help="which network (default ctc)")
    parser.add_argument("--method", choices=("beam", "greedy"), default="beam", help="how to search (default beam)")
    _add_search(parser, model=None)
    parser.add_argument("--json", action="store_true", help="print texts and times as JSON")
    add_run_options(parser, course=False, seed=False, weights=True)


def _transcribe(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.speech_recognition.run import run_transcribe

    return run_transcribe(arguments)


def _add_align(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a sound file")
    parser.add_argument("text", metavar="TEXT", help="what is said in it")
    add_run_options(parser, course=False, seed=False, weights=True)


def _align(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.speech_recognition.run import run_align

    return run_align(arguments)


def _add_training(parser: argparse.ArgumentParser) -> None:
    """Options without a default take the network's own."""
    parser.add_argument("--examples", type=_COUNT, metavar="N", help="sentences to compose")
    parser.add_argument("--epochs", type=_COUNT, metavar="N", help="passes over them")
    parser.add_argument("--batch-size", type=_COUNT, metavar="N", help="sentences in a batch")
    parser.add_argument("--learning-rate", type=number_in(0, 10, open_low=True), metavar="X", help="Adam's highest")
    parser.add_argument("--units", type=number_in(1, 10_000, int), metavar="N", help="of a layer, in each direction")
    parser.add_argument("--layers", type=number_in(1, 20, int), metavar="N", help="recurrent layers")
    parser.add_argument("--dropout", type=number_in(0, 0.95), metavar="X", help="rate while training")
    parser.add_argument(
        "--processes", type=number_in(1, 256, int), metavar="N", help="to work in (default: processors, at most 2)"
    )


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--network", choices=_NETWORKS, default="ctc", help="which network (default ctc)")
    parser.add_argument(
        "--recordings", type=Path, metavar="DIR", help="learn from yours as well: sound files and a transcripts.csv"
    )
    _add_training(parser)
    parser.add_argument("--weights", type=Path, metavar="FILE", help="begin with these instead of anew")
    add_run_options(parser, course=False)


def _train(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.speech_recognition.run_train import run_train

    return run_train(arguments)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--count",
        type=number_in(1, 100_000, int),
        default=100,
        metavar="N",
        help="sentences of each kind (default 100)",
    )
    parser.add_argument("--ratio", type=_DECIBELS, default=10.0, metavar="DB", help="of speech to background (10)")
    parser.add_argument(
        "--recordings", type=Path, metavar="DIR", help="test on yours instead: sound files and a transcripts.csv"
    )
    parser.add_argument("--network", choices=(*_NETWORKS, "both"), default="both", help="which networks (default both)")
    parser.add_argument(
        "--seeds",
        type=number_in(0, 100, int),
        default=0,
        metavar="N",
        help="train anew with N seeds (default 0: do not)",
    )
    parser.add_argument("--worst", type=number_in(0, 1000, int), default=3, metavar="N", help="aligned sentences (3)")
    _add_search(parser, model="commands")
    parser.add_argument("--attention-weights", type=Path, metavar="FILE", help="of the network with attention")
    _add_training(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    add_run_options(parser, course=False, weights=True)


def _evaluate(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.speech_recognition.run_evaluate import run_evaluate

    return run_evaluate(arguments)


def _add_language_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--text", type=Path, metavar="FILE", help="sentences, one a line (default: the grammar's phrases)"
    )
    parser.add_argument(
        "--order", type=number_in(1, 20, int), default=6, metavar="N", help="n of the n-grams (default 6)"
    )
    parser.add_argument("--count", type=_COUNT, default=4000, metavar="N", help="phrases of the grammar (default 4000)")
    add_run_options(parser, course=False)


def _language_model(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week3.speech_recognition.run_language import run_language_model

    return run_language_model(arguments)


def _add_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("said", metavar="SAID", help="a text, or a file with a sentence a line")
    parser.add_argument("heard", metavar="HEARD", help="the same for what was heard")
    add_run_options(parser, course=False, seed=False)


def _score(arguments: argparse.Namespace) -> int:
    from week3.speech_recognition.run_score import run_score

    return run_score(arguments)


VERBS = [
    Verb(
        "transcribe", "write down what is said in sound files", "transcribe call.wav --language-model commands",
        _add_transcribe, _transcribe,
    ),
    Verb(
        "align", "find out when each word of a known text is said", 'align call.wav "call three one four"',
        _add_align, _align,
    ),
    Verb(
        "evaluate", "word and character error rates on unheard voices", "evaluate --network ctc --seeds 3",
        _add_evaluate, _evaluate,
    ),
    Verb("train", "learn from composed sentences; leaves weights", "train --network ctc", _add_train, _train),
    Verb(
        "compose", "put spoken sentences together and write them as sound", "compose --kinds digits --ratio 10",
        _add_compose, _compose,
    ),
    Verb(
        "language-model", "fit an n-gram model over characters for the search", "language-model --text phrases.txt",
        _add_language_model, _language_model,
    ),
    Verb(
        "score", "word and character error rate of any texts, with the alignment", 'score "one four" "one for four"',
        _add_score, _score,
    ),
]  # fmt: skip

_ASSETS = "week3/speech_recognition/assets"
_CTC, _ATTENTION = f"{_ASSETS}/ctc.npz", f"{_ASSETS}/attention.npz"
# What `make run` does with the shipped weights, and a short training.
MAIN_JOB = [
    job("transcribe", "--weights", _CTC, seconds=3),
    job(
        "transcribe", "--network", "attention", "--weights", _ATTENTION,
        "--out", "out/week3/speech_recognition/transcribe_by_attention", seconds=3,
    ),
    job("align", f"{_ASSETS}/recordings/digits.ogg", "3 1 4 1 5 9 2", "--weights", _CTC, seconds=2),
    job("score", "call three one four", "hall three one four two", seconds=1),
    job("compose", "--count", "3", "--ratio", "10", seconds=3),
    job(
        "evaluate", "--count", "40", "--weights", _CTC, "--attention-weights", _ATTENTION, seconds=15,
        quick={"--count": "5"},
    ),
    job(
        "train", "--examples", "300", "--epochs", "3", "--out", "out/week3/speech_recognition/short_training",
        seconds=20, quick={"--examples": "60", "--epochs": "1"},
    ),
]  # fmt: skip

if __name__ == "__main__":
    sys.exit(main("week3.speech_recognition", DESCRIPTION, VERBS))
