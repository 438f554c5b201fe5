"""Tones as sums of decaying partials, computed by one matrix product each.

Partial p at sample n is Im(a_p z_p^n) with z_p = exp(-decay_p + i omega_p). With n = B i + j,

    sum_p a_p z_p^n = sum_p (a_p z_p^(B i)) z_p^j,

a product of a (blocks, partials) and a (partials, B) matrix: about sqrt(n) powers a partial instead of n, and the rest
is multiplication that BLAS does. Every partial may have a frequency and a decay of its own.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np

from common.synthesizer.timbres import Timbre

BLOCK = 256
ROLL_OFF, HIGHEST = 0.38, 0.44  # of the rate: partials fade between the two and end there
SILENCE_DB = 75.0  # a decaying tone ends when it has fallen by so much
MIDDLE_C = 60
WEAKER = 0.36  # amplitude of the detuned copies: of equal ones the beats would be silences
GOLDEN = 0.6180339887


class Tone:
    """One pitch of one timbre at one rate; renders any velocity and length, and keeps its powers for the next time.

    `frames` is how long it is heard at most, None for a tone that sounds as long as it is held.
    """

    def __init__(self, timbre: Timbre, pitch: int, rate: int):
        self.timbre = timbre
        self._partials = partials(timbre, pitch, rate)
        self._power = -self._partials.decay + 2j * np.pi * self._partials.frequency / rate
        slowest = self._partials.decay.min(initial=np.inf)
        self.frames = math.ceil(SILENCE_DB / 8.686 / slowest) if 0 < slowest < np.inf else None
        fine = np.exp(np.multiply.outer(self._power, np.arange(BLOCK)))
        self._fine = np.concatenate([fine.imag, fine.real]).astype(np.float32)
        self._coarse = np.zeros((0, len(self._fine)), np.float32)

    def render(self, frames: int, velocity: float) -> np.ndarray:
        """The tone's first `frames` samples at `velocity` in [0, 1], without attack and release; (frames,) float32.

        Its root mean square at the beginning is about velocity ** 1.6 / sqrt(2).
        """
        blocks = -(-frames // BLOCK)
        if blocks > len(self._coarse):
            self._extend(blocks)
        softer = np.exp(-self.timbre.darkness * (1 - velocity) * np.maximum(self._partials.number - 1, 0) / 9)
        weights = (velocity**1.6 * softer * self._partials.amplitude).astype(np.float32)
        return ((self._coarse[:blocks] * np.tile(weights, 2)) @ self._fine).reshape(-1)[:frames]

    def _extend(self, blocks: int) -> None:
        exponent = np.multiply.outer(np.arange(blocks) * BLOCK, self._power) + 1j * self._partials.phase
        powers = np.exp(exponent)
        self._coarse = np.concatenate([powers.real, powers.imag], axis=1).astype(np.float32)


class Partials(NamedTuple):
    """The partials of a tone, five float64 arrays of shape (partials,)."""

    number: np.ndarray
    frequency: np.ndarray  # Hz
    amplitude: np.ndarray
    decay: np.ndarray  # nepers a sample
    phase: np.ndarray  # radians


def partials(timbre: Timbre, pitch: int, rate: int) -> Partials:
    """The partials of `pitch`; the squares of the amplitudes of a held tone add up to `level` squared.

    None is at or over 0.44 of the rate. A swelling partial is two: one that stays, and its opposite, which dies away.
    """
    fundamental = 440.0 * 2.0 ** ((pitch - 69) / 12)
    number, amplitude = _spectrum(timbre)
    copies = 2.0 ** (np.array(timbre.detune) / 1200)
    frequency = np.outer(copies, fundamental * number * np.sqrt(1 + timbre.stiffness * number**2)).ravel()
    number, amplitude = (
        np.tile(number, len(copies)),
        np.outer(WEAKER ** (np.arange(len(copies)) > 0), amplitude).ravel(),
    )
    amplitude = amplitude * np.clip((HIGHEST - frequency / rate) / (HIGHEST - ROLL_OFF), 0, 1)
    amplitude *= timbre.level / max(np.sqrt(np.sum(amplitude**2)), 1e-9)
    phase = 2 * np.pi * np.modf(np.arange(len(number)) ** 2 * GOLDEN)[0]  # unlike each other: no common peak
    found = Partials(number, frequency, amplitude, _decay(timbre, number, pitch, rate), phase)
    if timbre.swell:
        opposite = found._replace(
            amplitude=np.where(number > 1, -amplitude, 0),
            decay=found.decay + 1 / (timbre.swell * np.sqrt(number) * rate),
        )
        found = Partials(*(np.concatenate(pair) for pair in zip(found, opposite, strict=True)))
    heard = found.amplitude != 0
    return Partials(*(values[heard] for values in found))


def _spectrum(timbre: Timbre) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies over the fundamental's, and amplitudes."""
    if timbre.ratios:
        number, amplitude = np.array(timbre.ratios, np.float64).T
        return number, amplitude
    number = np.arange(1.0, timbre.partials + 1)
    amplitude = number**-timbre.slope * np.where(number % 2 == 0, timbre.even, 1.0)
    return number, amplitude * np.abs(np.sin(np.pi * number * timbre.pluck)) if timbre.pluck else amplitude


def _decay(timbre: Timbre, number: np.ndarray, pitch: int, rate: int) -> np.ndarray:
    """Nepers a sample: 60 dB (6.908 nepers) in `decay` seconds at middle C, half as long two octaves above."""
    if not timbre.decay:
        return np.zeros_like(number)
    seconds = timbre.decay * 2.0 ** ((MIDDLE_C - pitch) / 24)
    return 6.908 / (seconds * rate) * (1 + timbre.damping * np.maximum(number - 1, 0))


def shape_ends(tone: np.ndarray, attack: int, release: int) -> np.ndarray:
    """Fade the tone in over `attack` samples and out over its last `release`, in place; it ends at exactly 0."""
    attack, release = min(attack, len(tone) // 2), min(max(release, 1), len(tone))
    tone[:attack] *= raised_cosine(attack)
    tone[len(tone) - release :] *= raised_cosine(release)[::-1]
    return tone


@functools.lru_cache(maxsize=64)
def raised_cosine(frames: int) -> np.ndarray:
    """A smooth rise from 0 towards 1 in `frames` samples, float32, not to be written to."""
    rise = (0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / max(frames, 1))).astype(np.float32)
    rise.flags.writeable = False
    return rise


def read_between(tone: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The tone at fractional `places` (each in [1, len - 3]) by cubic Lagrange interpolation; float32."""
    whole = places.astype(np.int64)
    x = (places - whole).astype(np.float32)
    before, here, after, beyond = (tone[whole + shift] for shift in (-1, 0, 1, 2))
    return (
        -before * x * (x - 1) * (x - 2) / 6
        + here * (x + 1) * (x - 1) * (x - 2) / 2
        - after * (x + 1) * x * (x - 2) / 2
        + beyond * (x + 1) * x * (x - 1) / 6
    )
