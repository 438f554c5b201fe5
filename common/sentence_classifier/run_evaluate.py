"""What the verb `evaluate` does: both versions on unseen sentences, as they are or trained anew by seeds."""

from __future__ import annotations

import argparse
from collections.abc import Container, Iterator
from dataclasses import replace

import numpy as np

from common.cli import progress
from common.errors import InputError
from common.glove import WordVectors
from common.run_folder import RunFolder
from common.sentence_classifier.average import AverageConfig
from common.sentence_classifier.classes import ClassTable
from common.sentence_classifier.evaluate import Evaluation, describe, describe_mistakes, evaluate
from common.sentence_classifier.finding import find_sentences, load_for_model, load_for_training, load_model, no_vectors
from common.sentence_classifier.labelled import LabelledSentences, load_sentences
from common.sentence_classifier.page import confusion_block
from common.sentence_classifier.run import load_training, settings_of
from common.sentence_classifier.task import Settings, Task
from common.sentence_classifier.trained import AVERAGE, LSTM, TrainedModel

Scores = dict[str, list[Evaluation]]
Columns = dict[str, dict[str, list[float]]]


def run_evaluate(task: Task, arguments: argparse.Namespace) -> int:
    """Print the figures of both versions; leaves the confusion matrices and the errors in the run folder."""
    anew = arguments.seeds or (1 if _named_training(task, arguments) else 0)
    with RunFolder(task.assignment, "evaluate", arguments, folder=arguments.out) as run:
        scores, table = _trained_anew(task, arguments, anew) if anew else _as_they_are(task, arguments)
        first = {name: rows[0] for name, rows in scores.items()}
        text = _report(task, first, table, arguments.errors)
        columns = _columns(task, scores, table)
        summary = _summary(columns)
        print(text + "\n" + summary if anew <= 1 else summary)
        run.text("scores.txt", f"{text}\n{summary}\n", title="Both versions")
        run.text("errors.txt", _errors(first, table, None) + "\n", title="Every error")
        _record(run, columns, lower=task.measures(next(iter(first.values())), table))
        from common.sentence_classifier.pictures import draw_confusions

        path = run.figure("confusion.png", title="Confusion", alt="sentences by their class and the class they got")
        draw_confusions(path, first, table)
        for name, one in first.items():
            run.show(confusion_block(name, one, table))
    return 0


def _named_training(task: Task, arguments: argparse.Namespace) -> bool:
    return bool((task.course_sentences and arguments.course) or arguments.sentences) and not arguments.weights


def _as_they_are(task: Task, arguments: argparse.Namespace) -> tuple[Scores, ClassTable]:
    """The trained weights (last trained, or shipped) on the test sentences."""
    models: list[TrainedModel] = []
    if arguments.weights:
        models = [TrainedModel.load(path) for path in arguments.weights]
    else:
        models = [load_model(task, version) for version in (AVERAGE, LSTM)]
    table = models[0].table
    if any(model.table != table for model in models):
        raise InputError("the weights are for different classes; evaluate them one after the other")
    test = _test_sentences(task, arguments, table)
    scores: Scores = {}
    for number, model in enumerate(models, 1):
        vectors = load_for_model(model, option=arguments.vectors, course=arguments.course)
        name = task.names[model.version]
        scores[name if name not in scores else f"{name} ({number})"] = [evaluate(model, vectors, test)]
    return scores, table


def _trained_anew(task: Task, arguments: argparse.Namespace, seeds: int) -> tuple[Scores, ClassTable]:
    """Both versions trained on the training sentences, once for each seed, on the test sentences."""
    data = load_training(task, arguments)
    test = _test_sentences(task, arguments, data.table)
    vectors = load_for_training(option=arguments.vectors, course=arguments.course)
    scores: Scores = {}
    for seed in progress(range(seeds), description="seeds", unit="seed"):
        for name, model in _train_all(task, arguments, data, vectors, arguments.seed + seed):
            known = no_vectors(model) if model.words and not arguments.vectors else vectors
            scores.setdefault(name, []).append(evaluate(model, known, test))
    return scores, data.table


