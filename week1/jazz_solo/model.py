"""The network as Keras functional models: one LSTM over the sequence to train, fed with its own choices to improvise.

    x_1 .. x_T  ->  lstm  ->  output (softmax)  ->  p_1 .. p_T          p_t: what comes after x_t

The course unrolls thirty calls of one cell with thirty outputs; one LSTM over thirty steps is the same mathematics and
trains many times as fast. Both models are made of the same two layers, "lstm" and "output", so they share weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InputError

if TYPE_CHECKING:
    import keras

WEIGHTS = ("kernel", "recurrent_kernel", "bias", "output_kernel", "output_bias")


@dataclass(frozen=True)
class ModelConfig:
    """Size of the network.

    Attributes:
        n_values: distinct tokens.
        n_units: units of the LSTM (64 in the course).
        steps: tokens in a training window (30 in the course).
        dropout: share of the LSTM's inputs and outputs that training leaves out (0 in the course).
    """

    n_values: int
    n_units: int = 64
    steps: int = 30
    dropout: float = 0.0

    def __post_init__(self):
        for name in ("n_values", "n_units", "steps"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 <= self.dropout < 1:
            raise InputError(f"the dropout is {self.dropout}; it must be at least 0 and less than 1")


def build_model(config: ModelConfig) -> keras.Model:
    """The training model: x (m, steps, n_values), a0 and c0 (m, n_units) -> probabilities (m, steps, n_values)."""
    import keras

    layers = keras.layers
    x = keras.Input((config.steps, config.n_values), name="x")
    states = [keras.Input((config.n_units,), name=name) for name in ("a0", "c0")]
    lstm = layers.LSTM(config.n_units, return_sequences=True, return_state=True, dropout=config.dropout, name="lstm")
    sequence, _, _ = lstm(x, initial_state=states)
    if config.dropout:
        sequence = layers.Dropout(config.dropout, name="dropout")(sequence)
    probabilities = layers.Dense(config.n_values, activation="softmax", name="output")(sequence)
    return keras.Model([x, *states], probabilities, name="jazz_solo")


def build_inference_model(model: keras.Model, *, steps: int = 50) -> keras.Model:
    """The self-feeding model of a trained one: x0 (m, 1, n_values), a0, c0 (m, n_units) -> (m, steps, n_values).

    At each step the likeliest token becomes the next input. The layers are the trained model's own.
    """
    import keras

    lstm, output = model.get_layer("lstm"), model.get_layer("output")
    x0 = x = keras.Input((1, output.units), name="x0")
    a0, c0 = a, c = [keras.Input((lstm.units,), name=name) for name in ("a0", "c0")]
    rows = []
    for _ in range(steps):
        sequence, a, c = lstm(x, initial_state=[a, c])
        rows.append(output(sequence))
        x = keras.ops.one_hot(keras.ops.argmax(rows[-1], axis=-1), output.units)
    probabilities = keras.layers.Concatenate(axis=1, name="improvised")(rows) if steps > 1 else rows[0]
    return keras.Model([x0, a0, c0], probabilities, name="jazz_solo_improvising")


def summed_cross_entropy(y_true: Any, y_pred: Any) -> Any:
    """The loss of an example: cross-entropy in nats, summed over the steps (the course's sum over its thirty outputs).

    A step whose one-hot target is all zero does not count.
    """
    from keras import ops

    likely = ops.log(ops.clip(y_pred, 1e-7, 1.0))
    return -ops.sum(ops.cast(y_true, likely.dtype) * likely, axis=(-2, -1))


def course_cross_entropy(y_true: Any, y_pred: Any) -> Any:
    """The same loss, with the gradient that the course's training has.

    Keras takes the logits from behind a softmax layer, and the gradient that it computes there, p - target, is p where
    the target is all zero, as it is at the last step of the course's windows: no loss, but a pull on all logits. It
    makes the loss of the other steps fall more slowly (about 9 after the course's 100 epochs, without it about 7.4).
    """
    import keras

    return keras.ops.sum(keras.losses.categorical_crossentropy(y_true, y_pred), axis=-1)


def get_parameters(model: keras.Model) -> dict[str, np.ndarray]:
    """The five weight arrays by the names of `WEIGHTS`, float32."""
    arrays = [*model.get_layer("lstm").get_weights(), *model.get_layer("output").get_weights()]
    return {name: np.asarray(array, np.float32) for name, array in zip(WEIGHTS, arrays, strict=True)}


def set_parameters(model: keras.Model, parameters: dict[str, np.ndarray]) -> None:
    """Put the five weight arrays into the model."""
    model.get_layer("lstm").set_weights([parameters[name] for name in WEIGHTS[:3]])
    model.get_layer("output").set_weights([parameters[name] for name in WEIGHTS[3:]])
