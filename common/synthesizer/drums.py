"""Drums: a falling or ringing tone, noise of a band, or both, each dying away (General MIDI percussion keys)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.seeding import make_rng


@dataclass(frozen=True)
class Drum:
    """How one drum sounds.

    Attributes:
        tones: frequencies in Hz that ring; the first is the loudest.
        fall: the tones begin this many octaves higher and fall within some 20 ms.
        tone_decay, noise_decay: seconds in which they fall by 60 dB.
        noise: the noise's amplitude beside the tone's; 1 with no tones.
        band: the noise's lowest and highest frequency in Hz.
        attack: seconds.
        level: loudness beside the others.
    """

    tones: tuple[float, ...] = ()
    fall: float = 0.0
    tone_decay: float = 0.3
    noise: float = 1.0
    band: tuple[float, float] = (2000.0, 10000.0)
    noise_decay: float = 0.2
    attack: float = 0.001
    level: float = 1.0


def _tom(frequency: float) -> Drum:
    return Drum((frequency,), 0.5, 0.7, 0.12, (200, 3000), 0.1, 0.002, 1.1)


def _cymbal(decay: float, level: float, *tones: float) -> Drum:
    return Drum(tones, 0.0, decay * 0.7, 0.8, (3500, 16000), decay, 0.002, level)


_KICK = Drum((52,), 1.6, 0.5, 0.1, (500, 4000), 0.03, 0.002, 1.7)
_SNARE = Drum((185, 330), 0.2, 0.2, 1.2, (1200, 9000), 0.28, 0.001, 0.65)
_CLAP = Drum(band=(900, 4000), noise_decay=0.25, attack=0.006, level=0.8)
_BLOCK = Drum((880, 1420), 0.0, 0.12, 0.15, (1000, 6000), 0.03, 0.001, 0.7)
_CONGA = Drum((210, 330), 0.15, 0.35, 0.15, (800, 5000), 0.05, 0.001, 0.9)
_HIGH_CONGA = Drum((300, 470), 0.15, 0.3, 0.15, (800, 5000), 0.05, 0.001, 0.8)
_SHAKER = Drum(band=(5000, 14000), noise_decay=0.14, attack=0.018, level=0.4)
_RIDE = _cymbal(1.4, 0.35, 3170, 4430, 5210)
_CRASH = _cymbal(2.2, 0.55)
_CLICK = Drum((1200,), 0.0, 0.08, 0.4, (1500, 8000), 0.05, 0.001, 0.5)

DRUMS: dict[int, Drum] = {
    **dict.fromkeys((35, 36), _KICK),
    **dict.fromkeys((38, 40), _SNARE),
    37: _BLOCK,
    39: _CLAP,
    **{key: _tom(hertz) for key, hertz in ((41, 82), (43, 98), (45, 117), (47, 139), (48, 165), (50, 196))},
    **dict.fromkeys((42, 44), Drum(band=(6500, 16000), noise_decay=0.09, level=0.45)),
    46: Drum(band=(6000, 16000), noise_decay=0.6, level=0.45),
    **dict.fromkeys((49, 52, 55, 57), _CRASH),
    **dict.fromkeys((51, 53, 59), _RIDE),
    54: Drum((6400, 8100), 0.0, 0.2, 1.0, (5000, 15000), 0.2, 0.004, 0.4),
    56: Drum((545, 815), 0.0, 0.35, 0.1, (1000, 5000), 0.03, 0.001, 0.6),
    **dict.fromkeys((60, 62, 63, 65), _HIGH_CONGA),
    **dict.fromkeys((61, 64, 66), _CONGA),
    **dict.fromkeys((69, 70, 82), _SHAKER),
    **dict.fromkeys((75, 76, 77, 31), _BLOCK),
    **dict.fromkeys((80, 81), Drum((2900, 4700, 6100), 0.0, 0.9, 0.0, level=0.4)),
}


def hit(key: int, rate: int) -> np.ndarray:
    """A full stroke on the drum of `key` (0..127; unknown ones are a short click): (frames,) float32, no DC.

    The noise is drawn from a seed that is the key, so that the same drum always sounds the same.
    """
    drum = DRUMS.get(key, _CLICK)
    longest = max(drum.noise_decay if drum.noise else 0, drum.tone_decay if drum.tones else 0) * 1.1 + drum.attack
    time = np.arange(round(longest * rate)) / rate
    sound = np.zeros(len(time))
    for place, frequency in enumerate(frequency for frequency in drum.tones if frequency < 0.4 * rate):
        fallen = drum.fall * np.log(2) * np.exp(-time / 0.02)
        phase = 2 * np.pi * np.cumsum(frequency * np.exp(fallen)) / rate
        sound += 0.7**place * np.sin(phase) * 10 ** (-3 * time / drum.tone_decay)
    if drum.noise:
        rustle = band_noise(len(time), drum.band, rate, make_rng(key, "drum"))
        sound += (drum.noise if drum.tones else 1.0) * 0.6 * rustle * 10 ** (-3 * time / drum.noise_decay)
    rise = np.minimum(time / drum.attack, 1)
    fade = np.minimum((time[-1] - time) / (0.1 * longest), 1)
    return (drum.level * sound * np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fade) ** 2).astype(np.float32)


def band_noise(frames: int, band: tuple[float, float], rate: int, rng: np.random.Generator) -> np.ndarray:
    """Noise of root mean square 1 between two frequencies in Hz, with soft edges; (frames,) float64, no DC."""
    spectrum = np.fft.rfft(rng.standard_normal(frames))
    frequency = np.maximum(np.fft.rfftfreq(frames, 1 / rate), 1e-3)
    low, high = band[0], min(band[1], 0.42 * rate)
    spectrum *= 1 / (1 + (low / frequency) ** 4) / (1 + (frequency / high) ** 8)
    spectrum[frequency > 0.46 * rate] = 0
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, frames)
    return noise / max(np.sqrt(np.mean(noise**2)), 1e-12)
