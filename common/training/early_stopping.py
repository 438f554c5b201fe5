"""Stopping when the validation no longer gets better, with the weights of the best epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from common.errors import InputError

_HIGHER = ("acc", "auc", "precision", "recall", "f1", "bleu")


@dataclass(frozen=True)
class EarlyStopping:
    """When to stop.

    Attributes:
        monitor: name of a loss or metric as it stands in the history; "val_..." is of the validation data.
        patience: epochs without a better value after which training stops.
        min_delta: how much better a value must be to count.
        mode: "min", "max", or "auto": "max" for accuracy, AUC, precision, recall, F1 and BLEU.
        restore_best: end with the weights of the best epoch, however the training ends.
    """

    monitor: str = "val_loss"
    patience: int = 5
    min_delta: float = 0.0
    mode: str = "auto"
    restore_best: bool = True

    def __post_init__(self):
        if self.mode not in ("auto", "min", "max"):
            raise InputError(f"mode={self.mode!r}: choose auto, min or max")
        if self.patience < 1:
            raise InputError(f"patience={self.patience}: it must be at least 1")

    @property
    def sign(self) -> int:
        """1 where lower is better, -1 where higher is."""
        if self.mode == "auto":
            return -1 if any(word in self.monitor.lower() for word in _HIGHER) else 1
        return 1 if self.mode == "min" else -1


@dataclass
class Best:
    """The best epoch so far.

    Attributes:
        value: of the monitored quantity; epoch: its number, from 1 (0: none yet).
        waited: epochs since then.
        weights: the model's weights at its end (empty where they are not restored).
    """

    value: float = math.nan
    epoch: int = 0
    waited: int = 0
    weights: list[np.ndarray] = field(default_factory=list)

    def update(self, rule: EarlyStopping, epoch: int, logs: dict[str, float], model: Any) -> bool:
        """Take in the logs of `epoch` (from 1); returns whether to stop."""
        if rule.monitor not in logs:
            raise InputError(f"there is no {rule.monitor!r} to watch; choose one of {', '.join(logs)}")
        value = logs[rule.monitor]
        if math.isnan(self.value) or rule.sign * value < rule.sign * self.value - rule.min_delta:
            self.value, self.epoch, self.waited = value, epoch, 0
            self.weights = [np.array(weight) for weight in model.get_weights()] if rule.restore_best else []
        else:
            self.waited += 1
        return self.waited >= rule.patience
