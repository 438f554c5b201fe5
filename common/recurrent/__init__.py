"""Fast recurrent layers in NumPy (plain, GRU, LSTM), forwards and backwards, with what training them takes.

    layer = recurrent_layer("lstm", n_inputs, n_units, dtype=np.float32, reset_after=True, reuse_buffers=False)
    layer.parameter_shapes() -> {"kernel": ..., "recurrent_kernel": ..., "bias": ...}        the Keras layer's weights
    layer.initialize(rng) -> parameters                                                      in its order and layout
    layer.initial_state(batch) -> (h,) or (h, c)
    layer.forward(parameters, x, *, state=None, mask=None, recurrent_dropout=None) -> Forward(h, state, cache)
    layer.backward(dh, cache, *, dstate=None, input_gradient=True) -> Gradients(parameters, x, state)
    layer.step(parameters, x, state) -> state                                                one step, to generate

    softmax_cross_entropy(h, targets, kernel, bias, *, weights=None) -> OutputLoss(loss, dh, kernel, bias)
    scatter_add_rows(rows, ids, count) -> table gradient      dropout_mask(rng, shape, rate, *, dtype=np.float32)
    clip_by_value(gradients, limit)      clip_by_global_norm(gradients, limit) -> norm      global_norm(gradients)
    Adam(*, learning_rate, beta_1, beta_2, epsilon, weight_decay)
        .update(parameters, gradients)      .state() -> state      .load_state(state)

Layout: time first. `x` is (steps, batch, n_inputs) floats, or (steps, batch) integer ids, which stand for one-hot rows
and cost a gather; `h` is (steps, batch, n_units); `mask` is (steps, batch), true where a step counts; a state is a
tuple of (batch, n_units) arrays. Everything is float32 or, with dtype=np.float64, float64. Parameters are plain
dictionaries that the caller keeps and updates in place, laid out as `get_weights()` of the Keras layer of the same
name, so weights copy both ways. Several layers are stacked by feeding one's `h` to the next, and its `Gradients.x` back
as the other's `dh`. Without `reuse_buffers` every result is an array of its own; with it, results hold until the
layer's next `forward`.

What makes it fast: the input's part of all gates is one product over all steps; so are the gradients of the kernels and
of the input; the loop works in place; padding at the end of an example is not computed.
"""

from typing import Any

import numpy as np

from common.errors import InputError
from common.recurrent.gru import GRULayer
from common.recurrent.layer import Forward, Gradients, RecurrentLayer
from common.recurrent.lstm import LSTMLayer
from common.recurrent.optimizers import Adam, clip_by_global_norm, clip_by_value, global_norm
from common.recurrent.output import OutputLoss, dropout_mask, scatter_add_rows, softmax_cross_entropy
from common.recurrent.rnn import RNNLayer

CELLS = ("rnn", "gru", "lstm")

__all__ = [
    "CELLS",
    "Adam",
    "Forward",
    "GRULayer",
    "Gradients",
    "LSTMLayer",
    "OutputLoss",
    "RNNLayer",
    "RecurrentLayer",
    "clip_by_global_norm",
    "clip_by_value",
    "dropout_mask",
    "global_norm",
    "recurrent_layer",
    "scatter_add_rows",
    "softmax_cross_entropy",
]


def recurrent_layer(
    kind: str,
    n_inputs: int,
    n_units: int,
    *,
    dtype: Any = np.float32,
    reset_after: bool = True,
    reuse_buffers: bool = False,
) -> RecurrentLayer:
    """The layer of `kind` "rnn", "gru" or "lstm"; `reset_after` matters to the GRU only. InputError on another kind."""
    if kind == "gru":
        return GRULayer(n_inputs, n_units, reset_after=reset_after, dtype=dtype, reuse_buffers=reuse_buffers)
    layers = {"rnn": RNNLayer, "lstm": LSTMLayer}
    if kind not in layers:
        raise InputError(f"there is no recurrent layer {kind!r}; choose one of {', '.join(CELLS)}.")
    return layers[kind](n_inputs, n_units, dtype=dtype, reuse_buffers=reuse_buffers)
