"""Make the shipped sounds anew: `python -m week3.speech_recognition.make_clips` (a minute; needs espeak-ng 1.51).

Every voice says each word of the vocabulary once, and a few sentences in one go, at a speed and a pitch about its own
and with an intonation, all drawn with a seed. Whoever speaks in dev and test is never heard in training
(`common/espeak.py`). What a voice says stands in one Ogg Opus file; `assets/voices/words.tsv` tells where. A few
sentences of test voices, said in one go over backgrounds, are the recordings in `assets/recordings`. And the language
model of the commands' grammar is fitted.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace

import numpy as np

from common import variation
from common.assets import PROJECT, record_shipped
from common.atomic import write_text
from common.audio import to_int16
from common.backgrounds import make_background
from common.cli import guard, progress
from common.espeak import LANGUAGES, VARIANTS, speak, warned_version, write_opus
from common.seeding import make_rng
from week3.speech_recognition.data import (
    COLUMNS,
    LEVEL,
    RATE,
    RECORDED,
    SPLITS,
    TABLE,
    TRANSCRIPTS,
    VOICES,
    Spoken,
)
from week3.speech_recognition.language import COMMANDS, PHRASES, fit, grammar_phrases
from week3.speech_recognition.words import KINDS, phrase, vocabulary

COUNTS = {"train": 42, "dev": 5, "test": 10}  # voices
SENTENCES = {"train": 3, "dev": 2, "test": 4}  # that each voice says in one go
GAP = round(0.02 * RATE)  # silence between two clips
COMPRESSION = 0.995
_DIGITS_IN_ONE_GO = 5
_PAUSE_SECONDS = 0.3
RECORDINGS = (  # file, text, voice, background, dB of speech over it
    ("digits.ogg", "three one four one five nine two", "en-us+sandro", "room", 30.0),
    ("timer.ogg", "set timer two five minutes please", "en-gb+travis", "rain", 15.0),
    ("music.ogg", "turn off the music", "en-us+f5", "machine", 10.0),
)
_MARKS = ("", "", ".", "?", ",")


def plan(seed: int = 0) -> dict[str, list[Spoken]]:
    """What each voice is to say, by its file; where it will stand in the file is not known yet (-1)."""
    return {f"{split}/{voice}.ogg": _sayings(seed, split, voice) for split in SPLITS for voice in _voices(seed, split)}


def _voices(seed: int, split: str) -> list[str]:
    """Voices of a split, no variant twice; its pronunciations in turn."""
    rng = make_rng(seed, "voices", split)
    variants = sorted(rng.permutation(VARIANTS[split].split())[: COUNTS[split]])
    order = rng.permutation(len(variants))
    languages = LANGUAGES[split]
    return [f"{languages[place % len(languages)]}+{variant}" for variant, place in zip(variants, order, strict=True)]


def _sayings(seed: int, split: str, voice: str) -> list[Spoken]:
    rng = make_rng(seed, "sayings", voice)
    texts = vocabulary()
    for number in range(SENTENCES[split]):
        texts.append(_sentence(rng, KINDS[number % len(KINDS)], texts))
    speed, pitch = rng.integers(130, 186), rng.integers(30, 71)
    return [
        Spoken(
            split, voice, text, -1, -1,
            int(speed + rng.integers(-10, 11)), int(pitch + rng.integers(-6, 7)), _MARKS[rng.integers(len(_MARKS))],
        )
        for text in texts
    ]  # fmt: skip


def _sentence(rng: np.random.Generator, kind: str, said: list[str]) -> str:
    """A sentence of several words that was not said yet."""
    while True:
        text = phrase(kind, rng, most_digits=_DIGITS_IN_ONE_GO)
        if text not in said and text.count(" ") >= 2:
            return text


def spoken_in_one_file(sayings: list[Spoken]) -> tuple[np.ndarray, list[Spoken]]:
    """All of them spoken, int16 (n,) at 16,000 Hz with short silences between; the rows with their places."""
    silence, parts, rows, at = np.zeros(GAP, np.int16), [], [], GAP
    for one in sayings:
        samples = speak(one.text + one.mark, voice=one.voice, speed=one.speed, pitch=one.pitch)
        parts += [silence, samples]
        rows.append(replace(one, start=at, end=at + len(samples)))
        at += len(samples) + GAP
    return np.concatenate([*parts, silence]), rows


def make_voices() -> int:
    """Speak all voices and write the table; returns how many clips there are."""
    shutil.rmtree(VOICES, ignore_errors=True)
    lines = ["\t".join(COLUMNS)]
    for file, sayings in progress(plan().items(), description="speaking", unit="voice"):
        samples, rows = spoken_in_one_file(sayings)
        write_opus(VOICES / file, samples, compression=COMPRESSION)
        lines += ["\t".join(str(getattr(row, name)) for name in COLUMNS) for row in rows]
    write_text(TABLE, "\n".join(lines) + "\n")
    return len(lines) - 1


def recorded(text: str, voice: str, background: str, ratio_db: float, rng: np.random.Generator) -> np.ndarray:
    """A sentence said in one go over a background, with a pause before and after it; int16 at 16,000 Hz."""
    pause = np.zeros(round(_PAUSE_SECONDS * RATE), np.float32)
    speech = np.concatenate([pause, speak(text, voice=voice) / np.float32(32768), pause])
    noise = make_background(background, rng, len(speech) / RATE, RATE)
    return to_int16(speech + variation.to_ratio(noise, LEVEL**2, -ratio_db)[: len(speech)])


def make_recordings() -> None:
    """Write the recordings and their transcripts."""
    shutil.rmtree(RECORDED, ignore_errors=True)
    for name, text, voice, background, ratio_db in RECORDINGS:
        samples = recorded(text, voice, background, ratio_db, make_rng(0, "recording", name))
        write_opus(RECORDED / name, samples)
    lines = ["file,text", *(f"{name},{text}" for name, text, *_ in RECORDINGS)]
    write_text(RECORDED / TRANSCRIPTS[0], "\n".join(lines) + "\n")


def main() -> int:
    """Make voices, recordings and the language model."""
    version = warned_version()
    count = make_voices()
    record_shipped(
        "speech-voices", TABLE, what=f"words and sentences spoken by espeak-ng {version}, and where they are"
    )
    size = sum(path.stat().st_size for path in VOICES.rglob("*") if path.is_file())
    print(f"{VOICES.relative_to(PROJECT)}: {count} clips of {len(plan())} voices, {size:,} bytes")
    make_recordings()
    for name, text, *_ in RECORDINGS:
        print(f"{(RECORDED / name).relative_to(PROJECT)}: {text}")
    path = fit(grammar_phrases(PHRASES)).save(COMMANDS)
    record_shipped("speech-language-model", path, what="6-grams over the characters of digit strings and commands")
    print(f"{path.relative_to(PROJECT)}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
