"""The language model in NumPy, on `common/recurrent`: scores sentences, steps through them, needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from common.activations import log_softmax
from common.recurrent import recurrent_layer
from week1.language_models.data import Batch
from week1.language_models.model import ModelConfig

States = list[tuple[np.ndarray, ...]]


class LanguageNetwork:
    """A configuration with its parameters.

    Args:
        config: of the network.
        parameters: as `ModelConfig.parameter_shapes` names them.
        dtype: float32, or float64 for checks.
    """

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray], *, dtype: Any = np.float32):
        self.config = config
        values = {name: np.asarray(value, dtype) for name, value in parameters.items()}
        self._table, self._bias = values["embedding/embeddings"], values["logits/bias"]
        self._layers, self._weights = [], []
        for layer in range(1, config.n_layers + 1):
            inputs = config.n_embedding if layer == 1 else config.n_units
            self._layers.append(recurrent_layer(config.cell, inputs, config.n_units, dtype=dtype))
            prefix = f"recurrent_{layer}/"
            self._weights.append(
                {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
            )
        output = self._table.T if config.tied else values["logits/kernel"]
        self._output = values["projection/kernel"] @ output if config.projected else np.ascontiguousarray(output)

    def initial_state(self, batch: int) -> States:
        """What every layer starts from."""
        return [layer.initial_state(batch) for layer in self._layers]

    def log_probabilities(self, batch: Batch) -> np.ndarray:
        """log p(target | the inputs up to its step) in nats, (sentences, steps); 0 where the mask is 0."""
        x = self._table[batch.inputs.T]
        for layer, weights in zip(self._layers, self._weights, strict=True):
            x = layer.forward(weights, x, mask=batch.mask.T > 0).h
        used = batch.mask.T > 0
        log_p = log_softmax(x[used] @ self._output + self._bias)
        found = np.zeros(used.shape, np.float64)
        found[used] = log_p[np.arange(len(log_p)), batch.targets.T[used]]
        return found.T

    def step(self, ids: np.ndarray, states: States) -> tuple[np.ndarray, States]:
        """Read one token in each of several texts: ids (batch,) -> log p of the next, (batch, n_vocab), and states."""
        x, after = self._table[ids], []
        for layer, weights, state in zip(self._layers, self._weights, states, strict=True):
            state = layer.step(weights, x, state)
            after.append(state)
            x = state[0]
        return log_softmax(x @ self._output + self._bias), after
