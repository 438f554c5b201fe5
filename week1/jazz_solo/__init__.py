"""Jazz solo: learn a soloist's phrases over chords from MIDI, and improvise new ones.

What a stage does is the function of the file's name: `train.train`, `generate.improvise`, `evaluate.likeness`.
"""

from __future__ import annotations

import importlib

_NAMES = {
    "Changes": "harmony",
    "Harmony": "harmony",
    "ModelConfig": "model",
    "Piece": "piece",
    "SampleConfig": "generate",
    "Solo": "generate",
    "SoloNetwork": "network",
    "Token": "grammar",
    "Tone": "grammar",
    "TrainConfig": "train",
    "build_inference_model": "model",
    "build_model": "model",
    "chord": "harmony",
    "compose": "compose",
    "improvise": "generate",
    "parse": "grammar",
    "read_changes": "harmony",
    "read_piece": "piece",
    "unparse": "grammar",
}
__all__ = list(_NAMES)


def __getattr__(name: str) -> object:
    """Import a public name's module when the name is first asked for."""
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_NAMES[name]}"), name)
