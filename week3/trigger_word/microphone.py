"""Sound from a microphone, through the package `sounddevice`, which is optional."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from common.errors import InputError

_WITHOUT = "give a file to the verb detect, or pipe raw samples into `detect -`"


def load_sounddevice() -> Any:
    """The package.

    Raises:
        InputError: it, or the PortAudio library that it stands on, is not installed.
    """
    try:
        import sounddevice
    except ImportError:
        raise InputError(
            f"a microphone is heard through the package sounddevice, which is not installed: pip install sounddevice; "
            f"or {_WITHOUT}"
        ) from None
    except OSError as error:
        raise InputError(
            f"sounddevice can not be used ({error}); install PortAudio (Debian: apt-get install libportaudio2), "
            f"or {_WITHOUT}"
        ) from None
    return sounddevice


def microphone_blocks(
    rate: int, *, device: str | int | None = None, seconds: float = 0.05, sounddevice: Any = None
) -> Iterator[np.ndarray]:
    """int16 samples (frames,) of a microphone's first channel, as they arrive, without an end.

    Args:
        rate: Hz.
        device: number or part of the name of an input; the system's own where it is None.
        seconds: that a block lasts.
        sounddevice: the package, where it is loaded already.

    Raises:
        InputError: sounddevice is not installed, or there is no such input.
    """
    sounddevice = sounddevice or load_sounddevice()
    options = {"samplerate": rate, "channels": 1, "dtype": "int16", "device": device}
    try:
        stream = sounddevice.InputStream(blocksize=round(rate * seconds), **options)
    except (sounddevice.PortAudioError, ValueError) as error:
        raise InputError(f"there is no microphone to hear at {rate} Hz ({_first_line(error)}); {_WITHOUT}") from None
    with stream:
        while True:
            try:
                samples, _ = stream.read(round(rate * seconds))
            except sounddevice.PortAudioError as error:
                raise InputError(f"the microphone has gone ({_first_line(error)}); plug it in again") from None
            yield np.ascontiguousarray(samples[:, 0])


def play(samples: np.ndarray, rate: int, sounddevice: Any) -> None:
    """Begin to play int16 samples; without a loudspeaker nothing happens."""
    try:
        sounddevice.play(samples, rate)
    except (sounddevice.PortAudioError, ValueError):
        return


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
