"""The options: unless told otherwise they make the settings that the shipped weights are made with."""

import argparse
from dataclasses import replace

import pytest

from common.sentence_classifier.average import AverageConfig
from common.sentence_classifier.making import usual_settings
from common.sentence_classifier.model import ModelConfig
from common.sentence_classifier.options import Usual, add_settings
from common.sentence_classifier.run import average_settings, settings_of
from common.sentence_classifier.task import Task
from common.sentence_classifier.train import TrainConfig

OTHER = Usual(
    units=9, layers=3, cell="gru", bidirectional=True, window=7, cut=True, dropout=0.1, input_dropout=0.2,
    word_dropout=0.4, recurrent_dropout=0.05, learn_vectors=True, epochs=5, batch_size=8, learning_rate=0.02,
    weight_decay=0.5, label_smoothing=0.25, average_epochs=6, average_learning_rate=0.7,
)  # fmt: skip


def parsed(usual, *options):
    """(task, arguments) as a shell with these usual settings has them."""
    parser = argparse.ArgumentParser()
    add_settings(parser, usual)
    return Task("week9/x", "thing", ("a", "b"), {}, usual=usual), parser.parse_args(
        [*options], argparse.Namespace(seed=0)
    )


@pytest.mark.parametrize("usual", [Usual(), OTHER], ids=["usual", "other"])
def test_without_options_everything_is_as_usual(usual):
    task, arguments = parsed(usual)
    assert (average_settings(task, arguments), *settings_of(task, arguments)) == usual_settings(usual)


def test_the_usual_settings_are_those_of_the_classes_themselves():
    assert usual_settings(Usual()) == (AverageConfig(), ModelConfig(window=30), TrainConfig())


def test_options_change_what_they_name():
    task, arguments = parsed(
        OTHER, "--units", "4", "--no-bidirectional", "--no-learn-vectors", "--epochs", "3", "--learning-rate", "0.5",
        "--members", "2", "--window", "11",
    )  # fmt: skip
    average, model, config = usual_settings(OTHER)
    changed = replace(model, n_units=4, bidirectional=False, learn_vectors=False, window=11)
    assert settings_of(task, arguments) == (changed, replace(config, epochs=3, learning_rate=0.5, members=2))
    assert average_settings(task, arguments) == replace(average, passes=3, learning_rate=0.5, learn_vectors=False)
