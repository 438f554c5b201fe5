"""What the verbs about the whole space do: bias, evaluate, map."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from common.atomic import write_text
from common.cli import progress, say
from common.errors import InputError
from common.glove import write_vectors
from common.page_blocks import bars
from common.plots import save_figure
from common.run_folder import RunFolder
from common.seeding import make_rng
from common.vector_scores import unit
from common.vector_space import VectorSpace
from week2.word_vectors import bias_words, pictures
from week2.word_vectors.bias import Bias, BiasConfig, Change, find_bias
from week2.word_vectors.bias_words import WordSet
from week2.word_vectors.data import as_one, read_questions_of, resolve, word_in
from week2.word_vectors.evaluate import Evaluation, evaluate, find_questions, find_similarities, table
from week2.word_vectors.map_words import default_words, with_neighbours
from week2.word_vectors.printing import columns, finish
from week2.word_vectors.projection import pca
from week2.word_vectors.run import open_vectors, run_folder
from week2.word_vectors.tsne import TsneConfig, tsne
from week2.word_vectors.weat import Association


def run_bias(arguments: argparse.Namespace) -> int:
    """Words along a direction of bias, before and after it is taken out."""
    space = open_vectors(arguments)
    pairs = _pairs(space, arguments.pair) or bias_words.default_pairs(space)
    equal = _pairs(space, arguments.equalize) or ([] if arguments.no_equalize else pairs)
    words = _neutral_words(space, arguments, {word for pair in (*pairs, *equal) for word in pair})
    sets = _sets(space, arguments)
    config = BiasConfig(arguments.direction, arguments.strength, arguments.permutations, arguments.seed)
    bias = find_bias(space, pairs, words, equal, sets, config, everything=arguments.all)
    for pair, problem in bias.left:
        say(f"not equalized: {pair}: {problem}")
    with run_folder(arguments) as run:
        _record_bias(run, bias, pairs[0])
        if arguments.write:
            matrix = np.array(space.vectors.matrix)
            for row, vector in bias.changed.items():
                matrix[row] = vector
            say(f"vectors written: {write_vectors(arguments.write, space.words, matrix)}")
        text = _bias_table(bias, pairs, sets, config)
        finish(run, text, _bias_content(bias, pairs, sets, config), as_json=arguments.json)
    return 0


def _pairs(space: VectorSpace, given: Sequence[Sequence[str]] | None) -> list[tuple[str, str]]:
    return [tuple(word_in(space, word) for word in pair) for pair in given or ()]


def _neutral_words(space: VectorSpace, arguments: argparse.Namespace, paired: set[str]) -> list[str]:
    """The words to neutralize: the user's, or the everyday ones that the vectors have."""
    if not arguments.words and arguments.batch is None:
        return [word for word in bias_words.default_neutral(space) if word not in paired]
    questions = read_questions_of(arguments.words, arguments.batch, as_one(1, "bias takes words to neutralize"))
    asked = resolve(space, questions)
    for problem in asked.problems:
        say(f"left out: {problem}")
    words = list(dict.fromkeys(word for group in asked.questions for word in group))
    both = [word for word in words if word in paired]
    if both:
        raise InputError(f"{both[0]!r} is a word to neutralize and stands in a pair; leave it in one of them")
    return words


def _sets(space: VectorSpace, arguments: argparse.Namespace) -> list[WordSet]:
    """WEAT's four sets: the user's; else the everyday ones, where no pair is given and enough of them are known."""
    if arguments.sets is None:
        sets = [] if arguments.pair else bias_words.default_sets(space)
        return sets if sets and min(len(one.words) for one in sets) > 1 else []
    sets, left_out = bias_words.known_sets(space, bias_words.read_sets(arguments.sets))
    if left_out:
        say(f"left out, not in the vocabulary: {', '.join(left_out)}")
    return sets


