"""A sentence in, an emoji out: the course's Emojify, by the average of word vectors and by two LSTMs.

The classifier itself is `common.sentence_classifier`; here are the emoji, the course's functions and figures.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_COMMON = "common.sentence_classifier"
_HOMES = {
    "ClassTable": f"{_COMMON}.classes",
    "LabelledSentences": f"{_COMMON}.labelled",
    "load_sentences": "data",
    "course_table": "emoji_table",
    "Reader": f"{_COMMON}.reading",
    "AverageConfig": f"{_COMMON}.average",
    "ModelConfig": f"{_COMMON}.model",
    "build_model": f"{_COMMON}.model",
    "TrainConfig": f"{_COMMON}.train",
    "TrainedModel": f"{_COMMON}.trained",
    "Prediction": f"{_COMMON}.predict",
    "Evaluation": f"{_COMMON}.evaluate",
    "course_config": "model",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
