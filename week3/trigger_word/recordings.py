"""Recordings to be tested on: minutes of one background each, with words at known places and a known loudness.

    recording = Recorder(activates, negatives, seed=1).recording(17)      # Recording(samples int16, events, background)

Other than training examples they are long, so that a network's state is carried on and on, words are rarer, and every
word is a fixed number of dB above the background around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common import variation
from common.audio import to_int16
from common.backgrounds import TEST_KINDS, make_background
from common.errors import InputError
from common.mixing import milliseconds_of, to_mono
from common.seeding import make_rng
from week3.trigger_word.data import Clip
from week3.trigger_word.generation import GenerationConfig, in_a_room, vary
from week3.trigger_word.synthesis import Event

_LEVEL = 0.05  # root mean square of the whole, of full scale


@dataclass(frozen=True)
class RecordingConfig:
    """How recordings are made.

    Attributes:
        seconds: of each.
        activates_per_minute, negatives_per_minute: how many words, exactly so many on average.
        ratio_db: power of a word over that of the background where it is spoken (signal-to-noise ratio).
        gap_seconds: the least time between two words.
        kinds: of the made-up backgrounds, drawn anew for each recording; where backgrounds are given, these are taken.
        varied: how words are changed before they are put in: a little faster or slower, higher or lower, some in rooms.
    """

    seconds: float = 120.0
    activates_per_minute: float = 3.0
    negatives_per_minute: float = 10.0
    ratio_db: float = 10.0
    gap_seconds: float = 0.25
    kinds: tuple[str, ...] = TEST_KINDS
    varied: GenerationConfig = GenerationConfig(speed=(0.93, 1.07), semitones=(-1, 1), room_wet=(0.05, 0.3))


@dataclass(frozen=True)
class Recording:
    """Sound int16 (frames,), the words in it by time, and the name of its background."""

    samples: np.ndarray
    events: tuple[Event, ...]
    background: str

    def ends(self, kind: str = "activate") -> list[float]:
        """When the words of a kind end, in seconds."""
        return [(event.end_ms + 1) / 1000 for event in self.events if event.kind == kind]


class Recorder:
    """Recordings by number, each the same whoever makes it, and whatever others are made.

    Args:
        activates, negatives: clips of one rate, at least one trigger word.
        backgrounds: clips of the same rate; without any, backgrounds are made up.
        voices: clips that a made-up babble is made of.
        config: how.
        seed: a whole number from 0.
    """

    def __init__(
        self,
        activates: Sequence[Clip],
        negatives: Sequence[Clip],
        *,
        backgrounds: Sequence[Clip] = (),
        voices: Sequence[Clip] = (),
        config: RecordingConfig | None = None,
        seed: int = 0,
    ):
        if not activates:
            raise InputError("there are no clips of the trigger word; give at least one")
        self.config, self.seed, self.rate = config or RecordingConfig(), seed, activates[0].rate
        self._words = {"activate": list(activates), "negative": list(negatives)}
        self._backgrounds, self._voices = list(backgrounds), [_floats(clip) for clip in voices]

    def recording(self, number: int) -> Recording:
        """The recording of this number, from 0.

        Raises:
            InputError: so many words do not fit into it.
        """
        rng = make_rng(self.seed, "recording", number)
        frames = round(self.config.seconds * self.rate)
        name, samples = self._background(rng, number, frames)
        words = self._spoken(rng, number)
        starts = self._places(rng, [len(word) for _, _, word in words], frames)
        dry, events = samples.copy(), []
        for start, (kind, clip, word) in zip(starts, words, strict=True):
            beneath = variation.power(dry[start : start + len(word)])
            heard = in_a_room(
                variation.to_ratio(word, beneath, self.config.ratio_db), self.config.varied, rng, self.rate
            )
            part = samples[start : start + len(heard)]
            part += heard[: len(part)]
            first, last = (milliseconds_of(at, self.rate) for at in (start, start + len(word)))
            events.append(Event(first, last - 1, kind, clip.name))
        samples *= np.float32(_LEVEL / np.sqrt(variation.power(samples)))
        return Recording(to_int16(samples), tuple(events), name)

    def _background(self, rng: np.random.Generator, number: int, frames: int) -> tuple[str, np.ndarray]:
        if not self._backgrounds:
            kind = self.config.kinds[number % len(self.config.kinds)]
            return kind, make_background(kind, rng, frames / self.rate, self.rate, voices=self._voices)
        clip = self._backgrounds[number % len(self._backgrounds)]
        return clip.name, np.resize(_floats(clip), frames)

    def _spoken(self, rng: np.random.Generator, number: int) -> list[tuple[str, Clip, np.ndarray]]:
        """The recording's words in the order in which they are spoken."""
        words = []
        rates = {"activate": self.config.activates_per_minute, "negative": self.config.negatives_per_minute}
        for kind, per_minute in rates.items():
            each = per_minute * self.config.seconds / 60 if self._words[kind] else 0
            for _ in range(int((number + 1) * each) - int(number * each)):
                clip = self._words[kind][rng.integers(len(self._words[kind]))]
                words.append((kind, clip, vary(_floats(clip), self.config.varied, rng, self.rate)))
        return [words[place] for place in rng.permutation(len(words))]

    def _places(self, rng: np.random.Generator, lengths: Sequence[int], frames: int) -> np.ndarray:
        """Starts of words of these lengths in their order: the time that is free is shared out among the gaps."""
        gap = round(self.config.gap_seconds * self.rate)
        free = frames - sum(lengths) - gap * (len(lengths) + 1)
        if free < 0:
            raise InputError(
                f"there is no free place for {len(lengths)} words in {frames / self.rate:.0f} s; take fewer"
            )
        shares = np.sort(rng.integers(0, free + 1, len(lengths)))
        before = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(lengths) else np.zeros(0)
        return (shares + before + gap * np.arange(1, len(lengths) + 1)).astype(int)


def _floats(clip: Clip) -> np.ndarray:
    return to_mono(clip.samples) / np.float32(32768)
