"""Learning word embeddings from text: skip-gram, CBOW, GloVe, and a neural language model over a fixed window.

What a stage does is the function of the file's name: `train.train`, `evaluate.evaluate`.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "Corpus": "data",
    "read_corpus": "data",
    "TrainConfig": "train",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
