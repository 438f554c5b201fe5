"""Timing several ways of doing the same thing, so that the comparison means something.

Every contestant runs in a process of its own, because thread pools of two libraries in one process disturb each other
and because a process has a peak memory of its own. They take turns, one repetition each, in an order that rotates,
while the others wait; so whatever else the machine does falls on all of them alike. Two are compared round by round: a
ratio is the median over the rounds of the quotient of two times of the same round. All must give the same numbers.

A script declares its contestants and its targets and calls `main`:

    CONTESTANTS = {"plain": make_plain, "fast": make_fast}       # name -> () -> Work
    TARGETS = [Target("fast", over="plain", at_least=2.0)]
    if __name__ == "__main__":
        sys.exit(main("benchmarks.example", "what is timed", CONTESTANTS, TARGETS))

It is called again, with --contestant NAME, as each contestant's process: a line "go" on its standard input runs the
work once and is answered with the seconds it took.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from common.cli import guard, number_in, progress, say
from common.errors import InputError, SequenceModelsError

NOT_INSTALLED = 3
# Seconds between turns: the idle threads of the one before spin on for a while, and would cost the next one a core.
PAUSE = 0.25
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")


@dataclass(frozen=True)
class Work:
    """What one repetition does, and what it computed.

    Attributes:
        run: does the work once; only this is timed.
        digest: numbers that must agree between contestants (call it after `run`); none where only the time is compared.
    """

    run: Callable[[], Any]
    digest: Callable[[], Sequence[float]]


@dataclass(frozen=True)
class Target:
    """`name` must be at least `at_least` times as fast as `over`."""

    name: str
    over: str
    at_least: float


@dataclass(frozen=True)
class MemoryTarget:
    """`name`'s peak memory must be at most `at_most` times that of `over`."""

    name: str
    over: str
    at_most: float


@dataclass(frozen=True)
class Result:
    """One contestant by round: seconds, and CPU seconds of all its threads; then memory in bytes, and its digest.

    `import_bytes` is the peak memory before the work began.
    """

    name: str
    seconds: list[float]
    cpu_seconds: list[float]
    peak_bytes: int
    import_bytes: int
    digest: list[float]


def main(
    module: str,
    workload: str,
    contestants: Mapping[str, Callable[[], Work]],
    targets: Sequence[Target | MemoryTarget],
    *,
    tolerance: float = 1e-3,
    argv: Sequence[str] | None = None,
) -> int:
    """Run the benchmark from the shell: 0 where all targets hold, 1 where one does not or the numbers disagree."""
    parser = _parser(module, workload, contestants)
    arguments = parser.parse_args(argv)
    if arguments.contestant:
        return _serve(contestants[arguments.contestant], arguments.warm_up, arguments.wake)
    return guard(lambda: _compete(module, workload, contestants, targets, arguments, tolerance))


