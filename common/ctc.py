"""Connectionist temporal classification: the likelihood of a transcript whose place in time is not known.

A network says for each of T frames how likely each of K symbols is, one of which is the blank. A path, one symbol a
frame, is read by `collapse`: repeats fall together, then blanks are dropped. The probability of a transcript is that of
all paths that read so,

    p(l | x) = sum over paths pi that collapse to l of  prod over t of  y_t(pi_t)

summed by dynamic programming over l with blanks put before, between and after its symbols (l', 2 L + 1 long):

    alpha_t(s) = [alpha_t-1(s) + alpha_t-1(s - 1) + alpha_t-1(s - 2) where l'_s is no blank and not l'_s-2] y_t(l'_s)
    beta_t(s) = the same from the end, without y_t;    p(l | x) = sum over s of alpha_t(s) beta_t(s), at any t

all in logarithms. With logits u and y = softmax(u), the gradient of -log p is

    y_t(k) - sum over s with l'_s = k of alpha_t(s) beta_t(s) / p(l | x)

Source: Graves, Fernandez, Gomez and Schmidhuber, "Connectionist temporal classification", 2006, section 4.

Shapes: B sequences, T frames, K symbols with the blank, L symbols of the longest transcript, S = 2 L + 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from common.errors import InputError

NEVER = -np.inf
_LOWEST = np.finfo(np.float64).min


@dataclass(frozen=True)
class CTC:
    """Losses and their gradient.

    Attributes:
        losses: (B,) float64, -log p(l | x) in nats.
        gradient: (B, T, K) float64, of each sequence's loss by its logits; 0 beyond its length.
    """

    losses: np.ndarray
    gradient: np.ndarray


def ctc_loss(
    logits: np.ndarray,
    frames: Sequence[int] | np.ndarray,
    transcripts: Sequence[Sequence[int]],
    *,
    blank: int = 0,
) -> CTC:
    """Loss and gradient of a batch.

    Args:
        logits: (B, T, K); log-probabilities will do, too, being logits of themselves.
        frames: (B,) how many of the T frames are a sequence's own.
        transcripts: B lists of symbols; an empty one means that nothing was said.
        blank: its number among the K.

    Raises:
        InputError: shapes that do not fit, a symbol that is the blank or out of range, or a transcript that needs more
            frames than there are.
    """
    logits = np.asarray(logits, dtype=np.float64)
    frames = np.asarray(frames, dtype=np.int64)
    _check(logits, frames, transcripts, blank)
    log_y = log_softmax(logits)
    lattice = _Lattice(log_y, frames, transcripts, blank)
    alpha, beta = lattice.forward(), lattice.backward()
    log_p = lattice.total(alpha)
    with np.errstate(invalid="ignore"):
        posterior = np.exp(alpha + beta - log_p[:, np.newaxis])  # (T, B, S)
    gradient = np.exp(log_y)
    batch = np.arange(len(frames))
    for s in range(lattice.symbols.shape[1]):
        gradient[batch, :, lattice.symbols[:, s]] -= posterior[:, :, s].T
    gradient[np.arange(logits.shape[1]) >= frames[:, np.newaxis]] = 0.0
    return CTC(-log_p, gradient)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Log-probabilities over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def collapse(path: Sequence[int] | np.ndarray, *, blank: int = 0) -> list[int]:
    """What a path reads: repeats fall together, then blanks are dropped."""
    return [int(symbol) for symbol, _ in groupby(path) if symbol != blank]


def frames_needed(transcript: Sequence[int]) -> int:
    """The fewest frames that can read a transcript: one a symbol, and a blank between two that are equal."""
    return len(transcript) + sum(first == second for first, second in zip(transcript, transcript[1:], strict=False))


@dataclass(frozen=True)
class Alignment:
    """The likeliest path that reads a transcript.

    Attributes:
        path: (T,) a symbol or the blank for each frame.
        spans: of each symbol of the transcript, its first frame and the one after its last.
        log_probability: of the path, in nats.
    """

    path: np.ndarray
    spans: list[tuple[int, int]]
    log_probability: float


def align(logits: np.ndarray, transcript: Sequence[int], *, blank: int = 0) -> Alignment:
    """The likeliest path (Viterbi) of a transcript through (T, K) logits.

    Raises:
        InputError: as for `ctc_loss`.
    """
    logits = np.asarray(logits, dtype=np.float64)[np.newaxis]
    frames = np.array([logits.shape[1]])
    _check(logits, frames, [transcript], blank)
    lattice = _Lattice(log_softmax(logits), frames, [transcript], blank)
    places, log_p = lattice.best()
    spans = []
    for number in range(len(transcript)):
        inside = np.flatnonzero(places == 2 * number + 1)
        spans.append((int(inside[0]), int(inside[-1]) + 1))
    return Alignment(lattice.symbols[0][places], spans, log_p)


class _Lattice:
    """The transcripts of a batch with blanks between, and the two passes over the frames."""

    def __init__(self, log_y: np.ndarray, frames: np.ndarray, transcripts: Sequence[Sequence[int]], blank: int):
        self.frames = frames
        self.lengths = np.array([len(transcript) for transcript in transcripts])
        self.symbols = np.full((len(frames), 2 * self.lengths.max(initial=0) + 1), blank)
        for row, transcript in zip(self.symbols, transcripts, strict=True):
            row[1 : 2 * len(transcript) : 2] = transcript
        places = np.arange(self.symbols.shape[1])
        self._inside = places <= 2 * self.lengths[:, np.newaxis]
        self._last = places >= 2 * self.lengths[:, np.newaxis] - 1
        self._last &= self._inside
        # where a step of two leads to s: onto another symbol than the one before it
        self._skip = np.zeros(self.symbols.shape, dtype=bool)
        self._skip[:, 2:] = (self.symbols[:, 2:] != blank) & (self.symbols[:, 2:] != self.symbols[:, :-2])
        # (T, B, S): y_t(l'_s)
        self._emitted = np.take_along_axis(log_y, self.symbols[:, np.newaxis, :], axis=2).transpose(1, 0, 2)

    def forward(self) -> np.ndarray:
        """log alpha (T, B, S)."""
        alpha = np.full(self._emitted.shape, NEVER)
        alpha[0, :, :2] = self._emitted[0, :, :2]
        alpha[0, ~self._inside] = NEVER
        for t in range(1, len(alpha)):
            reached = _log_sum(self._arriving(alpha[t - 1]))
            alpha[t] = np.where(self._inside, reached + self._emitted[t], NEVER)
        return alpha

    def backward(self) -> np.ndarray:
        """log beta (T, B, S); never beyond a sequence's own frames."""
        beta = np.full(self._emitted.shape, NEVER)
        ends = np.where(self._last, 0.0, NEVER)
        for t in range(len(beta) - 1, -1, -1):
            if t + 1 < len(beta):
                beta[t] = _log_sum(self._leaving(beta[t + 1] + self._emitted[t + 1]))
            beta[t] = np.where((t == self.frames - 1)[:, np.newaxis], ends, beta[t])
        return beta

    def total(self, alpha: np.ndarray) -> np.ndarray:
        """log p(l | x) (B,): alpha summed over where a path may end."""
        ends = alpha[self.frames - 1, np.arange(len(self.frames))]
        return np.logaddexp.reduce(np.where(self._last, ends, NEVER), axis=1)

    def best(self) -> tuple[np.ndarray, float]:
        """The likeliest path of the first sequence, as places s (T,), and its log-probability."""
        came = np.zeros(self._emitted.shape[::2], dtype=np.int64)  # how far back the best way into s comes from
        score = np.where(np.arange(self._emitted.shape[2]) < 2, self._emitted[0], NEVER)
        for t in range(1, len(self._emitted)):
            ways = self._arriving(score)
            came[t] = ways.argmax(axis=0)[0]
            score = ways.max(axis=0) + self._emitted[t]
        score = np.where(self._last, score, NEVER)[0]
        places = np.empty(len(self._emitted), dtype=np.int64)
        places[-1] = score.argmax()
        for t in range(len(places) - 1, 0, -1):
            places[t - 1] = places[t] - came[t, places[t]]
        return places, float(score.max())

    def _arriving(self, before: np.ndarray) -> np.ndarray:
        """(3, B, S): what stood at s, s - 1 and, where that step is allowed, s - 2 a frame before."""
        ways = np.full((3, *before.shape), NEVER)
        ways[0] = before
        ways[1, :, 1:] = before[:, :-1]
        ways[2, :, 2:] = np.where(self._skip[:, 2:], before[:, :-2], NEVER)
        return ways

    def _leaving(self, after: np.ndarray) -> np.ndarray:
        """(3, B, S): what stands at s, s + 1 and, where that step is allowed, s + 2 a frame later."""
        ways = np.full((3, *after.shape), NEVER)
        ways[0] = after
        ways[1, :, :-1] = after[:, 1:]
        ways[2, :, :-2] = np.where(self._skip[:, 2:], after[:, 2:], NEVER)
        return ways


