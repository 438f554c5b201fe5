"""What `tag`, `train-tagger` and `compare-taggers` do."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np

from common.cli import say
from common.errors import InputError
from common.page_blocks import pairs
from common.page_blocks import table as table_block
from common.plots import save_figure
from common.run_folder import OUT, RunFolder
from common.training_outputs import keep_trained, training_files
from common.weights_choice import choose_weights
from week1.language_models.tagging.compose import compose
from week1.language_models.tagging.data import Tagged, read_conll, tokenize, unseen_words
from week1.language_models.tagging.spans import SpanScore, spans_of
from week1.language_models.tagging.tagger import NameTagger

ASSIGNMENT = "week1/language_models"
TRAINED = OUT / ASSIGNMENT / "train-tagger" / "weights.npz"
TAGGER_ASSET = "name-tagger"
TEST_SENTENCES = 1000
Scores = dict[str, SpanScore]


def load_tagger(weights: Path | None) -> NameTagger:
    """The user's weights, those trained last, or the shipped ones; says which."""
    shipped = "trained on composed sentences"
    return NameTagger.load(choose_weights(TAGGER_ASSET, option=weights, trained=TRAINED, shipped=shipped))


def run_tag(arguments: argparse.Namespace) -> int:
    """Print the names in sentences."""
    tagger = load_tagger(arguments.weights)
    sentences = [tokenize(sentence) for sentence in arguments.sentences]
    tagged = tagger.tag(sentences)
    with RunFolder(ASSIGNMENT, "tag", arguments, folder=arguments.out) as run:
        text = "\n\n".join(_token_table(*one) for one in zip(sentences, tagged, strict=True))
        print(text)
        run.text("tags.txt", text + "\n", title="Tags")
        shown = [(" ".join(tokens), _names(tokens, tags)) for tokens, tags in zip(sentences, tagged, strict=True)]
        run.show(pairs("Names in sentences", shown))
    return 0


def _token_table(tokens: list[str], tagged: list[tuple[str, float]]) -> str:
    width = max(map(len, tokens))
    rows = [f"{token:{width}}  {tag:6} {p:6.3f}" for token, (tag, p) in zip(tokens, tagged, strict=True)]
    return "\n".join([*rows, f"names: {_names(tokens, tagged)}"])


def _names(tokens: list[str], tagged: list[tuple[str, float]]) -> str:
    spans = spans_of([tag for tag, _ in tagged])
    return ", ".join(f"{' '.join(tokens[begin:end])} ({type_})" for begin, end, type_ in spans) or "none"


