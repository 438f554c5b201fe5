"""Version 2's figures: indices, the embedding's matrix, the network's layers and parameters, a training.

The course's trainings were not seeded, so they have no figure to reproduce: where the whole GloVe file is here, one is
run and held against the range that is stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from common.cli import say
from common.course_figures import Context, Figure
from week2.emojify import compare_inputs as inputs
from week2.emojify.compare_inputs import TEST_FILE, TRAIN_FILE, sentences, vectors


def indices_figure(figure: Figure, context: Context) -> Any:
    """The numbers of the sentences' words, by the figure's own numbering or that of the whole file."""
    given = figure.scalar("word_to_index")
    numbers = given if isinstance(given, Mapping) else inputs.whole_vocabulary(context)[0]
    texts = np.array(figure.scalar("sentences"))
    return context.function("sentences_to_indices")(texts, numbers, int(figure.scalar("max_len")))


def embedding_figure(figure: Figure, context: Context) -> Any:
    """The matrix, its size, or one number of it."""
    function = context.function("pretrained_embedding_layer")
    given = figure.inputs.get("map")
    if isinstance(given, Mapping):
        map_ = vectors(figure, context)
        base = 1 if str(figure.scalar("word_to_index", "0")).strip().startswith("1") else 0
        return function(map_, {word: number for number, word in enumerate(map_, base)}).get_weights()[0]
    row = figure.scalar("row")
    if row is None:
        numbers, map_ = inputs.whole_vocabulary(context)
        return np.shape(function(map_, numbers).get_weights()[0])
    map_ = inputs.file_vectors(context)
    numbers = inputs.numbered(context, map_)
    # Of a part of the file the first row alone is where it is in the whole: "!" comes before all other words.
    if len(map_) < inputs.WHOLE and not (row == 0 or (row == 1 and numbers.get("!") == 1)):
        raise inputs.needs_glove(f"{len(map_)} words")
    matrix = context.once("embedding", lambda: function(map_, numbers).get_weights()[0])
    return matrix[int(row)] if figure.scalar("column") is None else matrix[int(row), int(figure.scalar("column"))]


def network_figure(figure: Figure, context: Context) -> Any:
    """The layers of the network, or the numbers of its parameters."""
    words = int(figure.scalar("words") or figure.scalar("vocabulary"))
    map_ = inputs.stand_in(words, int(figure.scalar("embedding_dim")))
    numbers = {word: number for number, word in enumerate(map_, 1)}
    network = context.function("Emojify_V2")((int(figure.scalar("maxLen")),), map_, numbers)
    if isinstance(figure.expected, Mapping):
        return _parameter_counts(network)
    return [_described(layer) for layer in network.layers]


def _described(layer: Any) -> list[Any]:
    """A layer as the course's figures list it: kind, output shape, parameters, and what tells it from others."""
    config, kind = layer.get_config(), type(layer).__name__
    shape = config["batch_shape"] if kind == "InputLayer" else layer.output.shape
    row = [f"Activation {config['activation']}" if kind == "Activation" else kind, list(shape), layer.count_params()]
    if kind in {"LSTM", "Dense"}:
        row.append(config["activation"])
    if kind == "Dropout":
        row.append(config["rate"])
    return row + ["return_sequences"] * bool(config.get("return_sequences"))


def _parameter_counts(network: Any) -> dict[str, int]:
    """Parameters in all, learnt and frozen, and of every layer: kind_1, kind_2, ..., the first also by its kind."""
    counts = {"total": network.count_params()}
    frozen = sum(int(np.prod(weight.shape)) for weight in network.non_trainable_weights)
    counts |= {"trainable": counts["total"] - frozen, "non_trainable": frozen}
    seen: dict[str, int] = {}
    for layer in network.layers:
        kind = type(layer).__name__.lower()
        seen[kind] = seen.get(kind, 0) + 1
        counts[f"{kind}_{seen[kind]}"] = layer.count_params()
        counts.setdefault(kind, layer.count_params())
    return counts


def fit_figure(figure: Figure, context: Context) -> dict[str, float]:
    """The accuracy on the test sentences after a training of version 2 with our seed."""
    train, test = (sentences(context, name) for name in (TRAIN_FILE, TEST_FILE))
    inputs.vectors_with(context, train.sentences, test.sentences)
    return context.once(figure.key, lambda: _fit(figure, context, train, test))


def _fit(figure: Figure, context: Context, train: Any, test: Any) -> dict[str, float]:
    import keras

    from common.seeding import seed_keras

    say("training version 2 on the course's sentences ...")
    map_ = inputs.file_vectors(context)
    numbers, longest = inputs.numbered(context, map_), max(len(text.split()) for text in train.sentences)
    seed_keras(0)
    network = context.function("Emojify_V2")((longest,), map_, numbers)
    network.compile(loss=figure.scalar("loss"), optimizer=figure.scalar("optimizer"), metrics=["accuracy"])
    to_indices = context.function("sentences_to_indices")
    x, x_test = (np.asarray(to_indices(np.array(one.sentences), numbers, longest)) for one in (train, test))
    y, y_test = (keras.utils.to_categorical(one.labels, len(train.table)) for one in (train, test))
    options = {"epochs": int(figure.scalar("epochs")), "batch_size": int(figure.scalar("batch_size"))}
    network.fit(x, y, shuffle=True, verbose=0, **options)
    return {"test_accuracy": float(network.evaluate(x_test, y_test, verbose=0)[1])}
