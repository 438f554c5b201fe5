"""A gated recurrent layer in both directions, forwards and backwards, over sequences of different lengths.

The backward direction reads each sequence from its own end: its places are put into reverse order, padding stays behind
them. Both directions' states stand side by side, (places, batch, 2 n), and are 0 at padding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from common.recurrent import Forward, GRULayer
from week3.speech_recognition.model import DIRECTIONS, Parameters


class Both(NamedTuple):
    """States h (places, batch, 2 n), and what `backward` needs."""

    h: np.ndarray
    runs: tuple[Forward, Forward]
    order: np.ndarray
    mask: np.ndarray


class BidirectionalGRU:
    """Two GRU layers; parameters are called `forward_kernel`, ..., `backward_bias`.

    Args:
        n_inputs: numbers at a place.
        n_units: of each direction.
        dtype: float32 or float64.
        reuse_buffers: as of `common.recurrent.GRULayer`; what is returned holds until the next `forward`.
    """

    def __init__(self, n_inputs: int, n_units: int, *, dtype: Any = np.float32, reuse_buffers: bool = False):
        self.n_units = n_units
        self._layers = [GRULayer(n_inputs, n_units, dtype=dtype, reuse_buffers=reuse_buffers) for _ in DIRECTIONS]

    def initialize(self, rng: np.random.Generator) -> Parameters:
        """Fresh parameters of both."""
        return {
            f"{direction}_{part}": value
            for direction, layer in zip(DIRECTIONS, self._layers, strict=True)
            for part, value in layer.initialize(rng).items()
        }

    def forward(self, parameters: Mapping[str, np.ndarray], x: np.ndarray, lengths: np.ndarray) -> Both:
        """States of x (places, batch, inputs), of which each sequence has `lengths` (batch,) places."""
        order, mask = reversing(len(x), lengths), np.arange(len(x))[:, np.newaxis] < lengths
        forward, backward = (
            layer.forward(_part(parameters, direction), one, mask=mask)
            for direction, layer, one in zip(DIRECTIONS, self._layers, (x, _reordered(x, order)), strict=True)
        )
        h = np.concatenate([forward.h, _reordered(backward.h, order)], axis=2)
        h *= mask[:, :, np.newaxis]
        return Both(h, (forward, backward), order, mask)

    def backward(self, dh: np.ndarray, both: Both, *, input_gradient: bool = True) -> tuple[Parameters, Any]:
        """Gradients of the parameters, and of x, from dh (places, batch, 2 n)."""
        dh = dh * both.mask[:, :, np.newaxis]
        parts = dh[:, :, : self.n_units], _reordered(dh[:, :, self.n_units :], both.order)
        gradients: Parameters = {}
        dx = []
        for direction, layer, run, d in zip(DIRECTIONS, self._layers, both.runs, parts, strict=True):
            found = layer.backward(d, run.cache, input_gradient=input_gradient)
            gradients |= {f"{direction}_{part}": value for part, value in found.parameters.items()}
            dx.append(found.x)
        return gradients, dx[0] + _reordered(dx[1], both.order) if input_gradient else None


def reversing(places: int, lengths: np.ndarray) -> np.ndarray:
    """(places, batch): which place comes where when every sequence is read from its end; its own inverse."""
    steps = np.arange(places)[:, np.newaxis]
    return np.where(steps < lengths, lengths - 1 - steps, steps)


def _reordered(x: np.ndarray, order: np.ndarray) -> np.ndarray:
    return x[order, np.arange(order.shape[1])]


def _part(parameters: Mapping[str, np.ndarray], direction: str) -> Parameters:
    prefix = f"{direction}_"
    return {name.removeprefix(prefix): value for name, value in parameters.items() if name.startswith(prefix)}
