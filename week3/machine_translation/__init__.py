"""Machine translation with attention: dates to ISO dates, and from English into six languages.

What a stage does is the function of the file's name: `train.train`, `translate.translate`, `evaluate.evaluate`.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "Hypothesis": "hypotheses",
    "ModelConfig": "model",
    "Pairs": "data",
    "Task": "data",
    "TrainConfig": "train",
    "TrainedTranslator": "trained",
    "TranslateConfig": "translate",
    "Translation": "translate",
    "build_model": "model",
    "draw_dates": "dates",
    "find_task": "data",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
