"""The loop around the step: epochs, validation, early stopping, callbacks, logs, checkpoints, Ctrl-C."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from common.cli import progress as progress_bar
from common.cli import say
from common.errors import InputError
from common.training.callbacks import Callbacks
from common.training.checkpoints import Checkpoints, load_checkpoint, save_checkpoint
from common.training.compiling import choose_jit, make_deterministic
from common.training.data import ArrayData, Batch, BatchData, Data, arrays_in
from common.training.early_stopping import Best, EarlyStopping
from common.training.history import CsvLog, History, save_curves
from common.training.identity import describe_model, describe_object, fingerprint_arrays
from common.training.interrupt import CtrlC
from common.training.state import Progress, gather, restore
from common.training.step import Step

if TYPE_CHECKING:
    import keras

_CALL_SECONDS, _CALL_BYTES, _CALL_STEPS = 0.1, 64_000_000, 1000


class NotFiniteError(InputError):
    """The loss became NaN or infinite."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C; the state was saved where there is a folder for it."""


@dataclass
class TrainingResult:
    """What a training came to.

    Attributes:
        history: name of a loss or metric -> value after each epoch.
        epochs, steps: learned in all, those before a resumption included.
        best_epoch: with early stopping, the best one, from 1; 0 without.
        stopped: why it ended before all epochs were done ("early stopping", "a callback"), or empty.
        resumed_at: steps that were already learned when this call began.
        jit_compile: whether XLA compiled the step.
        seconds: that this call took.
    """

    history: History = field(default_factory=dict)
    epochs: int = 0
    steps: int = 0
    best_epoch: int = 0
    stopped: str = ""
    resumed_at: int = 0
    jit_compile: bool = False
    seconds: float = 0.0


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
    run = _Run(
        model,
        data,
        _as_validation(validation, batch_size),
        callbacks,
        early_stopping=early_stopping,
        checkpoints=Checkpoints(Path(checkpoint)) if isinstance(checkpoint, (str, Path)) else checkpoint,
        csv_log=CsvLog(Path(csv_log) if csv_log else None),
        epochs=epochs,
        steps_per_call=steps_per_call,
        progress=progress,
    )
    if run.checkpoints:
        objects = {"optimizer": model.optimizer, "loss": model.loss, "metrics": metrics}
        given = {"shuffle": shuffle, "seed": seed, "early stopping": asdict(early_stopping) if early_stopping else None}
        run.identify(given | dict(identity or {}), objects)
    result = run.go(jit_compile)
    if curves and result.history:
        save_curves(Path(curves), result.history)
    return result


def evaluate(model: keras.Model, x: Any, y: Any = None, sample_weight: Any = None, *, batch_size: int = 256) -> dict:
    """Loss and metrics of a compiled model on arrays (or on a `Data` given as `x`), by name."""
    data = _as_data(x, y, sample_weight, batch_size=batch_size, shuffle=False, seed=0)
    step = Step(model, _example(data))
    return _evaluate(step, data)


