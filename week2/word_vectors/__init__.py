"""Operations on word vectors: similarity, analogies, bias, maps and how good the vectors are.

The formulas stand in files by subject: `similarity`, `analogy`, `debiasing`, `weat`, `projection`, `tsne`, `evaluate`.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "open_space": "data",
    "odd_one_out": "similarity",
    "space_of": "analogy",
    "Direction": "debiasing",
    "bias_direction": "debiasing",
    "neutralize": "debiasing",
    "equalize": "debiasing",
    "association_test": "weat",
    "pca": "projection",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
