"""The verb `compare`: a line per course figure, then the counts; the same for a user's own solution."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.cli import Verb, add_course_option, say

if TYPE_CHECKING:
    from common.course_figures import Comparison, Context, Outcome


def compare_verb(comparison: Callable[[], Comparison]) -> Verb:
    """The verb of an assignment; `comparison()` imports the assignment's functions when the verb runs."""
    return Verb(
        name="compare",
        summary="hold every figure that the course prints against ours, or against your own functions",
        example="compare --solution my_notebook.ipynb",
        add_arguments=_add_arguments,
        run=lambda arguments: run(comparison(), arguments),
    )


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--figures", type=Path, metavar="FILE", help="another figures file of the same form")
    parser.add_argument(
        "--solution", type=Path, metavar="FILE", help="a .py or .ipynb of yours whose functions to check"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for results (default out/...)")
    add_course_option(parser)


def run(comparison: Comparison, arguments: argparse.Namespace) -> int:
    """Compare, print, keep the result in the run folder; 1 on any mismatch, else 0."""
    from common.course_figures import EXPLAINED, MATCH, MISMATCH, NEEDS, OTHER, compare, count, load_figures
    from common.run_folder import RunFolder

    figures = load_figures(arguments.figures or comparison.expected)
    context = _context(comparison, arguments.solution, arguments.course)
    with RunFolder(comparison.assignment, "compare", arguments, folder=arguments.out) as folder:
        with contextlib.redirect_stdout(io.StringIO()):  # what a user's functions print is not the result
            outcomes = compare(comparison, figures, context)
        counts = count(outcomes, len(figures))
        for status in (MATCH, EXPLAINED, NEEDS, MISMATCH, OTHER):
            folder.metric(f"figures: {status}", counts[status])
        content = json.dumps(as_json(outcomes, counts), indent=2, ensure_ascii=False)
        folder.file("figures.json", title="every figure with its status").write_text(content + "\n", encoding="utf-8")
    if arguments.json:
        print(content)
    else:
        print_table(outcomes, counts)
    return 1 if counts[MISMATCH] else 0


def _context(comparison: Comparison, solution: Path | None, course: Path | None) -> Context:
    from common.course_figures import Context

    if solution is None:
        return Context(comparison.functions(), course)
    from common.assets import find_by_file_name
    from common.solution import load_solution

    loaded = load_solution(solution, comparison.helper_modules(), lambda name: find_by_file_name(name, course))
    for problem in loaded.problems:
        say(f"warning: {problem}")
    return Context(loaded.functions, course, solution)


def as_json(outcomes: list[Outcome], counts: dict[str, int]) -> dict[str, Any]:
    """The comparison as plain values; figures of other assignments are only counted."""
    return {
        "figures": [
            {
                "id": outcome.figure.id,
                "function": outcome.figure.function,
                "what": outcome.figure.what,
                "status": outcome.status_text,
                "expected": outcome.figure.expected,
                "got": outcome.got,
                "difference": outcome.difference,
                "reason": _full_reason(outcome),
            }
            for outcome in outcomes
        ],
        "counts": counts,
    }


def _full_reason(outcome: Outcome) -> str:
    if outcome.recomputed is None:
        return outcome.reason
    return f"{outcome.reason} That rule gives {json.dumps(outcome.recomputed)}, the course's figure."


def print_table(outcomes: list[Outcome], counts: dict[str, int]) -> None:
    """The table on standard output: one line a figure, the reasons as numbered notes under it, then the counts."""
    from common.course_figures import shorten

    names = max((len(outcome.figure.id) for outcome in outcomes), default=6)
    cell = 20
    print(f"{'figure':{names}}  {'course':{cell}}  {'ours':{cell}}  {'difference':>10}  status")
    notes: dict[str, int] = {}
    for outcome in outcomes:
        expected = shorten(outcome.figure.expected, cell)
        got = "" if outcome.got is None else shorten(outcome.got, cell)
        difference = "" if outcome.difference is None else f"{outcome.difference:.1e}"
        status = outcome.status_text
        if outcome.reason:
            status += f" [{notes.setdefault(_note(outcome), len(notes) + 1)}]"
        print(f"{outcome.figure.id:{names}}  {expected:{cell}}  {got:{cell}}  {difference:>10}  {status}")
    for note, number in notes.items():
        print(f"\n[{number}] {note}")
    print(summary(outcomes, counts))


def _note(outcome: Outcome) -> str:
    """The reason as a note; by the rule that an explanation names, the course's figure was recomputed and agrees."""
    if outcome.recomputed is None:
        return outcome.reason
    return f"{outcome.reason} Recomputed by that rule, the course's figure comes out within its tolerance."


def summary(outcomes: list[Outcome], counts: dict[str, int]) -> str:
    """One or two lines: the counts, and which functions a mismatch names."""
    compared = counts["match"] + counts["explained"] + counts["mismatch"]
    line = (
        f"\n{compared} figures compared: {counts['match']} match, {counts['explained']} explained, "
        f"{counts['mismatch']} mismatch. Not compared: {counts['needs']} need a file, {counts['other']} other."
    )
    wrong = sorted({outcome.figure.function for outcome in outcomes if outcome.status == "mismatch"})
    return line + (f"\nMismatches in: {', '.join(wrong)}" if wrong else "")
