"""What the verbs about single words do: similarity, nearest, analogy, odd-one-out.

Open the vectors, resolve the words, ask, print, leave the run folder. The verbs about the whole space stand in
`run_space.py`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import numpy as np

from common.cli import say
from common.plots import save_figure
from common.run_folder import RunFolder
from common.vector_space import VectorSpace
from week2.word_vectors import pictures
from week2.word_vectors.data import Asked, as_one, in_groups_of, open_space, read_questions_of, resolve, word_in
from week2.word_vectors.printing import columns, finish, scored
from week2.word_vectors.similarity import odd_one_out, pairs_of

ASSIGNMENT = "week2/word_vectors"

_SHOWN_ANALOGIES = 20

Scored = Sequence[tuple[str, float]]


def open_vectors(arguments: argparse.Namespace) -> VectorSpace:
    """The vectors that the options name."""
    return open_space(vectors=arguments.vectors, course=arguments.course, lenient=arguments.lenient)


def run_folder(arguments: argparse.Namespace) -> RunFolder:
    """The verb's run folder."""
    return RunFolder(ASSIGNMENT, arguments.verb, arguments, folder=arguments.out)


def _ask(arguments: argparse.Namespace, group: Callable[[Sequence[str]], list]) -> tuple[VectorSpace, Asked]:
    """The space, and the questions that it can answer; those left out are told on standard error."""
    questions = read_questions_of(arguments.words, arguments.batch, group)
    space = open_vectors(arguments)
    asked = resolve(space, questions)
    for problem in asked.problems:
        say(f"left out: {problem}")
    return space, asked


def run_similarity(arguments: argparse.Namespace) -> int:
    """Cosines of pairs of words; from the command line the most similar first, from a batch in its order."""
    space, asked = _ask(arguments, as_one(2, "similarity takes two words or more"))
    pairs = [pair for words in asked.questions for pair in pairs_of(words)]
    rows = list(zip(pairs, space.similarities(pairs).tolist(), strict=True))
    if len(asked.questions) == 1:
        rows.sort(key=lambda row: -row[1])
    with run_folder(arguments) as run:
        run.metric("mean cosine", float(np.mean([cosine for _, cosine in rows])))
        if len(rows) > 1:
            bars = [(" - ".join(pair), cosine) for pair, cosine in rows]
            alt = "a bar for each pair of words, longer is more similar"
            path = run.figure("similarity.png", title="Similarity", alt=alt)
            save_figure(pictures.draw_bars(bars, title="Similarity"), path)
        if len(asked.questions) == 1 and len(rows) > 1:
            run.show(pictures.similarity_block(space, asked.questions[0]))
        text = columns([("", "", "cosine"), *((*pair, f"{cosine:.8f}") for pair, cosine in rows)], "<<>")
        content = [{"a": a, "b": b, "cosine": cosine} for (a, b), cosine in rows]
        finish(run, text, {"pairs": content, "left_out": asked.problems}, as_json=arguments.json)
    return 0


def run_nearest(arguments: argparse.Namespace) -> int:
    """The nearest words of each word."""
    space, asked = _ask(arguments, in_groups_of(1, "nearest takes one word or more"))
    exclude = [word_in(space, word) for word in arguments.exclude]
    words = [word for (word,) in asked.questions]
    answers = list(zip(words, space.neighbours(words, arguments.count, exclude), strict=True))
    with run_folder(arguments) as run:
        best = [found[0][1] for _, found in answers if found]
        if best:
            run.metric("mean cosine with the nearest word", float(np.mean(best)))
            alt = "a panel for each word: its nearest words as bars, the nearest on top"
            path = run.figure("nearest.png", title="Nearest words", alt=alt)
            save_figure(pictures.draw_neighbours(answers), path)
        text = "\n\n".join(_ranking(f"nearest to {word}", "cosine", found) for word, found in answers)
        content = [{"word": word, "nearest": scored(found, "cosine")} for word, found in answers]
        finish(run, text, {"words": content, "left_out": asked.problems}, as_json=arguments.json)
    return 0


def _ranking(title: str, measure: str, found: Scored) -> str:
    return columns([(title, measure), *((word, f"{value:.6f}") for word, value in found)], "<>")


def run_analogy(arguments: argparse.Namespace) -> int:
    """a is to b as c is to which words."""
    space, asked = _ask(arguments, in_groups_of(3, "an analogy takes three words, A is to B as C is to ..."))
    answers = space.analogies(
        asked.questions, count=arguments.count, method=arguments.method, exclude=arguments.exclude
    )
    found = list(zip(asked.questions, answers, strict=True))
    with run_folder(arguments) as run:
        run.metric("analogies answered", len(answers))
        rows = [row for triple, words in found for row in _analogy_rows(triple, words)]
        run.show(pictures.analogy_block(found[:_SHOWN_ANALOGIES]))
        content = [{"a": a, "b": b, "c": c, "answers": scored(words, "score")} for (a, b, c), words in found]
        content = {"method": arguments.method, "exclude": arguments.exclude, "analogies": content}
        finish(run, columns(rows, "<<>"), content | {"left_out": asked.problems}, as_json=arguments.json)
    return 0


def _analogy_rows(triple: Sequence[str], found: Scored) -> list[tuple[str, str, str]]:
    """The question beside its best answer, the further answers under that."""
    a, b, c = triple
    lines = [(word, f"{score:.6f}") for word, score in found] or [("(no word is left)", "")]
    questions = [f"{a} -> {b}, {c} ->"] + [""] * (len(lines) - 1)
    return [(question, *line) for question, line in zip(questions, lines, strict=True)]


def run_odd_one_out(arguments: argparse.Namespace) -> int:
    """The word of each group that belongs least to the others."""
    space, asked = _ask(arguments, as_one(3, "odd-one-out takes three words or more"))
    groups = [odd_one_out(space, words) for words in asked.questions]
    with run_folder(arguments) as run:
        run.metric("groups", len(groups))
        odd = groups[0][0][0]
        if len(groups) == 1:
            alt = f"a bar for each word, {odd} has the shortest"
            path = run.figure("odd_one_out.png", title="The odd one out", alt=alt)
            save_figure(pictures.draw_bars(groups[0], title="Mean cosine to the others", marked=odd), path)
            text = f"odd one out: {odd}\n\n{_ranking('', 'mean cosine to the others', groups[0])}"
        else:
            rows = [
                (found[0][0], f"{found[0][1]:.6f}", " ".join(words))
                for words, found in zip(asked.questions, groups, strict=True)
            ]
            text = columns([("odd one out", "mean cosine", "among"), *rows], "<><")
        content = [{"odd": found[0][0], "words": scored(found, "mean_cosine")} for found in groups]
        finish(run, text, {"groups": content, "left_out": asked.problems}, as_json=arguments.json)
    return 0
