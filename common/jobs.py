"""What an assignment does in the main job: its commands, how long each takes, and how a quick run shortens them.

    MAIN_JOB = [
        job("generate", "--count", "12", seconds=1),
        job("train", "--epochs", "12", seconds=7, quick={"--epochs": "2"}),
        job("evaluate", seconds=40, slow=True),     # a quick run leaves it out
    ]
    COURSE_JOB = [job("translate", "3 May 1979", "--weights", "asset:date-translator-weights")]

`COURSE_JOB` is done only where the course folder is given: `asset:NAME` stands for the course's file of that logical
name (without it the job is left out), `course:` for the folder itself.

A plain tuple of arguments will do where nothing is to be said about it. `compare` is not listed: it is done for every
assignment that has the verb.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from common.assets import find_in_folder
from common.run_folder import OUT

COMPARE = "compare"
_COMPARE_SECONDS, _COURSE_SECONDS = 4.0, 12.0
_SHORTER = 4  # by how much a quick run's options shorten a command, about


@dataclass(frozen=True)
class Job:
    """One command of an assignment.

    Attributes:
        arguments: the verb and its options.
        seconds: what it takes on two cores, about; only the time left is reckoned from it.
        quick: the options that a quick run changes; None leaves the command out of a quick run.
    """

    arguments: tuple[str, ...]
    seconds: float = 2.0
    quick: Mapping[str, str] | None = field(default_factory=dict)


def job(*arguments: str, seconds: float = 2.0, quick: Mapping[str, str] | None = None, slow: bool = False) -> Job:
    """A `Job` of these arguments; `quick` as there, and `slow` for one that a quick run leaves out."""
    return Job(arguments, seconds, None if slow else dict(quick or {}))


@dataclass(frozen=True)
class Step:
    """One command of the main job: a module with a shell and its arguments; `seconds` as in `Job`."""

    module: str
    arguments: tuple[str, ...]
    seconds: float = 2.0

    def __str__(self) -> str:
        return f"python -m {shlex.join((self.module, *self.arguments))}"

    @property
    def command(self) -> list[str]:
        """What to run."""
        return [sys.executable, "-m", self.module, *self.arguments]

    @property
    def assignment(self) -> str:
        """The assignment's name in run folders: "week1/dinosaur_island"."""
        return self.module.replace(".", "/")

    @property
    def folder(self) -> Path:
        """The run folder that the command leaves: its --out, or out/<week>/<assignment>/<verb>."""
        if "--out" in self.arguments[:-1]:
            return Path(self.arguments[self.arguments.index("--out") + 1])
        return OUT / self.assignment / (self.arguments[0] if self.arguments else "")


def steps_of(name: str, module: ModuleType, *, quick: bool = False, course: Path | None = None) -> Iterator[Step]:
    """The steps of an assignment, in their order: its own jobs, those with the course's files, the comparison."""
    for one in getattr(module, "MAIN_JOB", ()):
        listed = one if isinstance(one, Job) else Job(tuple(one))
        if quick and listed.quick is None:
            continue
        if quick and listed.quick:
            yield Step(name, changed(listed.arguments, listed.quick), listed.seconds / _SHORTER)
        else:
            yield Step(name, listed.arguments, listed.seconds)
    given = () if course is None else ("--course", str(course))
    if course is not None:
        for one in getattr(module, "COURSE_JOB", ()):
            listed = one if isinstance(one, Job) else Job(tuple(one))
            arguments = [with_course(argument, course) for argument in listed.arguments]
            if None not in arguments:
                yield Step(name, tuple(arguments), listed.seconds)
    if any(verb.name == COMPARE for verb in module.VERBS) and not (quick and course is None):
        yield Step(name, (COMPARE, *given), _COMPARE_SECONDS if course is None else _COURSE_SECONDS)


def with_course(argument: str, course: Path) -> str | None:
    """The argument with `course:` and `asset:NAME` put in place; None where the course folder has no such file."""
    if argument == "course:":
        return str(course)
    kind, _, name = argument.partition(":")
    if kind != "asset":
        return argument
    found = find_in_folder(name, course)
    return None if found is None else str(found)


def changed(arguments: Iterable[str], changes: Mapping[str, str]) -> tuple[str, ...]:
    """The arguments with the values of these options replaced, or the options added where they are not given."""
    new = list(arguments)
    for option, value in changes.items():
        if option in new:
            new[new.index(option) + 1] = value
        else:
            new += [option, value]
    return tuple(new)
