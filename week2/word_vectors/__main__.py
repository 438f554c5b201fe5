"""`python -m week2.word_vectors VERB`: parses and calls, nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from common.cli import Verb, add_run_options, main, number_in
from common.compare_verb import compare_verb
from common.jobs import job

if TYPE_CHECKING:
    from common.course_figures import Comparison

DESCRIPTION = "Questions to word vectors: similarity, nearest words, analogies, bias, maps, and how good they are."
_COUNT = number_in(1, 1_000_000, int)


def _comparison() -> Comparison:
    from week2.word_vectors.compare import COMPARISON

    return COMPARISON


def _add_words(parser: argparse.ArgumentParser, what: str, line: str) -> None:
    parser.add_argument("words", nargs="*", metavar="WORD", help=f"{what}; - for standard input")
    parser.add_argument("--batch", metavar="FILE", help=f"a file with {line} on each line; - is standard input")


def _add_shared(parser: argparse.ArgumentParser, *, seed: bool = False) -> None:
    parser.add_argument("--vectors", type=Path, metavar="FILE", help="word vectors in the GloVe text format")
    parser.add_argument("--lenient", action="store_true", help="leave out damaged lines of the vectors file")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    add_run_options(parser, seed=seed)


def _add_analogy_rules(parser: argparse.ArgumentParser, *, method: str, why: str) -> None:
    parser.add_argument(
        "--method",
        choices=("difference", "add", "multiply"),
        default=method,
        help=f"cos(b - a, w - c), 3CosAdd or 3CosMul (default {method}, {why})",
    )
    parser.add_argument(
        "--exclude", choices=("all", "c"), default="all", help="query words that may not answer (default all three)"
    )


def _add_similarity(parser: argparse.ArgumentParser) -> None:
    _add_words(parser, "two words or more: every pair of them", "two words or more")
    _add_shared(parser)


def _add_nearest(parser: argparse.ArgumentParser) -> None:
    _add_words(parser, "words, each asked for itself", "one or more words")
    parser.add_argument("--count", type=_COUNT, default=10, metavar="N", help="words to name (default 10)")
    parser.add_argument("--exclude", nargs="+", default=[], metavar="WORD", help="words that may not be named")
    _add_shared(parser)


def _add_analogy(parser: argparse.ArgumentParser) -> None:
    _add_words(parser, "A B C, for: A is to B as C is to ...; six words are two questions", "three words")
    parser.add_argument("--count", type=_COUNT, default=1, metavar="N", help="answers to each (default 1)")
    _add_analogy_rules(parser, method="difference", why="the course's")
    _add_shared(parser)


def _add_odd(parser: argparse.ArgumentParser) -> None:
    _add_words(parser, "three words or more", "three words or more")
    _add_shared(parser)


def _add_bias(parser: argparse.ArgumentParser) -> None:
    _add_words(parser, "words to neutralize (default: professions and subjects)", "words to neutralize")
    parser.add_argument(
        "--pair",
        nargs=2,
        action="append",
        metavar=("A", "B"),
        help="two words that differ by the bias; repeat it (default: woman man, she he, ...)",
    )
    parser.add_argument(
        "--direction", choices=("pca", "difference"), default="pca", help="how it is learnt from pairs (default pca)"
    )
    parser.add_argument(
        "--strength",
        type=number_in(0, 1),
        default=1.0,
        metavar="X",
        help="1 takes all of it out (hard), less is softer",
    )
    parser.add_argument(
        "--equalize", nargs=2, action="append", metavar=("A", "B"), help="a pair to equalize (default: the pairs)"
    )
    parser.add_argument("--no-equalize", action="store_true", help="equalize no pair")
    parser.add_argument("--all", action="store_true", help="neutralize every word that stands in no pair")
    parser.add_argument("--sets", type=Path, metavar="FILE", help='WEAT: four lines "name: words": X, Y, A, B')
    parser.add_argument(
        "--permutations", type=_COUNT, default=100_000, metavar="N", help="drawn for WEAT's p-value (default 100000)"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write all vectors, as they are afterwards")
    _add_shared(parser, seed=True)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--questions", action="append", default=[], metavar="FILE", help="analogies, questions-words format"
    )
    parser.add_argument(
        "--similarities", action="append", default=[], metavar="FILE", help="lines: word, word, judgement"
    )
    _add_analogy_rules(parser, method="add", why="that of published figures")
    _add_shared(parser)


def _add_map(parser: argparse.ArgumentParser) -> None:
    _add_words(parser, "words to show (default: everyday ones)", "words to show")
    parser.add_argument(
        "--neighbours", type=number_in(0, 100, int), default=0, metavar="N", help="show the N nearest of each too"
    )
    parser.add_argument("--method", choices=("pca", "tsne"), default="pca", help="how they are laid out (default pca)")
    parser.add_argument(
        "--perplexity", type=number_in(1, 1000), metavar="X", help="t-SNE: neighbours a word has (default 30 or fewer)"
    )
    parser.add_argument(
        "--iterations", type=number_in(1, 100_000, int), default=1000, metavar="N", help="t-SNE: steps (default 1000)"
    )
    _add_shared(parser, seed=True)


def _similarity(arguments: argparse.Namespace) -> int:
    from week2.word_vectors.run import run_similarity

    return run_similarity(arguments)


def _nearest(arguments: argparse.Namespace) -> int:
    from week2.word_vectors.run import run_nearest

    return run_nearest(arguments)


def _analogy(arguments: argparse.Namespace) -> int:
    from week2.word_vectors.run import run_analogy

    return run_analogy(arguments)


def _odd(arguments: argparse.Namespace) -> int:
    from week2.word_vectors.run import run_odd_one_out

    return run_odd_one_out(arguments)


def _bias(arguments: argparse.Namespace) -> int:
    from week2.word_vectors.run_space import run_bias

    return run_bias(arguments)


def _evaluate(arguments: argparse.Namespace) -> int:
    from week2.word_vectors.run_space import run_evaluate

    return run_evaluate(arguments)


def _map(arguments: argparse.Namespace) -> int:
    from week2.word_vectors.run_space import run_map

    return run_map(arguments)


VERBS = [
    Verb("similarity", "how alike words are: cosines", "similarity father mother", _add_similarity, _similarity),
    Verb("nearest", "the most similar words", "nearest river music --count 5", _add_nearest, _nearest),
    Verb("analogy", "A is to B as C is to ...", "analogy man woman king --count 3", _add_analogy, _analogy),
    Verb("odd-one-out", "the word that does not belong", "odd-one-out dog cat horse bread", _add_odd, _odd),
    Verb(
        "bias",
        "words along a direction of bias, before and after it is taken out; WEAT",
        "bias nurse engineer --pair woman man --pair she he",
        _add_bias,
        _bias,
    ),
    Verb(
        "evaluate",
        "accuracy on analogy questions and rank correlation with judgements",
        "evaluate --questions questions-words.txt",
        _add_evaluate,
        _evaluate,
    ),
    Verb("map", "a picture of words, by PCA or t-SNE", "map --method tsne --neighbours 5 river bread", _add_map, _map),
    compare_verb(_comparison),
]

# What `make run` does.
MAIN_JOB = [
    job("analogy", "man", "woman", "king", "france", "paris", "italy", "small", "smaller", "large", "--count", "3"),
    job("similarity", "king", "queen", "man", "woman", "paris", "london", "bread", "cheese", "river", "doctor"),
    job("map"),
    job("evaluate"),
    job("bias"),
]

if __name__ == "__main__":
    sys.exit(main("week2.word_vectors", DESCRIPTION, VERBS))
