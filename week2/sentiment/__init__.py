"""Stars from the words of a review: by the average of their vectors, and by a recurrent network that reads their order.

The classifier itself is `common.sentence_classifier`; here are stars and other labels, and the composed sentences.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_COMMON = "common.sentence_classifier"
_HOMES = {
    "compose": "composing.compose",
    "load_reviews": "data",
    "star_table": "data",
    "mean_error": "evaluate",
    "LabelledSentences": f"{_COMMON}.labelled",
    "ModelConfig": f"{_COMMON}.model",
    "TrainConfig": f"{_COMMON}.train",
    "TrainedModel": f"{_COMMON}.trained",
    "Prediction": f"{_COMMON}.predict",
    "Evaluation": f"{_COMMON}.evaluate",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
