"""`python -m common.main_job`: every assignment's own short job, one after the other, on what ships with the project.

An assignment lists its commands in its `__main__.py` (see `common/jobs.py`); folders are found by looking. Each command
runs in a process of its own, so one that fails does not take the others down. What was done stays done: a run that was
stopped, at whatever moment, is finished by the next. At the end stands the page with all results. Exit status 1 if a
step failed, 130 where it was interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from common.assets import PROJECT
from common.cli import COURSE_VARIABLE, add_course_option, guard
from common.errors import InputError
from common.job_state import DONE, STATE, JobState, Record
from common.jobs import Step, steps_of
from common.run_folder import OUT
from common.week import assignments

LOGS = OUT / "main_job"
PAGE = OUT / "index.html"
_SHOWN_LINES = 12
_GROUP: dict[str, int] = {"process_group": 0} if os.name == "posix" else {}  # so that an interrupt reaches a step once
_PATIENCE = 20.0  # seconds that a step has to end by itself when the run is interrupted


def find_steps(
    project: Path = PROJECT, *, quick: bool = False, course: Path | None = None, week: str = ""
) -> list[Step]:
    """The steps of every assignment of every week (or of one), in the order of weeks and names."""
    steps: list[Step] = []
    for folder in sorted(project.glob("week[0-9]*")):
        if (folder / "__init__.py").is_file() and week in ("", folder.name):
            for name, module in assignments(importlib.import_module(folder.name)):
                steps += steps_of(name, module, quick=quick, course=course)
    return steps


class Runner:
    """Runs steps one after the other, tells how far it is, and keeps what became of each.

    Args:
        steps: what to run.
        project: the folder to run it in; `out/` is there.
        fresh: whether to do again what is done.
        verbose: whether what the steps print goes to the screen instead of a file each.
    """

    def __init__(self, steps: Sequence[Step], *, project: Path = PROJECT, fresh: bool = False, verbose: bool = False):
        self.steps, self.project, self.verbose = list(steps), project, verbose
        self.state = JobState.load(project, self.steps)
        if fresh:
            for step in self.steps:
                self.state.records.pop(str(step), None)
        self.state.write()
        self._measured = self._reckoned = 0.0

    def run(self) -> list[Record]:
        """Run what is not done yet; returns the records of the steps that failed."""
        done = [step for step in self.steps if self.state.is_done(step)]
        waiting = [step for step in self.steps if step not in done]
        print(self._beginning(waiting, len(done)), flush=True)
        failed = []
        for number, step in enumerate(self.steps, 1):
            if step in waiting:
                record = self._run_one(step, number, waiting[waiting.index(step) + 1 :])
                failed += [] if record.status == DONE else [record]
        return failed

    def _beginning(self, waiting: Sequence[Step], done: int) -> str:
        if not waiting:
            return f"All {done} steps are done already (--fresh does them again)."
        seconds = sum(step.seconds for step in waiting)
        before = f"{done} of {len(self.steps)} steps are done already; " if done else ""
        where = "" if self.verbose else f"; what they print goes to {LOGS}/"
        return f"{before}{len(waiting)} steps to run, about {spoken(seconds)}{where}\n"

    def _run_one(self, step: Step, number: int, later: Sequence[Step]) -> Record:
        place = f"[{number:{len(str(len(self.steps)))}}/{len(self.steps)}]"
        name = f"{place} {step.module} {' '.join(step.arguments)}"
        name = name if len(name) <= 88 else f"{name[:87]}…"
        print(name, end="\n" if self.verbose else " ", flush=True)
        log = LOGS / f"{step.module}.{step.folder.name}.log"
        began = time.monotonic()
        code = self._execute(step, log)
        seconds = time.monotonic() - began
        record = self.state.keep(step, code=code, seconds=seconds, log=log)
        self._measured, self._reckoned = self._measured + seconds, self._reckoned + step.seconds
        left = self._left(later)
        rest = f", {spoken(left)} left" if later else ""
        print(f"{'.' * max(2, 90 - len(name))} {seconds:.0f} s{rest}", flush=True)
        if code:
            print(f"    failed with status {code}; its last lines, the rest is in {log}:", flush=True)
            print("".join(f"    | {line}\n" for line in last_lines(self.project / log)), end="", flush=True)
        return record

    def _left(self, later: Sequence[Step]) -> float:
        """Seconds that the steps still to come will take, by this machine's pace so far."""
        pace = self._measured / self._reckoned if self._reckoned > 0 else 1.0
        return min(max(pace, 0.2), 10.0) * sum(step.seconds for step in later)

    def _execute(self, step: Step, log: Path) -> int:
        """Run the command; returns its exit status. On an interrupt the step may end by itself before it is ended."""
        with _output(None if self.verbose else self.project / log) as output:
            process = subprocess.Popen(
                step.command, cwd=self.project, env=_environment(), stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, close_fds=False, **_GROUP,
            )  # fmt: skip
            try:
                return process.wait()
            except BaseException:
                _end(process)
                raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a step once to end (it then saves what it can), and end it where it takes too long."""
    if os.name == "posix":
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
    process.kill()
    process.wait()


@contextlib.contextmanager
def _output(path: Path | None) -> Iterator[IO[bytes] | None]:
    """The file that takes what a step prints; None is the screen."""
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        yield file


def _environment() -> dict[str, str]:
    """Of the steps: without the course folder, which those that use it are given by name; with one thread of BLAS.

    On a machine with other work a second thread makes the small products of recurrent networks many times as slow.
    """
    kept = {name: value for name, value in os.environ.items() if name != COURSE_VARIABLE}
    return {"OPENBLAS_NUM_THREADS": "1"} | kept | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def last_lines(log: Path, count: int = _SHOWN_LINES) -> list[str]:
    """The last lines of what a step printed, progress bars left out; none where there is no log."""
    if not log.is_file():
        return []
    text = log.read_bytes()[-20_000:].decode("utf-8", errors="replace")
    lines = [line.rstrip().rsplit("\r", 1)[-1] for line in text.split("\n")]
    return [line[:300] for line in lines if line.strip()][-count:]


def spoken(seconds: float) -> str:
    """A time as people say it: "45 s", "2 min", "2.5 min"."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{round(seconds / 30) / 2:g} min"


