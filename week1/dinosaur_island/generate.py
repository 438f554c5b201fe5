"""Sampling names from a trained model: many at once; prefix, temperature, top-k, top-p; distinct if wanted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.sampling import draw
from week1.dinosaur_island.ensemble import Ensemble

_MOST_ROUNDS = 50


@dataclass(frozen=True)
class SampleConfig:
    """How names are drawn.

    Attributes:
        temperature: below 1 safer, above 1 wilder; 0 always takes the likeliest character.
        top_k, top_p: keep only so many characters, or so much probability, before each draw (None: all).
        prefix: what every name begins with.
        max_length: characters after which a name is cut.
        distinct: no name twice.
        new_only: leave out names that `known` holds.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    prefix: str = ""
    max_length: int = 40
    distinct: bool = True
    new_only: bool = False


@dataclass(frozen=True)
class Name:
    """A drawn name, lower-case; its log-probability under the model at temperature 1 (nats); whether it is known."""

    text: str
    log_probability: float
    known: bool


def generate(
    ensemble: Ensemble, count: int, config: SampleConfig, rng: np.random.Generator, *, known: Collection[str] = ()
) -> list[Name]:
    """At most `count` names in the order drawn; fewer where no further distinct or new ones come in 50 rounds.

    Raises InputError where the prefix holds a character that the model never saw, or leaves no room for a name.
    """
    prefix = config.prefix.lower()
    _check_prefix(ensemble, prefix, config.max_length)
    found: dict[str, None] | list[str] = {} if config.distinct else []
    for _ in range(_MOST_ROUNDS):
        for text in _draw(ensemble, count, prefix, config, rng):
            if len(found) < count and text != "" and not (config.new_only and text in known):
                found.setdefault(text) if isinstance(found, dict) else found.append(text)
        if len(found) >= count or config.temperature == 0:
            break
    names = list(found)
    if not names:
        return []
    scores = ensemble.name_log_probabilities(names)
    return [Name(text, float(score), text in known) for text, score in zip(names, scores, strict=True)]


def _check_prefix(ensemble: Ensemble, prefix: str, max_length: int) -> None:
    unseen = [character for character in prefix if character not in ensemble.vocabulary or character == "\n"]
    if unseen:
        characters = "".join(token for token in ensemble.vocabulary if token != "\n")
        raise InputError(
            f"the prefix {prefix!r} holds {unseen[0]!r}, which the model never saw; it knows these: {characters}"
        )
    if len(prefix) >= max_length:
        raise InputError(f"the prefix {prefix!r} leaves no room within {max_length} characters; give a shorter one")


def _draw(ensemble: Ensemble, count: int, prefix: str, config: SampleConfig, rng: np.random.Generator) -> list[str]:
    """One round of `count` names; a name that reaches the limit is cut there."""
    end = ensemble.vocabulary.end_id
    states = ensemble.initial_state(count)
    fed = [end, *ensemble.vocabulary.encode(prefix)]
    for identifier in fed:
        scores, states = ensemble.step(np.full(count, identifier), states)
    rows = [np.full((count, 0), end)] if not prefix else [np.tile(fed[1:], (count, 1))]
    running = np.ones(count, bool)
    for _ in range(config.max_length - len(prefix)):
        ids = draw(scores, rng, temperature=config.temperature, top_k=config.top_k, top_p=config.top_p)
        ids = np.where(running, ids, end)
        rows.append(ids[:, np.newaxis])
        running &= ids != end
        if not running.any():
            break
        scores, states = ensemble.step(ids, states)
    return [ensemble.vocabulary.text(row) for row in np.concatenate(rows, axis=1)]