def _record_bias(run: RunFolder, bias: Bias, sides: tuple[str, str]) -> None:
    changes = [*bias.neutralized, *bias.equalized]
    for name, rows in (("neutralized", bias.neutralized), ("equalized", bias.equalized)):
        if rows:
            before, after = (
                float(np.mean(np.abs([getattr(row, side) for row in rows]))) for side in ("before", "after")
            )
            run.metric(f"mean size of the cosine, {name} words", after, reference=before, reference_name="before")
    if bias.weat:
        before, after = bias.weat
        run.metric("WEAT effect size", after.effect, reference=before.effect, reference_name="before")
        run.metric("WEAT p-value", after.p_value, reference=before.p_value, reference_name="before")
    if changes:
        alt = "a line for each word: a ring where its cosine with the direction was, a dot where it is"
        path = run.figure("bias.png", title="Cosine with the direction, before and after", alt=alt)
        rows = [(row.word, row.before, row.after) for row in changes]
        save_figure(pictures.draw_bias(rows, sides=sides), path)
        run.show(pictures.bias_block(rows, sides=sides))


def _bias_table(bias: Bias, pairs: Sequence[tuple[str, str]], sets: Sequence[WordSet], config: BiasConfig) -> str:
    direction = bias.direction
    how = "first principal component" if config.method == "pca" else "mean difference"
    count = f"{len(pairs)} pairs" if len(pairs) > 1 else "one pair"
    parts = [
        f"direction: {how} of {count}, {direction.share:.0%} of the variance; + is {pairs[0][0]}",
        columns(
            [
                ("pair", "cosine"),
                *(("/".join(p), _signed(c)) for p, c in zip(pairs, direction.agreement, strict=True)),
            ],
            "<>",
        ),
    ]
    parts += [
        columns(
            [(name, "before", "after"), *((row.word, _signed(row.before), _signed(row.after)) for row in rows)], "<>>"
        )
        for name, rows in (("neutralized", bias.neutralized), ("equalized", bias.equalized))
        if rows
    ]
    if bias.weat:
        parts.append(_weat_table(bias.weat, sets))
    return "\n\n".join(parts)


def _signed(value: float) -> str:
    """Six decimals with a sign; rounding noise is +0, not -0."""
    return f"{round(float(value), 6) + 0.0:+.6f}"


def _weat_table(weat: tuple[Association, Association], sets: Sequence[WordSet]) -> str:
    x, y, a, b = (f"{one.name} ({len(one.words)})" for one in sets)
    rows = [("WEAT", "effect size", "p-value")]
    rows += [
        (when, _signed(one.effect), f"{one.p_value:.2g}") for when, one in zip(("before", "after"), weat, strict=True)
    ]
    ways = f"{'all' if weat[0].exact else 'drawn'} {weat[0].permutations:,} partings"
    return f"{columns(rows, '<>>')}\n{x} rather than {y} with {a} rather than {b}; {ways}"


def _bias_content(
    bias: Bias, pairs: Sequence[tuple[str, str]], sets: Sequence[WordSet], config: BiasConfig
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "direction": {
            "method": config.method,
            "share": bias.direction.share,
            "pairs": [
                {"first": first, "second": second, "cosine": float(cosine)}
                for (first, second), cosine in zip(pairs, bias.direction.agreement, strict=True)
            ],
            "axis": bias.direction.axis.tolist(),
        },
        "strength": config.strength,
        "neutralized": [_change(row) for row in bias.neutralized],
        "equalized": [_change(row) for row in bias.equalized],
        "not_equalized": [{"pair": pair, "problem": problem} for pair, problem in bias.left],
        "weat": None,
    }
    if bias.weat:
        named = dict(zip("XYAB", sets, strict=True))
        content["weat"] = {
            "sets": {key: {"name": one.name, "words": list(one.words)} for key, one in named.items()},
            **{when: _association(one) for when, one in zip(("before", "after"), bias.weat, strict=True)},
        }
    return content


def _change(row: Change) -> dict[str, Any]:
    return {"word": row.word, "before": row.before, "after": row.after}


def _association(one: Association) -> dict[str, Any]:
    return {
        "effect_size": one.effect,
        "p_value": one.p_value,
        "permutations": one.permutations,
        "exact": one.exact,
    }


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Accuracy on analogies by section, and Spearman's rho on similarities."""
    space = open_vectors(arguments)
    questions, similarities = arguments.questions, arguments.similarities
    if not questions and not similarities:
        questions, similarities = [find_questions()], [find_similarities()]
    with run_folder(arguments) as run:
        found = evaluate(space, questions, similarities, method=arguments.method, exclude=arguments.exclude)
        _record_evaluation(run, found)
        finish(run, table(found), _evaluation_content(found), as_json=arguments.json)
    return 0


