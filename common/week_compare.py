"""`python -m weekN compare`: the comparisons of several assignments, one after the other, as one table."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common.atomic import read_json
from common.cli import say
from common.errors import InputError
from common.run_folder import OUT

_COUNTED = ("match", "explained", "mismatch", "needs")


def compare_week(names: Sequence[str], *, course: Path | None, out: Path | None = None) -> int:
    """Compare the assignments of these modules; prints a line each, then the files that are needed.

    Returns 0 where no figure differs unexplained (also where files are missing), 1 on a mismatch, 2 where a comparison
    could not be done at all.
    """
    if course is not None and not course.is_dir():
        raise InputError(f"{course}: is not a folder; give the folder that holds the course's files")
    width = max(map(len, names), default=10)
    print(f"{'':{width}}  {'match':>6}  {'explained':>9}  {'mismatch':>8}  {'needs a file':>12}", flush=True)
    total: Counter[str] = Counter()
    needed: Counter[str] = Counter()
    status = 0
    for name in names:
        folder = (out or OUT) / name.replace(".", "/") / "compare"
        code, problem = _compare(name, course, folder)
        if code not in (0, 1):
            say(f"{name}: the comparison could not be done: {problem}")
            status = 2
            continue
        status = max(status, code)
        found = read_json(folder / "figures.json")
        total.update(found["counts"])
        needed.update(needs_of(found["figures"]))
        print(_row(name, found["counts"], width), flush=True)
    print(_row("all", total, width))
    print(_needs(needed, course), end="")
    return status


def _compare(name: str, course: Path | None, folder: Path) -> tuple[int, str]:
    """Run one comparison; its exit status, and its last words."""
    given = [] if course is None else ["--course", str(course)]
    done = subprocess.run(
        [sys.executable, "-m", name, "compare", "--out", str(folder), *given],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
    return done.returncode, lines[-1].removeprefix("error: ")


def needs_of(figures: Sequence[dict[str, Any]]) -> Counter[str]:
    """How many figures wait for which file."""
    found = (re.fullmatch(r"needs (.+)", str(figure["status"])) for figure in figures)
    return Counter(match[1] for match in found if match)


def _row(name: str, counts: dict[str, int], width: int) -> str:
    match, explained, mismatch, needs = (counts.get(status, 0) for status in _COUNTED)
    return f"{name:{width}}  {match:6}  {explained:9}  {mismatch:8}  {needs:12}"


def _needs(needed: Counter[str], course: Path | None) -> str:
    if not needed:
        return ""
    files = "".join(f"  {file} ({count} figures)\n" for file, count in sorted(needed.items()))
    how = "lay them into the course folder" if course else "name the course's folder with --course DIR"
    return f"\nNot compared for want of files; {how}:\n{files}"
