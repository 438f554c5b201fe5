"""Training examples as a network takes them: features, labels at its steps; made in several processes, kept in memory.

    x, y = make_examples(generator, LOG_MEL, OWN, 3000, workers=2)        # float16 (n, frames, 40), uint8 (n, steps)

A step's label is 1 from the end of a trigger word for `label_seconds`, by the time when the step is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from common.cli import progress
from common.seeding import make_rng
from common.workers import in_order
from week3.trigger_word.data import example_frames
from week3.trigger_word.front_end import FrontEnd
from week3.trigger_word.generation import Generator
from week3.trigger_word.model import ModelConfig
from week3.trigger_word.synthesis import Event

LABEL_SECONDS = 0.36  # as long as the course's 50 steps
_PIECE = 50  # examples that a process makes at a time
_GAIN = 0.25  # standard deviation of the level's change, in units of the features
_WIDEST_MASK = 8


def step_times(front_end: FrontEnd, config: ModelConfig, steps: int) -> np.ndarray:
    """When each step is known, in seconds: when the last sample that it depends on is over."""
    return ((np.arange(steps) * config.stride + config.kernel - 1) * front_end.hop + front_end.window) / front_end.rate


def labels_at(times: np.ndarray, ends: Iterable[float], label_seconds: float = LABEL_SECONDS) -> np.ndarray:
    """uint8 (steps,): 1 at the times that lie after one of the ends (seconds) by up to `label_seconds`."""
    labels = np.zeros(len(times), np.uint8)
    for end in ends:
        labels[(times > end) & (times <= end + label_seconds)] = 1
    return labels


def ends_of(events: Sequence[Event]) -> list[float]:
    """When the trigger words among these end, in seconds."""
    return [(event.end_ms + 1) / 1000 for event in events if event.kind == "activate"]


def example_arrays(
    generator: Generator, front_end: FrontEnd, config: ModelConfig, numbers: Sequence[int], dtype: Any = np.float16
) -> tuple[np.ndarray, np.ndarray]:
    """(features (n, frames, frequencies), labels uint8 (n, steps)) of the examples of these numbers."""
    frames = front_end.frames(example_frames(front_end.rate))
    times = step_times(front_end, config, config.steps(frames))
    x = np.empty((len(numbers), frames, front_end.frequencies), dtype)
    y = np.empty((len(numbers), len(times)), np.uint8)
    for row, number in enumerate(numbers):
        example = generator[number]
        x[row], y[row] = front_end.features(example.samples), labels_at(times, ends_of(example.events))
    return x, y


def make_examples(
    generator: Generator, front_end: FrontEnd, config: ModelConfig, count: int, *, workers: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """The first `count` examples, made in so many processes; float16 features, which suffices for logarithms."""
    spans = [range(start, min(start + _PIECE, count)) for start in range(0, count, _PIECE)]
    shape = front_end.frames(example_frames(front_end.rate)), front_end.frequencies
    x = np.empty((count, *shape), np.float16)
    y = np.empty((count, config.steps(shape[0])), np.uint8)
    pieces = in_order(example_arrays, [(generator, front_end, config, span) for span in spans], workers)
    for span, (features, labels) in zip(spans, progress(pieces, total=len(spans), unit="piece"), strict=True):
        x[span.start : span.stop], y[span.start : span.stop] = features, labels
    return x, y


def batches(x: np.ndarray, y: np.ndarray, batch_size: int, seed: int, epoch: int) -> Iterator[tuple[Any, Any]]:
    """An epoch's batches (features float32, labels float32 (n, steps, 1)), log-mel features varied anew.

    Each example is made louder or softer a little, and a few neighbouring bands of half of them are set to their mean
    (masks as of SpecAugment, Park et al., 2019). What comes depends on seed and epoch alone.
    """
    rng = make_rng(seed, "batches", epoch)
    order = rng.permutation(len(x))
    for start in range(0, len(x) - batch_size + 1 if len(x) >= batch_size else 1, batch_size):
        which = order[start : start + batch_size]
        yield masked(x[which].astype(np.float32), rng), y[which, :, None].astype(np.float32)


def masked(features: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The features (n, frames, bands) varied in place and returned."""
    features += rng.normal(0, _GAIN, (len(features), 1, 1)).astype(np.float32)
    for one in features:
        if rng.random() < 0.5:
            width = int(rng.integers(1, _WIDEST_MASK + 1))
            first = int(rng.integers(0, max(1, features.shape[2] - width + 1)))
            one[:, first : first + width] = one[:, first : first + width].mean()
    return features
