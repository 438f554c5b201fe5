"""The adding and the copying problem: what is drawn, losses and gradients against finite differences, learning."""

import math

import numpy as np
import pytest

from common.errors import InputError
from common.recurrent import recurrent_layer
from week1.language_models.long_range.learning import (
    LearnConfig,
    begin,
    gradient_through_time,
    learn,
    loss_and_gradients,
)
from week1.language_models.long_range.problems import Adding, Copying
from week1.language_models.run_long_range import learn_all, table_of


def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum():
    x, targets = Adding(9).draw(np.random.default_rng(0), 500)
    assert x.shape == (9, 500, 2) and np.all((x[..., 0] >= 0) & (x[..., 0] < 1))
    assert np.all(x[:4, :, 1].sum(axis=0) == 1) and np.all(x[4:, :, 1].sum(axis=0) == 1)
    np.testing.assert_allclose((x[..., 0] * x[..., 1]).sum(axis=0), targets, rtol=1e-6)
    assert {tuple(np.flatnonzero(column)) for column in x[..., 1].T} == {(i, j) for i in range(4) for j in range(4, 9)}
    always_one = np.mean((targets - 1) ** 2)
    assert always_one == pytest.approx(Adding.chance, rel=0.2)


def test_copying_gives_symbols_blanks_and_a_signal():
    ids, targets = Copying(7).draw(np.random.default_rng(0), 300)
    assert ids.shape == (17, 300) and np.array_equal(ids[:5], targets)
    assert set(np.unique(targets)) == set(range(8))
    assert np.all(ids[5:11] == 8) and np.all(ids[11] == 9) and np.all(ids[12:] == 8)


def test_problems_that_hold_nothing_are_refused():
    with pytest.raises(InputError, match="at least 2"):
        Adding(1)
    with pytest.raises(InputError, match="at least 1"):
        Copying(0)


def double(problem, cell, n_units=4):
    """A layer and parameters in float64."""
    rng = np.random.default_rng(1)
    layer = recurrent_layer(cell, problem.n_inputs, n_units, dtype=np.float64)
    parameters = {name: rng.normal(0, 0.5, shape) for name, shape in layer.parameter_shapes().items()}
    parameters["kernel_y"] = rng.normal(0, 0.5, (n_units, problem.n_outputs))
    parameters["bias_y"] = rng.normal(0, 0.5, problem.n_outputs)
    return layer, parameters


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("problem", [Adding(6), Copying(3)], ids=lambda problem: problem.name)
def test_gradients_against_finite_differences(problem, cell):
    layer, parameters = double(problem, cell)
    x, targets = problem.draw(np.random.default_rng(2), 3)
    _, gradients = loss_and_gradients(problem, layer, parameters, x, targets)
    assert set(gradients) == set(parameters)
    rng = np.random.default_rng(3)
    for name, value in parameters.items():
        direction = rng.normal(size=value.shape)
        losses = []
        for step in (1e-5, -1e-5):
            moved = parameters | {name: value + step * direction}
            losses.append(loss_and_gradients(problem, layer, moved, x, targets)[0])
        wanted = (losses[0] - losses[1]) / 2e-5
        assert np.sum(gradients[name] * direction) == pytest.approx(wanted, rel=1e-5, abs=1e-8), name


def test_losses_are_what_they_say():
    """Of answers that are known: always 1, and the same for every symbol."""
    problem = Adding(5)
    x, targets = problem.draw(np.random.default_rng(0), 40)
    h = np.zeros((5, 40, 3))
    assert problem.loss(h, targets, np.zeros((3, 1)), np.ones(1)).loss == pytest.approx(np.mean((1 - targets) ** 2))
    problem = Copying(5)
    _, targets = problem.draw(np.random.default_rng(0), 40)
    found = problem.loss(np.zeros((15, 40, 3)), targets, np.zeros((3, 8)), np.zeros(8))
    assert found.loss == pytest.approx(math.log(8)) == Copying.chance


@pytest.mark.parametrize("problem", [Adding(5), Copying(2)], ids=lambda problem: problem.name)
def test_the_gradient_through_time_by_finite_differences(problem):
    """Of a plain network, whose state is h alone: run from the state after a step, moved a little."""
    layer, parameters = double(problem, "rnn")
    x, targets = problem.draw(np.random.default_rng(0), 2)
    found = gradient_through_time(problem, layer, parameters, x, targets)
    last = targets[-1] if targets.ndim == 2 else targets

    def loss_from(state, step):
        h = state
        for row in x[step + 1 :]:
            h = layer.step(parameters, row, (h,))[0]
        out = h @ parameters["kernel_y"] + parameters["bias_y"]
        if problem.name == "adding":
            return np.mean((out[:, 0] - last) ** 2)
        return np.mean(np.log(np.exp(out).sum(axis=1)) - out[np.arange(len(last)), last])

    norms, h = [], np.zeros((2, 4))
    for step, row in enumerate(x):
        h = layer.step(parameters, row, (h,))[0]
        slope = np.zeros_like(h)
        for place in np.ndindex(h.shape):
            moved = np.zeros_like(h)
            moved[place] = 1e-6
            slope[place] = (loss_from(h + moved, step) - loss_from(h - moved, step)) / 2e-6
        norms.append(np.linalg.norm(slope))
    np.testing.assert_allclose(found, np.array(norms) / norms[-1], rtol=1e-4)


def test_gates_begin_open_and_the_state_fits_the_length():
    layer, parameters = begin(Adding(100), LearnConfig("lstm", n_units=50))
    bias = parameters["bias"]
    assert np.all(bias[50:100] >= 0) and np.all(bias[50:100] <= math.log(99))
    np.testing.assert_allclose(bias[:50], -bias[50:100])
    _, parameters = begin(Adding(100), LearnConfig("gru", n_units=50))
    assert parameters["bias"][0, :50].min() >= 0 and not parameters["bias"][1].any()


def test_a_short_problem_is_learned_and_the_same_call_gives_the_same():
    config = LearnConfig("gru", n_units=24, batch_size=32, iterations=700, learning_rate=1e-2)
    one = learn(Adding(4), config)
    assert one.solved and one.loss < 0.02 and len(one.losses) < 700
    again = learn(Adding(4), config)
    assert np.array_equal(one.losses, again.losses) and one.loss == again.loss


def test_numbers_that_fail_are_told_and_clipping_holds_them():
    """A learning rate far too high: without a limit the loss is soon no number, or at least not solved."""
    with np.errstate(over="ignore", invalid="ignore"):
        wild = learn(Adding(20), LearnConfig("rnn", clip=None, n_units=8, iterations=30, learning_rate=1e30))
    assert not wild.solved and np.isnan(wild.loss)
    clipped = learn(Adding(20), LearnConfig("rnn", clip=1e-3, n_units=8, iterations=30, learning_rate=1e-3))
    assert np.isfinite(clipped.losses).all() and clipped.norms.max() > 1e-3


def test_side_by_side_gives_what_one_after_the_other_gives():
    tasks = [(Adding(3), LearnConfig("rnn", n_units=4, iterations=5, seed=seed)) for seed in range(2)]
    one, two = learn_all(tasks, processes=1), learn_all(tasks, processes=2)
    assert [run.loss for run in one] == [run.loss for run in two]
    table = table_of(one)
    assert "0 of 2" in table and "solved below 0.02" in table
