"""A GRU whose loops are compiled by XLA, its gradient written out: for training, twice as fast as Keras's on a CPU.

    z, r = sigmoid(x K + b + h U + b')    p = h U' + b'    c = tanh(x K' + b + r p)    h <- c + z (h - c)

    dz = dh (h - c) z (1 - z)    dc = dh (1 - z) (1 - c^2)    dr = dc p r (1 - r)    dp = dc r
    dh <- dh z + dz U_z^T + dr U_r^T + dp U'^T                dU = sum over steps of h^T (dz, dr, dp)

All factors that do not hang on dh are computed for all steps at once before the loop goes back, and dU after it in one
product. The gates lie in arrays of their own: XLA's loops are slow where a part of a row is taken in them.

Shapes: T steps first, m examples, n units.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="sequence_models")
class CompiledGRU(keras.layers.GRU):
    """`keras.layers.GRU` with the same weights and numbers; its usual settings, returning sequences, without masks."""

    def __init__(self, units: int, **options: Any):
        super().__init__(units, **options)
        cell = self.cell
        usual = cell.recurrent_activation is keras.activations.sigmoid and cell.activation is keras.activations.tanh
        usual = usual and cell.use_bias and cell.reset_after and self.return_sequences and not self.go_backwards
        if not usual or cell.dropout or cell.recurrent_dropout or self.return_state or self.stateful:
            raise ValueError("CompiledGRU is for usual GRU layers that return sequences")

    def call(self, sequences: Any, initial_state: None = None, mask: None = None, training: bool | None = None) -> Any:
        """(m, T, inputs) -> (m, T, n), from a state of zero."""
        if initial_state is not None or mask is not None:
            raise ValueError("CompiledGRU begins with zeros and takes no mask")
        cell = self.cell
        kernel, recurrent, bias = map(tf.convert_to_tensor, (cell.kernel, cell.recurrent_kernel, cell.bias))
        before, within = tf.split(bias[0], 3), tf.split(bias[1], 3)
        x = tf.transpose(sequences, (1, 0, 2))
        z, r, c = (x @ part + one for part, one in zip(tf.split(kernel, 3, axis=1), before, strict=True))
        return tf.transpose(run_gru(z + within[0], r + within[1], c, recurrent, within[2]), (1, 0, 2))


@tf.custom_gradient
def run_gru(z: tf.Tensor, r: tf.Tensor, c: tf.Tensor, recurrent: tf.Tensor, bias: tf.Tensor) -> Any:
    """The states (T, m, n) from the sums for z, r and c (each (T, m, n)), U (n, 3 n) and the b' of c (n,)."""
    # Without this an eager tape would differentiate the compiled loop as well, which XLA cannot hand out.
    h, *gates = _forward(*map(tf.stop_gradient, (z, r, c, recurrent, bias)))
    return h, lambda dh: _backward(dh, h, *gates, recurrent)


@tf.function(jit_compile=True)
def _forward(z: tf.Tensor, r: tf.Tensor, c: tf.Tensor, recurrent: tf.Tensor, bias: tf.Tensor) -> Any:
    """h, z, r, c and p of all steps."""
    to_z, to_r, to_c = tf.split(recurrent, 3, axis=1)

    def step(last: Any, now: Any) -> Any:
        h, (z, r, c) = last[0], now
        z, r, p = tf.sigmoid(z + h @ to_z), tf.sigmoid(r + h @ to_r), h @ to_c + bias
        c = tf.tanh(c + r * p)
        return c + z * (h - c), z, r, c, p

    return tf.scan(step, (z, r, c), (tf.zeros_like(z[0]),) * 5)


@tf.function(jit_compile=True)
def _backward(
    dh: tf.Tensor, h: tf.Tensor, z: tf.Tensor, r: tf.Tensor, c: tf.Tensor, p: tf.Tensor, recurrent: tf.Tensor
) -> Any:
    """The gradients of the sums, of U and of b'."""
    before = tf.concat([tf.zeros_like(h[:1]), h[:-1]], 0)
    into_z, into_c, into_r = (before - c) * z * (1 - z), (1 - z) * (1 - c * c), p * r * (1 - r)
    from_z, from_r, from_c = (tf.transpose(part) for part in tf.split(recurrent, 3, axis=1))

    def step(after: Any, now: Any) -> Any:
        dh, into_z, into_c, into_r, r, z = now
        dh += after[0]
        dz, dc = dh * into_z, dh * into_c
        dr, dp = dc * into_r, dc * r
        return dh * z + dz @ from_z + dr @ from_r + dp @ from_c, dz, dr, dc, dp

    factors = dh, into_z, into_c, into_r, r, z
    _, dz, dr, dc, dp = tf.scan(step, factors, (tf.zeros_like(h[0]),) * 5, reverse=True)
    all_gates = tf.concat([dz, dr, dp], axis=-1)
    return dz, dr, dc, tf.einsum("tmn,tmk->nk", before, all_gates), tf.reduce_sum(dp, (0, 1))
