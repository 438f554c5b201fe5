"""Dinosaur Island: a character-level language model of names, in NumPy.

What a stage does is the function of the file's name: `train.train`, `generate.generate`, `evaluate.evaluate`.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
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
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
