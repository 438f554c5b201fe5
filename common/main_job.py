"""`python -m common.main_job`: every assignment's own short job, one after the other, on what ships with the project.

An assignment lists its commands as `MAIN_JOB` in its `__main__.py`; folders are found by looking. Each command runs in
a process of its own, so one that fails does not take the others down. Exit status 1 if any failed.
"""

from __future__ import annotations

import importlib
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.assets import PROJECT
from common.run_folder import OUT
from common.week import assignments


@dataclass(frozen=True)
class Step:
    """One command of the main job: a module with a shell and its arguments."""

    module: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"python -m {shlex.join((self.module, *self.arguments))}"


def find_steps(project: Path = PROJECT) -> list[Step]:
    """The steps of every assignment of every week, in the order of weeks and names."""
    steps = []
    for folder in sorted(project.glob("week[0-9]*")):
        if (folder / "__init__.py").is_file():
            week = importlib.import_module(folder.name)
            for name, module in assignments(week):
                steps += [Step(name, tuple(arguments)) for arguments in getattr(module, "MAIN_JOB", ())]
    return steps


def run_steps(steps: Sequence[Step], *, folder: Path = PROJECT) -> list[Step]:
    """Run the steps in `folder`, telling which of how many; returns those that failed."""
    failed = []
    began = time.monotonic()
    for number, step in enumerate(steps, 1):
        print(f"\n[{number}/{len(steps)}] {step}", flush=True)
        step_began = time.monotonic()
        done = subprocess.run([sys.executable, "-m", step.module, *step.arguments], cwd=folder, check=False)
        if done.returncode:
            failed.append(step)
        state = f"failed with status {done.returncode}" if done.returncode else "done"
        left = (time.monotonic() - began) / number * (len(steps) - number)
        rest = f", about {left:.0f} s left" if number < len(steps) else ""
        print(f"[{number}/{len(steps)}] {state} in {time.monotonic() - step_began:.0f} s{rest}", flush=True)
    return failed


def summary(failed: Iterable[Step]) -> str:
    """The last lines: what failed, and where everything is."""
    lines = [f"failed: {step}" for step in failed]
    return "\n".join([*lines, f"Pictures, names, weights and numbers are in {OUT}/ (week by week, verb by verb)."])


def main() -> int:
    """Run everything; 1 if any step failed."""
    failed = run_steps(find_steps())
    print("\n" + summary(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
