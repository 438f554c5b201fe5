"""`python -m week1.language_models VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from common.cli import Verb, add_run_options, add_sampling_options, main, number_in
from common.jobs import job
from common.quiet_import import use_one_blas_thread

DESCRIPTION = (
    "What the lectures teach beside the assignments: kinds of networks, language models over characters and words, "
    "long dependencies, tagging names."
)
_COUNT = number_in(1, 1_000_000, int)
_RATE = number_in(0, 10, open_low=True)
_CELLS = ("rnn", "gru", "lstm")


def _add_text(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", type=Path, metavar="FILE", help="any text, in any script (UTF-8, .gz as well)")
    parser.add_argument("--corpus", choices=("world", "verse", "names"), help="a text that ships (default world)")
    parser.add_argument(
        "--words",
        type=_COUNT,
        metavar="N",
        help="read the first N words (default: all of your text, 20,000 of a text that ships)",
    )


def _add_model(parser: argparse.ArgumentParser, *, cell: bool = True) -> None:
    """Options without a default take the level's own."""
    if cell:
        parser.add_argument("--cell", choices=_CELLS, default="lstm", help="recurrent cell (default lstm)")
    parser.add_argument("--units", type=_COUNT, metavar="N", help="units of a layer (default 192)")
    parser.add_argument("--embedding", type=_COUNT, metavar="N", help="numbers per token (words 96, characters 32)")
    parser.add_argument("--layers", type=number_in(1, 100, int), metavar="N", help="recurrent layers (default 1)")
    parser.add_argument("--dropout", type=number_in(0, 0.95), metavar="X", help="rate (words 0.4, characters 0.25)")
    parser.add_argument(
        "--tied", choices=("yes", "no"), help="output by the embedding table (words yes, characters no)"
    )
    parser.add_argument("--epochs", type=_COUNT, metavar="N", help="passes (default 12)")
    parser.add_argument("--batch-size", type=_COUNT, metavar="N", help="sentences in a batch (words 16, characters 8)")
    parser.add_argument("--learning-rate", type=_RATE, metavar="X", help="of Adam (default 0.01)")
    parser.add_argument("--min-count", type=_COUNT, metavar="N", help="rarer words are unknown ones (default 2)")


