"""Loss, row sums, dropout masks, clipping and Adam of the fast layers, against formulas and against Keras."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from common.recurrent import (
    Adam,
    clip_by_global_norm,
    clip_by_value,
    dropout_mask,
    global_norm,
    scatter_add_rows,
    softmax_cross_entropy,
)


@given(count=st.sampled_from([1, 5, 256, 257, 1000]), rows=st.integers(0, 40), seed=st.integers(0, 99))
def test_scatter_add_equals_numpy_add_at(count, rows, seed):
    rng = np.random.default_rng(seed)
    ids, values = rng.integers(0, count, rows), rng.standard_normal((rows, 3))
    wanted = np.zeros((count, 3))
    np.add.at(wanted, ids, values)
    np.testing.assert_allclose(scatter_add_rows(values, ids, count), wanted, atol=1e-12)


def draw_output(seed=0):
    rng = np.random.default_rng(seed)
    h, targets = rng.standard_normal((4, 3, 5)), rng.integers(0, 6, (4, 3))
    return h, targets, rng.standard_normal((5, 6)), rng.standard_normal(6), rng.random((4, 3)) < 0.6


def test_cross_entropy_is_the_mean_over_the_steps_that_count():
    h, targets, kernel, bias, mask = draw_output()
    logs = scipy.special.log_softmax(h @ kernel + bias, axis=-1)
    wanted = -np.take_along_axis(logs, targets[..., np.newaxis], -1)[..., 0]
    assert softmax_cross_entropy(h, targets, kernel, bias).loss == pytest.approx(wanted.mean())
    masked = np.where(mask, targets, -1)
    assert softmax_cross_entropy(h, masked, kernel, bias, weights=mask).loss == pytest.approx(wanted[mask].mean())


@pytest.mark.parametrize("which", ["h", "kernel", "bias"])
def test_gradients_of_the_cross_entropy(which):
    h, targets, kernel, bias, mask = draw_output()
    arrays = {"h": h, "kernel": kernel, "bias": bias}
    direction = np.random.default_rng(1).standard_normal(arrays[which].shape)

    def loss(along):
        moved = {**arrays, which: arrays[which] + along * direction}
        return softmax_cross_entropy(moved["h"], targets, moved["kernel"], moved["bias"], weights=mask).loss

    found = softmax_cross_entropy(**arrays, targets=targets, weights=mask)
    gradient = {"h": found.dh, "kernel": found.kernel, "bias": found.bias}[which]
    assert np.sum(gradient * direction) == pytest.approx((loss(1e-5) - loss(-1e-5)) / 2e-5, rel=1e-7)


def test_bad_targets_are_named():
    h, targets, kernel, bias, _ = draw_output()
    with pytest.raises(InputError, match="6 outputs; use 0 to 5"):
        softmax_cross_entropy(h, targets + 5, kernel, bias)
    with pytest.raises(InputError, match="no step"):
        softmax_cross_entropy(h, targets, kernel, bias, weights=np.zeros((4, 3)))
    with pytest.raises(InputError, match=r"\(3, 4\)"):
        softmax_cross_entropy(h, targets.T, kernel, bias)


def test_a_dropout_mask_keeps_the_mean():
    mask = dropout_mask(np.random.default_rng(0), (200, 200), 0.3)
    assert mask.dtype == np.float32
    np.testing.assert_allclose(np.unique(mask), [0, 1 / 0.7], rtol=1e-6)
    assert mask.mean() == pytest.approx(1, abs=0.02)
    with pytest.raises(InputError, match=r"1\.0"):
        dropout_mask(np.random.default_rng(0), (2,), 1.0)


def test_clipping_by_value_limits_every_element_in_place():
    gradients = {"a": np.array([-7.0, 0.5, 7.0]), "b": np.array([[2.0]])}
    clip_by_value(gradients, 2.5)
    np.testing.assert_array_equal(gradients["a"], [-2.5, 0.5, 2.5])
    np.testing.assert_array_equal(gradients["b"], [[2.0]])


def test_clipping_by_global_norm_keeps_the_direction():
    gradients = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    assert clip_by_global_norm(gradients, 10) == pytest.approx(5)
    assert global_norm(gradients) == pytest.approx(5)
    assert clip_by_global_norm(gradients, 1) == pytest.approx(5)
    np.testing.assert_allclose(gradients["a"], [0.6, 0])
    np.testing.assert_allclose(gradients["b"], [[0.8]])


@pytest.mark.parametrize("clip", [clip_by_value, clip_by_global_norm])
@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_a_limit_must_be_positive(clip, limit):
    with pytest.raises(InputError, match="limit"):
        clip({"a": np.ones(2)}, limit)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_adam_equals_its_formula(weight_decay):
    rng = np.random.default_rng(0)
    kernel, bias = rng.standard_normal((3, 2)), rng.standard_normal(2)
    parameters = {"kernel": kernel.copy(), "bias": bias.copy()}
    adam = Adam(learning_rate=0.05, weight_decay=weight_decay)
    moments = {name: [np.zeros_like(value), np.zeros_like(value)] for name, value in parameters.items()}
    wanted = {"kernel": kernel, "bias": bias}
    for step in range(1, 6):
        gradients = {name: rng.standard_normal(value.shape) for name, value in parameters.items()}
        adam.update(parameters, gradients)
        for name, gradient in gradients.items():
            mean, square = moments[name]
            mean[:] = 0.9 * mean + 0.1 * gradient
            square[:] = 0.999 * square + 0.001 * gradient**2
            move = (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
            decay = weight_decay if name == "kernel" else 0
            wanted[name] = wanted[name] - 0.05 * (move + decay * wanted[name])
    for name, value in parameters.items():
        np.testing.assert_allclose(value, wanted[name], rtol=1e-10)


def test_adam_resumes_where_it_was():
    rng = np.random.default_rng(0)
    gradients = [{"w": rng.standard_normal((2, 2)).astype(np.float32)} for _ in range(6)]
    whole, first, second = ({"w": np.ones((2, 2), np.float32)} for _ in range(3))
    straight = Adam()
    for gradient in gradients:
        straight.update(whole, gradient)
    before, after = Adam(), Adam()
    for gradient in gradients[:3]:
        before.update(first, gradient)
    second["w"][:] = first["w"]
    after.load_state(before.state())
    for gradient in gradients[3:]:
        after.update(second, gradient)
    np.testing.assert_array_equal(second["w"], whole["w"])
