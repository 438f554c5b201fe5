"""The fast recurrent layers by themselves: masks, ids, dropout, reuse of buffers, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.recurrent import CELLS, dropout_mask, recurrent_layer

KINDS = [("rnn", True), ("lstm", True), ("gru", True), ("gru", False)]
every_kind = pytest.mark.parametrize(("kind", "reset_after"), KINDS)


def make(kind, reset_after=True, *, steps=6, batch=4, n_inputs=3, units=5, seed=0, **options):
    rng = np.random.default_rng(seed)
    layer = recurrent_layer(kind, n_inputs, units, dtype=np.float64, reset_after=reset_after, **options)
    parameters = {name: 0.6 * rng.standard_normal(shape) for name, shape in layer.parameter_shapes().items()}
    return layer, parameters, rng.standard_normal((steps, batch, n_inputs)), rng.standard_normal((steps, batch, units))


def assert_equal(first, second):
    assert first.parameters.keys() == second.parameters.keys()
    for name, gradient in first.parameters.items():
        np.testing.assert_allclose(gradient, second.parameters[name], rtol=1e-9, atol=1e-12)
    for one, other in zip(first.state, second.state, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@every_kind
@settings(max_examples=20, deadline=None)
@given(lengths=st.lists(st.integers(0, 6), min_size=1, max_size=5))
def test_a_padded_batch_equals_each_example_alone(kind, reset_after, lengths):
    layer, parameters, x, dh = make(kind, reset_after, batch=len(lengths))
    mask = np.arange(6)[:, np.newaxis] < np.array(lengths)
    dh = dh * mask[:, :, np.newaxis]
    x = np.where(mask[:, :, np.newaxis], x, np.nan)
    whole = layer.forward(parameters, x, mask=mask)
    gradients = layer.backward(dh, whole.cache)
    total = {name: np.zeros_like(value) for name, value in parameters.items()}
    for example, length in enumerate(lengths):
        only = slice(example, example + 1)
        alone = layer.forward(parameters, x[:length, only])
        parts = layer.backward(dh[:length, only], alone.cache)
        np.testing.assert_allclose(whole.h[:length, only], alone.h, rtol=1e-12)
        for finished, end in zip(whole.state, alone.state, strict=True):
            np.testing.assert_allclose(finished[only], end, rtol=1e-12)
        np.testing.assert_allclose(gradients.x[:length, only], parts.x, rtol=1e-9, atol=1e-14)
        assert not gradients.x[length:, only].any()
        for name in total:
            total[name] += parts.parameters[name]
    for name, gradient in gradients.parameters.items():
        np.testing.assert_allclose(gradient, total[name], rtol=1e-9, atol=1e-12)


@every_kind
def test_steps_that_do_not_count_repeat_the_state(kind, reset_after):
    layer, parameters, x, _ = make(kind, reset_after)
    mask = np.ones((6, 4), bool)
    mask[2, 1] = mask[3, 1] = mask[0, 2] = False
    h = layer.forward(parameters, x, mask=mask).h
    np.testing.assert_array_equal(h[3, 1], h[1, 1])
    assert not h[0, 2].any()
    shorter = layer.forward(parameters, np.delete(x[:, 1:2], [2, 3], axis=0)).h
    np.testing.assert_allclose(h[-1, 1:2], shorter[-1], rtol=1e-12)


@every_kind
def test_the_steps_may_be_taken_one_by_one(kind, reset_after):
    layer, parameters, x, _ = make(kind, reset_after)
    state = layer.initial_state(4)
    for row in x:
        state = layer.step(parameters, row, state)
    for taken, whole in zip(state, layer.forward(parameters, x).state, strict=True):
        np.testing.assert_allclose(taken, whole, rtol=1e-12)


@every_kind
@pytest.mark.parametrize("n_inputs", [3, 300])
def test_ids_stand_for_one_hot_rows(kind, reset_after, n_inputs):
    layer, parameters, _, dh = make(kind, reset_after, n_inputs=n_inputs)
    ids = np.random.default_rng(1).integers(0, n_inputs, (6, 4))
    mask = np.arange(6)[:, np.newaxis] < np.array([3, 6, 0, 5])
    by_id = layer.forward(parameters, ids, mask=mask)
    by_row = layer.forward(parameters, np.eye(n_inputs)[ids], mask=mask)
    np.testing.assert_allclose(by_id.h, by_row.h, rtol=1e-12)
    gradients = layer.backward(dh, by_id.cache)
    assert gradients.x is None
    assert_equal(gradients, layer.backward(dh, by_row.cache))


@every_kind
@pytest.mark.parametrize("masked", [False, True])
def test_recurrent_dropout_has_its_gradient(kind, reset_after, masked):
    layer, parameters, x, dh = make(kind, reset_after)
    keep = dropout_mask(np.random.default_rng(2), (4, 5), 0.4, dtype=np.float64)
    mask = np.arange(6)[:, np.newaxis] < np.array([2, 6, 4, 5]) if masked else None
    direction = np.random.default_rng(3).standard_normal(parameters["recurrent_kernel"].shape)

    def loss(along):
        moved = {**parameters, "recurrent_kernel": parameters["recurrent_kernel"] + along * direction}
        return np.sum(layer.forward(moved, x, mask=mask, recurrent_dropout=keep).h * dh)

    run = layer.forward(parameters, x, mask=mask, recurrent_dropout=keep)
    found = np.sum(layer.backward(dh, run.cache).parameters["recurrent_kernel"] * direction)
    np.testing.assert_allclose(found, (loss(1e-5) - loss(-1e-5)) / 2e-5, rtol=1e-7)
    without = layer.forward(parameters, x, mask=mask)
    assert not np.allclose(run.h, without.h)


@every_kind
def test_reused_buffers_change_nothing_but_their_lifetime(kind, reset_after):
    layer, parameters, x, dh = make(kind, reset_after)
    kept, *_ = make(kind, reset_after, reuse_buffers=True)
    for length, batch in ((6, 4), (3, 2), (6, 4)):
        part, dpart = x[:length, :batch], dh[:length, :batch]
        fresh, reused = layer.forward(parameters, part), kept.forward(parameters, part)
        np.testing.assert_array_equal(fresh.h, reused.h)
        mine, theirs = layer.backward(dpart, fresh.cache), kept.backward(dpart, reused.cache)
        np.testing.assert_array_equal(mine.x, theirs.x)
        assert_equal(mine, theirs)
    assert np.shares_memory(kept.forward(parameters, x).h, kept.forward(parameters, x).h)
    assert not np.shares_memory(layer.forward(parameters, x).h, layer.forward(parameters, x).h)


@every_kind
def test_nothing_that_was_passed_in_is_changed(kind, reset_after):
    layer, parameters, x, dh = make(kind, reset_after)
    state = tuple(np.ones((4, 5)) for _ in range(layer.states))
    passed = [x, dh, *state, *parameters.values()]
    before = [array.copy() for array in passed]
    run = layer.forward(parameters, x, state=state)
    layer.backward(dh, run.cache, dstate=state)
    for array, copy in zip(passed, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@every_kind
def test_fresh_parameters_are_orthogonal_and_seeded(kind, reset_after):
    layer, *_ = make(kind, reset_after)
    first, again = (layer.initialize(np.random.default_rng(5)) for _ in range(2))
    assert {name: value.shape for name, value in first.items()} == layer.parameter_shapes()
    for name, value in first.items():
        np.testing.assert_array_equal(value, again[name])
    for block in np.split(first["recurrent_kernel"], layer.gates, axis=1):
        np.testing.assert_allclose(block @ block.T, np.eye(5), atol=1e-12)


def test_a_fresh_lstm_opens_its_forget_gate():
    layer, *_ = make("lstm")
    np.testing.assert_array_equal(
        layer.initialize(np.random.default_rng(0))["bias"].reshape(4, 5).max(axis=1), [0, 1, 0, 0]
    )


@pytest.mark.parametrize("kind", CELLS)
def test_bad_shapes_name_both(kind):
    layer, parameters, x, dh = make(kind)
    run = layer.forward(parameters, x)
    with pytest.raises(InputError, match=r"\(6, 4, 2\).*\(3, "):
        layer.forward(parameters, x[:, :, :2])
    with pytest.raises(InputError, match=r"'kernel'.*\(2, .*\(3, "):
        layer.forward({**parameters, "kernel": parameters["kernel"][:2]}, x)
    with pytest.raises(InputError, match="lack 'bias'"):
        layer.forward({name: value for name, value in parameters.items() if name != "bias"}, x)
    with pytest.raises(InputError, match=r"mask.*\(4, 6\).*\(6, 4\)"):
        layer.forward(parameters, x, mask=np.ones((4, 6), bool))
    with pytest.raises(InputError, match=r"dh.*\(5, 4, 5\).*\(6, 4, 5\)"):
        layer.backward(dh[1:], run.cache)
    with pytest.raises(InputError, match=r"state.*\(3, 5\).*\(4, 5\)"):
        layer.forward(parameters, x, state=layer.initial_state(3))
    with pytest.raises(InputError, match="0 to 7.*3 inputs"):
        layer.forward(parameters, np.array([[0, 7]]))


def test_an_unknown_kind_names_those_that_there_are():
    with pytest.raises(InputError, match="'elman'.*rnn, gru, lstm"):
        recurrent_layer("elman", 2, 3)
