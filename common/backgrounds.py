"""Backgrounds made by signal processing alone: rain, hum, babble, traffic, a quiet room; wind and a machine besides.

    samples = make_background("rain", rng, seconds=10, rate=16_000)          # float32, (frames,), power 1
    babble = make_background("babble", rng, 10, 16_000, voices=words)        # of many words at once

Every call draws its own settings (how dense the rain is, which hum, how many cars), so that no two sound alike.
Training hears `TRAINING_KINDS`; a test may take `TEST_KINDS`, which has two more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from common import variation
from common.errors import InputError

TRAINING_KINDS = ("rain", "hum", "babble", "traffic", "room")
TEST_KINDS = (*TRAINING_KINDS, "wind", "machine")
_DROP_SECONDS = 0.012


def make_background(
    kind: str, rng: np.random.Generator, seconds: float, rate: int, *, voices: Sequence[np.ndarray] = ()
) -> np.ndarray:
    """A background of a kind, float32 (frames,) of power 1.

    Args:
        kind: one of `TEST_KINDS`.
        rng: of its settings and of its noise.
        seconds, rate: how long, and samples a second.
        voices: words, float32 at the rate, that a babble is made of; without any it is noise shaped like speech.

    Raises:
        InputError: there is no such kind, or it would be shorter than a tenth of a second.
    """
    makers: dict[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
        "rain": _rain,
        "hum": _hum,
        "babble": lambda rng, frames, rate: _babble(rng, frames, rate, voices),
        "traffic": _traffic,
        "room": _room,
        "wind": _wind,
        "machine": _machine,
    }
    if kind not in makers:
        raise InputError(f"there is no background {kind!r}; choose one of {', '.join(makers)}")
    frames = round(seconds * rate)
    if frames < rate / 10:
        raise InputError(f"a background of {seconds} s is too short; give at least 0.1 s")
    samples = makers[kind](rng, frames, rate)
    return (samples / np.sqrt(variation.power(samples.astype(np.float32)))).astype(np.float32)


def shaped_noise(
    rng: np.random.Generator, frames: int, rate: int, gain: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """White noise of power 1 whose spectrum is multiplied by `gain` of the frequency in Hz; float64 (frames,)."""
    size = 1 << (frames - 1).bit_length()
    spectrum = np.fft.rfft(rng.standard_normal(size, np.float32))
    return np.fft.irfft(spectrum * gain(np.fft.rfftfreq(size, 1 / rate)), size)[:frames]


def slow_curve(rng: np.random.Generator, frames: int, rate: int, seconds: float, spread_db: float) -> np.ndarray:
    """An amplitude about 1 that wanders by `spread_db` (standard deviation) within about `seconds`."""
    points = max(2, int(frames / rate / seconds) + 2)
    decibels = rng.normal(0, spread_db, points)
    return 10 ** (np.interp(np.arange(frames), np.linspace(0, frames, points), decibels) / 20)


def _band(low: float, high: float, slope_db: float = 0.0) -> Callable[[np.ndarray], np.ndarray]:
    """A gain that rises at `low` and falls at `high` by 12 dB an octave, and by `slope_db` an octave in between."""

    def gain(hertz: np.ndarray) -> np.ndarray:
        octaves = np.log2(np.maximum(hertz, 20.0) / low)
        return 10 ** (-slope_db * octaves / 20) / ((1 + (low / np.maximum(hertz, 1)) ** 2) * (1 + (hertz / high) ** 2))

    return gain


def _rain(rng: np.random.Generator, frames: int, rate: int) -> np.ndarray:
    """A hiss, swelling a little, and drops: short bursts of a damped tone each, a few to hundreds a second."""
    hiss = shaped_noise(rng, frames, rate, _band(rng.uniform(300, 1200), rng.uniform(3000, 7500), rng.uniform(0, 3)))
    hiss *= slow_curve(rng, frames, rate, 2.0, rng.uniform(0.5, 2.5)) / np.std(hiss)
    drops = np.zeros(frames)
    length = min(frames, int(_DROP_SECONDS * rate))
    time = np.arange(length) / rate
    for start in rng.integers(0, frames - length + 1, int(rng.uniform(3, 120) * frames / rate)):
        tone = np.sin(2 * np.pi * rng.uniform(600, 0.45 * rate) * time) * np.exp(-time / rng.uniform(0.001, 0.004))
        drops[start : start + length] += rng.exponential(1.0) * tone
    return hiss + rng.uniform(0.5, 4.0) * drops


def _hum(rng: np.random.Generator, frames: int, rate: int) -> np.ndarray:
    """A mains hum of 50 or 60 Hz with its harmonics, wavering slightly, over a soft hiss."""
    pitch = rng.choice([50.0, 60.0]) * rng.uniform(0.995, 1.005)
    time = np.arange(frames) / rate
    sound, fall = np.zeros(frames), rng.uniform(2.0, 7.0)
    for harmonic in range(1, int(min(40, 0.45 * rate / pitch)) + 1):
        loudness = 10 ** (-fall * np.log2(harmonic) / 20) * rng.uniform(0.2, 1.0)
        sound += loudness * np.sin(2 * np.pi * pitch * harmonic * time + rng.uniform(0, 2 * np.pi))
    sound *= slow_curve(rng, frames, rate, 1.0, 0.5) / np.std(sound)
    hiss = shaped_noise(rng, frames, rate, _band(100, rng.uniform(1500, 7000), rng.uniform(0, 4)))
    return sound + rng.uniform(0.1, 0.7) * hiss / np.std(hiss)


def _babble(rng: np.random.Generator, frames: int, rate: int, voices: Sequence[np.ndarray]) -> np.ndarray:
    """Several people who speak at once, near and far; each says word after word with short pauses."""
    murmur = shaped_noise(rng, frames, rate, _band(150, 900, 3.0))
    murmur *= slow_curve(rng, frames, rate, 0.15, 3.0) / np.std(murmur)
    if not voices:
        return murmur
    sound = np.zeros(frames)
    for _ in range(rng.integers(4, 12)):
        sound += _talk(rng, frames, rate, voices) * 10 ** (rng.uniform(-12, 0) / 20)
    return sound / np.std(sound) + rng.uniform(0.1, 0.5) * murmur


def _talk(rng: np.random.Generator, frames: int, rate: int, voices: Sequence[np.ndarray]) -> np.ndarray:
    """One person's words, of power about 1, at a pitch of their own."""
    sound, at, factor = np.zeros(frames), int(rng.uniform(-1, 0.5) * rate), rng.uniform(0.85, 1.18)
    while at < frames:
        word = variation.change_rate(voices[rng.integers(len(voices))], factor)
        word = word / (np.std(word) + 1e-9)
        part = sound[max(at, 0) : max(at + len(word), 0)]
        part += word[max(-at, 0) :][: len(part)]
        at += len(word) + int(rng.exponential(0.25) * rate)
    return sound


