"""The clips that ship: `assets/clips/{train,dev,test}/{activates,negatives}/`, and the table that says who speaks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from common.assets import PROJECT
from common.text_files import read_text

CLIPS = PROJECT / "week3" / "trigger_word" / "assets" / "clips"
TABLE = CLIPS / "clips.tsv"
COLUMNS = ("file", "split", "kind", "word", "voice", "speed", "pitch", "mark", "seconds")
SPLITS = ("train", "dev", "test")


@dataclass(frozen=True)
class ShippedClip:
    """A row of the table.

    Attributes:
        file: under the clips' folder.
        split: "train", "dev" or "test".
        kind: "activates" or "negatives".
        word: what is said.
        voice: a pronunciation and a timbre of espeak-ng, such as "en-gb+f2".
        speed: words a minute.
        pitch: from 0 to 99.
        mark: punctuation after the word, which decides its intonation.
        seconds: how long it lasts.
    """

    file: str
    split: str
    kind: str
    word: str
    voice: str
    speed: int
    pitch: int
    mark: str
    seconds: float


def read_table() -> list[ShippedClip]:
    """All rows of the table."""
    lines = read_text(TABLE).splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return [ShippedClip(*row[:5], int(row[5]), int(row[6]), row[7], float(row[8])) for row in rows]


def shipped_folder(split: str, kind: str) -> Path:
    """The folder of a split's "activates" or "negatives"."""
    return CLIPS / split / kind