class _Run:
    """One training: what it works on, where it stands, and the rules for stopping and saving."""

    def __init__(
        self,
        model: keras.Model,
        data: Data,
        validation: Data | None,
        callbacks: Sequence[Any],
        *,
        early_stopping: EarlyStopping | None,
        checkpoints: Checkpoints | None,
        csv_log: CsvLog,
        epochs: int,
        steps_per_call: int | None,
        progress: bool,
    ):
        self.model, self.data, self.validation = model, data, validation
        self.early_stopping, self.checkpoints, self.csv_log = early_stopping, checkpoints, csv_log
        self.epochs, self.progress = epochs, progress
        self.callbacks = Callbacks(callbacks, model, epochs=epochs, steps=data.steps)
        self.at, self.best, self.identity = Progress(), Best(), {}
        self._pace = _Pace(1 if self.callbacks.every_batch else steps_per_call)
        self._saved_at, self._saved_steps, self._saved_epochs = time.monotonic(), -1, 0

    def identify(self, settings: Mapping[str, Any], objects: Mapping[str, Any]) -> None:
        """Note what makes this run differ from others."""
        self.identity = dict(settings) | {name: describe_object(thing) for name, thing in objects.items()}
        self.identity["model"] = describe_model(self.model)
        for name, data in (("data", self.data), ("validation", self.validation)):
            if isinstance(data, ArrayData):
                self.identity[name] = fingerprint_arrays(*data.arrays.values())
                self.identity[f"{name} batch size"] = data.batch_size

    def go(self, jit_compile: bool | Literal["auto"]) -> TrainingResult:
        """Train to the end."""
        began = time.monotonic()
        saved = load_checkpoint(self.checkpoints.folder, identity=self.identity) if self.checkpoints else None
        steps = self.data.steps * self.epochs if self.data.steps else None
        jit = choose_jit(self.model, jit_compile, steps=steps)
        if saved and jit_compile == "auto":
            jit = saved.notes["jit_compile"]
        self.step = Step(self.model, _example(self.data), jit_compile=jit, full_batch=_full_batch(self.data))
        self.model.stop_training = False
        self.callbacks.on_train_begin()
        if saved:
            self.at, self.best = restore(saved, self.step, self.callbacks)
            self._saved_steps = self.at.steps
        resumed_at = self.at.steps
        with CtrlC() as ctrl_c, self._bar() as bar:
            while not self._finished():
                self._epoch(ctrl_c, bar)
        self._end()
        return TrainingResult(
            self.at.history,
            self.at.epoch,
            self.at.steps,
            self.best.epoch,
            self.at.stopped,
            resumed_at,
            jit,
            time.monotonic() - began,
        )

    def _bar(self) -> Any:
        total = self.epochs * self.data.steps if self.data.steps else None
        bar = progress_bar(total=total, description="training", unit="step") if self.progress else _NoBar()
        bar.update(self.at.steps)
        return bar

    def _finished(self) -> bool:
        return self.at.epoch >= self.epochs or bool(self.at.stopped)

    def _epoch(self, ctrl_c: CtrlC, bar: Any) -> None:
        """The rest of the epoch: its batches, then what follows them."""
        at = self.at
        cursor = self.data.begin(at.epoch, step=at.step)
        if at.step == 0:
            self.step.reset()
        self.callbacks.on_epoch_begin(at.epoch)
        while True:
            taken, batches = cursor.take(self._pace.count(self._steps_to_save()))
            if batches is None:
                break
            self._learn(batches, taken)
            bar.update(taken)
            bar.set_postfix(epoch=at.epoch + 1, loss=f"{at.loss:.4g}", refresh=False)
            self._look_up(ctrl_c)
        if at.step == 0:
            raise InputError(f"epoch {at.epoch + 1} has no batches; there must be at least one")
        self._end_of_epoch()
        self._look_up(ctrl_c)

    def _learn(self, batches: Batch, taken: int) -> None:
        at = self.at
        self.callbacks.on_train_batch_begin(at.step)
        began = time.perf_counter()
        at.loss = self.step.train(batches)
        self._pace.took(taken, time.perf_counter() - began, batches)
        at.step, at.steps = at.step + taken, at.steps + taken
        if not math.isfinite(at.loss):
            raise NotFiniteError(
                f"the loss became {at.loss} in epoch {at.epoch + 1}, by step {at.step}; lower the learning rate or clip"
                " the gradients (clipnorm of the optimizer)"
            )
        self.callbacks.on_train_batch_end(at.step - 1, {"loss": at.loss})

    def _end_of_epoch(self) -> None:
        at = self.at
        logs = self.step.results()
        if self.validation is not None:
            logs |= {f"val_{name}": value for name, value in _evaluate(self.step, self.validation).items()}
        self.callbacks.on_epoch_end(at.epoch, logs)
        at.record(logs)
        if self.early_stopping and self.best.update(self.early_stopping, at.epoch + 1, at.latest(), self.model):
            at.stopped = "early stopping"
        elif self.model.stop_training:
            at.stopped = "a callback"
        at.epoch, at.step = at.epoch + 1, 0
        self._unless_it_fails(lambda: self.csv_log.update(at.history))

    def _look_up(self, ctrl_c: CtrlC) -> None:
        """Between steps: save where it is time to, and heed Ctrl-C."""
        if ctrl_c.pressed:
            self._stop_here()
        if self._due():
            self._unless_it_fails(self._save)

    def _steps_to_save(self) -> int | None:
        every = self.checkpoints.every_steps if self.checkpoints else None
        return every - self.at.steps % every if every else None

    def _due(self) -> bool:
        rules, at = self.checkpoints, self.at
        if rules is None or at.steps == self._saved_steps and at.step:
            return False
        by_time = rules.every_seconds is not None and time.monotonic() - self._saved_at >= rules.every_seconds
        by_steps = rules.every_steps is not None and at.steps % rules.every_steps == 0
        by_epochs = rules.every_epochs is not None and at.step == 0 and at.epoch % rules.every_epochs == 0
        return by_time or by_steps or by_epochs

    def _save(self) -> None:
        saved = gather(self.at, self.best, self.step, self.callbacks)
        save_checkpoint(
            self.checkpoints.folder, self.at.steps, saved, identity=self.identity, keep=self.checkpoints.keep
        )
        self._saved_at, self._saved_steps, self._saved_epochs = time.monotonic(), self.at.steps, self.at.epoch

    def _unless_it_fails(self, write: Any) -> None:
        """Write; a full disk in the midst of a training costs a warning, not the training."""
        try:
            write()
        except OSError as error:
            self._saved_at = time.monotonic()
            say(
                f"warning: cannot write {error.filename or 'a checkpoint'}: {error.strerror or error}; training goes on"
            )

    def _stop_here(self) -> None:
        where = f"stopped in epoch {self.at.epoch + 1} of {self.epochs}, after {self.at.steps} steps in all"
        if self.checkpoints is None:
            say(f"{where}; nothing was saved, because there is no folder for checkpoints")
        else:
            self._save()
            say(f"{where}; saved in {self.checkpoints.folder}: give the same command again to go on")
        raise Interrupted(where)

    def _end(self) -> None:
        if self.checkpoints and (self._saved_steps, self._saved_epochs) != (self.at.steps, self.at.epoch):
            self._save()
        self.csv_log.update(self.at.history, now=True)
        if self.best.weights:
            self.model.set_weights(self.best.weights)
        self.callbacks.on_train_end(self.at.latest())


