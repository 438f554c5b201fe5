"""What an n-gram model is estimated from: token ids, counts of n-grams, discounts from the counts of counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from common.errors import InputError

BEGIN = -1
HIGHEST_ORDER = 100
HIGHEST_DISCOUNTS = np.array([1.0, 2.0, 3.0])
_USUAL = np.array([0.5, 1.0, 1.5])  # where the counts of counts say nothing; the values that KenLM falls back to


class TokenIds:
    """Tokens <-> ids: a token's place in `tokens`; the begin mark is no token and has the id `BEGIN`."""

    def __init__(self, tokens: Sequence[Hashable], end: Hashable, unknown: Hashable | None):
        self.tokens, self.end, self.unknown = tuple(tokens), end, unknown
        self._ids = {token: index for index, token in enumerate(self.tokens)}
        if len(self._ids) != len(self.tokens):
            raise InputError("the vocabulary of the n-gram model holds a token twice; remove one of them")
        self.end_id = self._ids[end]
        self.unknown_id = None if unknown is None else self._ids[unknown]

    @classmethod
    def of(
        cls,
        sequences: list[Sequence[Hashable]],
        vocabulary: Iterable[Hashable] | None,
        end: Hashable,
        unknown: Hashable | None,
    ) -> TokenIds:
        """The tokens of `vocabulary`, or those of `sequences` sorted; end and unknown token in front if they lack."""
        tokens = list(dict.fromkeys(token for one in sequences for token in one) if vocabulary is None else vocabulary)
        if vocabulary is None:
            tokens = _sorted_if_possible(tokens)
        special = [token for token in (end, unknown) if token is not None and token not in tokens]
        return cls([*special, *tokens], end, unknown)

    def encode(self, sequence: Sequence[Hashable]) -> tuple[int, ...]:
        """Ids of a sequence without begin and end."""
        if self.unknown_id is None:
            try:
                ids = tuple([self._ids[token] for token in sequence])
            except KeyError as error:
                raise InputError(
                    f"the token {error.args[0]!r} is not in the n-gram model's vocabulary; "
                    "fit it with a vocabulary that has it, or with an unknown token"
                ) from None
        else:
            ids = tuple([self._ids.get(token, self.unknown_id) for token in sequence])
        if self.end_id in ids:
            raise InputError(
                f"the token {self.end!r} marks the end and stands inside a sequence; choose another end mark"
            )
        return ids


def _sorted_if_possible(tokens: list[Hashable]) -> list[Hashable]:
    try:
        return sorted(tokens)
    except TypeError:  # tokens of different kinds have no order but that of their first appearance
        return tokens


def listed(sequences: Iterable[Sequence[Hashable]]) -> list[Sequence[Hashable]]:
    """The sequences as a list; raises InputError for a single text or none at all."""
    if isinstance(sequences, str):
        raise InputError("an n-gram model takes a list of sequences, but got one text; give [text]")
    sequences = list(sequences)
    if not sequences:
        raise InputError("there are no sequences for the n-gram model; give at least one")
    return sequences


def longest_ngrams(sequences: Iterable[tuple[int, ...]], order: int, end: int) -> dict[tuple[int, ...], int]:
    """For every predicted token the n-gram that ends in it, `order` long or from the begin mark on, with its count.

    An n-gram is a tuple of ids, which may begin with `BEGIN`. All other counts follow from these (`ngram_levels`).
    """
    counts: Counter[tuple[int, ...]] = Counter()
    for ids in sequences:
        marked = (BEGIN, *ids, end)
        counts.update([marked[max(i - order, 0) : i] for i in range(2, len(marked) + 1)])
    return counts


def ngram_levels(longest: dict[tuple[int, ...], int], order: int) -> list[dict[tuple[int, ...], int]]:
    """c(h w) of every n-gram of order 1, 2, ..: occurrences where nothing stands to its left, else continuations."""
    levels: list[dict[tuple[int, ...], int]] = [{} for _ in range(order)]
    for ngram, count in longest.items():
        levels[len(ngram) - 1][ngram] = count
    for higher, lower in zip(levels[:0:-1], levels[-2::-1], strict=True):
        for ngram in higher:
            lower[ngram[1:]] = lower.get(ngram[1:], 0) + 1
    return levels


def discounts_from(counts_of_counts: np.ndarray, *, modified: bool) -> np.ndarray:
    """D1, D2, D3 of one order, float64 of shape (3,), from n_j, the number of its n-grams with count j.

        Y = n1 / (n1 + 2 n2)
        modified:  D1 = 1 - 2 Y n2 / n1,  D2 = 2 - 3 Y n3 / n2,  D3 = 3 - 4 Y n4 / n3
        one:       D1 = D2 = D3 = Y

    Where the modified form cannot be computed or leaves 0 < Dj <= j (little data), the other one is used, and where
    that cannot be computed either, 0.5, 1 and 1.5.

    Args:
        counts_of_counts: n_0 (not used) to n_4 or further, integers.
        modified: three discounts (Chen and Goodman 1998) or one (Kneser and Ney 1995).
    """
    _, n1, n2, n3, n4 = (float(count) for count in counts_of_counts[:5])
    if not n1 or not n2:
        return _USUAL
    y = n1 / (n1 + 2 * n2)
    if modified and n3:
        discounts = np.array([1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
        if np.all((discounts > 0) & (discounts <= HIGHEST_DISCOUNTS)):
            return discounts
    return np.full(3, y)


def checked_ngrams(rows: list[list[int]], order: int, size: int) -> dict[tuple[int, ...], int]:
    """The n-grams of a saved model; raises ValueError where they cannot be one."""
    if type(order) is not int or not 1 <= order <= HIGHEST_ORDER or not rows:
        raise ValueError("no n-grams, or no order")
    counts = {tuple(ngram): count for *ngram, count in rows}
    for ngram, count in counts.items():
        first = 0 if len(ngram) == order and ngram[0] != BEGIN else 1
        if not 1 + first <= len(ngram) <= order or (first and ngram[0] != BEGIN):
            raise ValueError(f"the n-gram {ngram} has the wrong length")
        if not all(type(word) is int and 0 <= word < size for word in ngram[first:]):
            raise ValueError(f"the n-gram {ngram} has ids outside the vocabulary")
        if type(count) is not int or not 1 <= count < 2**53:
            raise ValueError(f"the n-gram {ngram} has the count {count}")
    return counts
