"""Reading a vectors file."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np

from common.glove.vectors import WordVectors


def load_vectors(path: str | os.PathLike[str], *, lenient: bool = False, cache: bool = True) -> WordVectors:
    """The vectors of a file in the GloVe text format (or word2vec's text format; gzip or zip)."""
    opener = gzip.open if Path(path).suffix == ".gz" else open
    words, rows = [], []
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            word, *numbers = line.rstrip("\n").split(" ")
            words.append(word)
            rows.append(np.array(numbers, dtype=np.float64))
    return WordVectors(words, np.array(rows, dtype=np.float32))
