"""A little room: the dry sound and a seeded tail of noise that dies away, added by convolution."""

from __future__ import annotations

import numpy as np

from common.synthesizer.drums import band_noise

FIRST_ECHO = 0.011  # seconds
DARKER = 2.5  # the tail's high half dies away so many times as fast


def room_response(rate: int, *, seconds: float, share: float, rng: np.random.Generator) -> np.ndarray:
    """What a room answers to a click: (2, frames) float32, left and right.

    The click itself, then after 11 ms noise that falls by 60 dB in `seconds`, its high tones sooner, with `share` times
    the click's amplitude (root of the summed squares). Each ear's response adds up to 0, so that no DC comes through.
    """
    frames = round((FIRST_ECHO + seconds) * rate)
    time = np.arange(frames) / rate - FIRST_ECHO
    after = time >= 0
    ears = []
    for _ in range(2):
        low = band_noise(frames, (90, 1800), rate, rng) * 10 ** (-3 * time / seconds)
        high = band_noise(frames, (1800, 7000), rate, rng) * 10 ** (-3 * DARKER * time / seconds)
        tail = (low + 0.5 * high) * after
        tail *= share / np.sqrt(np.sum(tail**2))
        tail[0] += 1
        hump = np.hanning(frames)
        ears.append(tail - hump * (tail.sum() / hump.sum()))
    return np.array(ears, np.float32)


def convolve(signal: np.ndarray, response: np.ndarray) -> np.ndarray:
    """Linear convolution of each row: (rows, n) with (rows, k) gives (rows, n + k - 1), float32.

    Overlap and add: blocks of the signal are multiplied with the response as spectra (Oppenheim and Schafer, 8.7.3).
    """
    rows, frames = signal.shape
    length = response.shape[1]
    size = 1 << (2 * length - 1).bit_length()
    step = size - length + 1
    spectrum = np.fft.rfft(response, size)
    out = np.zeros((rows, frames + size), np.float32)
    for start in range(0, frames, step):
        block = np.fft.irfft(np.fft.rfft(signal[:, start : start + step], size) * spectrum, size)
        kept = min(size, out.shape[1] - start)
        out[:, start : start + kept] += block[:, :kept]
    return out[:, : frames + length - 1]
