"""What tells one assignment that classifies sentences from another: names, files, labels, usual settings."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from common.sentence_classifier.labelled import LabelForm
from common.sentence_classifier.options import Usual
from common.sentence_classifier.trained import AVERAGE, LSTM

if TYPE_CHECKING:
    from common.sentence_classifier.classes import ClassTable
    from common.sentence_classifier.evaluate import Evaluation
    from common.sentence_classifier.model import ModelConfig
    from common.sentence_classifier.train import TrainConfig

Settings = tuple["ModelConfig", "TrainConfig"]


def _no_measures(found: Evaluation, table: ClassTable) -> dict[str, float]:
    return {}


def _no_variants(arguments: argparse.Namespace, settings: Settings, n_inputs: int) -> dict[str, Settings]:
    return {}


@dataclass(frozen=True)
class Task:
    """An assignment.

    Attributes:
        assignment: "week2/emojify".
        noun: what a sentence gets, as results tell it: "emoji".
        sentences: logical names of the training and the test sentences.
        weights: logical names of the shipped weights, by version.
        names: of the versions, as results tell them.
        form: how labels are written in files.
        usual: settings.
        course_sentences: whether the course has sentences of its own, which --course takes.
        measures: further figures of an evaluation, by name: lower is better.
        variants: further networks that `evaluate --seeds` trains, by name, from the options, the settings of version 2
            and the numbers of a word vector.
    """

    assignment: str
    noun: str
    sentences: tuple[str, str]
    weights: Mapping[int, str]
    names: Mapping[int, str] = field(default_factory=lambda: {AVERAGE: "version 1", LSTM: "version 2"})
    form: LabelForm = field(default_factory=LabelForm)
    usual: Usual = field(default_factory=Usual)
    course_sentences: bool = False
    measures: Callable[[Evaluation, ClassTable], dict[str, float]] = _no_measures
    variants: Callable[[argparse.Namespace, Settings, int], dict[str, Settings]] = _no_variants
