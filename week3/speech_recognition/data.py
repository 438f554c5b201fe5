"""Spoken sentences as arrays: what ships, and a person's own recordings; and the frames that a network hears.

    table = read_table()                             # what is spoken in which file, where, and by whom
    clips = voice_clips("test/en-us+m7.ogg")         # {"zero": int16 (n,), ...}
    utterances = load_recordings("my_recordings")    # sound files and a transcripts.csv
    frames = features(utterance.samples)             # float32 (frames, 40)

Sound is int16 of one channel at 16,000 Hz. A frame is 25 ms of it, and there is one every 10 ms.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.assets import PROJECT
from common.audio import read_audio, to_int16
from common.errors import InputError
from common.mixing import to_mono
from common.resampling import resample
from common.spectrogram import LogMel, speech_features
from common.text_files import read_text
from week3.speech_recognition.words import spelled

ASSIGNMENT = "week3/speech_recognition"
RATE = 16_000
BANDS = 40
FRAME_SECONDS = 0.01  # from one frame to the next
SPLITS = ("train", "dev", "test")
ASSETS = PROJECT / ASSIGNMENT / "assets"
VOICES = ASSETS / "voices"
TABLE = VOICES / "words.tsv"
RECORDED = ASSETS / "recordings"
COLUMNS = ("split", "voice", "text", "start", "end", "speed", "pitch", "mark")
SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".mp3")
TRANSCRIPTS = ("transcripts.csv", "transcripts.tsv")
LEVEL = 0.1  # root mean square that sound is brought to, of full scale: -20 dBFS
SILENT = 2.0  # root mean square of int16 samples below which there is nothing to hear
MOST_SECONDS = 120


@dataclass(frozen=True)
class Utterance:
    """A sentence that is spoken.

    Attributes:
        samples: int16 (n,) at 16,000 Hz.
        text: what is said, in lower-case words; "" where nobody knows.
        voice: who says it: a pronunciation and a timbre of espeak-ng, or "" for a recording.
        kind: "digits", "commands", or "recording".
        background: what sounds beneath it: "rain", ...; "" in quiet.
        spans: (first sample, last sample + 1) of each word; () where that is not known.
        name: of its file.
    """

    samples: np.ndarray
    text: str
    voice: str
    kind: str = "recording"
    background: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    name: str = ""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / RATE


@dataclass(frozen=True)
class Spoken:
    """A row of the table: a word, or a sentence spoken in one go.

    Attributes:
        split: "train", "dev" or "test".
        voice: a pronunciation and a timbre of espeak-ng, such as "en-gb+f2".
        text: what is said.
        start, end: samples in the file.
        speed: words a minute.
        pitch: from 0 to 99.
        mark: punctuation after it, which decides its intonation.
    """

    split: str
    voice: str
    text: str
    start: int
    end: int
    speed: int
    pitch: int
    mark: str

    @property
    def file(self) -> str:
        """Where the voice's sayings are, all in one file, under the voices' folder."""
        return f"{self.split}/{self.voice}.ogg"


def read_table() -> list[Spoken]:
    """All rows of the table that ships."""
    rows = (line.split("\t") for line in read_text(TABLE).splitlines()[1:])
    return [Spoken(*row[:3], *map(int, row[3:7]), row[7]) for row in rows]


def voice_clips(rows: list[Spoken]) -> dict[str, np.ndarray]:
    """What one voice says by its text, float32 (n,) in [-1, 1]; the rows are of one file."""
    samples = read_audio(VOICES / rows[0].file).samples
    return {row.text: samples[row.start : row.end] for row in rows}


def features(samples: np.ndarray) -> np.ndarray:
    """The frames of int16 samples (n,) at 16,000 Hz, float32 (frames, 40): logarithms of the power in mel bands.

    The sound is brought to -20 dBFS first. For speech at that level the numbers lie at about -2 to 2.

    Raises:
        InputError: it is shorter than a frame, or silent.
    """
    settings = LogMel(rate=RATE, bands=BANDS)
    if len(samples) < settings.window:
        raise InputError(f"the sound lasts {1000 * len(samples) / RATE:.0f} ms, less than one frame; record it longer")
    level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float32), dtype=np.float64)))
    if level < SILENT:
        raise InputError("the sound is silent; record it again, nearer to the microphone")
    return speech_features(samples.astype(np.float32) * np.float32(LEVEL / level), settings)


def read_recording(path: str | os.PathLike[str]) -> np.ndarray:
    """A sound file of any rate and width as int16 (n,) at 16,000 Hz; of several channels the first.

    Raises:
        InputError: the file is missing, damaged, no sound, silent, or lasts longer than two minutes.
    """
    signal = read_audio(path, dtype="int16")
    if signal.seconds > MOST_SECONDS:
        raise InputError(f"{path}: lasts {signal.seconds:.0f} s; at most {MOST_SECONDS} s are read, cut it into pieces")
    samples = to_mono(signal.samples)
    if signal.rate != RATE:
        samples = to_int16(resample(samples, signal.rate, RATE) / np.float32(32768))
    if len(samples) and float(np.std(samples)) < SILENT:
        raise InputError(f"{path}: is silent; record it again, nearer to the microphone")
    return samples


def load_recordings(folder: str | os.PathLike[str]) -> list[Utterance]:
    """A person's recordings: sound files, and a `transcripts.csv` or `.tsv` with the columns `file` and `text`.

    Raises:
        InputError: there is no such folder or no table in it, a transcript is empty, or a file is missing or damaged.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: is not a folder; give one with sound files and a {TRANSCRIPTS[0]}")
    table = next((folder / name for name in TRANSCRIPTS if (folder / name).is_file()), None)
    if table is None:
        raise InputError(
            f"{folder}: holds no {TRANSCRIPTS[0]}; list your sound files there, with the columns file,text"
        )
    return [Utterance(read_recording(folder / name), text, "", name=name) for name, text in _transcripts(table)]


def _transcripts(table: Path) -> list[tuple[str, str]]:
    """(file, text) of each row, the texts as a network would write them."""
    lines = read_text(table).splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t" if table.suffix == ".tsv" else ","))
    if not rows or not {"file", "text"} <= set(rows[0]):
        raise InputError(f"{table}: has no rows with the columns file and text; put these names in the first line")
    found = []
    for number, row in enumerate(rows, 2):
        name, text = (row["file"] or "").strip(), row["text"] or ""
        try:
            text = spelled(text)
        except InputError as error:
            raise InputError(f"{table}: line {number}: {error}") from None
        if not text or not name:
            raise InputError(f"{table}: line {number} has no {'text' if name else 'file'}; fill it in or take it out")
        found.append((name, text))
    return found
