"""The assignment's pictures: sound, spectrogram and probability under one another; a training example."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import atomic_path
from common.page_blocks import Block, clip, lines
from common.plots import BLUE, INK, ORANGE, SEQUENTIAL, VERMILION, new_figure, styled
from common.spectrogram import power_frames
from week3.trigger_word.detect import Detection, Detector
from week3.trigger_word.scoring import Score

PICTURED_SECONDS = 60.0
_CURVE = 700  # points of the probability on the page of results
_COLUMNS = 1500  # points of a waveform, columns of a spectrogram


@styled()
def draw_detection(detector: Detector, detection: Detection, samples: np.ndarray, start: float, title: str) -> Any:
    """Waveform, spectrogram and probability of the int16 mono `samples`, which begin at `start` seconds."""
    rate = detector.network.rate
    end = start + len(samples) / rate
    figure, axes = new_figure(3, 1, width=9, height=6.5, sharex=True, height_ratios=(1, 1.5, 1.5))
    _draw_sound(axes[0], samples, rate, start)
    _draw_spectrogram(axes[1], samples, rate, start)
    times = detector.seconds_of(0) + np.arange(len(detection.probabilities)) * detector.step_seconds
    seen = (times >= start) & (times <= end)
    axes[2].plot(times[seen], detection.probabilities[seen], color=BLUE, linewidth=1.4)
    axes[2].axhline(detector.threshold, color=INK, linewidth=0.8, linestyle="--", label="threshold")
    for number, event in enumerate(detection.events):
        axes[2].axvspan(event.start, event.end, color=VERMILION, alpha=0.2, label="event" if not number else None)
    for number, step in enumerate(detection.chimes):
        axes[2].axvline(detector.seconds_of(step), color=VERMILION, label="chime" if not number else None)
    axes[2].set(xlim=(start, max(end, start + 0.1)), ylim=(0, 1.02), xlabel="seconds", ylabel="probability")
    axes[2].legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=3, borderaxespad=0.2)
    axes[0].set_title(title)
    return figure


@styled()
def draw_example(example: Any, rate: int) -> Any:
    """A training example: waveform with its words, spectrogram, labels."""
    samples = example.samples if example.samples.ndim == 1 else example.samples[:, 0]
    figure, axes = new_figure(3, 1, width=9, height=6, sharex=True, height_ratios=(1, 1.5, 0.8))
    _draw_sound(axes[0], samples, rate, 0.0)
    for event in example.events:
        colour = VERMILION if event.kind == "activate" else INK
        axes[0].axvspan(event.start_ms / 1000, event.end_ms / 1000, color=colour, alpha=0.2)
        axes[0].annotate(event.kind, (event.start_ms / 1000, 0.8), fontsize=8, color=colour, annotation_clip=True)
    _draw_spectrogram(axes[1], samples, rate, 0.0)
    seconds = len(samples) / rate
    axes[2].step(np.arange(len(example.labels)) * seconds / len(example.labels), example.labels, color=BLUE)
    axes[2].set(xlim=(0, seconds), ylim=(-0.1, 1.1), xlabel="seconds", ylabel="label")
    axes[0].set_title("A training example: sound, spectrogram, labels")
    return figure


@styled()
def draw_curve(scores: Sequence[Score], chosen: Score, title: str) -> Any:
    """Precision, recall and F1 over the threshold; and misses against false alarms; the chosen threshold marked."""
    figure, (left, right) = new_figure(1, 2, width=10, height=4.2)
    thresholds = [score.threshold for score in scores]
    rows = (
        ("precision", [score.precision for score in scores], BLUE, "--"),
        ("recall", [score.recall for score in scores], ORANGE, ":"),
        ("F1", [score.f1 for score in scores], INK, "-"),
    )
    for name, values, colour, dashes in rows:
        left.plot(thresholds, values, color=colour, linestyle=dashes, label=name)
    left.axvline(chosen.threshold, color=VERMILION, linewidth=1.2, label=f"chosen: {chosen.threshold:g}")
    lowest = min(min(values) for _, values, _, _ in rows)
    left.set(xlabel="threshold", ylabel="share", xlim=(0, 1), ylim=(max(0.0, lowest - 0.03), 1.005))
    left.legend(loc="lower center")
    left.set_title(title)
    alarms, misses = ([getattr(score, name) for score in scores] for name in ("false_alarms_per_hour", "miss_rate"))
    right.plot(alarms, misses, color=BLUE, marker="o", markersize=3.5, linewidth=1.2)
    right.plot(
        chosen.false_alarms_per_hour, chosen.miss_rate, color=VERMILION, marker="o", markersize=8, linestyle="none",
        label=f"chosen: {chosen.false_alarms_per_hour:.1f} an hour, {chosen.miss_rate:.1%} missed",
    )  # fmt: skip
    right.set(xlabel="false alarms an hour", ylabel="share of words missed", ylim=(0, None), xlim=(0, None))
    right.set_title("Misses against false alarms")
    right.legend(loc="upper right")
    return figure


def _draw_sound(axes: Any, samples: np.ndarray, rate: int, start: float) -> None:
    """Lowest and highest value of each stretch."""
    size = max(1, len(samples) // _COLUMNS)
    whole = samples[: len(samples) // size * size].reshape(-1, size) / 32768
    times = start + (np.arange(len(whole)) + 0.5) * size / rate
    axes.fill_between(times, whole.min(axis=1), whole.max(axis=1), color=BLUE, linewidth=0.3)
    axes.set(ylim=(-1, 1), ylabel="amplitude")


def _decibels(samples: np.ndarray) -> np.ndarray:
    """(at most some `_COLUMNS` columns, frequencies) of the spectrogram in dB."""
    power = power_frames(samples, dtype=np.float32)
    size = max(1, len(power) // _COLUMNS)
    power = power[: len(power) // size * size].reshape(-1, size, power.shape[1]).mean(axis=1)
    return 10 * np.log10(np.maximum(power, power.max() * 1e-8 + 1e-12))


def write_spectrogram(path: Path, samples: np.ndarray) -> Path:
    """The spectrogram alone, without axes, low frequencies at the bottom, for the page of results; returns the path."""
    from matplotlib.image import imsave

    decibels = _decibels(samples)
    with atomic_path(path) as temporary:
        imsave(temporary, decibels.T, origin="lower", cmap=SEQUENTIAL, vmin=decibels.max() - 70)
    return path


def clip_block(detector: Detector, detection: Detection, sound: str, picture: str, *, title: str) -> Block:
    """The chimed sound with its spectrogram, the probability under it, and what was heard."""
    stretch = max(1, len(detection.probabilities) // _CURVE)
    whole = detection.probabilities[: len(detection.probabilities) // stretch * stretch]
    return clip(
        f"{title}, with a chime after each trigger word", sound, seconds=detection.seconds, picture=picture,
        curve=whole.reshape(-1, stretch).max(axis=1), threshold=detector.threshold,
        marks=[(event.start, event.end, "heard") for event in detection.events],
    )  # fmt: skip


def curve_blocks(scores: Sequence[Score]) -> list[Block]:
    """Precision, recall and F1 over the threshold; misses against false alarms."""
    shares = {name: [getattr(one, key) for one in scores] for name, key in (
        ("precision", "precision"), ("recall", "recall"), ("F1", "f1"),
    )}  # fmt: skip
    thresholds = [one.threshold for one in scores]
    return [
        lines("Where the threshold stands", shares, x=thresholds, x_name="threshold", y_name="share"),
        lines(
            "Misses against false alarms", {"missed": [one.miss_rate for one in scores]},
            x=[one.false_alarms_per_hour for one in scores], x_name="false alarms an hour", y_name="share missed",
        ),
    ]  # fmt: skip


def _draw_spectrogram(axes: Any, samples: np.ndarray, rate: int, start: float) -> None:
    """In dB below the peak, frequencies in true Hz."""
    decibels = _decibels(samples)
    extent = (start, start + len(samples) / rate, 0, rate / 2000)
    axes.imshow(
        decibels.T, origin="lower", aspect="auto", extent=extent, cmap=SEQUENTIAL,
        vmin=decibels.max() - 70, interpolation="nearest",
    )  # fmt: skip
    axes.set(ylabel="kHz")
    axes.grid(False)
