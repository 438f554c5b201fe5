"""The course's date translator in Keras, and the same with its attention weights.

    ids (m, Tx) -> encoder: bidirectional LSTM, a (m, Tx, 2 n_a)
    for each of the Ty outputs:  context = one_step_attention(a, s);  s, c = decoder(context; s, c);  output(s)

The parameters are those of the course's arrangement (`course.modelf`), which computes the same.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from week3.machine_translation.attention import OneStepAttention
from week3.machine_translation.model import ModelConfig, gates


@keras.saving.register_keras_serializable(package="sequence_models")
class ZeroState(keras.layers.Layer):
    """Zeros (m, units) for as many examples as its input has: the decoder's state before the first output."""

    def __init__(self, units: int, **options: Any):
        super().__init__(**options)
        self.units = units

    def call(self, x: Any) -> Any:
        """Zeros (m, units) for x (m, ...)."""
        return ops.zeros((ops.shape(x)[0], self.units), x.dtype)

    def compute_output_shape(self, shape: Any) -> Any:
        """Their shape."""
        return shape[0], self.units

    def get_config(self) -> dict[str, Any]:
        """The settings, for saved models."""
        return {**super().get_config(), "units": self.units}


def build(config: ModelConfig, *, for_xla: bool = False) -> keras.Model:
    """ids (m, Tx) -> probabilities (m, Ty, n_target)."""
    source, probabilities, _ = _graph(config, for_xla=for_xla)
    return keras.Model(source, probabilities, name="date_translator")


def build_with_attention(config: ModelConfig) -> keras.Model:
    """ids (m, Tx) -> probabilities (m, Ty, n_target) and attention weights (m, Ty, Tx)."""
    source, probabilities, weights = _graph(config)
    return keras.Model(source, [probabilities, weights], name="date_translator_with_attention")


def encode(source: Any, config: ModelConfig, *, for_xla: bool = False) -> tuple[Any, Any]:
    """(a (m, Tx, 2 n_a), keys (m, Tx, n_attention)) of ids (m, Tx): the layers "encoder" and "attention_keys"."""
    rows = ops.one_hot(source, config.n_source)
    lstm = keras.layers.LSTM(
        config.n_a, return_sequences=True, recurrent_activation=gates(config.recurrent_activation), name="lstm"
    )
    a = _bidirectional(for_xla and config.recurrent_activation == "sigmoid")(lstm, name="encoder")(rows)
    return a, keras.layers.Dense(config.n_attention, name="attention_keys")(a)


def _bidirectional(joined: bool) -> type[keras.layers.Bidirectional]:
    if not joined:
        return keras.layers.Bidirectional
    from week3.machine_translation.joined_lstm import JoinedBidirectional

    return JoinedBidirectional


def _graph(config: ModelConfig, *, for_xla: bool = False) -> tuple[Any, Any, Any]:
    source = keras.Input((config.source_length,), dtype="int32", name="source")
    a, keys = encode(source, config, for_xla=for_xla)
    attention = OneStepAttention(name="one_step_attention")
    decoder = keras.layers.LSTMCell(config.n_s, recurrent_activation=gates(config.recurrent_activation), name="decoder")
    output = keras.layers.Dense(config.n_target, activation="softmax", name="output")
    s = c = ZeroState(config.n_s, name="initial_state")(a)
    states, weights = [], []
    for _ in range(config.target_length):
        context, weight = attention(a, keys, s)
        s, (_, c) = decoder(context, [s, c])
        states.append(s)
        weights.append(weight)
    return source, output(ops.stack(states, axis=1)), ops.stack(weights, axis=1)