@contextlib.contextmanager
def alone(project: Path) -> Iterator[None]:
    """Hold the project's main job: a second one waits until the first, and its last step, have ended."""
    try:
        import fcntl
    except ImportError:  # not a POSIX system: nothing to hold it with
        yield
        return
    (project / OUT).mkdir(exist_ok=True)
    with open(project / OUT / ".main_job.lock", "w") as file:
        os.set_inheritable(file.fileno(), True)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another main job, or a step of one that was killed, still runs here; waiting for it", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_page(project: Path = PROJECT) -> Path:
    """Build the page from what the runs left; returns where it is."""
    from common.report import build

    return build(project / OUT)


def finish(steps: Sequence[Step], *, fresh: bool = False, verbose: bool = False, project: Path = PROJECT) -> int:
    """Run the steps, build the page, say where it is; 1 if a step failed."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupted)
    with alone(project):
        try:
            failed = Runner(steps, project=project, fresh=fresh, verbose=verbose).run()
        except KeyboardInterrupt:
            print("\ninterrupted; the same command goes on from here")
            write_page(project)
            raise
        page = write_page(project)
    for record in failed:
        print(f"failed: {record.command}")
    print(f"\nOpen {page.resolve().as_uri()}")
    return 1 if failed else 0


def add_job_options(parser: argparse.ArgumentParser) -> None:
    """The options of a run of many steps: --quick, --fresh, --course, --verbose."""
    parser.add_argument("--quick", action="store_true", help="in about a minute: shorter trainings, no comparisons")
    parser.add_argument("--fresh", action="store_true", help="do again what an earlier run has done")
    parser.add_argument("--verbose", action="store_true", help="print what the steps print")
    add_course_option(parser)


def course_of(arguments: argparse.Namespace) -> Path | None:
    """The course folder of the options, absolute; InputError where it is none."""
    if arguments.course is None:
        return None
    if not arguments.course.is_dir():
        raise InputError(f"{arguments.course}: is not a folder; give the folder that holds the course's files")
    return arguments.course.resolve()


def run_job(arguments: argparse.Namespace, *, week: str = "") -> int:
    """What `add_job_options` asks for, of every week or of one."""
    steps = find_steps(quick=arguments.quick, course=course_of(arguments), week=week)
    if arguments.fresh and not week:
        shutil.rmtree(PROJECT / LOGS, ignore_errors=True)
        (PROJECT / STATE).unlink(missing_ok=True)
    return finish(steps, fresh=arguments.fresh, verbose=arguments.verbose)


def main(argv: Sequence[str] | None = None) -> int:
    """Parse, run everything, build the page."""
    parser = argparse.ArgumentParser(prog="python -m common.main_job", description=__doc__.split("\n\n")[0])
    add_job_options(parser)
    arguments = parser.parse_args(argv)
    return guard(lambda: run_job(arguments))


def _interrupted(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
