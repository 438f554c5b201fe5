"""Training: Adam with a learning rate that rises and falls, examples varied anew each time, checkpoints.

    recognizer, result = train(examples, dev, checkpoint=folder / "checkpoint.npz")                  # CTC
    other, result = train(examples, dev, config=TrainConfig.for_attention(), start=recognizer)       # attention

CTC's network learns from nothing, the first epoch from short examples to long ones. The one with attention begins with
the encoder that CTC has taught, and learns by both losses together, which holds its looks in order. Source: Kim, Hori
and Watanabe 2017, "Joint CTC-attention based end-to-end speech recognition using multi-task learning".

A call that was interrupted goes on from its last epoch and ends with the same bits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from common.cli import progress as progress_bar
from common.errors import InputError
from common.recurrent import Adam, clip_by_global_norm
from common.seeding import make_rng
from week3.speech_recognition.attention import AttentionDecoder
from week3.speech_recognition.checkpoint import Checkpoint, State, identity
from week3.speech_recognition.examples import Example, Variation, batches
from week3.speech_recognition.gradients import Halves, Task
from week3.speech_recognition.model import ModelConfig, Parameters
from week3.speech_recognition.network import Encoder
from week3.speech_recognition.trained import TrainedRecognizer

History = dict[str, list[float]]


@dataclass(frozen=True)
class TrainConfig:
    """How to train.

    Attributes:
        epochs: passes over the examples.
        batch_size: examples in a batch.
        learning_rate: of Adam, at its highest: it rises over the first `warm_up` of the steps and falls to nothing
            along half a cosine.
        warm_up: share of the steps.
        clip_norm: limit of the norm of the gradients of the loss per symbol.
        ctc_weight: of CTC's loss beside attention's.
        ascending: whether the first epoch goes from short examples to long ones.
        variation: how examples are varied.
        seed: of the start, the order, the variation and the dropout.
    """

    epochs: int = 14
    batch_size: int = 32
    learning_rate: float = 4e-3
    warm_up: float = 0.05
    clip_norm: float = 1.0
    ctc_weight: float = 1.0
    ascending: bool = True
    variation: Variation = field(default_factory=Variation)
    seed: int = 0

    @classmethod
    def for_attention(cls, **changes: Any) -> TrainConfig:
        """Settings for the network with attention, whose encoder CTC has taught."""
        defaults = {"epochs": 6, "learning_rate": 2e-3, "ctc_weight": 0.3, "ascending": False}
        return cls(**(defaults | changes))

    def __post_init__(self):
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 <= self.ctc_weight <= 1:
            raise InputError(f"the weight of CTC's loss is {self.ctc_weight}; give a number from 0 to 1")

    def rate(self, step: int, steps: int) -> float:
        """The learning rate of a step, counted from 0."""
        rising = max(1, round(self.warm_up * steps))
        if step < rising:
            return self.learning_rate * (step + 1) / rising
        return self.learning_rate * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising))) / 2


@dataclass(frozen=True)
class TrainingResult:
    """What came of it.

    Attributes:
        history: "loss" and "dev loss" of every epoch, in nats per symbol.
        best_epoch: whose parameters were kept, from 1.
        seconds: of this call.
    """

    history: History
    best_epoch: int
    seconds: float


def train(
    examples: Sequence[Example],
    dev: Sequence[Example],
    *,
    model: ModelConfig | None = None,
    config: TrainConfig | None = None,
    start: TrainedRecognizer | None = None,
    checkpoint: Path | None = None,
    processes: int = 1,
    progress: bool = False,
) -> tuple[TrainedRecognizer, TrainingResult]:
    """Train on `examples`, watched by `dev`; the parameters of the epoch with the least dev loss are kept.

    Args:
        examples, dev: frames with their text; without `dev` the last parameters are kept.
        model: kind and sizes.
        config: how.
        start: a recognizer whose parameters to begin with, as far as names and shapes are the same.
        checkpoint: a file for what an interrupted call goes on from; InputError where it is another training's.
        processes: 1 or 2; the result is the same.
        progress: show a bar.

    Raises:
        InputError: there are no examples, or the checkpoint does not fit.
    """
    model, config = model or ModelConfig(), config or TrainConfig()
    if not examples:
        raise InputError("there are no examples to train on; give at least one")
    state = begin(model, config, start)
    kept = None if checkpoint is None else Checkpoint(checkpoint, identity(model, config, examples, state.parameters))
    if kept is not None:
        state = kept.load() or state
    began = time.perf_counter()
    with Halves(processes) as halves:
        while state.epoch < config.epochs:
            state = _epoch(state, examples, dev, model, config, halves, progress)
            if kept is not None:
                kept.save(state)
    notes = {"training": asdict(config), "examples": len(examples), "loss": state.history["loss"][-1]}
    result = TrainingResult(state.history, state.best_epoch, time.perf_counter() - began)
    return TrainedRecognizer(model, state.best, notes | {"best epoch": state.best_epoch}), result


def begin(model: ModelConfig, config: TrainConfig, start: TrainedRecognizer | None = None) -> State:
    """A training before its first epoch: fresh parameters, those of `start` where name and shape are the same."""
    rng = make_rng(config.seed, "start")
    parameters = Encoder(model).initialize(rng)
    if model.kind == "attention":
        parameters |= AttentionDecoder(model).initialize(rng)
    for name, value in (start.parameters if start else {}).items():
        if name in parameters and parameters[name].shape == value.shape:
            parameters[name] = value.copy()
    return State(parameters, parameters, {}, {"loss": [], "dev loss": []})


def _epoch(
    state: State,
    examples: Sequence[Example],
    dev: Sequence[Example],
    model: ModelConfig,
    config: TrainConfig,
    halves: Halves,
    progress: bool,
) -> State:
    """The state after one more pass over the examples."""
    task = Task(model, config.ctc_weight, config.variation, config.seed, state.epoch)
    ascending = config.ascending and not state.epoch
    lengths = [len(example.features) for example in examples]
    plan = list(batches(lengths, config.batch_size, make_rng(config.seed, "order", state.epoch), ascending=ascending))
    steps, adam = config.epochs * len(plan), Adam()
    if state.optimizer:
        adam.load_state(state.optimizer)
    parameters = {name: value.copy() for name, value in state.parameters.items()}
    losses = []
    bar = (
        progress_bar(plan, description=f"epoch {state.epoch + 1} of {config.epochs}", unit="batch")
        if progress
        else plan
    )
    for numbers in bar:
        found = halves.compute(task, parameters, [examples[number] for number in numbers], numbers)
        loss = found.loss(task.weights)
        if not math.isfinite(loss):
            raise InputError(f"the loss became {loss} in epoch {state.epoch + 1}; give a lower learning rate")
        losses.append(loss)
        if not found.gradients:
            continue
        for gradient in found.gradients.values():
            gradient /= found.symbols
        clip_by_global_norm(found.gradients, config.clip_norm)
        adam.learning_rate = config.rate(adam.steps, steps)
        adam.update(parameters, found.gradients)
    history = {"loss": [*state.history["loss"], float(np.mean(losses))], "dev loss": list(state.history["dev loss"])}
    if dev:
        history["dev loss"].append(measure(dev, parameters, replace(task, variation=None), halves, config.batch_size))
    after = State(parameters, parameters, adam.state(), history)
    if after.best_epoch != after.epoch:
        after.best = state.best
    return after


def measure(
    examples: Sequence[Example], parameters: Parameters, task: Task, halves: Halves, batch_size: int = 64
) -> float:
    """The loss of examples as they are, in nats per symbol."""
    total, symbols = 0.0, 0
    for numbers in batches([len(example.features) for example in examples], batch_size, None):
        found = halves.compute(task, parameters, [examples[number] for number in numbers], numbers)
        total += found.loss(task.weights) * found.symbols
        symbols += found.symbols
    return total / max(1, symbols)


def describe(result: TrainingResult) -> str:
    """One line for the person."""
    best = result.best_epoch - 1
    losses = ", ".join(f"{name} {values[best]:.4f}" for name, values in result.history.items() if values)
    return (
        f"{len(result.history['loss'])} epochs, {result.seconds:.0f} s; kept epoch {best + 1}: {losses} nats per symbol"
    )
