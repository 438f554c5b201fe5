"""Everything that the rest of a training depends on: into a checkpoint, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from common.errors import InputError
from common.training.callbacks import Callbacks
from common.training.checkpoints import Saved
from common.training.early_stopping import Best
from common.training.history import History
from common.training.step import Step


@dataclass
class Progress:
    """Where a training stands.

    Attributes:
        epoch: epochs completed; step: batches of the present epoch learned; steps: batches learned in all.
        history: values after each epoch; loss: the mean of the present epoch so far.
        stopped: why it ended early, or empty.
    """

    epoch: int = 0
    step: int = 0
    steps: int = 0
    history: History = field(default_factory=dict)
    loss: float = math.nan
    stopped: str = ""

    def record(self, logs: dict[str, Any]) -> None:
        """Add an epoch's values to the history; NaN stands where a name is new or missing."""
        for name in {**self.history, **logs}:
            values = self.history.setdefault(name, [math.nan] * self.epoch)
            values.append(float(logs.get(name, math.nan)))

    def latest(self) -> dict[str, float]:
        """The last epoch's values."""
        return {name: values[-1] for name, values in self.history.items()}


def gather(at: Progress, best: Best, step: Step, callbacks: Callbacks) -> Saved:
    """The state: weights, random states of dropout, optimizer, metrics under way, best weights, progress, callbacks."""
    arrays = {
        f"{group}/{index}": _as_plain(variable)
        for group, variables in _variables(step).items()
        for index, variable in enumerate(variables)
    }
    arrays |= {f"best/{index}": weight for index, weight in enumerate(best.weights)}
    notes = {
        "epoch": at.epoch,
        "step": at.step,
        "steps": at.steps,
        "history": at.history,
        "stopped": at.stopped,
        "best": {"value": best.value, "epoch": best.epoch, "waited": best.waited},
        "callbacks": callbacks.state(),
        "jit_compile": step.jit_compile,
    }
    return Saved(arrays, notes)


def restore(saved: Saved, step: Step) -> tuple[Progress, Best]:
    """Put the state back, but for that of the callbacks. Raises InputError where the model has other variables."""
    for group, variables in _variables(step).items():
        _assign(group, variables, _group(saved.arrays, group))
    notes = saved.notes
    # What a callback stopped goes on: the callback is asked again after the next epoch.
    stopped = "" if notes["stopped"] == "a callback" else notes["stopped"]
    at = Progress(notes["epoch"], notes["step"], notes["steps"], notes["history"], stopped=stopped)
    return at, Best(**notes["best"], weights=_group(saved.arrays, "best"))


def _variables(step: Step) -> dict[str, list[Any]]:
    """`model.variables` holds the states of dropout's seed generators, which `model.weights` lacks."""
    model = step.model
    return {"model": model.variables, "optimizer": model.optimizer.variables, "metrics": step.metric_variables}


def _as_plain(variable: Any) -> np.ndarray:
    value = np.asarray(variable.numpy())
    # NumPy's file format does not know bfloat16 and float8: their bits are kept.
    return value if value.dtype.kind in "biuf" else value.view(f"u{value.dtype.itemsize}")


def _assign(group: str, variables: Sequence[Any], values: Sequence[np.ndarray]) -> None:
    if [tuple(variable.shape) for variable in variables] != [value.shape for value in values]:
        raise InputError(f"the checkpoint does not fit the {group}: other variables; name another folder, or delete it")
    for variable, value in zip(variables, values, strict=True):
        kind = variable.numpy().dtype
        variable.assign(value if value.dtype == kind else value.view(kind))


def _group(arrays: dict[str, np.ndarray], group: str) -> list[np.ndarray]:
    count = sum(name.startswith(f"{group}/") for name in arrays)
    return [arrays[f"{group}/{index}"] for index in range(count)]
