"""What the verbs `train` and `predict` do: find the files, call the stages, print results, leave the run folder."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Sequence

import numpy as np

from common.assets import Asset
from common.cli import say
from common.errors import InputError
from common.run_folder import RunFolder
from week2.emojify.average import AverageConfig
from week2.emojify.csv_rows import MOST_CHARACTERS
from week2.emojify.data import TRAIN, LabelledSentences, find_sentences, load_sentences, load_texts
from week2.emojify.emoji_table import EmojiTable, read_table
from week2.emojify.finding import ASSIGNMENT, FILES, load_for_model, load_for_training, load_model
from week2.emojify.page import loss_block, prediction_block, weights_block
from week2.emojify.predict import Prediction, predict
from week2.emojify.trained import AVERAGE, TrainedModel

WINDOW = 30
"""Words of a sentence that a network with masking reads, unless told otherwise."""

_BATCH = 1024
_SHOWN_SENTENCES, _SHOWN_WEIGHTS = 40, 4


def run_train(arguments: argparse.Namespace) -> int:
    """Train a version on sentences; prints how it did and where the weights are."""
    _, data = load_training(arguments)
    vectors = load_for_training(option=arguments.vectors, course=arguments.course)
    with RunFolder(ASSIGNMENT, "train", arguments, folder=arguments.out) as run:
        began = time.perf_counter()
        trained = _train_average(arguments, data, vectors) if arguments.version == AVERAGE else None
        trained = trained or _train_lstm(arguments, data, vectors, run)
        path = trained.save(run.file(FILES[arguments.version], title="the trained weights"))
        for folder in run.folder.glob("checkpoints-*"):
            shutil.rmtree(folder, ignore_errors=True)
        accuracy = _training_accuracy(trained, vectors, data)
        run.metric("accuracy on the training sentences", accuracy, better="higher")
        run.metric("training time", time.perf_counter() - began, unit="s")
        print(f"version {arguments.version}: accuracy {accuracy:.3f} on the {len(data)} training sentences")
        print(f"weights: {path}")
    return 0


def load_training(arguments: argparse.Namespace) -> tuple[Asset, LabelledSentences]:
    """The sentences to train on: the user's, the course's, or those that ship; says which."""
    asset = find_sentences(TRAIN, option=arguments.sentences, course=arguments.course)
    say(asset.describe())
    return asset, load_sentences(asset.path, table=table_of(arguments))


def table_of(arguments: argparse.Namespace) -> EmojiTable | None:
    """The emoji of the user's --labels file, or None."""
    return read_table(arguments.labels) if arguments.labels else None


def _train_average(arguments: argparse.Namespace, data: LabelledSentences, vectors) -> TrainedModel:
    from week2.emojify.train import train_average

    config = AverageConfig(learning_rate=arguments.learning_rate or 0.01, passes=arguments.epochs or 400)
    return train_average(data, vectors, config=config, seed=arguments.seed)


def _train_lstm(arguments: argparse.Namespace, data: LabelledSentences, vectors, run: RunFolder) -> TrainedModel:
    from week2.emojify.train import describe, train

    model, config = settings_of(arguments)
    trained, results = train(data, vectors, model=model, config=config, folder=run.folder, progress=True)
    for number in range(1, len(results) + 1):
        run.file(f"losses-{number}.csv", title="losses by epoch")
        run.figure(f"losses-{number}.png", title="Losses", alt="loss falls and accuracy rises over the epochs")
    run.show(loss_block([result.history for result in results]))
    print(describe(results))
    return trained


def settings_of(arguments: argparse.Namespace):
    """(ModelConfig, TrainConfig) as the options say."""
    from week2.emojify.model import ModelConfig
    from week2.emojify.train import TrainConfig

    model = ModelConfig(
        window=arguments.window or (WINDOW if arguments.masking else 1),
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
    )
    usual = TrainConfig()
    config = TrainConfig(
        epochs=arguments.epochs or usual.epochs,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate or usual.learning_rate,
        weight_decay=arguments.weight_decay,
        label_smoothing=arguments.label_smoothing,
        validation=arguments.validation,
        patience=arguments.patience,
        members=arguments.members,
        seed=arguments.seed,
    )
    return model, config