def _train_all(
    task: Task, arguments: argparse.Namespace, data: LabelledSentences, vectors: WordVectors, seed: int
) -> Iterator[tuple[str, TrainedModel]]:
    """(name, model) of both versions, and of the assignment's variants of version 2 that were asked for."""
    from common.sentence_classifier.train import train, train_average

    average = AverageConfig(task.usual.average_learning_rate, task.usual.average_epochs, arguments.learn_vectors)
    yield task.names[AVERAGE], train_average(data, vectors, config=average, seed=seed)
    settings, config = settings_of(task, arguments)
    own: Settings = settings, replace(config, seed=seed)
    for name, (one, how) in ({task.names[LSTM]: own} | task.variants(arguments, own, vectors.dimensions)).items():
        yield name, train(data, vectors, model=one, config=how)[0]


def _test_sentences(task: Task, arguments: argparse.Namespace, table: ClassTable) -> LabelledSentences:
    asset = find_sentences(task, 1, option=arguments.test, course=arguments.course)
    return load_sentences(asset.path, table=table, form=task.form)


def _report(task: Task, scores: dict[str, Evaluation], table: ClassTable, errors: int) -> str:
    parts = [f"{name}: {describe(found, table, task.measures(found, table))}" for name, found in scores.items()]
    some = next(iter(scores.values()))
    known = f"{some.known_share:.1%} of the distinct words are known"
    parts.append(known + (f"; not {', '.join(some.unknown[:20])}" if some.unknown else ""))
    if errors:
        parts.append(_errors(scores, table, errors))
    return "\n\n".join(parts) + "\n"


def _errors(scores: dict[str, Evaluation], table: ClassTable, most: int | None) -> str:
    """The errors of every model, at most so many of each."""
    parts = []
    for name, found in scores.items():
        shown = replace(found, mistakes=found.mistakes[:most])
        left = len(found.mistakes) - len(shown.mistakes)
        more = f"\n... and {left} more, in errors.txt of the run folder" if left else ""
        parts.append(f"errors of {name} ({len(found.mistakes)}):\n{describe_mistakes(shown, table)}{more}")
    return "\n\n".join(parts)


def _columns(task: Task, scores: Scores, table: ClassTable) -> Columns:
    """The figures of every model by name, one for each seed."""
    columns: Columns = {}
    for model, rows in scores.items():
        figures = [
            {"accuracy": found.accuracy, "macro F1": found.macro_f1}
            | task.measures(found, table)
            | {kind: accuracy for kind, (accuracy, _) in found.by_kind.items()}
            for found in rows
        ]
        columns[model] = {name: [row[name] for row in figures] for name in figures[0]}
    return columns


def _summary(columns: Columns) -> str:
    """A line for each model: the means over the seeds, with the standard deviation where there are several."""
    some = next(iter(columns.values()))
    seeds = len(next(iter(some.values())))
    head = "" if seeds == 1 else f"mean of {seeds} seeds"
    lines = [f"{head:24}" + "".join(f"{name:>16}" for name in some)]
    for model, figures in columns.items():
        cells = []
        for values in figures.values():
            spread = f" +- {np.std(values, ddof=1):.3f}" if seeds > 1 else ""
            cells.append(f"{np.mean(values):.3f}{spread}")
        lines.append(f"{model:24}" + "".join(f"{cell:>16}" for cell in cells))
    return "\n".join(lines)


def _record(run: RunFolder, columns: Columns, lower: Container[str]) -> None:
    reference: dict[str, float] = {}
    for model, figures in columns.items():
        means = {name: float(np.mean(values)) for name, values in figures.items()}
        for name, value in means.items():
            run.metric(
                f"{model}: {name}", value, better="lower" if name in lower else "higher",
                reference=reference.get(name), reference_name=next(iter(columns)) if reference else "",
            )  # fmt: skip
        reference = reference or means
