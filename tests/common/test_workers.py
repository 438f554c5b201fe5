"""Work over processes: the same results in the same order, errors passed on."""

import math

import pytest

from common.workers import in_order


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_inputs(workers):
    inputs = [(number, 2) for number in range(20)]
    assert list(in_order(pow, inputs, workers)) == [number**2 for number in range(20)]
    assert list(in_order(pow, [], workers)) == [] and list(in_order(pow, [(3, 2)], workers)) == [9]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_call_is_raised_where_it_is_read(workers):
    results = in_order(math.sqrt, [(4.0,), (-1.0,), (9.0,)], workers)
    assert next(results) == 2
    with pytest.raises(ValueError):
        next(results)
