"""Checks that parameters and inputs fit each other; what does not fit is named with both shapes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from common.errors import InputError

Parameters = Mapping[str, np.ndarray]
Shapes = Mapping[str, tuple[int, ...]]


def check_step(inputs: Mapping[str, np.ndarray], *, dimensions: int = 2) -> None:
    """Raise InputError unless the first array has `dimensions` axes and the others two, with the same batch size.

    `inputs` maps the names that a message shall use to the arrays: first the input xt (n_x, m) or x (n_x, m, T_x), then
    the states, each (n_a, m).
    """
    (first, x), *states = inputs.items()
    if np.ndim(x) != dimensions:
        layout = "(n_x, m)" if dimensions == 2 else "(n_x, m, T_x)"
        raise InputError(f"{first} has shape {np.shape(x)}, but {layout} is needed; put the axes in that order.")
    for name, state in states:
        wanted = (np.shape(states[0][1])[0] if np.ndim(states[0][1]) else 0, np.shape(x)[1])
        if np.shape(state) != wanted:
            raise InputError(
                f"{name} has shape {np.shape(state)}, but {first} has shape {np.shape(x)}; "
                f"pass a state of shape (n_a, m) with m = {np.shape(x)[1]} for every example of {first}."
            )


def check_parameters(parameters: Parameters, shapes: Shapes, inputs: Mapping[str, np.ndarray]) -> None:
    """Raise InputError unless `parameters` holds every key of `shapes` with that shape.

    `inputs` are the arrays that the shapes were derived from; the message names their shapes too.
    """
    missing = [key for key in shapes if key not in parameters]
    if missing:
        raise InputError(f"parameters lack {', '.join(missing)}; pass all of {', '.join(shapes)}.")
    for key, wanted in shapes.items():
        if np.shape(parameters[key]) != wanted:
            given = " and ".join(f"{name} with shape {np.shape(array)}" for name, array in inputs.items())
            raise InputError(
                f"parameters[{key!r}] has shape {np.shape(parameters[key])}, but {given} need {wanted}; "
                "pass parameters made for these sizes."
            )


def check_gradient(da: np.ndarray, a: np.ndarray, steps: int) -> None:
    """Raise InputError unless `da` is (n_a, m, T) for states `a` (n_a, m) and 1 <= T <= `steps` of the forward pass."""
    shape = np.shape(da)
    if len(shape) != 3 or shape[:2] != np.shape(a) or not 1 <= shape[2] <= steps:
        raise InputError(
            f"da has shape {shape}, but the forward pass gave {steps} steps of states with shape {np.shape(a)}; "
            f"pass da of shape {(*np.shape(a), steps)}, or one with fewer steps."
        )
