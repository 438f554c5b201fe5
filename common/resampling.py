"""Another sampling rate: band-limited interpolation by a windowed sinc, in NumPy.

    resample(samples, 48_000, 44_100)              # (n,) or (n, channels) -> float32, the same span of time
    stream = Resampler(48_000, 44_100)             # the same in pieces: push(piece) ... finish()

Output n lies at the input position n * M / L, where L / M is the new rate over the old in lowest terms. It is the sum
of the inputs around it, each weighted by sinc(c t) kaiser(t): c, below 1 and below L / M, is where the filter cuts off,
so that nothing folds back. The weights repeat every L outputs (a polyphase filter; Smith, "Digital Audio Resampling",
2002). Where L is large they are read from a finely spaced table instead.
"""

from __future__ import annotations

import math

import numpy as np

from common.errors import InputError

ZERO_CROSSINGS = 40  # of the sinc on each side
ROLL_OFF = 0.95  # the middle of the filter's edge, as a share of the lower of both half rates
_BETA = 10.0  # of the Kaiser window: about 100 dB of attenuation
_MOST_PHASES = 2048
_TABLE_STEPS = 1024  # points of the table from one zero crossing to the next
_GATHERED = 1 << 20  # numbers that are gathered at a time where the weights come from the table
MAX_RATE = 768_000


def resample(samples: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """The samples at `new_rate`: float32, ceil(n * new_rate / rate) of them, in the range of the given ones.

    Args:
        samples: (n,) or (n, channels), floats or integers.
        rate, new_rate: Hz, whole numbers.

    Raises:
        InputError: a rate is out of bounds.
    """
    stream = Resampler(rate, new_rate)
    if rate == new_rate:
        return np.array(samples, np.float32)
    return np.concatenate([stream.push(np.asarray(samples)), stream.finish()])


def kernel(times: np.ndarray, cutoff: float) -> np.ndarray:
    """The impulse response at `times` (input samples from the middle); its integral is 1."""
    reach = ZERO_CROSSINGS / cutoff
    inside = np.clip(1 - (times / reach) ** 2, 0, None)
    window = np.where(np.abs(times) <= reach, np.i0(_BETA * np.sqrt(inside)) / np.i0(_BETA), 0)
    return cutoff * np.sinc(cutoff * times) * window


class Resampler:
    """Resamples sound that arrives in pieces; the pieces' sizes do not change what comes out.

    An output waits until all inputs around it have come: about 40 of the lower rate's samples. Before the first sample
    and after the last, there is silence.
    """

    def __init__(self, rate: int, new_rate: int):
        for one in (rate, new_rate):
            if not 1 <= one <= MAX_RATE or int(one) != one:
                raise InputError(f"{one} samples a second: give a whole number from 1 to {MAX_RATE:,}")
        common = math.gcd(int(rate), int(new_rate))
        self.up, self.down = int(new_rate) // common, int(rate) // common
        self.cutoff = ROLL_OFF * min(1.0, self.up / self.down)
        self.half = math.ceil(ZERO_CROSSINGS / self.cutoff)
        self._phases = self._phase_weights() if self.up <= _MOST_PHASES else None
        self._table = None if self._phases is not None else self._fine_table()
        self._kept: np.ndarray | None = None
        self._first = -self.half  # position of the first kept sample: silence comes before the sound
        self._seen = self._made = 0

    def _phase_weights(self) -> np.ndarray:
        """(L, 2 half + 1): row p for outputs n with n M mod L = p."""
        offsets = np.arange(-self.half, self.half + 1)
        fractions = np.arange(self.up)[:, None] / self.up
        weights = kernel(offsets - fractions, self.cutoff)
        return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)

    def _fine_table(self) -> np.ndarray:
        return kernel(np.arange(0, self.half + 2, self._spacing), self.cutoff).astype(np.float32)

    @property
    def _spacing(self) -> float:
        return 1 / (self.cutoff * _TABLE_STEPS)

    def push(self, samples: np.ndarray) -> np.ndarray:
        """The outputs that these further samples complete, float32, shaped as the samples."""
        samples = np.asarray(samples, np.float32)
        if self._kept is None:
            self._kept = np.zeros((self.half, *samples.shape[1:]), np.float32)
        self._seen += len(samples)
        return self._advance(samples, self._seen - self.half)

    def finish(self) -> np.ndarray:
        """The outputs that are left when no more samples come: those before the end of the last sample."""
        if self._kept is None:
            return np.zeros(0, np.float32)
        silence = np.zeros((self.half + 1, *self._kept.shape[1:]), np.float32)
        return self._advance(silence, self._seen)

    def _advance(self, samples: np.ndarray, end: int) -> np.ndarray:
        """Append samples and make the outputs whose positions are before `end`."""
        self._kept = np.concatenate([self._kept, samples])
        count = max(0, -(-end * self.up // self.down) - self._made)
        if not count:
            return np.zeros((0, *self._kept.shape[1:]), np.float32)
        numbers = np.arange(self._made, self._made + count)
        starts = numbers * self.down // self.up - self.half - self._first
        fractions = numbers * self.down % self.up
        outputs = self._by_phase(starts, fractions) if self._table is None else self._by_table(starts, fractions)
        self._made += count
        drop = self._made * self.down // self.up - self.half - self._first
        self._kept, self._first = self._kept[drop:], self._first + drop
        return outputs

    def _by_phase(self, starts: np.ndarray, fractions: np.ndarray) -> np.ndarray:
        """All outputs with the same weights at once: every L-th; their inputs lie M apart."""
        outputs = np.empty((len(starts), *self._kept.shape[1:]), np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(self._kept, 2 * self.half + 1, axis=0)
        for first in range(min(self.up, len(starts))):
            rows = windows[starts[first] :: self.down][: len(starts[first :: self.up])]
            outputs[first :: self.up] = np.vecdot(rows, self._phases[fractions[first]])
        return outputs

    def _by_table(self, starts: np.ndarray, fractions: np.ndarray) -> np.ndarray:
        outputs = np.empty((len(starts), *self._kept.shape[1:]), np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(self._kept, 2 * self.half + 1, axis=0)
        offsets = np.arange(-self.half, self.half + 1)
        places = np.arange(len(self._table)) * self._spacing
        size = max(1, _GATHERED // (2 * self.half + 1))
        for start in range(0, len(starts), size):
            part = slice(start, start + size)
            times = np.abs(offsets - fractions[part, None] / self.up)
            weights = np.interp(times, places, self._table).astype(np.float32)
            weights /= weights.sum(axis=1, keepdims=True)
            outputs[part] = np.einsum("n...k,nk->n...", windows[starts[part]], weights)
        return outputs
