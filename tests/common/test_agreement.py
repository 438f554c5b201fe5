import numpy as np
import pytest

from common.agreement import SelectionError, Tolerance, agree, plain, select

RESULTS = {
    "a": np.arange(24.0).reshape(2, 3, 4),
    "cache": (np.ones((2, 2)), [np.arange(3)], {"Wax": np.eye(2)}),
    "loss": 1.5,
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a[1][2]", [20, 21, 22, 23]),
        ("a[1,2,1:3]", [21, 22]),
        ("a[-1,0,0]", 12),
        ("a.shape", [2, 3, 4]),
        ("len(cache)", 3),
        ("len(cache[1][0])", 3),
        ("cache[0](the hidden state)[0,0]", 1),
        ("cache[2]['Wax'][1]", [0, 1]),
        ("np.argmax(a)", 23),
        ("sum(a[0][0])", 6),
        ("loss", 1.5),
        ("loss after the step", 1.5),
        ("a[0].ndim", 2),
    ],
)
def test_select(expression, expected):
    assert plain(select(RESULTS, expression)) == expected


@pytest.mark.parametrize("expression", ["b[1]", "a[9]", "a[x]", "", "cache['q']", "len(b)", "__class__"])
def test_select_refuses_what_is_not_there(expression):
    if expression == "":
        assert select({"only": 3}, "") == 3
        assert set(select(RESULTS, "")) == set(RESULTS)
        return
    with pytest.raises(SelectionError):
        select(RESULTS, expression)


@pytest.mark.parametrize(
    ("written", "tolerance"),
    [
        ({"rtol": 1e-6, "atol": 1e-8}, Tolerance(rtol=1e-6, atol=1e-8)),
        ({"atol": 0.3}, Tolerance(atol=0.3)),
        ("exact", Tolerance()),
        ("do not test", Tolerance(testable=False)),
        ("only the first 43 are platform independent", Tolerance(first=43)),
        ("loss within 0.4; names not comparable", Tolerance(atol=0.4, only="loss")),
        ("each end within 3 steps", Tolerance(atol=3.0)),
        ("each within 3 steps", Tolerance(atol=3.0)),
        ("about 45..51", Tolerance(span=(45.0, 51.0))),
        ("order of magnitude 14..18", Tolerance(span=(14.0, 18.0))),
        ("some words nobody has thought of", Tolerance(testable=False)),
    ],
)
def test_tolerance_is_read_as_written(written, tolerance):
    assert Tolerance.parse(written) == tolerance


def test_numbers_agree_within_the_tolerance_only():
    tolerance = Tolerance(rtol=1e-3, atol=1e-6)
    assert agree([1.0, 2.0], np.array([1.0005, 2.001]), tolerance).whole
    outcome = agree([1.0, 2.0], [1.0, 2.1], tolerance)
    assert not outcome.whole and not outcome.comparable
    assert outcome.difference == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("expected", "got", "whole"),
    [
        (0.5, np.array([[0.5]]), True),
        ([0.5], 0.5, True),
        ([5, 10], (5, 10), True),
        ([5, 10], (5, 10, 1), False),
        ("abc", "abc", True),
        ("abc", "abd", False),
        (True, np.True_, True),
        (True, 1, False),
        ([[1, 2], [3]], [[1, 2], [3]], True),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, [1], False),
        ([], [], True),
        ([], [1], False),
        ([1, 2], 1, False),
        (float("nan"), float("nan"), True),
        (1.0, float("nan"), False),
    ],
)
def test_values_of_any_shape(expected, got, whole):
    assert agree(expected, got, Tolerance()).whole is whole


def test_partial_tolerances_compare_what_can_be_compared():
    first = Tolerance(first=2)
    assert agree([1, 2, 3], [1, 2, 9], first).comparable and not agree([1, 2, 3], [1, 2, 9], first).whole
    assert not agree([1, 2, 3], [1, 9, 3], first).comparable
    loss = Tolerance(atol=0.4, only="loss")
    assert agree({"loss": 1.0, "names": ["x"]}, {"loss": 1.3, "names": ["y"]}, loss).comparable
    assert not agree({"loss": 1.0, "names": ["x"]}, {"loss": 1.5, "names": ["x"]}, loss).comparable


def test_a_span_takes_any_value_inside():
    tolerance = Tolerance(span=(14.0, 18.0))
    assert agree(16.6, 15.0, tolerance).whole
    assert not agree(16.6, 13.0, tolerance).whole
    assert agree([50, 51], [45, 49], Tolerance(span=(45.0, 51.0))).whole


def test_no_tolerance_means_exact():
    exact = Tolerance.parse(None)
    assert exact.testable and agree("spanish", "spanish", exact).whole
    assert not agree("spanish", "italian", exact).whole and not agree(1.0, 1.0 + 1e-9, exact).whole


def test_an_expected_value_may_be_what_must_not_come_out():
    assert agree({"not": "c"}, "a", Tolerance()).whole
    refused = agree({"not": "c"}, "c", Tolerance())
    assert not refused.whole and refused.problem == "the value is the one that it must not be"
    assert not agree({"not": 1.0}, 1.05, Tolerance(atol=0.1)).whole
    assert agree({"not": [1, 2]}, [1, 3], Tolerance()).whole
    assert agree({"not": 1}, {"not": 1}, Tolerance()).whole  # a dictionary of that form is compared as one
