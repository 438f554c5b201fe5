"""The network with its GRUs compiled by XLA, for hearing many clips: faster than NumPy once it is compiled.

    network = CompiledNetwork.load("model.h5")
    network.forward(frames)                       # as TriggerNetwork.forward; the first call of a length compiles

Both GRUs go in one loop, the second a step behind the first, so that what the first's state is multiplied with, its own
U and the second's K, is one matrix. Loading TensorFlow and compiling take several seconds, so one clip is heard sooner
by `TriggerNetwork`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from week3.trigger_word.model import ModelConfig
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.recurrence import GRUPair


class CompiledNetwork(TriggerNetwork):
    """As `TriggerNetwork`; whole clips go through compiled GRUs, streams through NumPy."""

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray], *further: Any):
        super().__init__(config, parameters, *further)
        self._run = _compiled(self.grus)

    def forward(self, frames: np.ndarray) -> np.ndarray:
        """Probabilities (steps,) float32 of (frames, frequencies)."""
        x = self.convolve(frames)
        return self.probabilities(self._run(x).numpy()) if len(x) else np.zeros(0, np.float32)


def _compiled(pair: GRUPair) -> Callable[[np.ndarray], Any]:
    """The pair from zero states: (steps, inputs) -> the second's outputs (steps, units)."""
    import tensorflow as tf

    units = pair.units
    (kernel, bias), (both, both_bias), (second, second_bias) = (
        (tf.constant(one[:-1]), tf.constant(one[-1])) for one in (pair.first_inputs, pair.both, pair.second)
    )

    def advance(x: Any, product: Any, h: Any) -> Any:
        gates = tf.tanh(x[: 2 * units] + product[: 2 * units]) + 1  # twice the sigmoids
        candidate = tf.tanh(product[2 * units :] * gates[units:] + x[2 * units :])
        return candidate + 0.5 * gates[:units] * (h - candidate)

    @tf.function(jit_compile=True, reduce_retracing=False)
    def run(x: Any) -> Any:
        steps = x.shape[0]
        sums = tf.pad(x @ kernel + bias, [[0, 1], [0, 0]])  # the second's last step is the first's one too many
        outputs = tf.TensorArray(tf.float32, steps + 1, element_shape=(units,))

        def step(t: Any, h_1: Any, h_2: Any, outputs: Any) -> tuple[Any, ...]:
            from_first = tf.linalg.matvec(both, h_1, transpose_a=True) + both_bias
            from_second = tf.linalg.matvec(second, h_2, transpose_a=True) + second_bias
            h_2 = tf.where(t > 0, advance(from_first[3 * units :], from_second, h_2), h_2)
            now = sums[t]  # not sums[t, a:b], which XLA gets wrong
            h_1 = advance(now, from_first[: 3 * units], h_1)
            return t + 1, h_1, h_2, outputs.write(t, h_2)

        begin = tf.zeros(units)
        *_, outputs = tf.while_loop(lambda t, *_: t <= steps, step, (0, begin, begin, outputs))
        return outputs.stack()[1:]

    return run
