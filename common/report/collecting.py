"""What the runs left, read into plain records; a file that is damaged or missing makes a record that says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from common.atomic import read_json
from common.errors import InputError
from common.job_state import FAILED, last_plan

COMPARE = "compare"
_SHOWN_LINES = 12


@dataclass(frozen=True)
class Run:
    """One run folder.

    Attributes:
        folder: where its files are; relative to the page: `place`.
        place: "week1/dinosaur_island/generate".
        status: "done", "failed" or "unfinished".
        problem: what went wrong, in words.
        log: the last lines that a failed step printed.
        seconds: of the whole command where the main job ran it, else of the part that it measured itself.
        metrics, figures, sounds, texts, files: as `common/run_folder.py` wrote them.
        blocks: as `common/page_blocks.py` describes them.
        compared: the figures of the course, where the run is a comparison.
    """

    folder: Path
    place: str
    about: str = ""
    summary: str = ""
    command: str = ""
    status: str = "unfinished"
    problem: str = ""
    log: tuple[str, ...] = ()
    seconds: float | None = None
    metrics: tuple[dict[str, Any], ...] = ()
    figures: tuple[dict[str, str], ...] = ()
    sounds: tuple[dict[str, str], ...] = ()
    texts: tuple[dict[str, str], ...] = ()
    files: tuple[dict[str, str], ...] = ()
    blocks: tuple[dict[str, Any], ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    compared: dict[str, Any] | None = None
    order: int = 10**6

    @property
    def assignment(self) -> str:
        """ "week1/dinosaur_island"."""
        return self.place.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The folder's own name: "generate"."""
        return self.place.rpartition("/")[2]


@dataclass(frozen=True)
class Assignment:
    """The runs of one assignment: `results` to be shown, and the comparison with the course, if there is one."""

    place: str
    about: str
    results: tuple[Run, ...]
    comparison: Run | None

    @property
    def week(self) -> str:
        """ "week1"."""
        return self.place.partition("/")[0]

    @property
    def name(self) -> str:
        """ "dinosaur_island"."""
        return self.place.partition("/")[2]


def collect(out: Path) -> list[Assignment]:
    """The assignments that have runs in `out`, in the order of weeks and names; runs in the main job's order."""
    plan, records = last_plan(out)
    order = {command: place for place, command in enumerate(plan)}
    runs = {run.place: run for run in _read_all(out, order, records)}
    for command, record in records.items():
        if record.get("status") == FAILED and command in order:
            run = _failed(out, record, order[command], runs.get(_place_of(record)))
            runs[run.place] = run
    by_assignment: dict[str, list[Run]] = {}
    for run in sorted(runs.values(), key=lambda run: (run.assignment, run.order, run.place)):
        by_assignment.setdefault(run.assignment, []).append(run)
    return [_assignment(place, found) for place, found in sorted(by_assignment.items())]


def _assignment(place: str, runs: list[Run]) -> Assignment:
    about = next((run.about for run in runs if run.about), "")
    comparison = next((run for run in runs if run.name == COMPARE), None)
    shown = tuple(run for run in runs if run is not comparison or run.status != "done")
    return Assignment(place, about, shown, comparison)


def _read_all(out: Path, order: dict[str, int], records: dict[str, dict[str, Any]]) -> Iterator[Run]:
    for path in sorted(out.glob("*/*/*/config.json")):
        yield read_run(out, path.parent, order, records)


def read_run(out: Path, folder: Path, order: dict[str, int], records: dict[str, dict[str, Any]]) -> Run:
    """The record of a run folder."""
    place = folder.relative_to(out).as_posix()
    try:
        config = _object(folder / "config.json")
        command = str(config["command"])
        record = records.get(command, {})
        parts: dict[str, Any] = {
            "about": str(config.get("about", "")),
            "summary": str(config.get("summary", "")),
            "command": command,
            "versions": dict(config.get("versions", {})),
            "order": order.get(command, 10**6),
        }
        if (folder / "metrics.json").is_file():
            parts |= _results(folder, record)
        return Run(folder, place, **parts)
    except (InputError, KeyError, TypeError, ValueError, AttributeError) as error:
        return Run(folder, place, status="failed", problem=f"its files cannot be read: {error}")


def _results(folder: Path, record: dict[str, Any]) -> dict[str, Any]:
    metrics = _object(folder / "metrics.json")
    parts: dict[str, Any] = {
        "status": str(metrics["status"]),
        "problem": str(metrics.get("problem", "")),
        "seconds": float(record["seconds"] if record.get("status") == "done" else metrics["seconds"]),
    }
    for name in ("metrics", "figures", "sounds", "texts", "files"):
        parts[name] = tuple(dict(one) for one in metrics.get(name, ()))
    if (folder / "page.json").is_file():
        parts["blocks"] = tuple(dict(block) for block in _object(folder / "page.json")["blocks"])
    if folder.name == COMPARE and (folder / "figures.json").is_file():
        parts["compared"] = _object(folder / "figures.json")
    return parts


def _object(path: Path) -> dict[str, Any]:
    value = read_json(path)
    if not isinstance(value, dict):
        raise InputError(f"{path.name} holds no object")
    return value


def _place_of(record: dict[str, Any]) -> str:
    return str(record.get("folder", "")).partition("/")[2]


def _failed(out: Path, record: dict[str, Any], order: int, run: Run | None) -> Run:
    """A step that failed, with what it printed last; and what its run folder holds, if it got so far."""
    kept = run if run and run.command == record["command"] else Run(out / _place_of(record), _place_of(record))
    log = _last_lines(out.parent / str(record.get("log", "")))
    said = next((line.removeprefix("error: ") for line in reversed(log) if line.startswith("error: ")), "")
    problem = kept.problem or said or f"exit status {record.get('code')}"
    seconds = float(record.get("seconds", 0))
    command = str(record["command"])
    return replace(kept, command=command, status="failed", problem=problem, log=log, seconds=seconds, order=order)


def _last_lines(log: Path) -> tuple[str, ...]:
    from common.main_job import last_lines

    return tuple(last_lines(log, _SHOWN_LINES))
