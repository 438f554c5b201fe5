"""Trigger word detection: sound in, a chime out, live.

Whole examples come from `synthesis` (the course's rule) and `generation` (any number, varied); `detect` listens.
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
    "ModelConfig": "model",
    "TriggerNetwork": "network",
    "build_model": "model",
    "load_parameters": "weights",
    "load_weights": "weights",
    "make_rule": "chimes",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
