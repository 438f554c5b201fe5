"""The stepwise networks: gradients by finite differences, the course's contract, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from week1.building_rnn import bidirectional, course, gru, lstm, rnn, stacked
from week1.building_rnn.cells import CELLS, cell_named
from week1.building_rnn.gradient_check import LIMIT, check, numerical_gradient, problems, relative_error
from week1.building_rnn.loss import cross_entropy, loss_and_gradients


def draw(shapes, seed=0):
    rng = np.random.default_rng(seed)
    return {name: 0.7 * rng.standard_normal(shape) for name, shape in shapes.items()}


def rnn_parameters(n_x=3, n_a=5, n_y=2):
    return draw({**rnn.parameter_shapes(n_x, n_a), "Wya": (n_y, n_a), "by": (n_y, 1)})


def lstm_parameters(n_x=3, n_a=5, n_y=2):
    return draw({**lstm.parameter_shapes(n_x, n_a), "Wy": (n_y, n_a), "by": (n_y, 1)})


@pytest.mark.parametrize("number", range(10))
def test_every_gradient_equals_finite_differences(number):
    problem = problems(np.random.default_rng(3))[number]
    for found in check(problem):
        assert found.error < LIMIT, found


def test_the_check_sees_a_wrong_gradient():
    w = np.array([1.0, -2.0, 0.5])
    numerical = numerical_gradient(lambda: float(np.sum(w**2)), w)
    np.testing.assert_allclose(numerical, 2 * w, rtol=1e-8)
    np.testing.assert_array_equal(w, [1.0, -2.0, 0.5])
    assert relative_error(2 * w, numerical) < 1e-9
    assert relative_error(2 * w + np.array([0, 0, 1e-4]), numerical) > LIMIT
    assert relative_error(np.zeros(3), np.zeros(3)) == 0


@settings(max_examples=8, deadline=None)
@given(
    name=st.sampled_from(sorted(CELLS)),
    n_x=st.integers(1, 4),
    n_a=st.integers(1, 4),
    m=st.integers(1, 3),
    steps=st.integers(1, 5),
    seed=st.integers(0, 999),
)
def test_gradients_at_any_shape(name, n_x, n_a, m, steps, seed):
    rng = np.random.default_rng(seed)
    cell = CELLS[name]
    parameters = draw(cell.parameter_shapes(n_x, n_a), seed)
    x, a0, da = (
        rng.standard_normal((n_x, m, steps)),
        rng.standard_normal((n_a, m)),
        rng.standard_normal((n_a, m, steps)),
    )

    def loss():
        return float(np.sum(cell.forward(x, a0, parameters)[0] * da))

    gradients = cell.backward(da, cell.forward(x, a0, parameters)[1])
    for key, array in {"x": x, "a0": a0, **parameters}.items():
        numerical = numerical_gradient(loss, array)
        # Norm-wise; where a gradient all but vanishes, the rounding of the differences is its floor.
        assert np.linalg.norm(gradients[f"d{key}"] - numerical) < LIMIT * max(np.linalg.norm(numerical), 1e-3), key


def test_the_lstm_sends_its_gradient_to_the_first_memory_too():
    parameters, rng = lstm_parameters(), np.random.default_rng(1)
    x, a0, c0, da = (rng.standard_normal(shape) for shape in ((3, 2, 4), (5, 2), (5, 2), (5, 2, 4)))
    _, _, caches = lstm.forward(x, a0, parameters, c0=c0)
    numerical = numerical_gradient(lambda: float(np.sum(lstm.forward(x, a0, parameters, c0=c0)[0] * da)), c0)
    assert relative_error(lstm.backward(da, caches)["dc0"], numerical) < LIMIT


@pytest.mark.parametrize("name", CELLS)
def test_fewer_gradient_steps_are_later_ones_of_zero(name):
    cell, rng = CELLS[name], np.random.default_rng(2)
    parameters = draw(cell.parameter_shapes(3, 5))
    x, a0, da = (rng.standard_normal(shape) for shape in ((3, 2, 7), (5, 2), (5, 2, 4)))
    _, caches = cell.forward(x, a0, parameters)
    short = cell.backward(da, caches)
    full = cell.backward(np.concatenate([da, np.zeros((5, 2, 3))], axis=2), caches)
    assert short["dx"].shape == (3, 2, 4)
    assert not full["dx"][:, :, 4:].any()
    np.testing.assert_allclose(short.pop("dx"), full.pop("dx")[:, :, :4], rtol=1e-12)
    for key, gradient in short.items():
        np.testing.assert_allclose(gradient, full[key], rtol=1e-12)


def test_the_course_functions_return_what_the_course_returns():
    rng = np.random.default_rng(0)
    x, a0 = rng.standard_normal((3, 10, 4)), rng.standard_normal((5, 10))
    plain, gated = rnn_parameters(), lstm_parameters()
    a_next, yt, cache = course.rnn_cell_forward(x[:, :, 0], a0, plain)
    assert [len(cache), cache[0] is a_next, cache[1] is a0, cache[3] is plain] == [4, True, True, True]
    np.testing.assert_array_equal(cache[2], x[:, :, 0])
    a, y, caches = course.rnn_forward(x, a0, plain)
    assert (a.shape, y.shape, len(caches), len(caches[0])) == ((5, 10, 4), (2, 10, 4), 2, 4)
    assert caches[1] is x
    np.testing.assert_allclose(a[:, :, 0], a_next)
    np.testing.assert_allclose(y[:, :, 0], yt)
    np.testing.assert_allclose(y.sum(axis=0), 1)
    a_next, c_next, yt, cache = course.lstm_cell_forward(x[:, :, 0], a0, np.zeros_like(a0), gated)
    assert [len(cache), cache[0] is a_next, cache[1] is c_next, cache[2] is a0, cache[9] is gated] == [10, *[True] * 4]
    a, y, c, caches = course.lstm_forward(x, a0, gated)
    assert (a.shape, y.shape, c.shape, len(caches[0])) == ((5, 10, 4), (2, 10, 4), (5, 10, 4), 4)
    np.testing.assert_allclose(c[:, :, 0], c_next)
    ft, it, cct, ot = caches[0][1][4:8]
    np.testing.assert_allclose(c[:, :, 1], ft * c[:, :, 0] + it * cct)
    np.testing.assert_allclose(a[:, :, 1], ot * np.tanh(c[:, :, 1]))


def test_the_course_gradients_have_the_course_keys():
    rng = np.random.default_rng(0)
    x, a0, da = (rng.standard_normal(shape) for shape in ((3, 10, 4), (5, 10), (5, 10, 4)))
    *_, caches = course.rnn_forward(x, a0, rnn_parameters())
    assert set(course.rnn_backward(da, caches)) == {"dx", "da0", "dWax", "dWaa", "dba"}
    step = course.rnn_cell_backward(da[:, :, 0], caches[0][0])
    assert set(step) == {"dxt", "da_prev", "dWax", "dWaa", "dba"}
    *_, caches = course.lstm_forward(x, a0, lstm_parameters())
    gates = {f"d{kind}{gate}" for kind in "Wb" for gate in "fico"}
    assert set(course.lstm_backward(da, caches)) == {"dx", "da0"} | gates
    step = course.lstm_cell_backward(da[:, :, 0], da[:, :, 1], caches[0][0])
    assert set(step) == {"dxt", "da_prev", "dc_prev"} | gates
    assert {key: step[key].shape for key in ("dWf", "dbo")} == {"dWf": (5, 8), "dbo": (5, 1)}


def test_the_rule_of_2018_is_the_sum_of_steps_that_do_not_meet():
    rng = np.random.default_rng(0)
    x, a0, da = (rng.standard_normal(shape) for shape in ((3, 2, 4), (5, 2), (5, 2, 3)))
    *_, caches = course.lstm_forward(x, a0, lstm_parameters())
    alone = [course.lstm_cell_backward(da[:, :, t], np.zeros((5, 2)), caches[0][t]) for t in range(3)]
    faulty = course.lstm_backward_2018(da, caches)
    np.testing.assert_allclose(faulty["dWf"], sum(step["dWf"] for step in alone))
    np.testing.assert_allclose(faulty["da0"], alone[0]["da_prev"])
    assert not np.allclose(faulty["dWf"], course.lstm_backward(da, caches)["dWf"])


def test_a_stack_of_one_is_the_layer_and_zeros_are_its_first_state():
    parameters, x = lstm_parameters(), np.random.default_rng(0).standard_normal((3, 2, 4))
    wanted, _, _ = lstm.forward(x, np.zeros((5, 2)), parameters)
    np.testing.assert_array_equal(stacked.forward(x, [parameters])[0], wanted)
    both, _ = bidirectional.forward(x, parameters, parameters)
    np.testing.assert_array_equal(both[:5], wanted)
    np.testing.assert_array_equal(both[5:, :, ::-1], lstm.forward(x[:, :, ::-1], np.zeros((5, 2)), parameters)[0])


def test_the_mean_cross_entropy_skips_what_the_mask_skips():
    parameters, rng = rnn_parameters(), np.random.default_rng(0)
    x, a0, targets = rng.standard_normal((3, 4, 6)), np.zeros((5, 4)), rng.integers(0, 2, (4, 6))
    mask = np.arange(6) < np.array([[6], [3], [1], [4]])
    a, y, _ = course.rnn_forward(x, a0, parameters)
    logs = -np.log(np.take_along_axis(y, targets[np.newaxis], axis=0)[0])
    assert loss_and_gradients(x, targets, a0, parameters)[0] == pytest.approx(logs.mean())
    loss, gradients = loss_and_gradients(x, np.where(mask, targets, -1), a0, parameters, mask=mask)
    assert loss == pytest.approx(logs[mask].mean())
    assert not gradients["dx"].transpose(1, 2, 0)[~mask].any()
    assert set(gradients) == {"dx", "da0", *(f"d{key}" for key in parameters)}
    with pytest.raises(InputError, match="0 to 2, but there are 2 outputs"):
        cross_entropy(a, np.where(targets == 1, 2, 0), parameters["Wya"], parameters["by"])
    with pytest.raises(InputError, match=r"\(6, 4\).*\(5, 4, 6\)"):
        cross_entropy(a, targets.T, parameters["Wya"], parameters["by"])


@pytest.mark.parametrize(
    ("call", "both"),
    [
        (lambda x, a, p, q: course.rnn_cell_forward(x[:2, :, 0], a, p), [r"'Wax'", r"\(5, 3\)", r"\(2, 10\)"]),
        (lambda x, a, p, q: course.rnn_cell_forward(x[:, :3, 0], a, p), [r"a_prev", r"\(5, 10\)", r"\(3, 3\)"]),
        (lambda x, a, p, q: course.rnn_forward(x, a[:4], p), [r"'Wya'", r"\(2, 5\)", r"\(4, 10\)"]),
        (lambda x, a, p, q: course.rnn_forward(x[:, :, 0], a, p), [r"x has shape \(3, 10\)", r"\(n_x, m, T_x\)"]),
        (lambda x, a, p, q: course.lstm_forward(x[:2], a, q), [r"'Wf'", r"\(5, 8\)", r"\(2, 10, 4\)", r"\(5, 7\)"]),
        (
            lambda x, a, p, q: course.lstm_cell_forward(x[:, :, 0], a, a[:, :2], q),
            [r"c_prev", r"\(5, 2\)", r"\(3, 10\)"],
        ),
        (lambda x, a, p, q: course.lstm_forward(x, a, p), ["lack Wy"]),
        (lambda x, a, p, q: rnn.forward(x, a, q), ["lack Wax, Waa, ba"]),
        (lambda x, a, p, q: gru.forward(x, a, q), ["lack Wz, bz"]),
        (lambda x, a, p, q: course.rnn_backward(x, course.rnn_forward(x, a, p)[2]), [r"\(3, 10, 4\)", r"\(5, 10\)"]),
        (
            lambda x, a, p, q: course.lstm_backward(np.ones((5, 10, 5)), course.lstm_forward(x, a, q)[3]),
            [r"\(5, 10, 5\)", "4 steps"],
        ),
        (lambda x, a, p, q: stacked.forward(x, []), ["0 layers"]),
        (lambda x, a, p, q: stacked.forward(x, [q, q]), [r"'Wf'", r"\(5, 8\)", r"\(5, 10\)"]),
        (
            lambda x, a, p, q: bidirectional.backward(np.ones((10, 10, 3)), bidirectional.forward(x, q, q)[1]),
            [r"\(10, 10, 3\)", r"\(10, 10, 4\)"],
        ),
        (lambda x, a, p, q: cell_named("elman"), ["'elman'", "rnn, lstm, gru"]),
    ],
)
def test_what_does_not_fit_names_both_shapes(call, both):
    rng = np.random.default_rng(0)
    x, a0 = rng.standard_normal((3, 10, 4)), rng.standard_normal((5, 10))
    with pytest.raises(InputError) as raised:
        call(x, a0, rnn_parameters(), lstm_parameters())
    for part in both:
        assert raised.match(part)


def test_public_names_are_there_and_importing_them_is_light():
    import subprocess
    import sys
    from pathlib import Path

    code = (
        "import sys, week1.building_rnn as package\n"
        "assert 'numpy' not in sys.modules\n"
        "for name in package.__all__: getattr(package, name)\n"
        "assert not {'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)\n"
        "assert not hasattr(package, 'no_such_name')\n"
    )
    project = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code], cwd=project, check=True, timeout=60)
