"""Sampling novel sequences: many sentences at once, token by token, with temperature, top-k and top-p.

The unknown word is never drawn: what stands for any word cannot be written. Source: the lecture "Sampling novel
sequences".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.sampling import index_at, restrict
from common.seeding import make_rng
from week1.language_models.data import plain, tokens_of
from week1.language_models.trained import TrainedModel


@dataclass(frozen=True)
class SampleConfig:
    """How sentences are drawn.

    Attributes:
        temperature: below 1 safer, above 1 wilder; 0 always takes the likeliest token.
        top_k, top_p: keep only so many tokens, or so much probability, before each draw (None: all).
        maximum_length: tokens after which a sentence is cut, its beginning counted.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    maximum_length: int = 200

    def __post_init__(self):
        restrict(np.zeros(2), temperature=self.temperature, top_k=self.top_k, top_p=self.top_p)
        if self.maximum_length < 1:
            raise InputError(f"the longest sentence is {self.maximum_length} tokens; give 1 or more")


def generate(
    model: TrainedModel, config: SampleConfig | None = None, *, start: str = "", count: int = 1, seed: int = 0
) -> list[str]:
    """`count` sentences in plain form that begin with `start`; number i is the same whatever `count` is.

    At word level the start is whole words. Raises InputError where it holds tokens that the model does not know.
    """
    config = config or SampleConfig()
    begin = _begin(model, start)
    rngs = [make_rng(seed, "sample", index) for index in range(count)]
    drawn = _draw(model, begin, config, rngs)
    separator = "" if model.level == "character" else " "
    return [separator.join(model.vocabulary.decode(ids)) for ids in drawn]


def _begin(model: TrainedModel, start: str) -> np.ndarray:
    tokens = tokens_of(plain(start), model.level) if plain(start) else []
    if tokens and model.level == "character" and start.endswith(" "):
        tokens.append(" ")
    unknown = [token for token in tokens if token not in model.vocabulary]
    if unknown:
        raise InputError(f"the start holds {unknown[0]!r}, which the model does not know; begin with something else")
    return model.vocabulary.encode(tokens)


def _draw(
    model: TrainedModel, begin: np.ndarray, config: SampleConfig, rngs: list[np.random.Generator]
) -> list[list[int]]:
    """The ids of every text, the beginning included, the end left out."""
    network, vocabulary, count = model.network(), model.vocabulary, len(rngs)
    texts = [begin.tolist() for _ in rngs]
    states = network.initial_state(count)
    for identifier in (vocabulary.end_id, *begin):
        scores, states = network.step(np.full(count, identifier), states)
    running = np.full(count, len(begin) < config.maximum_length)
    while running.any():
        scores[:, vocabulary.unknown_id] = -np.inf
        kept = restrict(scores, temperature=config.temperature, top_k=config.top_k, top_p=config.top_p)
        if config.temperature == 0:
            ids = np.argmax(kept, axis=-1)
        else:
            ids = index_at(kept, np.array([rng.random() for rng in rngs]))
        running &= ids != vocabulary.end_id
        for index in np.flatnonzero(running):
            texts[index].append(int(ids[index]))
            running[index] = len(texts[index]) < config.maximum_length
        scores, states = network.step(ids, states)
    return texts
