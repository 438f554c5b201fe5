"""Any number of training examples of a person's own clips, seeded and varied: example i is the same whoever makes it.

    examples = Generator(clips, GenerationConfig(), seed=0)
    one = examples[17]                     # Example(samples int16 (441000,), labels (1375,), events, background)

Beyond the course's rule: level of the whole, background at any offset, words at chosen signal-to-noise ratios, noise of
any colour, speed, pitch and a room. The draws of example i depend on the seed and on i alone, so that examples can be
made in any order, in several processes, and again after an interruption.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from common import variation
from common.audio import to_int16
from common.errors import InputError
from common.mixing import frames_of, milliseconds_of, to_mono
from common.seeding import make_rng
from week3.trigger_word.data import TY, Clip, ClipSet, label_after
from week3.trigger_word.synthesis import Event, Example, find_place

Range = tuple[float, float]


@dataclass(frozen=True)
class GenerationConfig:
    """How examples are drawn. A range is (lowest, highest), drawn evenly.

    Attributes:
        activates, negatives: how many trigger words and other words, both ends included.
        level_db: of the whole, dBFS.
        ratio_db: power of a word over that of the whole background, noise included (signal-to-noise ratio).
        speed: how many times as fast a word is spoken, at the same pitch.
        semitones: how much higher.
        part_chance: how often another word is replaced by the beginning or the end of a trigger word, which is none.
        room_chance, room_seconds, room_wet: how often a word is heard in a room, its reverberation time, and the
            energy of the reverberation over the direct sound.
        noise_chance, noise_db, noise_slope: how often noise is added to the background, its power over the
            background's, and its slope in dB an octave.
    """

    activates: tuple[int, int] = (0, 4)
    negatives: tuple[int, int] = (0, 2)
    level_db: Range = (-26.0, -14.0)
    ratio_db: Range = (0.0, 25.0)
    speed: Range = (0.9, 1.12)
    semitones: Range = (-2.0, 2.0)
    part_chance: float = 0.0
    room_chance: float = 0.3
    room_seconds: Range = (0.1, 0.5)
    room_wet: Range = (0.05, 0.6)
    noise_chance: float = 0.3
    noise_db: Range = (-10.0, 3.0)
    noise_slope: Range = (0.0, 6.0)

    def __post_init__(self):
        for name, value in vars(self).items():
            if isinstance(value, tuple) and not value[0] <= value[1]:
                raise InputError(f"{name} is {value}; give the lower end first")
            if name.endswith("chance") and not 0 <= value <= 1:
                raise InputError(f"{name} is {value}; give a share from 0 to 1")
        if min(self.activates[0], self.negatives[0]) < 0 or self.activates[1] + self.negatives[1] > 30:
            raise InputError("an example holds 0 to 30 words")
        if not (self.speed[0] >= 0.5 and self.speed[1] <= 2 and max(map(abs, self.semitones)) <= 12):
            raise InputError("speed goes from 0.5 to 2, pitch up to 12 semitones either way")

    @classmethod
    def plain(cls) -> GenerationConfig:
        """No variation: words as they are recorded but for their level, the whole at -20 dBFS."""
        return cls(
            level_db=(-20, -20), ratio_db=(10, 10), speed=(1, 1), semitones=(0, 0), room_chance=0, noise_chance=0
        )


class Generator:
    """Examples by number, of clips and a configuration, at the clips' rate; `seed` is any whole number from 0."""

    def __init__(self, clips: ClipSet, config: GenerationConfig | None = None, *, seed: int = 0):
        self.config, self.seed, self.rate = config or GenerationConfig(), seed, clips.rate
        self.clips = {"activate": clips.activates, "negative": clips.negatives}
        self.backgrounds = clips.backgrounds
        self._mono: dict[tuple[str, int], np.ndarray] = {}

    def __getitem__(self, number: int) -> Example:
        rng = make_rng(self.seed, "trigger word example", number)
        samples, labels, events, background = self.draw(rng)
        return Example(to_int16(samples), labels, events, background)

    def range(self, start: int, stop: int) -> Iterator[Example]:
        """Examples from `start` up to, but not, `stop`."""
        return (self[number] for number in range(start, stop))

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, tuple[Event, ...], str]:
        """(samples float32 (10 s,), labels uint8 (1375,), events, background's name) of one example."""
        background = int(rng.integers(len(self.backgrounds)))
        samples = self._background(background, rng)
        beneath = variation.power(samples)
        labels = np.zeros(TY, np.uint8)
        events: list[Event] = []
        for kind, span in (("activate", self.config.activates), ("negative", self.config.negatives)):
            for _ in range(rng.integers(span[0], span[1] + 1)):
                number = int(rng.integers(len(self.clips[kind])))
                event = self._add(samples, beneath, number, kind, events, rng)
                if event is not None and kind == "activate":
                    label_after(labels, event.end_ms)
        return self._at_level(samples, rng), labels, tuple(events), self.backgrounds[background].name

    def _background(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """The background from a random place on, going round, with noise on some of them; a copy."""
        mono = self._floats("background", number)
        offset = int(rng.integers(len(mono)))
        samples = np.concatenate([mono[offset:], mono[:offset]])
        if rng.random() < self.config.noise_chance:
            noise = variation.coloured_noise(rng, len(samples), rng.uniform(*self.config.noise_slope))
            samples += variation.to_ratio(noise, variation.power(samples), rng.uniform(*self.config.noise_db))
        return samples

    def _floats(self, kind: str, number: int) -> np.ndarray:
        """A clip as mono floats, kept by its place in its list (which, other than an address, every process shares)."""
        key = kind, number
        if key not in self._mono:
            clip = self._clip(kind, number)
            self._mono[key] = to_mono(clip.samples) / np.float32(32768)
        return self._mono[key]

    def _clip(self, kind: str, number: int) -> Clip:
        return self.backgrounds[number] if kind == "background" else self.clips[kind][number]

    def _add(
        self,
        samples: np.ndarray,
        beneath: float,
        number: int,
        kind: str,
        events: list[Event],
        rng: np.random.Generator,
    ) -> Event | None:
        """Vary the clip and put it at a free place, so much above the background's power; None without a place."""
        config, (word, name) = self.config, self._word(kind, number, rng)
        word = vary(word, config, rng, self.rate)
        taken = [(event.start_ms, event.end_ms) for event in events]
        place = find_place(milliseconds_of(len(word), self.rate), taken, rng.integers)
        if place is None:
            return None
        frame = frames_of(place[0], self.rate)
        word = variation.to_ratio(word, beneath, rng.uniform(*config.ratio_db))
        word = in_a_room(word, config, rng, self.rate)
        part = samples[frame : frame + len(word)]
        part += word[: len(part)]
        events.append(Event(*place, kind, name))
        return events[-1]

    def _word(self, kind: str, number: int, rng: np.random.Generator) -> tuple[np.ndarray, str]:
        """(samples, name) of a clip, or of a part of a trigger word in place of another word."""
        if kind == "negative" and self.config.part_chance and rng.random() < self.config.part_chance:
            number = int(rng.integers(len(self.clips["activate"])))
            return part_of(self._floats("activate", number), rng), f"part of {self._clip('activate', number).name}"
        return self._floats(kind, number), self._clip(kind, number).name

    def _at_level(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The whole at a level drawn; in place."""
        now = variation.power(samples)
        if now > 0:
            samples *= np.float32(np.sqrt(10 ** (rng.uniform(*self.config.level_db) / 10) / now))
        return samples


def part_of(word: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The first or the last 35 to 65 % of a word, faded where it is cut."""
    size = max(1, int(rng.uniform(0.35, 0.65) * len(word)))
    fade = np.linspace(0, 1, max(2, size // 20), dtype=np.float32)
    if rng.random() < 0.5:
        part = word[:size].copy()
        part[-len(fade) :] *= fade[::-1][-len(part) :]
    else:
        part = word[-size:].copy()
        part[: len(fade)] *= fade[: len(part)]
    return part


def vary(word: np.ndarray, config: GenerationConfig, rng: np.random.Generator, rate: int) -> np.ndarray:
    """The word at another speed and pitch, drawn by the configuration."""
    speed, semitones = rng.uniform(*config.speed), rng.uniform(*config.semitones)
    if not semitones and speed == 1:
        return word
    factor = 2 ** (semitones / 12)
    return variation.change_rate(variation.stretch(word, speed / factor, frame=variation.frame_at(rate)), factor)


def in_a_room(word: np.ndarray, config: GenerationConfig, rng: np.random.Generator, rate: int) -> np.ndarray:
    """The word in a room, with its tail, as often as the configuration says; else as it is."""
    if rng.random() >= config.room_chance:
        return word
    response = variation.room_response(rng, rate, rng.uniform(*config.room_seconds), rng.uniform(*config.room_wet))
    return variation.convolve(word, response)
