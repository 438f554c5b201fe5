"""What the verbs do: the sentence classifier of `common`, with stars; and composing sentences."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Sequence

from common.atomic import write_text
from common.sentence_classifier import run as classifier
from common.sentence_classifier import run_evaluate as evaluation
from common.sentence_classifier import run_predict as prediction
from common.sentence_classifier.task import Task
from common.sentence_classifier.trained import AVERAGE, LSTM
from week2.sentiment.composing.compose import Review, compose
from week2.sentiment.data import TEST, TRAIN, label_form
from week2.sentiment.evaluate import measures
from week2.sentiment.settings import USUAL

TASK = Task(
    assignment="week2/sentiment",
    noun="stars",
    sentences=(TRAIN, TEST),
    weights={AVERAGE: "sentiment-average", LSTM: "sentiment-network"},
    names={AVERAGE: "average", LSTM: "recurrent network"},
    form=label_form(),
    usual=USUAL,
    measures=measures,
)


def run_train(arguments: argparse.Namespace) -> int:
    """Train a model on reviews; prints how it did and where the weights are."""
    return classifier.run_train(TASK, arguments)


def run_predict(arguments: argparse.Namespace) -> int:
    """Print the stars of one sentence with what led to them, or of many, a line each."""
    return prediction.run_predict(TASK, arguments)


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the figures of both models; leaves the confusion matrices and the errors in the run folder."""
    return evaluation.run_evaluate(TASK, arguments)


def run_compose(arguments: argparse.Namespace) -> int:
    """Write composed reviews as CSV, to a file or to standard output."""
    text = as_csv(compose(arguments.count, part=arguments.part, seed=arguments.seed))
    if arguments.file:
        write_text(arguments.file, text)
        print(f"{arguments.count} sentences: {arguments.file}")
    else:
        sys.stdout.write(text)
    return 0


def as_csv(reviews: Sequence[Review]) -> str:
    """The reviews as a CSV file with a header."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["sentence", "stars", "kind"])
    writer.writerows([one.sentence, one.stars, one.kind] for one in reviews)
    return stream.getvalue()
