"""What the verbs leave: transcripts with times as text, JSON and Audacity labels; sounds; the frames as an image."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.atomic import atomic_path, write_text
from common.page_blocks import Block, clip, heatmap
from common.plots import SEQUENTIAL
from week3.speech_recognition.alphabet import BLANK, SYMBOLS
from week3.speech_recognition.data import RATE, Utterance

if TYPE_CHECKING:
    from week3.speech_recognition.transcribe import Transcription


def described(name: str, found: Transcription) -> str:
    """What was heard in a file, and when each word begins."""
    lines = [f"{name}: {found.text or '(nothing)'}"]
    times = "  ".join(f"{word.begin:.2f} {word.text}" for word in found.words)
    lines.append(f"  log-probability {found.log_probability:.2f}" + (f"; seconds: {times}" if times else ""))
    return "\n".join(lines)


def aligned_table(found: Transcription) -> str:
    """A line a word: when it begins and ends, and when each of its characters does begin."""
    rows = [f"{'word':10} {'begins':>7} {'ends':>7}  characters"]
    characters = iter(found.characters)
    for word in found.words:
        own = [next(one for one in characters if one.text == letter) for letter in word.text]
        spelled = " ".join(f"{one.text} {one.begin:.2f}" for one in own)
        rows.append(f"{word.text:10} {word.begin:7.2f} {word.end:7.2f}  {spelled}")
    return "\n".join(rows)


def as_json(name: str, found: Transcription) -> dict[str, Any]:
    """A transcription as plain values; times in seconds from the beginning."""
    return {
        "file": name,
        "text": found.text,
        "log_probability": round(float(found.log_probability), 4),
        "words": [
            {"word": word.text, "begin": round(float(word.begin), 3), "end": round(float(word.end), 3)}
            for word in found.words
        ],
    }


def write_labels(path: str | os.PathLike[str], found: Transcription) -> Path:
    """The words as an Audacity label track: begin, end and word, with tabs between; returns the path."""
    return write_text(path, "".join(f"{one.begin:.6f}\t{one.end:.6f}\t{one.text}\n" for one in found.words))


def transcripts_csv(rows: Sequence[tuple[str, str]]) -> str:
    """A table of sound files and what is said in them, as `data.load_recordings` reads it."""
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows([("file", "text"), *rows])
    return content.getvalue()


def write_frames(path: Path, frames: np.ndarray) -> Path:
    """The frames as an image without axes, low bands at the bottom, for the page of results; returns the path."""
    from matplotlib.image import imsave

    with atomic_path(path) as temporary:
        imsave(temporary, frames.T, origin="lower", cmap=SEQUENTIAL, vmin=np.percentile(frames, 5))
    return path


def heard_block(title: str, sound: str, picture: str, seconds: float, found: Transcription) -> Block:
    """The sound with its frames, and the words that were heard over it."""
    marks = [(one.begin, one.end, one.text) for one in found.words]
    return clip(title, sound, seconds=seconds, picture=picture, marks=marks)


def map_block(kind: str, title: str, found: Transcription) -> Block:
    """Frames against characters: CTC's probability of each that is read, or where attention looked for each written."""
    places = found.weights.shape[1] if kind == "attention" else len(found.weights)
    seconds = [f"{place * found.place_seconds:.2f} s" for place in range(places)]
    if kind == "attention":
        rows, values = [*(one.text for one in found.characters), "end"], found.weights
    else:
        read = list(dict.fromkeys(one.text for one in found.characters))
        rows = ["blank", *read]
        values = np.exp(found.weights[:, [BLANK, *map(SYMBOLS.index, read)]]).T
    names = ["space" if one == " " else one for one in rows]
    return heatmap(
        title, values, rows=names, columns=seconds, row_name="character", column_name="time", share=True,
        alt="characters from top to bottom, time from left to right",
    )  # fmt: skip


def spoken_block(title: str, sound: str, picture: str, one: Utterance) -> Block:
    """A composed sentence with its frames, and its words over it."""
    marks = [(start / RATE, end / RATE, word) for word, (start, end) in zip(one.text.split(), one.spans, strict=True)]
    return clip(title, sound, seconds=one.seconds, picture=picture, marks=marks)
