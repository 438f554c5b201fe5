"""Emojify: version 1 against the course's loop, version 2 against plain `fit`.

python -m benchmarks.emojify                        # both
python -m benchmarks.emojify network --rounds 3     # one of average, network

average    20 passes over 132 sentences with vectors of 50 numbers, a print every 10; the course's way averages every
           sentence again in every step and computes the softmax in five calls of NumPy
network    132 sentences of 10 words, two LSTM(128) with dropout, batches of 32, 50 epochs, building and compiling
           included; the same Keras model through `fit` with the same order and the same dropout masks
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.harness import Target, Work, main
from common.assets import PROJECT
from common.seeding import legacy_numpy_seed
from common.sentence_classifier.ids import WordTable
from week2.emojify.data import load_sentences

SENTENCES, PASSES, WINDOW, EPOCHS, BATCH, RATE = 132, 20, 10, 50, 32, 0.01


def sentences() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """132 of the shipped sentences of at most 10 words, their labels, and made-up vectors of their words."""
    data = load_sentences(PROJECT / "week2" / "emojify" / "assets" / "sentences_train.csv")
    short = [place for place, text in enumerate(data.sentences) if len(text.split()) <= WINDOW][:SENTENCES]
    texts = np.array([data.sentences[place] for place in short])
    rng = np.random.default_rng(0)
    words = sorted({word for text in texts for word in text.lower().split()})
    return texts, data.labels[short], {word: rng.standard_normal(50) for word in words}


def plain_softmax(x: np.ndarray) -> np.ndarray:
    """As it is usually written."""
    e = np.exp(x - np.max(x))
    return e / e.sum()


def plain_average(sentence: str, vectors: Mapping[str, np.ndarray]) -> np.ndarray:
    """A word at a time."""
    total, count = np.zeros(50), 0
    for word in sentence.lower().split():
        if word in vectors:
            total += vectors[word]
            count += 1
    return total / count if count else total


def plain_model(
    X: np.ndarray, Y: np.ndarray, vectors: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """W, b and the printed costs, by the loop that the course describes."""
    W, b = np.random.randn(5, 50) / np.sqrt(50), np.zeros((5,))
    one_hot, costs = np.eye(5)[Y], []
    for t in range(PASSES):
        for i in range(len(X)):
            x = plain_average(X[i], vectors)
            a = plain_softmax(np.dot(W, x) + b)
            cost = -np.sum(np.multiply(one_hot[i], np.log(a)))
            dz = a - one_hot[i]
            dW = np.dot(dz.reshape(5, 1), x.reshape(1, 50))
            W = W - RATE * dW
            b = b - RATE * dz
        if t % 10 == 0:
            pred = np.zeros((len(X), 1))
            for j in range(len(X)):
                pred[j] = np.argmax(plain_softmax(np.dot(W, plain_average(X[j], vectors)) + b))
            print(f"Epoch: {t} --- cost = {cost}\nAccuracy: {np.mean(pred[:, 0] == Y)}")
            costs.append(float(cost))
    return W, b, costs


def make_plain_average() -> Work:
    """The course's way."""
    X, Y, vectors = sentences()
    last: list[Any] = []

    def run() -> None:
        with legacy_numpy_seed(1), contextlib.redirect_stdout(io.StringIO()):
            last[:] = plain_model(X, Y, vectors)

    return Work(run, lambda: [*np.ravel(last[0]), *last[1], *last[2]])


def make_average() -> Work:
    """The function of the same name and prints."""
    from week2.emojify.course import model

    X, Y, vectors = sentences()
    last: list[Any] = []

    def run() -> None:
        with legacy_numpy_seed(1), contextlib.redirect_stdout(io.StringIO()) as printed:
            _, W, b = model(X, Y, vectors, RATE, PASSES)
        costs = [float(line.split()[-1]) for line in printed.getvalue().splitlines() if "cost" in line]
        last[:] = W, b, costs

    return Work(run, lambda: [*np.ravel(last[0]), *last[1], *last[2]])


def network() -> tuple[Any, np.ndarray, np.ndarray]:
    """The compiled Keras model, ids (132, 10) and labels."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    from common.sentence_classifier.model import build_model
    from week2.emojify.model import course_config

    X, Y, vectors = sentences()
    words = [text.lower().split() for text in X]
    words = [[word for word in one if word in vectors] for one in words]
    table = WordTable(words, vectors, 50)
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    model = build_model(course_config(50, WINDOW), table.matrix)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, table.encode(words, window=WINDOW), Y


def make_fit() -> Work:
    """Keras's own loop."""
    last: list[Any] = []

    def run() -> None:
        model, x, y = network()
        model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, shuffle=False, verbose=0)
        last[:] = [model]

    return Work(run, lambda: norms(last[0]))


def make_network() -> Work:
    """The project's loop."""
    from common.training import train

    last: list[Any] = []

    def run() -> None:
        model, x, y = network()
        train(model, x, y, epochs=EPOCHS, batch_size=BATCH, shuffle=False, progress=False)
        last[:] = [model]

    return Work(run, lambda: norms(last[0]))


def norms(model: Any) -> list[float]:
    """What both must agree on: the norm of every parameter."""
    return [float(np.linalg.norm(weight)) for weight in model.get_weights()]


WORKLOADS = {
    "average": (
        f"version 1: {PASSES} passes over {SENTENCES} sentences",
        {"the course's loop": make_plain_average, "model": make_average},
        [Target("model", "the course's loop", 1.5)],
        ["--rounds", "25"],
        1e-9,
    ),
    "network": (
        f"version 2: {EPOCHS} epochs of {SENTENCES} sentences, building and compiling included",
        {"fit": make_fit, "the project's loop": make_network},
        [Target("the project's loop", "fit", 1.0)],
        ["--rounds", "5", "--warm-up", "1"],
        1e-2,
    ),
}


def run(arguments: list[str]) -> int:
    """The workload that is named, the one of a contestant's process, or all."""
    names = [name for name in WORKLOADS if name in arguments[:1]]
    if "--contestant" in arguments:
        contestant = arguments[arguments.index("--contestant") + 1]
        names = [name for name, entry in WORKLOADS.items() if contestant in entry[1]]
    status = 0
    for name in names or WORKLOADS:
        workload, contestants, targets, usual, tolerance = WORKLOADS[name]
        options = usual + [argument for argument in arguments if argument not in WORKLOADS]
        done = main("benchmarks.emojify", workload, contestants, targets, tolerance=tolerance, argv=options)
        status = max(status, done)
    return status


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
