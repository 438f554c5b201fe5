"""What a date's text says by rule: its readings where there are several, and what cannot be.

The network gives the answer; this only watches it. "03/04/05" has three readings: the course writes dates with strokes
month first, and so the answer is; with points or blanks day first ("d MM YY", "dd.MM.YY").
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

SPAN = (1900, 2099)
"""First and last year of the dates, unless others are asked for."""
SHORT_SPAN = (1970, 2069)
"""The years that are also written with two digits."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"\s*(\d{1,4})([./ -])(\d{1,2})\2(\d{1,4})\s*")
_MONTH = re.compile(r"(?<![a-z])(" + "|".join(MONTHS) + r")[a-z]*")
_DIGITS = re.compile(r"\d+")


def clean(text: str) -> str:
    """As the course prepares a text: lower case, commas removed."""
    return text.lower().replace(",", "")


def is_date(text: str) -> bool:
    """Whether the text is a day of the Gregorian calendar, years 1 to 9999, written as 1979-05-03."""
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def watch(text: str, translation: str, notes: Mapping[str, Any]) -> tuple[tuple[str, ...], list[str]]:
    """(readings of an ambiguous text, remarks) for a text and its translation; `notes["span"]`: the years learned."""
    found = readings(text)
    remarks = problems(text, tuple(notes.get("span", SPAN)), found)
    if len(found) > 1:
        remarks.append(f"ambiguous: it may mean {' or '.join(found)}; the course's formats mean the first")
    if translation in found[:1]:
        return (found if len(found) > 1 else ()), remarks
    if not is_date(translation):
        remarks.append(f"{translation} is not a date that exists; --valid-dates gives the likeliest that does")
    elif found:
        remarks.append(f"by rule it reads {found[0]}")
    return (found if len(found) > 1 else ()), remarks


def readings(text: str) -> tuple[str, ...]:
    """The dates (ISO) that a text may mean, the one that the course's formats mean first; none where it is no date.

    A text of three numbers may have several, one with a month's name has one. Years of two digits are of
    `dates.SHORT_SPAN`.
    """
    return tuple(dict.fromkeys(day for day in (_date(*parts) for parts in _parts(clean(text))) if day))


def _parts(plain: str) -> list[tuple[str, str, str]]:
    """(year, month, day) as digits, once for each order that the text may be read in; none where it is no date."""
    match = _NUMBERS.fullmatch(plain)
    if not match:
        named = _with_a_name(plain)
        return [named] if named else []
    first, sign, middle, last = match.groups()
    month_first, day_first, year_first = (last, first, middle), (last, middle, first), (first, middle, last)
    if sign in "/-":
        return [month_first, day_first, year_first]
    return [day_first, month_first, year_first]


def _with_a_name(plain: str) -> tuple[str, str, str] | None:
    """(year, month, day) as digits of a text that names one month and has two numbers besides, else None."""
    months, numbers = _MONTH.findall(plain), _DIGITS.findall(plain)
    if len(months) != 1 or len(numbers) != 2:
        return None
    day, year = reversed(numbers) if len(numbers[0]) > 2 else numbers
    return year, str(1 + MONTHS.index(months[0])), day


def _date(y: str, m: str, d: str) -> str:
    """The ISO date of these digits, or empty where there is none."""
    if len(y) not in (2, 4) or max(len(m), len(d)) > 2:
        return ""
    try:
        return datetime.date(whole_year(y), int(m), int(d)).isoformat()
    except ValueError:
        return ""


def whole_year(digits: str) -> int:
    """The year that two or four digits stand for: two are of `dates.SHORT_SPAN`, 1970 to 2069."""
    year = int(digits)
    return year if len(digits) != 2 else year + (1900 if year + 1900 >= SHORT_SPAN[0] else 2000)


def problems(text: str, span: tuple[int, int], found: tuple[str, ...] | None = None) -> list[str]:
    """What cannot be, or was never learned, as sentences: no digits, no year, a day that does not exist, a far year.

    `found` are the text's `readings`, where they are known already.
    """
    found = readings(text) if found is None else found
    if found and span[0] <= int(found[0][:4]) <= span[1]:
        return []
    plain = clean(text)
    numbers = _DIGITS.findall(plain)
    if not numbers:
        return ["there are no digits in it, so it names no day, and the confidence means nothing"]
    if not _parts(plain):
        return ["a day, a month and a year cannot be told apart in it, so the confidence means little"]
    far = [number for number in numbers if len(number) > 2 and not span[0] <= int(number) <= span[1]]
    if far:
        return [f"the year {year} is outside the years that were learned, {span[0]} to {span[1]}" for year in far]
    return [] if found else ["no calendar has such a day"]
