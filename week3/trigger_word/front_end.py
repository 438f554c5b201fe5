"""What stands before a network: the rate of its sound, how that is cut into frames, and what becomes of a frame.

`SPECTROGRAM` is the course's: 44,100 Hz, frames of 4.5 ms every 1.8 ms, 101 power densities. `LOG_MEL` is our own
network's: 16,000 Hz, frames of 25 ms every 10 ms, logarithms of the power in 40 bands, moved and scaled to about -2 to
2 for speech at -20 dBFS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.spectrogram import Framing, LogMel, power_frames, speech_features
from week3.trigger_word.data import RATE, TARGET_DBFS

_FRAMING = Framing()


@dataclass(frozen=True)
class FrontEnd:
    """How sound becomes a network's input.

    Attributes:
        name: "spectrogram" or "log-mel".
        rate: Hz of the sound.
        window, hop: samples of a frame, and from one to the next.
        frequencies: numbers in a frame.
        target_dbfs: the level that the sound is brought to.
    """

    name: str
    rate: int
    window: int
    hop: int
    frequencies: int
    target_dbfs: float = TARGET_DBFS

    def features(self, samples: np.ndarray) -> np.ndarray:
        """The frames of int16 samples (n,) at `rate`, (frames, frequencies)."""
        if self.name == "spectrogram":
            return power_frames(samples, _FRAMING, np.float32)
        return speech_features(samples, LogMel(self.rate, self.window, self.hop, self.frequencies))

    def frames(self, samples: int) -> int:
        """How many whole frames so many samples hold."""
        return max(0, (samples - self.window) // self.hop + 1)


SPECTROGRAM = FrontEnd("spectrogram", RATE, _FRAMING.window, _FRAMING.hop, _FRAMING.bins)
LOG_MEL = FrontEnd("log-mel", LogMel().rate, LogMel().window, LogMel().hop, LogMel().bands)


def front_end_named(name: str) -> FrontEnd:
    """The front end of this name.

    Raises:
        InputError: there is none.
    """
    for one in (SPECTROGRAM, LOG_MEL):
        if one.name == name:
            return one
    raise InputError(f"there is no front end {name!r}; choose spectrogram or log-mel")
