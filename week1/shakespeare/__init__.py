"""Writing verse character by character with the course's LSTM network.

What a stage does is the function of the file's name: `train.train`, `generate.generate`, `evaluate.evaluate`.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "ModelConfig": "model",
    "build_model": "model",
    "TrainedModel": "trained",
    "TrainConfig": "train",
    "GenerateConfig": "generate",
    "stream": "generate",
    "Evaluation": "evaluate",
    "longest_copied": "copying",
    "load_text": "data",
    "cut_windows": "data",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
