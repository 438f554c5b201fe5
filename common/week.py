"""`python -m weekN`: the week's assignments with their verbs, found by looking, so that a new folder lists itself.

`python -m weekN run` does the week's part of the main job, `python -m weekN compare` all its comparisons.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from common.cli import Verb, add_course_option, guard


def assignments(week: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """(name, shell module) of each assignment folder of the week that has a `__main__.py`, in alphabetical order."""
    for entry in sorted(pkgutil.iter_modules(week.__path__), key=lambda entry: entry.name):
        if entry.ispkg:
            name = f"{week.__name__}.{entry.name}"
            yield name, importlib.import_module(f"{name}.__main__")


def main(week: ModuleType, argv: Sequence[str] | None = None) -> int:
    """List the week's assignments and their verbs, run its part of the main job, or compare all of it."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(listing(week))
        return 0
    if arguments[0] not in {"run", "compare"}:
        print(f"error: python -m {week.__name__} takes no {arguments[0]!r}; name an assignment:", file=sys.stderr)
        print(listing(week), file=sys.stderr)
        return 2
    return _run(week, arguments) if arguments[0] == "run" else _compare(week, arguments)


def listing(week: ModuleType) -> str:
    """The list as text: each assignment, its one line, and its verbs with theirs."""
    lines = [(week.__doc__ or "").strip(), ""]
    for name, module in assignments(week):
        lines.append(f"python -m {name}")
        lines.append(f"  {module.DESCRIPTION}")
        lines += [f"    {verb.name:10} {verb.summary}" for verb in _verbs(module)]
        lines.append("")
    lines.append(f"python -m {week.__name__} run      every assignment of the week briefly, and the page of results")
    lines.append(f"python -m {week.__name__} compare  every figure that the course prints, of all assignments")
    lines += ["", "Every verb has --help with an example."]
    return "\n".join(lines)


def _verbs(module: ModuleType) -> Sequence[Verb]:
    return module.VERBS


def _run(week: ModuleType, argv: Sequence[str]) -> int:
    from common.main_job import add_job_options, run_job

    parser = argparse.ArgumentParser(
        prog=f"python -m {week.__name__} run", description="Run every assignment of the week briefly; builds the page."
    )
    add_job_options(parser)
    arguments = parser.parse_args(argv[1:])
    return guard(lambda: run_job(arguments, week=week.__name__))


def _compare(week: ModuleType, argv: Sequence[str]) -> int:
    """All comparisons of the week, each in a process of its own: a line an assignment, then what is still needed."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {week.__name__} compare",
        description="Hold every figure that the course prints against ours, for every assignment of the week.",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for results (default out/...)")
    add_course_option(parser)
    arguments = parser.parse_args(argv[1:])

    def compare() -> int:
        from common.week_compare import compare_week

        names = [name for name, module in assignments(week) if any(verb.name == "compare" for verb in _verbs(module))]
        return compare_week(names, course=arguments.course, out=arguments.out)

    return guard(compare)
