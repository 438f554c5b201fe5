"""A training under way: epochs, validation, early stopping, callbacks, logs, checkpoints, Ctrl-C."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from common.cli import progress as progress_bar
from common.cli import say
from common.errors import InputError
from common.training.callbacks import Callbacks
from common.training.compiling import choose_jit
from common.training.data import Batch, Cursor, Data, examples_in, size_of
from common.training.early_stopping import Best, EarlyStopping
from common.training.history import CsvLog, History
from common.training.interrupt import CtrlC
from common.training.pace import Pace
from common.training.saving import Saver, unless_it_fails
from common.training.state import Progress, gather, restore
from common.training.step import Step

if TYPE_CHECKING:
    import keras

_EVALUATION_BYTES, _EVALUATION_BATCHES = 16_000_000, 16


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


class Run:
    """One training: what it works on, the rules that it follows, and where it stands."""

    def __init__(
        self,
        model: keras.Model,
        data: Data,
        validation: Data | None,
        callbacks: Sequence[Any],
        *,
        early_stopping: EarlyStopping | None,
        saver: Saver,
        csv_log: CsvLog,
        epochs: int,
        steps_per_call: int | None,
        progress: bool,
    ):
        self.model, self.data, self.validation = model, data, validation
        self.early_stopping, self.saver, self.csv_log = early_stopping, saver, csv_log
        self.epochs, self.progress = epochs, progress
        self.callbacks = Callbacks(callbacks, model, epochs=epochs, steps=data.steps)
        self.at, self.best = Progress(), Best()
        self._pace = Pace(1 if self.callbacks.every_batch else steps_per_call)

    def go(self, jit_compile: bool | Literal["auto"]) -> TrainingResult:
        """Train to the end, from the last checkpoint if there is one."""
        began = time.monotonic()
        self._begin(jit_compile)
        resumed_at = self.at.steps
        with CtrlC() as ctrl_c, self._bar() as bar:
            while self.at.epoch < self.epochs and not self.at.stopped:
                self._epoch(ctrl_c, bar)
        self._end()
        at, seconds = self.at, time.monotonic() - began
        return TrainingResult(
            at.history, at.epoch, at.steps, self.best.epoch, at.stopped, resumed_at, self.step.jit_compile, seconds
        )

    def _begin(self, jit_compile: bool | Literal["auto"]) -> None:
        saved = self.saver.load()
        example = example_of(self.data)
        size = examples_in(example)
        steps = self.data.steps * self.epochs if self.data.steps else None
        jit = choose_jit(self.model, jit_compile, batch_size=size, steps=steps)
        if saved and jit_compile == "auto":
            jit = saved.notes["jit_compile"]
        self.step = Step(self.model, example, jit_compile=jit, full_batch=size)
        self.model.stop_training = False
        self.callbacks.begin(saved.notes["callbacks"] if saved else ())
        if saved:
            self.at, self.best = restore(saved, self.step)

    def _bar(self) -> Any:
        total = self.epochs * self.data.steps if self.data.steps else None
        bar = progress_bar(total=total, description="training", unit="step") if self.progress else _NoBar()
        bar.n = bar.initial = bar.last_print_n = self.at.steps
        return bar

    def _epoch(self, ctrl_c: CtrlC, bar: Any) -> None:
        """The rest of the epoch: its batches, then what follows them."""
        at = self.at
        cursor = self.data.begin(at.epoch, step=at.step)
        if at.step == 0:
            self.step.reset()
        self.callbacks.on_epoch_begin(at.epoch)
        while (taken := self._learn(cursor)) > 0:
            bar.update(taken)
            bar.set_postfix(epoch=at.epoch + 1, loss=f"{at.loss:.4g}", refresh=False)
            self._look_up(ctrl_c)
        if at.step == 0:
            raise InputError(f"epoch {at.epoch + 1} has no batches; there must be at least one")
        self._end_of_epoch()
        self._look_up(ctrl_c)

    def _learn(self, cursor: Cursor) -> int:
        """Learn from the next batches; returns how many they were."""
        at = self.at
        taken, batches = cursor.take(self._pace.count(self.saver.steps_to_save(at)))
        if batches is None:
            return 0
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
        return taken

    def _end_of_epoch(self) -> None:
        at = self.at
        logs = self.step.results()
        if self.validation is not None:
            logs |= {f"val_{name}": value for name, value in evaluate_data(self.step, self.validation).items()}
        at.record(self.callbacks.end_epoch(at.epoch, logs))
        if self.early_stopping and self.best.update(self.early_stopping, at.epoch + 1, at.latest(), self.model):
            at.stopped = "early stopping"
        elif self.model.stop_training:
            at.stopped = "a callback"
        at.epoch, at.step = at.epoch + 1, 0
        unless_it_fails(lambda: self.csv_log.update(at.history))

    def _look_up(self, ctrl_c: CtrlC) -> None:
        """Between steps: heed Ctrl-C, and save where it is time to."""
        if ctrl_c.pressed:
            self._stop_here()
        if self.saver.due(self.at):
            self.saver.try_to_save(self.at, self._gather)

    def _gather(self) -> Any:
        return gather(self.at, self.best, self.step, self.callbacks)

    def _stop_here(self) -> None:
        where = f"stopped in epoch {self.at.epoch + 1} of {self.epochs}, after {self.at.steps} steps in all"
        if self.saver.rules is None:
            say(f"\n{where}; nothing was saved, because there is no folder for checkpoints")
        else:
            self.saver.save(self.at, self._gather)
            say(f"\n{where}; saved in {self.saver.rules.folder}: give the same command again to go on")
        raise Interrupted(where)

    def _end(self) -> None:
        self.saver.save(self.at, self._gather)
        self.csv_log.update(self.at.history, now=True)
        if self.best.weights:
            self.model.set_weights(self.best.weights)
        self.callbacks.on_train_end(self.at.latest())


class _NoBar:
    def __enter__(self) -> _NoBar:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, count: int) -> None:
        """Nothing to show."""

    def set_postfix(self, **_: object) -> None:
        """Nothing to show."""


def evaluate_data(step: Step, data: Data) -> dict[str, float]:
    """Loss and metrics of all of `data`, by name."""
    step.reset()
    cursor, count = data.begin(0), 1
    while (batches := cursor.take(count)[1]) is not None:
        step.evaluate(batches)
        count = max(1, min(_EVALUATION_BATCHES, _EVALUATION_BYTES // max(1, size_of(batches) // count)))
    return step.results()


def example_of(data: Data) -> Batch:
    """The first batch of the first epoch. Raises InputError where there is none."""
    example = data.begin(0).take(1)[1]
    if example is None:
        raise InputError("there are no batches; give at least one")
    return example
