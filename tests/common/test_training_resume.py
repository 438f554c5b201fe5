"""Interrupted and killed trainings: resumed, they end with the bits of one that was left alone, dropout and all.

The test with SIGKILL starts a process for every kill, and importing TensorFlow takes seconds each time: by default it
kills three times; with the environment variable SEQUENCE_MODELS_KILLS=10 (or any number) as many times as that says.
"""

from __future__ import annotations

import csv
import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from common.cli import guard
from common.errors import InputError
from common.seeding import seed_keras
from common.training import Checkpoints, EarlyStopping, Interrupted, train
from common.training import checkpoints as checkpoint_files

PROJECT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("SEQUENCE_MODELS_KILLS", "3"))
RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 5, 3)).astype(np.float32)
Y = RNG.integers(0, 4, 40)
EPOCHS, BATCH = 4, 8


def network(units: int = 4):
    """An LSTM with dropout on its inputs and behind it, normalisation (which has weights that are not trained)."""
    import keras

    seed_keras(0)
    inputs = keras.Input((5, 3))
    states = keras.layers.LSTM(units, dropout=0.3)(inputs)
    states = keras.layers.BatchNormalization()(keras.layers.Dropout(0.4)(states))
    return keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(states))


def run(*, epochs=EPOCHS, checkpoint=None, model=None, **options):
    import keras

    model = model or network()
    settings = {
        "optimizer": keras.optimizers.Adam(0.05),
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
        "validation": (X[:9], Y[:9]),
        "batch_size": BATCH,
        "seed": 3,
    }
    return model, train(model, X, Y, epochs=epochs, checkpoint=checkpoint, **settings | options)


@pytest.fixture(scope="module")
def undisturbed():
    return run()


def assert_same(one, other):
    (model, result), (other_model, other_result) = one, other
    for first, second in zip(model.get_weights(), other_model.get_weights(), strict=True):
        assert np.array_equal(first, second)
    assert result.history == other_result.history
    assert (result.epochs, result.steps) == (other_result.epochs, other_result.steps)


def stop_at(step, action):
    """A callback that does `action` after so many steps in all."""
    import keras

    def look(batch, logs, seen=[0]):  # noqa: B006 - the count of this callback
        seen[0] += 1
        if seen[0] == step:
            action()

    return keras.callbacks.LambdaCallback(on_train_batch_end=look)


def test_more_epochs_go_on_from_the_last_one(tmp_path, undisturbed):
    run(epochs=1, checkpoint=tmp_path)
    run(epochs=3, checkpoint=tmp_path)
    resumed = run(checkpoint=tmp_path)
    assert resumed[1].resumed_at == 15
    assert_same(resumed, undisturbed)
    again = run(checkpoint=tmp_path)
    assert again[1].resumed_at == again[1].steps == 20
    assert_same(again, undisturbed)


def test_in_the_midst_of_an_epoch(tmp_path, undisturbed):
    """Stopped by an error after 8 of 20 steps, 3 of 5 of its epoch; the last checkpoint is of step 6."""

    class Stop(Exception):
        pass

    def fail():
        raise Stop

    rules = Checkpoints(tmp_path, every_steps=3)
    with pytest.raises(Stop):
        run(checkpoint=rules, callbacks=[stop_at(8, fail)])
    resumed = run(checkpoint=rules)
    assert resumed[1].resumed_at == 6
    assert_same(resumed, undisturbed)


def test_with_xla(tmp_path):
    whole = run(jit_compile=True)
    run(epochs=1, checkpoint=tmp_path, jit_compile=True)
    resumed = run(checkpoint=tmp_path)
    assert resumed[1].jit_compile, "what XLA compiled at first it compiles again"
    assert_same(resumed, whole)


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path, undisturbed, capsys):
    before = signal.getsignal(signal.SIGINT)
    press = stop_at(7, lambda: signal.raise_signal(signal.SIGINT))

    status = guard(lambda: run(checkpoint=tmp_path, callbacks=[press]) and None)

    assert status == 130 and signal.getsignal(signal.SIGINT) is before
    said = capsys.readouterr().err
    assert "stopped in epoch 2 of 4, after 7 steps" in said and str(tmp_path) in said and "to go on" in said
    resumed = run(checkpoint=tmp_path)
    assert resumed[1].resumed_at == 7
    assert_same(resumed, undisturbed)


def test_ctrl_c_without_a_folder_says_so(capsys):
    with pytest.raises(Interrupted):
        run(callbacks=[stop_at(2, lambda: signal.raise_signal(signal.SIGINT))])
    assert "nothing was saved" in capsys.readouterr().err


def test_a_second_ctrl_c_does_not_wait(tmp_path):
    def twice():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt) as interrupt:
        run(checkpoint=tmp_path, callbacks=[stop_at(2, twice)])
    assert not isinstance(interrupt.value, Interrupted) and not list(tmp_path.iterdir())


