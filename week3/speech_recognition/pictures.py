"""The pictures: frames against characters, by CTC's probabilities and by attention's weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from common.plots import COLOURS, INK, MUTED, SEQUENTIAL, new_figure, styled
from week3.speech_recognition.alphabet import BLANK, SYMBOLS
from week3.speech_recognition.data import FRAME_SECONDS
from week3.speech_recognition.trained import TrainedRecognizer
from week3.speech_recognition.transcribe import DELAY, Transcription

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SPACE = "\u2423"


@styled()
def draw_ctc(trained: TrainedRecognizer, features: np.ndarray, found: Transcription) -> Figure:
    """What is heard over time, the probability of each character that is read, and where each one is put."""
    figure, (above, below) = _panels(features)
    p = np.exp(found.weights)
    times = _times(trained, found, len(p))
    read = list(dict.fromkeys(one.text for one in found.characters))
    below.fill_between(times, p[:, BLANK], color=MUTED, alpha=0.15, linewidth=0, label="blank")
    for number, symbol in enumerate(read):
        below.plot(times, p[:, SYMBOLS.index(symbol)], color=COLOURS[number % len(COLOURS)], linewidth=1.5)
    for one in found.characters:
        colour = COLOURS[read.index(one.text) % len(COLOURS)]
        below.axvspan(one.begin, one.end, color=colour, alpha=0.18, linewidth=0)
        below.text((one.begin + one.end) / 2, 1.04, _shown(one.text), color=colour, ha="center", fontweight="bold")
    _mark_words(above, found)
    below.set(xlabel="seconds", ylabel="probability", xlim=(0, len(features) * FRAME_SECONDS), ylim=(0, 1.15))
    below.legend(loc="center right")
    return figure


@styled()
def draw_attention(trained: TrainedRecognizer, features: np.ndarray, found: Transcription) -> Figure:
    """What is heard over time, and where attention looked for each character that it wrote."""
    rows = [_shown(one.text) for one in found.characters] + ["end"]
    figure, (above, below) = _panels(features, height=max(5.6, 2.4 + 0.17 * len(rows)))
    times = _times(trained, found, found.weights.shape[1])
    half = found.place_seconds / 2
    below.imshow(
        found.weights, aspect="auto", cmap=SEQUENTIAL, interpolation="nearest",
        extent=(times[0] - half, times[-1] + half, len(rows) - 0.5, -0.5),
    )  # fmt: skip
    below.set_yticks(range(len(rows)), rows, fontsize=8)
    below.grid(visible=False)
    below.set(xlabel="seconds", ylabel="written", xlim=(0, len(features) * FRAME_SECONDS))
    _mark_words(above, found)
    return figure


def _panels(features: np.ndarray, *, height: float = 5.6) -> tuple[Figure, Any]:
    seconds = len(features) * FRAME_SECONDS
    figure, axes = new_figure(
        2, 1, width=min(max(7.0, 3.2 * seconds), 18), height=height, sharex=True,
        gridspec_kw={"height_ratios": (1, height / 2 - 1.3)},
    )  # fmt: skip
    axes[0].imshow(
        features.T, aspect="auto", origin="lower", cmap="Greys", interpolation="nearest",
        extent=(0, seconds, 0, features.shape[1]),
    )  # fmt: skip
    axes[0].grid(visible=False)
    axes[0].set(ylabel="mel band")
    return figure, axes


def _mark_words(axes: Any, found: Transcription) -> None:
    for word in found.words:
        axes.axvline(word.begin, color=INK, linewidth=0.8)
        axes.text(word.begin, 1.03, f" {word.text}", transform=axes.get_xaxis_transform(), fontsize=9.5)


def _times(trained: TrainedRecognizer, found: Transcription, places: int) -> np.ndarray:
    """Seconds of the middle of each place: that of its convolution's frames, less the network's delay."""
    first = trained.config.kernel_size / 2 * FRAME_SECONDS - trained.notes.get(DELAY, 0.0)
    return np.arange(places) * found.place_seconds + first


def _shown(symbol: str) -> str:
    return _SPACE if symbol == " " else symbol
