"""Two logical CPU devices do what one does: a step through `strategy.run`, in a process that has two of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

SCRIPT = """
import contextlib, json, sys
import numpy as np
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
import keras
from common.errors import InputError

# One for the whole process: collective operations of a second strategy meet those of the first.
TWO = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
from common.training import evaluate, train

rng = np.random.default_rng(0)
# 27 examples in batches of 8: the last batch has 3, which two replicas cannot share evenly.
x, y, weights = rng.normal(size=(27, 5, 3)).astype("f"), rng.integers(0, 4, 27), rng.uniform(0.2, 2, 27).astype("f")
ids, targets = rng.integers(0, 5, (25, 6)), rng.integers(0, 4, (25, 6))

def plain():
    inputs = keras.Input((5, 3))
    states = keras.layers.LSTM(4, kernel_regularizer="l2")(inputs)
    return keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(states))

def masked():
    inputs = keras.Input((6,), dtype="int32")
    states = keras.layers.GRU(4, return_sequences=True)(keras.layers.Embedding(5, 3, mask_zero=True)(inputs))
    return keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(states))

CASES = {
    "plain": (plain, (x, y), {}, {}),
    "weighted": (plain, (x, y), {}, {"sample_weight": weights}),
    "clipped": (plain, (x, y), {"global_clipnorm": 0.05}, {}),
    "masked": (masked, (ids, targets), {}, {}),
}

def run(case, replicas):
    build, data, clipping, options = CASES[case]
    strategy = TWO if replicas == 2 else None
    keras.utils.set_random_seed(0)
    with strategy.scope() if strategy else contextlib.nullcontext():
        model = build()
    assert model.distribute_strategy.num_replicas_in_sync == replicas
    sgd = dict(optimizer=keras.optimizers.SGD(0.5, **clipping), loss="sparse_categorical_crossentropy")
    if strategy:
        with strategy.scope():
            sgd["optimizer"] = keras.optimizers.SGD(0.5, **clipping)
    result = train(model, *data, validation=data, metrics=["accuracy"], epochs=3, batch_size=8, **sgd, **options)
    return model, result

def differences(case):
    (one, first), (two, second) = run(case, 1), run(case, 2)
    return {
        "weights": max(float(np.abs(a - b).max()) for a, b in zip(one.get_weights(), two.get_weights())),
        "moved": max(float(np.abs(a - b).max()) for a, b in zip(one.get_weights(), start(case))),
        "history": max(float(np.abs(np.subtract(first.history[k], second.history[k])).max()) for k in first.history),
    }

def start(case):
    keras.utils.set_random_seed(0)
    return CASES[case][0]().get_weights()

def resumed(folder):
    weights = []
    for parts in ([(4, None)], [(2, folder), (4, folder)]):
        for epochs, checkpoint in parts:
            keras.utils.set_random_seed(0)
            with TWO.scope():
                model = plain()
                optimizer = keras.optimizers.Adam()
            train(model, x, y, optimizer=optimizer, loss="sparse_categorical_crossentropy", batch_size=8,
                  epochs=epochs, checkpoint=checkpoint)
        weights.append(model.get_weights())
    return all(np.array_equal(a, b) for a, b in zip(*weights))

def refused():
    with TWO.scope():
        model = plain()
    try:
        train(model, x, y, optimizer="sgd", loss="sparse_categorical_crossentropy", jit_compile=True)
    except InputError as error:
        return str(error)

def deterministic():
    # Last, because it holds for the whole process from here on.
    weights = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((5, 3)), keras.layers.LSTM(4, dropout=0.5), keras.layers.Dense(4)])
        train(model, x, y, optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              batch_size=8, epochs=2, deterministic=True)
        weights.append(model.get_weights())
    from tensorflow.python.framework import config
    return config.is_op_determinism_enabled() and all(np.array_equal(a, b) for a, b in zip(*weights))

found = {case: differences(case) for case in CASES}
kept = resumed(sys.argv[1])
print(json.dumps({"cases": found, "resumed": kept, "refused": refused(), "deterministic": deterministic()}))
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path_factory.mktemp("run") / "checkpoints")],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("case", ["plain", "weighted", "clipped", "masked"])
def test_two_replicas_learn_what_one_device_learns(outcome, case):
    """SGD, no dropout, batches that do not divide evenly, a regularizer; float32 rounding apart."""
    found = outcome["cases"][case]
    assert found["moved"] > 0.01
    assert found["weights"] < 2e-6
    assert found["history"] < 2e-6


def test_a_run_over_two_replicas_can_be_resumed_to_the_bit(outcome):
    assert outcome["resumed"] is True


def test_deterministic_operations_can_be_asked_for(outcome):
    assert outcome["deterministic"] is True


def test_xla_over_replicas_is_refused(outcome):
    assert "does not work over 2 replicas" in outcome["refused"]
