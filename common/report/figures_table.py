"""The comparison with the course: counts that open into the table of all figures, to be filtered and searched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from common.report.collecting import Assignment
from common.report.numbers import readable

STATUSES = {
    "match": "match",
    "explained": "explained",
    "mismatch": "mismatch",
    "needs": "need a file",
}
_MEANINGS = {
    "match": "The course’s value and ours agree within the course’s printed digits.",
    "explained": "Ours differs, and the course’s value comes out of its own faulty, outdated or platform-bound rule.",
    "mismatch": "Ours differs, and nothing explains it.",
    "needs": "A file of the course is needed that is not here; name its folder with --course.",
}
_SHOWN = 56


def comparison(assignments: Sequence[Assignment]) -> str:
    """The section; nothing where no comparison was run."""
    rows = list(_rows(assignments))
    if not rows:
        return ""
    counts = Counter(status for status, _ in rows)
    tiles = "".join(
        f'<button type="button" class="count {status if counts[status] else "none"}" data-status="{status}"'
        f' aria-pressed="false" title="{_MEANINGS[status]}"><b>{counts[status]}</b> {name}</button>'
        for status, name in STATUSES.items()
    )
    whole = sum(counts[status] for status in STATUSES)
    strip = "".join(
        f'<span class="{status}" style="flex-grow:{counts[status]}"></span>' for status in STATUSES if counts[status]
    )
    return (
        '<section class="course" id="course" aria-labelledby="course-title">'
        '<h2 id="course-title">The course’s figures</h2>'
        f"<p>Every figure that the course prints was looked at, {whole} in all. {_in_words(counts)}</p>"
        f'<div class="counts" role="group" aria-label="Show the figures that">{tiles}</div>'
        f'<div class="strip" aria-hidden="true">{strip}</div>{_table(rows)}</section>'
    )


def _in_words(counts: Counter[str]) -> str:
    compared = counts["match"] + counts["explained"] + counts["mismatch"]
    wrong = "none differs unexplained" if not counts["mismatch"] else f"{counts['mismatch']} differ unexplained"
    needs = f" {counts['needs']} more wait for the course’s own files." if counts["needs"] else ""
    return (
        f"Of the {compared} compared, {counts['match']} match and {counts['explained']} are explained; {wrong}.{needs}"
    )


def short_comparison(one: Assignment) -> str:
    """One line in the assignment's head, which leads to its rows."""
    if one.comparison is None or not one.comparison.compared:
        return ""
    counts = Counter(_status(figure) for figure in one.comparison.compared.get("figures", ()))
    parts = [f"{counts[status]} {name}" for status, name in STATUSES.items() if counts[status]]
    return (
        f'<p class="compared"><a href="#course" data-search="{escape(readable(one.name))}">'
        f"The course’s figures: {escape(', '.join(parts))}</a></p>"
    )


def _rows(assignments: Sequence[Assignment]) -> Iterator[tuple[str, str]]:
    for one in assignments:
        compared = one.comparison.compared if one.comparison else None
        for figure in (compared or {}).get("figures", ()):
            try:
                yield _status(figure), _row(readable(one.name), figure)
            except (KeyError, TypeError, ValueError, AttributeError):
                continue


def _status(figure: dict[str, Any]) -> str:
    return str(figure["status"]).partition(" ")[0]


def _row(assignment: str, figure: dict[str, Any]) -> str:
    status = _status(figure)
    difference = figure.get("difference")
    shown = "" if difference is None else f"{difference:.1e}".replace("-", "−")
    name = STATUSES.get(status, status) if status != "needs" else str(figure["status"])
    state = f'<span class="badge {escape(status)}">{escape(name)}</span>'
    if figure.get("reason") and status in ("explained", "mismatch"):
        state = f"<details><summary>{state}</summary><p>{escape(str(figure['reason']))}</p></details>"
    cells = "".join(
        f'<td data-label="{label}"><span class="figure-value">{_value(figure.get(name))}</span></td>'
        for label, name in (("course", "expected"), ("ours", "got"))
    )
    return (
        f'<tr data-status="{escape(status)}"><th scope="row"><span class="of">{escape(assignment)}</span> '
        f"{escape(str(figure['id']))}</th>{cells}"
        f'<td class="number" data-label="difference">{shown}</td><td data-label="status">{state}</td></tr>'
    )


def _value(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return escape(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…")


def _table(rows: Sequence[tuple[str, str]]) -> str:
    body = "".join(row for _, row in rows)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("figure", "course", "ours", "difference", "status"))
    return (
        '<details class="figures" id="figures"><summary>The table of figures</summary>'
        '<div class="filter" hidden><label for="search">Search</label>'
        '<input type="search" id="search" autocomplete="off" placeholder="an assignment, a function, a number …">'
        f'<p id="shown" aria-live="polite">{len(rows)} figures</p></div>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Figures of the course">'
        f'<table class="figures-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>'
    )
