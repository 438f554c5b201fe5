"""Beam search over a step function (`decoding.py` says what that is), many sentences at once; no model inside.

At every step the `width` likeliest of all continuations of a sentence are kept. Those that end leave the beam with a
score, the others go on. A hypothesis Y of n tokens, its end token included, scores

    log P(Y) / norm(n) + beta sum_i log min(sum_t attention_ti, 1)
    norm(n) = ((5 + n) / 6)^alpha ("gnmt") or n^alpha ("power")

with alpha the length penalty and beta the coverage penalty over source positions i. Source: Wu et al. 2016, "Google's
neural machine translation system", section 7, equation 14.

Early stopping loses nothing: an unfinished beginning of log-probability L can only become less likely, norm grows with
n, and the coverage term is at most 0, so nothing that grows from it scores more than L / norm(maximum length). A
sentence is done when as many hypotheses as are wanted have ended with at least that score for its best beginning.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.decoding import Decoded, Step, call_step, check_found, check_whole, rows_of, take_rows
from common.errors import InputError

NORMALIZATIONS = ("gnmt", "power")


@dataclass(frozen=True)
class BeamConfig:
    """How to search.

    Attributes:
        width: continuations of a sentence that are kept at each step; 1 is greedy search.
        n_best: hypotheses of a sentence to return, at most `width`.
        maximum_length: of a hypothesis, its end token included; what is not finished then is cut, and ranks behind
            everything that is.
        length_penalty: alpha; 0 scores by log-probability alone, which favours short ones.
        normalization: "gnmt" or "power".
        coverage_penalty: beta; 0 for none.
        early_stopping: end a sentence as soon as nothing better can come; the result is the same without.
    """

    width: int = 5
    n_best: int = 1
    maximum_length: int = 100
    length_penalty: float = 0.0
    normalization: str = "gnmt"
    coverage_penalty: float = 0.0
    early_stopping: bool = True

    def __post_init__(self):
        check_whole(self.width, "the beam width")
        check_whole(self.n_best, "n-best")
        check_whole(self.maximum_length, "the maximum length")
        if self.n_best > self.width:
            raise InputError(f"{self.n_best} hypotheses are wanted of a beam of {self.width}; widen the beam")
        for name in ("length_penalty", "coverage_penalty"):
            if not 0 <= getattr(self, name) < math.inf:
                raise InputError(f"the {name.replace('_', ' ')} is {getattr(self, name)}; give a number from 0 upwards")
        if self.normalization not in NORMALIZATIONS:
            raise InputError(
                f"there is no normalization {self.normalization!r}; choose one of {', '.join(NORMALIZATIONS)}"
            )

    def norm(self, lengths: np.ndarray | int) -> np.ndarray | float:
        """What a log-probability is divided by, of hypotheses of `lengths` tokens, end token included."""
        base = (5 + np.asarray(lengths)) / 6 if self.normalization == "gnmt" else np.asarray(lengths, np.float64)
        return base**self.length_penalty

    def score(self, log_probabilities: np.ndarray, lengths: np.ndarray | int) -> np.ndarray:
        """Scores without the coverage term."""
        return np.asarray(log_probabilities) / self.norm(lengths)


def beam_search(
    step: Step,
    state: Any,
    *,
    begin: int,
    end: int,
    config: BeamConfig | None = None,
    source_mask: np.ndarray | None = None,
    keep_attention: bool = False,
) -> Decoded:
    """The best hypotheses of every sentence.

    Args:
        step: the model.
        state: before the first token, one row a sentence.
        begin: the token that stands before the first one.
        end: the token that ends a hypothesis.
        config: width, penalties, lengths.
        source_mask: bool (sentences, source positions), False at padding, which the coverage term leaves out.
        keep_attention: return the attention weights too.

    Raises:
        InputError: NaN log-probabilities, or no possible token; attention wanted that the step does not give.
    """
    search = _Search(config or BeamConfig(), end, rows_of(state), source_mask, keep_attention)
    tokens = np.full(search.count, begin, dtype=np.int64)
    while len(tokens):
        log_p, state, attention = call_step(step, state, tokens, needed=search.wants_attention)
        rows, tokens = search.advance(log_p, attention)
        state = take_rows(state, rows)
    return search.result()


class _Search:
    """The beams of all sentences under way, what has ended, and the way back from there.

    A beam has `width` slots. Rows are the slots in use, ordered by sentence and slot: `sentences`, `slots`, `totals`
    (log-probabilities) and `coverage` have one entry a row.
    """

    def __init__(self, config: BeamConfig, end: int, count: int, source_mask: np.ndarray | None, keep_attention: bool):
        self.config, self.end, self.count = config, end, count
        self.source_mask, self.keep_attention = source_mask, keep_attention
        self.wants_attention = keep_attention or config.coverage_penalty > 0
        self.sentences, self.slots = np.arange(count), np.zeros(count, dtype=np.int64)
        self.totals, self.coverage = np.zeros(count), None
        self.length = 0
        # The way back, by step, each (count, width): the slot before, the token, and the attention that chose it.
        self.parents: list[np.ndarray] = []
        self.tokens: list[np.ndarray] = []
        self.attentions: list[np.ndarray] = []
        # What has ended, (count, n_best), best first: score, log-probability, length, slot at that step, end token?
        best = (count, config.n_best)
        self.best = {
            "scores": np.full(best, -np.inf),
            "log_probabilities": np.full(best, -np.inf),
            "lengths": np.zeros(best, dtype=np.int64),
            "slots": np.zeros(best, dtype=np.int64),
            "ended": np.zeros(best, dtype=bool),
        }

    def advance(self, log_p: np.ndarray, attention: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """Take in a step's answer; which of its rows go on (some several times), and with which tokens."""
        self.length += 1
        active, parents, tokens, totals = self._choose(log_p)
        rows = self._row_of(active)[np.arange(len(active))[:, np.newaxis], parents]
        self._remember(active, parents, tokens, rows, attention)
        coverage = self._cover(rows, attention)
        possible = totals > -np.inf
        ends = possible & ((tokens == self.end) | (self.length == self.config.maximum_length))
        self._finish(active, ends, tokens, totals, coverage)
        on = possible & ~ends & ~self._done(active, np.where(ends, -np.inf, totals))[:, np.newaxis]
        index, self.slots = np.nonzero(on)
        self.sentences, self.totals = active[index], totals[on]
        self.coverage = None if coverage is None else coverage[on]
        return rows[on], tokens[on]

    def _choose(self, log_p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The likeliest continuations: sentences (a,); by sentence and new slot (a, w) slot before, token and total."""
        width, vocabulary = self.config.width, log_p.shape[1]
        active, index = np.unique(self.sentences, return_inverse=True)
        used = int(self.slots.max()) + 1
        candidates = np.full((len(active), used, vocabulary), -np.inf)
        candidates[index, self.slots] = log_p + self.totals[:, np.newaxis]
        candidates = candidates.reshape(len(active), -1)
        kept = _best(candidates, min(width, candidates.shape[1]))
        return active, kept // vocabulary, kept % vocabulary, np.take_along_axis(candidates, kept, axis=1)

    def _row_of(self, active: np.ndarray) -> np.ndarray:
        """The row in which a slot's beginning stands, by sentence and slot; 0 where the slot is not in use."""
        rows = np.zeros((len(active), self.config.width), dtype=np.int64)
        rows[np.searchsorted(active, self.sentences), self.slots] = np.arange(len(self.sentences))
        return rows

    def _remember(
        self,
        active: np.ndarray,
        parents: np.ndarray,
        tokens: np.ndarray,
        rows: np.ndarray,
        attention: np.ndarray | None,
    ) -> None:
        shape = (self.count, self.config.width)
        for history, values in ((self.parents, parents), (self.tokens, tokens)):
            history.append(np.zeros(shape, dtype=np.int32))
            history[-1][active, : values.shape[1]] = values
        if self.keep_attention:
            self.attentions.append(np.zeros((*shape, attention.shape[1]), attention.dtype))
            self.attentions[-1][active, : rows.shape[1]] = attention[rows]

    def _cover(self, rows: np.ndarray, attention: np.ndarray | None) -> np.ndarray | None:
        """What each source position has got so far, (a, w, source positions), where that counts."""
        if not self.config.coverage_penalty:
            return None
        sums = attention if self.coverage is None else self.coverage + attention
        return sums[rows]

    def _finish(
        self,
        active: np.ndarray,
        ends: np.ndarray,
        tokens: np.ndarray,
        totals: np.ndarray,
        coverage: np.ndarray | None,
    ) -> None:
        """Rank what ends now among what ended before."""
        some = np.flatnonzero(ends.any(axis=1))
        if not len(some):
            return
        ends, tokens, totals = ends[some], tokens[some], totals[some]
        scores = self.config.score(totals, self.length)
        if coverage is not None:
            scores = scores + self._coverage_term(active[some], coverage[some])
        new = {
            "scores": np.where(ends, scores, -np.inf),
            "log_probabilities": np.where(ends, totals, -np.inf),
            "lengths": np.where(ends, self.length, 0),
            "slots": np.broadcast_to(np.arange(ends.shape[1]), ends.shape),
            "ended": ends & (tokens == self.end),
        }
        both = {name: np.concatenate([kept[active[some]], new[name]], axis=1) for name, kept in self.best.items()}
        order = np.lexsort((-both["scores"], ~both["ended"]), axis=-1)[:, : self.config.n_best]
        for name, values in both.items():
            self.best[name][active[some]] = np.take_along_axis(values, order, axis=1)

    def _coverage_term(self, sentences: np.ndarray, coverage: np.ndarray) -> np.ndarray:
        logs = np.log(np.clip(coverage, np.finfo(np.float32).tiny, 1))
        if self.source_mask is not None:
            logs = logs * self.source_mask[sentences][:, np.newaxis, :]
        return self.config.coverage_penalty * logs.sum(axis=-1)

    def _done(self, active: np.ndarray, totals: np.ndarray) -> np.ndarray:
        """Whether nothing that grows from beginnings of these log-probabilities can be among the best, (a,)."""
        if not self.config.early_stopping:
            return np.zeros(len(active), dtype=bool)
        bound = self.config.score(totals.max(axis=1), self.config.maximum_length)
        return self.best["ended"][active, -1] & (self.best["scores"][active, -1] >= bound)

    def result(self) -> Decoded:
        """Follow every hypothesis back from where it ended."""
        best = self.best
        check_found(best["scores"][:, 0])
        longest = int(best["lengths"].max(initial=0))
        tokens = np.full((*best["slots"].shape, longest), self.end, dtype=np.int64)
        sources = self.attentions[0].shape[-1] if self.attentions else 0
        attentions = np.zeros((*tokens.shape, sources), self.attentions[0].dtype) if self.attentions else None
        slots = best["slots"].copy()
        for place in range(longest - 1, -1, -1):
            on = np.nonzero(best["lengths"] > place)
            here = (on[0], slots[on])
            tokens[(*on, place)] = self.tokens[place][here]
            if attentions is not None:
                attentions[(*on, place)] = self.attentions[place][here]
            slots[on] = self.parents[place][here]
        kept = {name: best[name] for name in ("lengths", "log_probabilities", "scores", "ended")}
        return Decoded(tokens=tokens, attentions=attentions, steps=self.length, **kept)


def _best(candidates: np.ndarray, count: int) -> np.ndarray:
    """The places of the `count` highest of each row, highest first; of equals at the border, any."""
    if count == 1:
        return candidates.argmax(axis=1)[:, np.newaxis]
    kept = np.sort(np.argpartition(candidates, -count, axis=1)[:, -count:], axis=1)
    order = np.argsort(-np.take_along_axis(candidates, kept, axis=1), axis=1, kind="stable")
    return np.take_along_axis(kept, order, axis=1)
