"""What the verb `predict` does: read sentences from wherever they come, answer, print, leave the run folder."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence

import numpy as np

from common.cli import say
from common.errors import InputError
from common.run_folder import RunFolder
from common.sentence_classifier.classes import ClassTable
from common.sentence_classifier.finding import load_for_model, load_model
from common.sentence_classifier.labelled import load_texts
from common.sentence_classifier.page import prediction_block, weights_block
from common.sentence_classifier.predict import Prediction, predict
from common.sentence_classifier.task import Task

_BATCH = 1024
_SHOWN_SENTENCES, _SHOWN_WEIGHTS = 40, 4


def run_predict(task: Task, arguments: argparse.Namespace) -> int:
    """Print the class of one sentence with what led to it, or of many, a line each."""
    sentences = _sentences(arguments, task.form.most_characters)
    model = load_model(task, arguments.version, arguments.weights)
    vectors = load_for_model(model, option=arguments.vectors, course=arguments.course)
    detailed = arguments.words or arguments.json or arguments.picture or len(sentences) == 1
    with RunFolder(task.assignment, "predict", arguments, folder=arguments.out) as run:
        found: list[Prediction] = []
        began = time.perf_counter()
        for begin in range(0, len(sentences), _BATCH):
            found += predict(model, vectors, sentences[begin : begin + _BATCH], weights=detailed)
        run.metric("time", time.perf_counter() - began, unit="s", better="lower")
        for number, one in enumerate(found, 1):
            for notice in one.notices():
                say(f"note: {'' if len(found) == 1 else f'sentence {number}: '}{notice}")
        plain = _as_json(found, model.table, task.noun)
        print(plain if arguments.json else _as_text(found, model.table, detailed=detailed))
        run.show(prediction_block(found[:_SHOWN_SENTENCES], task.noun))
        for one in found[:_SHOWN_WEIGHTS]:
            if one.weights and len(one.weights) > 1:
                run.show(weights_block(one))
        run.text("predictions.json", plain + "\n", title="The predictions")
        if arguments.picture and any(one.weights for one in found):
            from common.sentence_classifier.pictures import draw_weights

            draw_weights(run.figure("words.png", title="Words", alt="how much each word weighed"), found)
    return 0


def _sentences(arguments: argparse.Namespace, most: int) -> list[str]:
    """The sentence of the command line, or those of a file or of standard input."""
    if arguments.sentence and arguments.file:
        raise InputError("give a sentence or --file FILE, not both")
    if arguments.sentence:
        found = [" ".join(arguments.sentence)]
    elif arguments.file and str(arguments.file) != "-":
        found = load_texts(arguments.file, most=most)
    else:
        found = _standard_input()
    if not any(sentence.strip() for sentence in found):
        raise InputError("there is no sentence; give one, name a file with --file, or write some to standard input")
    for number, sentence in enumerate(found, 1):
        if len(sentence) > most:
            raise InputError(
                f"sentence {number} has {len(sentence):,} characters, and at most {most:,} are read; shorten it"
            )
    return found


def _standard_input() -> list[str]:
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError('there is no sentence; give one: predict "a sentence"')
    content = sys.stdin.buffer.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"standard input: line {line} is not UTF-8 text; send UTF-8 and try again") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _as_text(found: Sequence[Prediction], table: ClassTable, *, detailed: bool) -> str:
    return "\n".join(_detailed(one, table) if detailed else _line(one) for one in found)


def _line(one: Prediction) -> str:
    symbol, p = (one.answer.symbol, f"{max(one.probabilities):.2f}") if one.answer else ("?", "    ")
    return f"{symbol}\t{p}\t{one.sentence}"


def _detailed(one: Prediction, table: ClassTable) -> str:
    lines = [f"{one.sentence.strip()} {one.answer.symbol if one.answer else '?'}"]
    if one.probabilities:
        order = np.argsort(one.probabilities)[::-1]
        lines.append("  " + "   ".join(f"{table[place]} {one.probabilities[place]:.2f}" for place in order))
    if one.weights:
        lines.append("  words: " + "   ".join(f"{weight.text} {weight.nats:+.2f}" for weight in one.weights))
    return "\n".join(lines)


def _as_json(found: Sequence[Prediction], table: ClassTable, noun: str) -> str:
    rows = [
        {
            "sentence": one.sentence,
            "label": one.label,
            noun: one.answer.symbol if one.answer else None,
            "name": one.answer.name if one.answer else None,
            "probabilities": dict(zip(table.names, one.probabilities, strict=False)),
            "words": [{"word": weight.text, "nats": weight.nats} for weight in one.weights],
            "unknown": list(one.unknown),
            "unread": list(one.unread),
            "ignored_emoji": list(one.ignored),
        }
        for one in found
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)
