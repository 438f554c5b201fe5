"""Random numbers: one generator per purpose, passed as an argument, never the process-wide one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np


def make_rng(seed: int | np.random.Generator | None, *purpose: int | str) -> np.random.Generator:
    """A generator for `seed`; further `purpose` words or numbers give independent streams of the same seed.

    A generator is handed back as it is. None draws fresh entropy.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if seed is None:
        return np.random.default_rng()
    words = [part if isinstance(part, int) else int.from_bytes(part.encode(), "little") for part in purpose]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))


def seed_keras(seed: int) -> None:
    """Seed Python, NumPy and the Keras back end, for Keras's own initialisers and dropout."""
    import keras

    keras.utils.set_random_seed(seed)


@contextlib.contextmanager
def legacy_numpy_seed(seed: int) -> Iterator[None]:
    """Run with NumPy's global generator seeded, as the course does, and put its former state back afterwards."""
    state = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(state)