def _parser(module: str, workload: str, contestants: Mapping[str, Any]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=workload)
    parser.add_argument("--rounds", type=number_in(1, 10_000, int), default=25, help="turns of each (default 25)")
    parser.add_argument("--warm-up", type=number_in(1, 1000, int), default=5, help="untimed turns first (default 5)")
    parser.add_argument(
        "--wake",
        type=number_in(0, 1000, int),
        default=0,
        help="untimed repetitions right before each timed one, which then finds core and caches awake (default 0)",
    )
    parser.add_argument(
        "--only", metavar="NAME", action="append", choices=list(contestants), help="these only; repeat it"
    )
    parser.add_argument(
        "--python",
        metavar="NAME=FILE",
        action="append",
        default=[],
        help="the interpreter for one contestant, where its library is installed elsewhere",
    )
    parser.add_argument(
        "--threads",
        type=number_in(1, 1024, int),
        metavar="N",
        help="threads of each one's BLAS or library (default: its own)",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--contestant", choices=list(contestants), help=argparse.SUPPRESS)
    return parser


# ---- a contestant's own process


def _serve(make: Callable[[], Work], warm_up: int, wake: int) -> int:
    """Answer "go" with the seconds of one repetition until the input ends; then tell memory and digest."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not mix with the answers
    try:
        work = make()
    except ImportError as missing:
        say(str(missing))
        return NOT_INSTALLED
    imports = peak_memory()
    for _ in range(warm_up):
        work.run()
    _answer(answers, {"ready": True})
    for _ in sys.stdin:
        for _ in range(wake):
            work.run()
        began, began_cpu = time.perf_counter(), time.process_time()
        work.run()
        seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        _answer(answers, {"seconds": seconds, "cpu_seconds": cpu})
    digest = [float(number) for number in work.digest()]
    _answer(answers, {"peak_bytes": peak_memory(), "import_bytes": imports, "digest": digest})
    return 0


def _answer(answers: Any, value: dict[str, Any]) -> None:
    print(json.dumps(value), file=answers, flush=True)


def peak_memory() -> int:
    """The largest resident size that this process has had, in bytes."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


class Contestant:
    """A contestant's process, seen from the one that lets them compete."""

    def __init__(self, name: str, command: Sequence[str], threads: int | None = None):
        self.name = name
        self._turns: list[dict[str, float]] = []
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the process; a pipe could fill up
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env={**os.environ, **dict.fromkeys(THREAD_VARIABLES if threads else (), str(threads))},
        )

    def wait_until_ready(self) -> bool:
        """False where its library is not installed; raises SequenceModelsError where it failed."""
        if self._process.stdout.readline():
            return True
        self._process.communicate()
        if self._process.returncode == NOT_INSTALLED:
            say(f"{self.name}: left out ({self._complaint().splitlines()[-1]})")
            return False
        raise SequenceModelsError(f"the contestant {self.name} failed to start:\n{self._complaint()}")

    def turn(self) -> None:
        """Let it do its work once."""
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SequenceModelsError(f"the contestant {self.name} broke off:\n{self._complaint()}")
        self._turns.append(json.loads(line))

    def finish(self) -> Result:
        """End it, and collect what it says in the end."""
        last, _ = self._process.communicate()
        if not last:
            raise SequenceModelsError(f"the contestant {self.name} ended without a result:\n{self._complaint()}")
        times = {key: [turn[key] for turn in self._turns] for key in ("seconds", "cpu_seconds")}
        return Result(self.name, **times, **json.loads(last))

    def _complaint(self) -> str:
        self._errors.seek(0)
        return self._errors.read().strip()

    def stop(self) -> None:
        """End it in any case."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
        self._errors.close()


# ---- the competition


def _compete(
    module: str,
    workload: str,
    contestants: Mapping[str, Any],
    targets: Sequence[Target | MemoryTarget],
    arguments: argparse.Namespace,
    tolerance: float,
) -> int:
    names = [name for name in contestants if not arguments.only or name in arguments.only]
    pythons = _pythons(arguments.python, contestants)
    commands = {
        name: [pythons.get(name, sys.executable), "-m", module]
        + ["--contestant", name, "--warm-up", str(arguments.warm_up), "--wake", str(arguments.wake)]
        for name in names
    }
    load = os.getloadavg()[0]
    if load > cores() / 2:
        say(f"warning: {load:.1f} processes are running on {cores()} cores already; the ratios will mean little")
    results = compete(commands, rounds=arguments.rounds, threads=arguments.threads)
    report = make_report(workload, results, targets, tolerance)
    report["machine"] |= {"load_before": load, "threads": arguments.threads, "wake": arguments.wake}
    print(json.dumps(report, indent=2) if arguments.json else describe(report))
    return 0 if report["holds"] else 1


def _pythons(options: Sequence[str], contestants: Mapping[str, Any]) -> dict[str, str]:
    chosen = {}
    for option in options:
        name, equals, file = option.partition("=")
        if not equals or name not in contestants:
            raise InputError(f"--python {option}: write NAME=FILE with a NAME of {', '.join(contestants)}.")
        chosen[name] = file
    return chosen


def compete(commands: Mapping[str, Sequence[str]], *, rounds: int, threads: int | None = None) -> list[Result]:
    """Start a process by each command, one after the other so that none warms up against another, and let them turn."""
    started: list[Contestant] = []
    try:
        for name, command in commands.items():
            started.append(Contestant(name, command, threads))
            if not started[-1].wait_until_ready():
                started.pop().stop()
        for number in progress(range(rounds), description="rounds", unit="round"):
            for place in range(len(started)):
                time.sleep(PAUSE)
                started[(place + number) % len(started)].turn()
        return [contestant.finish() for contestant in started]
    finally:
        for contestant in started:
            contestant.stop()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ratio(result: Result, over: Result) -> tuple[float, float, float]:
    """How many times as fast as `over` it is: the median over the rounds, and the middle half's ends."""
    quotients = sorted(theirs / ours for ours, theirs in zip(result.seconds, over.seconds, strict=True))
    quarter = len(quotients) // 4
    return statistics.median(quotients), quotients[quarter], quotients[-1 - quarter]


