"""A stack of L recurrent layers, each reading the states of the one below, forwards and backwards.

    a^[1] = layer_1(x),   a^[l] = layer_l(a^[l-1])            backwards: da^[l-1] = what layer l sends to its input

Notation as in `rnn.py`; `a` (n_a of the top layer, m, T_x).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from common.errors import InputError
from week1.building_rnn.cells import cell_named
from week1.building_rnn.rnn import Gradients
from week1.building_rnn.shapes import Parameters


def forward(
    x: np.ndarray, layers: Sequence[Parameters], *, cell: str = "lstm", a0: Sequence[np.ndarray] | None = None
) -> tuple[np.ndarray, list[Any]]:
    """The top layer's states a (n_a, m, T_x) and one cache a layer.

    `layers` holds each layer's parameters, the bottom one first; `a0` each layer's first state, (n_a, m), zeros by
    default. Raises InputError where shapes do not fit or there is no layer.
    """
    if not layers or (a0 is not None and len(a0) != len(layers)):
        raise InputError(f"{len(layers)} layers with {len(a0 or [])} first states: pass one of each for every layer.")
    kind = cell_named(cell)
    a, caches = x, []
    for index, parameters in enumerate(layers):
        first = np.zeros((units_of(parameters), x.shape[1]), x.dtype) if a0 is None else a0[index]
        a, cache = kind.forward(a, first, parameters)
        caches.append(cache)
    return a, caches


def backward(da: np.ndarray, caches: Sequence[Any], *, cell: str = "lstm") -> tuple[np.ndarray, list[Gradients]]:
    """From `da` (n_a, m, T_x) at the top: dx (n_x, m, T_x) and every layer's gradients, the bottom one first."""
    kind = cell_named(cell)
    gradients: list[Gradients] = []
    for cache in reversed(caches):
        layer = kind.backward(da, cache)
        da = layer.pop("dx")
        gradients.append(layer)
    return da, gradients[::-1]


def units_of(parameters: Parameters) -> int:
    """n_a of a layer, from its parameters."""
    return len(next(iter(parameters.values())))
