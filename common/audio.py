"""Sound files to arrays and back, through soundfile.

    signal = read_audio("clip.wav")            # Signal(samples float32, rate)
    write_wav("out.wav", signal)

Soundfile reads half of a truncated WAV without a word; the sizes that the file states are checked first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from common.atomic import atomic_path
from common.cli import say
from common.errors import InputError, MissingFileError
from common.text_files import content_problem

MAX_RATE = 768_000
MAX_CHANNELS = 16
MAX_VALUES = 500_000_000  # samples times channels: 2 GB of float32
PEAK = 0.98  # of full scale: what too loud a signal is turned down to
STREAMED = 0xFFFFFFFF  # the size of a chunk whose writer could not know it


class Signal(NamedTuple):
    """Sound: `samples` of shape (frames,) or (frames, channels), float32 in [-1, 1] or int16, at `rate` Hz."""

    samples: np.ndarray
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def read_audio(path: str | os.PathLike[str], *, dtype: str = "float32") -> Signal:
    """The sound in a WAV, FLAC or Ogg file; `dtype` is "float32" (in [-1, 1]) or "int16".

    Raises:
        MissingFileError: there is no such file.
        InputError: it is no sound file, is cut off, holds no frame or numbers that are none, or is out of bounds.
    """
    import soundfile

    path = Path(path)
    if dtype not in ("float32", "int16"):
        raise InputError(f"dtype {dtype!r}: choose 'float32' or 'int16'")
    _check_file(path)
    try:
        with soundfile.SoundFile(path) as file:
            _check_header(path, file.samplerate, file.channels, file.frames)
            announced, rate = file.frames, file.samplerate
            samples = file.read(dtype=dtype)
    except (soundfile.SoundFileError, TypeError) as error:
        raise InputError(f"{path}: can not be read as sound ({error}); give a WAV, FLAC or Ogg file") from None
    if len(samples) < announced:
        raise InputError(
            f"{path}: is cut off: {len(samples):,} of {announced:,} frames are there; copy or export it again"
        )
    if samples.dtype.kind == "f" and not np.isfinite(samples).all():
        raise InputError(f"{path}: holds samples that are no numbers; export it again")
    return Signal(samples, rate)


def _check_file(path: Path) -> None:
    """Refuse what no decoder should be asked: no file, an empty one, a WAV shorter than it says."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give a sound file")
    if not path.exists():
        raise MissingFileError(f"{path}: no such file; check the path", name=path.name)
    if not path.is_file():
        raise InputError(f"{path}: is no ordinary file; give a sound file")
    with open(path, "rb") as file:
        problem = content_problem(file.read(64))
    if problem:
        raise InputError(f"{path}: {problem}")
    problem = _wav_problem(path)
    if problem:
        raise InputError(f"{path}: {problem}")


def _wav_problem(path: Path) -> str:
    """What the sizes of a RIFF WAVE file's chunks show to be wrong; empty for other kinds of files."""
    with open(path, "rb") as file:
        if file.read(4) != b"RIFF" or file.seek(8) != 8 or file.read(4) != b"WAVE":
            return ""
    kinds = []
    for kind, start, length in _chunks(path):
        kinds.append(kind)
        missing = start + length - path.stat().st_size
        if kind == b"data":
            if b"fmt " not in kinds:
                return "has sound before it says of what kind; export it again"
            if missing > 0 and length != STREAMED:
                return f"is cut off: {missing:,} bytes of its {length:,} bytes of sound are missing; copy it again"
            return ""
    return "is a WAV file without sound in it (no data chunk); export it again"


def _chunks(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and length of each RIFF chunk; chunks begin at even bytes."""
    size, at = path.stat().st_size, 12
    with open(path, "rb") as file:
        while at + 8 <= size:
            file.seek(at)
            head = file.read(8)
            length = int.from_bytes(head[4:], "little")
            yield head[:4], at + 8, length
            at += 8 + length + length % 2


def _check_header(path: Path, rate: int, channels: int, frames: int) -> None:
    if not 1 <= rate <= MAX_RATE:
        raise InputError(f"{path}: has {rate:,} samples a second, 1 to {MAX_RATE:,} are read; export it again")
    if not 1 <= channels <= MAX_CHANNELS:
        raise InputError(f"{path}: has {channels} channels, 1 to {MAX_CHANNELS} are read; export it in stereo")
    if frames < 1:
        raise InputError(f"{path}: holds no sound (0 frames); record or export it again")
    if frames * channels > MAX_VALUES:
        raise InputError(f"{path}: is too long ({frames / rate / 60:,.0f} minutes); cut it into pieces")


def write_wav(path: str | os.PathLike[str], signal: Signal) -> Path:
    """Write the signal as a 16-bit WAV file, whole or not at all; returns the path.

    int16 samples are written as they are. Float samples beyond full scale would be clipped: the whole signal is turned
    down to a peak of 0.98 instead, and a word on standard error says so.

    Raises:
        InputError: the samples are of another type or shape, none, no numbers, or the rate is out of bounds.
    """
    import soundfile

    path = Path(path)
    samples = np.asarray(signal.samples)
    _check_header(path, signal.rate, 1 if samples.ndim == 1 else samples.shape[1], len(samples))
    if samples.dtype != np.int16:
        samples = to_int16(limit_peak(path, samples))
    with atomic_path(path) as temporary:
        soundfile.write(temporary, samples, signal.rate, subtype="PCM_16", format="WAV")
    return path


def limit_peak(path: Path, samples: np.ndarray) -> np.ndarray:
    """Float samples that do not exceed full scale: the same, or turned down to a peak of 0.98 with a word."""
    if samples.dtype.kind != "f":
        raise InputError(f"{path}: samples of type {samples.dtype} can not be written; give float32 or int16")
    peak = float(np.max(np.abs(samples)))
    if not np.isfinite(peak):
        raise InputError(f"{path}: the sound holds values that are no numbers and was not written; make it again")
    if peak <= 1:
        return samples
    say(f"{path}: {20 * np.log10(peak):.1f} dB too loud for the file; turned down as a whole instead of clipped")
    return samples * np.asarray(PEAK / peak, samples.dtype)


def to_int16(samples: np.ndarray) -> np.ndarray:
    """Float samples in [-1, 1] as int16, rounded to the nearest of 32,768 steps a side (+1 becomes 32,767)."""
    return np.clip(np.rint(samples * 32768.0), -32768, 32767).astype(np.int16)
