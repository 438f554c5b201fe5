"""BLEU: how much of a translation's n-grams stand in its references, for a whole corpus or for one sentence.

    p_n  = clipped matches of n-grams / n-grams of the hypotheses        (both summed over the corpus)
    BP   = 1 if c > r, else exp(1 - r / c)                               (c: tokens; r: of the nearest references)
    BLEU = 100 BP exp(mean over n = 1..N of log p_n)

An n-gram matches at most as often as it occurs in that reference which has it most. Where a reference is as near in
length as another, the shorter one counts for r. Source: Papineni et al. 2002, "BLEU: a method for automatic evaluation
of machine translation". A precision of 0 makes the whole 0, so short texts are smoothed. Names and formulas of the
smoothings are those of Chen and Cherry 2014, "A systematic comparison of smoothing techniques for sentence-level BLEU"
(floor: method 1, add-k: method 2, exp: method 3), and the numbers are sacrebleu's.

Three layers: `bleu_statistics` counts, and counts add up; `bleu_of` is the formula; `Bleu` carries its parts.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.errors import InputError

SMOOTHINGS = ("none", "floor", "add-k", "exp")
_DEFAULT_VALUES = {"floor": 0.1, "add-k": 1.0}
_WORDS = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class BleuSettings:
    """How a BLEU score is made.

    Attributes:
        order: the longest n-grams, 4 as a rule.
        smoothing: of precisions that are 0. "none"; "floor": `value` matches in place of 0; "add-k": `value` more
            matches and n-grams, for n > 1; "exp": 1/2 match in place of the first 0, 1/4 of the next, and so on.
            Without a single matching n-gram BLEU is 0 whatever the smoothing.
        value: of floor (0.1 where None) and add-k (1).
        effective_order: leave out the orders for which the hypotheses are too short, instead of scoring 0.
        tokens: what a text is cut into: "spaces", at white space only; "words", runs of letters and digits, and
            punctuation marks one by one; "characters", all but white space. Lists of tokens are taken as they are.
    """

    order: int = 4
    smoothing: str = "none"
    value: float | None = None
    effective_order: bool = False
    tokens: str = "spaces"

    def __post_init__(self):
        if not isinstance(self.order, int) or self.order < 1:
            raise InputError(f"the BLEU order is {self.order!r}; give a whole number from 1 upwards, usually 4")
        if self.smoothing not in SMOOTHINGS:
            raise InputError(f"there is no smoothing {self.smoothing!r}; choose one of {', '.join(SMOOTHINGS)}")
        if self.tokens not in TOKENS:
            raise InputError(f"there are no tokens {self.tokens!r}; choose one of {', '.join(TOKENS)}")
        if self.value is not None and not (self.smoothing in _DEFAULT_VALUES and 0 < self.value < math.inf):
            raise InputError(
                f"the smoothing value {self.value} does not fit {self.smoothing}; give a number above 0 with floor or "
                "add-k, and none with the others"
            )

    @property
    def smoothing_value(self) -> float:
        """The value that floor or add-k works with; 0 for the others."""
        return _DEFAULT_VALUES.get(self.smoothing, 0.0) if self.value is None else self.value

    def __str__(self) -> str:
        smoothing = f"{self.smoothing} {self.smoothing_value:g}" if self.smoothing_value else self.smoothing
        order = f"up to {self.order}-grams" + (", as far as they exist" if self.effective_order else "")
        return f"{order}, tokens by {self.tokens}, smoothing {smoothing}"


@dataclass(frozen=True)
class BleuStatistics:
    """What BLEU is computed from; statistics of two texts add up to those of both.

    Attributes:
        matches: clipped matches of 1-grams, 2-grams, ...
        ngrams: n-grams of the hypotheses.
        length, reference_length: tokens of the hypotheses, and of the references nearest in length.
    """

    matches: tuple[int, ...]
    ngrams: tuple[int, ...]
    length: int
    reference_length: int

    def __add__(self, other: BleuStatistics) -> BleuStatistics:
        return BleuStatistics(
            tuple(mine + theirs for mine, theirs in zip(self.matches, other.matches, strict=True)),
            tuple(mine + theirs for mine, theirs in zip(self.ngrams, other.ngrams, strict=True)),
            self.length + other.length,
            self.reference_length + other.reference_length,
        )


@dataclass(frozen=True)
class Bleu:
    """A BLEU score with its parts; `print` shows them, `float` gives the score.

    Attributes:
        score: from 0 to 100.
        precisions: smoothed, by order, from 0 to 100.
        brevity_penalty: from 0 to 1; 1 where the hypotheses are not shorter than the references.
        statistics: what it was computed from.
        settings: how.
    """

    score: float
    precisions: tuple[float, ...]
    brevity_penalty: float
    statistics: BleuStatistics
    settings: BleuSettings

    def __float__(self) -> float:
        return self.score

    def __str__(self) -> str:
        precisions = "/".join(f"{precision:.1f}" for precision in self.precisions)
        found = self.statistics
        return (
            f"BLEU {self.score:.2f} (precisions {precisions}, brevity penalty {self.brevity_penalty:.3f}, "
            f"{found.length:,} tokens for {found.reference_length:,}; {self.settings})"
        )


Tokens = str | Sequence[str]
"""A text, which the settings say how to cut, or its tokens."""
References = str | Sequence[Tokens]
"""The references of one hypothesis: a text, a list of texts, or a list of lists of tokens."""

TOKENS: dict[str, Callable[[str], list[str]]] = {
    "spaces": str.split,
    "words": _WORDS.findall,
    "characters": lambda text: list("".join(text.split())),
}
"""How a text is cut into tokens, by name."""


def corpus_bleu(
    hypotheses: Sequence[Tokens], references: Sequence[References], settings: BleuSettings | None = None
) -> Bleu:
    """BLEU of many translations together: their statistics summed, then scored (not the mean of sentence scores).

    Args:
        hypotheses: texts, or lists of tokens.
        references: for each hypothesis a text, a list of texts, or, where that is a list of tokens, a list of such.
        settings: by default up to 4-grams, no smoothing, tokens at white space.

    Raises:
        InputError: hypotheses and references of different counts, none at all, or a hypothesis without a reference.
    """
    settings = settings or BleuSettings()
    if isinstance(hypotheses, str) or isinstance(references, str):
        raise InputError("BLEU of a corpus takes lists of texts, but got one text; give [text], or use sentence_bleu")
    if len(hypotheses) != len(references):
        raise InputError(
            f"there are {len(hypotheses)} hypotheses and {len(references)} references; give as many of one as of the "
            "other, in the same order"
        )
    if not len(hypotheses):
        raise InputError("there are no hypotheses to score; give at least one")
    found = (bleu_statistics(*pair, settings) for pair in zip(hypotheses, references, strict=True))
    return bleu_of(functools.reduce(BleuStatistics.__add__, found), settings)


def sentence_bleu(hypothesis: Tokens, references: References, settings: BleuSettings | None = None) -> Bleu:
    """BLEU of one translation; by default smoothed ("exp") and over the orders that the hypothesis has.

    Raises InputError where there is no reference.
    """
    settings = settings or BleuSettings(smoothing="exp", effective_order=True)
    return bleu_of(bleu_statistics(hypothesis, references, settings), settings)


def bleu_statistics(hypothesis: Tokens, references: References, settings: BleuSettings) -> BleuStatistics:
    """The statistics of one sentence; `corpus_bleu` tells what may be given, and what is raised."""
    tokens, others = _cut(hypothesis, references, TOKENS[settings.tokens])
    known = functools.reduce(Counter.__or__, (_ngrams(other, settings.order) for other in others))
    matches, ngrams = [0] * settings.order, [0] * settings.order
    for ngram, times in _ngrams(tokens, settings.order).items():
        ngrams[len(ngram) - 1] += times
        matches[len(ngram) - 1] += min(times, known[ngram])
    nearest = min((len(other) for other in others), key=lambda length: (abs(length - len(tokens)), length))
    return BleuStatistics(tuple(matches), tuple(ngrams), len(tokens), nearest)


def _cut(
    hypothesis: Tokens, references: References, cut: Callable[[str], list[str]]
) -> tuple[list[str], list[list[str]]]:
    """The tokens of a hypothesis and of its references."""
    others = [references] if isinstance(references, str) else list(references)
    if not others:
        raise InputError("a hypothesis has no reference; give at least one for each")
    if isinstance(hypothesis, str) and all(isinstance(other, str) for other in others):
        return cut(hypothesis), [cut(other) for other in others]
    if any(isinstance(one, str) for one in (hypothesis, *others)):
        raise InputError("BLEU got a text and a list of tokens together; give texts, or lists of tokens, for both")
    return list(hypothesis), [list(other) for other in others]


def _ngrams(tokens: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    """How often each n-gram of 1 to `order` tokens occurs."""
    return Counter(
        tuple(tokens[begin : begin + n]) for n in range(1, order + 1) for begin in range(len(tokens) - n + 1)
    )


def bleu_of(statistics: BleuStatistics, settings: BleuSettings) -> Bleu:
    """The formula: BLEU of statistics, which were counted up to the order of `settings`."""
    penalty = brevity_penalty(statistics.length, statistics.reference_length)
    precisions = _precisions(statistics, settings)
    if not settings.effective_order:
        order = settings.order
    else:
        order = sum(total + _added(settings, n) > 0 for n, total in enumerate(statistics.ngrams, 1))
    if not any(statistics.matches) or min(precisions[:order]) == 0:
        value = 0.0
    else:
        value = penalty * math.exp(sum(math.log(precision) for precision in precisions[:order]) / order)
    return Bleu(value, precisions, penalty, statistics, settings)


def brevity_penalty(length: int, reference_length: int) -> float:
    """1 where a text of `length` tokens is not shorter than its reference, else exp(1 - r / c); 0 for no tokens."""
    if length >= reference_length:
        return 1.0
    return math.exp(1 - reference_length / length) if length else 0.0


def _added(settings: BleuSettings, n: int) -> float:
    """What add-k adds to the matches and to the n-grams of an order."""
    return settings.smoothing_value if settings.smoothing == "add-k" and n > 1 else 0.0


def _precisions(statistics: BleuStatistics, settings: BleuSettings) -> tuple[float, ...]:
    """Smoothed precisions by order, in percent; 0 where there are no n-grams, or no match of any order."""
    if not any(statistics.matches):
        return (0.0,) * settings.order
    precisions, halved = [], 1.0
    for n, (matches, total) in enumerate(zip(statistics.matches, statistics.ngrams, strict=True), 1):
        right, all_of_them = matches + _added(settings, n), total + _added(settings, n)
        if all_of_them and not right:
            halved *= 0.5
            right = {"exp": halved, "floor": settings.smoothing_value}.get(settings.smoothing, 0.0)
        precisions.append(100.0 * right / all_of_them if all_of_them else 0.0)
    return tuple(precisions)
