"""Reading the output of a network that was trained with CTC: the likeliest path, and prefix-beam search.

The likeliest path need not read the likeliest transcript, which many paths share. Prefix-beam search keeps, frame by
frame, the beginnings of transcripts with the most probable paths, those that end in a blank apart from those that do
not, since a repeated symbol goes on after the one and starts anew after the other. What is found scores

    log p(l | x) + alpha log p_LM(l) + gamma |l|

with the language model's weight alpha and a bonus gamma for each symbol. In the end the found transcripts and the
likeliest path's are all scored exactly, by the sum over all their paths; so the answer never scores below greedy's.

Source: Graves and Jaitly 2014, "Towards end-to-end speech recognition with recurrent neural networks", section 3.2;
Hannun et al. 2014, "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from common.ctc import NEVER, collapse, ctc_loss, log_softmax
from common.errors import InputError

LanguageModel = Callable[[tuple[int, ...]], np.ndarray]
"""From the symbols so far to (K + 1,) log-probabilities: of each symbol to be the next (the blank's is not looked at),
and, last, of the end."""


@dataclass(frozen=True)
class PrefixBeamConfig:
    """How to search.

    Attributes:
        width: beginnings that are kept at each frame.
        n_best: transcripts to return, at most `width`.
        language_weight: alpha.
        symbol_bonus: gamma, in nats; it makes up for what a language model takes from long transcripts.
    """

    width: int = 16
    n_best: int = 1
    language_weight: float = 0.5
    symbol_bonus: float = 0.0

    def __post_init__(self):
        for name in ("width", "n_best"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.n_best > self.width:
            raise InputError(f"{self.n_best} transcripts are wanted of a beam of {self.width}; widen the beam")
        for name in ("language_weight", "symbol_bonus"):
            if not np.isfinite(getattr(self, name)):
                raise InputError(f"{name} is {getattr(self, name)}; it must be a finite number")


@dataclass(frozen=True)
class Transcript:
    """A reading.

    Attributes:
        symbols: without blanks.
        log_probability: log p(l | x), over all paths, in nats.
        language_log_probability: of the language model, the end included; 0 without one.
        score: what it was ranked by.
    """

    symbols: tuple[int, ...]
    log_probability: float
    language_log_probability: float
    score: float


def greedy_path(logits: np.ndarray) -> np.ndarray:
    """The likeliest path through (T, K) logits: (T,)."""
    return np.asarray(logits).argmax(axis=-1)


def prefix_beam_search(
    logits: np.ndarray,
    config: PrefixBeamConfig | None = None,
    *,
    blank: int = 0,
    language_model: LanguageModel | None = None,
) -> list[Transcript]:
    """The best transcripts of (T, K) logits that are found, best first.

    Raises:
        InputError: no frames, or values that are not finite.
    """
    config = config or PrefixBeamConfig()
    logits = np.asarray(logits, dtype=np.float64)
    if logits.ndim != 2 or not len(logits) or not np.isfinite(logits).all():
        raise InputError(f"logits of shape {logits.shape}; prefix-beam search wants finite numbers (frames, symbols)")
    search = _Search(logits.shape[1], config, blank, language_model)
    for log_y in log_softmax(logits):
        search.advance(log_y)
    found = {*search.prefixes, tuple(collapse(greedy_path(logits), blank=blank))}
    return _score_exactly(logits, sorted(found), config, blank, search)[: config.n_best]


class _Search:
    """The beam: W beginnings, each with the log-probability of its paths that end in a blank, and in its symbol."""

    def __init__(self, symbols: int, config: PrefixBeamConfig, blank: int, language_model: LanguageModel | None):
        self.config, self._blank, self._language_model = config, blank, language_model
        self._symbols = symbols
        if config.language_weight == 0:
            self._language_model = None  # what it rules out would be 0 times minus infinity
        self.prefixes: list[tuple[int, ...]] = [()]
        self._in_blank, self._in_symbol = np.zeros(1), np.full(1, NEVER)
        self._language = np.zeros(1)  # of the beginning, its end not included
        self._next = np.stack([self._continue(())])

    def advance(self, log_y: np.ndarray) -> None:
        """One frame: (K,) log-probabilities."""
        total = np.logaddexp(self._in_blank, self._in_symbol)
        last = np.array([prefix[-1] if prefix else self._blank for prefix in self.prefixes])
        rows = np.arange(len(last))
        in_blank = total + log_y[self._blank]
        in_symbol = np.where(last == self._blank, NEVER, self._in_symbol + log_y[last])
        longer = total[:, np.newaxis] + log_y
        longer[rows, last] = self._in_blank + log_y[last]
        longer[:, self._blank] = NEVER
        self._merge(longer, in_symbol)
        self._keep(in_blank, in_symbol, longer)

    def _merge(self, longer: np.ndarray, in_symbol: np.ndarray) -> None:
        """A beginning that grows into another one of the beam is that one."""
        place = {prefix: row for row, prefix in enumerate(self.prefixes)}
        for row, prefix in enumerate(self.prefixes):
            parent = place.get(prefix[:-1]) if prefix else None
            if parent is not None:
                in_symbol[row] = np.logaddexp(in_symbol[row], longer[parent, prefix[-1]])
                longer[parent, prefix[-1]] = NEVER

    def _keep(self, in_blank: np.ndarray, in_symbol: np.ndarray, longer: np.ndarray) -> None:
        config = self.config
        lengths = np.array([len(prefix) for prefix in self.prefixes])
        language = self._language[:, np.newaxis] + self._next[:, :-1]
        stay = np.logaddexp(in_blank, in_symbol) + config.language_weight * self._language
        stay += config.symbol_bonus * lengths
        grow = longer + config.language_weight * np.where(longer == NEVER, 0, language)
        grow += config.symbol_bonus * (lengths + 1)[:, np.newaxis]
        scores = np.concatenate([stay, grow.ravel()])
        kept = np.argsort(-scores, kind="stable")[: config.width]
        kept = kept[scores[kept] > NEVER]
        old, new = kept[kept < len(stay)], kept[kept >= len(stay)] - len(stay)
        parents, symbols = np.divmod(new, self._symbols)
        born = [(*self.prefixes[parent], int(symbol)) for parent, symbol in zip(parents, symbols, strict=True)]
        self.prefixes = [self.prefixes[row] for row in old] + born
        self._in_blank = np.concatenate([in_blank[old], np.full(len(new), NEVER)])
        self._in_symbol = np.concatenate([in_symbol[old], longer.ravel()[new]])
        self._next = np.stack([*self._next[old], *map(self._continue, born)])
        self._language = np.concatenate([self._language[old], language.ravel()[new]])

    def _continue(self, prefix: tuple[int, ...]) -> np.ndarray:
        """(K + 1,) the language model's log-probabilities after a beginning; zeros without one."""
        if self._language_model is None:
            return np.zeros(self._symbols + 1)
        return np.asarray(self._language_model(prefix), dtype=np.float64)

    def language_of(self, transcript: tuple[int, ...]) -> float:
        """The language model's log-probability of a whole transcript, its end included."""
        chosen = [*transcript, -1]
        return float(sum(self._continue(transcript[:at])[symbol] for at, symbol in enumerate(chosen)))


def _score_exactly(
    logits: np.ndarray, transcripts: list[tuple[int, ...]], config: PrefixBeamConfig, blank: int, search: _Search
) -> list[Transcript]:
    repeated = np.broadcast_to(logits, (len(transcripts), *logits.shape))
    losses = ctc_loss(repeated, [len(logits)] * len(transcripts), transcripts, blank=blank).losses
    found = []
    for symbols, loss in zip(transcripts, losses, strict=True):
        language = search.language_of(symbols)
        score = -loss + config.language_weight * language + config.symbol_bonus * len(symbols)
        found.append(Transcript(symbols, float(-loss), language, float(score)))
    return sorted(found, key=lambda one: -one.score)
