"""Sound to spectrograms: power densities as matplotlib's `specgram` gives them, and log-mel features.

    spectrogram(samples)                       # (101, frames): as plt.specgram(samples, 200, 8000, noverlap=120)
    power_frames(samples, Framing(), np.float32)          # (frames, 101): time first, as networks take it
    log_mel(samples, LogMel(rate=16000))                  # (frames, 40) float32

Frame t is made of the samples t * hop to t * hop + window - 1 and of no later ones, so it can be computed as sound
arrives: `FrameStream` keeps the samples that the next frames need.

The power spectral density of a frame x of N samples, with the symmetric Hann window w, at rate F (Heinzel, Ruediger and
Schilling, 2002, "Spectrum and spectral density estimation by the DFT"):

    P[k] = c |sum_n w[n] x[n] exp(-2 pi i k n / N)|^2 / (F sum_n w[n]^2),    c = 2, but 1 at k = 0 and k = N / 2
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError
from common.folded_transform import Fold
from common.threads import in_threads

SPEECH_MIDDLE, SPEECH_SPREAD = np.float32(-8.0), np.float32(3.0)  # of log-mel frames of speech at -20 dBFS
_CHUNK = 512  # frames at a time: their work arrays stay in the processor's cache
_FEW = 16  # hops of sound, below which there are so few frames that calls take longest


@dataclass(frozen=True)
class Framing:
    """How sound is cut into frames, and the rate that densities are stated at; the course's by default.

    Attributes:
        window: samples in a frame, at least 3.
        hop: samples from one frame to the next, from 1 to the window.
        rate: samples per second that the density is divided by; the course says 8000 of sound at 44,100.
    """

    window: int = 200
    hop: int = 80
    rate: float = 8000.0

    def __post_init__(self):
        if self.window < 3 or not 1 <= self.hop <= self.window:
            raise InputError(
                f"window {self.window} and hop {self.hop}: the window must be at least 3, the hop 1 to the window"
            )
        if not self.rate > 0:
            raise InputError(f"the rate is {self.rate}; it must be more than 0")

    @property
    def bins(self) -> int:
        """Frequencies of a frame: from 0 to half the rate."""
        return self.window // 2 + 1

    def frames(self, samples: int) -> int:
        """How many whole frames so many samples hold; fewer than a window are padded to one."""
        return max(samples - self.window, 0) // self.hop + 1

    def span(self, frames: int) -> int:
        """How many samples so many frames cover."""
        return (frames - 1) * self.hop + self.window


_COURSE = Framing()


def spectrogram(
    samples: np.ndarray, *, window: int = 200, overlap: int = 120, rate: float = 8000.0, dtype: Any = np.float64
) -> np.ndarray:
    """Power spectral density, (window // 2 + 1, frames), as matplotlib's `specgram` with these settings returns it.

    Args:
        samples: one channel, (n,), int16 values as they are or floats. Fewer than a window are padded with zeros.
        window: samples of a frame.
        overlap: samples that a frame shares with the next.
        rate: samples per second; the course says 8000, whatever the file's.
        dtype: float64 (equal to matplotlib's to 1e-12 of the peak), or float32 (to 1e-6 of each frame's power in all).

    Raises:
        InputError: there are no samples, more than one channel, or the settings are out of bounds.
    """
    framing, dtype = Framing(window, window - overlap, rate), np.dtype(dtype)
    samples = _one_channel(samples, window)
    if not _folds(framing, dtype):
        return power_frames(samples, framing, dtype).T
    power = np.empty((framing.bins, framing.frames(len(samples))), dtype)
    _fold_of(framing).fill(samples, power)
    return power


def power_frames(
    samples: np.ndarray, framing: Framing | None = None, dtype: Any = np.float64, *, threads: int | None = None
) -> np.ndarray:
    """As `spectrogram`, but time first: (frames, bins), contiguous; `threads` at most, as `common.threads` counts."""
    framing = framing or _COURSE
    samples = _one_channel(samples, framing.window)
    dtype = np.dtype(dtype)
    folds = _folds(framing, dtype)
    if folds and len(samples) < _FEW * framing.hop:
        return _multiply(samples.astype(dtype), framing)
    power = np.empty((framing.frames(len(samples)), framing.bins), dtype)
    if folds:
        _fold_of(framing).fill(samples, power.T)
    else:
        in_threads(lambda starts: _transform(samples, framing, power, starts), len(power), _CHUNK, threads=threads)
    return power


class _Chunks:
    """The samples of some frames at a time in the type that is computed in, always in the same memory."""

    def __init__(self, samples: np.ndarray, framing: Framing, power: np.ndarray):
        self._samples, self._framing, self._power = samples, framing, power
        self.size = min(_CHUNK, len(power))
        self._memory = np.empty(framing.span(self.size), power.dtype)

    def take(self, start: int) -> tuple[np.ndarray, np.ndarray]:
        """(samples, power) of the frames from `start` on."""
        power = self._power[start : start + self.size]
        first, count = start * self._framing.hop, self._framing.span(len(power))
        self._memory[:count] = self._samples[first : first + count]
        return self._memory[:count], power


def overlapping(values: np.ndarray, window: int, hop: int) -> np.ndarray:
    """Windows of `window` values, `hop` apart, as rows (count, window) that share the contiguous array's memory.

    As NumPy's `sliding_window_view`, which takes twenty times as long to make one; not to be written to.
    """
    count, size = (len(values) - window) // hop + 1, values.itemsize
    return np.ndarray((count, window), values.dtype, values, strides=(hop * size, size))


def _one_channel(samples: np.ndarray, window: int) -> np.ndarray:
    samples = np.asarray(samples)
    if samples.ndim != 1 or not len(samples):
        raise InputError(f"samples of shape {samples.shape} make no spectrogram; give one channel, at least one sample")
    if len(samples) < window:
        samples = np.pad(samples, (0, window - len(samples)))
    return samples


def _transform(samples: np.ndarray, framing: Framing, power: np.ndarray, starts: Iterable[int]) -> None:
    """Fill `power` by fast Fourier transforms, from each of `starts` a chunk of frames."""
    chunks, scaled = _Chunks(samples, framing, power), _scaled_window(framing, power.dtype)
    windowed = np.empty((chunks.size, framing.window), power.dtype)
    spectra = np.empty((chunks.size, framing.bins), np.result_type(power.dtype, np.complex64))
    for start in starts:
        part, out = chunks.take(start)
        frames, count = overlapping(part, framing.window, framing.hop), len(out)
        np.multiply(frames, scaled, out=windowed[:count])
        parts = np.fft.rfft(windowed[:count], out=spectra[:count]).view(power.dtype)
        np.multiply(parts, parts, out=parts)
        np.add(parts[:, ::2], parts[:, 1::2], out=out)
        out[:, 0] *= 0.5
        if framing.window % 2 == 0:
            out[:, -1] *= 0.5


@functools.lru_cache(maxsize=8)
def _scaled_window(framing: Framing, dtype: np.dtype) -> np.ndarray:
    """The Hann window times the root of the density's factor, 2 / (F sum w^2)."""
    hann = np.hanning(framing.window)
    return (hann * np.sqrt(2 / (framing.rate * np.sum(hann * hann)))).astype(dtype)


def _folds(framing: Framing, dtype: np.dtype) -> bool:
    return dtype == np.float32 and Fold.possible(framing.window, framing.hop)


@functools.lru_cache(maxsize=8)
def _fold_of(framing: Framing) -> Fold:
    return Fold(framing.window, framing.hop, _scaled_window(framing, np.dtype(np.float64)))


def _multiply(samples: np.ndarray, framing: Framing) -> np.ndarray:
    """The power of a few frames, with as few calls as there can be."""
    waves = overlapping(samples, framing.window, framing.hop) @ _whole_waves(framing)
    np.multiply(waves, waves, out=waves)
    return np.add(waves[:, : framing.bins], waves[:, framing.bins :])


@functools.lru_cache(maxsize=8)
def _whole_waves(framing: Framing) -> np.ndarray:
    """Cosines and sines of whole frames side by side, (window, 2 bins), times window and the density's factors."""
    factors = np.ones(framing.bins)
    factors[[0, -1]] = np.sqrt(0.5)
    angles = 2 * np.pi / framing.window * np.arange(framing.window)[:, None] * np.arange(framing.bins)
    weights = _scaled_window(framing, np.dtype(np.float64))[:, None] * factors
    return np.hstack([np.cos(angles) * weights, np.sin(angles) * weights]).astype(np.float32)


class FrameStream:
    """Cuts sound that arrives in pieces of any size where whole frames end, and keeps what the next frames need."""

    def __init__(self, window: int, hop: int):
        self.window, self.hop = window, hop
        self._kept: np.ndarray | None = None

    def push(self, samples: np.ndarray) -> np.ndarray | None:
        """The samples of all frames that are whole now, to be framed as one piece; None where there is none yet."""
        joined = samples if self._kept is None else np.concatenate([self._kept, samples])
        count = (len(joined) - self.window) // self.hop + 1
        self._kept = joined[max(count, 0) * self.hop :].copy()
        return joined[: (count - 1) * self.hop + self.window] if count > 0 else None


@dataclass(frozen=True)
class LogMel:
    """Settings of log-mel features.

    Attributes:
        rate: samples per second of the sound.
        window, hop: samples of a frame and from one to the next (at 16,000 Hz: 25 ms and 10 ms).
        bands: triangular filters, evenly spaced in mel.
        low, high: Hz where the first filter begins and the last one ends.
        floor: power below which the logarithm does not go (full scale is 1).
    """

    rate: int = 16_000
    window: int = 400
    hop: int = 160
    bands: int = 40
    low: float = 60.0
    high: float = 7600.0
    floor: float = 1e-8

    def __post_init__(self):
        if not 0 <= self.low < self.high <= self.rate / 2:
            raise InputError(f"{self.low} to {self.high} Hz: must lie within 0 to half the rate, {self.rate / 2:g} Hz")
        if not (1 <= self.hop <= self.window and self.bands >= 1 and self.floor > 0):
            raise InputError("log-mel features need a hop within the window, at least one band and a floor above 0")

    @property
    def size(self) -> int:
        """Points of the Fourier transform: the power of two from the window up."""
        return 1 << (self.window - 1).bit_length()


def mel(hertz: np.ndarray) -> np.ndarray:
    """Hz to mel: 2595 log10(1 + f / 700) (O'Shaughnessy, 1987)."""
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def hertz(mels: np.ndarray) -> np.ndarray:
    """The inverse of `mel`."""
    return 700 * (10 ** (np.asarray(mels) / 2595) - 1)


@functools.lru_cache(maxsize=8)
def mel_filters(settings: LogMel) -> np.ndarray:
    """The filters as a matrix (bins, bands) float32: triangles of height 1, each from its neighbours' peaks.

    Raises:
        InputError: the filters are so narrow that one covers no frequency of the transform.
    """
    edges = hertz(np.linspace(mel(settings.low), mel(settings.high), settings.bands + 2))
    frequencies = np.arange(settings.size // 2 + 1)[:, None] * settings.rate / settings.size
    rising = (frequencies - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequencies) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    if not filters.any(axis=0).all():
        raise InputError(f"{settings.bands} bands are too many for a window of {settings.window}; take fewer")
    return filters


def log_mel(samples: np.ndarray, settings: LogMel | None = None) -> np.ndarray:
    """Natural logarithms of the mean power in mel bands, (frames, bands) float32.

    `samples` is one channel, (n,), floats in [-1, 1] or int16 (taken as 32,768ths). The power of a frame is
    |FFT(hann x)|^2 / sum hann^2; the window is the symmetric one; below `floor` it counts as the floor.
    """
    settings = settings or LogMel()
    scale = np.float32(1 / 32768 if np.asarray(samples).dtype == np.int16 else 1)
    samples = _one_channel(samples, settings.window).astype(np.float32)
    frames = overlapping(samples, settings.window, settings.hop)
    hann = np.hanning(settings.window)
    window = (hann / np.sqrt(np.sum(hann * hann))).astype(np.float32) * scale
    features = np.empty((len(frames), settings.bands), np.float32)
    for start in range(0, len(frames), _CHUNK):
        spectra = np.fft.rfft(frames[start : start + _CHUNK] * window, settings.size)
        power = np.square(spectra.real) + np.square(spectra.imag)
        np.matmul(power, mel_filters(settings), out=features[start : start + _CHUNK])
    return np.log(np.maximum(features, np.float32(settings.floor), out=features), out=features)


def speech_features(samples: np.ndarray, settings: LogMel | None = None) -> np.ndarray:
    """`log_mel`, moved and scaled for networks: (frames, bands) float32, about -2 to 2 for speech at -20 dBFS."""
    return (log_mel(samples, settings) - SPEECH_MIDDLE) / SPEECH_SPREAD
