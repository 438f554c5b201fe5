"""`python -m week1.jazz_solo VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from common.cli import Verb, add_run_options, add_sampling_options, main, number_in
from common.compare_verb import compare_verb
from common.jobs import job

if TYPE_CHECKING:
    from common.course_figures import Comparison

DESCRIPTION = "An LSTM that learns a soloist's phrases from MIDI and improvises new ones over any chords."
_COUNT = number_in(1, 100_000, int)


def _comparison() -> Comparison:
    from week1.jazz_solo.compare import COMPARISON

    return COMPARISON


def _add_piece(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the piece")
    group.add_argument(
        "--midi", type=Path, nargs="+", metavar="FILE", help="MIDI files (default: the piece that ships)"
    )
    group.add_argument("--melody-track", type=number_in(0, 65535, int), metavar="N", help="the solo's track (found)")
    group.add_argument(
        "--chord-track", type=number_in(0, 65535, int), nargs="+", default=[], metavar="N", help="the chords' (found)"
    )
    group.add_argument(
        "--bars", dest="part", metavar="A:B", help="from bar A, counted from 1, up to B, such as 120:138"
    )


def _add_train(parser: argparse.ArgumentParser) -> None:
    _add_piece(parser)
    parser.add_argument("--epochs", type=_COUNT, default=60, metavar="N", help="passes, at most (default 60)")
    parser.add_argument("--units", type=_COUNT, default=64, metavar="N", help="units of the LSTM (default 64)")
    parser.add_argument("--steps", type=_COUNT, default=30, metavar="N", help="tokens in a window (default 30)")
    parser.add_argument("--batch-size", type=_COUNT, default=32, metavar="N", help="windows in a batch (default 32)")
    parser.add_argument(
        "--learning-rate", type=number_in(0, 10, open_low=True), default=5e-3, metavar="X", help="of Adam (0.005)"
    )
    parser.add_argument("--dropout", type=number_in(0, 0.95), default=0.3, metavar="X", help="default 0.3")
    parser.add_argument(
        "--patience", type=_COUNT, default=8, metavar="N", help="epochs without a better held-out loss (default 8)"
    )
    parser.add_argument(
        "--held-out", type=number_in(0, 0.9), default=0.125, metavar="X", help="share of the bars not learnt (0.125)"
    )
    parser.add_argument(
        "--spelling",
        choices=("plain", "named"),
        default="plain",
        help="plain: a piece is the same in every key; named: intervals by the pitches' names, as in the course",
    )
    parser.add_argument(
        "--transpose",
        type=number_in(-24, 24, int),
        nargs="+",
        default=[],
        metavar="N",
        help="learn copies moved so far",
    )
    add_run_options(parser)


def _train(arguments: argparse.Namespace) -> int:
    from week1.jazz_solo.run import run_train

    return run_train(arguments)


def _add_generate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=number_in(1, 1000, int), default=3, metavar="N", help="solos (default 3)")
    parser.add_argument("--bars", type=number_in(1, 1000, int), metavar="N", help="bars (default 16, or the chords')")
    parser.add_argument("--chords", metavar="TEXT", help='"Dm7 G7 Cmaj7 Cmaj7": a symbol a bar; "Dm7,G7" shares one')
    parser.add_argument("--primer", type=Path, metavar="FILE", help="a MIDI file whose melody the solos continue")
    add_sampling_options(parser, temperature=0.9, top_p=0.95, unit="token")
    parser.add_argument(
        "--recall", type=number_in(0, 1), default=0.3, metavar="X", help="phrases taken up again, as a share (0.3)"
    )
    parser.add_argument(
        "--tempo", type=number_in(20, 400), metavar="X", help="quarters a minute (default: the piece's)"
    )
    parser.add_argument("--swing", type=number_in(0.5, 0.75), default=0.6, metavar="X", help="0.5 straight, 0.67 full")
    parser.add_argument("--raw", action="store_true", help="leave the line as it was drawn, without the tidying rules")
    parser.add_argument("--wav", action="store_true", help="write sound, too")
    parser.add_argument("--soundfont", type=Path, metavar="FILE", help="an SF2 file for FluidSynth, where installed")
    add_run_options(parser, course=False, weights=True)


def _generate(arguments: argparse.Namespace) -> int:
    from week1.jazz_solo.run import run_generate

    return run_generate(arguments)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_piece(parser)
    parser.add_argument("--count", type=number_in(1, 1000, int), default=8, metavar="N", help="solos (default 8)")
    parser.add_argument("--temperature", type=number_in(0, 100), default=0.9, metavar="X", help="default 0.9")
    add_run_options(parser, weights=True)


def _evaluate(arguments: argparse.Namespace) -> int:
    from week1.jazz_solo.run import run_evaluate

    return run_evaluate(arguments)


def _add_listen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("midi", type=Path, metavar="FILE", help="a MIDI file")
    parser.add_argument("--soundfont", type=Path, metavar="FILE", help="an SF2 file for FluidSynth, where installed")
    add_run_options(parser, seed=False, course=False)


def _listen(arguments: argparse.Namespace) -> int:
    from week1.jazz_solo.run import run_listen

    return run_listen(arguments)


VERBS = [
    Verb("train", "learn the solo of a MIDI file", "train --midi piece.mid --bars 33:97", _add_train, _train),
    Verb(
        "generate",
        "improvise solos: MIDI, piano roll and, with --wav, sound",
        'generate --chords "Dm7 G7 Cmaj7 Cmaj7" --wav',
        _add_generate,
        _generate,
    ),
    Verb("evaluate", "held-out bars, and the solos beside the piece", "evaluate --count 8", _add_evaluate, _evaluate),
    compare_verb(_comparison),
    Verb("listen", "any MIDI file as WAV and piano roll", "listen piece.mid", _add_listen, _listen),
]

# What `make run` does: learn the shipped piece for a while, then improvise with the shipped weights.
MAIN_JOB = [
    job("generate", "--count", "2", "--wav", "--weights", "week1/jazz_solo/assets/solo_weights.npz", seconds=2),
    job("evaluate", "--weights", "week1/jazz_solo/assets/solo_weights.npz", seconds=1),
    job("train", "--epochs", "6", "--out", "out/week1/jazz_solo/short_training", seconds=10, slow=True),
]

if __name__ == "__main__":
    sys.exit(main("week1.jazz_solo", DESCRIPTION, VERBS))
