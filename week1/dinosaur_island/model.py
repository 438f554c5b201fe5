"""The character network: its configuration, as a Keras functional model, and parameters both ways.

    begin, c_1 .. c_T-1  ->  embedding  ->  recurrent layers  ->  softmax over the characters at every step

The parameters are those of `network.py` (NumPy), by the same names; both give the same probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError
from common.recurrent import CELLS

Parameters = dict[str, np.ndarray]


@dataclass(frozen=True)
class ModelConfig:
    """Size and kind of the network.

    Attributes:
        n_vocab: number of characters, the end of name included.
        cell: "rnn", "gru" or "lstm".
        n_embedding: numbers per character; 0 feeds one-hot rows instead of an embedding.
        n_units: units of each recurrent layer.
        n_layers: recurrent layers on top of one another.
    """

    n_vocab: int
    cell: str = "lstm"
    n_embedding: int = 64
    n_units: int = 256
    n_layers: int = 1

    def __post_init__(self):
        if self.cell not in CELLS:
            raise InputError(f"there is no cell {self.cell!r}; choose one of {', '.join(CELLS)}")
        for name in ("n_vocab", "n_units", "n_layers"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")

    @property
    def n_inputs(self) -> int:
        """Features that the first recurrent layer reads: the embedding's, or one for each character."""
        return self.n_embedding or self.n_vocab


def build_model(config: ModelConfig, *, steps: int | None = None) -> Any:
    """The Keras functional model: ids (batch, steps) int -> probabilities (batch, steps, n_vocab) float32."""
    import keras

    kinds = {"rnn": keras.layers.SimpleRNN, "gru": keras.layers.GRU, "lstm": keras.layers.LSTM}

    characters = keras.Input((steps,), dtype="int32", name="characters")
    if config.n_embedding:
        embed = keras.layers.Embedding(config.n_vocab, config.n_embedding, name="embedding")
    else:
        embed = keras.layers.CategoryEncoding(config.n_vocab, output_mode="one_hot", name="one_hot")
    recurrent = [
        kinds[config.cell](config.n_units, return_sequences=True, name=f"recurrent_{index}")
        for index in range(config.n_layers)
    ]
    output = keras.layers.Dense(config.n_vocab, activation="softmax", name="output")

    x = embed(characters) if config.n_embedding else embed(characters[..., None])
    for layer in recurrent:
        x = layer(x)
    return keras.Model(characters, output(x), name="dinosaur_island")


def to_keras(model: Any, parameters: Mapping[str, np.ndarray]) -> None:
    """Put the NumPy network's parameters into the Keras model."""
    for layer in model.layers:
        names = _names(layer)
        if names:
            layer.set_weights([parameters[name] for name in names])


def from_keras(model: Any) -> Parameters:
    """The Keras model's weights as the NumPy network's parameters."""
    parameters: Parameters = {}
    for layer in model.layers:
        parameters.update(zip(_names(layer), layer.get_weights(), strict=True))
    return parameters


def _names(layer: Any) -> list[str]:
    """Our names of a Keras layer's weights, in the layer's order."""
    if layer.name == "embedding":
        return ["embedding"]
    if layer.name == "output":
        return ["output/kernel", "output/bias"]
    if layer.name.startswith("recurrent_"):
        return [f"{layer.name}/{part}" for part in ("kernel", "recurrent_kernel", "bias")]
    return []
