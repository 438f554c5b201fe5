"""Version 2 in NumPy: the forward pass of what `model.build_model` builds, so that predicting needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from common.activations import softmax
from common.recurrent import RecurrentLayer, recurrent_layer
from common.sentence_classifier.model import ModelConfig


class SentenceNetwork:
    """A configuration with its parameters.

    Args:
        config: of the network.
        parameters: as `ModelConfig.parameter_shapes` names them.
        dtype: float32, or float64 for checks.
    """

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray], *, dtype: Any = np.float32):
        self.config, self.dtype = config, np.dtype(dtype)
        self._parameters = {name: np.asarray(value, self.dtype) for name, value in parameters.items()}
        self._cells: list[tuple[RecurrentLayer, dict[str, np.ndarray]]] = []
        for name, inputs in config.recurrent_names():
            layer = recurrent_layer(config.cell, inputs, config.n_units, dtype=self.dtype)
            self._cells.append((layer, {part: self._parameters[f"{name}/{part}"] for part in layer.parameter_shapes()}))

    def predict(self, sentences: Sequence[np.ndarray]) -> np.ndarray:
        """p of each class, (sentences, n_classes).

        `sentences` are the vectors of each one's words, (words, n_inputs), none to `window` of them.
        """
        if not len(sentences):
            return np.zeros((0, self.config.n_classes), self.dtype)
        x, mask = self._padded(sentences)
        directions = 2 if self.config.bidirectional else 1
        for layer in range(self.config.n_layers):
            runs = [
                self._run(place, x, mask, backward=bool(place % directions))
                for place in range(layer * directions, (layer + 1) * directions)
            ]
            x = np.concatenate([h for h, _ in runs], axis=2)
            last = np.concatenate([final for _, final in runs], axis=1)
        return softmax(last @ self._parameters["dense/kernel"] + self._parameters["dense/bias"], axis=-1)

    def _padded(self, sentences: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray | None]:
        """Vectors (steps, sentences, n_inputs) and which of them count; with masking no more steps than needed."""
        config = self.config
        steps = max(1, *map(len, sentences)) if config.masking else config.window
        x = np.zeros((steps, len(sentences), config.n_inputs), self.dtype)
        mask = np.zeros((steps, len(sentences)), bool)
        for place, vectors in enumerate(sentences):
            begin = 0 if config.padding == "post" or config.masking else steps - len(vectors)
            x[begin : begin + len(vectors), place] = vectors
            mask[: len(vectors), place] = True
        return x, mask if config.masking else None

    def _run(
        self, place: int, x: np.ndarray, mask: np.ndarray | None, *, backward: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """All states (steps, sentences, n_units) and the last one, of one layer in one direction."""
        layer, parameters = self._cells[place]
        if not backward:
            done = layer.forward(parameters, x, mask=mask)
            return done.h, done.state[0]
        done = layer.forward(parameters, x[::-1], mask=None if mask is None else mask[::-1])
        return done.h[::-1], done.state[0]
