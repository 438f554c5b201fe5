"""Dinosaur Island: a character-level language model of names, in NumPy.

What a stage does is the function of the file's name: `train.train`, `generate.generate`, `evaluate.evaluate`.
"""

from __future__ import annotations

import importlib

_NAMES = {
    "load_names": "data",
    "split_names": "data",
    "ModelConfig": "model",
    "build_model": "model",
    "CharacterNetwork": "network",
    "Dropout": "network",
    "Ensemble": "ensemble",
    "TrainConfig": "train",
    "SampleConfig": "generate",
}
__all__ = list(_NAMES)


def __getattr__(name: str) -> object:
    """Import a public name's module when the name is first asked for."""
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_NAMES[name]}"), name)
