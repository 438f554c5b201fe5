"""What the lectures teach of recurrent networks beside the assignments: language models, long dependencies, tagging.

What a stage does is the function of the file's name: `train.train`, `generate.generate`, `evaluate.evaluate`.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "ModelConfig": "model",
    "build_model": "model",
    "LanguageNetwork": "network",
    "TrainedModel": "trained",
    "TrainConfig": "train",
    "SampleConfig": "generate",
    "Score": "evaluate",
    "split": "data",
    "NameTagger": "tagging.tagger",
    "TaggerConfig": "tagging.model",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