def make_report(
    workload: str, results: Sequence[Result], targets: Sequence[Target | MemoryTarget], tolerance: float
) -> dict[str, Any]:
    """Everything as plain values: the contestants, the targets with their ratios, whether all hold."""
    by_name = {result.name: result for result in results}
    checked = [_check(target, by_name) for target in targets if {target.name, target.over} <= by_name.keys()]
    unchecked = [asdict(target) for target in targets if not {target.name, target.over} <= by_name.keys()]
    digests = [result.digest for result in results if result.digest]
    agree = all(_agree(digests[0], digest, tolerance) for digest in digests)
    return {
        "workload": workload,
        "machine": {"cores": cores(), "system": platform.platform(), "python": platform.python_version()},
        "contestants": [_contestant(result, results[0]) for result in results],
        "targets": checked,
        "targets_not_checked": unchecked,
        "results_agree": agree,
        "holds": agree and all(target["holds"] for target in checked),
    }


def _contestant(result: Result, first: Result) -> dict[str, Any]:
    return {
        "name": result.name,
        "median_seconds": statistics.median(result.seconds),
        "fastest_seconds": min(result.seconds),
        "median_cpu_seconds": statistics.median(result.cpu_seconds),
        "times_as_fast_as_first": ratio(result, first)[0],
        "peak_bytes": result.peak_bytes,
        "import_bytes": result.import_bytes,
        "rounds": len(result.seconds),
    }


def _check(target: Target | MemoryTarget, results: Mapping[str, Result]) -> dict[str, Any]:
    if isinstance(target, MemoryTarget):
        share = results[target.name].peak_bytes / results[target.over].peak_bytes
        return {**asdict(target), "memory_share": share, "holds": share <= target.at_most}
    middle, low, high = ratio(results[target.name], results[target.over])
    return {**asdict(target), "ratio": middle, "middle_half": [low, high], "holds": middle >= target.at_least}


def _agree(first: Sequence[float], other: Sequence[float], tolerance: float) -> bool:
    pairs = list(zip(first, other, strict=True))
    return all(abs(mine - theirs) <= tolerance * max(abs(mine), abs(theirs)) for mine, theirs in pairs)


def describe(report: Mapping[str, Any]) -> str:
    """The report as a table for people."""
    woken = report["machine"].get("wake")
    lines = [report["workload"] + (f" (each time after {woken} untimed)" if woken else ""), ""]
    lines.append(
        f"{'':28} {'median':>10} {'fastest':>10} {'CPU':>10} {'x first':>8} {'peak memory':>12} {'of it imports':>14}"
    )
    for one in report["contestants"]:
        spans = (one["median_seconds"], one["fastest_seconds"], one["median_cpu_seconds"])
        times = " ".join(f"{span * 1e3:7.1f} ms" for span in spans)
        memory = f"{one['peak_bytes'] / 1e6:9.0f} MB {one['import_bytes'] / 1e6:11.0f} MB"
        lines.append(f"{one['name']:28} {times} {one['times_as_fast_as_first']:8.2f} {memory}")
    lines.append("")
    for target in report["targets"]:
        if "memory_share" in target:
            lines.append(
                f"{'holds ' if target['holds'] else 'MISSED'} {target['name']} takes {target['memory_share']:.0%} of "
                f"the memory of {target['over']} at its peak; target at most {target['at_most']:.0%}"
            )
            continue
        low, high = target["middle_half"]
        lines.append(
            f"{'holds ' if target['holds'] else 'MISSED'} {target['name']} is {target['ratio']:.2f} times as fast as "
            f"{target['over']} (middle half of the rounds {low:.2f} to {high:.2f}); target {target['at_least']:.2f}"
        )
    lines += [f"not checked: {one['name']} against {one['over']}" for one in report["targets_not_checked"]]
    if not report["results_agree"]:
        lines.append("MISSED the contestants do not compute the same numbers")
    return "\n".join(lines)
