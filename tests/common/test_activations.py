"""Activations against SciPy, at sizes where a naive formula overflows."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from common.activations import log_softmax, sigmoid, softmax

ANY_SIZE = arrays.arrays(np.float64, (4, 3), elements=st.floats(-1e4, 1e4))


@given(ANY_SIZE)
def test_sigmoid_equals_scipy_at_any_size(x):
    np.testing.assert_allclose(sigmoid(x), scipy.special.expit(x), rtol=1e-12, atol=1e-15)


@given(ANY_SIZE, st.sampled_from([0, 1]))
def test_softmax_equals_scipy_along_either_axis(x, axis):
    np.testing.assert_allclose(softmax(x, axis=axis), scipy.special.softmax(x, axis=axis), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(
        log_softmax(x, axis=axis), scipy.special.log_softmax(x, axis=axis), rtol=1e-12, atol=1e-12
    )


def test_softmax_runs_along_the_first_axis_by_default():
    np.testing.assert_allclose(softmax(np.zeros((4, 2))), np.full((4, 2), 0.25))


@pytest.mark.parametrize("function", [sigmoid, softmax, log_softmax])
def test_single_precision_stays_single(function):
    assert function(np.ones((2, 2), np.float32)).dtype == np.float32
