"""Version 2, recurrent layers over word vectors: its configuration, and as a Keras functional model.

    ids (window,) -> embedding -> LSTM -> dropout -> LSTM -> dropout -> dense -> softmax: p(class)

Id 0 is padding. With `masking` a step of padding leaves the states as they are; without it, as in the course, the LSTMs
read zeros there, and what they make of a sentence depends on how much padding it has. The embedding is frozen unless
the vectors are learnt along. The same parameters run in NumPy (`network.py`), where predicting needs no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError
from common.recurrent import recurrent_layer

Parameters = dict[str, np.ndarray]
CELLS = ("lstm", "gru")
PADDINGS = ("post", "pre")
_RECURRENT = ("kernel", "recurrent_kernel", "bias")
_DENSE = ("kernel", "bias")


@dataclass(frozen=True)
class ModelConfig:
    """Size and kind of the network.

    Attributes:
        n_classes: to choose from.
        n_inputs: numbers of a word vector.
        window: the most words of a sentence that the network reads.
        n_units: units of each recurrent layer (and direction).
        n_layers: recurrent layers on top of one another.
        cell: "lstm" or "gru".
        bidirectional: whether each layer also reads from the end to the beginning.
        dropout: rate after each recurrent layer, while training.
        input_dropout: rate at which numbers of the word vectors are left out, the same ones in all words of a sentence.
        word_dropout: rate at which whole words are.
        recurrent_dropout: rate in what the recurrent layers hand from step to step.
        masking: whether padding does not count.
        padding: "post", after the sentence, as the course has it, or "pre", before it.
        learn_vectors: whether the word vectors are learnt along; needs masking.
    """

    n_classes: int = 5
    n_inputs: int = 50
    window: int = 10
    n_units: int = 128
    n_layers: int = 2
    cell: str = "lstm"
    bidirectional: bool = False
    dropout: float = 0.3
    input_dropout: float = 0.3
    word_dropout: float = 0.2
    recurrent_dropout: float = 0.1
    masking: bool = True
    padding: str = "post"
    learn_vectors: bool = False

    def __post_init__(self):
        for name in ("n_classes", "n_inputs", "window", "n_units", "n_layers"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)!r}; it must be a whole number from 1 upwards")
        for name in ("dropout", "input_dropout", "word_dropout", "recurrent_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; give a number from 0 up to, but not, 1")
        for name, known in (("cell", CELLS), ("padding", PADDINGS)):
            if getattr(self, name) not in known:
                raise InputError(f"there is no {name} {getattr(self, name)!r}; choose one of {', '.join(known)}")
        if self.learn_vectors and not self.masking:
            raise InputError("word vectors are learnt along only where padding does not count; leave masking on")

    @property
    def width(self) -> int:
        """Numbers that a recurrent layer hands on."""
        return self.n_units * (2 if self.bidirectional else 1)

    def recurrent_names(self) -> Iterator[tuple[str, int]]:
        """(name, numbers that it reads) of every recurrent layer, a name for each direction."""
        for layer in range(1, self.n_layers + 1):
            inputs = self.n_inputs if layer == 1 else self.width
            for direction in ("forward", "backward")[: 2 if self.bidirectional else 1]:
                yield f"{self.cell}_{layer}" + (f"/{direction}" if self.bidirectional else ""), inputs

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters, laid out as Keras lays them out; the embedding is not among them."""
        shapes: dict[str, tuple[int, ...]] = {}
        for name, inputs in self.recurrent_names():
            layer = recurrent_layer(self.cell, inputs, self.n_units)
            shapes.update({f"{name}/{part}": shape for part, shape in layer.parameter_shapes().items()})
        return shapes | {"dense/kernel": (self.width, self.n_classes), "dense/bias": (self.n_classes,)}


def build_model(config: ModelConfig, table: np.ndarray) -> Any:
    """The Keras functional model: ids (batch, window) int32 -> probabilities (batch, n_classes) float32.

    Args:
        config: of the network.
        table: the vectors of ids 0, 1, ..., (ids, n_inputs); row 0, padding, is zeros. Training leaves it alone unless
            the vectors are learnt along.
    """
    import keras

    embedding = keras.layers.Embedding(
        *table.shape,
        mask_zero=config.masking,
        trainable=config.learn_vectors,
        weights=[np.asarray(table, np.float32)],
        name="embedding",
    )
    dense = keras.layers.Dense(config.n_classes, name="dense")

    ids = keras.Input((config.window,), dtype="int32", name="ids")
    x = embedding(ids)
    if config.word_dropout:
        x = keras.layers.Dropout(config.word_dropout, noise_shape=(None, config.window, 1), name="word_dropout")(x)
    if config.input_dropout:
        x = keras.layers.SpatialDropout1D(config.input_dropout, name="input_dropout")(x)
    for layer in range(1, config.n_layers + 1):
        x = _recurrent(config, layer)(x)
        x = keras.layers.Dropout(config.dropout, name=f"dropout_{layer}")(x)
    return keras.Model(ids, keras.layers.Activation("softmax", name="softmax")(dense(x)), name="sentence_classifier")


def _recurrent(config: ModelConfig, layer: int) -> Any:
    import keras

    kind = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[config.cell]
    name = f"{config.cell}_{layer}"
    options = {"return_sequences": layer < config.n_layers, "recurrent_dropout": config.recurrent_dropout}
    if not config.bidirectional:
        return kind(config.n_units, name=name, **options)
    return keras.layers.Bidirectional(kind(config.n_units, **options), name=name)


def to_keras(model: Any, config: ModelConfig, parameters: Mapping[str, np.ndarray]) -> None:
    """Put parameters into a model that `build_model` made."""
    for layer, names in _layers(model, config):
        layer.set_weights([parameters[name] for name in names])


def from_keras(model: Any, config: ModelConfig) -> Parameters:
    """The parameters of a model that `build_model` made, float32."""
    parameters: Parameters = {}
    for layer, names in _layers(model, config):
        parameters.update(zip(names, layer.get_weights(), strict=True))
    return parameters


def learnt_vectors(model: Any) -> np.ndarray:
    """The embedding of a model that `build_model` made, without padding's row: float32 (words, n_inputs)."""
    return model.get_layer("embedding").get_weights()[0][1:]


def _layers(model: Any, config: ModelConfig) -> Iterator[tuple[Any, list[str]]]:
    """Layers with parameters that are learnt, each with our names of its weights in its order."""
    names = list(config.parameter_shapes())
    for layer in model.layers:
        own = [name for name in names if name.split("/")[0] == layer.name]
        if own:
            yield layer, own
