"""Training: the project's loop against Keras's `fit`, in time per epoch, on two networks.

    python -m benchmarks.training

    shakespeare    40 characters as one-hot rows of 38, two LSTM(128) with dropout, softmax over 38; batches of 128
    small          1,000 sequences of 30 with 8 features, LSTM(32), softmax over 10; batches of 32

Both train the same network from the same weights in one process and take turns, so that whatever else the machine does
falls on both. An epoch is timed from the end of the one before it to its own end; the first of every call, which
compiles, is left out. `fit` and the loop run as they are by default. Before that, both learn one epoch in the same order
without dropout and must come to the same weights.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
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
    """

    examples: int
    length: int
    features: int
    classes: int
    units: tuple[int, ...]
    dropout: float
    batch_size: int
    one_hot: bool

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
        "shakespeare": Workload(128 * batches, 40, 38, 38, (128, 128), 0.2, 128, one_hot=True),
        "small": Workload(1000, 30, 8, 10, (32,), 0.0, 32, one_hot=False),
    }


def compare(workload: Workload, *, rounds: int, epochs: int, jit_compile: bool | str = "auto") -> dict[str, Any]:
    """Seconds per epoch of both (medians), their ratio (median and smallest of the rounds), and the largest difference
    of the weights after an epoch in the same order without dropout."""
    x, y = workload.data(np.random.default_rng(0))
    seconds: dict[str, list[float]] = {"fit": [], "loop": []}
    ratios = []
    for _ in range(rounds):
        for name, trainer in (("fit", _fit), ("loop", _loop)):
            seconds[name].append(_median_epoch(trainer, workload, x, y, epochs, jit_compile))
        ratios.append(seconds["fit"][-1] / seconds["loop"][-1])
        say(f"  fit {seconds['fit'][-1] * 1e3:.1f} ms, loop {seconds['loop'][-1] * 1e3:.1f} ms an epoch")
    return {
        "fit_seconds": statistics.median(seconds["fit"]),
        "loop_seconds": statistics.median(seconds["loop"]),
        "ratio": statistics.median(ratios),
        "ratio_smallest": min(ratios),
        "weights_differ_by": _difference(workload, x, y),
    }


def _fit(model: Any, x: np.ndarray, y: np.ndarray, **options: Any) -> None:
    options.pop("jit_compile")
    model.fit(x, y, verbose=0, **options)


def _loop(model: Any, x: np.ndarray, y: np.ndarray, **options: Any) -> None:
    from common.training import train

    train(model, x, y, progress=False, **options)


def _median_epoch(
    trainer: Callable[..., None], workload: Workload, x: np.ndarray, y: np.ndarray, epochs: int, jit_compile: bool | str
) -> float:
    import keras

    ends: list[float] = []
    mark = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter()))
    trainer(
        workload.model(dropout=workload.dropout),
        x,
        y,
        batch_size=workload.batch_size,
        epochs=epochs + 1,
        callbacks=[mark],
        jit_compile=jit_compile,
    )
    return statistics.median(np.diff(ends))


def _difference(workload: Workload, x: np.ndarray, y: np.ndarray) -> float:
    """Largest absolute difference of a weight after one epoch of either; the loop as a graph and at its default."""
    weights = []
    for trainer, jit_compile in ((_fit, False), (_loop, False), (_loop, "auto")):
        model = workload.model(dropout=0.0)
        trainer(model, x, y, batch_size=workload.batch_size, epochs=1, shuffle=False, jit_compile=jit_compile)
        weights.append(model.get_weights())
    return max(
        float(np.abs(one - other).max())
        for others in weights[1:]
        for one, other in zip(weights[0], others, strict=True)
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark from the shell; 0 where the targets are met and the weights agree, 1 where not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=number_in(1, 100, int), default=3, help="turns of each (default 3)")
    parser.add_argument("--epochs", type=number_in(1, 1000, int), default=6, help="timed in each turn (default 6)")
    parser.add_argument("--batches", type=number_in(1, 1000, int), default=20, help="in an epoch of the large network")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    arguments = parser.parse_args(argv)
    return guard(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    results = {}
    for name, workload in workloads(batches=arguments.batches).items():
        say(name)
        results[name] = compare(workload, rounds=arguments.rounds, epochs=arguments.epochs)
    print(json.dumps(results, indent=2) if arguments.json else _describe(results))
    met = all(result["ratio"] >= TARGETS[name] for name, result in results.items())
    return 0 if met and all(result["weights_differ_by"] < 1e-3 for result in results.values()) else 1


def _describe(results: dict[str, Any]) -> str:
    return "\n".join(
        f"{name:12} fit {result['fit_seconds'] * 1e3:8.1f} ms   loop {result['loop_seconds'] * 1e3:8.1f} ms an epoch   "
        f"ratio {result['ratio']:.2f} (smallest {result['ratio_smallest']:.2f}; target {TARGETS[name]:g})   "
        f"weights within {result['weights_differ_by']:.1e}"
        for name, result in results.items()
    )


if __name__ == "__main__":
    sys.exit(main())
