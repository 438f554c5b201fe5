"""The loss of a batch and its gradients, computed in two halves, which two processes share where that pays.

The halves are the same, and summed in the same order, whoever computes them: the result has the same bits.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from types import TracebackType

import numpy as np

from common.ctc import frames_needed
from common.seeding import make_rng
from week3.speech_recognition.attention import AttentionDecoder
from week3.speech_recognition.examples import Example, Variation, example_rng, vary
from week3.speech_recognition.model import ModelConfig, Parameters
from week3.speech_recognition.network import Encoder, ctc_step, padded

HALVES = 2


@dataclass(frozen=True)
class Task:
    """What is asked of a batch.

    Attributes:
        model: the network.
        ctc_weight: of CTC's loss where there is a decoder with attention, whose loss weighs the rest; in [0, 1].
        variation: how examples are varied; None: they are measured as they are, without dropout and gradients.
        seed, epoch: what the variation and the dropout are drawn from.
    """

    model: ModelConfig
    ctc_weight: float = 1.0
    variation: Variation | None = None
    seed: int = 0
    epoch: int = 0

    @property
    def weights(self) -> dict[str, float]:
        """Of each loss."""
        if self.model.kind == "ctc":
            return {"ctc": 1.0}
        return {"ctc": self.ctc_weight, "attention": 1 - self.ctc_weight}


@dataclass
class Found:
    """Sums over a batch: losses in nats ("ctc", "attention"), symbols read, and gradients (empty where measured).

    Examples that have too few frames for their text are left out.
    """

    losses: dict[str, float]
    symbols: int
    gradients: Parameters

    def add(self, other: Found) -> None:
        """Take in another half, in place."""
        self.symbols += other.symbols
        for mine, its in ((self.losses, other.losses), (self.gradients, other.gradients)):
            for name, value in its.items():
                mine[name] = mine[name] + value if name in mine else value

    def loss(self, weights: Mapping[str, float]) -> float:
        """What is learnt to lower, in nats per symbol."""
        return sum(weights[name] * value for name, value in self.losses.items()) / max(1, self.symbols)


class Halves:
    """Computes batches; a context manager, since it keeps a second process where `processes` is 2."""

    def __init__(self, processes: int = 1):
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn")) if processes > 1 else None

    def __enter__(self) -> Halves:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def compute(
        self, task: Task, parameters: Mapping[str, np.ndarray], examples: Sequence[Example], numbers: Sequence[int]
    ) -> Found:
        """Losses and gradients of the examples, whose numbers in the whole set decide how they are varied."""
        pieces = [
            ([examples[place] for place in range(half, len(examples), HALVES)], list(numbers[half::HALVES]))
            for half in range(min(HALVES, len(examples)))
        ]
        waiting = [] if self._pool is None else [self._pool.submit(_half, task, parameters, *one) for one in pieces[1:]]
        found = _half(task, parameters, *pieces[0])
        rest = (one.result() for one in waiting) if waiting else (_half(task, parameters, *one) for one in pieces[1:])
        for other in rest:
            found.add(other)
        return found


@functools.lru_cache(maxsize=2)
def _networks(model: ModelConfig) -> tuple[Encoder, AttentionDecoder | None]:
    """The process's own, with work arrays that are kept from batch to batch."""
    return Encoder(model, reuse_buffers=True), AttentionDecoder(model) if model.kind == "attention" else None


def _half(
    task: Task, parameters: Mapping[str, np.ndarray], examples: Sequence[Example], numbers: Sequence[int]
) -> Found:
    learning = task.variation is not None
    features = [example.features for example in examples]
    if learning:
        rngs = [example_rng(task.seed, task.epoch, number) for number in numbers]
        features = [vary(one, task.variation, rng) for one, rng in zip(features, rngs, strict=True)]
    kept = [
        (one, example.symbols)
        for one, example in zip(features, examples, strict=True)
        if len(one) >= task.model.kernel_size and frames_needed(example.symbols) <= task.model.places(len(one))
    ]
    if not kept:
        return Found({}, 0, {})
    dropout = make_rng(task.seed, "dropout", task.epoch, int(numbers[0])) if learning else None
    return _compute(task, parameters, [one for one, _ in kept], [symbols for _, symbols in kept], dropout)


def _compute(
    task: Task,
    parameters: Mapping[str, np.ndarray],
    features: Sequence[np.ndarray],
    transcripts: Sequence[Sequence[int]],
    dropout: np.random.Generator | None,
) -> Found:
    encoder, decoder = _networks(task.model)
    encoding = encoder.encode(parameters, *padded(features), dropout=dropout)
    steps = {"ctc": ctc_step(parameters, encoding, transcripts, weight=task.weights["ctc"])}
    if decoder:
        weight = task.weights["attention"]
        steps["attention"] = decoder.loss(parameters, encoding, transcripts, dropout=dropout, weight=weight)
    losses, symbols = {name: step.loss for name, step in steps.items()}, sum(map(len, transcripts))
    if dropout is None:
        return Found(losses, symbols, {})
    gradients = encoder.backward(parameters, encoding, sum(step.dh for step in steps.values()))
    for step in steps.values():
        gradients |= step.gradients
    return Found(losses, symbols, {name: np.array(gradients[name]) for name in parameters})
