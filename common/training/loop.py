"""`train` and `evaluate`: what a caller gives, checked and handed to the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from common.errors import InputError
from common.training.checkpoints import Checkpoints
from common.training.compiling import make_deterministic
from common.training.data import ArrayData, BatchData, Data
from common.training.early_stopping import EarlyStopping
from common.training.history import CsvLog, save_curves
from common.training.identity import identify
from common.training.run import Run, TrainingResult, evaluate_data, example_of
from common.training.saving import Saver
from common.training.step import Step

if TYPE_CHECKING:
    import keras


def train(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    validation: tuple[Any, ...] | Data | None = None,
    optimizer: Any = None,
    loss: Any = None,
    metrics: Any = None,
    epochs: int = 1,
    batch_size: int = 32,
    shuffle: bool = True,
    seed: int = 0,
    callbacks: Sequence[Any] = (),
    early_stopping: EarlyStopping | None = None,
    checkpoint: Checkpoints | str | Path | None = None,
    identity: Mapping[str, Any] | None = None,
    csv_log: str | Path | None = None,
    curves: str | Path | None = None,
    jit_compile: bool | Literal["auto"] = "auto",
    steps_per_call: int | None = None,
    deterministic: bool = False,
    progress: bool = True,
) -> TrainingResult:
    """Train a Keras model in place; a run with a checkpoint folder goes on from what is there.

    Args:
        model: to train; made under the scope of a `tf.distribute` strategy to train on several devices.
        x, y, sample_weight: arrays (or lists, tuples, dictionaries of them) with the examples along the first axis; or
            as `x` alone a function `make(epoch)` that gives an iterable of batches (see `BatchData`), or a `Data`.
        validation: (x, y) or (x, y, sample_weight) to evaluate after each epoch, or a `Data`.
        optimizer, loss, metrics: as for `model.compile`; without them the model must be compiled already.
        epochs: to learn in all, those of the checkpoint included.
        batch_size, shuffle: of arrays; the last batch of an epoch is the smaller one.
        seed: of the order of the examples (initial weights and dropout: `common.seeding.seed_keras` before the model
            is made).
        callbacks: Keras callbacks. Their plain attributes are kept in checkpoints.
        early_stopping: when to stop, and whether to end with the best weights.
        checkpoint: where and when checkpoints are written; a folder alone means every 30 seconds and at the end.
        identity: further settings that make this run another one if they change (what the data were made from).
        csv_log, curves: files for the history: CSV, and a picture.
        jit_compile: let XLA compile the step; "auto": where it was measured to be faster (see `choose_jit`).
        steps_per_call: batches that run in the graph between two looks at callbacks, checkpoints and Ctrl-C; None: as
            many as take 0.1 s, one where a callback looks at batches.
        deterministic: see `make_deterministic`.
        progress: show a bar with the time left.

    Raises:
        InputError: bad arguments, or a checkpoint folder of another run.
        NotFiniteError: the loss became NaN or infinite; checkpoints are from before.
        Interrupted: Ctrl-C, after the state was saved; the same call goes on.
        OSError: the last checkpoint cannot be written.
    """
    if deterministic:
        make_deterministic()
    if optimizer is not None or loss is not None:
        with model.distribute_strategy.scope():
            model.compile(optimizer=optimizer or "rmsprop", loss=loss, metrics=metrics)
    if not model.compiled:
        raise InputError("the model has no optimizer and loss; give them, or compile it first")
    if epochs < 0:
        raise InputError(f"{epochs} epochs: there must be at least 0")
    data = _as_data(x, y, sample_weight, batch_size=batch_size, shuffle=shuffle, seed=seed)
    watched = _as_validation(validation, batch_size)
    rules = Checkpoints(Path(checkpoint)) if isinstance(checkpoint, (str, Path)) else checkpoint
    settings = {"shuffle": shuffle, "seed": seed, "early stopping": early_stopping and asdict(early_stopping)}
    run = Run(
        model,
        data,
        watched,
        callbacks,
        early_stopping=early_stopping,
        saver=Saver(rules, identify(model, data, watched, settings | dict(identity or {})) if rules else {}),
        csv_log=CsvLog(Path(csv_log) if csv_log else None),
        epochs=epochs,
        steps_per_call=steps_per_call,
        progress=progress,
    )
    result = run.go(jit_compile)
    if curves and result.history:
        save_curves(Path(curves), result.history)
    return result


def evaluate(model: keras.Model, x: Any, y: Any = None, sample_weight: Any = None, *, batch_size: int = 256) -> dict:
    """Loss and metrics of a compiled model on arrays (or on a `Data` given as `x`), by name."""
    data = _as_data(x, y, sample_weight, batch_size=batch_size, shuffle=False, seed=0)
    return evaluate_data(Step(model, example_of(data)), data)


def _as_data(x: Any, y: Any, sample_weight: Any, *, batch_size: int, shuffle: bool, seed: int) -> Data:
    if hasattr(x, "begin"):
        return x
    if callable(x):
        return BatchData(x)
    return ArrayData(x, y, sample_weight, batch_size=batch_size, shuffle=shuffle, seed=seed)


def _as_validation(validation: Any, batch_size: int) -> Data | None:
    if validation is None or hasattr(validation, "begin"):
        return validation
    return ArrayData(*validation, batch_size=batch_size)
