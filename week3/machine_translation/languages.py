"""The second task: English dates into six languages, in the format that a tag asks for.

    pairs = draw(10_000, "test")
    pairs.sources[0], pairs.targets[0]          "pt-full: Fri, 20 Apr 2001", "sexta-feira, 20 de abril de 2001"

The tag names the language and the format of the translation, so one answer is right. Formats are CLDR's, as Babel
writes them: "short" to "full", and skeletons such as "yMMMEd". A source always holds day, month and year, so that a
held-out date is a new text, and the day of the week where the translation needs it. The years span less than a century,
so that two digits mean one year. `ceiling` measures what ambiguity is left.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError
from common.seeding import make_rng
from common.vocabulary import Vocabulary
from week3.machine_translation.data import SPLITS, Pairs, Task, split_dates
from week3.machine_translation.dates import slip

SPAN = (1951, 2049)
"""The first and the last year."""
LANGUAGES = ("fr", "de", "es", "it", "nl", "pt")
FORMATS = ("short", "medium", "long", "full", "yMd", "yMEd", "yMMMEd", "MMMMd", "yMMMM", "yQQQQ")
"""What a translation may be written in; yMMMM is month and year, yQQQQ quarter and year, MMMMd leaves the year out."""
TAGS = tuple(f"{language}-{form}" for language in LANGUAGES for form in FORMATS)
SOURCE_FORMATS = (
    ("en_US", "short"),
    ("en_US", "medium"),
    ("en_US", "long"),
    ("en_US", "full"),
    ("en_US", "yMd"),
    ("en_US", "yMEd"),
    ("en_US", "yMMMEd"),
    ("en_GB", "medium"),
    ("en_GB", "long"),
    ("en_GB", "full"),
    ("en_GB", "yMMMEd"),
)
"""Locale and format of what is translated. Figures alone are month first, as in the United States."""

TX, LONGEST_TARGET = 32, 39
_FIRST_LANGUAGE, _FIRST_FORMAT = 0xE000, 0xE020
_LETTERS = "abcdefghijlmnoprstuvwy"
_SOURCE = " ,/0123456789" + _LETTERS
_TARGET = " ,-./0123456789ADFJMNOQSabcdefghijklmnopqrstuvwxyzáäçéìûº"
_NAMED = ("short", "medium", "long", "full")
_FIELD = re.compile(r"%\((\w+)\)s")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(rf"\s*({'|'.join(_WEEKDAYS)})[a-z]*[\s,]+", re.IGNORECASE)
_TOLD_BY = {"E": "weekday", "d": "day", "M": "month", "Q": "month", "y": "year"}


@dataclass(frozen=True)
class DateWriter:
    """Writes dates in one format of one locale, as Babel does; faster, because it keeps each field's values.

    Attributes:
        locale: "fr" or "en_GB".
        form: "short", "medium", "long", "full", or a CLDR skeleton of the locale.
    """

    locale: str
    form: str

    @functools.cached_property
    def template(self) -> str:
        """Babel's format string, such as "%(d)s %(MMMM)s %(y)s"."""
        from babel import Locale
        from babel.dates import parse_pattern

        locale = Locale.parse(self.locale)
        known = locale.date_formats if self.form in _NAMED else locale.datetime_skeletons
        return parse_pattern(known[self.form].pattern).format

    @functools.cached_property
    def fields(self) -> tuple[str, ...]:
        """The pattern's fields, such as ("d", "MMMM", "y")."""
        return tuple(_FIELD.findall(self.template))

    @property
    def tells(self) -> frozenset[str]:
        """What the format tells of a date: some of weekday, day, month and year."""
        return frozenset(_TOLD_BY[field[0]] for field in self.fields)

    @functools.cached_property
    def _written(self) -> dict[tuple[str, int], str]:
        return {}

    def write(self, day: datetime.date) -> str:
        """The date as text."""
        return self.template % {field: self._value(field, day) for field in self.fields}

    def _value(self, field: str, day: datetime.date) -> str:
        number = {"E": day.weekday(), "d": day.day, "y": day.year}.get(field[0], day.month)
        key = field, number
        if key not in self._written:
            from babel.dates import DateTimeFormat

            self._written[key] = DateTimeFormat(day, self.locale)[field]
        return self._written[key]


@functools.cache
def writers() -> tuple[dict[str, DateWriter], tuple[DateWriter, ...]]:
    """Those of the translations, by tag, and those of the sources."""
    targets = {tag: DateWriter(*tag.split("-")) for tag in TAGS}
    return targets, tuple(DateWriter(*one) for one in SOURCE_FORMATS)


@functools.cache
def sources_for(tag: str) -> tuple[DateWriter, ...]:
    """The sources that tell all that a translation of this tag says."""
    targets, sources = writers()
    return tuple(one for one in sources if one.tells >= targets[tag].tells)


@functools.cache
def split_of() -> dict[str, np.ndarray]:
    """The days of `SPAN` by split, as ordinals."""
    return split_dates(datetime.date(SPAN[0], 1, 1), datetime.date(SPAN[1], 12, 31))


