"""The character network of the course: its configuration, and as a Keras functional model.

    one-hot characters (40, n_vocab) -> LSTM -> dropout -> LSTM -> dropout -> dense -> softmax: p(next character)

The same parameters run in NumPy (`network.py`), where generating needs no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError

Parameters = dict[str, np.ndarray]
ACTIVATIONS = ("sigmoid", "legacy_hard_sigmoid", "hard_sigmoid")
_RECURRENT = ("kernel", "recurrent_kernel", "bias")
_DENSE = ("kernel", "bias")


@dataclass(frozen=True)
class ModelConfig:
    """Size and kind of the network.

    Attributes:
        n_vocab: number of characters.
        window: characters that a prediction is made from.
        n_units: units of each LSTM.
        n_layers: LSTMs on top of one another.
        dropout: rate after each LSTM, while training.
        recurrent_activation: of the gates: "sigmoid"; "legacy_hard_sigmoid", clip(0.2 x + 0.5, 0, 1), which the
            course's weights were trained with; "hard_sigmoid", clip(x / 6 + 0.5, 0, 1), Keras 3's function of that
            name.
    """

    n_vocab: int
    window: int = 40
    n_units: int = 128
    n_layers: int = 2
    dropout: float = 0.5
    recurrent_activation: str = "sigmoid"

    def __post_init__(self):
        for name in ("n_vocab", "window", "n_units", "n_layers"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)!r}; it must be a whole number from 1 upwards")
        if not 0 <= self.dropout < 1:
            raise InputError(f"the dropout rate is {self.dropout}; give a number from 0 up to, but not, 1")
        if self.recurrent_activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise InputError(f"there is no recurrent activation {self.recurrent_activation!r}; choose one of {known}")

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters, laid out as Keras lays them out, in the order of its weights."""
        shapes: dict[str, tuple[int, ...]] = {}
        width = 4 * self.n_units
        for layer in range(1, self.n_layers + 1):
            inputs = self.n_vocab if layer == 1 else self.n_units
            rows = ((inputs, width), (self.n_units, width), (width,))
            shapes.update({f"lstm_{layer}/{part}": shape for part, shape in zip(_RECURRENT, rows, strict=True)})
        return shapes | {"dense/kernel": (self.n_units, self.n_vocab), "dense/bias": (self.n_vocab,)}


def build_model(config: ModelConfig, *, ids: bool = False, every_step: bool = False) -> Any:
    """The Keras functional model: one-hot (batch, window, n_vocab) float32 -> probabilities (batch, n_vocab) float32.

    Args:
        config: of the network.
        ids: take ids (batch, window) int32 instead of one-hot rows; -1 stands for no character, a row of zeros.
        every_step: predict after every character, (batch, window, n_vocab), not after the last one only.
    """
    import keras

    gates = _keras_activation(config.recurrent_activation)
    lstms = [
        keras.layers.LSTM(
            config.n_units,
            recurrent_activation=gates,
            return_sequences=every_step or index < config.n_layers,
            name=f"lstm_{index}",
        )
        for index in range(1, config.n_layers + 1)
    ]
    dropouts = [keras.layers.Dropout(config.dropout, name=f"dropout_{index}") for index in range(1, len(lstms) + 1)]
    dense = keras.layers.Dense(config.n_vocab, name="dense")
    softmax = keras.layers.Activation("softmax", name="softmax")

    if ids:
        characters = keras.Input((config.window,), dtype="int32", name="ids")
        x = keras.ops.one_hot(characters, config.n_vocab)
    else:
        x = characters = keras.Input((config.window, config.n_vocab), name="characters")
    for lstm, dropout in zip(lstms, dropouts, strict=True):
        x = dropout(lstm(x))
    return keras.Model(characters, softmax(dense(x)), name="shakespeare")


def _keras_activation(name: str) -> Any:
    if name != "legacy_hard_sigmoid":
        return name
    from common.legacy_weights import legacy_hard_sigmoid

    return legacy_hard_sigmoid


def to_keras(model: Any, parameters: Mapping[str, np.ndarray]) -> None:
    """Put parameters into a model that `build_model` made."""
    for layer in model.layers:
        names = _names(layer.name)
        if names:
            layer.set_weights([parameters[name] for name in names])


def from_keras(model: Any) -> Parameters:
    """The parameters of a model that `build_model` made, float32."""
    parameters: Parameters = {}
    for layer in model.layers:
        parameters.update(zip(_names(layer.name), layer.get_weights(), strict=True))
    return parameters


def _names(layer: str) -> list[str]:
    """Our names of a layer's weights, in the layer's order."""
    parts = _RECURRENT if layer.startswith("lstm_") else _DENSE if layer == "dense" else ()
    return [f"{layer}/{part}" for part in parts]
