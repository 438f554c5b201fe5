"""What the course's Emojify notebook imports from its helper file, answered by our functions under the same names."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from common.activations import softmax
from common.assets import find_by_file_name
from common.cli import course_folder_of_environment
from common.errors import MissingFileError
from common.glove import load_vectors
from common.vocabulary import one_hot
from week2.emojify.course import predict
from week2.emojify.data import load_sentences
from week2.emojify.emoji_table import course_table


def helper_names() -> dict[str, Any]:
    """The helper file's names."""
    return {
        "np": np,
        "softmax": softmax,
        "predict": predict,
        "read_csv": read_csv,
        "read_glove_vecs": read_glove_vecs,
        "convert_to_one_hot": convert_to_one_hot,
        "label_to_emoji": label_to_emoji,
        "print_predictions": print_predictions,
        "plot_confusion_matrix": _draw_nothing,
        "emoji_dictionary": {str(number): entry.symbol for number, entry in enumerate(course_table().entries)},
    }


def read_csv(filename: str | os.PathLike[str] = "data/emojify_data.csv") -> tuple[np.ndarray, np.ndarray]:
    """(sentences, class numbers) of a file, (m,) each; a path that is not here is looked for in the course folder."""
    data = load_sentences(_find(filename))
    return np.asarray(data.sentences), data.labels


def read_glove_vecs(
    glove_file: str | os.PathLike[str],
) -> tuple[dict[str, int], dict[int, str], Mapping[str, np.ndarray]]:
    """(word -> number, number -> word, word -> float64 vector); words numbered from 1 by code point."""
    vectors = load_vectors(_find(glove_file))
    ordered = sorted(vectors.words)
    word_to_index = {word: number for number, word in enumerate(ordered, 1)}
    return word_to_index, dict(enumerate(ordered, 1)), vectors.word_to_vec_map()


def convert_to_one_hot(Y: Sequence[int] | np.ndarray, C: int) -> np.ndarray:
    """Rows with a 1 at each class number, (m, C) float64."""
    return one_hot(np.asarray(Y).astype(int).reshape(-1), C, np.float64)


def label_to_emoji(label: int | str) -> str:
    """The emoji of a class number."""
    return course_table()[int(label)].symbol


def print_predictions(X: Sequence[str], pred: np.ndarray) -> None:
    """A line for each sentence with its emoji."""
    print()
    for sentence, label in zip(X, np.ravel(pred), strict=True):
        print(sentence, label_to_emoji(label))


def _find(name: str | os.PathLike[str]) -> Path:
    path = Path(name)
    if path.exists():
        return path
    found = find_by_file_name(path.name, course_folder_of_environment())
    if found is None:
        raise MissingFileError(
            f"{path}: no such file, and none of this name in the course folder; check the path", name=path.name
        )
    return found


def _draw_nothing(*arguments: Any, **options: Any) -> None:
    """The course's picture; `evaluate` draws ours."""


def functions() -> Mapping[str, Callable[..., Any]]:
    """The course's functions of this assignment by name, the graded ones and the helpers."""
    from week2.emojify import course

    graded = (
        "sentence_to_avg",
        "model",
        "sentences_to_indices",
        "pretrained_embedding_layer",
        "Emojify_V2",
    )
    helpers = helper_names()
    given = ("predict", "read_csv", "read_glove_vecs", "convert_to_one_hot", "label_to_emoji", "print_predictions")
    return {name: getattr(course, name) for name in graded} | {name: helpers[name] for name in given}
