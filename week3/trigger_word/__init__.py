"""Trigger word detection: sound in, a chime out, live.

Whole examples come from `synthesis` (the course's rule) and `generation` (any number, varied); `train` learns from
them, `detect` listens, `evaluate` counts what it finds, misses and makes up.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "Clip": "data",
    "ClipSet": "data",
    "CourseSynthesis": "synthesis",
    "Detection": "detect",
    "Detector": "detect",
    "GenerationConfig": "generation",
    "Generator": "generation",
    "ModelConfig": "model",
    "OWN": "model",
    "Recorder": "recordings",
    "RecordingConfig": "recordings",
    "Score": "scoring",
    "TrainConfig": "train",
    "TriggerNetwork": "network",
    "build_model": "model",
    "load_parameters": "weights",
    "load_weights": "weights",
    "make_rule": "chimes",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
