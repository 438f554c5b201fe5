"""The networks: their sizes, the shapes of their parameters, and the part before the decoders as a Keras model.

    log-mel frames (frames, 40) -> convolution, strided, ReLU -> [recurrent layer in both directions] x n -> h

"ctc" gives each h logits of the symbols. "attention" has the same, and a decoder that writes the text symbol by symbol,
looking at all h (`attention.py`). Parameters are laid out as Keras lays them out; the networks that are trained and
used are those of `network.py` and `attention.py`, in NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError
from week3.speech_recognition.alphabet import SYMBOLS

Parameters = dict[str, np.ndarray]
KINDS = ("ctc", "attention")
DIRECTIONS = ("forward", "backward")
_RECURRENT = ("kernel", "recurrent_kernel", "bias")


@dataclass(frozen=True)
class ModelConfig:
    """Kind and sizes of a network.

    Attributes:
        kind: "ctc" or "attention".
        n_features: numbers in a frame.
        kernel_size, stride: of the convolution, in frames.
        n_filters: of the convolution.
        n_units: of each recurrent layer, in each direction.
        n_layers: recurrent layers on top of one another.
        dropout: rate after the convolution and after each recurrent layer, while training.
        n_embedding: numbers for a symbol that the decoder has written.
        n_decoder: units of the decoder.
        n_attention: width of the layer that says how well a place fits.
        n_location, location_size: filters over where attention has been, and their width in places.
    """

    kind: str = "ctc"
    n_features: int = 40
    kernel_size: int = 7
    stride: int = 3
    n_filters: int = 96
    n_units: int = 96
    n_layers: int = 2
    dropout: float = 0.2
    n_embedding: int = 32
    n_decoder: int = 96
    n_attention: int = 64
    n_location: int = 8
    location_size: int = 31

    def __post_init__(self):
        if self.kind not in KINDS:
            raise InputError(f"there is no network {self.kind!r}; choose one of {', '.join(KINDS)}")
        for name, value in vars(self).items():
            if name in ("kind", "dropout"):
                continue
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise InputError(f"{name} is {value!r}; it must be a whole number from 1 upwards")
        if self.location_size % 2 == 0:
            raise InputError(f"location_size is {self.location_size}; it must be odd, to look as far either way")
        if not 0 <= self.dropout < 1:
            raise InputError(f"the dropout rate is {self.dropout}; give a number from 0 up to, but not, 1")

    @property
    def n_encoded(self) -> int:
        """Numbers that the encoder gives for each place."""
        return 2 * self.n_units

    def places(self, frames: np.ndarray | int) -> np.ndarray | int:
        """How many places (CTC's frames) the convolution makes of so many frames; 0 or less where there are too few."""
        return (frames - self.kernel_size) // self.stride + 1

    def frames_for(self, places: int) -> int:
        """The fewest frames that give so many places."""
        return (places - 1) * self.stride + self.kernel_size

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of all parameters."""
        return self.encoder_shapes() | (self.decoder_shapes() if self.kind == "attention" else {})

    def encoder_shapes(self) -> dict[str, tuple[int, ...]]:
        """Of the encoder, and of the logits on it."""
        shapes: dict[str, tuple[int, ...]] = {
            "convolution/kernel": (self.kernel_size, self.n_features, self.n_filters),
            "convolution/bias": (self.n_filters,),
        }
        width = 3 * self.n_units
        for layer in range(1, self.n_layers + 1):
            inputs = self.n_filters if layer == 1 else self.n_encoded
            rows = ((inputs, width), (self.n_units, width), (2, width))
            for direction in DIRECTIONS:
                for part, shape in zip(_RECURRENT, rows, strict=True):
                    shapes[f"recurrent_{layer}/{direction}_{part}"] = shape
        return shapes | {"symbols/kernel": (self.n_encoded, len(SYMBOLS)), "symbols/bias": (len(SYMBOLS),)}

    def decoder_shapes(self) -> dict[str, tuple[int, ...]]:
        """Of the decoder with attention."""
        width = 3 * self.n_decoder
        return {
            "embedding/embeddings": (len(SYMBOLS), self.n_embedding),
            "decoder/kernel": (self.n_embedding + self.n_encoded, width),
            "decoder/recurrent_kernel": (self.n_decoder, width),
            "decoder/bias": (2, width),
            "attention/query": (self.n_decoder, self.n_attention),
            "attention/keys": (self.n_encoded, self.n_attention),
            "attention/bias": (self.n_attention,),
            "attention/filters": (self.location_size, self.n_location),
            "attention/location": (self.n_location, self.n_attention),
            "attention/score": (self.n_attention,),
            "output/kernel": (self.n_decoder + self.n_encoded, len(SYMBOLS)),
            "output/bias": (len(SYMBOLS),),
        }

    @property
    def n_parameters(self) -> int:
        """Numbers that are learnt."""
        return sum(int(np.prod(shape)) for shape in self.parameter_shapes().values())


def build_model(config: ModelConfig) -> Any:
    """The encoder with its logits as a Keras model: (batch, frames, features) -> (batch, places, symbols)."""
    import keras

    features = keras.Input((None, config.n_features), name="features")
    x = keras.layers.Conv1D(
        config.n_filters, config.kernel_size, strides=config.stride, activation="relu", name="convolution"
    )(features)
    x = keras.layers.Dropout(config.dropout, name="dropout_0")(x)
    for layer in range(1, config.n_layers + 1):
        both = keras.layers.Bidirectional(
            keras.layers.GRU(config.n_units, return_sequences=True), name=f"recurrent_{layer}"
        )
        x = keras.layers.Dropout(config.dropout, name=f"dropout_{layer}")(both(x))
    return keras.Model(features, keras.layers.Dense(len(SYMBOLS), name="symbols")(x), name="speech_encoder")
