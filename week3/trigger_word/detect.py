"""Listening for the trigger word: sound in pieces of any size to probabilities, chimes and events, in constant memory.

    detector = Detector(network, "hysteresis", threshold=0.5)
    detection = detector.detect_file("hour.wav")         # two passes: its level, then its probabilities
    live = detector.listen(); live.push(samples)         # int16 at network.rate, as it arrives; chimes as they come

The level: the network expects sound at -20 dBFS. Of a file the level of the whole is matched, bit for bit as the course
does. Live sound has no whole: it is matched by the level of the last 10 s, tenth by tenth of a second, which therefore
delays it by up to a tenth.

A network is anything with `rate`, `window`, `hop`, `kernel`, `stride`, `target_dbfs`, `features(samples)` and
`stream()`, as `network.TriggerNetwork` has them.
"""

from __future__ import annotations

import collections
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.audio import Signal, audio_blocks, to_int16
from common.errors import InputError
from common.mixing import apply_gain, energy, level_of_energy, to_mono
from common.resampling import Resampler
from common.spectrogram import FrameStream
from week3.trigger_word.chimes import Rule, Span, make_rule, spans_above

if TYPE_CHECKING:
    from week3.trigger_word.network import TriggerNetwork

BLOCK_SECONDS = 10
_LIVE_BLOCKS, _LIVE_SECONDS = 100, 0.1  # the level of live sound: over 100 blocks of a tenth of a second
_MOST_GAIN_DB = 40.0  # of live sound, so that silence is not blown up


@dataclass(frozen=True)
class Event:
    """One trigger word heard: its steps above the threshold, the step of its chime, and the same in seconds.

    A step's time is when the last sample that it depends on is over, which is when it can be known.
    """

    start_step: int
    end_step: int
    chime_step: int
    start: float
    end: float
    chime: float
    probability: float


@dataclass(frozen=True)
class Detection:
    """What was heard in one sound.

    Attributes:
        probabilities: (steps,) float32.
        chimes: steps at which the rule chimes (2021's rule may chime more than once in an event).
        events: the stretches above the threshold in which it chimes.
        seconds: how long the sound lasts.
        gain_db: by how much it was turned up.
    """

    probabilities: np.ndarray
    chimes: list[int]
    events: list[Event]
    seconds: float
    gain_db: float


class Detector:
    """A network with a chime rule ("hysteresis", "2021" or "2018") and a threshold."""

    def __init__(self, network: TriggerNetwork, rule: str = "hysteresis", *, threshold: float = 0.5):
        self.network, self.rule, self.threshold = network, rule, threshold
        self.new_rule()

    def seconds_of(self, step: int) -> float:
        """When an output step can be known, in seconds from the beginning."""
        net = self.network
        return ((step * net.stride + net.kernel - 1) * net.hop + net.window) / net.rate

    @property
    def step_seconds(self) -> float:
        """From one output step to the next."""
        return self.network.stride * self.network.hop / self.network.rate

    def new_rule(self) -> Rule:
        """The chime rule, at its beginning."""
        return make_rule(self.rule, self.threshold, step_seconds=self.step_seconds)

    def detect(self, samples: np.ndarray, *, match_level: bool = True) -> Detection:
        """What is heard in int16 samples at the network's rate, (frames,) or (frames, channels).

        Raises:
            InputError: there are none, or they are silent where the level is to be matched.
        """
        return self._detect(lambda: [Signal(samples, self.network.rate)], match_level=match_level)

    def detect_file(self, path: str | os.PathLike[str], *, match_level: bool = True) -> Detection:
        """What is heard in a sound file of any rate and length; raises as `common.audio.read_audio`."""
        try:
            return self._detect(lambda: file_blocks(path, self.network.rate), match_level=match_level)
        except SilentError:
            raise InputError(f"{path}: is silent, so there is nothing to hear; record it again") from None

    def _detect(self, blocks: Any, *, match_level: bool) -> Detection:
        gain = self._gain(blocks()) if match_level else 0.0
        live = self.listen(gain_db=gain)
        frames = 0
        for signal in blocks():
            frames += len(signal.samples)
            live.push(signal.samples)
        probabilities = live.probabilities
        events = self.events(probabilities, live.chimes)
        return Detection(probabilities, live.chimes, events, frames / self.network.rate, gain)

    def _gain(self, blocks: Iterable[Signal]) -> float:
        """The gain in dB that brings the whole to the network's level, over all channels, as the course has it."""
        total, count = 0.0, 0
        for signal in blocks:
            total += energy(signal.samples)
            count += signal.samples.size
        level = level_of_energy(total, count)
        if level == -np.inf:
            raise SilentError("the sound is silent, so there is nothing to hear; record it again")
        return self.network.target_dbfs - level

    def events(self, probabilities: np.ndarray, chimes: list[int]) -> list[Event]:
        """The stretches above the threshold in which there is a chime, or which it follows (a 2021 chime may)."""
        found = []
        for span in spans_above(probabilities, self.threshold):
            inside = [step for step in chimes if span.first <= step <= span.last + 1]
            if inside:
                found.append(self._event(span, inside[0]))
        return found

    def _event(self, span: Span, chime: int) -> Event:
        times = (self.seconds_of(step) for step in (span.first, span.last, chime))
        return Event(span.first, span.last, chime, *times, span.peak)

    def listen(self, *, gain_db: float | None = None) -> Listening:
        """A stream that begins now; without `gain_db` its level is matched as it goes."""
        return Listening(self, gain_db)


