"""The cells by name, behind one pair of functions, for what treats them alike: stacks, bidirectional layers, checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from common.errors import InputError
from week1.building_rnn import gru, lstm, rnn
from week1.building_rnn.rnn import Gradients
from week1.building_rnn.shapes import Parameters, Shapes


@dataclass(frozen=True)
class Cell:
    """A recurrent layer of one kind.

    Attributes:
        title: its name for people.
        parameter_shapes: (n_x, n_a) -> the shape of every parameter.
        forward: (x, a0, parameters) -> a (n_a, m, T_x) and caches.
        backward: (da, caches) -> gradients, among them dx and da0.
        output_weights: the key of the output's weights among the parameters.
    """

    title: str
    parameter_shapes: Callable[[int, int], Shapes]
    forward: Callable[[np.ndarray, np.ndarray, Parameters], tuple[np.ndarray, Any]]
    backward: Callable[[np.ndarray, Any], Gradients]
    output_weights: str = "Wy"

    def initialize(self, n_x: int, n_a: int, rng: np.random.Generator, *, scale: float | None = None) -> dict:
        """Normal parameters with deviation `scale` (1 / sqrt(n_a + n_x) by default), float64; biases zero."""
        deviation = (n_a + n_x) ** -0.5 if scale is None else scale
        return {
            key: np.zeros(shape) if key.startswith("b") else deviation * rng.standard_normal(shape)
            for key, shape in self.parameter_shapes(n_x, n_a).items()
        }

    def output_shapes(self, n_a: int, n_y: int) -> Shapes:
        """The shapes of the output's parameters."""
        return {self.output_weights: (n_y, n_a), "by": (n_y, 1)}


def _lstm_forward(x: np.ndarray, a0: np.ndarray, parameters: Parameters) -> tuple[np.ndarray, Any]:
    a, _, caches = lstm.forward(x, a0, parameters)
    return a, caches


CELLS = {
    "rnn": Cell("RNN", rnn.parameter_shapes, rnn.forward, rnn.backward, "Wya"),
    "lstm": Cell("LSTM", lstm.parameter_shapes, _lstm_forward, lstm.backward),
    "gru": Cell("GRU, reset after", gru.parameter_shapes, gru.forward, gru.backward),
    "gru_reset_before": Cell(
        "GRU, reset before", partial(gru.parameter_shapes, reset_after=False), gru.forward, gru.backward
    ),
}


def cell_named(name: str) -> Cell:
    """The cell called `name`; raises InputError with the names that there are."""
    if name not in CELLS:
        raise InputError(f"there is no cell {name!r}; choose one of {', '.join(CELLS)}.")
    return CELLS[name]
