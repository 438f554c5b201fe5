"""Training: the project's loop against Keras's `fit`, in time per epoch, on two networks.

    python -m benchmarks.training

    shakespeare    40 characters as one-hot rows of 38, two LSTM(128) with dropout, softmax over 38; batches of 128
    small          1,000 sequences of 30 with 8 features, LSTM(32), softmax over 10; batches of 32

The loop lets XLA compile the small network, as its rule says for a training of 1,000 steps and more; `fit` does not of
its own accord. Both train from the same weights in one process and take turns, an epoch each, so that whatever else the
machine does falls on both; the first epoch of either, which compiles, is left out. An epoch is timed from the end of
the one before it to its own end, in seconds of the clock and of the processors. Besides, both learn one epoch in the
same order without dropout, from which the same weights must come (to float32 rounding where XLA compiled).
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.cli import guard, number_in, say

TARGETS = {"shakespeare": 1.0, "small": 2.0}


@dataclass(frozen=True)
class Workload:
    """A network and how much of what it learns.

    Attributes:
        examples, length, features, classes: of the data; the rows are one-hot where `one_hot`.
        units: of each LSTM layer.
        dropout: after each LSTM layer.
        batch_size: examples in a batch.
        epochs: timed; so many that a training of the small network is as long as one in earnest.
    """

    examples: int
    length: int
    features: int
    classes: int
    units: tuple[int, ...]
    dropout: float
    batch_size: int
    one_hot: bool
    epochs: int

    def data(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """x (examples, length, features) float32 and y (examples,) int64."""
        y = rng.integers(0, self.classes, self.examples)
        if self.one_hot:
            ids = rng.integers(0, self.features, (self.examples, self.length))
            return np.eye(self.features, dtype=np.float32)[ids], y
        return rng.normal(size=(self.examples, self.length, self.features)).astype(np.float32), y

    def model(self, *, dropout: float) -> Any:
        """The network, compiled with Adam."""
        import keras

        keras.utils.set_random_seed(0)
        inputs = keras.Input((self.length, self.features))
        states = inputs
        for number, units in enumerate(self.units, 1):
            states = keras.layers.LSTM(units, return_sequences=number < len(self.units))(states)
            states = keras.layers.Dropout(dropout)(states) if dropout else states
        model = keras.Model(inputs, keras.layers.Dense(self.classes, activation="softmax")(states))
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model


def workloads(*, batches: int) -> dict[str, Workload]:
    """The two networks; `batches` of the Shakespeare network make an epoch (the course's text makes 246)."""
    return {
        "shakespeare": Workload(128 * batches, 40, 38, 38, (128, 128), 0.2, 128, one_hot=True, epochs=8),
        "small": Workload(1000, 30, 8, 10, (32,), 0.0, 32, one_hot=False, epochs=40),
    }


def compare(workload: Workload) -> dict[str, Any]:
    """Both in turns: seconds per epoch (medians), the ratios of neighbouring epochs (median and quartiles; `cpu_ratio`
    of processor time), whether XLA compiled the loop's step, and the largest difference of a weight after an epoch in
    the same order without dropout."""
    x, y = workload.data(np.random.default_rng(0))
    turns = _Turns()
    options = {"batch_size": workload.batch_size, "epochs": workload.epochs + 1}
    models = [workload.model(dropout=workload.dropout) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        trainings = [
            pool.submit(turns.play, player, trainer, model, x, y, **options)
            for player, (trainer, model) in enumerate(zip((_fit, _loop), models, strict=True))
        ]
        xla = [training.result() for training in trainings][1]
    fit, loop = (np.array(times[1:]) for times in turns.times)
    ratios, cpu_ratios = (fit / loop).T
    return {
        "fit_seconds": float(np.median(fit[:, 0])),
        "loop_seconds": float(np.median(loop[:, 0])),
        "ratio": float(np.median(ratios)),
        "ratio_quartiles": [float(np.quantile(ratios, share)) for share in (0.25, 0.75)],
        "cpu_ratio": float(np.median(cpu_ratios)),
        "xla": xla,
        "weights_differ_by": _difference(workload, x, y, xla=xla),
    }


class _Turns:
    """Two players, each in a thread of its own, of which one learns an epoch while the other waits."""

    def __init__(self):
        self.times: tuple[list[tuple[float, float]], ...] = ([], [])
        self._turn, self._change = 0, threading.Condition()
        self._began = (0.0, 0.0)

    def play(self, player: int, trainer: Callable[..., bool], *arguments: Any, **options: Any) -> bool:
        """Train, epoch by epoch in turns."""
        import keras

        pause = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: self._next(player))
        self._wait(player)
        try:
            return trainer(*arguments, callbacks=[pause], **options)
        finally:
            self._pass_on(player)

    def _next(self, player: int) -> None:
        ended = _clocks()
        self.times[player].append((ended[0] - self._began[0], ended[1] - self._began[1]))
        self._pass_on(player)
        self._wait(player)

    def _wait(self, player: int) -> None:
        with self._change:
            self._change.wait_for(lambda: self._turn == player)
        self._began = _clocks()

    def _pass_on(self, player: int) -> None:
        with self._change:
            self._turn = 1 - player
            self._change.notify_all()


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _fit(model: Any, x: np.ndarray, y: np.ndarray, *, jit_compile: bool | str = "auto", **options: Any) -> bool:
    model.fit(x, y, verbose=0, **options)
    return False


def _loop(model: Any, x: np.ndarray, y: np.ndarray, *, jit_compile: bool | str = "auto", **options: Any) -> bool:
    from common.training import train

    return train(model, x, y, progress=False, jit_compile=jit_compile, **options).jit_compile


def _difference(workload: Workload, x: np.ndarray, y: np.ndarray, *, xla: bool) -> float:
    """Largest absolute difference of a weight between the two after one epoch."""
    weights = []
    for trainer in (_fit, _loop):
        model = workload.model(dropout=0.0)
        trainer(model, x, y, batch_size=workload.batch_size, epochs=1, shuffle=False, jit_compile=xla)
        weights.append(model.get_weights())
    return max(float(np.abs(one - other).max()) for one, other in zip(*weights, strict=True))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark from the shell; 0 where the targets are met and the weights agree, 1 where not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__.split("\n")[0])
    parser.add_argument("--batches", type=number_in(1, 1000, int), default=20, help="in an epoch of the large network")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    arguments = parser.parse_args(argv)
    return guard(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    results = {}
    for name, workload in workloads(batches=arguments.batches).items():
        say(name)
        results[name] = compare(workload)
    print(json.dumps(results, indent=2) if arguments.json else _describe(results))
    met = all(result["ratio"] >= TARGETS[name] for name, result in results.items())
    return 0 if met and all(result["weights_differ_by"] < 1e-3 for result in results.values()) else 1


def _describe(results: dict[str, Any]) -> str:
    return "\n".join(
        f"{name:12} fit {result['fit_seconds'] * 1e3:8.1f} ms   loop {result['loop_seconds'] * 1e3:8.1f} ms an epoch   "
        f"ratio {result['ratio']:.2f} (quartiles {' and '.join(f'{one:.2f}' for one in result['ratio_quartiles'])}, "
        f"processor time {result['cpu_ratio']:.2f}; target {TARGETS[name]:g})   "
        f"weights within {result['weights_differ_by']:.1e}{', XLA' if result['xla'] else ''}"
        for name, result in results.items()
    )


if __name__ == "__main__":
    sys.exit(main())
