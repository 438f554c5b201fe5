"""Any number of spoken sentences, put together from the words that ship: sentence i is the same whoever makes it.

    composer = Composer("train", ratio_db=(3, 45), seed=0)
    one = composer.utterance(17)          # Utterance(samples int16 (n,), text "three one four", voice "en-gb+f2", ...)

A sentence is of one voice: its words with pauses between, fluent or slow. In training the voice's speed and pitch are
changed, each word's level, and some sentences are heard in a room, or are such as the voice said in one go; dev and
test sentences are the words as they were spoken. What is beneath them is a made-up background at a signal-to-noise
ratio, or, in quiet, the faint noise of a recorder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common import variation
from common.audio import to_int16
from common.backgrounds import TEST_KINDS, TRAINING_KINDS, make_background
from common.errors import InputError
from common.seeding import make_rng
from week3.speech_recognition.data import LEVEL, RATE, SPLITS, Spoken, Utterance, read_table, voice_clips
from week3.speech_recognition.words import DIGITS, KINDS, phrase

Range = tuple[float, float]
BACKGROUNDS = {"train": TRAINING_KINDS, "dev": TRAINING_KINDS, "test": TEST_KINDS}
QUIET_DB = 45.0  # of speech over a recorder's noise, where no background is wanted
_TAKES = {"train": 8, "dev": 3, "test": 6}  # backgrounds of each kind; each is entered at any place
_BACKGROUND_SECONDS = 10.0
_HIGHEST_DB, _LOWEST_DB = 100.0, -30.0


@dataclass(frozen=True)
class Delivery:
    """How a sentence is spoken. A range is (lowest, highest), drawn evenly.

    Attributes:
        paces: ranges of seconds between two words, one of which a sentence is spoken at.
        around: seconds before the first word and after the last one.
        speed: how many times as fast the voice speaks, at the same pitch.
        word_speed: how many times as fast each word is besides.
        semitones: how much higher.
        word_db: how much louder each word is.
        room_chance, room_seconds, room_wet: how often it is heard in a room, the reverberation time, and the energy of
            the reverberation over the direct sound.
        one_go_share: how many of the sentences are such as the voice said in one go.
    """

    paces: tuple[Range, ...] = ((0.0, 0.08), (0.03, 0.2), (0.15, 0.5))
    around: Range = (0.08, 0.5)
    speed: Range = (1.0, 1.0)
    word_speed: Range = (1.0, 1.0)
    semitones: Range = (0.0, 0.0)
    word_db: Range = (0.0, 0.0)
    room_chance: float = 0.0
    room_seconds: Range = (0.1, 0.4)
    room_wet: Range = (0.05, 0.5)
    one_go_share: float = 0.0

    @classmethod
    def varied(cls) -> Delivery:
        """As training hears it."""
        return cls(
            speed=(0.88, 1.15), word_speed=(0.95, 1.05), semitones=(-2.5, 2.5), word_db=(-3, 3), room_chance=0.3,
            one_go_share=0.2,
        )  # fmt: skip


class Composer:
    """Spoken sentences by number, each the same whoever makes it, and whatever others are made.

    Args:
        split: "train", "dev" or "test": whose voices, and what backgrounds.
        kinds: of sentences, drawn evenly.
        ratio_db: power of the speech over that of the background (signal-to-noise ratio): a number, or a range that is
            drawn from evenly; None for quiet.
        quiet_share: how many of the sentences are in quiet all the same.
        seed: a whole number from 0.
        delivery: how sentences are spoken; by default varied in training, plain elsewhere.

    Raises:
        InputError: there is no such split or kind, or the ratio is out of bounds.
    """

    def __init__(
        self,
        split: str,
        *,
        kinds: Sequence[str] = KINDS,
        ratio_db: Range | float | None = None,
        quiet_share: float = 0.0,
        seed: int = 0,
        delivery: Delivery | None = None,
    ):
        if split not in SPLITS:
            raise InputError(f"there is no split {split!r}; choose one of {', '.join(SPLITS)}")
        if not kinds or set(kinds) - set(KINDS):
            raise InputError(f"there are no kinds of sentences {tuple(kinds)}; choose among {', '.join(KINDS)}")
        self.split, self.kinds, self.seed, self.ratio_db = split, tuple(kinds), seed, _checked_ratio(ratio_db)
        self.quiet_share = quiet_share
        self.delivery = delivery or (Delivery.varied() if split == "train" else Delivery())
        self._rows: dict[str, list[Spoken]] = {}
        for row in read_table():
            if row.split == split:
                self._rows.setdefault(row.voice, []).append(row)
        self.voices = tuple(self._rows)
        self._clips: dict[str, dict[str, np.ndarray]] = {}
        self._takes: dict[tuple[str, int], np.ndarray] = {}

    def utterance(self, number: int) -> Utterance:
        """The sentence of this number, from 0."""
        rng = make_rng(self.seed, "utterance", self.split, number)
        kind = self.kinds[rng.integers(len(self.kinds))]
        voice = self.voices[rng.integers(len(self.voices))]
        whole = self.in_one_go(voice, kind)
        if whole and rng.random() < self.delivery.one_go_share:
            text = whole[rng.integers(len(whole))]
            return self._spoken(voice, kind, text, [text], rng, f"{self.split} {number}")
        text = phrase(kind, rng)
        return self._spoken(voice, kind, text, text.split(), rng, f"{self.split} {number}")

    def utterances(self, count: int, first: int = 0) -> list[Utterance]:
        """So many sentences, from number `first` on."""
        return [self.utterance(number) for number in range(first, first + count)]

    def said_in_one_go(self) -> list[Utterance]:
        """All sentences that the split's voices said in one go, of the composer's kinds."""
        found = []
        for voice in self.voices:
            for kind in self.kinds:
                for text in self.in_one_go(voice, kind):
                    rng = make_rng(self.seed, "said in one go", voice, text)
                    found.append(self._spoken(voice, kind, text, [text], rng, "in one go"))
        return found

    def in_one_go(self, voice: str, kind: str) -> list[str]:
        """The sentences of a kind that a voice said in one go."""
        texts = [row.text for row in self._rows[voice] if " " in row.text]
        return [text for text in texts if (set(text.split()) <= set(DIGITS)) == (kind == "digits")]

    def _spoken(
        self, voice: str, kind: str, text: str, pieces: list[str], rng: np.random.Generator, name: str
    ) -> Utterance:
        """The pieces (words, or the whole) one after another, with what sounds beneath them."""
        speech, spans = _joined([self._clip(voice, piece) for piece in pieces], self.delivery, rng)
        loud = np.concatenate([speech[start:end] for start, end in spans])
        speech *= np.float32(LEVEL / np.sqrt(variation.power(loud)))
        samples, background = self._over_background(_in_a_room(speech, self.delivery, rng), rng)
        if len(pieces) == 1 and " " in text:
            spans = []
        return Utterance(to_int16(samples), text, voice, kind, background, tuple(spans), name)

    def _clip(self, voice: str, text: str) -> np.ndarray:
        if voice not in self._clips:
            self._clips[voice] = voice_clips(self._rows[voice])
        return self._clips[voice][text]

    def _over_background(self, speech: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, str]:
        """The speech and what is beneath it, mixed; the name of that."""
        if self.ratio_db is None or rng.random() < self.quiet_share:
            noise = variation.coloured_noise(rng, len(speech), rng.uniform(0, 4))
            return speech + noise * np.float32(LEVEL * 10 ** (-QUIET_DB / 20)), ""
        kinds = BACKGROUNDS[self.split]
        kind, take = kinds[rng.integers(len(kinds))], int(rng.integers(_TAKES[self.split]))
        whole = self._take(kind, take)
        start = int(rng.integers(len(whole)))
        part = np.resize(np.concatenate([whole[start:], whole[:start]]), len(speech))
        return speech + variation.to_ratio(part, LEVEL**2, -rng.uniform(*self.ratio_db)), kind

    def _take(self, kind: str, number: int) -> np.ndarray:
        """A background of 10 s; a babble is of the split's own voices."""
        if (kind, number) not in self._takes:
            rng = make_rng(0, "speech background", self.split, kind, number)
            babblers = [self.voices[place] for place in rng.integers(len(self.voices), size=4)]
            words = [self._clip(voice, row.text) for voice in babblers for row in self._rows[voice]]
            voices = words if kind == "babble" else ()
            self._takes[kind, number] = make_background(kind, rng, _BACKGROUND_SECONDS, RATE, voices=voices)
        return self._takes[kind, number]


