"""The translator whose decoder reads what it wrote, in Keras; it learns with teacher forcing.

    source ids (m, Tx) -> encoder: bidirectional LSTM, a (m, Tx, 2 n_a); keys = W_a a + b, once a text
    s<0> = tanh(W_0 a'<1> + b_0), c<0> = 0              a'<1>: the backward direction's state, which has read all
    for each symbol t:
        e_i = v . tanh(keys_i + W_s s<t-1>)             over the source's characters i, padding left out
        alpha = softmax(e)      context = sum_i alpha_i a_i
        s, c = LSTM([embedding of symbol t-1, context]; s<t-1>, c<t-1>)
        p(symbol t) = softmax(W [s, context] + b)

The symbol before the first one is the end token. Source: Bahdanau, Cho and Bengio 2015, "Neural machine translation by
jointly learning to align and translate", with an LSTM in place of the GRU. In training all symbols before are known, so
their part of the gates is computed for all steps at once, and the steps run in one loop of the graph.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from week3.machine_translation.course_model import encode
from week3.machine_translation.model import ModelConfig, gates


@keras.saving.register_keras_serializable(package="sequence_models")
class NotPadding(keras.layers.Layer):
    """1 where ids are not padding, 0 where they are: float (m, Tx) for ids (m, Tx)."""

    def __init__(self, padding: int, **options: Any):
        super().__init__(**options)
        self.padding = padding

    def call(self, ids: Any) -> Any:
        """The mask."""
        return ops.cast(ops.not_equal(ids, self.padding), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """The settings, for saved models."""
        return {**super().get_config(), "padding": self.padding}


@keras.saving.register_keras_serializable(package="sequence_models")
class BackwardStart(keras.layers.Layer):
    """What a bidirectional layer's backward direction knows after all of the text: (m, n) of a (m, Tx, 2 n)."""

    def call(self, a: Any) -> Any:
        """Its state at the first character, where it ends."""
        return a[:, 0, a.shape[-1] // 2 :]


@keras.saving.register_keras_serializable(package="sequence_models")
class AttentionDecoder(keras.layers.Layer):
    """An LSTM that looks at the source before each step.

    Call with a (m, Tx, 2 n_a), keys (m, Tx, n_attention), `allowed` (m, Tx), 1 where it may look, the embedded symbols
    before (m, steps, n_embedding), and the first state (m, units). Returns states (m, steps, units), contexts (m,
    steps, 2 n_a) and attention weights (m, steps, Tx).
    """

    def __init__(self, units: int, recurrent_activation: str = "sigmoid", **options: Any):
        super().__init__(**options)
        self.units, self.recurrent_activation = units, recurrent_activation

    def build(self, a_shape: Any, keys_shape: Any, allowed_shape: Any, before_shape: Any, start_shape: Any) -> None:
        """Make the attention's decoder half and the LSTM's weights; the kernel reads the symbol, then the context."""
        units, wide = self.units, 4 * self.units
        self.state_kernel = self.add_weight(name="state_kernel", shape=(units, keys_shape[-1]))
        self.energy_kernel = self.add_weight(name="energy_kernel", shape=(keys_shape[-1], 1))
        self.kernel = self.add_weight(name="kernel", shape=(before_shape[-1] + a_shape[-1], wide))
        self.recurrent_kernel = self.add_weight(name="recurrent_kernel", shape=(units, wide), initializer="orthogonal")
        self.bias = self.add_weight(name="bias", shape=(wide,), initializer=_forget_one)

    def call(self, a: Any, keys: Any, allowed: Any, before: Any, start: Any) -> tuple[Any, Any, Any]:
        """(states, contexts, weights)."""
        symbol_kernel, context_kernel = ops.split(self.kernel, [before.shape[-1]], axis=0)
        gate = keras.activations.get(gates(self.recurrent_activation))
        of_state = ops.concatenate([self.recurrent_kernel, self.state_kernel], axis=1)
        hidden_padding = 1e9 * (1 - allowed)

        def step(carry: Any, of_symbol: Any) -> tuple[Any, Any]:
            s, c, _, _ = carry
            recurrent, query = ops.split(ops.matmul(s, of_state), [4 * self.units], axis=1)
            hidden = ops.tanh(keys + ops.expand_dims(query, 1))
            energies = ops.squeeze(ops.matmul(hidden, self.energy_kernel), -1) - hidden_padding
            weights = ops.softmax(energies, axis=-1)
            context = ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), a), 1)
            i, f, g, o = ops.split(of_symbol + recurrent + ops.matmul(context, context_kernel), 4, axis=1)
            c = gate(f) * c + gate(i) * ops.tanh(g)
            s = gate(o) * ops.tanh(c)
            return (s, c, context, weights), (s, c, context, weights)

        of_symbols = ops.transpose(ops.matmul(before, symbol_kernel) + self.bias, (1, 0, 2))
        nothing = ops.zeros_like(start), ops.zeros_like(a[:, 0]), ops.zeros_like(allowed)
        _, found = ops.scan(step, (start, *nothing), of_symbols)
        states, _, contexts, weights = (ops.transpose(one, (1, 0, 2)) for one in found)
        return states, contexts, weights

    def compute_output_shape(
        self, a_shape: Any, keys_shape: Any, allowed_shape: Any, before_shape: Any, start_shape: Any
    ) -> Any:
        """Shapes of states, contexts and weights."""
        m, steps = before_shape[:2]
        return (m, steps, self.units), (m, steps, a_shape[-1]), (m, steps, a_shape[1])

    def get_config(self) -> dict[str, Any]:
        """The settings, for saved models."""
        return {**super().get_config(), "units": self.units, "recurrent_activation": self.recurrent_activation}


def _forget_one(shape: Any, dtype: Any = None) -> Any:
    """0, and 1 for the forget gate, as Keras begins an LSTM."""
    units = shape[0] // 4
    return ops.concatenate([ops.zeros(units, dtype), ops.ones(units, dtype), ops.zeros(2 * units, dtype)])


def build(config: ModelConfig) -> keras.Model:
    """[source ids (m, Tx), ids of the symbols before (m, steps)] -> probabilities (m, steps, n_target)."""
    inputs, probabilities, _ = _graph(config)
    return keras.Model(inputs, probabilities, name="language_translator")


def build_with_attention(config: ModelConfig) -> keras.Model:
    """The same with the attention weights (m, steps, Tx) as a second output."""
    inputs, probabilities, weights = _graph(config)
    return keras.Model(inputs, [probabilities, weights], name="language_translator_with_attention")


def _graph(config: ModelConfig) -> tuple[Any, Any, Any]:
    source = keras.Input((config.source_length,), dtype="int32", name="source")
    before = keras.Input((None,), dtype="int32", name="symbols_before")
    a, keys = encode(source, config)
    allowed = NotPadding(config.source_padding, name="allowed")(source)
    start = keras.layers.Dense(config.n_s, activation="tanh", name="initial_state")(BackwardStart(name="all_read")(a))
    embedded = keras.layers.Embedding(config.n_target, config.n_embedding, name="target_embedding")(before)
    decoder = AttentionDecoder(config.n_s, config.recurrent_activation, name="decoder")
    states, contexts, weights = decoder(a, keys, allowed, embedded, start)
    output = keras.layers.Dense(config.n_target, activation="softmax", name="output")
    probabilities = output(keras.layers.Concatenate(name="state_and_context")([states, contexts]))
    return [source, before], probabilities, weights
