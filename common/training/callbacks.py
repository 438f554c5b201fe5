"""Keras callbacks in the loop, and what has to be kept of them for a resumed run to go on unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_SIMPLE = (bool, int, float, str, type(None))


class Callbacks:
    """Keras callbacks: `on_train_*`, `on_epoch_*`, `on_train_batch_*`, `set_model`, `set_params`.

    Where one of them looks at batches, the loop goes batch by batch; otherwise several batches run at once.
    """

    def __init__(self, callbacks: Sequence[Any], model: Any, *, epochs: int, steps: int | None):
        import keras

        self.every_batch = any(_watches_batches(callback, keras.callbacks.Callback) for callback in callbacks)
        self._callbacks, self._logs = list(callbacks), {}
        # Keras hands all callbacks one copy of the logs; the last one shows what the others put into it.
        last = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: self._logs.update(logs))
        self._list = keras.callbacks.CallbackList(
            [*self._callbacks, last], model=model, epochs=epochs, steps=steps, verbose=0
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._list, name)

    def end_epoch(self, epoch: int, logs: dict[str, float]) -> dict[str, float]:
        """`on_epoch_end`; returns the logs with what callbacks added to them."""
        self._logs = dict(logs)
        self._list.on_epoch_end(epoch, logs)
        return {name: float(value) for name, value in self._logs.items() if isinstance(value, (int, float, np.number))}

    def begin(self, state: Sequence[dict[str, Any]] = ()) -> None:
        """`on_train_begin`, in which callbacks begin anew, then what `state` gave for each of them."""
        self._list.on_train_begin()
        self._fresh = [_plain_attributes(callback) for callback in self._callbacks]
        for callback, saved in zip(self._callbacks, state, strict=False):
            if saved["class"] == type(callback).__name__:
                vars(callback).update(saved["changed"])

    def state(self) -> list[dict[str, Any]]:
        """The plain attributes of each that changed since it began (counters, best values), as JSON can hold them."""
        return [
            {
                "class": type(callback).__name__,
                "changed": {
                    name: value
                    for name, value in _plain_attributes(callback).items()
                    if name not in fresh or fresh[name] != value
                },
            }
            for callback, fresh in zip(self._callbacks, self._fresh, strict=True)
        ]


def _watches_batches(callback: Any, base: type) -> bool:
    names = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
    return any(getattr(getattr(callback, name), "__func__", None) is not getattr(base, name) for name in names)


def _plain_attributes(callback: Any) -> dict[str, Any]:
    values = {
        name: value.item() if isinstance(value, (np.generic, np.ndarray)) and value.ndim == 0 else value
        for name, value in vars(callback).items()
    }
    return {name: value for name, value in values.items() if isinstance(value, _SIMPLE)}
