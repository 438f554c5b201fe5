"""The tagger: its configuration, and as a Keras functional model.

    word id -> embedding ------------------------+
    characters -> embedding -> 3-wide convolution +-> dropout -> GRU, forwards or both ways -> dropout -> logits of tags
                -> relu -> maximum over the word -+

"both" reads with `n_units` in each direction, "forward" with twice as many in one, so that a tag is decided from as
many numbers (the one-directional network then has more parameters, not fewer). The same parameters run in NumPy
(`network.py`). Sources: Schuster and Paliwal 1997, "Bidirectional recurrent neural networks"; Ma and Hovy 2016,
"End-to-end sequence labeling via bi-directional LSTM-CNNs-CRF" (without the CRF).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError

DIRECTIONS = ("both", "forward")
Parameters = dict[str, np.ndarray]
_GRU = ("kernel", "recurrent_kernel", "bias")


@dataclass(frozen=True)
class TaggerConfig:
    """Size and direction of the network.

    Attributes:
        n_words, n_characters, n_tags: sizes of the vocabularies, padding included.
        direction: "both" or "forward".
        n_units: of the GRU in each direction.
        n_embedding: numbers per word.
        n_character_embedding: numbers per character.
        n_filters: numbers that the convolution makes of a word's characters.
        dropout: rate before and after the GRU, while training.
    """

    n_words: int
    n_characters: int
    n_tags: int
    direction: str = "both"
    n_units: int = 32
    n_embedding: int = 32
    n_character_embedding: int = 12
    n_filters: int = 24
    dropout: float = 0.3

    def __post_init__(self):
        if self.direction not in DIRECTIONS:
            raise InputError(f"there is no direction {self.direction!r}; choose one of {', '.join(DIRECTIONS)}")
        if not 0 <= self.dropout < 1:
            raise InputError(f"the dropout rate is {self.dropout}; give a number from 0 up to, but not, 1")

    @property
    def readers(self) -> dict[str, int]:
        """The GRUs by name, with their units."""
        if self.direction == "both":
            return {"forward": self.n_units, "backward": self.n_units}
        return {"forward": 2 * self.n_units}

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters, laid out as Keras lays them out."""
        inputs = self.n_embedding + self.n_filters
        shapes: dict[str, tuple[int, ...]] = {
            "words/embeddings": (self.n_words, self.n_embedding),
            "characters/embeddings": (self.n_characters, self.n_character_embedding),
            "convolution/kernel": (1, 3, self.n_character_embedding, self.n_filters),
            "convolution/bias": (self.n_filters,),
        }
        for name, units in self.readers.items():
            rows = ((inputs, 3 * units), (units, 3 * units), (2, 3 * units))
            shapes |= {f"{name}/{part}": shape for part, shape in zip(_GRU, rows, strict=True)}
        return shapes | {"tags/kernel": (2 * self.n_units, self.n_tags), "tags/bias": (self.n_tags,)}

    @property
    def n_parameters(self) -> int:
        """Numbers that are learnt."""
        return sum(int(np.prod(shape)) for shape in self.parameter_shapes().values())


def build_model(config: TaggerConfig) -> Any:
    """The Keras functional model: [words (batch, steps), characters (batch, steps, length)] -> logits of the tags."""
    import keras

    layers, ops = keras.layers, keras.ops
    words = keras.Input((None,), dtype="int32", name="word_ids")
    characters = keras.Input((None, None), dtype="int32", name="character_ids")
    there = ops.expand_dims(ops.cast(ops.not_equal(characters, 0), "float32"), -1)
    x = layers.Embedding(config.n_characters, config.n_character_embedding, name="characters")(characters) * there
    x = layers.Conv2D(config.n_filters, (1, 3), padding="same", activation="relu", name="convolution")(x) * there
    x = ops.concatenate(
        [layers.Embedding(config.n_words, config.n_embedding, name="words")(words), ops.max(x, axis=2)], axis=-1
    )
    x = layers.Dropout(config.dropout, name="dropout_in")(x)
    mask = ops.not_equal(words, 0)
    read = [
        layers.GRU(units, return_sequences=True, go_backwards=name == "backward", name=name)(x, mask=mask)
        for name, units in config.readers.items()
    ]
    if config.direction == "both":
        read = [ops.concatenate([read[0], ops.flip(read[1], axis=1)], axis=-1)]
    x = layers.Dropout(config.dropout, name="dropout_out")(read[0])
    return keras.Model([words, characters], layers.Dense(config.n_tags, name="tags")(x), name="name_tagger")
