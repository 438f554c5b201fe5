"""The same networks as Keras functional models, and their parameters in both directions.

Keras has the batch first: a model maps (m, T_x, n_x) to probabilities (m, T_x, n_y).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InputError
from week1.building_rnn.cells import CELLS, cell_named
from week1.building_rnn.convert import from_keras, to_keras
from week1.building_rnn.network import Layer, Network
from week1.building_rnn.shapes import Parameters

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class ModelConfig:
    """What a model is made of.

    Attributes:
        n_x, n_a, n_y: input features, units of each layer (and direction), outputs.
        cell: "rnn", "lstm", "gru" or "gru_reset_before".
        layers: how many, one on top of the other.
        bidirectional: whether each layer reads in both directions.
    """

    n_x: int
    n_a: int
    n_y: int
    cell: str = "lstm"
    layers: int = 1
    bidirectional: bool = False

    def __post_init__(self):
        cell_named(self.cell)
        if min(self.n_x, self.n_a, self.n_y, self.layers) < 1:
            raise InputError(f"{self}: every size must be at least 1.")


def build_model(config: ModelConfig) -> keras.Model:
    """A functional model; its layers are named recurrent_1, recurrent_2, ... and output."""
    import keras

    inputs = keras.Input((None, config.n_x), name="x")
    states = inputs
    for number in range(1, config.layers + 1):
        states = _recurrent_layer(config, f"recurrent_{number}")(states)
    outputs = keras.layers.Dense(config.n_y, activation="softmax", name="output")(states)
    return keras.Model(inputs, outputs, name=f"{config.cell}_{config.layers}")


def _recurrent_layer(config: ModelConfig, name: str) -> Any:
    import keras

    makers = {
        "rnn": (keras.layers.SimpleRNN, {}),
        "lstm": (keras.layers.LSTM, {}),
        "gru": (keras.layers.GRU, {"reset_after": True}),
        "gru_reset_before": (keras.layers.GRU, {"reset_after": False}),
    }
    make, options = makers[config.cell]
    if not config.bidirectional:
        return make(config.n_a, return_sequences=True, name=name, **options)
    return keras.layers.Bidirectional(make(config.n_a, return_sequences=True, **options), name=name)


def load_network(model: keras.Model, network: Network) -> None:
    """Copy the parameters of a NumPy network into a model built for the same sizes."""
    for layer, parameters in zip(_recurrent_layers(model), network.layers, strict=True):
        parts = parameters if isinstance(parameters, tuple) else (parameters,)
        layer.set_weights([weight for part in parts for weight in _weights(part, network.cell)])
    output = network.output
    model.get_layer("output").set_weights([output[_output_key(network.cell)].T, output["by"][:, 0]])


def network_of(model: keras.Model, *, cell: str) -> Network:
    """The parameters of a model built by `build_model` with this cell, as a NumPy network."""
    layers: list[Layer] = []
    for layer in _recurrent_layers(model):
        weights = layer.get_weights()
        parts = [_parameters(weights[at : at + 3], cell) for at in range(0, len(weights), 3)]
        layers.append((parts[0], parts[1]) if len(parts) == 2 else parts[0])
    kernel, bias = model.get_layer("output").get_weights()
    return Network(cell, tuple(layers), {_output_key(cell): kernel.T.copy(), "by": bias[:, np.newaxis]})


def _recurrent_layers(model: keras.Model) -> list[Any]:
    return [layer for layer in model.layers if layer.name.startswith("recurrent_")]


def _weights(parameters: Parameters, cell: str) -> list[np.ndarray]:
    return list(to_keras(parameters, cell=cell).values())


def _parameters(weights: list[np.ndarray], cell: str) -> Parameters:
    return from_keras(dict(zip(("kernel", "recurrent_kernel", "bias"), weights, strict=True)), cell=cell)


def _output_key(cell: str) -> str:
    return CELLS[cell].output_weights