def _record_evaluation(run: RunFolder, found: Evaluation) -> None:
    if found.all:
        if found.all.accuracy is not None:
            run.metric("analogies, accuracy", found.all.accuracy, better="higher")
        run.metric("analogies, coverage", found.all.coverage, better="higher")
        alt = "a bar for each section of the questions, longer is better"
        path = run.figure("analogies.png", title="Analogies by section", alt=alt)
        save_figure(pictures.draw_sections(found), path)
        run.show(pictures.section_block(found))
    for name, score in found.similarities:
        if score.rho is not None:
            run.metric(f"{name}, Spearman", score.rho, better="higher")
        run.metric(f"{name}, coverage", score.coverage, better="higher")
    if found.similarities:
        alt = "a bar for each file of similarities, longer is better"
        path = run.figure("similarities.png", title="Similarities", alt=alt)
        save_figure(pictures.draw_correlations(found), path)
        rhos = [(name, score.rho or 0.0, f"{score.rho or 0.0:.3f}") for name, score in found.similarities]
        run.show(bars("Similarities", rhos, most=1.0, value_name="Spearman's rank correlation"))


def _evaluation_content(found: Evaluation) -> dict[str, Any]:
    sections = [*found.sections, *([found.all] if found.all else [])]
    return {
        "method": found.method,
        "analogies": [
            {
                "section": one.name,
                "correct": one.correct,
                "answered": one.answered,
                "skipped": one.skipped,
                "accuracy": one.accuracy,
            }
            for one in sections
        ],
        "similarities": [
            {"file": name, "spearman": one.rho, "pairs": one.used, "skipped": one.skipped}
            for name, one in found.similarities
        ],
    }


def run_map(arguments: argparse.Namespace) -> int:
    """A picture of words: near in the picture what is near in the space, as far as two dimensions can say it."""
    space = open_vectors(arguments)
    words, groups = with_neighbours(space, _map_words(space, arguments), arguments.neighbours)
    rows = unit(space.matrix.rows(space.rows(words)))
    points, title, name, value = _lay_out(rows, arguments)
    with run_folder(arguments) as run:
        run.metric(name, value)
        path = run.figure("map.png", title=title, alt=f"{len(words)} words as labelled points")
        save_figure(pictures.draw_map(words, points, title=title, groups=groups), path)
        run.show(pictures.map_block(words, points, title=title, groups=groups))
        lines = [f"{word}\t{x:.6g}\t{y:.6g}" for word, (x, y) in zip(words, points.tolist(), strict=True)]
        write_text(run.file("points.tsv", title="the points of the map"), "\n".join(["word\tx\ty", *lines]) + "\n")
        content = [{"word": word, "x": x, "y": y} for word, (x, y) in zip(words, points.tolist(), strict=True)]
        text = f"{title}\n{name}: {value:.4f}\n{os.fspath(path)}"
        finish(run, text, {"method": arguments.method, name: value, "points": content}, as_json=arguments.json)
    return 0


def _map_words(space: VectorSpace, arguments: argparse.Namespace) -> list[str]:
    if not arguments.words and arguments.batch is None:
        return default_words(space)
    questions = read_questions_of(arguments.words, arguments.batch, as_one(1, "map takes words"))
    asked = resolve(space, questions)
    for problem in asked.problems:
        say(f"left out: {problem}")
    return [word for group in asked.questions for word in group]


def _lay_out(rows: np.ndarray, arguments: argparse.Namespace) -> tuple[np.ndarray, str, str, float]:
    """Points (n, 2), the picture's title, and how much of the space the two dimensions keep."""
    if arguments.method == "pca":
        found = pca(rows)
        title = f"{len(rows)} words along their first two principal components"
        return found.points, title, "share of the variance", float(found.shares.sum())
    config = TsneConfig(perplexity=arguments.perplexity, iterations=arguments.iterations)
    steps = progress(range(config.iterations), description="t-SNE", unit="step")
    points, divergence = tsne(rows, config, rng=make_rng(arguments.seed, "tsne"), steps=steps)
    title = f"{len(rows)} words by t-SNE, perplexity {config.perplexity_for(len(rows)):.3g}"
    return points, title, "KL divergence in nats", divergence