def _log_sum(ways: np.ndarray) -> np.ndarray:
    """log(sum(exp)) over the first axis, faster than `np.logaddexp.reduce`, which has no vector instructions."""
    top = np.maximum(ways.max(axis=0), _LOWEST)  # finite, so that nothing is infinity minus infinity
    with np.errstate(divide="ignore"):
        return np.log(np.exp(ways - top).sum(axis=0)) + top


def _check(logits: np.ndarray, frames: np.ndarray, transcripts: Sequence[Sequence[int]], blank: int) -> None:
    if logits.ndim != 3 or len(frames) != len(logits) or len(transcripts) != len(logits):
        raise InputError(
            f"logits of shape {logits.shape} with {len(frames)} lengths and {len(transcripts)} transcripts; "
            "give (sequences, frames, symbols) and one of each for every sequence"
        )
    _, most, symbols = logits.shape
    if not 0 <= blank < symbols:
        raise InputError(f"the blank is symbol {blank}, but there are {symbols}; give a number from 0 to {symbols - 1}")
    for number, (count, transcript) in enumerate(zip(frames, transcripts, strict=True), 1):
        if not 1 <= count <= most:
            raise InputError(f"sequence {number} is said to have {count} frames; it must have 1 to {most}")
        for symbol in transcript:
            if not 0 <= symbol < symbols or symbol == blank:
                raise InputError(
                    f"transcript {number} holds symbol {symbol}; give 0 to {symbols - 1} without the blank, {blank}"
                )
        if (needed := frames_needed(transcript)) > count:
            raise InputError(
                f"transcript {number} needs {needed} frames ({len(transcript)} symbols, a blank between equal ones) "
                f"and has {count}; give a longer recording or a shorter transcript"
            )