class SilentError(InputError):
    """Sound without any."""


class Listening:
    """One stream of sound: int16 at the network's rate in, chimes out.

    Attributes:
        chimes: the steps at which it has chimed.
    """

    def __init__(self, detector: Detector, gain_db: float | None):
        net = detector.network
        self._net, self._rule = net, detector.new_rule()
        self._level = LiveLevel(net.rate, net.target_dbfs) if gain_db is None else None
        self._gain_db = gain_db
        self._frames, self._stream = FrameStream(net.window, net.hop), net.stream()
        self._pieces: list[np.ndarray] = []
        self.chimes: list[int] = []

    @property
    def probabilities(self) -> np.ndarray:
        """All probabilities so far, (steps,) float32."""
        return np.concatenate([np.zeros(0, np.float32), *self._pieces])

    def push(self, samples: np.ndarray) -> list[int]:
        """Hear further samples, (frames,) or (frames, channels) of which the first counts; the steps of new chimes."""
        samples = samples if samples.ndim == 1 else samples[:, 0]
        if samples.dtype != np.int16:
            raise InputError(f"samples of type {samples.dtype} are not heard; give int16")
        if not len(samples):
            return []
        levelled = self._level.push(samples) if self._level else self._turned_up(samples)
        ready = self._frames.push(levelled)
        if ready is None:
            return []
        new = self._stream.push(self._net.features(ready))
        self._pieces.append(new)
        chimes = self._rule.push(new)
        self.chimes += chimes
        return chimes

    def _turned_up(self, samples: np.ndarray) -> np.ndarray:
        return apply_gain(samples, self._gain_db) if self._gain_db else samples


class LiveLevel:
    """Brings sound that arrives to a level: each tenth of a second by the level of the 10 s that end with it."""

    def __init__(self, rate: int, target_dbfs: float):
        self.size, self.target = int(rate * _LIVE_SECONDS), target_dbfs
        self._energies: collections.deque[float] = collections.deque(maxlen=_LIVE_BLOCKS)
        self._kept = np.zeros(0, np.int16)

    def push(self, samples: np.ndarray) -> np.ndarray:
        """The samples whose tenth of a second is whole now, at the level."""
        joined = np.concatenate([self._kept, samples])
        whole = len(joined) // self.size * self.size
        self._kept = joined[whole:]
        blocks = [self._levelled(block) for block in joined[:whole].reshape(-1, self.size)]
        return np.concatenate([np.zeros(0, np.int16), *blocks])

    def _levelled(self, block: np.ndarray) -> np.ndarray:
        self._energies.append(energy(block))
        level = level_of_energy(sum(self._energies), self.size * len(self._energies))
        return apply_gain(block, min(self.target - level, _MOST_GAIN_DB))


class RateConverter:
    """int16 samples that arrive at one rate, brought to another; of several channels the first."""

    def __init__(self, rate: int, new_rate: int):
        self._resampler = None if rate == new_rate else Resampler(rate, new_rate)

    def push(self, samples: np.ndarray) -> np.ndarray:
        """The int16 samples (frames,) that these further ones complete."""
        if self._resampler is None:
            return to_mono(samples)
        return to_int16(self._resampler.push(to_mono(samples)) / np.float32(32768))


def file_blocks(path: str | os.PathLike[str], rate: int) -> Iterator[Signal]:
    """A sound file in blocks of about 10 s, int16 at `rate`, in constant memory."""
    resampler = None
    for signal in audio_blocks(path, BLOCK_SECONDS * rate, dtype="int16"):
        if signal.rate == rate:
            yield signal
            continue
        resampler = resampler or Resampler(signal.rate, rate)
        yield Signal(to_int16(resampler.push(signal.samples) / np.float32(32768)), rate)
    if resampler is not None:
        yield Signal(to_int16(resampler.finish() / np.float32(32768)), rate)


def pcm_blocks(stream: Any, channels: int = 1, seconds: float = 0.1, rate: int = 44_100) -> Iterator[np.ndarray]:
    """int16 samples (frames,) or (frames, channels) from a byte stream of raw little-endian PCM, as it arrives.

    Raises:
        InputError: it ends in the middle of a frame.
    """
    width, kept = 2 * channels, b""
    while True:
        piece = stream.read1(int(rate * seconds) * width) if hasattr(stream, "read1") else stream.read(8192)
        if not piece:
            break
        kept += piece
        whole = len(kept) // width * width
        samples, kept = np.frombuffer(kept[:whole], "<i2").astype(np.int16), kept[whole:]
        yield samples if channels == 1 else samples.reshape(-1, channels)
    if kept:
        raise InputError(f"standard input ends within a sample ({len(kept)} bytes left); is it 16-bit PCM?")


def sound_files(paths: Iterable[Path]) -> list[Path]:
    """The files, and of folders the sound files in them by name; InputError where a folder has none."""
    from week3.trigger_word.data import SOUND_SUFFIXES

    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(one for one in path.rglob("*") if one.suffix.lower() in SOUND_SUFFIXES)
        if not inside:
            raise InputError(f"{path}: holds no sound files; give a folder with WAV, FLAC, Ogg or MP3 files")
        found += inside
    return found
