"""The course's functions under its names: synthesis on pydub's AudioSegments, the network, detection, the chime.

They draw from NumPy's global generator and take and give what the notebooks' functions do. Where 2018 and 2021 differ,
2021 is the default and `version="2018"` the other.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.atomic import atomic_path
from common.audio import Signal, read_audio
from common.mixing import fit_length, from_segment, to_segment
from common.spectrogram import spectrogram
from week3.trigger_word import chimes, synthesis
from week3.trigger_word.data import EXAMPLE_FRAMES, N_FREQ, RATE, TARGET_DBFS, TX, TY, at_rate, label_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydub import AudioSegment

__all__ = [
    "chime_on_activate",
    "create_training_example",
    "detect_triggerword",
    "get_random_time_segment",
    "get_wav_info",
    "graph_spectrogram",
    "insert_audio_clip",
    "insert_ones",
    "is_overlapping",
    "load_raw_audio",
    "match_target_amplitude",
    "modelf",
    "preprocess_audio",
]


def get_wav_info(wav_file: str | os.PathLike[str]) -> tuple[int, np.ndarray]:
    """(rate in Hz, int16 samples (frames,) or (frames, channels)) of a sound file."""
    signal = read_audio(wav_file, dtype="int16")
    return signal.rate, signal.samples


def graph_spectrogram(wav_file: str | os.PathLike[str]) -> np.ndarray:
    """The course's spectrogram of a file's first channel, (101, frames) float64; no figure is drawn for it."""
    _, samples = get_wav_info(wav_file)
    return spectrogram(samples if samples.ndim == 1 else samples[:, 0])


def load_raw_audio(path: str | os.PathLike[str]) -> tuple[list[AudioSegment], ...]:
    """The clips of the folders `activates`, `negatives` and `backgrounds` under `path`, each in the order of its names.

    The course takes them in the order in which the file system happens to list them.
    """
    folders = (sorted((Path(path) / kind).glob("*.wav")) for kind in ("activates", "negatives", "backgrounds"))
    return tuple([to_segment(read_audio(file, dtype="int16")) for file in files] for files in folders)


def match_target_amplitude(sound: AudioSegment, target_dBFS: float) -> AudioSegment:
    """The sound at this level."""
    return sound.apply_gain(target_dBFS - sound.dBFS)


def get_random_time_segment(segment_ms: int) -> tuple[int, int]:
    """A random place in the 10 s for so many milliseconds: (first, last)."""
    return synthesis.random_segment(segment_ms, np.random.randint)


def is_overlapping(segment_time: tuple[int, int], previous_segments: Sequence[tuple[int, int]]) -> bool:
    """Whether (first, last) shares a millisecond with one of the previous segments."""
    return synthesis.overlaps(segment_time, previous_segments)


def insert_audio_clip(
    background: AudioSegment,
    audio_clip: AudioSegment,
    previous_segments: list[tuple[int, int]],
    *,
    version: str = "2021",
) -> tuple[AudioSegment, tuple[int, int]]:
    """(the background with the clip at a random free place, that place); the place is added to `previous_segments`.

    Where 2021's rule finds none, the background comes back as it was, with (10000, 10000). 2018's draws until it does;
    where there is none, that is an InputError here (the course's loop does not end).
    """
    place = synthesis.find_place(len(audio_clip), previous_segments, np.random.randint, version=version)
    if place is None:
        return background, synthesis.NO_PLACE
    previous_segments.append(place)
    return background.overlay(audio_clip, position=place[0]), place


def insert_ones(y: np.ndarray, segment_end_ms: float) -> np.ndarray:
    """`y` (1, Ty) with the 50 steps after a trigger word's end set to 1, as far as they exist; it is changed itself."""
    label_after(y[0], segment_end_ms)
    return y


def create_training_example(
    background: AudioSegment,
    activates: Sequence[AudioSegment],
    negatives: Sequence[AudioSegment],
    Ty: int = TY,
    *,
    version: str = "2021",
    audio: str | os.PathLike[str] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(x (101, 5511) float64, y (1, Ty)): words put into the background made 20 dB quieter, all at -20 dBFS.

    2018's function seeds the generator with 18 itself. `audio` is a WAV file to write; the course always writes one.
    """
    if version == "2018":
        np.random.seed(18)
    background = background + synthesis.BACKGROUND_DB
    y, taken = np.zeros((1, Ty)), []
    for clips, most, labelled in ((activates, 5, True), (negatives, 3, False)):
        count = np.random.randint(0, most)
        for number in np.random.randint(len(clips), size=count):
            background, place = insert_audio_clip(background, clips[number], taken, version=version)
            if labelled:
                y = insert_ones(y, place[1])
    mixed = match_target_amplitude(background, TARGET_DBFS)
    if audio is not None:
        with atomic_path(audio) as temporary:
            mixed.export(temporary, format="wav").close()
    samples = from_segment(mixed).samples
    return spectrogram(samples if samples.ndim == 1 else samples[:, 0]), y


def modelf(input_shape: tuple[int, int] = (TX, N_FREQ)) -> Any:
    """The course's network for spectrograms of this shape, (frames, frequencies), untrained."""
    from week3.trigger_word.model import ModelConfig, build_model

    return build_model(ModelConfig(frequencies=input_shape[1]), frames=input_shape[0])


def preprocess_audio(filename: str | os.PathLike[str], target: str | os.PathLike[str] | None = None) -> Signal:
    """The sound of a file at 44,100 Hz, cut or filled with silence to 10 s; written to `target` where that is given.

    The course's function overwrites the file that it is given.
    """
    from common.audio import write_wav

    signal = read_audio(filename, dtype="int16")
    samples = fit_length(at_rate(signal, RATE), EXAMPLE_FRAMES)
    if target is not None:
        write_wav(target, Signal(samples, RATE))
    return Signal(samples, RATE)


def detect_triggerword(filename: str | os.PathLike[str], model: Any, *, version: str = "2021") -> np.ndarray:
    """The network's probabilities for a sound file, (1, steps, 1); 2018 leaves the level as it is, 2021 takes -20 dBFS.

    `model` is anything with Keras's `predict`.
    """
    sound = to_segment(read_audio(filename, dtype="int16"))
    if version == "2021":
        sound = match_target_amplitude(sound, TARGET_DBFS)
    samples = from_segment(sound).samples
    x = synthesis.features(samples)
    return model.predict(x[None], verbose=0)


def chime_on_activate(
    filename: str | os.PathLike[str],
    predictions: np.ndarray,
    threshold: float = 0.5,
    *,
    chime_file: str | os.PathLike[str] | None = None,
    target: str | os.PathLike[str] = "chime_output.wav",
    version: str = "2021",
) -> list[int]:
    """Write the sound with a chime where the rule of 2021 or 2018 puts one; returns those output steps.

    `predictions` is (1, Ty, 1). Step i stands for the share i / Ty of the sound's length. Without `chime_file` the
    chime is the project's own.
    """
    rule = chimes.Consecutive(threshold) if version == "2021" else chimes.Gap(threshold)
    steps = rule.push(predictions[0, :, 0])
    sound = to_segment(read_audio(filename, dtype="int16"))
    rung = Signal(chimes.make_chime(), RATE) if chime_file is None else read_audio(chime_file, dtype="int16")
    chime = to_segment(rung)
    for step in steps:
        sound = sound.overlay(chime, position=step / predictions.shape[1] * sound.duration_seconds * 1000)
    with atomic_path(target) as temporary:
        sound.export(temporary, format="wav").close()
    return steps
