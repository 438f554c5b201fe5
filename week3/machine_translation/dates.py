"""The course's task: dates as people write them to 1979-05-03.

    pairs = draw_dates(10_000, "test", formats="course")
    pairs.sources[0], pairs.targets[0]          "Tuesday, July 10, 2007", "2007-07-10"

A format is a CLDR pattern (or the name of one) that Babel writes in American English. "course" is the course's mix of
24: short, medium, long, ten times full, and eleven patterns. These ask for the week year (`YYY`, `YY`), which around
New Year is not the year of the date: by default they are written with the calendar year (`yyyy`, `yy`);
`week_year=True` writes them as the course does, and `week_year_ceiling` says how many dates that makes unanswerable.
"wide" adds formats that people use and the course's mix lacks ("5 April 09", "21st of August 2016", "Tue 10 Jul 2007",
"2016-08-21") and slips of the finger in the words.

Four-digit years span `readings.SPAN`, two-digit ones the century `readings.SHORT_SPAN`, so that each means one year.
Nothing depends on the day that it runs.
"""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.seeding import make_rng
from common.vocabulary import Vocabulary
from week3.machine_translation.data import SPLITS, Pairs, Task, split_dates
from week3.machine_translation.readings import SHORT_SPAN, SPAN, clean, watch

COURSE_SPAN = (1970, 2017)
TX, TY = 30, 10
_LOCALE = "en_US"
_SOURCE = " ./0123456789abcdefghijlmnoprstuvwy"
_TARGET = "-0123456789"
_LETTERS = "abcdefghijlmnoprstuvwy"


@dataclass(frozen=True)
class Format:
    """One way to write a date.

    Attributes:
        pattern: Babel's name of a format, or a CLDR pattern.
        weight: how often it is drawn, relative to the others of its mix.
        ordinal: the day as 1st, 2nd, 3rd, ...
        any_weekday: the day of the week is drawn, not the date's: the answer must not lean on it.
        after_twelfth: only for the 13th and later, which cannot be months.
    """

    pattern: str
    weight: int = 1
    ordinal: bool = False
    any_weekday: bool = False
    after_twelfth: bool = False

    @property
    def two_digits(self) -> bool:
        """Whether the year has two digits."""
        return self.pattern == "short" or self.pattern.lower().count("y") == 2

    @property
    def name(self) -> str:
        """The pattern, with what is special."""
        return self.pattern + " (ordinal)" * self.ordinal + " (any weekday)" * self.any_weekday


COURSE_FORMATS = (
    Format("short"),
    Format("medium"),
    Format("long"),
    Format("full", 10),
    Format("d MMM YYY"),
    Format("d MMMM YYY", 2),
    Format("dd MMM YYY"),
    Format("d MMM, YYY"),
    Format("d MMMM, YYY"),
    Format("dd, MMM YYY"),
    Format("d MM YY"),
    Format("MMMM d YYY"),
    Format("MMMM d, YYY"),
    Format("dd.MM.YY"),
)
MORE_FORMATS = (
    Format("d MMMM yy"),
    Format("d MMM yy"),
    Format("MMM d yyyy"),
    Format("MMMM d, yyyy", ordinal=True),
    Format("d MMMM yyyy", ordinal=True),
    Format("d 'of' MMMM yyyy", 2, ordinal=True),
    Format("d 'of' MMMM yyyy"),
    Format("EEE d MMM yyyy", any_weekday=True),
    Format("EEE, d MMMM yyyy", any_weekday=True),
    Format("EEEE MMMM d yyyy", any_weekday=True),
    Format("EEEE d MMMM yyyy", any_weekday=True),
    Format("M/d/yyyy"),
    Format("MM/dd/yyyy"),
    Format("MM/dd/yy"),
    Format("dd.MM.yyyy"),
    Format("d.M.yyyy"),
    Format("yyyy-MM-dd"),
    Format("yyyy/MM/dd"),
    Format("yyyy MMMM d"),
    Format("d MM yyyy"),
    Format("d-MMM-yyyy"),
    Format("dd-MMM-yy"),
    Format("d/M/yyyy", after_twelfth=True),
    Format("dd/MM/yy", after_twelfth=True),
)
"""Formats that the course's mix lacks."""


def write_date(day: datetime.date, form: Format, *, week_year: bool = False) -> str:
    """The date in American English in this format."""
    from babel.dates import format_date

    pattern = form.pattern
    if form.pattern not in {"short", "medium", "long", "full"}:
        pattern = pattern if week_year else pattern.replace("YYY", "yyyy").replace("YY", "yy")
        if form.ordinal:
            pattern = pattern.replace("d", f"d'{ordinal_ending(day.day)}'")
    return format_date(day, format=pattern, locale=_LOCALE)


def ordinal_ending(day: int) -> str:
    """st, nd, rd or th."""
    return "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


@functools.cache
def split_of(span: tuple[int, int] = SPAN) -> dict[str, np.ndarray]:
    """The days of the years `span` (both included) by split; a day is in the same split whatever the span."""
    whole = split_dates(datetime.date(SPAN[0], 1, 1), datetime.date(SPAN[1], 12, 31))
    first, last = (datetime.date(year, *rest).toordinal() for year, rest in zip(span, ((1, 1), (12, 31)), strict=True))
    return {name: days[(days >= first) & (days <= last)] for name, days in whole.items()}


