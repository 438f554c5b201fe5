"""The LSTM, step by step: the readable specification.

With u_t = [a_{t-1}; x_t], the former state stacked on the input (Hochreiter and Schmidhuber, 1997, with the forget
gate of Gers, Schmidhuber and Cummins, 2000):

    f_t = sigmoid(Wf u_t + bf)     forget gate            c~_t = tanh(Wc u_t + bc)        candidate
    i_t = sigmoid(Wi u_t + bi)     update (input) gate    c_t  = f_t * c_{t-1} + i_t * c~_t
    o_t = sigmoid(Wo u_t + bo)     output gate            a_t  = o_t * tanh(c_t)

and backwards, with da, dc the gradients that arrive at a_t and c_t:

    dc'  = dc + da * o_t * (1 - tanh(c_t)^2)         everything that reaches c_t
    dz_o = da * tanh(c_t) * o_t (1 - o_t)            dz_c = dc' * i_t * (1 - c~_t^2)
    dz_f = dc' * c_{t-1} * f_t (1 - f_t)             dz_i = dc' * c~_t * i_t (1 - i_t)
    dW_g = dz_g u_t^T,  db_g = sum of dz_g over the batch,  du = sum over the gates g of W_g^T dz_g
    da_{t-1}, dx_t = the two parts of du             dc_{t-1} = dc' * f_t

Notation: n_x input features, n_a units, m examples, T_x steps; `xt` (n_x, m), `x` (n_x, m, T_x), `a_prev`, `c_prev`,
`a0`, `c0` (n_a, m), `a`, `c` (n_a, m, T_x); `parameters` holds Wf, Wi, Wc, Wo (n_a, n_a + n_x) and bf, bi, bc, bo
(n_a, 1). Gradients are summed over the examples; the gradient of Q is called dQ and has Q's shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from common.activations import sigmoid
from week1.building_rnn.rnn import Caches, Gradients, accumulate
from week1.building_rnn.shapes import Parameters, Shapes, check_gradient, check_parameters, check_step

GATES = ("f", "i", "c", "o")
StepCache = tuple[Any, ...]


def parameter_shapes(n_x: int, n_a: int) -> Shapes:
    """The shape of every parameter of a network with `n_x` inputs and `n_a` units."""
    return {key: shape for g in GATES for key, shape in ((f"W{g}", (n_a, n_a + n_x)), (f"b{g}", (n_a, 1)))}


def step(
    xt: np.ndarray, a_prev: np.ndarray, c_prev: np.ndarray, parameters: Parameters
) -> tuple[np.ndarray, np.ndarray, StepCache]:
    """One step: a_next, c_next (n_a, m) and the cache.

    The cache is (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters).
    Raises InputError where the shapes do not fit.
    """
    inputs = {"xt": xt, "a_prev": a_prev, "c_prev": c_prev}
    check_step(inputs)
    check_parameters(parameters, parameter_shapes(len(xt), len(a_prev)), {"xt": xt, "a_prev": a_prev})
    stacked = np.concatenate([a_prev, xt])
    ft = sigmoid(parameters["Wf"] @ stacked + parameters["bf"])
    it = sigmoid(parameters["Wi"] @ stacked + parameters["bi"])
    cct = np.tanh(parameters["Wc"] @ stacked + parameters["bc"])
    ot = sigmoid(parameters["Wo"] @ stacked + parameters["bo"])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    return a_next, c_next, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


def step_backward(da_next: np.ndarray, dc_next: np.ndarray, cache: StepCache) -> Gradients:
    """Gradients of one step from `da_next` and `dc_next` (n_a, m).

    The keys are dxt, da_prev, dc_prev, dWf, dbf, dWi, dbi, dWc, dbc, dWo, dbo.
    """
    _, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    tanh_c = np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - tanh_c**2)
    dz = {
        "f": dc * c_prev * ft * (1 - ft),
        "i": dc * cct * it * (1 - it),
        "c": dc * it * (1 - cct**2),
        "o": da_next * tanh_c * ot * (1 - ot),
    }
    stacked = np.concatenate([a_prev, xt])
    dstacked = sum(parameters[f"W{g}"].T @ dz[g] for g in GATES)
    gradients = {"dxt": dstacked[len(a_prev) :], "da_prev": dstacked[: len(a_prev)], "dc_prev": dc * ft}
    for g in GATES:
        gradients[f"dW{g}"] = dz[g] @ stacked.T
        gradients[f"db{g}"] = dz[g].sum(axis=1, keepdims=True)
    return gradients


def forward(
    x: np.ndarray, a0: np.ndarray, parameters: Parameters, *, c0: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, Caches]:
    """All steps from `a0` and `c0` (zeros): a, c (n_a, m, T_x), and (the list of the steps' caches, x)."""
    c_next = np.zeros_like(a0) if c0 is None else c0
    inputs = {"x": x, "a0": a0, "c0": c_next}
    check_step(inputs, dimensions=3)
    check_parameters(parameters, parameter_shapes(len(x), len(a0)), {"x": x, "a0": a0})
    a_next, caches = a0, []
    for t in range(x.shape[2]):
        a_next, c_next, cache = step(x[:, :, t], a_next, c_next, parameters)
        caches.append(cache)
    a, c = (np.stack([cache[which] for cache in caches], axis=2) for which in (0, 1))
    return a, c, (caches, x)


def backward(da: np.ndarray, caches: Caches) -> Gradients:
    """Gradients through time from `da` (n_a, m, T), T <= T_x.

    The keys are dx (n_x, m, T), da0, dc0, dWf, dbf, dWi, dbi, dWc, dbc, dWo, dbo. `da` holds what each state receives
    from its own step's output; what a and c receive from later steps is carried here. With fewer steps than the forward
    pass had, only the first T are walked.
    """
    return _walk_back(da, caches, carry=True)


def backward_without_carry(da: np.ndarray, caches: Caches) -> Gradients:
    """NOT the gradient: the faulty rule of the course's 2018 `lstm_backward`, kept to recompute its figures.

    Every step is given da[:, :, t] alone and a zero dc_next, so nothing flows from a step to the one before it; da0 and
    dc0 are what step 0 alone sends back. Same keys as `backward`.
    """
    return _walk_back(da, caches, carry=False)


def _walk_back(da: np.ndarray, caches: Caches, *, carry: bool) -> Gradients:
    steps, _ = caches
    check_gradient(da, steps[0][0], len(steps))
    zeros = np.zeros_like(da[:, :, 0])
    da_prev, dc_prev, dx, totals = zeros, zeros, [], {}
    for t in reversed(range(da.shape[2])):
        da_next, dc_next = (da[:, :, t] + da_prev, dc_prev) if carry else (da[:, :, t], zeros)
        gradients = step_backward(da_next, dc_next, steps[t])
        dx.append(gradients.pop("dxt"))
        da_prev, dc_prev = gradients.pop("da_prev"), gradients.pop("dc_prev")
        accumulate(totals, gradients)
    return {"dx": np.stack(dx[::-1], axis=2), "da0": da_prev, "dc0": dc_prev, **totals}
