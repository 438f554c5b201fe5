"""Parameters by name, into a Keras model and out of it: a layer's are called "layer/part"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

Parameters = dict[str, np.ndarray]


class Shaped(Protocol):
    """A network's configuration, which knows its parameters."""

    def parameter_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """Names and shapes, those of a layer in the order in which Keras has them."""


def to_keras(model: Any, parameters: Mapping[str, np.ndarray]) -> None:
    """Put parameters into a model that `build_model` made."""
    for layer in model.layers:
        names = [name for name in parameters if name.startswith(f"{layer.name}/")]
        if names:
            layer.set_weights([parameters[name] for name in names])


def from_keras(model: Any, config: Shaped) -> Parameters:
    """The parameters of a model that `build_model` made, float32, in the order of `parameter_shapes`."""
    parameters: Parameters = {}
    for layer in model.layers:
        names = [name for name in config.parameter_shapes() if name.startswith(f"{layer.name}/")]
        parameters.update(zip(names, layer.get_weights() if names else (), strict=True))
    return {name: parameters[name] for name in config.parameter_shapes()}
