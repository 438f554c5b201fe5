"""Clips and the course's time scales: sound of 10 s at 44,100 Hz, 5,511 spectrogram frames, 1,375 output steps.

    clips = ClipSet.load("activates", "negatives", "backgrounds")         # three folders of sound files

Clips are int16, (frames,) or (frames, 2), at 44,100 Hz or at the rate that another network wants; files of any rate and
width become that. Positions in a training example are milliseconds (whole numbers, as the course draws them), in sound
*frames* of one sample of every channel, in labels *steps*.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.assets import find
from common.audio import MAX_CHANNELS, Signal, read_audio, to_int16
from common.errors import InputError
from common.mixing import fit_length, frames_of, milliseconds_of
from common.resampling import resample

RATE = 44_100
EXAMPLE_MS = 10_000
EXAMPLE_FRAMES = 441_000
TX, N_FREQ, TY = 5511, 101, 1375
LABEL_STEPS = 50  # output steps that are 1 after the trigger word ends
TARGET_DBFS = -20.0
SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".mp3")
KINDS = ("activates", "negatives", "backgrounds")
_COURSE_FILES = {
    "activates": "trigger-word-activate-1",
    "negatives": "trigger-word-negative-1",
    "backgrounds": "trigger-word-background-1",
}


@dataclass(frozen=True)
class Clip:
    """A named piece of sound: int16, (frames,) or (frames, 2), at `rate` Hz."""

    name: str
    samples: np.ndarray
    rate: int = RATE

    @property
    def milliseconds(self) -> int:
        """Its length, to the nearest millisecond, as pydub says it."""
        return milliseconds_of(len(self.samples), self.rate)


@dataclass(frozen=True)
class ClipSet:
    """What examples are made of: the trigger word spoken, other words, and backgrounds of exactly 10 s; of one rate."""

    activates: tuple[Clip, ...]
    negatives: tuple[Clip, ...]
    backgrounds: tuple[Clip, ...]

    def __post_init__(self):
        for kind in KINDS:
            if not getattr(self, kind):
                raise InputError(f"there are no {kind}; give at least one clip of each kind")
        check_words((*self.activates, *self.negatives))
        frames = example_frames(self.rate)
        for clip in self.backgrounds:
            if len(clip.samples) != frames:
                raise InputError(f"{clip.name}: has {len(clip.samples)} frames; a background has {frames}")

    @property
    def rate(self) -> int:
        """Hz of all clips."""
        return self.activates[0].rate

    @classmethod
    def load(
        cls,
        activates: str | os.PathLike[str],
        negatives: str | os.PathLike[str],
        backgrounds: str | os.PathLike[str],
        *,
        rate: int = RATE,
    ) -> ClipSet:
        """The clips of three folders, in the order of their names.

        Raises:
            InputError: a folder is missing or has no clip, or a clip is damaged, silent or too long.
        """
        words = [load_folder(folder, rate=rate) for folder in (activates, negatives)]
        return cls(*words, load_folder(backgrounds, background=True, rate=rate))

    @classmethod
    def of_course(cls, course: str | os.PathLike[str] | None) -> ClipSet:
        """The course's own clips; MissingFileError names the file where they are not there."""
        return cls.load(*(course_folder(kind, course) for kind in KINDS))


def check_words(clips: Sequence[Clip]) -> None:
    """Raise InputError where a clip is as long as a background of 10 s."""
    for clip in clips:
        if clip.milliseconds >= EXAMPLE_MS:
            raise InputError(f"{clip.name}: lasts {clip.milliseconds} ms, as long as a background; cut the word out")


def course_folder(kind: str, course: str | os.PathLike[str] | None) -> Path:
    """Where the course keeps its `activates`, `negatives` or `backgrounds`."""
    return find(_COURSE_FILES[kind], course=course).path.parent


def example_frames(rate: int) -> int:
    """Sound frames of 10 s at a rate."""
    return EXAMPLE_MS * rate // 1000


def load_folder(folder: str | os.PathLike[str], *, background: bool = False, rate: int = RATE) -> tuple[Clip, ...]:
    """All sound files of a folder, by name; `background` makes them 10 s long.

    Raises:
        InputError: there is no such folder, or no sound file in it, or one is damaged or silent.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: is not a folder; give one with sound files")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SOUND_SUFFIXES)
    if not paths:
        raise InputError(f"{folder}: holds no sound files ({', '.join(SOUND_SUFFIXES)}); put clips there")
    return tuple(load_clip(path, background=background, rate=rate) for path in paths)


def load_clip(path: str | os.PathLike[str], *, background: bool = False, rate: int = RATE) -> Clip:
    """One sound file as a clip; of more than two channels the first is taken.

    A background is brought to exactly 10 s: a longer one is cut, a shorter one goes round.
    """
    path = Path(path)
    samples = at_rate(read_audio(path, dtype="int16"), rate)
    if not samples.any():
        raise InputError(f"{path}: is silent; record it again")
    if background:
        frames = example_frames(rate)
        samples = fit_length(np.concatenate([samples] * -(-frames // len(samples))), frames)
    return Clip(path.name, samples, rate)


def at_rate(signal: Signal, rate: int) -> np.ndarray:
    """int16 samples of one or two channels at this rate; what already is so is left as it is."""
    samples = signal.samples
    if samples.ndim == 2 and (samples.shape[1] == 1 or 2 < samples.shape[1] <= MAX_CHANNELS):
        samples = np.ascontiguousarray(samples[:, 0])
    if signal.rate == rate:
        return samples if samples.dtype == np.int16 else to_int16(samples)
    scale = 32768.0 if samples.dtype == np.int16 else 1.0
    return to_int16(resample(samples, signal.rate, rate) / np.float32(scale))


def step_of(milliseconds: float, steps: int = TY) -> int:
    """The output step at a time of the 10 s, as the course computes it: steps are a 1,375th of 10 s each."""
    return int(milliseconds * steps / float(EXAMPLE_MS))


def label_after(labels: np.ndarray, end_ms: float) -> None:
    """Set the 50 steps after a trigger word's end to 1 in `labels` (steps,), as far as they exist."""
    last = step_of(end_ms, len(labels))
    labels[last + 1 : last + 1 + LABEL_STEPS] = 1


def frame_of(milliseconds: int) -> int:
    """The sound frame at a position in milliseconds."""
    return frames_of(milliseconds, RATE)


def clips_named(folder: Path, names: Sequence[str | None], *, background: bool = False) -> list[Clip | None]:
    """The clips of these file names in a folder, in their order; None stays None."""
    return [None if name is None else load_clip(folder / name, background=background) for name in names]
