"""What the course's jazz notebook imports from its helper files, answered by ours under the same names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from common.assets import find
from common.cli import course_folder_of_environment
from common.midi import read_midi
from week1.jazz_solo.course_corpus import CourseCorpus, course_arrays, read_course_corpus


def helper_names() -> dict[str, Any]:
    """The names that the notebook takes from its helper files."""
    return {
        "np": np,
        "load_music_utils": load_music_utils,
        "data_processing": data_processing,
        "get_musical_data": get_musical_data,
        "get_corpus_data": get_corpus_data,
    }


def _corpus(version: str) -> CourseCorpus:
    piece = find("jazz-piece", course=course_folder_of_environment(), shipped=False)
    return read_course_corpus(read_midi(piece.path), version)


def load_music_utils(file: str | None = None) -> tuple[Any, ...]:
    """X, Y, n_values, indices_values; with a file's name, as in 2021, the chords, too. Reads the course's piece."""
    corpus = _corpus("2018" if file is None else "2021")
    values = dict(enumerate(corpus.vocabulary))
    X, Y, n_values = data_processing(corpus.words, {word: number for number, word in values.items()})
    return (X, Y, n_values, values) if file is None else (X, Y, n_values, values, list(corpus.chords))


def data_processing(
    corpus: Sequence[str], values_indices: Mapping[str, int], m: int = 60, Tx: int = 30
) -> tuple[np.ndarray, np.ndarray, int]:
    """X (m, Tx, N_values), Y (Tx, m, N_values), N_values of a list of words; windows drawn with seed 0."""
    ids = np.array([values_indices[word] for word in corpus])
    X, Y, _ = course_arrays(ids, len(values_indices), m=m, Tx=Tx)
    return X, Y, len(values_indices)


def get_musical_data(file: str) -> tuple[list[Any], list[str]]:
    """The chords of each measure and its grammar as text, of the course's piece."""
    corpus = _corpus("2021")
    return list(corpus.chords), [" ".join(map(str, measure)) for measure in corpus.measures]


def get_corpus_data(abstract_grammars: Sequence[str]) -> tuple[list[str], set[str], dict[str, int], dict[int, str]]:
    """All words in order, the distinct ones, and ids both ways; alphabetical, where the course has a set's order."""
    words = " ".join(abstract_grammars).split()
    ids = {word: number for number, word in enumerate(sorted(set(words)))}
    return words, set(words), ids, {number: word for word, number in ids.items()}


def with_symbolic_tensors(function: Callable[..., Any]) -> Callable[..., Any]:
    """A notebook's function whose `tf.math.argmax` and `tf.one_hot` take Keras's symbolic tensors, too.

    The 2021 notebook calls them while it builds a model, as Keras 2 allowed. The function's own `tf` is
    replaced, not TensorFlow's.
    """
    names = getattr(function, "__globals__", {})
    if "tf" in names and not isinstance(names["tf"], _TensorFlow):
        names["tf"] = _TensorFlow(names["tf"])
    return function


class _TensorFlow:
    """A TensorFlow module with two functions that may be given symbolic tensors."""

    def __init__(self, module: Any):
        self._module = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if name == "math":
            return _TensorFlow(found)
        return functools.partial(_call, name, found) if name in ("argmax", "one_hot") else found


def _call(name: str, original: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    import keras

    tensor = arguments[0] if arguments else next(iter(options.values()))
    if not isinstance(tensor, keras.KerasTensor):
        return original(*arguments, **options)
    named = {"depth": "num_classes", "input": "x", "indices": "x"}
    return getattr(keras.ops, name)(*arguments, **{named.get(key, key): value for key, value in options.items()})