def _training_accuracy(trained: TrainedModel, vectors, data: LabelledSentences) -> float:
    from week2.emojify.train import read_words

    p = trained.probabilities(read_words(data, vectors), vectors)
    return float(np.mean(p.argmax(axis=1) == data.labels))


def run_predict(arguments: argparse.Namespace) -> int:
    """Print the emoji of one sentence with what led to it, or of many, a line each."""
    sentences = _sentences(arguments)
    model = load_model(arguments.version, arguments.weights)
    vectors = load_for_model(model, option=arguments.vectors, course=arguments.course)
    detailed = arguments.words or arguments.json or arguments.picture or len(sentences) == 1
    with RunFolder(ASSIGNMENT, "predict", arguments, folder=arguments.out) as run:
        found: list[Prediction] = []
        began = time.perf_counter()
        for begin in range(0, len(sentences), _BATCH):
            found += predict(model, vectors, sentences[begin : begin + _BATCH], weights=detailed)
        run.metric("time", time.perf_counter() - began, unit="s", better="lower")
        for number, one in enumerate(found, 1):
            for notice in one.notices():
                say(f"note: {'' if len(found) == 1 else f'sentence {number}: '}{notice}")
        text = _as_json(found, model.table) if arguments.json else _as_text(found, model.table, detailed=detailed)
        print(text)
        run.show(prediction_block(found[:_SHOWN_SENTENCES]))
        for one in found[:_SHOWN_WEIGHTS]:
            if one.weights and len(one.weights) > 1:
                run.show(weights_block(one))
        run.text("predictions.json", _as_json(found, model.table) + "\n", title="The predictions")
        if arguments.picture and any(one.weights for one in found):
            from week2.emojify.pictures import draw_weights

            draw_weights(run.figure("words.png", title="Words", alt="how much each word weighed"), found)
    return 0


def _sentences(arguments: argparse.Namespace) -> list[str]:
    """The sentence of the command line, or those of a file or of standard input."""
    if arguments.sentence and arguments.file:
        raise InputError("give a sentence or --file FILE, not both")
    if arguments.sentence:
        found = [" ".join(arguments.sentence)]
    elif arguments.file and str(arguments.file) != "-":
        found = load_texts(arguments.file)
    else:
        found = _standard_input()
    if not any(sentence.strip() for sentence in found):
        raise InputError("there is no sentence; give one, name a file with --file, or write some to standard input")
    for number, sentence in enumerate(found, 1):
        if len(sentence) > MOST_CHARACTERS:
            raise InputError(
                f"sentence {number} has {len(sentence):,} characters, and at most {MOST_CHARACTERS:,} are read; cut it "
                "into sentences"
            )
    return found


def _standard_input() -> list[str]:
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError('there is no sentence; give one: predict "not feeling happy"')
    content = sys.stdin.buffer.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"standard input: line {line} is not UTF-8 text; send UTF-8 and try again") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _as_text(found: Sequence[Prediction], table: EmojiTable, *, detailed: bool) -> str:
    return "\n".join(_detailed(one, table) if detailed else _line(one) for one in found)


def _line(one: Prediction) -> str:
    symbol, p = (one.emoji.symbol, f"{max(one.probabilities):.2f}") if one.emoji else ("?", "    ")
    return f"{symbol}\t{p}\t{one.sentence}"


def _detailed(one: Prediction, table: EmojiTable) -> str:
    lines = [f"{one.sentence.strip()} {one.emoji.symbol if one.emoji else '?'}"]
    if one.probabilities:
        order = np.argsort(one.probabilities)[::-1]
        lines.append("  " + "   ".join(f"{table[place]} {one.probabilities[place]:.2f}" for place in order))
    if one.weights:
        lines.append("  words: " + "   ".join(f"{weight.text} {weight.nats:+.2f}" for weight in one.weights))
    return "\n".join(lines)


def _as_json(found: Sequence[Prediction], table: EmojiTable) -> str:
    rows = [
        {
            "sentence": one.sentence,
            "label": one.label,
            "emoji": one.emoji.symbol if one.emoji else None,
            "name": one.emoji.name if one.emoji else None,
            "probabilities": dict(zip(table.names, one.probabilities, strict=False)),
            "words": [{"word": weight.text, "nats": weight.nats} for weight in one.weights],
            "unknown": list(one.unknown),
            "unread": list(one.unread),
            "ignored_emoji": list(one.ignored),
        }
        for one in found
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)
