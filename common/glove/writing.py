"""Writing vectors in the GloVe text format."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.atomic import write_text


def write_vectors(path: str | os.PathLike[str], words: Sequence[str], matrix: np.ndarray) -> Path:
    """Write a word and its numbers a line, so that reading gives the same float32 bits."""
    rows = np.asarray(matrix, dtype=np.float32)
    lines = (" ".join([word, *map(str, row)]) for word, row in zip(words, rows, strict=True))
    return write_text(path, "".join(line + "\n" for line in lines))
