"""The network compiled by XLA, for hearing many clips of one length: faster than NumPy once it is compiled.

    network = CompiledNetwork.load("model.h5")
    network.forward(frames)                       # as TriggerNetwork.forward; the first call of a length compiles

Loading TensorFlow and compiling take several seconds, so one clip is heard sooner by `TriggerNetwork`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from week3.trigger_word.model import ModelConfig, build_model
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.weights import to_keras


class CompiledNetwork(TriggerNetwork):
    """As `TriggerNetwork`; whole clips go through Keras's model in one compiled call, streams through NumPy."""

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray], *further: Any):
        import tensorflow as tf

        super().__init__(config, parameters, *further)
        self.model = build_model(config)
        to_keras(self.model, parameters)
        self._call = tf.function(lambda x: self.model(x, training=False), jit_compile=True, reduce_retracing=False)

    def forward(self, frames: np.ndarray) -> np.ndarray:
        """Probabilities (steps,) float32 of (frames, frequencies)."""
        return self.predict(frames[None])[0, :, 0]

    def predict(self, batch: np.ndarray, **_: Any) -> np.ndarray:
        """As Keras's `predict`: (batch, frames, frequencies) -> (batch, steps, 1)."""
        return self._call(np.asarray(batch, np.float32)).numpy()