def draw_dates(
    count: int,
    split: str | None,
    *,
    seed: int = 0,
    formats: str = "course",
    span: tuple[int, int] = SPAN,
    week_year: bool = False,
    slips: float = 0.0,
) -> Pairs:
    """`count` dates with their translations.

    Args:
        count: how many.
        split: "train", "validation" or "test"; None draws from all days.
        seed: of the draws; the shares of the splits do not depend on it.
        formats: "course", "more" (those that the course's lacks) or "wide" (half of each).
        span: the first and the last year; two-digit years are kept to `SHORT_SPAN` as well.
        week_year: write the course's patterns with the week year, as the course does.
        slips: share of the texts that get one slip of the finger in a word of letters.
    """
    rng = make_rng(seed, "dates", split or "all")
    chosen, weights = _mix(formats)
    picked = rng.choice(len(chosen), count, p=weights)
    days = _draw_days([chosen[index] for index in picked], split, span, rng)
    weekdays = rng.integers(0, 7, count)
    slipping = rng.random(count) < slips
    sources, kinds = [], []
    for number, (index, ordinal) in enumerate(zip(picked, days.tolist(), strict=True)):
        form, day = chosen[index], datetime.date.fromordinal(ordinal)
        text = write_date(day, form, week_year=week_year)
        if form.any_weekday:
            text = _other_weekday(text, day, int(weekdays[number]))
        sources.append(slip(text, rng) if slipping[number] else text)
        kinds.append(form.name)
    targets = [datetime.date.fromordinal(ordinal).isoformat() for ordinal in days.tolist()]
    return Pairs(sources, targets, kinds, days)


def _mix(formats: str) -> tuple[list[Format], np.ndarray]:
    mixes = {"course": (COURSE_FORMATS,), "more": (MORE_FORMATS,), "wide": (COURSE_FORMATS, MORE_FORMATS)}
    if formats not in mixes:
        raise InputError(f"there are no formats {formats!r}; choose one of {', '.join(mixes)}")
    chosen = [form for mix in mixes[formats] for form in mix]
    weights = [form.weight / sum(other.weight for other in mix) for mix in mixes[formats] for form in mix]
    return chosen, np.array(weights) / sum(weights)


def _draw_days(forms: list[Format], split: str | None, span: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A day for each format, int32: two-digit years of `SHORT_SPAN`, day-first strokes after the twelfth."""
    days = np.empty(len(forms), np.int32)
    kinds = np.array([2 * form.after_twelfth + form.two_digits for form in forms])
    for kind in range(4):
        where = np.flatnonzero(kinds == kind)
        if len(where):
            years = (max(span[0], SHORT_SPAN[0]), min(span[1], SHORT_SPAN[1])) if kind % 2 else span
            days[where] = rng.choice(_days(split, years, after_twelfth=kind >= 2), len(where))
    return days


@functools.cache
def _days(split: str | None, span: tuple[int, int], *, after_twelfth: bool) -> np.ndarray:
    """The days that may be drawn, sorted."""
    if split is not None and split not in SPLITS:
        raise InputError(f"there is no split {split!r}; choose one of {', '.join(SPLITS)}")
    days = split_of(span)
    found = np.sort(np.concatenate([days[name] for name in (SPLITS if split is None else (split,))]))
    if after_twelfth:
        found = found[[datetime.date.fromordinal(day).day > 12 for day in found.tolist()]]
    if not len(found):
        raise InputError(
            f"there are no days to draw from {span[0]} to {span[1]}; years must be within {SPAN[0]} to {SPAN[1]}, and "
            f"those of two digits within {SHORT_SPAN[0]} to {SHORT_SPAN[1]}"
        )
    return found


def _other_weekday(text: str, day: datetime.date, weekday: int) -> str:
    """The text with another day of the week in front."""
    first, _, rest = text.partition(" ")
    length = 3 if len(first.rstrip(",")) == 3 else None
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[weekday][:length]
    return f"{name}{',' * first.endswith(',')} {rest}"


def slip(text: str, rng: np.random.Generator) -> str:
    """One letter of the text left out, doubled, exchanged with the next or replaced; digits stay as they are."""
    places = [place for place, letter in enumerate(text) if letter.isalpha()]
    if not places:
        return text
    place, way = int(rng.choice(places)), int(rng.integers(4))
    before, letter, after = text[:place], text[place], text[place + 1 :]
    if way == 0:
        return before + after
    if way == 1:
        return before + letter + letter + after
    if way == 2 and after[:1].isalpha():
        return before + after[0] + letter + after[1:]
    return before + _LETTERS[rng.integers(len(_LETTERS))] + after


def week_year_ceiling(pairs: Pairs) -> float:
    """The share of dates whose text, written with the week year, still names their own year: 1 minus the wrong ones.

    `pairs` were drawn with `week_year=True`.
    """
    right = [_names_year(source, target) for source, target in zip(pairs.sources, pairs.targets, strict=True)]
    return float(np.mean(right))


def _names_year(source: str, target: str) -> bool:
    year = target[:4]
    last = source.replace(",", " ").replace(".", " ").replace("/", " ").split()[-1]
    return last in {year, year[2:]}


def draw(count: int, split: str, *, seed: int = 0) -> Pairs:
    """As the task's default: the wide mix, a tenth of the texts with a slip."""
    return draw_dates(count, split, seed=seed, formats="wide", slips=0.1)


TASK = Task(
    name="dates",
    source=Vocabulary([*_SOURCE, "<unk>", "<pad>"], unknown="<unk>", padding="<pad>"),
    target=Vocabulary(list(_TARGET)),
    source_length=TX,
    target_length=TY,
    longest_target=TY,
    clean=clean,
    draw=draw,
    watch=watch,
)
