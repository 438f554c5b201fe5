"""Decimal numbers in bytes -> float32, thousands at once, each exactly `np.float32(float(text))`.

The usual number of a vectors file, `-0.12345`, is read eight characters at a time: an unaligned 64-bit load brings the
digits after the point, which are joined pairwise in the lanes of the word (D. Lemire, "Number parsing at a gigabyte per
second", 2021, section 6). Such a number is an integer below 2**53 divided by 10**8, both exact in float64, so the one
division rounds correctly (W. Clinger, 1990). Longer ones are computed with a bound of the error. Where float32 could
differ within it, or there is an exponent, Python's float reads the number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

PAD = 24
_ZEROS = np.uint64(0x3030303030303030)
_ABOVE_NINE = np.uint64(0x7676767676767676)
_HIGH_BITS = np.uint64(0x8080808080808080)
_CHARACTERS = b"0123456789.-+eE"
_NAMES = (b"nan", b"inf", b"infinity")


class Text:
    """The bytes of some lines with room around them, so that a load near an end stays inside.

    Attributes:
        bytes: uint8; a line end, then the lines. Positions below are in this array.
    """

    def __init__(self, lines: bytes):
        room = b"0" * PAD
        self._padded = np.frombuffer(b"".join((room, b"\n", lines, room)), dtype=np.uint8)
        self.bytes = self._padded[PAD:-PAD]

    def characters(self, positions: np.ndarray, shift: int) -> np.ndarray:
        """uint8: the character `shift` bytes after each position (`shift` from -16 to 16)."""
        return self._padded[PAD + shift :][positions]

    def words(self, positions: np.ndarray, shift: int) -> np.ndarray:
        """uint64: the eight characters from `shift` bytes after each position on, the first in the lowest byte."""
        count = self._padded.size - PAD - shift - 7
        loads = np.ndarray((count,), dtype="<u8", buffer=self._padded.data, offset=PAD + shift, strides=(1,))
        return loads[positions].astype(np.uint64, copy=False)


def decimals(text: Text, before: np.ndarray, points: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers with a decimal point.

    Args:
        text: the bytes.
        before, points, after: int64 arrays of one shape; positions of the character before each number, of its point,
            and of the character after it.

    Returns:
        float32 numbers of that shape, and bool: where the text is no number, or one too large (the number is then 0).
    """
    before, points, after = (np.ascontiguousarray(array).ravel() for array in (before, points, after))
    numbers, rest = _usual(text, before, points, after)
    if rest.size:
        values, rest_is_odd = _long(text, before[rest], points[rest], after[rest])
        numbers[rest] = values
        rest = rest[rest_is_odd]
    bad = np.zeros(numbers.size, dtype=bool)
    if rest.size:
        content = text.bytes.tobytes()
        spans = zip((before[rest] + 1).tolist(), after[rest].tolist(), strict=True)
        values = one_by_one([content[begin:end] for begin, end in spans])
        bad[rest] = ~np.isfinite(values)
        numbers[rest] = np.where(bad[rest], 0, values)
    return numbers, bad


def one_by_one(tokens: Sequence[bytes]) -> np.ndarray:
    """float32 of each token by Python's float; nan where it is no number, inf where it is too large for float32."""
    try:
        strange = b"".join(tokens).translate(None, _CHARACTERS)
        values = list(map(one if strange else float, tokens))
    except ValueError:
        values = list(map(one, tokens))
    with np.errstate(over="ignore"):
        return np.array(values, dtype=np.float64).astype(np.float32)


def one(token: bytes) -> float:
    """The number of a token of digits, sign, point and exponent; nan for all else that Python's float takes."""
    try:
        return float("nan") if token.strip(_CHARACTERS) else float(token)
    except ValueError:
        return float("nan")


def is_number_token(token: bytes) -> bool:
    """Whether the token is meant as a number: one, of whatever size, or the name of none (nan, inf)."""
    return not math.isnan(one(token)) or token.lower().lstrip(b"+-") in _NAMES


def _usual(text: Text, before: np.ndarray, points: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of one digit before the point, perhaps after a minus, and up to eight after it; and where others are."""
    width, whole = after - points, points - before
    fraction, odd = _fraction(text, points, width - 1, shift=1)
    digit = text.characters(points, -1) - np.uint8(48)
    minus = text.characters(points, -2) == ord("-")
    odd |= digit > 9
    odd |= width > 9
    odd |= whole != 2 + minus
    fraction += digit * np.uint64(10**8)
    values = fraction.view(np.int64) / 1e8
    np.negative(values, out=values, where=minus)
    return values.astype(np.float32), np.flatnonzero(odd)


def _long(text: Text, before: np.ndarray, points: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of one to eight digits before the point and up to 24 after it; and where others are.

    Computed to 2**-50 of the value; where float32 differs within 2**-49, the number counts among the others.
    """
    minus = text.characters(before, 1) == ord("-")
    width, whole = after - points - 1, points - before - 1 - minus
    values, odd = _integer(text, points, np.clip(whole, 0, 8))
    odd |= (width > 24) | (whole > 8) | (whole < 1)
    values, fraction = values.astype(np.float64), np.zeros(len(points), dtype=np.uint64)
    for place in (0, 8):
        digits, wrong = _fraction(text, points, np.clip(width - place, 0, 8), shift=1 + place)
        fraction = fraction * np.uint64(10**8) + digits
        odd |= wrong
    last, wrong = _fraction(text, points, np.clip(width - 16, 0, 8), shift=17)
    values += fraction / 1e16 + last / 1e24
    odd |= wrong
    low, high = ((values * (1 + sign * 2.0**-49)).astype(np.float32) for sign in (-1, 1))
    odd |= low != high
    np.negative(high, out=high, where=minus)
    high[odd] = 0
    return high, odd


def _fraction(text: Text, points: np.ndarray, width: np.ndarray, *, shift: int) -> tuple[np.ndarray, np.ndarray]:
    """The first `width` characters from `shift` after the point on, as eight digits; and where they are no digits."""
    word = text.words(points, shift)
    word ^= _ZEROS
    keep = np.left_shift(np.uint64(1), (width << 3).view(np.uint64))  # a shift by 64 gives 0, which keeps all
    keep -= np.uint64(1)
    word &= keep
    return _digits(word)


def _integer(text: Text, points: np.ndarray, width: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The last `width` characters before the point as a number, and where they are not digits."""
    word = text.words(points, -8) ^ _ZEROS
    drop = np.left_shift(np.uint64(1), ((8 - width) << 3).view(np.uint64)) - np.uint64(1)
    return _digits(word & ~drop)


def _digits(word: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The number of eight digits, a byte each, the first in the lowest byte; and where a byte is above nine."""
    odd = word + _ABOVE_NINE
    odd |= word
    odd &= _HIGH_BITS
    for factor, lane, mask in ((10, 8, 0x00FF00FF00FF00FF), (100, 16, 0x0000FFFF0000FFFF), (10_000, 32, 0xFFFFFFFF)):
        following = word >> np.uint64(lane)
        word = word * np.uint64(factor)
        word += following
        word &= np.uint64(mask)
    return word, odd != 0
