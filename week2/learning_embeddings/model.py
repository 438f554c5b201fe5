"""The neural language model over a fixed window: which word is it, given the words around it?

    context ids (inputs,) -> embedding E, a row for each -> all rows in one vector e
    h = tanh(H e + d),   scores = U h + b,   p(word | context) = softmax(scores)

The rows of E are the word vectors; one more row stands for the places beyond the ends of a line. The direct connections
from e to the scores, an option in the paper, are left out.

Source: Bengio, Ducharme, Vincent and Jauvin, "A neural probabilistic language model", 2003, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.errors import InputError

MOST_WORDS = 20_000


@dataclass(frozen=True)
class ModelConfig:
    """Size of the network.

    Attributes:
        words: of the vocabulary, which the softmax runs over.
        inputs: words of a context.
        dimensions: numbers in a vector.
        hidden: units of the tanh layer.
    """

    words: int
    inputs: int = 4
    dimensions: int = 50
    hidden: int = 64

    def __post_init__(self):
        for name in ("words", "inputs", "dimensions", "hidden"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.words > MOST_WORDS:
            raise InputError(
                f"the vocabulary has {self.words} words, and this model computes a probability for each of them every "
                f"time; keep {MOST_WORDS} with --max-words, raise --min-count, or choose another algorithm"
            )

    @property
    def beyond(self) -> int:
        """The id of a place beyond the end of a line."""
        return self.words


def build_model(config: ModelConfig) -> Any:
    """The Keras functional model: context ids (batch, inputs) int32 -> scores before softmax (batch, words) float32."""
    import keras

    embedding = keras.layers.Embedding(config.words + 1, config.dimensions, name="embedding")
    flatten = keras.layers.Flatten(name="flatten")
    hidden = keras.layers.Dense(config.hidden, activation="tanh", name="hidden")
    scores = keras.layers.Dense(config.words, name="scores")

    context = keras.Input((config.inputs,), dtype="int32", name="context")
    return keras.Model(context, scores(hidden(flatten(embedding(context)))), name="window_model")
