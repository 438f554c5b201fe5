"""The whole page: its head, the comparison with the course, then week by week the assignments with their runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from pathlib import Path

from common.report.collecting import Assignment, Run
from common.report.figures_table import comparison, short_comparison
from common.report.numbers import readable
from common.report.runs import run_section

_HERE = Path(__file__).resolve().parent
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data: file: 'self'; media-src data: file: 'self'"
)  # nothing from a network


def page(assignments: Sequence[Assignment]) -> str:
    """The page as HTML."""
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="color-scheme" content="light dark">\n<title>Sequence Models: results</title>\n'
        f'<link rel="icon" href="data:,">\n<style>\n{style}</style>\n</head>\n<body>\n'
        '<a class="skip" href="#results">Skip to the results</a>\n'
        f'{_header(assignments)}\n<div class="columns">\n{_contents(assignments)}\n'
        f'<main id="results">\n{_failures(assignments)}{comparison(assignments)}{_weeks(assignments)}</main>\n</div>\n'
        f"{_footer(assignments)}\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


def anchor(assignment: Assignment) -> str:
    """The id of an assignment's section."""
    return escape(assignment.place.replace("/", "-"))


def _header(assignments: Sequence[Assignment]) -> str:
    count = f"{len(assignments)} assignments" if len(assignments) != 1 else "one assignment"
    lead = (
        f"What {count} came to on this machine{_when(assignments)}: the numbers beside their references, "
        "and what there is to see and to hear."
        if assignments
        else "Nothing has been run yet. Run <code>python -m common.main_job</code>, then open this page again."
    )
    return (
        '<header class="top"><div><p class="eyebrow">Results</p><h1>Sequence Models</h1>'
        f'<p class="lead">{lead}</p></div>'
        '<button type="button" class="scheme" id="scheme" hidden aria-pressed="false">Dark</button></header>'
    )


def _runs(assignments: Sequence[Assignment]) -> list[Run]:
    return [run for one in assignments for run in (*one.results, *((one.comparison,) if one.comparison else ()))]


def _when(assignments: Sequence[Assignment]) -> str:
    """On which day the last of the runs ended."""
    times = [
        (run.folder / "metrics.json").stat().st_mtime
        for run in _runs(assignments)
        if (run.folder / "metrics.json").is_file()
    ]
    if not times:
        return ""
    day = datetime.fromtimestamp(max(times))
    return f", {day.day} {day:%B %Y}"


def _contents(assignments: Sequence[Assignment]) -> str:
    if not assignments:
        return ""
    parts = ['<nav class="contents" aria-label="Contents"><ul><li><a href="#course">The course’s figures</a></li></ul>']
    if not any(one.comparison and one.comparison.compared for one in assignments):
        parts = ['<nav class="contents" aria-label="Contents">']
    for week, found in groupby(assignments, key=lambda one: one.week):
        items = "".join(f'<li><a href="#{anchor(one)}">{escape(readable(one.name))}</a></li>' for one in found)
        parts.append(f"<p>{escape(readable(week))}</p><ul>{items}</ul>")
    return "".join(parts) + "</nav>"


def _failures(assignments: Sequence[Assignment]) -> str:
    """What went wrong, first of all."""
    failed = [(one, run) for one in assignments for run in one.results if run.status == "failed"]
    if not failed:
        return ""
    items = "".join(
        f'<li><a href="#{anchor(one)}">{escape(readable(one.name))}</a>: {escape(run.problem)}<br>'
        f"<code>{escape(run.command or run.place)}</code></li>"
        for one, run in failed
    )
    what = "One step failed" if len(failed) == 1 else f"{len(failed)} steps failed"
    return f'<section class="failures" aria-label="Failures"><h2>{what}</h2><ul>{items}</ul></section>'


def _weeks(assignments: Sequence[Assignment]) -> str:
    parts = []
    for week, found in groupby(assignments, key=lambda one: one.week):
        sections = "".join(_assignment(one) for one in found)
        parts.append(
            f'<section class="week" aria-labelledby="{escape(week)}">'
            f'<h2 id="{escape(week)}">{escape(readable(week))}</h2>{sections}</section>'
        )
    return "".join(parts)


def _assignment(one: Assignment) -> str:
    name = anchor(one)
    about = f'<p class="about">{escape(one.about)}</p>' if one.about else ""
    runs = "".join(run_section(run, f"{name}-{at}") for at, run in enumerate(one.results))
    return (
        f'<article class="assignment" id="{name}" aria-labelledby="{name}-title"><header>'
        f'<h3 id="{name}-title">{escape(readable(one.name))}</h3>{about}{short_comparison(one)}</header>'
        f"{runs}</article>"
    )


def _footer(assignments: Sequence[Assignment]) -> str:
    versions = next((run.versions for run in _runs(assignments) if run.versions), {})
    shown = ", ".join(f"{escape(name)} {escape(version)}" for name, version in versions.items())
    made = "This page is made of the files beside it, and needs no network."
    return f'<footer class="bottom"><p>{made}</p><p>{shown}</p></footer>'
