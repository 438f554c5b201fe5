"""Makes the weights that ship with an assignment: both versions trained, with their test figures noted in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from common.assets import PROJECT, record_shipped
from common.glove import WordVectors
from common.sentence_classifier.average import AverageConfig
from common.sentence_classifier.evaluate import evaluate
from common.sentence_classifier.finding import FILES, no_vectors
from common.sentence_classifier.labelled import LabelledSentences
from common.sentence_classifier.model import ModelConfig
from common.sentence_classifier.options import Usual
from common.sentence_classifier.task import Task
from common.sentence_classifier.train import TrainConfig, train, train_average
from common.sentence_classifier.trained import AVERAGE, LSTM, TrainedModel

NOTED = "accuracy on the test sentences"


def usual_settings(usual: Usual) -> tuple[AverageConfig, ModelConfig, TrainConfig]:
    """The settings of both versions as an assignment's options have them unless told otherwise."""
    names = ("cell", "bidirectional", "window", "dropout", "input_dropout", "word_dropout", "recurrent_dropout")
    model = {name: getattr(usual, name) for name in (*names, "learn_vectors")}
    names = ("epochs", "batch_size", "learning_rate", "weight_decay", "label_smoothing", "cut")
    return (
        AverageConfig(usual.average_learning_rate, usual.average_epochs, usual.learn_vectors),
        ModelConfig(n_units=usual.units, n_layers=usual.layers, **model),
        TrainConfig(**{name: getattr(usual, name) for name in names}),
    )


def make_weights(
    folder: Path, data: LabelledSentences, test: LabelledSentences, vectors: WordVectors, usual: Usual
) -> dict[int, Path]:
    """Train both versions and write their weights (float16) into `folder`, with the accuracy on `test` noted in them.

    Returns the files by version.
    """
    average, model, config = usual_settings(usual)
    models = {
        AVERAGE: train_average(data, vectors, config=average),
        LSTM: train(data, vectors, model=model, config=config, progress=True)[0],
    }
    paths = {}
    for version, trained in models.items():
        path = folder / FILES[version]
        trained = TrainedModel.load(trained.save(path, dtype=np.float16))
        found = evaluate(trained, no_vectors(trained) if trained.words else vectors, test)
        trained.notes[NOTED] = {
            "all": round(found.accuracy, 4),
            **{kind: round(accuracy, 4) for kind, (accuracy, _) in found.by_kind.items()},
        }
        paths[version] = trained.save(path, dtype=np.float16)
    return paths


def record_weights(task: Task, paths: dict[int, Path], *, what: str) -> None:
    """Enter the files into the catalogue as those that ship, and print their sizes and figures."""
    for version, path in paths.items():
        record_shipped(task.weights[version], path, what=f"{what}, {task.names[version]}")
        notes = TrainedModel.load(path).notes[NOTED]
        print(f"{path.relative_to(PROJECT)}: {path.stat().st_size} bytes, {NOTED} {notes}")
