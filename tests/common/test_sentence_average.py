"""Version 1: the fast loop against the course's plain one, its gradient against differences, its answers."""

import numpy as np
import pytest

from common.errors import InputError
from common.sentence_classifier.average import (
    average,
    cost_and_gradients,
    fit,
    fit_with_vectors,
    gradients_with_vectors,
    initialize,
    probabilities,
)


def plain_softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()


def plain_fit(X, Y, W, b, learning_rate, passes):
    """One sentence at a time as one would write it down; also the last cost of every pass."""
    W, b, costs = W.copy(), b.copy(), []
    for _ in range(passes):
        for x, label in zip(X, Y, strict=True):
            y = np.eye(len(W))[label]
            a = plain_softmax(W @ x + b)
            cost = -np.sum(y * np.log(a))
            W, b = W - learning_rate * np.outer(a - y, x), b - learning_rate * (a - y)
        costs.append(cost)
    return W, b, costs


@pytest.fixture
def example():
    rng = np.random.default_rng(0)
    W, b = initialize(rng, 4, 7)
    return rng.normal(size=(30, 7)), rng.integers(0, 4, 30), W, b


def test_the_fast_loop_gives_the_plain_loop_s_numbers(example):
    X, Y, W, b = example
    seen = []
    before = W.copy()
    got = fit(X, Y, W, b, learning_rate=0.05, passes=25, every=4, report=seen.append)
    want = plain_fit(X, Y, W, b, 0.05, 25)
    assert np.allclose(got[0], want[0], rtol=1e-12, atol=1e-13) and np.allclose(got[1], want[1], rtol=1e-12, atol=1e-13)
    assert [one.index for one in seen] == [0, 4, 8, 12, 16, 20, 24]
    assert np.allclose([one.cost for one in seen], want[2][::4], rtol=1e-11)
    assert np.array_equal(W, before)
    middle = plain_fit(X, Y, W, b, 0.05, 9)
    assert np.allclose(seen[2].W, middle[0], rtol=1e-12, atol=1e-13)


def test_the_gradient_is_that_of_the_cost(example):
    X, Y, W, b = example
    _, dW, db = cost_and_gradients(X[0], Y[0], W, b)
    step = 1e-6
    for place in np.ndindex(W.shape):
        change = np.zeros_like(W)
        change[place] = step
        up, down = (cost_and_gradients(X[0], Y[0], W + sign * change, b)[0] for sign in (1, -1))
        assert dW[place] == pytest.approx((up - down) / (2 * step), abs=1e-8)
    for place in range(len(b)):
        change = np.eye(len(b))[place] * step
        up, down = (cost_and_gradients(X[0], Y[0], W, b + sign * change)[0] for sign in (1, -1))
        assert db[place] == pytest.approx((up - down) / (2 * step), abs=1e-8)


def test_one_step_of_fit_goes_along_that_gradient(example):
    X, Y, W, b = example
    cost, dW, db = cost_and_gradients(X[0], Y[0], W, b)
    seen = []
    got = fit(X[:1], Y[:1], W, b, learning_rate=0.1, passes=1, every=1, report=seen.append)
    assert np.allclose(got[0], W - 0.1 * dW) and np.allclose(got[1], b - 0.1 * db)
    assert seen[0].cost == pytest.approx(cost)


def test_probabilities_are_the_softmax_of_each_row(example):
    X, _, W, b = example
    p = probabilities(X, W, b)
    assert np.allclose(p, [plain_softmax(W @ x + b) for x in X])


def test_extreme_numbers_stay_finite():
    X, W = np.array([[1000.0], [-1000.0]]), np.array([[1.0], [-1.0]])
    p = probabilities(X, W, np.zeros(2))
    assert np.allclose(p, np.eye(2))
    seen = []
    fitted, _ = fit(X[:1], [1], W, np.zeros(2), passes=1, every=1, report=seen.append)
    assert seen[0].cost > 700  # 2,000 nats, of which exp knows no more than "none"
    assert np.isfinite(fitted).all()


def test_the_average_is_the_mean_and_zero_of_nothing():
    vectors = {"a": np.array([1.0, 2.0]), "b": np.array([3.0, -2.0])}
    assert average(["a", "b", "b"], vectors, 2).tolist() == [7 / 3, -2 / 3]
    assert average([], vectors, 2).tolist() == [0, 0]


@pytest.mark.parametrize("labels", [[0, 1], [0, 1, 4], [0, -1, 1], []])
def test_labels_that_do_not_fit(labels):
    W, b = initialize(np.random.default_rng(0), 4, 2)
    with pytest.raises(InputError):
        fit(np.ones((3, 2)), labels, W, b)


def cost_of(rows, label, E, W, b):
    return -np.log(plain_softmax(W @ E[rows].mean(axis=0) + b)[label])


def test_the_gradient_of_vectors_that_are_learnt_along(example):
    _, Y, W, b = example
    E, rows = np.random.default_rng(1).normal(size=(6, 7)), np.array([4, 2, 2])
    dE, dW, db = gradients_with_vectors(rows, Y[0], E, W, b)
    whole = np.zeros_like(E)
    np.add.at(whole, rows, dE)
    for value, gradient in ((E, whole), (W, dW), (b, db)):
        for place in np.ndindex(value.shape):
            kept, costs = value[place], []
            for sign in (1, -1):
                value[place] = kept + sign * 1e-6
                costs.append(cost_of(rows, Y[0], E, W, b))
            value[place] = kept
            assert gradient[place] == pytest.approx((costs[0] - costs[1]) / 2e-6, abs=1e-8)


def test_learning_vectors_goes_along_it_and_leaves_what_it_was_given():
    rng = np.random.default_rng(2)
    E, W, b = rng.normal(size=(5, 3)), rng.normal(size=(2, 3)), np.zeros(2)
    before, rows = (E.copy(), W.copy()), np.array([1, 1, 3])
    dE, dW, _ = gradients_with_vectors(rows, 1, E, W, b)
    got = fit_with_vectors([rows], [1], E, W, b, rng=rng, learning_rate=0.5, passes=1)
    assert np.allclose(got[1], W - 0.5 * dW) and np.array_equal(E, before[0]) and np.array_equal(W, before[1])
    moved = np.zeros_like(E)
    moved[1], moved[3] = -1.0 * dE, -0.5 * dE
    assert np.allclose(got[0] - E, moved)


def test_words_without_a_difference_in_their_vectors_are_told_apart_once_these_are_learnt():
    sentences, labels = [np.array([0, 2]), np.array([1, 2]), np.array([], int)] * 10, [0, 1, 0] * 10
    rng = np.random.default_rng(3)
    E, W, b = fit_with_vectors(
        sentences, labels, np.ones((3, 4)), 0.1 * rng.normal(size=(2, 4)), np.zeros(2), rng=rng, learning_rate=0.5
    )
    answers = [int(probabilities(E[rows].mean(axis=0)[np.newaxis], W, b).argmax()) for rows in sentences[:2]]
    assert answers == [0, 1]
