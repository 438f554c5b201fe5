"""`python -m common.doctor`: looks at what the project needs, and says what to do about what is amiss."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from common.assets import PROJECT, catalogue
from common.cli import add_course_option, guard
from common.doctor.course import look_at_course, users_of_files
from common.doctor.findings import NOTE, PROBLEM, Finding, as_text
from common.doctor.machine import look_at_devices, look_at_disk, look_at_sound
from common.doctor.packages import look_at_packages
from common.errors import InputError


def main(argv: Sequence[str] | None = None) -> int:
    """Parse, look, print; 1 where something cannot work."""
    parser = argparse.ArgumentParser(
        prog="python -m common.doctor",
        description="Looks at packages, devices, sound, disk and the course's files, and says what to do.",
        epilog="examples:\n  python -m common.doctor\n  python -m common.doctor week3.trigger_word --course DIR",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "assignments", nargs="*", metavar="ASSIGNMENT",
        help="look at the course's files of these only, and take a missing one without a stand-in as a problem",
    )  # fmt: skip
    parser.add_argument("--full", action="store_true", help="import TensorFlow and list the devices that it sees")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_course_option(parser)
    arguments = parser.parse_args(argv)
    return guard(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    findings = examine(PROJECT, arguments.assignments, course=arguments.course, full=arguments.full)
    failed = any(one.state == PROBLEM for one in findings)
    if arguments.json:
        rows = [one.as_json() for one in findings]
        print(json.dumps({"works": not failed, "findings": rows}, indent=2, ensure_ascii=False))
    else:
        print(as_text(findings))
    return 1 if failed else 0


def examine(
    project: Path, assignments: Sequence[str] = (), *, course: Path | None = None, full: bool = False
) -> list[Finding]:
    """All findings; of the course's files only those of the assignments, where some are named."""
    known = {".".join(path.parent.relative_to(project).parts) for path in project.glob("week[0-9]*/*/__main__.py")}
    for name in assignments:
        if name not in known:
            raise InputError(f"{name}: there is no such assignment; name one of {', '.join(sorted(known))}")
    files = list(look_at_course(project, course))
    if assignments:
        files = [_strictly(one) for one in files if not one.needed_by or set(one.needed_by) & set(assignments)]
        if course is None:
            files = [_without_folder(project, one, assignments) for one in files]
    return [*look_at_packages(project), *look_at_devices(full=full), *look_at_sound(), *look_at_disk(project), *files]


def _strictly(one: Finding) -> Finding:
    """For a person who wants this very assignment's files: what is missing and has no stand-in is a problem."""
    missing = one.state == NOTE and one.text.startswith("missing") and "until then what stands on it" in one.advice
    return replace(one, state=PROBLEM) if missing else one


def _without_folder(project: Path, one: Finding, assignments: Sequence[str]) -> Finding:
    """Say which files the named assignments would compare with."""
    users = users_of_files(project)
    names = [
        record["file"]
        for name, record in catalogue().items()
        if record["paths"] and set(users.get(name, ())) & set(assignments)
    ]
    shown = ", ".join(dict.fromkeys(names[:6])) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return replace(one, text=f"none is named; {', '.join(assignments)} compare with {shown or 'no file'}")


if __name__ == "__main__":
    sys.exit(main())
