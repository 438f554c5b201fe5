"""Writing verse character by character with the course's LSTM network.

What a stage does is the function of the file's name: `train.train`, `generate.generate`, `evaluate.evaluate`.
"""

from __future__ import annotations

from common.lazy import lazy_exports

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
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
