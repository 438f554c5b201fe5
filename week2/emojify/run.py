"""What the verbs do: the classifier of `common`, with emoji, the course's sentences and the course's network."""

from __future__ import annotations

import argparse
from dataclasses import replace

from common.sentence_classifier import run as classifier
from common.sentence_classifier import run_evaluate as evaluation
from common.sentence_classifier import run_predict as prediction
from common.sentence_classifier.task import Settings, Task
from common.sentence_classifier.trained import AVERAGE, LSTM
from week2.emojify.data import TEST, TRAIN, label_form


def _variants(arguments: argparse.Namespace, settings: Settings, n_inputs: int) -> dict[str, Settings]:
    """Version 2 without masking, and as the course has it, where asked for."""
    from week2.emojify.model import course_config, course_training

    model, config = settings
    found: dict[str, Settings] = {}
    if arguments.masks:
        for padding in ("post", "pre"):
            found[f"without mask, {padding}"] = replace(model, masking=False, padding=padding, window=1), config
    if arguments.as_course:
        found["version 2, the course's"] = course_config(n_inputs, 10), course_training(config.seed)
    return found


TASK = Task(
    assignment="week2/emojify",
    noun="emoji",
    sentences=(TRAIN, TEST),
    weights={AVERAGE: "emojify-average", LSTM: "emojify-lstm"},
    form=label_form(),
    course_sentences=True,
    variants=_variants,
)


def run_train(arguments: argparse.Namespace) -> int:
    """Train a version on sentences; prints how it did and where the weights are."""
    return classifier.run_train(TASK, arguments)


def run_predict(arguments: argparse.Namespace) -> int:
    """Print the emoji of one sentence with what led to it, or of many, a line each."""
    return prediction.run_predict(TASK, arguments)


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the figures of both versions; leaves the confusion matrices and the errors in the run folder."""
    return evaluation.run_evaluate(TASK, arguments)
