"""Jazz solo: learn a soloist's phrases over chords from MIDI, and improvise new ones.

What a stage does is the function of the file's name: `train.train`, `generate.improvise`, `evaluate.likeness`.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
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
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