def _traffic(rng: np.random.Generator, frames: int, rate: int) -> np.ndarray:
    """A road's low rumble, and vehicles that come near, hiss past and go."""
    rumble = shaped_noise(rng, frames, rate, _band(rng.uniform(30, 90), rng.uniform(300, 900), rng.uniform(3, 7)))
    sound = rumble * slow_curve(rng, frames, rate, 3.0, 1.5) / np.std(rumble)
    time = np.arange(frames) / rate
    for _ in range(rng.poisson(rng.uniform(0.1, 0.5) * frames / rate) + 1):
        passing = np.exp(-0.5 * ((time - rng.uniform(0, frames / rate)) / rng.uniform(0.6, 2.0)) ** 2)
        tyres = shaped_noise(rng, frames, rate, _band(rng.uniform(80, 400), rng.uniform(1000, 4000), rng.uniform(1, 5)))
        engine = np.sin(2 * np.pi * np.cumsum(rng.uniform(40, 120) * (1 + 0.05 * passing)) / rate)
        sound += passing * (rng.uniform(0.5, 3.0) * tyres / np.std(tyres) + rng.uniform(0, 0.6) * engine)
    return sound


def _room(rng: np.random.Generator, frames: int, rate: int) -> np.ndarray:
    """Nearly silence: the faint noise of a room and its recorder, now and then something that is moved."""
    tone = shaped_noise(rng, frames, rate, _band(rng.uniform(40, 150), rng.uniform(800, 7000), rng.uniform(1, 5)))
    tone /= np.std(tone)
    time = np.arange(frames) / rate
    for _ in range(rng.poisson(0.15 * frames / rate)):
        after = np.clip(time - rng.uniform(0, frames / rate), 0, None)
        knock = (after > 0) * np.exp(-after / rng.uniform(0.02, 0.08))
        tone += rng.uniform(1, 5) * knock * np.sin(2 * np.pi * rng.uniform(80, 400) * after)
    return tone


def _wind(rng: np.random.Generator, frames: int, rate: int) -> np.ndarray:
    """Gusts: low noise that swells and falls, with a whistle that goes with it."""
    gusts = slow_curve(rng, frames, rate, rng.uniform(0.6, 1.5), rng.uniform(4, 7))
    low = shaped_noise(rng, frames, rate, _band(rng.uniform(30, 80), rng.uniform(200, 600), rng.uniform(1, 4)))
    centre = rng.uniform(500, 1500)
    whistle = shaped_noise(rng, frames, rate, lambda hertz: np.exp(-0.5 * ((hertz - centre) / (0.12 * centre)) ** 2))
    return gusts * low / np.std(low) + rng.uniform(0.05, 0.4) * gusts**1.5 * whistle / np.std(whistle)


def _machine(rng: np.random.Generator, frames: int, rate: int) -> np.ndarray:
    """A fan or a washing machine: tones of the blades, and noise that beats with the turning."""
    turning, blades = rng.uniform(4, 25), int(rng.integers(3, 9))
    phase = 2 * np.pi * np.cumsum(turning * slow_curve(rng, frames, rate, 2.0, 0.1)) / rate
    noise = shaped_noise(rng, frames, rate, _band(rng.uniform(80, 300), rng.uniform(1000, 5000), rng.uniform(0, 3)))
    sound = noise / np.std(noise) * (1 + rng.uniform(0.1, 0.7) * np.sin(phase))
    for harmonic in range(1, 9):
        sound += rng.uniform(0, 0.8) / harmonic * np.sin(blades * harmonic * phase + rng.uniform(0, 2 * np.pi))
    return sound
