"""What the course's notebook on word vectors imports from its helper file, answered by our functions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from common.activations import softmax
from common.assets import find_by_file_name
from common.cli import course_folder_of_environment
from common.glove import load_vectors


def helper_names() -> dict[str, Any]:
    """The helper file's names."""
    return {
        "np": np,
        "softmax": softmax,
        "relu": _relu,
        "read_glove_vecs": read_glove_vecs,
    }


def read_glove_vecs(glove_file: str | os.PathLike[str]) -> tuple[set[str], Mapping[str, np.ndarray]]:
    """(the words as a set, word -> float64 vector) of a vectors file.

    A path that does not exist here is looked for in the course folder by its file name.
    """
    path = Path(glove_file)
    if not path.exists():
        path = find_by_file_name(path.name, course_folder_of_environment()) or path
    vectors = load_vectors(path)
    return set(vectors.words), vectors.word_to_vec_map()


def _relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)
