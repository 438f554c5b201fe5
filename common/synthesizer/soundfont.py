"""A score through FluidSynth, where that library and a SoundFont (SF2) are present, by ctypes.

Only functions of FluidSynth's public C interface, version 2, are called (fluidsynth.org/api). The library is no
requirement of this project: where it is missing, one sentence says so.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from common.audio import Signal
from common.errors import InputError
from common.midi import Score
from common.text_files import read_bytes

TAIL = 2.0  # seconds after the last note, in which the room dies away
NAMES = ("fluidsynth", "libfluidsynth", "libfluidsynth-3", "libfluidsynth-2")
_POINTERS = ("new_fluid_settings", "new_fluid_synth")
_NO_RESULT = ("delete_fluid_synth", "delete_fluid_settings")


def find_library() -> Any:
    """The FluidSynth library, with its functions' types declared.

    Raises:
        InputError: it is not installed, or can not be loaded.
    """
    names = (ctypes.util.find_library(name) for name in NAMES)
    name = next((name for name in names if name), None)
    if name is None:
        raise InputError(
            "a SoundFont needs the FluidSynth library, which is not installed; install it (Debian: libfluidsynth3, "
            "Homebrew: fluid-synth) or leave the SoundFont out for the built-in sounds."
        )
    try:
        library = ctypes.CDLL(name)
    except OSError as error:
        raise InputError(f"{name}: this FluidSynth library can not be loaded ({error}); install it anew") from None
    for function in _POINTERS:
        getattr(library, function).restype = ctypes.c_void_p
    for function in _NO_RESULT:
        getattr(library, function).restype = None
    return library


def render_soundfont(
    score: Score, soundfont: str | os.PathLike[str], *, rate: int = 44100, library: Any = None
) -> Signal:
    """The score played by FluidSynth with the instruments of an SF2 file: samples (frames, 2) float32.

    `library` is the library to speak to, by default the installed one.

    Raises:
        MissingFileError: there is no such SoundFont.
        InputError: it is none, or the library is missing or refuses.
    """
    content = read_bytes(Path(soundfont))[:12]
    if content[:4] != b"RIFF" or content[8:] != b"sfbk":
        raise InputError(f"{soundfont}: is no SoundFont (SF2); give one, or leave it out for the built-in sounds")
    library = library or find_library()
    settings = ctypes.c_void_p(library.new_fluid_settings())
    library.fluid_settings_setnum(settings, b"synth.sample-rate", ctypes.c_double(rate))
    synth = ctypes.c_void_p(library.new_fluid_synth(settings))
    try:
        if library.fluid_synth_sfload(synth, os.fsencode(soundfont), 1) < 0:
            raise InputError(f"{soundfont}: FluidSynth can not load this SoundFont; give another")
        return Signal(_play(library, synth, score, rate), rate)
    finally:
        library.delete_fluid_synth(synth)
        library.delete_fluid_settings(settings)


def _play(library: Any, synth: ctypes.c_void_p, score: Score, rate: int) -> np.ndarray:
    last = max((note.end for track in score.tracks for note in track.notes), default=0.0)
    samples = np.zeros((round((float(score.seconds(last)) + TAIL) * rate), 2), np.float32)
    now = 0
    events = sorted(_events(score), key=lambda event: event[:2])
    times = np.round(score.seconds([event[0] for event in events]) * rate).astype(int).tolist()
    for frame, (_, _, function, values) in zip(times, events, strict=True):
        frame = min(frame, len(samples))
        _write(library, synth, samples[now:frame])
        getattr(library, function)(synth, *values)
        now = frame
    _write(library, synth, samples[now:])
    return samples


def _events(score: Score) -> Iterator[tuple[float, int, str, tuple[int, ...]]]:
    """Time in quarters, rank at equal times, the library's function and its arguments."""
    for track in score.tracks:
        for time, channel, program in track.programs:
            yield time, 1, "fluid_synth_program_change", (channel, program)
        for time, channel, controller, value in track.controls:
            yield time, 1, "fluid_synth_cc", (channel, controller, value)
        for time, channel, value in track.bends:
            yield time, 1, "fluid_synth_pitch_bend", (channel, value + 8192)
        for note in track.notes:
            yield note.start, 2, "fluid_synth_noteon", (note.channel, note.pitch, note.velocity)
            yield note.end, 0 if note.end > note.start else 3, "fluid_synth_noteoff", (note.channel, note.pitch)


def _write(library: Any, synth: ctypes.c_void_p, samples: np.ndarray) -> None:
    """Let the library fill `samples` (frames, 2), which lie one after the other: left, right, left, right."""
    if len(samples):
        start = samples.ctypes.data_as(ctypes.c_void_p)
        library.fluid_synth_write_float(synth, len(samples), start, 0, 2, start, 1, 2)
