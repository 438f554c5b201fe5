import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from common.errors import InputError
from common.sampling import apply_temperature, draw, index_at, restrict, top_k, top_p

ROWS = arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 7)),
    elements=st.one_of(st.floats(-30, 30), st.sampled_from([0.0, 1.0, -np.inf])),
).map(lambda rows: np.where(np.isneginf(rows).all(axis=-1, keepdims=True), 0.0, rows))


def probabilities(scores):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def nucleus(row, share):
    """The definition, token by token."""
    kept, mass = [], 0.0
    for index in sorted(range(len(row)), key=lambda i: (-row[i], i)):
        if mass >= share:
            break
        kept.append(index)
        mass += probabilities(row)[index]
    return sorted(kept)


def test_temperature_is_a_power_of_the_probabilities():
    p = np.array([[0.5, 0.3, 0.2], [0.1, 0.0, 0.9]])
    with np.errstate(divide="ignore"):
        scores = np.log(p)
    for temperature in (0.25, 1.0, 3.0):
        expected = p ** (1 / temperature) / (p ** (1 / temperature)).sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(probabilities(apply_temperature(scores, temperature)), expected, rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_tiny_temperature_does_not_overflow(dtype):
    assert probabilities(apply_temperature(np.array([1, 2, -np.inf], dtype), 1e-320)).tolist() == [0, 1, 0]


def test_temperature_zero_is_the_first_maximum_and_takes_no_random_number():
    rng = np.random.default_rng(3)
    scores = np.array([[0.0, 2.0, 2.0], [-np.inf, -np.inf, -9.0]])
    assert draw(scores, rng, temperature=0).tolist() == [1, 2]
    assert np.isneginf(apply_temperature(scores, 0)).tolist() == [[True, False, True], [True, True, False]]
    assert rng.random() == np.random.default_rng(3).random()


@given(ROWS, st.integers(1, 9))
def test_top_k_keeps_the_best_k_and_of_equals_the_first(rows, k):
    kept = top_k(rows, k)
    for row, result in zip(rows, kept, strict=True):
        best = sorted(range(len(row)), key=lambda i: (-row[i], i))[:k]
        expected = np.full(len(row), -np.inf)
        expected[best] = row[best]
        np.testing.assert_array_equal(result, expected)


@given(ROWS, st.floats(0.01, 0.99))
def test_top_p_keeps_the_nucleus(rows, share):
    for row, result in zip(rows, top_p(rows, share), strict=True):
        kept = np.flatnonzero(result > -np.inf)
        # Where a sum falls on the border to the last bit, either side is right.
        either = [[i for i in nucleus(row, one) if row[i] > -np.inf] for one in (share - 1e-12, share + 1e-12)]
        assert kept.tolist() in either
        np.testing.assert_array_equal(result[kept], row[kept])


def test_top_p_one_keeps_even_what_rounding_would_lose():
    scores = np.array([0.0, -700.0, -800.0, -np.inf])
    np.testing.assert_array_equal(top_p(scores, 1.0), scores)


def test_top_p_keeps_one_of_equals_at_least():
    assert np.isfinite(top_p(np.zeros(4), 1e-9)).tolist() == [True, False, False, False]


def test_top_k_beyond_the_vocabulary_keeps_everything():
    scores = np.array([1.0, 2.0])
    np.testing.assert_array_equal(top_k(scores, 5), scores)
    assert top_k(scores, 5) is not scores


@given(ROWS, st.integers(0, 2**32 - 1))
def test_the_draw_is_numpys_choice_with_the_same_uniforms(rows, seed):
    drawn = draw(rows, np.random.default_rng(seed))
    reference = np.random.default_rng(seed)
    assert drawn.tolist() == [reference.choice(len(row), p=probabilities(row)) for row in rows]
    assert all(np.take_along_axis(rows, drawn[:, None], -1) > -np.inf)


@given(ROWS)
def test_the_ends_of_the_unit_interval_give_possible_tokens(rows):
    for uniform in (0.0, np.nextafter(1.0, 0.0)):
        drawn = index_at(rows, np.full(len(rows), uniform))
        assert all(np.take_along_axis(rows, drawn[:, None], -1) > -np.inf)


def test_frequencies_follow_the_restricted_distribution():
    scores = np.log([0.4, 0.3, 0.2, 0.1])
    options = {"temperature": 0.8, "top_k": 3, "top_p": 0.95}
    drawn = draw(np.broadcast_to(scores, (40_000, 4)), np.random.default_rng(1), **options)
    expected = np.exp(restrict(scores, **options))
    assert expected[3] == 0
    np.testing.assert_allclose(expected.sum(), 1, atol=1e-12)
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / 40_000, expected, atol=0.012)


def test_temperature_is_applied_before_top_p():
    scores = np.log([0.5, 0.3, 0.2])
    # Sharpened, the first token alone holds 0.5**4 / (0.5**4 + 0.3**4 + 0.2**4) = 0.866 of the mass.
    assert np.isfinite(restrict(scores, temperature=0.25, top_p=0.8)).tolist() == [True, False, False]
    assert np.isfinite(restrict(scores, temperature=1.0, top_p=0.8)).tolist() == [True, True, False]


@pytest.mark.parametrize("shape", [(5,), (3, 5), (2, 3, 5), (0, 5)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shapes_and_dtypes(shape, dtype):
    scores = np.random.default_rng(0).normal(size=shape).astype(dtype)
    for result in (apply_temperature(scores, 0.7), apply_temperature(scores, 0), top_k(scores, 2), top_p(scores, 0.5)):
        assert result.shape == shape
        assert result.dtype == dtype
    drawn = draw(scores, np.random.default_rng(0), temperature=0.7, top_k=3, top_p=0.9)
    assert drawn.shape == shape[:-1]
    assert drawn.dtype == np.int64


def test_the_argument_stays_as_it_was():
    scores = np.array([[1.0, 2.0, 3.0]])
    draw(scores, np.random.default_rng(0), temperature=0.5, top_k=1, top_p=0.5)
    assert scores.tolist() == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -1}, "temperature"), ({"temperature": np.nan}, "temperature"),
        ({"temperature": np.inf}, "temperature"), ({"top_k": 0}, "top-k"), ({"top_k": 1.5}, "top-k"),
        ({"top_k": True}, "top-k"), ({"top_p": 0}, "top-p"), ({"top_p": 1.1}, "top-p"), ({"top_p": np.nan}, "top-p"),
    ],
)  # fmt: skip
def test_nonsense_options_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        draw(np.zeros(3), np.random.default_rng(0), **options)


@pytest.mark.parametrize(
    "scores", [[np.nan, 0.0], [np.inf, 0.0], [-np.inf, -np.inf], [], 1.0, [[0.0, 1.0], [np.nan, 0.0]]]
)
def test_unusable_scores_are_refused(scores):
    with pytest.raises(InputError, match="scores"):
        draw(np.array(scores), np.random.default_rng(0))
