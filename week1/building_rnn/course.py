"""The course's eight graded functions: its names, argument order, return values and cache contents.

They are thin adapters over `rnn.py` and `lstm.py`, with the softmax output of every step added, and compute the correct
mathematics throughout. `lstm_backward_2018` is the one faulty rule that the course once shipped, under its own name.

Notation: n_x input features, n_a units, n_y outputs, m examples, T_x steps; `xt` (n_x, m), `x` (n_x, m, T_x),
`a_prev`, `a0`, `c_prev` (n_a, m). Parameters: Wax (n_a, n_x), Waa (n_a, n_a), Wya (n_y, n_a), ba (n_a, 1), by (n_y, 1)
for the plain network; Wf, Wi, Wc, Wo (n_a, n_a + n_x) acting on a_prev stacked over xt, bf, bi, bc, bo (n_a, 1),
Wy (n_y, n_a), by (n_y, 1) for the LSTM. Shapes that do not fit raise InputError with both shapes in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from week1.building_rnn import lstm, rnn
from week1.building_rnn.output import check_output, predict
from week1.building_rnn.rnn import Gradients
from week1.building_rnn.shapes import Parameters


def rnn_cell_forward(
    xt: np.ndarray, a_prev: np.ndarray, parameters: Parameters
) -> tuple[np.ndarray, np.ndarray, tuple[Any, ...]]:
    """One step of the plain network: a_next (n_a, m), yt_pred (n_y, m), cache.

    The cache is (a_next, a_prev, xt, parameters).
    """
    check_output(parameters, "Wya", a_prev, name="a_prev")
    a_next, cache = rnn.step(xt, a_prev, parameters)
    return a_next, predict(a_next, parameters["Wya"], parameters["by"]), cache


def rnn_forward(x: np.ndarray, a0: np.ndarray, parameters: Parameters) -> tuple[np.ndarray, np.ndarray, tuple]:
    """All steps of the plain network: a (n_a, m, T_x), y_pred (n_y, m, T_x), caches = (list of step caches, x)."""
    check_output(parameters, "Wya", a0, name="a0")
    a, caches = rnn.forward(x, a0, parameters)
    return a, predict(a, parameters["Wya"], parameters["by"]), caches


def lstm_cell_forward(
    xt: np.ndarray, a_prev: np.ndarray, c_prev: np.ndarray, parameters: Parameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[Any, ...]]:
    """One step of the LSTM: a_next, c_next (n_a, m), yt_pred (n_y, m), cache.

    The cache is (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters).
    """
    check_output(parameters, "Wy", a_prev, name="a_prev")
    a_next, c_next, cache = lstm.step(xt, a_prev, c_prev, parameters)
    return a_next, c_next, predict(a_next, parameters["Wy"], parameters["by"]), cache


def lstm_forward(
    x: np.ndarray, a0: np.ndarray, parameters: Parameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple]:
    """All steps of the LSTM from c0 = 0: a (n_a, m, T_x), y (n_y, m, T_x), c (n_a, m, T_x), caches.

    The caches are (list of step caches, x).
    """
    check_output(parameters, "Wy", a0, name="a0")
    a, c, caches = lstm.forward(x, a0, parameters)
    return a, predict(a, parameters["Wy"], parameters["by"]), c, caches


def rnn_cell_backward(da_next: np.ndarray, cache: tuple[Any, ...]) -> Gradients:
    """Gradients of one step from `da_next` (n_a, m): dxt, da_prev, dWax, dWaa, dba."""
    return rnn.step_backward(da_next, cache)


def rnn_backward(da: np.ndarray, caches: tuple) -> Gradients:
    """Gradients through time from `da` (n_a, m, T), T <= T_x: dx, da0, dWax, dWaa, dba."""
    return rnn.backward(da, caches)


def lstm_cell_backward(da_next: np.ndarray, dc_next: np.ndarray, cache: tuple[Any, ...]) -> Gradients:
    """Gradients of one step: dxt, da_prev, dc_prev, dWf, dbf, dWi, dbi, dWc, dbc, dWo, dbo."""
    return lstm.step_backward(da_next, dc_next, cache)


def lstm_backward(da: np.ndarray, caches: tuple) -> Gradients:
    """Gradients through time from `da` (n_a, m, T), T <= T_x: dx, da0, dWf, dbf, dWi, dbi, dWc, dbc, dWo, dbo."""
    return _course_keys(lstm.backward(da, caches))


def lstm_backward_2018(da: np.ndarray, caches: tuple) -> Gradients:
    """NOT the gradient: the course's rule of 2018, which carries nothing from a step to the one before it."""
    return _course_keys(lstm.backward_without_carry(da, caches))


def _course_keys(gradients: Gradients) -> Gradients:
    return {name: gradient for name, gradient in gradients.items() if name != "dc0"}
