"""Make the shipped spoken clips anew: `python -m week3.trigger_word.make_clips` (a minute; needs espeak-ng 1.51).

espeak-ng (Debian: `apt-get install espeak-ng`) speaks the trigger word and others; each clip has a voice (a language's
pronunciation with a variant's timbre), a speed, a pitch and an intonation, all drawn with a seed. A variant belongs to
one split, and so does a pronunciation that only that split has: whoever speaks in dev and test was never heard in
training. A part of the test's words is spoken in no other split. Silence is cut off, the level made the same, and each
clip written as Ogg Opus at 16,000 Hz. `assets/clips/clips.tsv` lists them.
"""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass

import numpy as np

from common.assets import PROJECT, record_shipped
from common.atomic import write_text
from common.cli import guard, progress
from common.espeak import LANGUAGES, RATE, VARIANTS, speak, warned_version, write_opus
from common.seeding import make_rng
from week3.trigger_word.clip_words import TRIGGER, words_of
from week3.trigger_word.shipped_clips import CLIPS, COLUMNS, TABLE

COUNTS = {"train": (150, 360), "dev": (24, 64), "test": (40, 120)}  # trigger words, other words
_COMPRESSION = {"train": 0.98, "dev": 0.95, "test": 0.95}  # more of them are worth more than finer ones
_MARKS = ("", "", ".", "!", "?", ",")


@dataclass(frozen=True)
class Spoken:
    """One clip to be spoken: `speed` in words a minute, `pitch` from 0 to 99, `mark` the punctuation after it."""

    split: str
    kind: str
    word: str
    language: str
    variant: str
    speed: int
    pitch: int
    mark: str

    @property
    def voice(self) -> str:
        """Who says it, as espeak-ng names it."""
        return f"{self.language}+{self.variant}"

    @property
    def file(self) -> str:
        """Its name, with folders, under the clips' folder."""
        word = re.sub(r"[^a-z]+", "-", self.word.lower())
        return f"{self.split}/{self.kind}/{word}_{self.language}_{self.variant}_{self.speed}_{self.pitch}.ogg"


def plan(seed: int = 0) -> list[Spoken]:
    """All clips, no two of one name; every variant of a split speaks the trigger word, and every word is spoken."""
    found: dict[str, Spoken] = {}
    for split, counts in COUNTS.items():
        for kind, count in zip(("activates", "negatives"), counts, strict=True):
            rng = make_rng(seed, "spoken clips", split, kind)
            words = [TRIGGER] if kind == "activates" else words_of(split)
            names, number = set(), 0
            while len(names) < count:
                one = _drawn(rng, split, kind, words[number % len(words)], number)
                names.add(one.file)
                found[one.file] = one
                number += 1
    return list(found.values())


def _drawn(rng: np.random.Generator, split: str, kind: str, word: str, number: int) -> Spoken:
    variants = VARIANTS[split].split()
    variant = variants[number % len(variants)] if kind == "activates" else variants[rng.integers(len(variants))]
    return Spoken(
        split,
        kind,
        word,
        LANGUAGES[split][rng.integers(len(LANGUAGES[split]))],
        variant,
        int(rng.integers(120, 200)),
        int(rng.integers(25, 76)),
        _MARKS[rng.integers(len(_MARKS))],
    )


def main() -> int:
    """Speak all clips and write the table."""
    version = warned_version()
    shutil.rmtree(CLIPS, ignore_errors=True)
    rows = ["\t".join(COLUMNS)]
    for one in progress(plan(), description="speaking", unit="clip"):
        samples = speak(one.word + one.mark, voice=one.voice, speed=one.speed, pitch=one.pitch)
        write_opus(CLIPS / one.file, samples, compression=_COMPRESSION[one.split])
        row = (one.file, one.split, one.kind, one.word, one.voice, one.speed, one.pitch, one.mark, len(samples) / RATE)
        rows.append("\t".join(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row))
    write_text(TABLE, "\n".join(rows) + "\n")
    record_shipped("trigger-word-clips", TABLE, what=f"spoken clips, made by espeak-ng {version}, and their voices")
    size = sum(path.stat().st_size for path in CLIPS.rglob("*.ogg"))
    print(f"{CLIPS.relative_to(PROJECT)}: {len(rows) - 1} clips, {size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
