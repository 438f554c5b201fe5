"""The same parameters in two layouts: the course's, and that of the fast layers and of Keras.

The course keeps one matrix a gate, (n_a, n_a + n_x), acting on the former state stacked over the input. Keras keeps
one `kernel` (n_x, gates * n_a), one `recurrent_kernel` (n_a, gates * n_a) and one `bias` (gates * n_a,), gates side by
side: i, f, c, o for the LSTM, z, r, h for the GRU. A GRU that resets after the product has a bias (2, 3 n_a): the
input's over the recurrent one; only the sum counts for z and r, so it goes into the first row.
"""

from __future__ import annotations

import numpy as np

from week1.building_rnn.cells import cell_named
from week1.building_rnn.shapes import Parameters

GATES = {"lstm": "ifco", "gru": "zrh", "gru_reset_before": "zrh"}


def to_keras(parameters: Parameters, *, cell: str) -> dict[str, np.ndarray]:
    """kernel, recurrent_kernel and bias as the Keras layer (and `common.recurrent`) wants them."""
    if cell_named(cell).title == "RNN":
        bias = parameters["ba"][:, 0].copy()
        return {"kernel": parameters["Wax"].T.copy(), "recurrent_kernel": parameters["Waa"].T.copy(), "bias": bias}
    gates = GATES[cell]
    n_a = len(parameters[f"W{gates[0]}"])
    recurrent, kernel = np.split(np.concatenate([parameters[f"W{g}"].T for g in gates], axis=1), [n_a])
    bias = np.concatenate([parameters[f"b{g}"][:, 0] for g in gates])
    if cell == "gru":
        second = np.zeros_like(bias)
        second[2 * n_a :] = parameters["bha"][:, 0]
        bias = np.stack([bias, second])
    return {"kernel": kernel.copy(), "recurrent_kernel": recurrent.copy(), "bias": bias}


def from_keras(weights: Parameters, *, cell: str) -> dict[str, np.ndarray]:
    """The course's parameters from kernel, recurrent_kernel and bias."""
    kernel, recurrent, bias = (np.asarray(weights[key]) for key in ("kernel", "recurrent_kernel", "bias"))
    if cell_named(cell).title == "RNN":
        return {"Wax": kernel.T.copy(), "Waa": recurrent.T.copy(), "ba": bias[:, np.newaxis].copy()}
    gates = GATES[cell]
    extra = {}
    if cell == "gru":
        n_a = recurrent.shape[0]
        extra["bha"] = bias[1, 2 * n_a :, np.newaxis].copy()
        bias = bias[0] + np.where(np.arange(3 * n_a) < 2 * n_a, bias[1], 0)
    stacked = np.split(np.concatenate([recurrent, kernel]).T, len(gates))
    biases = np.split(bias[:, np.newaxis], len(gates))
    parameters = {f"W{g}": block.copy() for g, block in zip(gates, stacked, strict=True)}
    return {**parameters, **{f"b{g}": block.copy() for g, block in zip(gates, biases, strict=True)}, **extra}
