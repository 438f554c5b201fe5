"""Whether a value agrees with an expected one: selecting the part that is meant, tolerances, differences.

`select(results, "caches[1][1][3]")` takes a part of a function's results by a small expression, without `eval`:

    expression := place | function "(" place ")"
    function   := len | argmax | argmin | sum | mean | max | min, with or without "np." before it
    place      := name ( "[" index ("," index)* "]" | "(" words ")" | ".shape" | ".ndim" | ".dtype" )*
    index      := integer | slice such as 2:6 | "a key in quotes"

A word in parentheses is a remark (`cache[4](ft)[0,0:2]`) and is passed over; so is text after the expression.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

_PLACE = re.compile(r"\s*([A-Za-z_]\w*)((?:\[[^\]]*\]|\.shape|\.ndim|\.dtype|\([^)]*\))*)")
_CALL = re.compile(r"(?:np\.)?(len|argmax|argmin|sum|mean|max|min)\((.*)\)")
_STEP = re.compile(r"\[([^\]]*)\]|(\.shape|\.ndim|\.dtype)|\([^)]*\)")
_NUMBER = r"(\d+(?:\.\d+)?)"


class SelectionError(Exception):
    """The expression names nothing among the results, or cannot be read."""


def select(results: Mapping[str, Any], expression: str) -> Any:
    """The part of `results` that the expression names; the whole where it is empty and there is one result."""
    text = expression.strip()
    if not text:
        if len(results) == 1:
            return next(iter(results.values()))
        return dict(results)
    call = _CALL.fullmatch(text)
    if call:
        part = select(results, call.group(2))
        return len(part) if call.group(1) == "len" else getattr(np, call.group(1))(part)
    match = _PLACE.match(text)
    if not match or match.group(1) not in results:
        raise SelectionError(f"no result is called {text!r} (there are: {', '.join(results)})")
    value = results[match.group(1)]
    for step in _STEP.finditer(match.group(2)):
        value = _follow(value, step, text)
    return value


def _follow(value: Any, step: re.Match[str], text: str) -> Any:
    if step.group(2):
        attribute = step.group(2)[1:]
        result = getattr(np.asarray(value), attribute)
        return str(result) if attribute == "dtype" else result
    if step.group(1) is None:
        return value
    try:
        for index in _indices(value, step.group(1)):
            value = value[index]
    except (IndexError, KeyError, TypeError) as error:
        raise SelectionError(f"{text!r} cannot be taken of the result: {error}") from None
    return value


def _indices(value: Any, text: str) -> list[Any]:
    """One step a bracket: arrays take all indices at once, lists and tuples one after the other."""
    parts = [_index(part) for part in text.split(",")]
    return [tuple(parts)] if isinstance(value, np.ndarray) and len(parts) > 1 else parts


def _index(text: str) -> Any:
    text = text.strip()
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"(-?\d*)(:-?\d*){1,2}", text):
        return slice(*(int(part) if part else None for part in text.split(":")))
    if text[:1] in "'\"" and text[-1:] == text[:1]:
        return text[1:-1]
    raise SelectionError(f"cannot read the index {text!r}")


@dataclass(frozen=True)
class Tolerance:
    """How far a value may be from the expected one.

    Attributes:
        rtol, atol: |value - expected| <= atol + rtol * |expected|; both 0 means exact.
        first: only so many first elements are comparable (None: all).
        only: only this key of a dictionary is comparable (None: all).
        span: the value must lie between these two, whatever the expected one.
        testable: False where the file says that the value is not to be tested, or says it in words unknown here.
    """

    rtol: float = 0.0
    atol: float = 0.0
    first: int | None = None
    only: str | None = None
    span: tuple[float, float] | None = None
    testable: bool = True

    @classmethod
    def parse(cls, written: Any) -> Tolerance:
        """Read a tolerance as figure files write it: {"rtol", "atol"}, words, or nothing (exact)."""
        if written is None:
            return cls()
        if isinstance(written, Mapping):
            return cls(rtol=float(written.get("rtol", 0)), atol=float(written.get("atol", 0)))
        words = str(written).strip().lower()
        if words in {"exact", "property", ""}:
            return cls()
        if match := re.search(r"first (\d+)", words):
            return cls(first=int(match.group(1)))
        if match := re.search(rf"{_NUMBER}\s*\.\.\s*{_NUMBER}", words):
            return cls(span=(float(match.group(1)), float(match.group(2))))
        if match := re.match(rf"(\w+) within {_NUMBER}", words):
            only = None if match.group(1) in {"each", "all"} else match.group(1)
            return cls(atol=float(match.group(2)), only=only)
        if match := re.search(rf"within {_NUMBER}", words):
            return cls(atol=float(match.group(1)))
        return cls(testable=False)

    @property
    def partial(self) -> bool:
        """Whether agreement within this tolerance leaves a part of the value uncompared."""
        return self.first is not None or self.only is not None


@dataclass(frozen=True)
class Agreement:
    """The outcome: whether the values agree in all, whether the comparable part does, and the largest difference."""

    whole: bool
    comparable: bool
    difference: float | None
    problem: str = ""


def agree(expected: Any, got: Any, tolerance: Tolerance) -> Agreement:
    """Hold `got` against `expected`; `difference` is the largest absolute one of all numbers, None without numbers.

    An `expected` of {"not": value} is met by everything but that value.
    """
    expected, got = plain(expected), plain(got)
    whole, difference, problem = _close(expected, got, tolerance)
    if whole or not tolerance.testable:
        return Agreement(whole, whole, difference, problem)
    if tolerance.span is not None:
        numbers = list(_numbers(got))
        inside = bool(numbers) and all(tolerance.span[0] <= number <= tolerance.span[1] for number in numbers)
        return Agreement(inside, inside, difference, problem)
    if tolerance.partial:
        part, _, why = _close(_part(expected, tolerance), _part(got, tolerance), tolerance)
        return Agreement(False, part, difference, problem if part else why)
    return Agreement(False, False, difference, problem)


def _part(value: Any, tolerance: Tolerance) -> Any:
    if tolerance.first is not None:
        return value[: tolerance.first] if isinstance(value, (list, str)) else value
    if isinstance(value, dict):
        return {tolerance.only: value.get(tolerance.only)}
    return value


def _close(expected: Any, got: Any, tolerance: Tolerance) -> tuple[bool, float | None, str]:
    """(agree, largest difference of numbers or None, what differs first)."""
    if isinstance(expected, dict) and list(expected) == ["not"] and not isinstance(got, dict):
        same = _close(expected["not"], got, tolerance)[0]
        return not same, None, "the value is the one that it must not be" if same else ""
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return False, None, f"expected a dictionary, got {type(got).__name__}"
        rows = [_close(value, got.get(key), tolerance) for key, value in expected.items()]
        return _gather(rows)
    if isinstance(expected, list) or isinstance(got, list):
        if _lone(expected) is not None and _lone(got) is not None and not (expected == [] or got == []):
            return _close(_lone(expected), _lone(got), tolerance)
        if not (isinstance(expected, list) and isinstance(got, list)) or len(expected) != len(got):
            return False, None, f"the sizes differ: {_size(expected)} expected, {_size(got)} got"
        return _gather([_close(one, other, tolerance) for one, other in zip(expected, got, strict=True)])
    if _is_number(expected) and _is_number(got):
        if expected == got or (expected != expected and got != got):
            return True, 0.0, ""
        difference = abs(float(got) - float(expected))
        inside = difference <= tolerance.atol + tolerance.rtol * abs(float(expected))
        return inside, difference, "" if inside else "the numbers differ"
    same = type(expected) is type(got) and expected == got
    return same, None, "" if same else "the values differ"


def _gather(rows: list[tuple[bool, float | None, str]]) -> tuple[bool, float | None, str]:
    numbers = [row[1] for row in rows if row[1] is not None]
    problem = next((row[2] for row in rows if not row[0]), "")
    return all(row[0] for row in rows), max(numbers) if numbers else None, problem


def _lone(value: Any) -> Any:
    """The single number in nested lists of length one, or None."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if _is_number(value) else None


def _size(value: Any) -> str:
    if isinstance(value, list):
        try:
            return str(np.shape(value))
        except ValueError:
            return f"{len(value)} elements"
    return type(value).__name__


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _numbers(value: Any) -> list[float]:
    if isinstance(value, list):
        return [number for part in value for number in _numbers(part)]
    if isinstance(value, dict):
        return [number for part in value.values() for number in _numbers(part)]
    return [float(value)] if _is_number(value) else []


def plain(value: Any) -> Any:
    """`value` as JSON would hold it: lists, dictionaries, Python numbers, strings."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if hasattr(value, "__array__"):
        return plain(np.asarray(value))
    return str(value)