def draw(count: int, split: str, *, seed: int = 0, slips: float = 0.0) -> Pairs:
    """`count` pairs of dates of a split ("train", "validation" or "test"): every tag and source format alike.

    A share `slips` of the texts gets one slip of the finger in a word, where it has words.
    """
    if split not in SPLITS:
        raise InputError(f"there is no split {split!r}; choose one of {', '.join(SPLITS)}")
    rng = make_rng(seed, "languages", split)
    days = rng.choice(split_of()[split], count).astype(np.int32)
    tags, picks, slipping = rng.integers(0, len(TAGS), count), rng.random(count), rng.random(count) < slips
    sources, targets, kinds = [], [], []
    for ordinal, number, pick, slips_here in zip(*map(np.ndarray.tolist, (days, tags, picks, slipping)), strict=True):
        tag, day = TAGS[number], datetime.date.fromordinal(ordinal)
        fitting = sources_for(tag)
        source = fitting[int(pick * len(fitting))]
        text = source.write(day)
        sources.append(f"{tag}: {slip(text, rng) if slips_here else text}")
        targets.append(writers()[0][tag].write(day))
        kinds.append(f"{tag} from {source.locale.replace('_', '-')}-{source.form}")
    return Pairs(sources, targets, kinds, days)


def clean(text: str) -> str:
    """As the network reads it: a symbol for the language, one for the format, the date in lower case, single spaces.

    Raises InputError where the text does not begin with a tag such as "fr-full:".
    """
    tag, colon, date = text.partition(":")
    language, _, form = tag.strip().partition("-")
    forms = [one.lower() for one in FORMATS]
    if not colon or language.lower() not in LANGUAGES or form.lower() not in forms:
        raise InputError(
            f"{_shorten(text)!r} does not say what to translate to; begin it with a language "
            f"({', '.join(LANGUAGES)}), a format ({', '.join(FORMATS)}) and a colon, as in "
            "'fr-full: Wednesday, September 12, 1979'"
        )
    numbers = _FIRST_LANGUAGE + LANGUAGES.index(language.lower()), _FIRST_FORMAT + forms.index(form.lower())
    return "".join(map(chr, numbers)) + " ".join(date.lower().split())


def _shorten(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[:most] + "..."


def with_tag(text: str, tag: str | None) -> str:
    """The text with a tag put before it ("fr-full"), or as it is without one; InputError for a tag that is none."""
    if tag is None:
        return text
    clean(f"{tag}:")
    return f"{tag}: {text}"


def ceiling(pairs: Pairs) -> float:
    """The share of pairs that can be answered: whose source, read in all ways, has one translation only, from 0 to 1.

    Every day of `SPAN` in every source format that may stand before the tag is tried.
    """
    wanted = defaultdict(set)
    for source in pairs.sources:
        tag, _, text = source.partition(": ")
        wanted[text.lower()].add(tag)
    answers: dict[tuple[str, str], set[str]] = defaultdict(set)
    first, last = datetime.date(SPAN[0], 1, 1).toordinal(), datetime.date(SPAN[1], 12, 31).toordinal()
    for day in map(datetime.date.fromordinal, range(first, last + 1)):
        for source in writers()[1]:
            for tag in wanted.get(text := source.write(day).lower(), ()):
                if source in sources_for(tag):
                    answers[tag, text].add(writers()[0][tag].write(day))
    ways = [len(answers[tag, text.lower()]) for tag, _, text in (source.partition(": ") for source in pairs.sources)]
    return float(np.mean(np.array(ways) == 1))


def _symbols(first: int, names: tuple[str, ...]) -> list[str]:
    """The private characters that stand for the halves of a tag."""
    return [chr(first + index) for index in range(len(names))]


def watch(text: str, translation: str, notes: Mapping[str, Any]) -> tuple[tuple[str, ...], list[str]]:
    """(no readings, remarks) for a text and its translation, by rule: what the text lacks or what cannot be."""
    from week3.machine_translation.readings import problems, readings

    tag, _, date = text.partition(":")
    writer = next(one for name, one in writers()[0].items() if name.lower() == tag.strip().lower())
    weekday = _WEEKDAY.match(date)
    rest = date[weekday.end() :] if weekday else date
    remarks = problems(rest, SPAN)
    if "weekday" in writer.tells and not weekday:
        remarks.append(f"the text names no day of the week, so the one that {tag.strip()} asks for is invented")
    found = readings(rest)
    if remarks or not found or found[0][:4] not in rest:
        return (), remarks
    day = datetime.date.fromisoformat(found[0])
    if weekday and weekday[1].lower() != _WEEKDAYS[day.weekday()]:
        remarks.append(f"{found[0]} is another day of the week")
    elif writer.write(day) != translation:
        remarks.append(f"by rule it is {writer.write(day)}")
    return (), remarks


TASK = Task(
    name="languages",
    source=Vocabulary(
        [*_SOURCE, *_symbols(_FIRST_LANGUAGE, LANGUAGES), *_symbols(_FIRST_FORMAT, FORMATS), "<unk>", "<pad>"],
        unknown="<unk>",
        padding="<pad>",
    ),
    target=Vocabulary([*_TARGET, "<end>", "<pad>"], end="<end>", padding="<pad>"),
    source_length=TX,
    target_length=None,
    longest_target=LONGEST_TARGET,
    clean=clean,
    draw=draw,
    watch=watch,
)
