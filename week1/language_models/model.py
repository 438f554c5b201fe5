"""The language model: its configuration, and as a Keras functional model.

    ids (batch, steps) -> embedding -> dropout -> [recurrent layer -> dropout] x n -> logits (batch, steps, n_vocab)

With tied embeddings the logits are E W h + b with the embedding table E (n_vocab, n_embedding) once more; the
projection W (n_embedding, n_units) is left out where both are equally wide. Source: Press and Wolf 2017, "Using the
output embedding to improve language models". The same parameters run in NumPy (`network.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError

Parameters = dict[str, np.ndarray]
CELLS = ("rnn", "gru", "lstm")
_GATES = {"rnn": 1, "gru": 3, "lstm": 4}
_RECURRENT = ("kernel", "recurrent_kernel", "bias")


@dataclass(frozen=True)
class ModelConfig:
    """Size and kind of the network.

    Attributes:
        n_vocab: number of tokens, the unknown one and the end included.
        cell: "rnn", "gru" or "lstm".
        n_embedding: numbers per token.
        n_units: units of each recurrent layer.
        n_layers: recurrent layers on top of one another.
        dropout: rate after the embedding and after each layer, while training.
        tied: whether the output shares the embedding table.
    """

    n_vocab: int
    cell: str = "lstm"
    n_embedding: int = 96
    n_units: int = 192
    n_layers: int = 1
    dropout: float = 0.3
    tied: bool = True

    def __post_init__(self):
        for name in ("n_vocab", "n_embedding", "n_units", "n_layers"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise InputError(f"{name} is {value!r}; it must be a whole number from 1 upwards")
        if self.cell not in CELLS:
            raise InputError(f"there is no cell {self.cell!r}; choose one of {', '.join(CELLS)}")
        if not 0 <= self.dropout < 1:
            raise InputError(f"the dropout rate is {self.dropout}; give a number from 0 up to, but not, 1")

    @property
    def projected(self) -> bool:
        """Whether a projection stands between the top layer and the tied table."""
        return self.tied and self.n_units != self.n_embedding

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters, laid out as Keras lays them out."""
        shapes: dict[str, tuple[int, ...]] = {"embedding/embeddings": (self.n_vocab, self.n_embedding)}
        width = _GATES[self.cell] * self.n_units
        bias = (2, width) if self.cell == "gru" else (width,)
        for layer in range(1, self.n_layers + 1):
            inputs = self.n_embedding if layer == 1 else self.n_units
            rows = ((inputs, width), (self.n_units, width), bias)
            shapes.update({f"recurrent_{layer}/{part}": shape for part, shape in zip(_RECURRENT, rows, strict=True)})
        if self.projected:
            shapes["projection/kernel"] = (self.n_units, self.n_embedding)
        if not self.tied:
            shapes["logits/kernel"] = (self.n_units, self.n_vocab)
        return shapes | {"logits/bias": (self.n_vocab,)}

    @property
    def n_parameters(self) -> int:
        """Numbers that are learnt."""
        return sum(int(np.prod(shape)) for shape in self.parameter_shapes().values())


def build_model(config: ModelConfig) -> Any:
    """The Keras functional model: ids (batch, steps) int32 -> logits (batch, steps, n_vocab) float32."""
    import keras

    ids = keras.Input((None,), dtype="int32", name="ids")
    embedding = keras.layers.Embedding(
        config.n_vocab, config.n_embedding, embeddings_initializer=_embedding_start(config), name="embedding"
    )
    x = keras.layers.Dropout(config.dropout, name="dropout_0")(embedding(ids))
    cells = {"rnn": keras.layers.SimpleRNN, "gru": keras.layers.GRU, "lstm": keras.layers.LSTM}
    for index in range(1, config.n_layers + 1):
        x = cells[config.cell](config.n_units, return_sequences=True, name=f"recurrent_{index}")(x)
        x = keras.layers.Dropout(config.dropout, name=f"dropout_{index}")(x)
    if config.projected:
        x = keras.layers.Dense(config.n_embedding, use_bias=False, name="projection")(x)
    output = _tied_output(embedding) if config.tied else keras.layers.Dense(config.n_vocab, name="logits")
    return keras.Model(ids, output(x), name="language_model")


def _embedding_start(config: ModelConfig) -> Any:
    """Normal of variance 1 / n_embedding, so that a tied table gives logits of a size that can be learnt from."""
    import keras

    return keras.initializers.RandomNormal(stddev=config.n_embedding**-0.5)


def _tied_output(embedding: Any) -> Any:
    """A layer x E' + b with the table E of `embedding`, which stays that layer's."""
    import keras

    class TiedOutput(keras.layers.Layer):
        """Logits by the embedding table; its only weight of its own is the bias."""

        def build(self, shape: Any) -> None:
            """Make the bias."""
            self.bias = self.add_weight(shape=(embedding.input_dim,), initializer="zeros", name="bias")

        def call(self, x: Any) -> Any:
            """(batch, steps, n_embedding) -> (batch, steps, n_vocab)."""
            return keras.ops.matmul(x, keras.ops.transpose(embedding.embeddings)) + self.bias

        def compute_output_shape(self, shape: Any) -> tuple:
            """The last axis becomes the vocabulary."""
            return (*shape[:-1], embedding.input_dim)

    return TiedOutput(name="logits")
