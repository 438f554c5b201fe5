"""A bidirectional LSTM whose directions share one loop, its gradient written out: what XLA makes fast on a CPU.

    i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o)     g = tanh(z_g)     z = x W + b + h' U
    c = f c' + i g                                         h = o tanh(c)     (h', c': the former state)

    dc += dh o (1 - tanh(c)^2)                             dz_o = dh tanh(c) o (1 - o)
    dz_i, dz_f, dz_g = dc g i (1 - i), dc c' f (1 - f), dc i (1 - g^2)
    dh' = dz U^T        dc' = dc f        dU = sum over steps of h'^T dz

All factors that do not hang on dh and dc are computed for all steps at once before the loop goes back, and dU after it
in one product, where automatic differentiation adds to dU at every step. Without XLA, Keras's own layer is faster.

Shapes: T steps, 2 directions, m examples, n units.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="sequence_models")
class JoinedBidirectional(keras.layers.Bidirectional):
    """`keras.layers.Bidirectional` of an LSTM, with the same weights and numbers, both directions in one loop.

    Of LSTMs with sigmoid gates and tanh that return sequences, which are concatenated; without dropout or masks.
    """

    def __init__(self, layer: keras.layers.LSTM, **options: Any):
        super().__init__(layer, **options)
        cell, plain = self.forward_layer.cell, self.merge_mode == "concat" and self.forward_layer.return_sequences
        plain = plain and cell.recurrent_activation is keras.activations.sigmoid
        plain = plain and cell.activation is keras.activations.tanh and cell.use_bias
        if not plain or cell.dropout or cell.recurrent_dropout:
            raise ValueError("JoinedBidirectional is for plain LSTM layers that return sequences to be concatenated")

    def call(self, sequences: Any, initial_state: None = None, mask: None = None, training: bool | None = None) -> Any:
        """(m, T, inputs) -> (m, T, 2 n), from zero states."""
        if initial_state is not None or mask is not None:
            raise ValueError("JoinedBidirectional begins with zeros and takes no mask")
        cells = self.forward_layer.cell, self.backward_layer.cell
        kernel, recurrent, bias = (
            tf.stack([tf.convert_to_tensor(getattr(cell, part)) for cell in cells])
            for part in ("kernel", "recurrent_kernel", "bias")
        )
        (_, steps, inputs), width = sequences.shape, kernel.shape[-1]
        both = tf.stack([sequences, tf.reverse(sequences, [1])])
        z = tf.reshape(both, (2, -1, inputs)) @ kernel + bias[:, tf.newaxis]
        z = tf.transpose(tf.reshape(z, (2, -1, steps, width)), (2, 0, 1, 3))
        forward, backward = tf.unstack(tf.transpose(run_lstm(z, recurrent), (1, 2, 0, 3)))
        return tf.concat([forward, tf.reverse(backward, [1])], axis=-1)


@tf.custom_gradient
def run_lstm(z: tf.Tensor, recurrent: tf.Tensor) -> Any:
    """The states h (T, 2, m, n) from x W + b, (T, 2, m, 4 n) with gates i, f, g, o, and U (2, n, 4 n)."""
    nothing = tf.zeros_like(z[0, ..., : z.shape[-1] // 4])

    def step(before: Any, z_t: tf.Tensor) -> Any:
        h, c, _ = before
        i, f, g, o = tf.split(z_t + h @ recurrent, 4, axis=-1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
        c = f * c + i * g
        return o * tf.tanh(c), c, tf.concat([i, f, g, o], axis=-1)

    h, c, gates = tf.scan(step, z, (nothing, nothing, tf.zeros_like(z[0])))
    return h, lambda dh: _gradient(dh, h, c, gates, recurrent)


def _gradient(dh: tf.Tensor, h: tf.Tensor, c: tf.Tensor, gates: tf.Tensor, recurrent: tf.Tensor) -> Any:
    nothing = tf.zeros_like(h[:1])
    h_before, c_before = tf.concat([nothing, h[:-1]], 0), tf.concat([nothing, c[:-1]], 0)
    i, f, g, o = tf.split(gates, 4, axis=-1)
    tanh = tf.tanh(c)
    into_c, into_o = o * (1 - tanh * tanh), tanh * o * (1 - o)
    into_ifg = tf.concat([g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g)], axis=-1)
    back = tf.linalg.matrix_transpose(recurrent)

    def step(after: Any, now: Any) -> Any:
        dh_after, dc, _ = after
        dh_now, into_c, into_o, into_ifg, f = now
        dh_now += dh_after
        dc += dh_now * into_c
        dz = tf.concat([tf.tile(dc, (1, 1, 3)) * into_ifg, dh_now * into_o], axis=-1)
        return dz @ back, dc * f, dz

    begin = nothing[0], nothing[0], tf.zeros_like(gates[0])
    _, _, dz = tf.scan(step, (dh, into_c, into_o, into_ifg, f), begin, reverse=True)
    return dz, tf.einsum("tdmn,tdmk->dnk", h_before, dz)
