"""The course's spectrogram of 10 s of sound, against matplotlib's, which the course draws, and SciPy's.

    python -m benchmarks.spectrogram
    python -m benchmarks.spectrogram --wake 0         # each time after a rest, with the caches cold

All start from the same 441,000 int16 samples; what they must agree on is the spectrogram's norm. Each time follows on
an untimed one: waking up after the harness's rest takes a third of a millisecond, of two and a half.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.harness import Target, Work, main

FRAMES = 441_000
SETTINGS = {"NFFT": 200, "Fs": 8000, "noverlap": 120}


def sound() -> np.ndarray:
    """10 s of noise, int16."""
    return (3000 * np.random.default_rng(0).normal(size=FRAMES)).astype(np.int16)


def work(spectrogram: Callable[[np.ndarray], Any]) -> Work:
    """Take the spectrogram of the sound; the digest is its norm."""
    samples, last = sound(), []

    def run() -> None:
        last[:] = [spectrogram(samples)]

    return Work(run, lambda: [float(np.linalg.norm(last[0]))])


def make_pyplot() -> Work:
    """The course's way: a figure is drawn to get the array."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    def run(samples: np.ndarray) -> np.ndarray:
        pyplot.clf()
        return pyplot.specgram(samples, **SETTINGS)[0]

    return work(run)


def make_mlab() -> Work:
    """matplotlib's computation alone."""
    from matplotlib import mlab

    return work(lambda samples: mlab.specgram(samples, **SETTINGS)[0])


def make_scipy() -> Work:
    """SciPy's, with the same window."""
    import scipy.signal

    options = {"fs": 8000, "window": np.hanning(200), "noverlap": 120, "detrend": False}
    return work(lambda samples: scipy.signal.spectrogram(samples.astype(float), **options)[2])


def make_float64() -> Work:
    """Ours, equal to matplotlib's to 1e-12 of the peak."""
    from common.spectrogram import spectrogram

    return work(spectrogram)


def make_float32() -> Work:
    """Ours in float32."""
    from common.spectrogram import spectrogram

    return work(lambda samples: spectrogram(samples, dtype=np.float32))


CONTESTANTS = {
    "pyplot.specgram": make_pyplot,
    "mlab.specgram": make_mlab,
    "scipy": make_scipy,
    "float64": make_float64,
    "float32": make_float32,
}
TARGETS = [
    Target("float64", "pyplot.specgram", 5),
    Target("float64", "mlab.specgram", 3),
    Target("float64", "scipy", 1.3),
    Target("float32", "pyplot.specgram", 10),
]

if __name__ == "__main__":
    usual = ["--wake", "1", *sys.argv[1:]]
    sys.exit(main("benchmarks.spectrogram", "spectrogram of 10 s of sound", CONTESTANTS, TARGETS, argv=usual))
