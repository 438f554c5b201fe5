"""Settings of TensorFlow for a training: whether XLA compiles the step, and whether operations are deterministic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from common.errors import InputError

if TYPE_CHECKING:
    import keras

MIN_STEPS = 1000
"""The fewest steps over which XLA's compilation (3 to 8 s where the plain graph takes 1 to 3) is won back."""
MAX_UNITS = 128
"""The most units at which a recurrent layer trained faster; at 256 both were level."""
MAX_SEQUENCE_WORK = 3_000_000
"""The most of steps^2 x batch x features at which a layer that hands on a sequence trained faster."""


def choose_jit(model: keras.Model, option: bool | Literal["auto"], *, batch_size: int, steps: int | None) -> bool:
    """Whether XLA is to compile the training step; a rule, not a trial, so that every run of a training does the same.

    "auto": yes for recurrent networks on one CPU that learn for at least 1,000 steps and are small in the sense of
    `MAX_UNITS` and `MAX_SEQUENCE_WORK`. Measured, graph : XLA in time per step: LSTM(32), 30 steps, batch 32, 3.1;
    two of them 3.1; bidirectional LSTM(32), batch 100, 2.0; LSTM(128) on 40 inputs that need no gradient, batch 128,
    1.3; but two LSTM(64), 40 steps, batch 128, 0.23, because XLA copies a sequence that is handed on, or its gradient,
    at every step. Networks without recurrent layers were level.

    Args:
        model: compiled or not; layers inside nested models, and layers that are called twice, are not judged: no XLA.
        option: True and False are what they say.
        batch_size: examples in a batch.
        steps: in the whole training, or None if not known, which counts as many.

    Raises:
        InputError: `option` is True under a strategy of several replicas, which XLA does not compile.
    """
    replicas = model.distribute_strategy.num_replicas_in_sync
    if option == "auto":
        worth_it = replicas == 1 and (steps is None or steps >= MIN_STEPS) and not _has_gpu()
        return worth_it and _pays_off(model, batch_size)
    if option and replicas > 1:
        raise InputError(f"jit_compile=True does not work over {replicas} replicas; leave it at auto")
    return bool(option)


def _pays_off(model: Any, batch_size: int) -> bool:
    verdicts = [verdict for layer in model.layers if (verdict := _layer_pays_off(model, layer, batch_size)) is not None]
    return bool(verdicts) and all(verdicts)


def _layer_pays_off(model: Any, layer: Any, batch_size: int) -> bool | None:
    """None where the layer is not recurrent."""
    import keras

    cell = layer.forward_layer if isinstance(layer, keras.layers.Bidirectional) else layer
    if not isinstance(cell, keras.layers.RNN):
        return None if not isinstance(layer, (keras.Model, keras.layers.Wrapper)) else False
    try:
        inputs, units = layer.input, cell.units
    except AttributeError:
        return False
    if isinstance(inputs, list) or inputs.shape[1] is None:
        return False
    steps, features = inputs.shape[1:3]
    handed_on = max(
        units if cell.return_sequences else 0,
        features if not any(inputs is given for given in model.inputs) else 0,
    )
    return units <= MAX_UNITS and steps * steps * batch_size * handed_on <= MAX_SEQUENCE_WORK


def make_deterministic() -> None:
    """Let TensorFlow use only operations whose results do not depend on the timing of threads; for the whole process.

    It is needed on GPUs; on a CPU the recurrent networks here give equal bits without it. Random operations that are
    not Keras's own raise an error unless `keras.utils.set_random_seed` was called.
    """
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()


def _has_gpu() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
