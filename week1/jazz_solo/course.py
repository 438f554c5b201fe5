"""The course's three graded functions under its names; thin, and for any LSTM layer and Dense layer that are given.

Notation: Tx steps of a training window, Ty steps to improvise, n_values distinct tokens, n_a units. `LSTM_cell` is a
Keras LSTM layer with `return_state=True`, `densor` a softmax Dense layer, `reshaper` one that gives (1, n_values).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from week1.jazz_solo.course_corpus import course_arrays, read_course_corpus

__all__ = ["course_arrays", "djmodel", "music_inference_model", "predict_and_sample", "read_course_corpus"]


def djmodel(Tx: int, LSTM_cell: Any, densor: Any, reshaper: Any) -> Any:
    """The training model: X (m, Tx, n_values), a0 and c0 (m, n_a) -> a list of Tx arrays (m, n_values).

    The cell is unrolled as in the course, one call a step. `model.build_model` is the same network over the whole
    sequence at once.
    """
    import keras

    X = keras.Input((Tx, densor.units), name="X")
    a0 = a = keras.Input((LSTM_cell.units,), name="a0")
    c0 = c = keras.Input((LSTM_cell.units,), name="c0")
    outputs = []
    for t in range(Tx):
        a, _, c = LSTM_cell(reshaper(X[:, t, :]), initial_state=[a, c])
        outputs.append(densor(a))
    return keras.Model(inputs=[X, a0, c0], outputs=outputs)


def music_inference_model(LSTM_cell: Any, densor: Any, Ty: int = 100) -> Any:
    """The improvising model: x0 (m, 1, n_values), a0 and c0 (m, n_a) -> a list of Ty arrays (m, n_values).

    Each step's likeliest value, as a one-hot row, is the next step's input.
    """
    import keras

    x0 = x = keras.Input((1, densor.units), name="x0")
    a0 = a = keras.Input((LSTM_cell.units,), name="a0")
    c0 = c = keras.Input((LSTM_cell.units,), name="c0")
    repeat = keras.layers.RepeatVector(1)
    outputs = []
    for _ in range(Ty):
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        outputs.append(densor(a))
        x = repeat(keras.ops.one_hot(keras.ops.argmax(outputs[-1], axis=-1), densor.units))
    return keras.Model(inputs=[x0, a0, c0], outputs=outputs)


def predict_and_sample(
    inference_model: Any,
    x_initializer: np.ndarray | None = None,
    a_initializer: np.ndarray | None = None,
    c_initializer: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(results, indices): one-hot rows (Ty, n_values) float32 and the likeliest values (Ty, 1) int64.

    The initializers are (1, 1, n_values), (1, n_a) and (1, n_a); zeros by default.
    """
    import keras

    given = (x_initializer, a_initializer, c_initializer)
    shapes = [(1, *tensor.shape[1:]) for tensor in inference_model.inputs]
    arrays = [
        np.zeros(shape, np.float32) if one is None else np.asarray(one, np.float32)
        for one, shape in zip(given, shapes, strict=True)
    ]
    # Called once, the model is run step by step: compiling fifty steps for `predict` would take ten times as long.
    rows = [keras.ops.convert_to_numpy(row) for row in inference_model(arrays, training=False)]
    probabilities = np.concatenate(rows, axis=0)
    indices = np.argmax(probabilities, axis=-1)[:, np.newaxis]
    return np.eye(probabilities.shape[-1], dtype=np.float32)[indices[:, 0]], indices
