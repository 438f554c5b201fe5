"""Interpolated Kneser-Ney n-gram language model over characters, words or any hashable tokens.

A sequence s_1 .. s_T is read as (begin, s_1, .., s_T, end); every token after the begin mark is predicted from at most
the order - 1 tokens before it. With V tokens that can be predicted (the end is one of them), for a context h of k - 1
tokens, h' the same without its first, and `*` any token (the begin mark counts as one):

    p_0(w)     = 1 / V
    p_k(w | h) = (c(h w) - D(c(h w))) / sum_v c(h v)  +  gamma(h) p_{k-1}(w | h')      where h was seen
               = p_{k-1}(w | h')                                                       where it was not
    gamma(h)   = sum over v with c(h v) > 0 of D(c(h v))  /  sum_v c(h v)
    c(h w)     = how often h w occurs                 for the highest order and for h that starts with the begin mark
               = number of different tokens x in * h w   otherwise (the continuation count)
    D(1), D(2), D(3 and more) = D1, D2, D3  with 0 <= Dj <= j;  D(0) = 0

The counts and the estimates of D1, D2, D3 are made in `common.ngram_counts`.
Sources: Kneser and Ney 1995; Chen and Goodman 1998, "An empirical study of smoothing techniques for language modeling",
TR-10-98, section 3; counts after a begin mark as in Heafield et al. 2013, "Scalable modified Kneser-Ney estimation".
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import read_json, write_text
from common.errors import InputError
from common.ngram_counts import (
    BEGIN,
    HIGHEST_DISCOUNTS,
    HIGHEST_ORDER,
    TokenIds,
    checked_ngrams,
    discounts_from,
    listed,
    longest_ngrams,
    ngram_levels,
)
from common.sampling import draw

_FORMAT = "sequence-models kneser-ney 1"


class KneserNey:
    """A fitted model; made by `KneserNey.fit` or `KneserNey.load`, scored and sampled without any state.

    Attributes:
        order: the n of the n-grams.
        tokens: what can be predicted, the end included; the last axis of `distribution`.
        end: the token that stands for the end of a sequence.
        unknown: the token that takes the place of any other one, or None.
        discounts: D1, D2, D3 of every order from 1 up, float64 of shape (order, 3).
    """

    def __init__(self, tokens: TokenIds, counts: dict[tuple[int, ...], int], order: int):
        self.order, self.tokens, self.end, self.unknown = order, tokens.tokens, tokens.end, tokens.unknown
        self._tokens, self._counts = tokens, counts
        self._index(ngram_levels(counts, order))

    @classmethod
    def fit(
        cls,
        sequences: Iterable[Sequence[Hashable]],
        *,
        order: int = 5,
        vocabulary: Iterable[Hashable] | None = None,
        end: Hashable = "</s>",
        unknown: Hashable | None = None,
        discounts: float | Sequence | np.ndarray | None = None,
        discount_scale: float = 1.0,
        modified: bool = True,
    ) -> KneserNey:
        """The model of `sequences`: texts (of characters) or lists of tokens, without begin and end marks.

        Args:
            sequences: at least one; an empty one counts as an end right after the beginning.
            order: the n of the n-grams, from 1.
            vocabulary: the tokens that can occur, in the order wanted for `distribution`; by default those
                seen, sorted. The end and the unknown token are put in front where it lacks
                them. May be a `Vocabulary`.
            end: the mark for the end of a sequence; no sequence may contain it.
            unknown: the token that takes the place of any token outside the vocabulary; None: such a token is an error.
                It has only the share of a token never seen, unless the vocabulary leaves some of the seen ones out.
            discounts: see `set_discounts`; by default `estimate_discounts(modified=, scale=discount_scale)`.
            discount_scale: factor of the estimated discounts, for tuning.
            modified: three discounts an order (Chen and Goodman); False: one (Kneser and Ney).

        Raises:
            InputError: no sequences, a token outside the vocabulary, a sequence with the end in it, unusable options.
        """
        if isinstance(order, bool) or not isinstance(order, int) or not 1 <= order <= HIGHEST_ORDER:
            raise InputError(
                f"the order of an n-gram model is {order!r}; give a whole number from 1 to {HIGHEST_ORDER}"
            )
        sequences = listed(sequences)
        tokens = TokenIds.of(sequences, vocabulary, end, unknown)
        model = cls(tokens, longest_ngrams(map(tokens.encode, sequences), order, tokens.end_id), order)
        if discounts is None:
            discounts = model.estimate_discounts(modified=modified, scale=discount_scale)
        model.set_discounts(discounts)
        return model

    def _index(self, levels: list[dict[tuple[int, ...], int]]) -> None:
        """Lay all n-grams of all orders out as arrays, sorted, so that those of one context stand together."""
        self._entries: dict[tuple[int, ...], int] = {}
        self._contexts: dict[tuple[int, ...], int] = {}
        words, counts, lower, starts, self._level_ends = [], [], [], [], [(0, 0)]
        for level in levels:
            for ngram in sorted(level):
                if ngram[:-1] not in self._contexts:
                    self._contexts[ngram[:-1]] = len(starts)
                    starts.append(len(words))
                self._entries[ngram] = len(words)
                words.append(ngram[-1])
                counts.append(level[ngram])
                lower.append(self._entries.get(ngram[1:], -1))
            self._level_ends.append((len(words), len(starts)))
        self._words, self._ngram_counts, self._lower = (
            np.array(part, dtype=np.int64) for part in (words, counts, lower)
        )
        self._starts = np.array([*starts, len(words)], dtype=np.int64)

    def estimate_discounts(self, *, modified: bool = True, scale: float = 1.0) -> np.ndarray:
        """D1, D2, D3 of every order from the counts of counts, times `scale`, float64 of shape (order, 3).

        For the formulas and what takes their place on little data see `ngram_counts.discounts_from`. Scaled discounts
        are cut off at the count j that they belong to.

        Raises:
            InputError: `scale` is not above 0.
        """
        if not 0 < scale < math.inf:
            raise InputError(f"the discount scale is {scale}; give a number above 0, usually 0.5 to 1.5")
        ends = [end for end, _ in self._level_ends]
        rows = [
            discounts_from(np.bincount(np.minimum(self._ngram_counts[begin:end], 5), minlength=6), modified=modified)
            for begin, end in zip(ends, ends[1:], strict=False)
        ]
        return np.minimum(scale * np.array(rows), HIGHEST_DISCOUNTS)

    def set_discounts(self, discounts: float | Sequence | np.ndarray) -> None:
        """Use these discounts from now on: one number, D1, D2, D3, or such a row for every order, shape (order, 3).

        Raises:
            InputError: another shape, or a Dj that is not above 0 and at most j.
        """
        values = np.asarray(discounts, dtype=np.float64)
        if values.shape not in ((), (3,), (self.order, 3)):
            raise InputError(f"discounts have the shape {values.shape}; give one, three, or {self.order} rows of three")
        values = np.array(np.broadcast_to(values, (self.order, 3)))
        if not np.all((values > 0) & (values <= HIGHEST_DISCOUNTS)):
            raise InputError("discounts must be above 0 and at most 1, 2 and 3 for counts of 1, 2 and more")
        self.discounts = values
        self._compute()

    def _compute(self) -> None:
        """p_k(w | h) of every n-gram that was seen and gamma(h) of every context, by the equations above."""
        probabilities, gammas = np.empty(len(self._words)), np.empty(len(self._starts) - 1)
        for level, discount in enumerate(self.discounts):
            (begin, first), (end, last) = self._level_ends[level : level + 2]
            counts, starts = self._ngram_counts[begin:end], self._starts[first:last] - begin
            taken = discount[np.minimum(counts, 3) - 1]
            totals = np.add.reduceat(counts, starts)
            gammas[first:last] = np.add.reduceat(taken, starts) / totals
            context = np.repeat(np.arange(last - first), np.diff([*starts, end - begin]))
            lower = probabilities[self._lower[begin:end]] if level else 1 / len(self.tokens)
            probabilities[begin:end] = (counts - taken) / totals[context] + gammas[first:last][context] * lower
        self._p, self._p_list, self._gammas = probabilities, probabilities.tolist(), gammas.tolist()

    def _probability(self, ngram: tuple[int, ...]) -> float:
        """p of the last id after the ones before it: the longest n-gram that was seen, weighted by the gammas above."""
        weight = 1.0
        while ngram:
            entry = self._entries.get(ngram)
            if entry is not None:
                return weight * self._p_list[entry]
            context = self._contexts.get(ngram[:-1])
            if context is not None:
                weight *= self._gammas[context]
            ngram = ngram[1:]
        return weight / len(self.tokens)

    def _context(self, context: Sequence[Hashable]) -> tuple[int, ...]:
        kept = context[max(len(context) - self.order + 1, 0) :]
        ids = self._tokens.encode(kept)
        return (BEGIN, *ids) if len(ids) < self.order - 1 else ids

    def log_probability(self, token: Hashable, context: Sequence[Hashable] = ()) -> float:
        """log p(token | context) in nats.

        Args:
            token: the token to predict; `end` for the end of the sequence.
            context: all tokens of the sequence before it (of which the last order - 1 are looked at; fewer than that
                are taken for the beginning of the sequence).

        Raises:
            InputError: a token outside the vocabulary while the model has no unknown token.
        """
        last = self._tokens.end_id if token == self.end else self._tokens.encode((token,))[0]
        return math.log(self._probability((*self._context(context), last)))

    def distribution(self, context: Sequence[Hashable] = ()) -> np.ndarray:
        """p(w | context) of every w of `tokens`, float64 of shape (len(tokens),), sums to 1; context as above."""
        ids = self._context(context)
        result = np.full(len(self.tokens), 1 / len(self.tokens))
        for length in range(len(ids) + 1):
            index = self._contexts.get(ids[len(ids) - length :])
            if index is None:
                break
            seen = slice(self._starts[index], self._starts[index + 1])
            result *= self._gammas[index]
            result[self._words[seen]] = self._p[seen]
        return result

    def token_log_probabilities(self, tokens: Sequence[Hashable]) -> np.ndarray:
        """log p of every token of a sequence and of its end, nats, float64 of shape (len(tokens) + 1,)."""
        ids = (BEGIN, *self._tokens.encode(tokens), self._tokens.end_id)
        order = self.order
        return np.log([self._probability(ids[max(i - order, 0) : i]) for i in range(2, len(ids) + 1)])

    def sequence_log_probability(self, tokens: Sequence[Hashable]) -> float:
        """log p of a whole sequence, its end included, in nats."""
        return float(self.token_log_probabilities(tokens).sum())

    def cross_entropy(self, sequences: Iterable[Sequence[Hashable]]) -> float:
        """Mean of -log p over all tokens of all sequences, nats per token, the ends counted as tokens.

        Raises:
            InputError: no sequences, or a token outside the vocabulary while the model has no unknown token.
        """
        scores = [self.token_log_probabilities(sequence) for sequence in listed(sequences)]
        return float(-np.concatenate(scores).mean())

    def perplexity(self, sequences: Iterable[Sequence[Hashable]]) -> float:
        """exp(cross_entropy)."""
        return math.exp(self.cross_entropy(sequences))

    def sample(
        self,
        rng: np.random.Generator,
        *,
        prefix: Sequence[Hashable] = (),
        maximum_length: int = 100,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
    ) -> list[Hashable]:
        """A sequence that begins with `prefix`, drawn token by token to its end or `maximum_length`; the end left out.

        `temperature`, `top_k` and `top_p` are those of `common.sampling.draw`; one uniform number of `rng` a token.
        """
        tokens = list(prefix)
        while len(tokens) < maximum_length:
            scores = np.log(self.distribution(tokens))
            drawn = draw(scores, rng, temperature=temperature, top_k=top_k, top_p=top_p)
            if drawn == self._tokens.end_id:
                break
            tokens.append(self.tokens[drawn])
        return tokens

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the model as JSON, whole or not at all; returns the path.

        Raises:
            InputError: tokens that are neither text nor whole numbers.
        """
        strange = [token for token in (*self.tokens, self.unknown) if not isinstance(token, (str, int, type(None)))]
        if strange:
            raise InputError(f"{path}: the token {strange[0]!r} cannot be saved; use texts or whole numbers as tokens")
        value = {
            "format": _FORMAT,
            "order": self.order,
            "tokens": self.tokens,
            "end": self._tokens.end_id,
            "unknown": self._tokens.unknown_id,
            "discounts": self.discounts.tolist(),
            "ngrams": [[*ngram, count] for ngram, count in sorted(self._counts.items())],
        }
        return write_text(path, json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> KneserNey:
        """Read what `save` wrote; raises InputError (MissingFileError where there is no file) that names the file."""
        value = read_json(path)
        try:
            if value["format"] != _FORMAT:
                raise ValueError("another format")
            tokens, order, unknown = value["tokens"], value["order"], value["unknown"]
            names = TokenIds(tokens, tokens[value["end"]], None if unknown is None else tokens[unknown])
            model = cls(names, checked_ngrams(value["ngrams"], order, len(tokens)), order)
            model.set_discounts(value["discounts"])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise InputError(f"{path}: this is not a whole Kneser-Ney model ({error}); save it anew") from None
        return model


@dataclass(frozen=True)
class Tuning:
    """What `tune` chose, and what it chose from; fit with `order`, `discount_scale` and `modified` of these values.

    Attributes:
        cross_entropy: of the chosen settings on the held-out sequences, nats per token, end included.
        table: cross-entropy of every (order, discount scale) tried.
    """

    order: int
    discount_scale: float
    modified: bool
    cross_entropy: float
    table: dict[tuple[int, float], float]


def tune(
    train: Iterable[Sequence[Hashable]],
    held_out: Iterable[Sequence[Hashable]],
    *,
    orders: Iterable[int] = range(2, 8),
    scales: Iterable[float] = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2),
    modified: bool = True,
    **options: Any,
) -> Tuning:
    """The order and the factor of the estimated discounts with the lowest cross-entropy on `held_out`.

    Args:
        train: sequences to count in.
        held_out: sequences to choose on; none of those that the result is reported on.
        orders: the orders to try.
        scales: the factors to try.
        modified: as in `KneserNey.fit`.
        options: further options of `KneserNey.fit` (`vocabulary`, `end`, `unknown`).

    Raises:
        InputError: as `KneserNey.fit` and `KneserNey.cross_entropy`; nothing to try.
    """
    train, held_out, scales = listed(train), listed(held_out), list(scales)
    table = {}
    for order in orders:
        model = KneserNey.fit(train, order=order, modified=modified, **options)
        for scale in scales:
            model.set_discounts(model.estimate_discounts(modified=modified, scale=scale))
            table[order, scale] = model.cross_entropy(held_out)
    if not table:
        raise InputError("there is nothing to tune over; give at least one order and one scale")
    order, scale = min(table, key=table.__getitem__)
    return Tuning(order, scale, modified, table[order, scale], table)
