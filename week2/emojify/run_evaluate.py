"""What the verb `evaluate` does: both versions on unseen sentences, as they are or trained anew by seeds."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from common.cli import progress, say
from common.errors import InputError
from common.glove import WordVectors
from common.run_folder import RunFolder
from week2.emojify.average import AverageConfig
from week2.emojify.data import TEST, LabelledSentences, find_sentences, load_sentences
from week2.emojify.emoji_table import EmojiTable
from week2.emojify.evaluate import Evaluation, describe, describe_mistakes, evaluate
from week2.emojify.finding import ASSIGNMENT, load_for_model, load_for_training, load_model
from week2.emojify.page import confusion_block
from week2.emojify.run import load_training, settings_of
from week2.emojify.trained import AVERAGE, LSTM, TrainedModel

_NAMES = {AVERAGE: "version 1", LSTM: "version 2"}
Scores = dict[str, list[Evaluation]]


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the figures of both versions; leaves the confusion matrices and the errors in the run folder."""
    anew = arguments.seeds or (1 if _named_training(arguments) else 0)
    with RunFolder(ASSIGNMENT, "evaluate", arguments, folder=arguments.out) as run:
        scores, table = _trained_anew(arguments, anew) if anew else _as_they_are(arguments)
        first = {name: rows[0] for name, rows in scores.items()}
        text = _report(first, table, arguments.errors)
        summary = _summary(scores)
        print(text + "\n" + summary if anew <= 1 else summary)
        run.text("scores.txt", f"{text}\n{summary}\n", title="Both versions")
        run.text("errors.txt", _errors(first, table, None) + "\n", title="Every error")
        _record(run, scores)
        from week2.emojify.pictures import draw_confusions

        path = run.figure("confusion.png", title="Confusion", alt="sentences by their class and the class they got")
        draw_confusions(path, first, table)
        for name, one in first.items():
            run.show(confusion_block(name, one, table))
    return 0


def _named_training(arguments: argparse.Namespace) -> bool:
    return bool(arguments.course or arguments.sentences) and not arguments.weights


def _as_they_are(arguments: argparse.Namespace) -> tuple[Scores, EmojiTable]:
    """The trained weights (last trained, or shipped) on the test sentences."""
    models: list[TrainedModel] = []
    if arguments.weights:
        models = [TrainedModel.load(path) for path in arguments.weights]
    else:
        models = [load_model(version) for version in (AVERAGE, LSTM)]
    table = models[0].table
    if any(model.table != table for model in models):
        raise InputError("the weights are for different sets of emoji; evaluate them one after the other")
    test = _test_sentences(arguments, table)
    scores: Scores = {}
    for number, model in enumerate(models, 1):
        vectors = load_for_model(model, option=arguments.vectors, course=arguments.course)
        name = _NAMES[model.version]
        scores[name if name not in scores else f"{name} ({number})"] = [evaluate(model, vectors, test)]
    return scores, table


def _trained_anew(arguments: argparse.Namespace, seeds: int) -> tuple[Scores, EmojiTable]:
    """Both versions trained on the training sentences, once for each seed, on the test sentences."""
    _, data = load_training(arguments)
    test = _test_sentences(arguments, data.table)
    vectors = load_for_training(option=arguments.vectors, course=arguments.course)
    scores: Scores = {}
    for seed in progress(range(seeds), description="seeds", unit="seed"):
        for name, model in _train_all(arguments, data, vectors, arguments.seed + seed):
            scores.setdefault(name, []).append(evaluate(model, vectors, test))
    return scores, data.table


def _train_all(
    arguments: argparse.Namespace, data: LabelledSentences, vectors: WordVectors, seed: int
) -> Iterator[tuple[str, TrainedModel]]:
    """(name, model) of every version, and of version 2 without masking or as in the course where asked for."""
    from week2.emojify.model import course_config
    from week2.emojify.train import course_training, train, train_average

    yield _NAMES[AVERAGE], train_average(data, vectors, config=AverageConfig(), seed=seed)
    settings, config = settings_of(arguments)
    config = replace(config, seed=seed)
    variants = {_NAMES[LSTM]: (settings, config)}
    if arguments.masks:
        for padding in ("post", "pre"):
            unmasked = replace(settings, masking=False, padding=padding, window=1)
            variants[f"without mask, {padding}"] = unmasked, config
    if arguments.as_course:
        variants["version 2, the course's"] = course_config(vectors.dimensions, 10), course_training(seed)
    for name, (one, how) in variants.items():
        yield name, train(data, vectors, model=one, config=how)[0]


def _test_sentences(arguments: argparse.Namespace, table: EmojiTable) -> LabelledSentences:
    asset = find_sentences(TEST, option=arguments.test, course=arguments.course)
    say(asset.describe())
    return load_sentences(asset.path, table=table)


def _report(scores: dict[str, Evaluation], table: EmojiTable, errors: int) -> str:
    parts = []
    for name, found in scores.items():
        parts.append(f"{name}: {describe(found, table)}")
    some = next(iter(scores.values()))
    known = f"the vectors know {some.known_share:.1%} of the distinct words"
    parts.append(known + (f"; not {', '.join(some.unknown[:20])}" if some.unknown else ""))
    if errors:
        parts.append(_errors(scores, table, errors))
    return "\n\n".join(parts) + "\n"


def _errors(scores: dict[str, Evaluation], table: EmojiTable, most: int | None) -> str:
    """The errors of every model, at most so many of each."""
    parts = []
    for name, found in scores.items():
        shown = replace(found, mistakes=found.mistakes[:most])
        left = len(found.mistakes) - len(shown.mistakes)
        more = f"\n... and {left} more, in errors.txt of the run folder" if left else ""
        parts.append(f"errors of {name} ({len(found.mistakes)}):\n{describe_mistakes(shown, table)}{more}")
    return "\n\n".join(parts)


def _columns(found: Evaluation) -> dict[str, float]:
    return {
        "accuracy": found.accuracy,
        "macro F1": found.macro_f1,
        **{kind: accuracy for kind, (accuracy, _) in found.by_kind.items()},
    }


def _summary(scores: Scores) -> str:
    """A line for each model: the means over the seeds, with the standard deviation where there are several."""
    names = list(_columns(next(iter(scores.values()))[0]))
    seeds = len(next(iter(scores.values())))
    head = "" if seeds == 1 else f"mean of {seeds} seeds"
    lines = [f"{head:24}" + "".join(f"{name:>16}" for name in names)]
    for model, rows in scores.items():
        cells = []
        for name in names:
            values = [_columns(row)[name] for row in rows]
            spread = f" +- {np.std(values, ddof=1):.3f}" if seeds > 1 else ""
            cells.append(f"{np.mean(values):.3f}{spread}")
        lines.append(f"{model:24}" + "".join(f"{cell:>16}" for cell in cells))
    return "\n".join(lines)


def _record(run: RunFolder, scores: Scores) -> None:
    reference: dict[str, float] = {}
    for model, rows in scores.items():
        for name in _columns(rows[0]):
            value = float(np.mean([_columns(row)[name] for row in rows]))
            run.metric(
                f"{model}: {name}", value, better="higher",
                reference=reference.get(name), reference_name=next(iter(scores)) if reference else "",
            )  # fmt: skip
        reference = reference or {
            name: float(np.mean([_columns(row)[name] for row in rows])) for name in _columns(rows[0])
        }
