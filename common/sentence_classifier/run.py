"""What the verb `train` does: find the files, call the stages, print results, leave the run folder."""

from __future__ import annotations

import argparse
import shutil
import time

import numpy as np

from common.glove import WordVectors
from common.run_folder import RunFolder
from common.sentence_classifier.average import AverageConfig
from common.sentence_classifier.classes import ClassTable, read_table
from common.sentence_classifier.finding import FILES, find_sentences, load_for_training
from common.sentence_classifier.labelled import LabelledSentences, load_sentences
from common.sentence_classifier.page import loss_block
from common.sentence_classifier.task import Settings, Task
from common.sentence_classifier.trained import AVERAGE, TrainedModel


def run_train(task: Task, arguments: argparse.Namespace) -> int:
    """Train a version on sentences; prints how it did and where the weights are."""
    data = load_training(task, arguments)
    vectors = load_for_training(option=arguments.vectors, course=arguments.course)
    with RunFolder(task.assignment, "train", arguments, folder=arguments.out) as run:
        began = time.perf_counter()
        trained = _train_average(task, arguments, data, vectors) if arguments.version == AVERAGE else None
        trained = trained or _train_network(task, arguments, data, vectors, run)
        path = trained.save(run.file(FILES[arguments.version], title="the trained weights"))
        for folder in run.folder.glob("checkpoints-*"):
            shutil.rmtree(folder, ignore_errors=True)
        accuracy = _training_accuracy(trained, vectors, data)
        run.metric("accuracy on the training sentences", accuracy, better="higher")
        run.metric("training time", time.perf_counter() - began, unit="s")
        print(f"{task.names[arguments.version]}: accuracy {accuracy:.3f} on the {len(data)} training sentences")
        print(f"weights: {path}")
    return 0


def load_training(task: Task, arguments: argparse.Namespace) -> LabelledSentences:
    """The sentences to train on: the user's, the course's, or those that ship; says which."""
    asset = find_sentences(task, 0, option=arguments.sentences, course=arguments.course)
    return load_sentences(asset.path, table=table_of(arguments), form=task.form)


def table_of(arguments: argparse.Namespace) -> ClassTable | None:
    """The classes of the user's --labels file, or None."""
    return read_table(arguments.labels) if arguments.labels else None


def average_settings(task: Task, arguments: argparse.Namespace) -> AverageConfig:
    """How version 1 is trained, as the options say."""
    usual = task.usual
    return AverageConfig(
        learning_rate=arguments.learning_rate or usual.average_learning_rate,
        passes=arguments.epochs or usual.average_epochs,
        learn_vectors=arguments.learn_vectors,
    )


def _train_average(
    task: Task, arguments: argparse.Namespace, data: LabelledSentences, vectors: WordVectors
) -> TrainedModel:
    from common.sentence_classifier.train import train_average

    return train_average(data, vectors, config=average_settings(task, arguments), seed=arguments.seed)


def _train_network(
    task: Task, arguments: argparse.Namespace, data: LabelledSentences, vectors: WordVectors, run: RunFolder
) -> TrainedModel:
    from common.sentence_classifier.train import describe, train

    model, config = settings_of(task, arguments)
    trained, results = train(data, vectors, model=model, config=config, folder=run.folder, progress=True)
    for number in range(1, len(results) + 1):
        run.file(f"losses-{number}.csv", title="losses by epoch")
        run.figure(f"losses-{number}.png", title="Losses", alt="loss falls and accuracy rises over the epochs")
    run.show(loss_block([result.history for result in results]))
    print(describe(results))
    return trained


def settings_of(task: Task, arguments: argparse.Namespace) -> Settings:
    """(ModelConfig, TrainConfig) of version 2 as the options say."""
    from common.sentence_classifier.model import ModelConfig
    from common.sentence_classifier.train import TrainConfig

    model = ModelConfig(
        window=arguments.window or (task.usual.window if arguments.masking else 1),
        n_units=arguments.units,
        n_layers=arguments.layers,
        cell=arguments.cell,
        bidirectional=arguments.bidirectional,
        dropout=arguments.dropout,
        input_dropout=arguments.input_dropout,
        word_dropout=arguments.word_dropout,
        recurrent_dropout=arguments.recurrent_dropout,
        masking=arguments.masking,
        padding=arguments.padding,
        learn_vectors=arguments.learn_vectors,
    )
    config = TrainConfig(
        epochs=arguments.epochs or task.usual.epochs,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate or task.usual.learning_rate,
        weight_decay=arguments.weight_decay,
        label_smoothing=arguments.label_smoothing,
        validation=arguments.validation,
        patience=arguments.patience,
        members=arguments.members,
        cut=task.usual.cut,
        seed=arguments.seed,
    )
    return model, config


def _training_accuracy(trained: TrainedModel, vectors: WordVectors, data: LabelledSentences) -> float:
    from common.sentence_classifier.train import read_words

    p = trained.probabilities(read_words(data, trained.vocabulary(vectors)), vectors)
    return float(np.mean(p.argmax(axis=1) == data.labels))
