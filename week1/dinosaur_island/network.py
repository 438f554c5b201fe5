"""The character network in NumPy, on the fast recurrent layers: probabilities, loss, gradients, one step at a time.

Parameters are a flat dictionary: `embedding` (n_vocab, n_embedding); `recurrent_I/kernel`,
`recurrent_I/recurrent_kernel` and `recurrent_I/bias` of each layer I, as Keras lays them out; `output/kernel`
(n_units, n_vocab) and `output/bias`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.activations import log_softmax
from common.recurrent import dropout_mask, recurrent_layer, scatter_add_rows, softmax_cross_entropy
from week1.dinosaur_island.data import Batch
from week1.dinosaur_island.model import ModelConfig, Parameters

State = list[tuple[np.ndarray, ...]]
_PARTS = ("kernel", "recurrent_kernel", "bias")


@dataclass(frozen=True)
class Dropout:
    """Rates in [0, 1): of embedding features, of whole characters, of former states, of a layer's outputs.

    Features, states and outputs are dropped alike at every step of a name (Gal and Ghahramani, 2016).
    """

    embedding: float = 0.0
    character: float = 0.0
    recurrent: float = 0.0
    output: float = 0.0


class CharacterNetwork:
    """The network of a configuration; parameters are the caller's.

    Args:
        config: its size and kind.
        dtype: float32, or float64 for checks.
        reuse_buffers: for training: gradients hold only until the next call, which makes large batches twice as fast.
    """

    def __init__(self, config: ModelConfig, *, dtype: Any = np.float32, reuse_buffers: bool = False):
        self.config, self.dtype = config, np.dtype(dtype)
        widths = [config.n_inputs] + [config.n_units] * (config.n_layers - 1)
        options = {"dtype": dtype, "reuse_buffers": reuse_buffers}
        self.layers = [recurrent_layer(config.cell, width, config.n_units, **options) for width in widths]

    def initialize(self, rng: np.random.Generator) -> Parameters:
        """Fresh parameters: standard normal embedding, the layers' own, Glorot uniform output."""
        config = self.config
        parameters: Parameters = {}
        if config.n_embedding:
            parameters["embedding"] = rng.standard_normal((config.n_vocab, config.n_embedding))
        for index, layer in enumerate(self.layers):
            parameters.update({f"recurrent_{index}/{part}": value for part, value in layer.initialize(rng).items()})
        limit = math.sqrt(6 / (config.n_units + config.n_vocab))
        parameters["output/kernel"] = rng.uniform(-limit, limit, (config.n_units, config.n_vocab))
        parameters["output/bias"] = np.zeros(config.n_vocab)
        return {name: value.astype(self.dtype) for name, value in parameters.items()}

    def loss_and_gradients(
        self,
        parameters: Parameters,
        batch: Batch,
        *,
        dropout: Dropout | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[float, Parameters]:
        """Mean cross-entropy in nats per character (end of name included), and its gradient for every parameter."""
        masks = self._masks(batch, dropout or Dropout(), rng)
        x, embedded = self._embed(parameters, batch.inputs)
        x = _times(x, masks["embedding"]) if embedded else x
        caches = []
        for index, layer in enumerate(self.layers):
            run = layer.forward(
                self._layer(parameters, index), x, mask=batch.mask, recurrent_dropout=masks.get(f"recurrent_{index}")
            )
            caches.append(run.cache)
            x = _times(run.h, masks[f"output_{index}"])
        output = softmax_cross_entropy(
            x, batch.targets, parameters["output/kernel"], parameters["output/bias"], weights=batch.mask
        )
        gradients: Parameters = {"output/kernel": output.kernel, "output/bias": output.bias}
        dx = output.dh
        for index in reversed(range(len(self.layers))):
            back = self.layers[index].backward(_times(dx, masks[f"output_{index}"]), caches[index])
            gradients.update({f"recurrent_{index}/{part}": value for part, value in back.parameters.items()})
            dx = back.x
        if embedded:
            gradients["embedding"] = scatter_add_rows(_times(dx, masks["embedding"]), batch.inputs, self.config.n_vocab)
        return output.loss, gradients

    def log_probabilities(self, parameters: Parameters, batch: Batch) -> np.ndarray:
        """log p of every character at every step: (steps, names, n_vocab) nats."""
        x, _ = self._embed(parameters, batch.inputs)
        for index, layer in enumerate(self.layers):
            x = layer.forward(self._layer(parameters, index), x, mask=batch.mask).h
        return log_softmax(x @ parameters["output/kernel"] + parameters["output/bias"])

    def initial_state(self, count: int) -> State:
        """The state before the first character of `count` names."""
        return [layer.initial_state(count) for layer in self.layers]

    def step(self, parameters: Parameters, ids: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        """Feed one character to each name: (log p of the next (names, n_vocab), next state). `ids` is (names,)."""
        x, _ = self._embed(parameters, ids)
        following: State = []
        for index, layer in enumerate(self.layers):
            following.append(layer.step(self._layer(parameters, index), x, state[index]))
            x = following[-1][0]
        return log_softmax(x @ parameters["output/kernel"] + parameters["output/bias"]), following

    def _layer(self, parameters: Parameters, index: int) -> Parameters:
        return {part: parameters[f"recurrent_{index}/{part}"] for part in _PARTS}

    def _embed(self, parameters: Parameters, ids: np.ndarray) -> tuple[np.ndarray, bool]:
        """(features, True), or the ids themselves, which the layer reads as one-hot rows."""
        return (parameters["embedding"][ids], True) if self.config.n_embedding else (ids, False)

    def _masks(self, batch: Batch, rates: Dropout, rng: np.random.Generator | None) -> dict[str, np.ndarray | None]:
        """The factors of one batch; None where nothing is dropped."""
        steps, count = batch.inputs.shape

        def draw(rate: float, *shape: int) -> np.ndarray | None:
            return dropout_mask(rng, shape, rate, dtype=self.dtype) if rate else None

        masks = {"embedding": draw(rates.embedding, 1, count, self.config.n_inputs)}
        characters = draw(rates.character, steps, count, 1)
        if characters is not None:
            masks["embedding"] = _times(characters, masks["embedding"])
        for index in range(len(self.layers)):
            masks[f"recurrent_{index}"] = draw(rates.recurrent, count, self.config.n_units)
            masks[f"output_{index}"] = draw(rates.output, 1, count, self.config.n_units)
        return masks


def _times(x: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    return x if mask is None else x * mask
