"""The network compiled by XLA, for hearing many clips: faster than NumPy once it is compiled.

    network = CompiledNetwork.load("model.h5")
    network.forward(frames)                       # as TriggerNetwork.forward; the first call of a length compiles

Loading TensorFlow and compiling take several seconds, so one clip is heard sooner by `TriggerNetwork`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from week3.trigger_word.model import ModelConfig
from week3.trigger_word.network import TriggerNetwork


class CompiledNetwork(TriggerNetwork):
    """As `TriggerNetwork`; whole clips are computed by XLA, streams by NumPy."""

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray], *further: Any):
        super().__init__(config, parameters, *further)
        self._run = _compiled(self)

    def forward(self, frames: np.ndarray) -> np.ndarray:
        """Probabilities (steps,) float32 of (frames, frequencies)."""
        if self.config.steps(len(frames)) < 1:
            return np.zeros(0, np.float32)
        return self._run(np.asarray(frames, np.float32)).numpy()


def _compiled(network: TriggerNetwork) -> Callable[[np.ndarray], Any]:
    """Frames (n, frequencies) -> probabilities (steps,)."""
    import tensorflow as tf

    config, pair = network.config, network.grus
    kernel, bias = network.conv
    kernel = kernel.reshape(config.kernel, config.frequencies, config.filters)
    dense, dense_bias = network.dense

    def recur(x: Any, inputs: np.ndarray, recurrent: np.ndarray) -> Any:
        """A GRU from a state of zero: (steps, inputs) -> (steps, units)."""
        steps, units = x.shape[0], pair.units
        outputs = tf.TensorArray(tf.float32, steps, element_shape=(units,))
        # A matrix for each gate: rows of one for all three make XLA's loop half as fast.
        sums = [x @ part[:-1] + part[-1] for part in np.split(inputs, 3, axis=1)]

        def step(t: Any, h: Any, outputs: Any) -> tuple[Any, ...]:
            product = tf.linalg.matvec(recurrent[:-1], h, transpose_a=True) + recurrent[-1]
            update, reset, candidate = (tf.reshape(tf.slice(one, [t, 0], [1, units]), [units]) for one in sums)
            update = tf.tanh(update + product[:units]) + 1  # twice the sigmoids
            reset = tf.tanh(reset + product[units : 2 * units]) + 1
            candidate = tf.tanh(candidate + reset * product[2 * units :])
            h = candidate + 0.5 * update * (h - candidate)
            return t + 1, h, outputs.write(t, h)

        return tf.while_loop(lambda t, *_: t < steps, step, (0, tf.zeros(units), outputs))[-1].stack()

    @tf.function(jit_compile=True, reduce_retracing=False)
    def run(frames: Any) -> Any:
        x = tf.nn.relu(tf.nn.conv1d(frames[None], kernel, config.stride, "VALID")[0] + bias)
        for inputs, recurrent in pair.layers:
            x = recur(x, inputs, recurrent)
        return 0.5 + 0.5 * tf.tanh(tf.linalg.matvec(x, dense) + dense_bias)

    return run
