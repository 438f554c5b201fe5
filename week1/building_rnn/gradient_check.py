"""Every gradient against central finite differences, in float64.

    dQ_i  is compared with  (L(Q_i + e) - L(Q_i - e)) / (2 e),   e = 1e-5

array by array, by the norm-wise relative error ||analytic - numerical|| / (||analytic|| + ||numerical||). The loss is
the cross-entropy at every step of a small network, or a random projection of the states where there is no output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from common.recurrent import recurrent_layer
from week1.building_rnn import bidirectional, stacked
from week1.building_rnn.cells import CELLS
from week1.building_rnn.loss import loss_and_gradients

LIMIT = 1e-6
N_X, N_A, N_Y, EXAMPLES, STEPS = 3, 4, 5, 2, 6
Arrays = Mapping[str, np.ndarray]


class Check(NamedTuple):
    """One array's gradient: the network, the array's name and shape, and the relative error of its gradient."""

    network: str
    array: str
    shape: tuple[int, ...]
    error: float


class Problem(NamedTuple):
    """A network to check: the arrays it depends on, its loss, and its analytic gradients by the arrays' names."""

    network: str
    arrays: Arrays
    loss: Callable[[], float]
    gradients: Callable[[], Arrays]


def relative_error(analytic: np.ndarray, numerical: np.ndarray) -> float:
    """||analytic - numerical|| / (||analytic|| + ||numerical||), from 0 (equal) to 1; 0 where both are zero."""
    total = np.linalg.norm(analytic) + np.linalg.norm(numerical)
    return float(np.linalg.norm(analytic - numerical) / total) if total else 0.0


def numerical_gradient(loss: Callable[[], float], array: np.ndarray, *, step: float = 1e-5) -> np.ndarray:
    """Central differences of `loss()` by every element of `array` (float64), which is put back as it was."""
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + step
        above = loss()
        array[index] = kept - step
        below = loss()
        array[index] = kept
        gradient[index] = (above - below) / (2 * step)
    return gradient


def check(problem: Problem) -> list[Check]:
    """Compare every gradient of a problem."""
    analytic = problem.gradients()
    return [
        Check(
            problem.network, name, array.shape, relative_error(analytic[name], numerical_gradient(problem.loss, array))
        )
        for name, array in problem.arrays.items()
    ]


def problems(rng: np.random.Generator) -> list[Problem]:
    """The cells under a softmax output, a stack, a bidirectional layer, and the fast layers; all with random values."""
    cells = [_cell_problem(rng, name) for name in CELLS]
    fast = [_fast_problem(rng, name) for name in CELLS]
    return [*cells, _stack_problem(rng), _bidirectional_problem(rng), *fast]


def _cell_problem(rng: np.random.Generator, name: str) -> Problem:
    cell = CELLS[name]
    shapes = {**cell.parameter_shapes(N_X, N_A), **cell.output_shapes(N_A, N_Y)}
    parameters = _draw(rng, shapes)
    x, a0 = rng.standard_normal((N_X, EXAMPLES, STEPS)), rng.standard_normal((N_A, EXAMPLES))
    targets = rng.integers(0, N_Y, (EXAMPLES, STEPS))
    mask = rng.random((EXAMPLES, STEPS)) < 0.8
    mask[0, 0] = True

    def both() -> tuple[float, Arrays]:
        return loss_and_gradients(x, targets, a0, parameters, cell=name, mask=mask)

    def gradients() -> Arrays:
        found = both()[1]
        return {key: found[f"d{key}"] for key in ("x", "a0", *parameters)}

    return Problem(f"{cell.title}, softmax output", {"x": x, "a0": a0, **parameters}, lambda: both()[0], gradients)


def _stack_problem(rng: np.random.Generator) -> Problem:
    layers = [_draw(rng, CELLS["lstm"].parameter_shapes(n_below, N_A)) for n_below in (N_X, N_A)]
    x, da = rng.standard_normal((N_X, EXAMPLES, STEPS)), rng.standard_normal((N_A, EXAMPLES, STEPS))
    arrays = {"x": x, **{f"{key}, layer {at}": value for at, p in enumerate(layers, 1) for key, value in p.items()}}

    def gradients() -> Arrays:
        dx, found = stacked.backward(da, stacked.forward(x, layers)[1])
        return {"x": dx, **{f"{key}, layer {at}": g[f"d{key}"] for at, g in enumerate(found, 1) for key in layers[0]}}

    return Problem("two LSTM layers", arrays, lambda: float(np.sum(stacked.forward(x, layers)[0] * da)), gradients)


def _bidirectional_problem(rng: np.random.Generator) -> Problem:
    pair = {way: _draw(rng, CELLS["gru"].parameter_shapes(N_X, N_A)) for way in ("ahead", "back")}
    x, da = rng.standard_normal((N_X, EXAMPLES, STEPS)), rng.standard_normal((2 * N_A, EXAMPLES, STEPS))
    arrays = {"x": x, **{f"{key}, {way}": value for way, p in pair.items() for key, value in p.items()}}

    def forward() -> tuple[np.ndarray, tuple]:
        return bidirectional.forward(x, pair["ahead"], pair["back"], cell="gru")

    def gradients() -> Arrays:
        dx, *found = bidirectional.backward(da, forward()[1], cell="gru")
        both = zip(pair, found, strict=True)
        return {"x": dx, **{f"{key}, {way}": g[f"d{key}"] for way, g in both for key in pair[way]}}

    return Problem("bidirectional GRU", arrays, lambda: float(np.sum(forward()[0] * da)), gradients)


def _fast_problem(rng: np.random.Generator, name: str) -> Problem:
    kind, reset_after = name.removesuffix("_reset_before"), not name.endswith("_reset_before")
    layer = recurrent_layer(kind, N_X, N_A, dtype=np.float64, reset_after=reset_after)
    parameters = _draw(rng, layer.parameter_shapes())
    x, dh = rng.standard_normal((STEPS, EXAMPLES, N_X)), rng.standard_normal((STEPS, EXAMPLES, N_A))
    first = _draw(rng, dict(zip(("h0", "c0"), [(EXAMPLES, N_A)] * layer.states, strict=False)))
    mask = np.arange(STEPS)[:, np.newaxis] < np.array([STEPS, STEPS - 2])
    state = tuple(first.values())

    def loss() -> float:
        return float(np.sum(layer.forward(parameters, x, state=state, mask=mask).h * dh))

    def gradients() -> Arrays:
        found = layer.backward(dh, layer.forward(parameters, x, state=state, mask=mask).cache)
        return {"x": found.x, **dict(zip(first, found.state, strict=True)), **found.parameters}

    return Problem(f"fast {CELLS[name].title}, padded", {"x": x, **first, **parameters}, loss, gradients)


def _draw(rng: np.random.Generator, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    return {name: 0.7 * rng.standard_normal(shape) for name, shape in shapes.items()}
