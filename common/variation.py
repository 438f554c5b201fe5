"""Variations of a spoken clip: speed, pitch, room, noise; on mono float32 samples in [-1, 1].

All are plain signal processing in NumPy; randomness is an argument.
"""

from __future__ import annotations

import numpy as np

from common.errors import InputError

_FRAME_SECONDS = 0.0232  # of the pieces that `stretch` puts together: 1,024 samples at 44,100 Hz
_ROW = 4096  # samples that are summed at a time: few enough for BLAS to use one thread


def power(samples: np.ndarray) -> float:
    """Mean square; 0 for no samples."""
    whole = len(samples) // _ROW * _ROW
    rows, rest = samples[:whole].reshape(-1, _ROW), samples[whole:]
    total = float(np.vecdot(rows, rows).sum(dtype=np.float64)) + float(np.vecdot(rest, rest))
    return total / len(samples) if len(samples) else 0.0


def change_rate(samples: np.ndarray, factor: float) -> np.ndarray:
    """Played `factor` times as fast: shorter and higher by it. Band-limited, by the discrete Fourier transform."""
    _check_factor(factor)
    pad = 64  # silence at the end, so that the end does not ring into the beginning
    size = len(samples) + pad
    new_size = max(2, round(size / factor))
    spectrum = np.fft.rfft(samples, size)
    bins = new_size // 2 + 1
    spectrum = spectrum[:bins] if bins <= len(spectrum) else np.pad(spectrum, (0, bins - len(spectrum)))
    changed = np.fft.irfft(spectrum, new_size) * (new_size / size)
    return changed[: max(1, round(len(samples) / factor))].astype(np.float32)


def frame_at(rate: int) -> int:
    """The samples of `stretch`'s pieces at a rate: the power of two next to 23 ms."""
    return 1 << round(np.log2(max(2.0, rate * _FRAME_SECONDS)))


def stretch(samples: np.ndarray, factor: float, *, frame: int = 1024) -> np.ndarray:
    """As fast by `factor` at the same pitch: waveform-similarity overlap-add (Verhelst and Roelands, 1993).

    Pieces of `frame` samples are taken `factor` times as far apart as they are put down, each moved by up to a quarter
    of it to where it continues the last one best.
    """
    _check_factor(factor)
    hop = frame // 2
    if len(samples) < 2 * frame or factor == 1:
        return samples.copy()
    padded = np.concatenate([samples, np.zeros(2 * frame + frame // 4, np.float32)])
    count = int(len(samples) / factor) // hop + 1
    output = np.zeros((count + 1) * hop, np.float32)
    window = np.hanning(frame + 1)[:frame].astype(np.float32)
    at = 0
    for number in range(count):
        if number:
            at = _best_joint(padded, frame, wanted=at + hop, near=round(number * hop * factor))
        output[number * hop : number * hop + frame] += window * padded[at : at + frame]
    return output[: max(1, round(len(samples) / factor))]


def _best_joint(padded: np.ndarray, frame: int, *, wanted: int, near: int) -> int:
    """The start near `near` whose piece is most like the one at `wanted`, which would go on without a joint."""
    search = frame // 4
    first = max(0, min(near - search, len(padded) - frame - 1))
    last = max(first, min(near + search, len(padded) - frame))
    piece = padded[min(wanted, len(padded) - frame) :][:frame]
    candidates = np.lib.stride_tricks.sliding_window_view(padded[first : last + frame], frame)[::4]
    norms = np.sqrt(np.einsum("ij,ij->i", candidates, candidates)) + 1e-6
    return first + 4 * int(np.argmax((candidates @ piece) / norms))


def shift_pitch(samples: np.ndarray, semitones: float) -> np.ndarray:
    """Higher by so many semitones and, but for rounding, as long as before."""
    factor = 2 ** (semitones / 12)
    return change_rate(stretch(samples, 1 / factor), factor)


def room_response(rng: np.random.Generator, rate: int, seconds: float, wet: float) -> np.ndarray:
    """A made-up room's impulse response: the direct sound, then noise that falls by 60 dB in `seconds`.

    `wet` is the energy of the noise over that of the direct sound, 0 or more.
    """
    time = np.arange(1, max(2, int(seconds * rate)) + 1) / rate
    tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / seconds)
    tail[: int(0.003 * rate)] = 0  # nothing comes back within 3 ms
    total = np.sum(tail * tail)
    tail *= np.sqrt(wet / total) if total > 0 else 0.0
    return np.concatenate([[1.0], tail]).astype(np.float32)


def convolve(samples: np.ndarray, response: np.ndarray) -> np.ndarray:
    """The samples as heard through an impulse response, with its tail."""
    size = len(samples) + len(response) - 1
    padded = 1 << (size - 1).bit_length()
    spectrum = np.fft.rfft(samples, padded) * np.fft.rfft(response, padded)
    return np.fft.irfft(spectrum, padded)[:size].astype(np.float32)


def coloured_noise(rng: np.random.Generator, count: int, slope: float) -> np.ndarray:
    """Noise of power 1 whose spectrum falls by `slope` dB an octave: 0 is white, 3 pink, 6 brown."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    octaves = np.log2(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum * 10 ** (-slope * octaves / 20), count)
    return (noise / np.sqrt(np.mean(noise * noise))).astype(np.float32)


def to_ratio(samples: np.ndarray, over: float, decibels: float) -> np.ndarray:
    """The samples scaled so that their power is `decibels` above the power `over`; silence stays silence."""
    now = power(samples)
    return samples * np.float32(np.sqrt(over * 10 ** (decibels / 10) / now)) if now > 0 else samples


def _check_factor(factor: float) -> None:
    if not 0.25 <= factor <= 4:
        raise InputError(f"{factor} times as fast: give a factor from 0.25 to 4")
