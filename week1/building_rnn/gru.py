"""The gated recurrent unit in both published forms, step by step: the readable specification.

With u_t = [a_{t-1}; x_t], the former state stacked on the input:

    z_t = sigmoid(Wz u_t + bz)     update gate: how much of the past is kept
    r_t = sigmoid(Wr u_t + br)     reset gate
    h_t = tanh(Wh [r_t * a_{t-1}; x_t] + bh)                         reset before the product (Cho et al., 2014)
    h_t = tanh(Whx x_t + bh + r_t * (Wha a_{t-1} + bha))             reset after it (the form that cuDNN computes)
    a_t = z_t * a_{t-1} + (1 - z_t) * h_t

where Wha and Whx are the left n_a and the right n_x columns of Wh. The lecture's update gate is 1 - z_t: negate Wz, bz.
Backwards, with da the gradient that arrives at a_t:

    s_h = da * (1 - z_t) * (1 - h_t^2)            s_z = da * (a_{t-1} - h_t) * z_t (1 - z_t)
    reset before:  e = Wha^T s_h   reaches r_t * a_{t-1}         s_r = e * a_{t-1} * r_t (1 - r_t)
    reset after:   e = r_t * s_h   reaches Wha a_{t-1} + bha     s_r = s_h * (Wha a_{t-1} + bha) * r_t (1 - r_t)
    da_{t-1} = da * z_t + what the two gates and e send back;   dW = s u^T,  db = sum of s over the batch

Notation: as in `lstm.py`; `parameters` holds Wz, Wr, Wh (n_a, n_a + n_x) and bz, br, bh (n_a, 1); where the reset comes
after the product also bha (n_a, 1), whose presence chooses that form.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from common.activations import sigmoid
from week1.building_rnn.rnn import Caches, Gradients, back_through_time, over_time
from week1.building_rnn.shapes import Parameters, Shapes, check_parameters, check_step

StepCache = tuple[Any, ...]


def parameter_shapes(n_x: int, n_a: int, *, reset_after: bool = True) -> Shapes:
    """The shape of every parameter of a unit with `n_x` inputs and `n_a` units; `bha` only with `reset_after`."""
    shapes = {key: shape for g in "zrh" for key, shape in ((f"W{g}", (n_a, n_a + n_x)), (f"b{g}", (n_a, 1)))}
    return {**shapes, "bha": (n_a, 1)} if reset_after else shapes


def step(xt: np.ndarray, a_prev: np.ndarray, parameters: Parameters) -> tuple[np.ndarray, StepCache]:
    """One step: a_next (n_a, m) and the cache (a_next, a_prev, zt, rt, ht, xt, parameters).

    Raises InputError where the shapes do not fit.
    """
    inputs = {"xt": xt, "a_prev": a_prev}
    n_a = len(a_prev)
    check_step(inputs)
    check_parameters(parameters, parameter_shapes(len(xt), n_a, reset_after="bha" in parameters), inputs)
    stacked = np.concatenate([a_prev, xt])
    zt = sigmoid(parameters["Wz"] @ stacked + parameters["bz"])
    rt = sigmoid(parameters["Wr"] @ stacked + parameters["br"])
    from_state, from_input = np.split(parameters["Wh"], [n_a], axis=1)
    if "bha" in parameters:
        inner = rt * (from_state @ a_prev + parameters["bha"])
    else:
        inner = from_state @ (rt * a_prev)
    ht = np.tanh(from_input @ xt + parameters["bh"] + inner)
    a_next = zt * a_prev + (1 - zt) * ht
    return a_next, (a_next, a_prev, zt, rt, ht, xt, parameters)


def step_backward(da_next: np.ndarray, cache: StepCache) -> Gradients:
    """Gradients of one step from `da_next` (n_a, m).

    The keys are dxt, da_prev, dWz, dbz, dWr, dbr, dWh, dbh and, where the reset comes after the product, dbha.
    """
    _, a_prev, zt, rt, ht, xt, parameters = cache
    n_a = len(a_prev)
    sums = {
        "h": da_next * (1 - zt) * (1 - ht**2),
        "z": da_next * (a_prev - ht) * zt * (1 - zt),
    }
    candidate = _candidate_after if "bha" in parameters else _candidate_before
    sums["r"], da_candidate, gradients = candidate(sums["h"], a_prev, rt, xt, parameters)
    stacked = np.concatenate([a_prev, xt])
    dstacked = sum(parameters[f"W{g}"].T @ sums[g] for g in "zr")
    gradients["da_prev"] = da_next * zt + da_candidate + dstacked[:n_a]
    gradients["dxt"] = dstacked[n_a:] + parameters["Wh"][:, n_a:].T @ sums["h"]
    for g in "zr":
        gradients[f"dW{g}"] = sums[g] @ stacked.T
    for g in "zrh":
        gradients[f"db{g}"] = sums[g].sum(axis=1, keepdims=True)
    return gradients


def _candidate_before(
    sum_h: np.ndarray, a_prev: np.ndarray, rt: np.ndarray, xt: np.ndarray, parameters: Parameters
) -> tuple[np.ndarray, np.ndarray, Gradients]:
    """Reset before the product: the reset gate's sum, what a_prev receives through the candidate, and dWh."""
    dinner = parameters["Wh"][:, : len(a_prev)].T @ sum_h
    gradients = {"dWh": sum_h @ np.concatenate([rt * a_prev, xt]).T}
    return dinner * a_prev * rt * (1 - rt), dinner * rt, gradients


def _candidate_after(
    sum_h: np.ndarray, a_prev: np.ndarray, rt: np.ndarray, xt: np.ndarray, parameters: Parameters
) -> tuple[np.ndarray, np.ndarray, Gradients]:
    """Reset after the product: the reset gate's sum, what a_prev receives through the candidate, dWh and dbha."""
    from_state = parameters["Wh"][:, : len(a_prev)]
    dinner = sum_h * rt
    gradients = {
        "dWh": np.concatenate([dinner @ a_prev.T, sum_h @ xt.T], axis=1),
        "dbha": dinner.sum(axis=1, keepdims=True),
    }
    return sum_h * (from_state @ a_prev + parameters["bha"]) * rt * (1 - rt), from_state.T @ dinner, gradients


def forward(x: np.ndarray, a0: np.ndarray, parameters: Parameters) -> tuple[np.ndarray, Caches]:
    """All steps from `a0`: the states a (n_a, m, T_x), and (the list of the steps' caches, x)."""
    check_step({"x": x, "a0": a0}, dimensions=3)
    shapes = parameter_shapes(len(x), len(a0), reset_after="bha" in parameters)
    check_parameters(parameters, shapes, {"x": x, "a0": a0})
    return over_time(step, x, a0, parameters)


def backward(da: np.ndarray, caches: Caches) -> Gradients:
    """Gradients through time from `da` (n_a, m, T), T <= T_x: dx (n_x, m, T), da0, and d of every parameter.

    `da` holds what each state receives from its own step's output; what it receives from later steps is added here.
    """
    return back_through_time(step_backward, da, caches)
