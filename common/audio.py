"""Sound files to arrays and back, through soundfile.

    signal = read_audio("clip.wav")            # Signal(samples float32, rate)
    write_wav("out.wav", signal)
    for signal in audio_blocks("hour.wav", 44_100): ...

Soundfile reads half of a truncated file without a word; the sizes that a file states are checked first.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from common.atomic import atomic_path
from common.cli import say
from common.errors import InputError, MissingFileError
from common.text_files import content_problem

MAX_RATE = 768_000
MAX_CHANNELS = 16
MAX_VALUES = 500_000_000  # samples times channels: 2 GB of float32
PEAK = 0.98  # of full scale: what too loud a signal is turned down to
FORMATS = ("WAV", "WAVEX", "FLAC", "OGG", "MP3")  # whose cut files are recognised
STREAMED = 0xFFFFFFFF  # the size of a chunk whose writer could not know it
_OGG_TAIL = 66_000  # a page is no longer


class Signal(NamedTuple):
    """Sound: `samples` of shape (frames,) or (frames, channels), float32 in [-1, 1] or int16, at `rate` Hz."""

    samples: np.ndarray
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def read_audio(path: str | os.PathLike[str], *, dtype: str = "float32") -> Signal:
    """The sound in a WAV, FLAC, Ogg or MP3 file, whatever its rate, width and channels.

    `dtype` is "float32" (in [-1, 1]) or "int16". Samples of 16 bits come as they are; others are rounded to 16 bits.

    Raises:
        MissingFileError: there is no such file.
        InputError: it is no sound file, is cut off, holds no frame or numbers that are none, or is out of bounds.
    """
    _check_dtype(dtype)
    with _opened(path) as (file, path):
        if file.frames * file.channels > MAX_VALUES:
            minutes = file.frames / file.samplerate / 60
            raise InputError(f"{path}: is too long ({minutes:,.0f} minutes); cut it into pieces")
        announced, rate = file.frames, file.samplerate
        samples = _read(file, path, announced, dtype)
    _check_count(path, len(samples), announced)
    return Signal(samples, rate)


def audio_blocks(path: str | os.PathLike[str], frames: int, *, dtype: str = "float32") -> Iterator[Signal]:
    """The same sound in blocks of so many frames (the last may be shorter), in constant memory.

    A file of any length is read. Raises as `read_audio`; what only the decoder finds (a cut FLAC), when it gets there.
    """
    _check_dtype(dtype)
    with _opened(path) as (file, path):
        announced, rate, done = file.frames, file.samplerate, 0
        while done < announced:
            samples = _read(file, path, min(frames, announced - done), dtype)
            done += len(samples)
            if not len(samples):
                break
            yield Signal(samples, rate)
    _check_count(path, done, announced)


def audio_seconds(path: str | os.PathLike[str]) -> float:
    """How long the sound in a file lasts, by its header; raises as `read_audio` for a file that is not to be read."""
    with _opened(path) as (file, _):
        return file.frames / file.samplerate


@contextlib.contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[tuple[Any, Path]]:
    """The file, checked and open; what the decoder complains of becomes one sentence."""
    import soundfile

    path = Path(path)
    _check_file(path)
    try:
        with soundfile.SoundFile(path) as file:
            if file.format not in FORMATS:
                raise InputError(f"{path}: is a {file.format} file; export it as WAV, FLAC, Ogg or MP3")
            _check_header(path, file.samplerate, file.channels, file.frames)
            yield file, path
    except (soundfile.SoundFileError, TypeError) as error:
        raise InputError(f"{path}: can not be read as sound ({error}); give a WAV, FLAC, Ogg or MP3 file") from None


def _read(file: Any, path: Path, frames: int, dtype: str) -> np.ndarray:
    """The next frames; libsndfile would not scale floats to integers, so only 16-bit files are read as such."""
    if dtype == "int16" and file.subtype == "PCM_16":
        return file.read(frames, dtype="int16")
    samples = file.read(frames, dtype="float32")
    if not np.isfinite(samples).all():
        raise InputError(f"{path}: holds samples that are no numbers; export it again")
    return to_int16(samples) if dtype == "int16" else samples


def _check_dtype(dtype: str) -> None:
    if dtype not in ("float32", "int16"):
        raise InputError(f"dtype {dtype!r}: choose 'float32' or 'int16'")


def _check_count(path: Path, read: int, announced: int) -> None:
    if read < announced:
        raise InputError(f"{path}: is cut off: {read:,} of {announced:,} frames are there; copy or export it again")


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
    problem = _wav_problem(path) or _ogg_problem(path)
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


def _ogg_problem(path: Path) -> str:
    """Whether an Ogg file ends without the page that is marked as its last: its decoder would take it for shorter."""
    with open(path, "rb") as file:
        if file.read(4) != b"OggS":
            return ""
        file.seek(max(0, path.stat().st_size - _OGG_TAIL))
        tail = file.read()
    at = tail.rfind(b"OggS")
    page = tail[at:] if at >= 0 else b""
    segments = page[26] if len(page) > 26 else 0
    whole = len(page) > 26 and len(page) >= 27 + segments + sum(page[27 : 27 + segments])
    return "" if whole and page[5] & 4 else "is cut off: its last page is missing; copy it again"


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
