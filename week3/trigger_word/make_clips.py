"""Make the shipped spoken clips anew: `python -m week3.trigger_word.make_clips` (a minute; needs espeak-ng 1.51).

espeak-ng (Debian: `apt-get install espeak-ng`) speaks the trigger word and others; each clip has a voice (a language's
pronunciation with a variant's timbre), a speed, a pitch and an intonation, all drawn with a seed. A variant belongs to
one split, and so does a pronunciation that only that split has: whoever speaks in dev and test was never heard in
training. A part of the test's words is spoken in no other split. Silence is cut off, the level made the same, and each
clip written as Ogg Opus at 16,000 Hz. `assets/clips/clips.tsv` lists them.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.assets import PROJECT, record_shipped
from common.atomic import write_text
from common.audio import to_int16
from common.cli import guard, progress
from common.errors import InputError
from common.mixing import match_loudness
from common.resampling import resample
from common.seeding import make_rng
from week3.trigger_word.clip_words import TRIGGER, words_of
from week3.trigger_word.shipped_clips import CLIPS, COLUMNS, TABLE

RATE = 16_000
LEVEL_DBFS = -20.0
VERSION = "1.51"
COUNTS = {"train": (120, 330), "dev": (24, 64), "test": (40, 120)}  # trigger words, other words
_SHARED = ("en-us", "en-gb", "en-029", "en-gb-scotland", "en-gb-x-rp")
LANGUAGES = {
    "train": _SHARED,
    "dev": (*_SHARED, "en-gb-x-gbclan"),
    "test": (*_SHARED, "en-us-nyc", "en-gb-x-gbcwmd"),
}
VARIANTS = {
    "train": (
        "m1 m2 m3 m5 m6 f1 f2 f4 klatt klatt2 klatt4 klatt6 Alex Alicia Andrea antonio aunty benjamin boris caleb Denis"
        " Diogo ed edward Gene grandma gustave Henrique iven iven3 Jacky john kaukovalta Lee linda marcelo Mario max"
        " norbert pablo pedro rob Storm steph2"
    ),
    "dev": "m4 f3 klatt5 adam belinda david Hugo michel Nguyen quincy steph",
    "test": ("m7 m8 f5 klatt3 Andy Annie anika Marco Michael Mike miguel paul robert sandro shelby travis victor"),
}
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
    def file(self) -> str:
        """Its name, with folders, under the clips' folder."""
        word = re.sub(r"[^a-z]+", "-", self.word)
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


def speak(one: Spoken) -> np.ndarray:
    """The clip, int16 at 16,000 Hz, without the silence around it.

    Raises:
        InputError: espeak-ng made no sound of it.
    """
    import soundfile

    voice = f"{one.language}+{one.variant}"
    command = ["espeak-ng", "-v", voice, "-s", str(one.speed), "-p", str(one.pitch), "--stdout", one.word + one.mark]
    done = subprocess.run(command, capture_output=True, check=False)
    try:
        samples, rate = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
    except soundfile.SoundFileError:
        raise InputError(f"espeak-ng says nothing for {' '.join(command)}: {done.stderr.decode().strip()}") from None
    return match_loudness(to_int16(0.5 * without_silence(resample(samples, rate, RATE), RATE)), LEVEL_DBFS)


def without_silence(samples: np.ndarray, rate: int, *, below_db: float = 40.0, margin: float = 0.01) -> np.ndarray:
    """The samples from where they first come within `below_db` of their peak to the last such place, with a margin."""
    loud = np.flatnonzero(np.abs(samples) > np.max(np.abs(samples)) * 10 ** (-below_db / 20))
    around = round(margin * rate)
    return samples[max(0, loud[0] - around) : loud[-1] + 1 + around]


def write_clip(path: Path, samples: np.ndarray) -> None:
    """Write int16 samples as Ogg Opus at 16,000 Hz."""
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, RATE, format="OGG", subtype="OPUS", compression_level=0.95)


def check_synthesizer() -> str:
    """espeak-ng's version.

    Raises:
        InputError: it is not installed.
    """
    if shutil.which("espeak-ng") is None:
        raise InputError("espeak-ng is not installed; on Debian: apt-get install espeak-ng")
    text = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"text-to-speech: (\S+)", text)[1]


def main() -> int:
    """Speak all clips and write the table."""
    version = check_synthesizer()
    if version != VERSION:
        print(f"warning: this is espeak-ng {version}; the shipped clips were made by {VERSION}", file=sys.stderr)
    shutil.rmtree(CLIPS, ignore_errors=True)
    rows = ["\t".join(COLUMNS)]
    for one in progress(plan(), description="speaking", unit="clip"):
        samples = speak(one)
        write_clip(CLIPS / one.file, samples)
        voice = f"{one.language}+{one.variant}"
        row = (one.file, one.split, one.kind, one.word, voice, one.speed, one.pitch, one.mark, len(samples) / RATE)
        rows.append("\t".join(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row))
    write_text(TABLE, "\n".join(rows) + "\n")
    record_shipped("trigger-word-clips", TABLE, what=f"spoken clips, made by espeak-ng {version}, and their voices")
    size = sum(path.stat().st_size for path in CLIPS.rglob("*.ogg"))
    print(f"{CLIPS.relative_to(PROJECT)}: {len(rows) - 1} clips, {size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
