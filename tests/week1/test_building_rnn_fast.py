"""The fast layers of common.recurrent against the stepwise networks, which are their specification."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.recurrent import recurrent_layer
from week1.building_rnn.cells import CELLS
from week1.building_rnn.convert import from_keras, to_keras


def draw(name, n_x, n_a, seed):
    rng = np.random.default_rng(seed)
    return {key: 0.6 * rng.standard_normal(shape) for key, shape in CELLS[name].parameter_shapes(n_x, n_a).items()}


@pytest.mark.parametrize("name", CELLS)
@settings(max_examples=25, deadline=None)
@given(
    n_x=st.integers(1, 5),
    n_a=st.integers(1, 6),
    m=st.integers(1, 4),
    steps=st.integers(1, 9),
    single=st.booleans(),
    seed=st.integers(0, 999),
)
def test_fast_equals_stepwise(name, n_x, n_a, m, steps, single, seed):
    dtype, tolerance = (np.float32, 3e-4) if single else (np.float64, 1e-10)
    rng = np.random.default_rng(seed)
    parameters = draw(name, n_x, n_a, seed)
    x, a0, da = (rng.standard_normal(shape) for shape in ((n_x, m, steps), (n_a, m), (n_a, m, steps)))
    a, caches = CELLS[name].forward(x, a0, parameters)
    wanted = CELLS[name].backward(da, caches)

    reset_after = name != "gru_reset_before"
    layer = recurrent_layer(name.removesuffix("_reset_before"), n_x, n_a, dtype=dtype, reset_after=reset_after)
    weights = {key: value.astype(dtype) for key, value in to_keras(parameters, cell=name).items()}
    state = tuple(np.asarray(part.T, dtype) for part in (a0, np.zeros_like(a0))[: layer.states])
    run = layer.forward(weights, x.transpose(2, 1, 0).astype(dtype), state=state)
    found = layer.backward(da.transpose(2, 1, 0).astype(dtype), run.cache)
    gradients = {f"d{key}": value for key, value in gradient_in_course_layout(found.parameters, name).items()}

    def same(mine, theirs):
        assert mine.dtype == dtype
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance * max(1, np.abs(theirs).max()))

    same(run.h.transpose(2, 1, 0), a)
    same(found.x.transpose(2, 1, 0), wanted["dx"])
    same(found.state[0].T, wanted["da0"])
    for key in parameters:
        same(gradients[f"d{key}"], wanted[f"d{key}"])


def gradient_in_course_layout(gradients, name):
    """Gradients rearrange as the parameters do; the two biases of z and r are one bias, so those are equal."""
    if name != "gru":
        return from_keras(gradients, cell=name)
    split = 2 * gradients["recurrent_kernel"].shape[0]
    np.testing.assert_array_equal(gradients["bias"][0, :split], gradients["bias"][1, :split])
    bias = gradients["bias"].copy()
    bias[1, :split] = 0
    return from_keras({**gradients, "bias": bias}, cell=name)


@pytest.mark.parametrize("name", CELLS)
def test_the_two_layouts_convert_both_ways(name):
    parameters = draw(name, 4, 3, 0)
    weights = to_keras(parameters, cell=name)
    reset_after = name != "gru_reset_before"
    shapes = recurrent_layer(name.removesuffix("_reset_before"), 4, 3, reset_after=reset_after).parameter_shapes()
    assert {key: value.shape for key, value in weights.items()} == shapes
    back = from_keras(weights, cell=name)
    assert back.keys() == parameters.keys()
    for key, value in parameters.items():
        np.testing.assert_array_equal(back[key], value)
