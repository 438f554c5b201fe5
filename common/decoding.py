"""Decoding with a step function, many sentences at once: the protocol, greedy search, scoring; no model inside.

    step(state, tokens) -> (log_probabilities, new_state)  or  (log_probabilities, new_state, attention)

`tokens` int64 (rows,) are the last tokens of `rows` beginnings, `state` is whatever the model needs to go on from them:
an array, or dictionaries, lists and tuples of arrays, one row a beginning along the first axis. `log_probabilities`
(rows, vocabulary) are nats, -inf for what must not follow; `attention` (rows, source positions) are weights that sum to
1. Rows of several sentences, and several of one sentence, come in one call; where the model looks at something that
belongs to the sentence, its state holds the sentence's number.

Beam search over the same function is in `beam_search.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError

Step = Callable[[Any, np.ndarray], tuple]
"""The model, as described above."""


@dataclass(frozen=True)
class Hypothesis:
    """One result.

    Attributes:
        tokens: ids, without the end token.
        log_probability: nats, that of the end token included.
        score: what it was ranked by.
        ended: False where it was cut at the maximum length.
        attention: (tokens, source positions), the end token's row included; or None.
    """

    tokens: tuple[int, ...]
    log_probability: float
    score: float
    ended: bool
    attention: np.ndarray | None = None


@dataclass(frozen=True)
class Decoded:
    """The results of many sentences, best first.

    Attributes:
        tokens: int64 (sentences, n_best, longest), the end token and what comes after it filled with end tokens.
        lengths: int64 (sentences, n_best), of the hypotheses with their end tokens.
        log_probabilities, scores: float64 (sentences, n_best); -inf where there are fewer than `n_best` hypotheses.
        ended: bool (sentences, n_best).
        attentions: (sentences, n_best, longest, source positions), 0 beyond the length; None where not asked for.
        steps: how often the step function was called.
    """

    tokens: np.ndarray
    lengths: np.ndarray
    log_probabilities: np.ndarray
    scores: np.ndarray
    ended: np.ndarray
    attentions: np.ndarray | None
    steps: int

    def hypotheses(self, sentence: int) -> list[Hypothesis]:
        """The hypotheses of a sentence, best first."""
        found = []
        for place in np.flatnonzero(self.scores[sentence] > -np.inf):
            at = (sentence, place)
            length, ended = int(self.lengths[at]), bool(self.ended[at])
            attention = None if self.attentions is None else self.attentions[at][:length]
            tokens = tuple(self.tokens[at][: length - ended].tolist())
            found.append(
                Hypothesis(tokens, float(self.log_probabilities[at]), float(self.scores[at]), ended, attention)
            )
        return found


def greedy(
    step: Step, state: Any, *, begin: int, end: int, maximum_length: int = 100, keep_attention: bool = False
) -> Decoded:
    """The likeliest token at every step, as `beam_search` gives it with width 1 and no penalties."""
    check_whole(maximum_length, "the maximum length")
    count = rows_of(state)
    here, tokens = np.arange(count), np.full(count, begin, dtype=np.int64)
    chosen = np.full((count, maximum_length), end, dtype=np.int64)
    total, lengths, ended = np.zeros(count), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    attentions: list[np.ndarray] = []
    while len(here) and (steps := int(lengths.max(initial=0))) < maximum_length:
        log_p, state, attention = call_step(step, state, tokens, needed=keep_attention)
        tokens = log_p.argmax(axis=-1)
        chosen[here, steps] = tokens
        total[here] += np.take_along_axis(log_p, tokens[:, np.newaxis], axis=-1)[:, 0]
        lengths[here] += 1
        ended[here] = tokens == end
        if keep_attention:
            attentions.append(_spread(attention, here, count))
        on = np.flatnonzero(tokens != end)
        here, tokens, state = here[on], tokens[on], take_rows(state, on)
    check_found(total)
    steps = int(lengths.max(initial=0))
    return Decoded(
        tokens=chosen[:, np.newaxis, :steps],
        lengths=lengths[:, np.newaxis],
        log_probabilities=total[:, np.newaxis],
        scores=total[:, np.newaxis],
        ended=ended[:, np.newaxis],
        attentions=np.stack(attentions, axis=1)[:, np.newaxis] if attentions else None,
        steps=steps,
    )


def score_tokens(step: Step, state: Any, tokens: np.ndarray, lengths: np.ndarray, *, begin: int) -> np.ndarray:
    """Log-probabilities (nats, float64 (sentences,)) that the model gives to hypotheses, one a sentence.

    Args:
        step, state, begin: as for `beam_search`.
        tokens: ids (sentences, longest), each hypothesis with its end token; what stands beyond it is not looked at.
        lengths: (sentences,), of the hypotheses with their end tokens.
    """
    tokens, lengths = np.asarray(tokens), np.asarray(lengths)
    here = np.arange(len(tokens))
    last, total = np.full(len(tokens), begin, dtype=np.int64), np.zeros(len(tokens))
    for place in range(int(lengths.max(initial=0))):
        on = np.flatnonzero(lengths[here] > place)
        here, last, state = here[on], last[on], take_rows(state, on)
        log_p, state, _ = call_step(step, state, last, needed=False)
        last = tokens[here, place].astype(np.int64)
        total[here] += log_p[np.arange(len(here)), last]
    return total


def rows_of(state: Any) -> int:
    """How many rows a state has."""
    while not hasattr(state, "shape"):
        parts = list(state.values() if isinstance(state, dict) else state)
        if not parts:
            raise InputError("the state is empty; it must hold an array with one row a sentence")
        state = parts[0]
    return int(state.shape[0])


def take_rows(state: Any, rows: np.ndarray) -> Any:
    """The state with the rows of these numbers, in their order; the same object where those are all rows in order."""
    count = rows_of(state)
    if len(rows) == count and np.array_equal(rows, np.arange(count)):
        return state
    return _take(state, rows)


def _take(state: Any, rows: np.ndarray) -> Any:
    if isinstance(state, dict):
        return {name: _take(part, rows) for name, part in state.items()}
    if isinstance(state, (list, tuple)):
        parts = [_take(part, rows) for part in state]
        return type(state)(*parts) if hasattr(state, "_fields") else type(state)(parts)
    return state[rows]


def call_step(step: Step, state: Any, tokens: np.ndarray, *, needed: bool) -> tuple[np.ndarray, Any, np.ndarray | None]:
    """The step's answer, checked."""
    log_p, state, *more = step(state, tokens)
    log_p = np.asarray(log_p)
    if log_p.ndim != 2 or len(log_p) != len(tokens):
        raise InputError(
            f"the step function gave log-probabilities of shape {log_p.shape} for {len(tokens)} rows; they must be "
            "(rows, vocabulary)"
        )
    if np.isnan(log_p).any():
        raise InputError("the step function gave NaN; check the model and its weights")
    if needed and not more:
        raise InputError("attention is asked for, but the step function gives none; let it return three values")
    return log_p, state, np.asarray(more[0]) if more else None


def check_whole(value: Any, what: str) -> None:
    """Raise InputError where `value`, called `what`, is no whole number from 1 upwards."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise InputError(f"{what} is {value!r}; give a whole number from 1 upwards")


def check_found(scores: np.ndarray) -> None:
    """Raise InputError where the best score of some sentence is -inf: nothing was found for it."""
    lost = np.flatnonzero(np.isneginf(scores))
    if len(lost):
        raise InputError(
            f"for sentence {lost[0]} no token is possible after what is kept; widen the beam, or let the step function "
            "allow more tokens"
        )


def _spread(values: np.ndarray, here: np.ndarray, count: int) -> np.ndarray:
    """Rows `values` put at the places `here` of `count` rows, 0 elsewhere."""
    out = np.zeros((count, *values.shape[1:]), values.dtype)
    out[here] = values
    return out
