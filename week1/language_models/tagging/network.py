"""The tagger in NumPy: words and characters in, log-probabilities of tags out, without TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from common.activations import log_softmax
from common.recurrent import recurrent_layer
from week1.language_models.tagging.data import TagBatch
from week1.language_models.tagging.model import TaggerConfig


class TaggerNetwork:
    """A configuration with its parameters, as `TaggerConfig.parameter_shapes` names them."""

    def __init__(self, config: TaggerConfig, parameters: Mapping[str, np.ndarray], *, dtype: Any = np.float32):
        self.config, self.dtype = config, dtype
        self.parameters = {name: np.asarray(value, dtype) for name, value in parameters.items()}
        self.inputs = config.n_embedding + config.n_filters

    def log_probabilities(self, batch: TagBatch) -> np.ndarray:
        """log p of every tag for every token, (sentences, steps, n_tags) nats; of no meaning where the mask is 0."""
        words, spelled = self.parameters["words/embeddings"][batch.words], self._spelled(batch.characters)
        x = np.concatenate([words, spelled], axis=-1).transpose(1, 0, 2)
        mask = batch.mask.T > 0
        lengths = mask.sum(axis=0)
        read = [
            self._read(name, units, x, mask, lengths, backwards=name == "backward")
            for name, units in self.config.readers.items()
        ]
        h = np.concatenate(read, axis=-1).transpose(1, 0, 2)
        return log_softmax(h @ self.parameters["tags/kernel"] + self.parameters["tags/bias"])

    def _spelled(self, characters: np.ndarray) -> np.ndarray:
        """What the convolution makes of every word's characters: (sentences, steps, n_filters)."""
        kernel = self.parameters["convolution/kernel"][0]
        there = (characters != 0)[..., np.newaxis]
        x = self.parameters["characters/embeddings"][characters] * there
        x = np.pad(x, [(0, 0), (0, 0), (1, 1), (0, 0)])
        length = characters.shape[2]
        sums = sum(x[:, :, shift : shift + length] @ kernel[shift] for shift in range(3))
        return (np.maximum(sums + self.parameters["convolution/bias"], 0) * there).max(axis=2)

    def _read(
        self, name: str, units: int, x: np.ndarray, mask: np.ndarray, lengths: np.ndarray, *, backwards: bool
    ) -> np.ndarray:
        """States (steps, sentences, units) of one direction, those of step t standing at t in both."""
        layer = recurrent_layer("gru", self.inputs, units, dtype=self.dtype)
        weights = {part: self.parameters[f"{name}/{part}"] for part in ("kernel", "recurrent_kernel", "bias")}
        if not backwards:
            return layer.forward(weights, np.ascontiguousarray(x), mask=mask).h
        places = np.arange(len(x))[:, np.newaxis]
        turned = np.where(places < lengths, lengths - 1 - places, places)[..., np.newaxis]
        h = layer.forward(weights, np.take_along_axis(x, turned, axis=0), mask=mask).h
        return np.take_along_axis(h, turned, axis=0)
