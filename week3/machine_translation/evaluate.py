"""The numbers for dates: strings of days that training never saw, in several ways of writing.

- exact match and character error rate, by way of writing and by format;
- the ceiling that week years put on accuracy: a text that names the wrong year cannot be answered rightly;
- how far the confidence can be trusted, on texts half of which have a slip of the finger;
- where the attention lies: for the year, the month and the day that are written, on which part of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.error_rate import error_rate
from week3.machine_translation.data import Pairs
from week3.machine_translation.dates import COURSE_SPAN, SPAN, clean, draw_dates, split_of, week_year_ceiling
from week3.machine_translation.hypotheses import Hypothesis
from week3.machine_translation.measures import Reliability, by_kind, matches, reliability
from week3.machine_translation.trained import TrainedTranslator
from week3.machine_translation.translate import TranslateConfig, confidences, decode

PARTS = ("year", "month", "day")
_WRITTEN = {"year": slice(0, 4), "month": slice(5, 7), "day": slice(8, 10)}
_WAYS = ("course", "course, 1970 to 2017", "more", "slips", "week year")


@dataclass(frozen=True)
class Row:
    """One way of writing.

    Attributes:
        name: of the way.
        count, right: strings, and how many are translated exactly.
        character_errors: character error rate.
        ceiling: the highest exact match that is possible, where it is below 1 by the texts themselves.
        by_format: format -> (right, strings).
        wrong: some (source, translation, target) that are not right.
    """

    name: str
    count: int
    right: int
    character_errors: float
    ceiling: float | None
    by_format: dict[str, tuple[int, int]]
    wrong: list[tuple[str, str, str]]

    @property
    def exact(self) -> float:
        """The share that is translated exactly."""
        return self.right / self.count


@dataclass(frozen=True)
class Evaluation:
    """Everything that is measured; `days` are the held-out ones of `span`, `alignment` is (3, 4), see `alignment`."""

    rows: list[Row]
    reliability: Reliability
    alignment: np.ndarray
    span: tuple[int, int]
    days: int


def evaluate(model: TrainedTranslator, *, count: int = 10_000, seed: int = 0) -> Evaluation:
    """Measure a date translator on `count` strings of each way of writing, all of held-out days."""
    span = tuple(model.notes.get("span", SPAN))
    rows = []
    for way in _WAYS:
        pairs = draw_way(way, count, span, seed)
        if pairs is not None:
            rows.append(_row(model, way, pairs))
    watched = draw_dates(count, "test", seed=seed + 1, span=span, formats="wide", slips=0.5)
    best = _best(model, watched)
    sure = confidences(model, np.array([one.log_probability for one in best]))
    trust = reliability(sure, matches([one.text for one in best], watched.targets), bins=40)
    plain = draw_way("course", min(count, 2000), span, seed)
    table = alignment(plain, [one.attention for one in _best(model, plain)])
    return Evaluation(rows, trust, table, span, len(split_of(span)["test"]))


def draw_way(way: str, count: int, span: tuple[int, int], seed: int) -> Pairs | None:
    """Pairs of held-out days in one way of writing; None where it is the same as another one for this span."""
    if way == "course, 1970 to 2017":
        inside = span[0] <= COURSE_SPAN[0] and COURSE_SPAN[1] <= span[1] and span != COURSE_SPAN
        return draw_dates(count, "test", seed=seed, span=COURSE_SPAN) if inside else None
    options = {
        "course": {},
        "more": {"formats": "more"},
        "slips": {"formats": "wide", "slips": 1.0},
        "week year": {"week_year": True},
    }
    return draw_dates(count, "test", seed=seed, span=span, **options[way])


def _best(model: TrainedTranslator, pairs: Pairs) -> list[Hypothesis]:
    return [found[0] for found in decode(model, model.task.encode(pairs.sources), TranslateConfig())]


def _row(model: TrainedTranslator, way: str, pairs: Pairs) -> Row:
    texts = [one.text for one in _best(model, pairs)]
    right = matches(texts, pairs.targets)
    wrong = [(pairs.sources[place], texts[place], pairs.targets[place]) for place in np.flatnonzero(~right)[:10]]
    return Row(
        way,
        len(pairs),
        int(right.sum()),
        float(error_rate(pairs.targets, texts, unit="characters")),
        week_year_ceiling(pairs) if way == "week year" else None,
        by_kind(right, pairs.kinds),
        wrong,
    )


def alignment(pairs: Pairs, attentions: Sequence[np.ndarray]) -> np.ndarray:
    """Shares (3, 4): of the attention for the year, the month, the day that are written, what lies on the year, the
    month, the day, or elsewhere in the text that is read. Rows sum to 1.

    A part of the text is its own characters and the sign or blank behind them, where the encoder has just read it.
    """
    total = np.zeros((len(PARTS), len(PARTS) + 1))
    for source, kind, weights in zip(pairs.sources, pairs.kinds, attentions, strict=True):
        where = parts_of(clean(source), kind, weights.shape[1])
        for row, part in enumerate(PARTS):
            looked = weights[_WRITTEN[part]].mean(axis=0)
            total[row] += [looked[where == column].sum() for column in range(len(PARTS) + 1)]
    return total / max(1, len(pairs))


def parts_of(plain: str, kind: str, length: int) -> np.ndarray:
    """For each of `length` places of a text whether it belongs to the year (0), the month (1), the day (2) or none (3).

    `kind` is the name of the text's format, which says the order of its numbers.
    """
    where = np.full(length, 3)
    numbers = [match.span() for match in re.finditer(r"\d+", plain)]
    month = re.search(r"(?<![a-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", plain)
    if month:
        long = [span for span in numbers if span[1] - span[0] > 2]
        year = long[0] if long else numbers[-1]
        day = next(span for span in numbers if span != year)
        spans = {0: year, 1: month.span(), 2: day}
    else:
        order = _order(kind)
        spans = {order[place]: span for place, span in enumerate(numbers)}
    for part, (begin, end) in spans.items():
        where[begin : end + 1] = part
    return where


def _order(kind: str) -> list[int]:
    """The parts (0 year, 1 month, 2 day) in the order of a format of three numbers."""
    letters = "mdy" if kind.startswith("short") else re.sub(r"[^dmy]|\(.*", "", kind.lower())
    return ["ymd".index(letter) for letter in dict.fromkeys(letters)]


def table(found: Evaluation) -> str:
    """The rows and what they mean, as text."""
    lines = [
        f"texts of the {found.days} days of {found.span[0]} to {found.span[1]} that were held out of training",
        "",
        f"{'way of writing':42}  {'right':>6} of {'texts':>7}  {'exact':>8}  {'character errors':>16}",
    ]
    for row in found.rows:
        note = "" if row.ceiling is None else f"  at most {row.ceiling:.2%} can be"
        counts = f"{row.right:6} of {row.count:7}  {row.exact:8.2%}  {row.character_errors:16.3%}"
        lines.append(f"{_NAMES[row.name]:42}  {counts}{note}")
    lines += ["", f"confidence: off by {found.reliability.error:.2%} on average (texts, half of them with a slip)"]
    lines += ["", "attention        " + "".join(f"{name:>8}" for name in (*PARTS, "other"))]
    lines += [
        f"  for the {name:7}" + "".join(f"{share:8.0%}" for share in row)
        for name, row in zip(PARTS, found.alignment, strict=True)
    ]
    return "\n".join(lines)


_NAMES = {
    "course": "the course's formats, calendar year",
    "course, 1970 to 2017": "the same, the course's years 1970 to 2017",
    "more": "more formats",
    "slips": "all formats, a slip of the finger in each",
    "week year": "the course's formats, week year",
}


def format_table(found: Evaluation) -> str:
    """Right and wrong by format, worst first, of the ways that list formats."""
    lines = [f"{'format':44}  {'right':>6} of texts"]
    for row in found.rows:
        if row.name in ("course", "more", "week year"):
            lines.append(_NAMES[row.name])
            worst = sorted(row.by_format.items(), key=lambda item: item[1][0] / item[1][1])
            lines += [f"  {name:42}  {right:6} of {count}" for name, (right, count) in worst]
            lines += [f"    wrong: {source!r} gives {text}, not {target}" for source, text, target in row.wrong[:5]]
    return "\n".join(lines)