def training_composer(seed: int = 0) -> Composer:
    """What networks learn from: training voices, a fifth in quiet, the rest at 3 to 30 dB."""
    return Composer("train", ratio_db=(3, 30), quiet_share=0.2, seed=seed)


def dev_composer() -> Composer:
    """What training is watched by: dev voices, a third in quiet, the rest at 5 to 30 dB."""
    return Composer("dev", ratio_db=(5, 30), quiet_share=1 / 3)


def _checked_ratio(ratio_db: Range | float | None) -> Range | None:
    if ratio_db is None:
        return None
    low, high = (ratio_db, ratio_db) if isinstance(ratio_db, (int, float)) else ratio_db
    if not _LOWEST_DB <= low <= high <= _HIGHEST_DB:
        raise InputError(f"a ratio of {low} to {high} dB: give the lower first, from {_LOWEST_DB} to {_HIGHEST_DB}")
    return float(low), float(high)


def _joined(
    clips: list[np.ndarray], delivery: Delivery, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """The clips one after another with pauses, float32 (n,), and (first sample, last + 1) of each."""
    speed, semitones = rng.uniform(*delivery.speed), rng.uniform(*delivery.semitones)
    pace = delivery.paces[rng.integers(len(delivery.paces))]
    parts, spans, at = [], [], 0
    for number, clip in enumerate(clips):
        pause = round(rng.uniform(*(pace if number else delivery.around)) * RATE)
        clip = _varied(clip, speed * rng.uniform(*delivery.word_speed), semitones)
        clip = clip * np.float32(10 ** (rng.uniform(*delivery.word_db) / 20))
        parts += [np.zeros(pause, np.float32), clip]
        spans.append((at + pause, at + pause + len(clip)))
        at = spans[-1][1]
    return np.concatenate([*parts, np.zeros(round(rng.uniform(*delivery.around) * RATE), np.float32)]), spans


def _varied(clip: np.ndarray, speed: float, semitones: float) -> np.ndarray:
    """The clip so much faster and higher."""
    if speed == 1 and not semitones:
        return clip
    factor = 2 ** (semitones / 12)
    return variation.change_rate(variation.stretch(clip, speed / factor, frame=variation.frame_at(RATE)), factor)


def _in_a_room(speech: np.ndarray, delivery: Delivery, rng: np.random.Generator) -> np.ndarray:
    """The speech in a room as often as the delivery says, as long as before; else as it is."""
    if rng.random() >= delivery.room_chance:
        return speech
    seconds, wet = rng.uniform(*delivery.room_seconds), rng.uniform(*delivery.room_wet)
    return variation.convolve(speech, variation.room_response(rng, RATE, seconds, wet))[: len(speech)]
