"""A bidirectional layer (Schuster and Paliwal, 1997): one layer reads forwards, one backwards, their states stacked.

    a_t = [ahead_t; back_t]      ahead = layer(x_1 ... x_T)_t      back = layer'(x_T ... x_1) put back in order

Notation as in `rnn.py`; `a` (2 n_a, m, T_x). Backwards each half of `da` goes to its own layer and the two dx add up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from common.errors import InputError
from week1.building_rnn.cells import cell_named
from week1.building_rnn.rnn import Gradients
from week1.building_rnn.shapes import Parameters
from week1.building_rnn.stacked import units_of


def forward(
    x: np.ndarray, ahead: Parameters, back: Parameters, *, cell: str = "lstm"
) -> tuple[np.ndarray, tuple[Any, Any]]:
    """States of both directions a (2 n_a, m, T_x), those that read forwards on top, and the two caches.

    Both layers start from zeros. Raises InputError where shapes do not fit.
    """
    kind = cell_named(cell)
    states, caches = [], []
    for parameters, order in ((ahead, 1), (back, -1)):
        first = np.zeros((units_of(parameters), x.shape[1]), x.dtype)
        a, cache = kind.forward(x[:, :, ::order], first, parameters)
        states.append(a[:, :, ::order])
        caches.append(cache)
    return np.concatenate(states), (caches[0], caches[1])


def backward(da: np.ndarray, caches: tuple[Any, Any], *, cell: str = "lstm") -> tuple[np.ndarray, Gradients, Gradients]:
    """From `da` (2 n_a, m, T_x): dx (n_x, m, T_x), and the gradients of the two layers."""
    kind = cell_named(cell)
    (ahead_steps, x), (back_steps, _) = caches
    n_ahead, n_back = len(ahead_steps[0][0]), len(back_steps[0][0])
    if da.shape != (n_ahead + n_back, *x.shape[1:]):
        raise InputError(
            f"da has shape {da.shape}, but the forward pass gave states of shape {(n_ahead + n_back, *x.shape[1:])}; "
            "pass a gradient for every one of them."
        )
    gradients = [
        kind.backward(half[:, :, ::order], cache)
        for half, cache, order in zip(np.split(da, [n_ahead]), caches, (1, -1), strict=True)
    ]
    dx = gradients[0].pop("dx") + gradients[1].pop("dx")[:, :, ::-1]
    return dx, gradients[0], gradients[1]
