"""A sentence in, an emoji out: the course's Emojify, by the average of word vectors and by two LSTMs.

What a stage does is the function of the file's name: `train.train`, `predict.predict`, `evaluate.evaluate`.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "Emoji": "emoji_table",
    "EmojiTable": "emoji_table",
    "LabelledSentences": "data",
    "load_sentences": "data",
    "Reader": "reading",
    "AverageConfig": "average",
    "ModelConfig": "model",
    "build_model": "model",
    "TrainConfig": "train",
    "TrainedModel": "trained",
    "Prediction": "predict",
    "Evaluation": "evaluate",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
