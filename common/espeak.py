"""Spoken words and phrases, by the speech synthesizer espeak-ng (Debian: `apt-get install espeak-ng`).

    check_synthesizer()                                          # "1.51"
    samples = speak("three one four", voice="en-gb+f2", speed=160, pitch=50)      # int16, 16,000 Hz
    write_opus("three.ogg", samples)

A voice is a language's pronunciation with a variant's timbre. `LANGUAGES` and `VARIANTS` share them out: a variant, and
a pronunciation that only one split has, is heard in that split and in no other, whatever is spoken. Only those who make
shipped clips anew need the program.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from common.audio import to_int16
from common.errors import InputError
from common.mixing import match_loudness
from common.resampling import resample

RATE = 16_000
LEVEL_DBFS = -20.0
VERSION = "1.51"
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


def check_synthesizer() -> str:
    """espeak-ng's version.

    Raises:
        InputError: it is not installed.
    """
    if shutil.which("espeak-ng") is None:
        raise InputError("espeak-ng is not installed; on Debian: apt-get install espeak-ng")
    text = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"text-to-speech: (\S+)", text)[1]


def warned_version() -> str:
    """As `check_synthesizer`, with a warning on standard error where it is another version than made what ships."""
    version = check_synthesizer()
    if version != VERSION:
        print(f"warning: this is espeak-ng {version}; the shipped clips were made by {VERSION}", file=sys.stderr)
    return version


def speak(text: str, *, voice: str, speed: int = 160, pitch: int = 50) -> np.ndarray:
    """The text spoken: int16 (n,) at 16,000 Hz, at -20 dBFS, without the silence around it.

    Args:
        text: words; a mark after them decides the intonation.
        voice: a pronunciation and a timbre, such as "en-gb+f2".
        speed: words a minute.
        pitch: from 0 to 99.

    Raises:
        InputError: espeak-ng made no sound of it.
    """
    import soundfile

    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", text]
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


def write_opus(path: str | os.PathLike[str], samples: np.ndarray, *, compression: float = 0.95) -> None:
    """Write int16 samples as Ogg Opus at 16,000 Hz; `compression` from 0 to 1 (0.95: 19, 0.98: 12, 1: 8 kbit/s)."""
    import soundfile

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, RATE, format="OGG", subtype="OPUS", compression_level=compression)