def _add_level(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--level", choices=("word", "character"), default="word", help="tokens (default word)")


def _add_seeds(parser: argparse.ArgumentParser, default: int) -> None:
    parser.add_argument(
        "--seeds", type=number_in(1, 100, int), default=default, metavar="N", help=f"trainings each (default {default})"
    )


def _add_kinds(parser: argparse.ArgumentParser) -> None:
    add_run_options(parser, course=False)


def _kinds(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.language_models.run_kinds import run_kinds

    return run_kinds(arguments)


def _add_train(parser: argparse.ArgumentParser) -> None:
    _add_text(parser)
    _add_level(parser)
    _add_model(parser)
    add_run_options(parser, course=False)


def _train(arguments: argparse.Namespace) -> int:
    from week1.language_models.run import run_train

    return run_train(arguments)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_text(parser)
    add_run_options(parser, course=False, weights=True)


def _evaluate(arguments: argparse.Namespace) -> int:
    from week1.language_models.run import run_evaluate

    return run_evaluate(arguments)


def _add_probability(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sentences", nargs="+", metavar="SENTENCE", help="one or more; several are ranked")
    add_run_options(parser, course=False, weights=True)


def _probability(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.language_models.run import run_probability

    return run_probability(arguments)


def _add_sample(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=_COUNT, default=10, metavar="N", help="how many sentences (default 10)")
    parser.add_argument("--start", default="", metavar="TEXT", help="how every sentence begins")
    add_sampling_options(parser, temperature=0.8, unit="token")
    parser.add_argument("--max-length", type=_COUNT, default=200, metavar="N", help="longest, in tokens (default 200)")
    add_run_options(parser, course=False, weights=True)


def _sample(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.language_models.run import run_sample

    return run_sample(arguments)


def _add_compare_models(parser: argparse.ArgumentParser) -> None:
    _add_text(parser)
    _add_level(parser)
    parser.add_argument("--cells", nargs="+", choices=_CELLS, default=list(_CELLS), help="cells (default all)")
    _add_seeds(parser, 3)
    _add_model(parser, cell=False)
    add_run_options(parser, course=False)


def _compare_models(arguments: argparse.Namespace) -> int:
    from week1.language_models.run_compare import run_compare_models

    return run_compare_models(arguments)


def _add_compare_levels(parser: argparse.ArgumentParser) -> None:
    _add_text(parser)
    _add_seeds(parser, 1)
    _add_model(parser)
    add_run_options(parser, course=False)


def _compare_levels(arguments: argparse.Namespace) -> int:
    from week1.language_models.run_compare import run_compare_levels

    return run_compare_levels(arguments)


def _add_gradients(parser: argparse.ArgumentParser) -> None:
    names = ("adding", "copying")
    parser.add_argument("--problems", nargs="+", choices=names, default=list(names), help="which (default both)")
    parser.add_argument(
        "--lengths", nargs="+", type=number_in(2, 10_000, int), default=[20, 50, 100], metavar="N",
        help="steps to bridge (default 20 50 100)",
    )  # fmt: skip
    parser.add_argument("--cells", nargs="+", choices=_CELLS, default=list(_CELLS), help="cells (default all)")
    parser.add_argument(
        "--clipping", choices=("on", "off", "both"), default="both", help="with it, without, or each (default both)"
    )
    parser.add_argument("--clip", type=number_in(0, 1e6, open_low=True), default=1.0, metavar="X", help="limit (1)")
    parser.add_argument("--units", type=number_in(1, 10_000, int), default=64, metavar="N", help="units (default 64)")
    parser.add_argument("--iterations", type=_COUNT, default=1200, metavar="N", help="batches at most (default 1200)")
    parser.add_argument("--learning-rate", type=_RATE, default=1e-2, metavar="X", help="of Adam (default 0.01)")
    parser.add_argument(
        "--processes", type=number_in(1, 256, int), metavar="N", help="trainings at a time (default: processors)"
    )
    _add_seeds(parser, 1)
    add_run_options(parser, course=False)


def _gradients(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.language_models.run_long_range import run_gradients

    return run_gradients(arguments)


def _add_tag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sentences", nargs="+", metavar="SENTENCE", help="one or more, with capital letters")
    add_run_options(parser, course=False, weights=True)


def _tag(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from week1.language_models.run_tagging import run_tag

    return run_tag(arguments)


def _add_tagger(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sentences", type=Path, metavar="FILE", help="tagged sentences of yours: a token and its tag a line (CoNLL)"
    )
    parser.add_argument(
        "--count", type=number_in(10, 100_000, int), default=4000, metavar="N", help="sentences to compose (4000)"
    )
    parser.add_argument("--units", type=number_in(1, 10_000, int), default=32, metavar="N", help="a direction (32)")
    parser.add_argument("--epochs", type=_COUNT, default=5, metavar="N", help="passes (default 5)")


def _add_train_tagger(parser: argparse.ArgumentParser) -> None:
    _add_tagger(parser)
    parser.add_argument(
        "--direction", choices=("both", "forward"), default="both", help="how sentences are read (default both)"
    )
    add_run_options(parser, course=False)


def _train_tagger(arguments: argparse.Namespace) -> int:
    from week1.language_models.run_tagging import run_train_tagger

    return run_train_tagger(arguments)


def _add_compare_taggers(parser: argparse.ArgumentParser) -> None:
    _add_tagger(parser)
    _add_seeds(parser, 3)
    add_run_options(parser, course=False)


def _compare_taggers(arguments: argparse.Namespace) -> int:
    from week1.language_models.run_tagging import run_compare_taggers

    return run_compare_taggers(arguments)


VERBS = [
    Verb("kinds", "the kinds of recurrent networks, with an example of each", "kinds", _add_kinds, _kinds),
    Verb(
        "probability", "the probability of sentences, token by token",
        'probability "Peter wrote a poem" "Peter a poem wrote"', _add_probability, _probability,
    ),
    Verb("sample", "write novel sentences", 'sample --start "the owl" --count 5', _add_sample, _sample),
    Verb("train", "learn a language model from any text", "train --text novel.txt --level word", _add_train, _train),
    Verb("evaluate", "held-out perplexity and bits, beside an n-gram's", "evaluate", _add_evaluate, _evaluate),
    Verb(
        "compare-models", "RNN, GRU and LSTM against the best n-gram, over seeds", "compare-models --cells lstm",
        _add_compare_models, _compare_models,
    ),
    Verb(
        "compare-levels", "words against characters on the same text, in bits per character", "compare-levels",
        _add_compare_levels, _compare_levels,
    ),
    Verb(
        "gradients", "long dependencies: who learns them, and what becomes of the gradient",
        "gradients --problems adding --lengths 100 --seeds 3", _add_gradients, _gradients,
    ),
    Verb("tag", "find the names in sentences", 'tag "Teddy Roosevelt was a president"', _add_tag, _tag),
    Verb(
        "train-tagger", "learn to tag names; leaves weights", "train-tagger --sentences tagged.txt",
        _add_train_tagger, _train_tagger,
    ),
    Verb(
        "compare-taggers", "reading in both directions against one, over seeds", "compare-taggers",
        _add_compare_taggers, _compare_taggers,
    ),
]  # fmt: skip

# What `make run` does: the table and its plain network, then sentences and names with the shipped weights.
MAIN_JOB = [
    job("kinds", seconds=2),
    job(
        "probability", "Rabat is the capital of Morocco", "Rabat is the capital of Norway",
        "--weights", "week1/language_models/assets/world_words.npz", seconds=2,
    ),
    job("sample", "--count", "12", "--weights", "week1/language_models/assets/world_words.npz", seconds=1),
    job(
        "tag", "Teddy bears are on sale", "Teddy Roosevelt was a president",
        "--weights", "week1/language_models/assets/name_tagger.npz", seconds=1,
    ),
    job(
        "gradients", "--problems", "adding", "--lengths", "10", "20", "--clipping", "on", "--iterations", "300",
        seconds=10, quick={"--iterations": "30"},
    ),
]  # fmt: skip

if __name__ == "__main__":
    sys.exit(main("week1.language_models", DESCRIPTION, VERBS))