def test_the_one_before_a_damaged_checkpoint_is_used(tmp_path, undisturbed, capsys):
    run(epochs=3, checkpoint=Checkpoints(tmp_path, every_epochs=1))
    newest = sorted(tmp_path.glob("*.npz"))[-1]
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])
    resumed = run(checkpoint=tmp_path)
    assert resumed[1].resumed_at == 10 and newest.name in capsys.readouterr().err
    assert_same(resumed, undisturbed)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"seed": 4}, "seed 3 there and 4 here"),
        ({"batch_size": 10}, "data batch size 8 there and 10 here"),
        ({"model": 5}, "model"),
        ({"optimizer": "sgd"}, "optimizer"),
        ({"validation": (X[:8], Y[:8])}, "validation"),
        ({"early_stopping": EarlyStopping()}, "early stopping"),
        ({"identity": {"text": "other.txt"}}, "text None there and other.txt here"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_the_folder_of_another_run_is_refused(finished, change, word):
    change = dict(change)
    model = network(change.pop("model")) if "model" in change else None
    with pytest.raises(InputError, match=f"another run .*{word}.*name another folder"):
        run(checkpoint=finished, model=model, **change)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    run(epochs=1, checkpoint=folder)
    return folder


def test_early_stopping_and_callbacks_are_resumed(tmp_path):
    """Both count the epochs without progress across the interruption."""
    import keras

    def stopping(**options):
        slower = keras.callbacks.ReduceLROnPlateau("val_loss", patience=2, factor=0.5, min_lr=1e-4)
        rule = EarlyStopping("val_loss", patience=5)
        model, result = run(optimizer=keras.optimizers.Adam(0.3), early_stopping=rule, callbacks=[slower], **options)
        return model, result, slower

    *whole, slower = stopping(epochs=40)
    assert whole[1].stopped == "early stopping" and len(set(whole[1].history["learning_rate"])) > 1
    for epochs in (whole[1].best_epoch + 1, whole[1].best_epoch + 3, 40):
        *resumed, slower_too = stopping(epochs=epochs, checkpoint=tmp_path)
    assert_same(resumed, whole)
    assert resumed[1].best_epoch == whole[1].best_epoch and resumed[1].stopped == "early stopping"
    assert (slower_too.wait, slower_too.best) == (slower.wait, slower.best)


def test_the_log_of_a_resumed_run_has_every_epoch_once(tmp_path):
    for epochs in (2, 4):
        _, result = run(epochs=epochs, checkpoint=tmp_path / "run", csv_log=tmp_path / "log.csv")
    rows = list(csv.DictReader((tmp_path / "log.csv").open()))
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
    assert [float(row["val_loss"]) for row in rows] == result.history["val_loss"]


def test_a_full_disk_costs_a_warning_in_the_midst_and_an_error_at_the_end(tmp_path, undisturbed, monkeypatch, capsys):
    rules = Checkpoints(tmp_path, every_epochs=1)
    run(epochs=2, checkpoint=rules)
    kept = sorted(path.name for path in tmp_path.iterdir())

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint_files.np, "savez", full)
        with pytest.raises(OSError, match="No space left"):
            run(checkpoint=rules)
    warning = capsys.readouterr().err
    assert "No space left" in warning and "the training goes on" in warning
    assert sorted(path.name for path in tmp_path.iterdir()) == kept
    assert_same(run(checkpoint=rules), undisturbed)


VICTIM = """
import sys, time
sys.path[:0] = [{project!r}, {tests!r}]
from test_training_resume import network, run
from common.training import Checkpoints
import keras
import numpy as np
slow = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: time.sleep(0.01))
print("ready", flush=True)
model, result = run(epochs=30, checkpoint=Checkpoints({folder!r}, every_steps=2), callbacks=[slow])
np.savez({weights!r}, *model.get_weights())
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_killed_at_random_points_it_ends_with_the_same_bits(tmp_path):
    """The victim learns batch by batch and saves after every second one; the other run does neither."""
    folder, weights = tmp_path / "run", tmp_path / "weights.npz"
    code = VICTIM.format(
        project=str(PROJECT), tests=str(Path(__file__).parent), folder=str(folder), weights=str(weights)
    )
    draw = random.Random(0)
    reached = [_start_and_kill(code, folder, draw) for _ in range(KILLS)]
    assert not weights.exists(), "the training must not end before the last kill"
    assert reached == sorted(reached)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    model, _ = run(epochs=30)
    with np.load(weights) as archive:
        for ours, name in zip(model.get_weights(), archive.files, strict=True):
            assert np.array_equal(ours, archive[name])


def _start_and_kill(code: str, folder: Path, draw: random.Random) -> int:
    """Start it, let it save a few checkpoints more, kill it at a random moment; returns the newest one's number."""
    before = _newest(folder)
    victim = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert victim.stdout.readline() == b"ready\n"
        wanted, patience = before + draw.randint(1, max(1, 45 // KILLS)), time.monotonic() + 120
        while _newest(folder) < wanted and victim.poll() is None and time.monotonic() < patience:
            time.sleep(0.002)
        time.sleep(draw.uniform(0, 0.05))
    finally:
        victim.kill()
        victim.wait()
    assert victim.returncode == -signal.SIGKILL
    return _newest(folder)


def _newest(folder: Path) -> int:
    return max((int(path.stem.split("-")[1]) for path in folder.glob("checkpoint-*.json")), default=0)


def test_a_callback_gets_back_its_own_counters_and_keeps_its_new_settings(tmp_path):
    import keras

    class Count(keras.callbacks.Callback):
        def __init__(self, unit):
            super().__init__()
            self.unit, self.epochs = unit, 0

        def on_epoch_end(self, epoch, logs=None):
            self.epochs += self.unit

    run(epochs=2, checkpoint=tmp_path, callbacks=[Count(1)])
    count, other = Count(10), keras.callbacks.ReduceLROnPlateau("val_loss", patience=9)
    run(epochs=3, checkpoint=tmp_path, callbacks=[count, other])
    assert (count.unit, count.epochs) == (10, 12)
    run(epochs=3, checkpoint=tmp_path, callbacks=[other])
    assert other.patience == 9 and not hasattr(other, "epochs")
