"""The assignment's pictures: sound, spectrogram and probability under one another; a training example."""

from __future__ import annotations

from typing import Any

import numpy as np

from common.plots import BLUE, INK, SEQUENTIAL, VERMILION, new_figure, styled
from common.spectrogram import power_frames
from week3.trigger_word.detect import Detection, Detector

PICTURED_SECONDS = 60.0
_COLUMNS = 1500  # points of a waveform, columns of a spectrogram


@styled()
def draw_detection(detector: Detector, detection: Detection, samples: np.ndarray, start: float, title: str) -> Any:
    """Waveform, spectrogram and probability of the int16 mono `samples`, which begin at `start` seconds."""
    rate = detector.network.rate
    end = start + len(samples) / rate
    figure, axes = new_figure(3, 1, width=9, height=6.5, sharex=True, height_ratios=(1, 1.5, 1.5))
    _draw_sound(axes[0], samples, rate, start)
    _draw_spectrogram(axes[1], samples, rate, start)
    times = detector.seconds_of(0) + np.arange(len(detection.probabilities)) * _step_seconds(detector)
    seen = (times >= start) & (times <= end)
    axes[2].plot(times[seen], detection.probabilities[seen], color=BLUE, linewidth=1.4)
    axes[2].axhline(detector.threshold, color=INK, linewidth=0.8, linestyle="--", label="threshold")
    for number, event in enumerate(detection.events):
        axes[2].axvspan(event.start, event.end, color=VERMILION, alpha=0.2, label="event" if not number else None)
    for number, step in enumerate(detection.chimes):
        axes[2].axvline(detector.seconds_of(step), color=VERMILION, label="chime" if not number else None)
    axes[2].set(xlim=(start, max(end, start + 0.1)), ylim=(0, 1), xlabel="seconds", ylabel="probability")
    axes[2].legend(loc="upper right", ncols=3)
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


def _step_seconds(detector: Detector) -> float:
    net = detector.network
    return net.stride * net.hop / net.rate


def _draw_sound(axes: Any, samples: np.ndarray, rate: int, start: float) -> None:
    """Lowest and highest value of each stretch."""
    size = max(1, len(samples) // _COLUMNS)
    whole = samples[: len(samples) // size * size].reshape(-1, size) / 32768
    times = start + (np.arange(len(whole)) + 0.5) * size / rate
    axes.fill_between(times, whole.min(axis=1), whole.max(axis=1), color=BLUE, linewidth=0.3)
    axes.set(ylim=(-1, 1), ylabel="amplitude")


def _draw_spectrogram(axes: Any, samples: np.ndarray, rate: int, start: float) -> None:
    """In dB below the peak, frequencies in true Hz."""
    power = power_frames(samples, dtype=np.float32)
    size = max(1, len(power) // _COLUMNS)
    power = power[: len(power) // size * size].reshape(-1, size, power.shape[1]).mean(axis=1)
    decibels = 10 * np.log10(np.maximum(power, power.max() * 1e-8 + 1e-12))
    extent = (start, start + len(samples) / rate, 0, rate / 2000)
    axes.imshow(
        decibels.T, origin="lower", aspect="auto", extent=extent, cmap=SEQUENTIAL,
        vmin=decibels.max() - 70, interpolation="nearest",
    )  # fmt: skip
    axes.set(ylabel="kHz")
    axes.grid(False)
