"""The course's graded functions by its names, signatures and return values: thin adapters over our files.

As there, a sentence is cut by `lower().split()`, and words that the map lacks are passed over (the notebooks of 2018
stop at them). `model` draws from NumPy's process-wide generator: call `np.random.seed(1)` first, as the notebooks of
2021 do (those of 2018 do so inside the function). The same run underlies both: 400 passes with a line every 100 in
2018, 200 passes with a line every 10 in 2021.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InputError
from common.sentence_classifier.average import Progress, average, fit, probabilities
from common.sentence_classifier.model import build_model
from week2.emojify.model import course_config

if TYPE_CHECKING:
    import keras

Map = Mapping[str, np.ndarray]


def sentence_to_avg(sentence: str, word_to_vec_map: Map) -> np.ndarray:
    """The mean of the vectors of the sentence's words, (n_h,) float64; zeros where no word is in the map."""
    words = [word for word in sentence.lower().split() if word in word_to_vec_map]
    return average(words, word_to_vec_map, _dimensions(word_to_vec_map))


def model(
    X: Sequence[str],
    Y: Sequence[int] | np.ndarray,
    word_to_vec_map: Map,
    learning_rate: float = 0.01,
    num_iterations: int = 400,
    *,
    print_every: int | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train version 1; prints the cost of the last sentence and the accuracy of all every so many passes.

    Args:
        X, Y: sentences and their class numbers, (m,).
        word_to_vec_map: word -> vector (n_h,).
        learning_rate, num_iterations: step size, and passes over all sentences.
        print_every: passes between two prints; by default 100 from 400 passes on, as in 2018, else 10, as in 2021.

    Returns pred (m, 1) float64, the classes at the last print; W (n_y, n_h); b (n_y,).
    """
    labels = np.asarray(Y).astype(int).reshape(-1)
    averages = np.array([sentence_to_avg(sentence, word_to_vec_map) for sentence in X])
    n_y, n_h = max(len(np.unique(labels)), int(labels.max()) + 1), _dimensions(word_to_vec_map)
    W, b = np.random.randn(n_y, n_h) / np.sqrt(n_h), np.zeros((n_y,))
    last: dict[str, np.ndarray] = {}

    def report(at: Progress) -> None:
        print(f"Epoch: {at.index} --- cost = {at.cost}")
        last["pred"] = _predicted(averages, at.W, at.b)
        _print_accuracy(last["pred"], labels)

    every = print_every or (100 if num_iterations >= 400 else 10)
    W, b = fit(averages, labels, W, b, learning_rate=learning_rate, passes=num_iterations, every=every, report=report)
    return last.get("pred", _predicted(averages, W, b)), W, b


def predict(X: Sequence[str], Y: Sequence[int], W: np.ndarray, b: np.ndarray, word_to_vec_map: Map) -> np.ndarray:
    """The likeliest class of each sentence, (m, 1) float64; prints the share of those that are as Y says."""
    averages = np.array([sentence_to_avg(sentence, word_to_vec_map) for sentence in X])
    found = _predicted(averages, W, b)
    _print_accuracy(found, np.asarray(Y).reshape(-1))
    return found


def _predicted(averages: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    return probabilities(averages, W, np.ravel(b)).argmax(axis=1).astype(float)[:, np.newaxis]


def _print_accuracy(found: np.ndarray, labels: np.ndarray) -> None:
    print(f"Accuracy: {np.mean(found[:, 0] == labels)}")


def sentences_to_indices(X: Sequence[str], word_to_index: Mapping[str, int], max_len: int) -> np.ndarray:
    """Numbers of the sentences' words, (m, max_len) float64, zeros after the end.

    Raises InputError where a sentence has more than `max_len` known words.
    """
    indices = np.zeros((len(X), max_len))
    for row, sentence in zip(indices, X, strict=True):
        found = [word_to_index[word] for word in sentence.lower().split() if word in word_to_index]
        if len(found) > max_len:
            raise InputError(f"{sentence!r} has {len(found)} words, and max_len is {max_len}; make it larger")
        row[: len(found)] = found
    return indices


def pretrained_embedding_layer(word_to_vec_map: Map, word_to_index: Mapping[str, int]) -> keras.layers.Embedding:
    """A frozen Keras embedding of `len(word_to_index) + 1` rows, built, with each word's vector in its row."""
    import keras

    matrix = _matrix(word_to_vec_map, word_to_index)
    layer = keras.layers.Embedding(*matrix.shape, trainable=False)
    layer.build((None,))
    layer.set_weights([matrix])
    return layer


def Emojify_V2(input_shape: tuple[int, ...], word_to_vec_map: Map, word_to_index: Mapping[str, int]) -> Any:
    """The network of version 2 as a Keras model: `input_shape` is (max_len,); no masking, five classes."""
    matrix = _matrix(word_to_vec_map, word_to_index)
    return build_model(course_config(matrix.shape[1], int(input_shape[0])), matrix)


def _matrix(word_to_vec_map: Map, word_to_index: Mapping[str, int]) -> np.ndarray:
    matrix = np.zeros((len(word_to_index) + 1, _dimensions(word_to_vec_map)))
    for word, index in word_to_index.items():
        matrix[index] = word_to_vec_map[word]
    return matrix


def _dimensions(word_to_vec_map: Map) -> int:
    if not len(word_to_vec_map):
        raise InputError("word_to_vec_map has no words; give word vectors")
    return len(word_to_vec_map[next(iter(word_to_vec_map))])
