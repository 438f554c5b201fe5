"""Levels and mixing of 16-bit sound, sample for sample as pydub computes them, and clips as pydub's AudioSegment.

    quiet = apply_gain(samples, -20)                       # dB
    mixed = overlay(background, clip, start_frame)         # both int16; sums beyond 16 bits are clipped
    loud = match_loudness(mixed, -20)                      # dBFS

Positions: a *frame* is one sample of every channel; `frames_of(milliseconds, rate)` and `milliseconds_of(frames, rate)`
are the two ways between frames and milliseconds, and the only ones. Sound is (frames,) or (frames, channels).
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np

from common.audio import Signal, to_int16
from common.errors import InputError

if TYPE_CHECKING:
    from pydub import AudioSegment

FULL_SCALE = 32768
_PIECE = 1 << 13  # samples at a time: in cache, and few enough for BLAS to use one thread


def frames_of(milliseconds: float, rate: int) -> int:
    """The frame that begins at so many milliseconds, rounded down (pydub's rule, in its order of operations)."""
    return int(milliseconds * (rate / 1000.0))


def milliseconds_of(frames: int, rate: int) -> int:
    """How long so many frames last, to the nearest whole millisecond (pydub's `len`)."""
    return round(1000 * (float(frames) / rate))


def level(samples: np.ndarray) -> float:
    """Root mean square over all channels in dB of full scale (a square wave of full scale has 0); -inf for silence.

    Of int16 samples the root is cut to a whole number first, as audioop does.
    """
    samples = _checked(samples)
    return level_of_energy(energy(samples), samples.size, whole=samples.dtype == np.int16)


def energy(samples: np.ndarray) -> float:
    """The sum of squares, in units of int16 steps; exact for int16."""
    flat, total = np.asarray(samples).reshape(-1), 0.0
    for start in range(0, len(flat), _PIECE):
        piece = flat[start : start + _PIECE].astype(np.float64)
        total += float(piece @ piece)
    return total if np.asarray(samples).dtype == np.int16 else total * FULL_SCALE**2


def level_of_energy(total: float, count: int, *, whole: bool = True) -> float:
    """dBFS of `count` samples whose squares sum to `total`; `whole` cuts the root to a whole number."""
    root = math.sqrt(total / count) if count else 0.0
    root = float(int(root)) if whole else root
    return 20 * math.log(root / FULL_SCALE, 10) if root else -math.inf  # log10 would differ from pydub in the last bit


def apply_gain(samples: np.ndarray, decibels: float) -> np.ndarray:
    """The samples so many dB louder, of the same type; int16 are rounded down and clipped, as audioop does."""
    samples = _checked(samples)
    factor = 10 ** (float(decibels) / 20)
    if samples.dtype != np.int16:
        return samples * samples.dtype.type(factor)
    louder = np.empty(samples.shape, np.int16)
    source, target = np.ascontiguousarray(samples).reshape(-1), louder.reshape(-1)
    for start in range(0, len(source), _PIECE):
        piece = source[start : start + _PIECE] * factor
        np.floor(piece, out=piece)
        if factor > 1:
            np.clip(piece, -FULL_SCALE, FULL_SCALE - 1, out=piece)
        target[start : start + _PIECE] = piece
    return louder


def match_loudness(samples: np.ndarray, target: float = -20.0) -> np.ndarray:
    """The samples at a level of `target` dBFS (int16 peaks are clipped).

    Raises:
        InputError: they are silent, so that no gain brings them there.
    """
    now = level(samples)
    if now == -np.inf:
        raise InputError("the sound is silent, so no gain brings it to a level; record it again")
    return apply_gain(samples, target - now)


def overlay(background: np.ndarray, clip: np.ndarray, start_frame: int) -> np.ndarray:
    """The background with the clip added from a frame on; what reaches beyond the background's end is cut off.

    Both are int16 at the same rate. Where one is mono and the other has several channels, the mono one goes on all.
    """
    if background.ndim == 1 and clip.ndim == 2:
        background = np.repeat(background[:, None], clip.shape[1], axis=1)
    mixed = background.copy()
    overlay_onto(mixed, clip, start_frame)
    return mixed


def overlay_onto(background: np.ndarray, clip: np.ndarray, start_frame: int) -> None:
    """As `overlay`, but into the background's own memory; the clip has as many channels or one.

    Raises:
        InputError: the types, the channels or the start do not fit.
    """
    if background.dtype != np.int16 or clip.dtype != np.int16:
        raise InputError(f"int16 samples are mixed, not {background.dtype} and {clip.dtype}; convert them first")
    if not 0 <= start_frame <= len(background):
        raise InputError(f"the clip would start at frame {start_frame}, outside 0 to {len(background)}")
    if clip.ndim == 1 and background.ndim == 2:
        clip = clip[:, None]
    if clip.ndim != background.ndim or (clip.ndim == 2 and clip.shape[1] not in (1, background.shape[1])):
        raise InputError(f"{clip.shape} samples do not fit onto {background.shape}; give as many channels, or one")
    part = background[start_frame : start_frame + len(clip)]
    total = part.astype(np.int32) + clip[: len(part)]
    part[...] = np.clip(total, -FULL_SCALE, FULL_SCALE - 1)


def fit_length(samples: np.ndarray, frames: int) -> np.ndarray:
    """Exactly so many frames: cut at the end, or silence added there."""
    if len(samples) >= frames:
        return samples[:frames].copy()
    return np.concatenate([samples, np.zeros((frames - len(samples), *samples.shape[1:]), samples.dtype)])


def to_mono(samples: np.ndarray) -> np.ndarray:
    """The first channel, as the course takes it, or the samples themselves where there is but one."""
    return samples if samples.ndim == 1 else np.ascontiguousarray(samples[:, 0])


def to_segment(signal: Signal) -> AudioSegment:
    """The sound as pydub's AudioSegment, made of raw 16-bit samples; pydub opens no file and starts no program."""
    samples = signal.samples if signal.samples.dtype == np.int16 else to_int16(signal.samples)
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    return audio_segment_class()(data=samples.tobytes(), sample_width=2, frame_rate=signal.rate, channels=channels)


def audio_segment_class() -> type[AudioSegment]:
    """pydub's AudioSegment, imported without its warnings about programs that are not used here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pydub import AudioSegment

    return AudioSegment


def from_segment(segment: AudioSegment) -> Signal:
    """The int16 samples of an AudioSegment, (frames,) or (frames, channels); 8, 24 and 32 bits become 16."""
    if segment.sample_width != 2:
        segment = segment.set_sample_width(2)
    samples = np.frombuffer(segment.raw_data, np.int16)
    if segment.channels > 1:
        samples = samples.reshape(-1, segment.channels)
    return Signal(samples, segment.frame_rate)


def _checked(samples: np.ndarray) -> np.ndarray:
    samples = np.asarray(samples)
    if samples.dtype not in (np.int16, np.float32, np.float64) or not samples.size:
        raise InputError(f"{samples.size} samples of type {samples.dtype}: give int16 or floats, at least one")
    return samples