class _Pace:
    """How many batches run in one call of the graph: so many as take a tenth of a second."""

    def __init__(self, fixed: int | None):
        self._fixed, self._count, self._calls = fixed, 1, 0

    def count(self, limit: int | None) -> int:
        """Batches for the next call, at most `limit`."""
        return min(self._fixed or self._count, limit or _CALL_STEPS)

    def took(self, taken: int, seconds: float, batches: Batch) -> None:
        """Learn from a call; the first one compiles and tells nothing."""
        self._calls += 1
        if self._calls > 1:
            size = sum(array.nbytes for array in arrays_in(batches) if hasattr(array, "nbytes")) // taken
            by_memory = _CALL_BYTES // max(size, 1)
            self._count = max(1, min(int(_CALL_SECONDS * taken / max(seconds, 1e-6)), by_memory, _CALL_STEPS))


class _NoBar:
    def __enter__(self) -> _NoBar:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, count: int) -> None:
        """Nothing to show."""

    def set_postfix(self, **_: object) -> None:
        """Nothing to show."""


def _evaluate(step: Step, data: Data) -> dict[str, float]:
    step.reset()
    cursor = data.begin(0)
    while (batches := cursor.take(1)[1]) is not None:
        step.evaluate(batches)
    return step.results()


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


def _example(data: Data) -> Batch:
    example = data.begin(0).take(1)[1]
    if example is None:
        raise InputError("there are no batches to train on; give at least one")
    return example


def _full_batch(data: Data) -> int | None:
    return data.batch_size if isinstance(data, ArrayData) else arrays_in(_example(data)["x"])[0].shape[1]
