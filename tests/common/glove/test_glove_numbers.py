"""Numbers read from bytes, many at once, are to the bit what Python's float and NumPy's float32 make of each."""

import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common.glove.numbers import Text, decimals, is_number_token, one_by_one


def read_tokens(tokens):
    """All tokens, each with exactly one point, through the array reader."""
    text = Text(b"word " + b" ".join(tokens) + b"\n")
    spaces = np.flatnonzero(text.bytes == ord(" "))
    points = np.flatnonzero(text.bytes == ord("."))
    return decimals(text, spaces, points, np.append(spaces[1:], len(text.bytes) - 1))


def by_float(token):
    """The float32 of Python's float, or None where the token must be refused."""
    try:
        value = float("x" if b"_" in token else token)
    except ValueError:
        return None
    with np.errstate(over="ignore"):
        value = np.float32(value)
    return value if np.isfinite(value) else None


def assert_equal_to_float(tokens):
    numbers, bad = read_tokens(tokens)
    for token, number, is_bad in zip(tokens, numbers, bad, strict=True):
        expected = by_float(token)
        assert is_bad == (expected is None), token
        assert is_bad or number.tobytes() == expected.tobytes(), token


def random_token(draw: random.Random) -> str:
    value = draw.gauss(0, 1) * 10.0 ** draw.randrange(-12, 12)
    kind = draw.randrange(7)
    if kind == 0:
        return f"{draw.gauss(0, 1):.5g}"
    if kind == 1:
        return repr(draw.gauss(0, 1))
    if kind == 2:
        return str(np.float32(draw.gauss(0, 1)))
    if kind == 3:
        return f"{value:.{draw.randrange(1, 20)}f}"
    if kind == 4:
        return f"{value:.{draw.randrange(1, 18)}e}"
    if kind == 5:
        digits = [draw.choice("0123456789") for _ in range(draw.randrange(1, 30))]
        digits.insert(draw.randrange(len(digits) + 1), ".")
        return draw.choice(["", "-"]) + "".join(digits)
    return f"{'-' * draw.randrange(2)}0.{'0' * draw.randrange(30)}{draw.randrange(1, 10 ** draw.randrange(1, 12))}"


def test_random_numbers_of_every_form():
    draw = random.Random(5)
    tokens = [token for token in (random_token(draw) for _ in range(100_000)) if token.count(".") == 1]
    assert len(tokens) > 90_000
    assert_equal_to_float([token.encode() for token in tokens])


def test_numbers_next_to_the_middle_between_two_floats():
    """Where rounding twice, or from too few digits, would go wrong: decimals around the midpoints of float32."""
    draw = random.Random(6)
    tokens = []
    for _ in range(20_000):
        low = np.float32(draw.uniform(0, 10))
        middle = (float(low) + float(np.nextafter(low, np.float32(20)))) / 2
        tokens.append(f"{middle:.{draw.randrange(6, 25)}f}".encode())
    assert_equal_to_float(tokens)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.from_regex(rb"[-+0-9eE_x]{0,9}\.[-+0-9eE_x]{0,20}", fullmatch=True), min_size=1, max_size=20))
@example([b".", b"-.", b"-0.0", b"5.", b"-.5", b"+1.5", b"--1.5", b"1.5-", b"1_0.5", b"1.e39", b"1.5e400", b"0x1.0"])
@example([b"12345678.5", b"123456789.5", b"-12345678.12345678", b"9007199254740993.0", b"0.00000000000000000000001"])
def test_whatever_looks_like_a_number(tokens):
    assert_equal_to_float(tokens)


@pytest.mark.parametrize("token", [b"1_000", b" 1", b"1\t", b"\xd9\xa1", b"", b"-", b"e5", b"0x10", b"nan", b"inf"])
def test_what_is_no_number_is_nan(token):
    assert np.isnan(one_by_one([token])[0])


def test_names_of_no_number_are_meant_as_numbers():
    assert all(map(is_number_token, [b"1", b"-1e-5", b"1e999", b"nan", b"-NaN", b"Inf", b"+infinity"]))
    assert not any(map(is_number_token, [b"", b"a", b".", b"1,5", b"infinite", b"1.5.", b"--1"]))