def load_sentences(arguments: argparse.Namespace) -> tuple[list[Tagged], list[Tagged]]:
    """(training, test): the user's file with its last tenth as test, or composed ones."""
    if arguments.sentences is None:
        return compose(arguments.count, part="training"), compose(TEST_SENTENCES, part="test")
    sentences = read_conll(arguments.sentences)
    if len(sentences) < 12:
        raise InputError(f"{arguments.sentences}: has {len(sentences)} tagged sentences; give at least 12")
    cut = len(sentences) - max(1, len(sentences) // 10)
    return sentences[:cut], sentences[cut:]


def run_train_tagger(arguments: argparse.Namespace) -> int:
    """Train a tagger; prints span F1 on sentences of other templates."""
    from week1.language_models.tagging.model import TaggerConfig
    from week1.language_models.tagging.train import TaggerTraining, train_tagger
    from week1.language_models.train import describe

    training, test = load_sentences(arguments)
    model = TaggerConfig(1, 1, 1, direction=arguments.direction, n_units=arguments.units)
    config = TaggerTraining(epochs=arguments.epochs, seed=arguments.seed)
    with RunFolder(ASSIGNMENT, "train-tagger", arguments, folder=arguments.out) as run:
        tagger, result = train_tagger(
            training,
            model=model,
            config=config,
            **training_files(run),
            progress=True,
        )
        path = keep_trained(run, tagger, result, unit="nats per token")
        print(describe(result))
        scores = tagger.score(test)
        text = score_table(scores)
        print(text)
        print(f"weights: {path}")
        run.text("scores.txt", text + "\n", title="Span F1 on the test sentences")
        run.metric("span F1", 100 * scores["all"].f1, unit="%", better="higher")
    return 0


def score_table(scores: Scores) -> str:
    """Precision, recall and F1 of every type of name."""
    rows = [f"{'names':6} {'precision':>9} {'recall':>7} {'F1':>6} {'there':>6}"]
    rows += [
        f"{name:6} {100 * one.precision:9.1f} {100 * one.recall:7.1f} {100 * one.f1:6.1f} {one.there:6}"
        for name, one in scores.items()
    ]
    return "\n".join(rows)


def run_compare_taggers(arguments: argparse.Namespace) -> int:
    """Both directions against one, over seeds; status 1 where both ways are not 5 points of span F1 better."""
    from week1.language_models.pictures import draw_bars
    from week1.language_models.tagging.model import DIRECTIONS, TaggerConfig
    from week1.language_models.tagging.train import TaggerTraining, train_tagger

    training, test = load_sentences(arguments)
    found: dict[str, list[Scores]] = {direction: [] for direction in DIRECTIONS}
    with RunFolder(ASSIGNMENT, "compare-taggers", arguments, folder=arguments.out) as run:
        checkpoints, parameters = run.folder / "checkpoints", {}
        for seed in range(arguments.seed, arguments.seed + arguments.seeds):
            for direction in DIRECTIONS:
                tagger, _ = train_tagger(
                    training,
                    model=TaggerConfig(1, 1, 1, direction=direction, n_units=arguments.units),
                    config=TaggerTraining(epochs=arguments.epochs, seed=seed),
                    checkpoint=checkpoints / f"{direction}_{seed}",
                    progress=True,
                )
                parameters[direction] = tagger.config.n_parameters
                found[direction].append(tagger.score(test))
                say(f"seed {seed}, {direction}: span F1 {100 * found[direction][-1]['all'].f1:.1f}")
        text, gain = _comparison(found, parameters)
        unseen = unseen_words(test, tagger.vocabularies)
        text += (
            f"\n{len(test):,} test sentences of other templates; {100 * unseen:.0f} % of their names begin with a word "
            "that training never showed"
        )
        print(text)
        run.text("table.txt", text + "\n", title="Both directions against one")
        rows = [(_TITLES[direction], [100 * one["all"].f1 for one in scores]) for direction, scores in found.items()]
        alt = "; ".join(f"{name}: {np.mean(values):.1f}" for name, values in rows)
        figure = draw_bars(rows, title="Names found: both directions against one", unit="span F1 in %")
        save_figure(figure, run.figure("directions.png", title="Both directions against one", alt=alt))
        run.metric("gain of reading both ways", gain, unit="points of span F1", better="higher")
        columns = ("reads", "span F1 in %", "parameters")
        cells = [(_TITLES[name], _mean(scores, "all"), parameters[name]) for name, scores in found.items()]
        run.show(table_block("Both directions against one", columns, cells))
        shutil.rmtree(checkpoints, ignore_errors=True)
    return 0 if gain >= 5 else 1


_TITLES = {"both": "both directions", "forward": "forwards only"}


def _comparison(found: dict[str, list[Scores]], parameters: dict[str, int]) -> tuple[str, float]:
    """The table, and how many points of span F1 both directions are better in the mean."""
    types = list(dict.fromkeys(name for scores in found.values() for one in scores for name in one if name != "all"))
    seeds = len(found["both"])
    rows = [f"{'reads':16} {'parameters':>10} {'span F1':>8} {'+-':>5}  " + " ".join(f"{name:>6}" for name in types)]
    for direction, scores in found.items():
        values = [100 * one["all"].f1 for one in scores]
        spread = float(np.std(values, ddof=1)) if seeds > 1 else 0.0
        by_type = " ".join(f"{_mean(scores, name):6.1f}" for name in types)
        rows.append(
            f"{_TITLES[direction]:16} {parameters[direction]:10,} {np.mean(values):8.1f} {spread:5.1f}  {by_type}"
        )
    gain = _mean(found["both"], "all") - _mean(found["forward"], "all")
    rows.append(f"both directions are {gain:.1f} points of span F1 better, mean of {seeds} seeds")
    return "\n".join(rows), gain


def _mean(scores: list[Scores], name: str) -> float:
    """Mean F1 in per cent of a type."""
    return float(np.mean([100 * one[name].f1 if name in one else 0.0 for one in scores]))
