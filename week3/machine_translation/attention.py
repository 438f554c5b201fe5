"""Additive attention for one output at a time, as a layer that returns its weights.

    e_t  = relu(v . tanh(W_a a_t + W_s s + b) + d)        alpha = softmax over the times       context = sum alpha_t a_t

a_t (2 n_a,) is the encoder at time t, s (n_s,) the decoder's state before the output. (Bahdanau, Cho and Bengio, 2015;
the relu, and the ten units of the tanh, are the course's.) In the course's arrangement one Dense layer reads a_t and s
joined, so W_a a_t is computed anew for every output. Here its two halves are apart: keys_t = W_a a_t + b once a text,
W_s s at every output; `parameters.py` carries the parameters over.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="sequence_models")
class OneStepAttention(keras.layers.Layer):
    """Context and weights for the next output.

    Call with a (m, Tx, 2 n_a), keys (m, Tx, n_attention), s (m, n_s) and, where padding is not to be attended to,
    `allowed` (m, Tx), 1 where it may look and 0 elsewhere. Returns the context (m, 2 n_a) and the weights (m, Tx),
    which sum to 1.
    """

    def build(self, a_shape: Any, keys_shape: Any, s_shape: Any, allowed_shape: Any = None) -> None:
        """Make the decoder's half of the kernel and the energy's weights."""
        units = keys_shape[-1]
        self.state_kernel = self.add_weight(name="state_kernel", shape=(s_shape[-1], units))
        self.energy_kernel = self.add_weight(name="energy_kernel", shape=(units, 1))
        self.energy_bias = self.add_weight(name="energy_bias", shape=(1,), initializer="zeros")

    def call(self, a: Any, keys: Any, s: Any, allowed: Any = None) -> tuple[Any, Any]:
        """(context, weights)."""
        hidden = ops.tanh(keys + ops.expand_dims(ops.matmul(s, self.state_kernel), 1))
        energies = ops.relu(ops.squeeze(ops.matmul(hidden, self.energy_kernel), -1) + self.energy_bias)
        if allowed is not None:
            energies = energies - 1e9 * (1 - ops.cast(allowed, energies.dtype))
        weights = ops.softmax(energies, axis=-1)
        context = ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), a), 1)
        return context, weights

    def compute_output_shape(self, a_shape: Any, keys_shape: Any, s_shape: Any, allowed_shape: Any = None) -> Any:
        """Shapes of the context and of the weights."""
        return (a_shape[0], a_shape[2]), (a_shape[0], a_shape[1])
