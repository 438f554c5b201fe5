"""Settings of TensorFlow for a training: whether XLA compiles the step, and whether operations are deterministic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from common.errors import InputError

if TYPE_CHECKING:
    import keras

MAX_UNITS = 64
"""The most units a recurrent layer may have for XLA to pay off in training on a CPU."""
MIN_STEPS = 500
"""The fewest steps in a training over which XLA's compilation pays off."""


def choose_jit(model: keras.Model, option: bool | Literal["auto"], *, steps: int | None) -> bool:
    """Whether XLA is to compile the training step; a rule, not a trial, so that every run of a training does the same.

    "auto": yes for recurrent networks of at most 64 units a layer on one CPU that learn for at least 500 steps. There
    it was measured to take a third of the time at 32 units, and three times the time at 128.

    Raises:
        InputError: `option` is True under a strategy of several replicas, which XLA does not compile.
    """
    replicas = model.distribute_strategy.num_replicas_in_sync
    if option == "auto":
        units = [layer.units for layer in _layers(model) if _is_recurrent(layer)]
        long = steps is None or steps >= MIN_STEPS
        return bool(units) and max(units) <= MAX_UNITS and long and replicas == 1 and not _has_gpu()
    if option and replicas > 1:
        raise InputError(f"jit_compile=True does not work over {replicas} replicas; leave it at auto")
    return bool(option)


def make_deterministic() -> None:
    """Let TensorFlow use only operations whose results do not depend on the timing of threads; for the whole process.

    It is needed on GPUs; on a CPU the recurrent networks here give equal bits without it. Random operations that are
    not Keras's own raise an error unless `keras.utils.set_random_seed` was called.
    """
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()


def _layers(model: Any) -> list[Any]:
    """All layers, those inside wrappers and models included."""
    return list(model._flatten_layers(include_self=False))


def _is_recurrent(layer: Any) -> bool:
    import keras

    return isinstance(layer, (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN))


def _has_gpu() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
