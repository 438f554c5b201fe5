"""What the networks learn from: frames with their text, varied anew each time, in batches of like length.

Sentences are composed once, with their noise (`utterances.py`), and kept as frames. Each time one is learnt from, its
frames are stretched in time, moved up or down the bands, made louder or softer, and bands and times are blanked out.
Source of the last: Park et al. 2019, "SpecAugment: a simple data augmentation method for automatic speech recognition",
section 2, without time warping.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from common.seeding import make_rng
from common.spectrogram import SPEECH_SPREAD
from week3.speech_recognition.alphabet import encode


@dataclass(frozen=True)
class Example:
    """Frames, float32 or float16 (frames, features), and the numbers of the symbols that are said in them."""

    features: np.ndarray
    symbols: tuple[int, ...]


@dataclass(frozen=True)
class Variation:
    """How examples are varied.

    Attributes:
        speed: lowest and highest factor by which time is stretched.
        gain_db: so much louder or softer at most.
        tilt_db: so much more at the highest band than at the lowest, or less, at most.
        shift_bands: bands by which everything moves up or down at most, as between voices.
        time_masks, time_share: times that are blanked out, and the longest, as a share of the frames.
        band_masks, bands: the same of bands, and the widest.
    """

    speed: tuple[float, float] = (0.85, 1.2)
    gain_db: float = 3.0
    tilt_db: float = 4.0
    shift_bands: float = 1.5
    time_masks: int = 2
    time_share: float = 0.02
    band_masks: int = 2
    bands: int = 4


class Composes(Protocol):
    """What makes sentences: the composer of `utterances.py`."""

    def utterance(self, number: int) -> Any:
        """The sentence of this number, with `samples` and `text`."""


def make_examples(composer: Composes, count: int, *, first: int = 0, workers: int = 1) -> list[Example]:
    """Examples of the composer's sentences from number `first` on; the same ones whatever the number of processes."""
    from common.workers import in_order

    size = max(1, -(-count // workers))  # one piece a process: each decodes the voices once
    pieces = [(composer, start, min(start + size, first + count)) for start in range(first, first + count, size)]
    return [example for piece in in_order(_make_piece, pieces, workers) for example in piece]


def _make_piece(composer: Composes, start: int, stop: int) -> list[Example]:
    from week3.speech_recognition.data import features

    found = []
    for number in range(start, stop):
        utterance = composer.utterance(number)
        found.append(Example(features(utterance.samples).astype(np.float16), tuple(encode(utterance.text))))
    return found


def vary(features: np.ndarray, variation: Variation, rng: np.random.Generator) -> np.ndarray:
    """Other frames in which the same is said, float32."""
    frames, bands = features.shape
    speed, shift = rng.uniform(*variation.speed), rng.uniform(-variation.shift_bands, variation.shift_bands)
    times = np.linspace(0, frames - 1, max(2, round(frames / speed)))
    varied = _between(_between(features.astype(np.float32), times).T, np.clip(np.arange(bands) + shift, 0, bands - 1)).T
    decibels = rng.uniform(-1, 1) * variation.gain_db + rng.uniform(-1, 1) * variation.tilt_db * np.linspace(
        -0.5, 0.5, bands
    )
    varied = varied + (decibels * (np.log(10) / 10 / float(SPEECH_SPREAD))).astype(np.float32)
    mean = varied.mean()
    for _ in range(variation.time_masks):
        begin, end = _span(rng, len(varied), variation.time_share * len(varied))
        varied[begin:end] = mean
    for _ in range(variation.band_masks):
        begin, end = _span(rng, bands, variation.bands)
        varied[:, begin:end] = mean
    return varied


def _between(rows: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Rows at places between them, in straight lines."""
    low = np.minimum(places.astype(np.int64), len(rows) - 2)
    share = (places - low).astype(np.float32)[:, np.newaxis]
    return rows[low] * (1 - share) + rows[low + 1] * share


def _span(rng: np.random.Generator, count: int, longest: float) -> tuple[int, int]:
    length = min(count, int(rng.uniform(0, longest + 1)))
    begin = int(rng.integers(0, count - length + 1))
    return begin, begin + length


def batches(
    lengths: Sequence[int] | np.ndarray, size: int, rng: np.random.Generator | None, *, ascending: bool = False
) -> Iterator[np.ndarray]:
    """Numbers of examples, in batches of like length; the batches in another order each time, or from short to long.

    Args:
        lengths: of the examples.
        size: of a batch; the last one may be smaller.
        rng: what decides the order; None for ascending lengths.
        ascending: short ones first, which helps in the beginning (Amodei et al. 2016, "Deep Speech 2", section 3.2).
    """
    lengths = np.asarray(lengths, np.float64)
    if rng is not None:
        lengths = lengths * rng.uniform(0.95, 1.05, len(lengths))  # so that the same ones do not always meet
    order = np.argsort(lengths, kind="stable")
    pieces = [order[start : start + size] for start in range(0, len(order), size)]
    if rng is not None and not ascending:
        pieces = [pieces[number] for number in rng.permutation(len(pieces))]
    return iter(pieces)


def example_rng(seed: int, epoch: int, number: int) -> np.random.Generator:
    """What varies an example in an epoch, whatever batch it is in."""
    return make_rng(seed, "vary", epoch, int(number))
