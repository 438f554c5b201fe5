"""Jazz solo: reading a piece to tokens, a hundred epochs of training, and improvising fifty values.

python -m benchmarks.jazz_solo                       # all three
python -m benchmarks.jazz_solo training --rounds 3   # one of reading, training, improvising

reading        the course's piece (or the one that ships) to tokens; music21 only parses it
training       60 windows of 30 tokens of 90 values, LSTM(64), 100 epochs, building and compiling included; the
               course's way is thirty unrolled calls of one cell with thirty outputs, through `fit`
improvising    50 values, each the likeliest after the one before; the course's way is `predict` of the unrolled
               model
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from benchmarks.harness import Target, Work, main
from common.assets import find
from common.cli import course_folder_of_environment

M, TX, TY, N_VALUES, N_A, EPOCHS = 60, 30, 50, 90, 64, 100


def make_music21() -> Work:
    """music21's parser, without what comes after it."""
    from music21 import converter

    path = find("jazz-piece", course=course_folder_of_environment()).path
    return Work(lambda: converter.parse(path, forceSource=True, format="midi"), lambda: [])


def make_tokens() -> Work:
    """From the file to the words."""
    from common.midi import read_midi
    from week1.jazz_solo.course_corpus import read_course_corpus
    from week1.jazz_solo.piece import read_piece

    asset = find("jazz-piece", course=course_folder_of_environment())
    if asset.source == "course":
        return Work(lambda: read_course_corpus(read_midi(asset.path), "2021").words, lambda: [])
    return Work(lambda: list(map(str, read_piece(asset.path).tokens())), lambda: [])


def arrays() -> tuple[np.ndarray, np.ndarray]:
    """X (60, 30, 90) and Y (30, 60, 90) of as many random tokens as the course's corpus has."""
    from week1.jazz_solo.course_corpus import course_arrays

    ids = np.random.default_rng(0).integers(0, N_VALUES, 275)
    return course_arrays(ids, N_VALUES, m=M, Tx=TX)[:2]


def make_training() -> Work:
    """One LSTM over the sequence, in the project's loop."""
    from week1.jazz_solo.train import train_as_the_course

    X, Y = arrays()
    return Work(lambda: train_as_the_course(X, Y, epochs=EPOCHS), lambda: [])


def make_unrolled_training() -> Work:
    """Thirty calls of a cell and thirty outputs, through `fit`."""
    import keras

    from common.training import inverse_time_decay
    from week1.jazz_solo.course import djmodel

    X, Y = arrays()
    states = [np.zeros((M, N_A))] * 2

    def run() -> None:
        model = djmodel(TX, *layers())
        optimizer = keras.optimizers.Adam(inverse_time_decay(0.01, 0.01))
        model.compile(optimizer=optimizer, loss=["categorical_crossentropy"] * TX)
        model.fit([X, *states], list(Y), epochs=EPOCHS, verbose=0)

    return Work(run, lambda: [])


def layers() -> tuple[Any, Any, Any]:
    """LSTM cell, densor, reshaper, always with the same weights."""
    import keras

    keras.utils.set_random_seed(0)
    cell, densor = keras.layers.LSTM(N_A, return_state=True), keras.layers.Dense(N_VALUES, activation="softmax")
    cell.build((None, 1, N_VALUES))
    densor.build((None, N_A))
    cell.set_weights([3 * weights for weights in cell.get_weights()])  # so that not one value wins all the time
    return cell, densor, keras.layers.Reshape((1, N_VALUES))


def make_unrolled_improvising() -> Work:
    """`predict` of the fifty unrolled steps."""
    from week1.jazz_solo.course import music_inference_model

    model = music_inference_model(*layers()[:2], TY)
    inputs = [np.zeros((1, 1, N_VALUES)), *np.zeros((2, 1, N_A))]
    last: list[Any] = []

    def run() -> None:
        last[:] = model.predict(inputs, verbose=0)

    return Work(run, lambda: np.argmax(np.concatenate(last), axis=-1).tolist())


def make_improvising() -> Work:
    """The step loop in NumPy."""
    from week1.jazz_solo.model import WEIGHTS
    from week1.jazz_solo.network import SoloNetwork

    cell, densor, _ = layers()
    weights = dict(zip(WEIGHTS, [*cell.get_weights(), *densor.get_weights()], strict=True))
    network = SoloNetwork([f"C,{number + 1}.000" for number in range(N_VALUES)], weights, {})
    last: list[Any] = []

    def run() -> None:
        last[:] = network.greedy(TY).tolist()

    return Work(run, lambda: last)


WORKLOADS = {
    "reading": (
        "a MIDI file to tokens",
        {"music21's parser": make_music21, "tokens": make_tokens},
        [Target("tokens", "music21's parser", 20)],
        ["--rounds", "5", "--warm-up", "1"],
    ),
    "training": (
        "100 epochs, building and compiling included",
        {"unrolled, fit": make_unrolled_training, "one LSTM": make_training},
        [Target("one LSTM", "unrolled, fit", 10)],
        ["--rounds", "3", "--warm-up", "1"],
    ),
    "improvising": (
        "50 values",
        {"unrolled, predict": make_unrolled_improvising, "NumPy": make_improvising},
        [Target("NumPy", "unrolled, predict", 50)],
        ["--rounds", "25"],
    ),
}


def run(arguments: list[str]) -> int:
    """The workload that is named, the one of a contestant's process, or all."""
    names = [name for name in WORKLOADS if name in arguments[:1]]
    if "--contestant" in arguments:
        contestant = arguments[arguments.index("--contestant") + 1]
        names = [name for name, (_, contestants, _, _) in WORKLOADS.items() if contestant in contestants]
    status = 0
    for name in names or WORKLOADS:
        workload, contestants, targets, usual = WORKLOADS[name]
        options = usual + [argument for argument in arguments if argument not in WORKLOADS]
        status = max(status, main("benchmarks.jazz_solo", workload, contestants, targets, argv=options))
    return status


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
