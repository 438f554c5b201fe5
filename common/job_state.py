"""What the main job has done so far, kept in out/main_job.json, so that a later start goes on from there.

A step counts as done when its record says so, its run folder still holds that very command's results, and nothing that
it was made from has changed: the files of `common` and of its assignment, the shipped files, the packages' versions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from common.atomic import read_json, write_json
from common.errors import InputError
from common.jobs import Step
from common.run_folder import OUT, versions

STATE = OUT / "main_job.json"
DONE, FAILED = "done", "failed"
_NOT_RUN = ("report", "doctor", "main_job.py", "job_state.py", "jobs.py", "download", "week.py")


@dataclass(frozen=True)
class Record:
    """What became of a step.

    Attributes:
        command: the step as a person would type it.
        assignment: "week1/dinosaur_island".
        folder: its run folder, relative to the project.
        identity: of what it was made from, see `identity`.
        status: "done" or "failed".
        code: its exit status.
        seconds: what it took.
        log: what it printed, a file relative to the project.
    """

    command: str
    assignment: str
    folder: str
    identity: str
    status: str
    code: int
    seconds: float
    log: str


class JobState:
    """The records of a project's main job, in memory and on disk; `plan` are the steps of this run, in order."""

    def __init__(self, project: Path, plan: Sequence[Step] = ()):
        self.project, self.plan = project, list(plan)
        self.records: dict[str, Record] = {}
        self._identities: dict[str, str] = {}

    @classmethod
    def load(cls, project: Path, plan: Sequence[Step]) -> JobState:
        """What an earlier run left, or nothing where there is none or it cannot be read."""
        state = cls(project, plan)
        try:
            rows = read_json(project / STATE)["steps"]
            state.records = {row["command"]: Record(**row) for row in rows}
        except (InputError, TypeError, KeyError, AttributeError):
            state.records = {}
        return state

    def is_done(self, step: Step) -> bool:
        """Whether this step need not be run again."""
        record = self.records.get(str(step))
        if record is None or record.status != DONE or record.identity != self.identity(step):
            return False
        folder = self.project / step.folder
        try:
            config, metrics = read_json(folder / "config.json"), read_json(folder / "metrics.json")
            return config["command"] == str(step) and metrics["status"] == "done"
        except (InputError, TypeError, KeyError):
            return False

    def keep(self, step: Step, *, code: int, seconds: float, log: Path) -> Record:
        """Record what became of a step and write it all, whole or not at all."""
        record = Record(
            str(step), step.assignment, step.folder.as_posix(), self.identity(step),
            FAILED if code else DONE, code, round(seconds, 2), log.as_posix(),
        )  # fmt: skip
        self.records[str(step)] = record
        self.write()
        return record

    def write(self) -> None:
        """Write the records; `plan` says which commands the last run was about, in its order."""
        rows = [asdict(record) for record in self.records.values()]
        write_json(self.project / STATE, {"plan": [str(step) for step in self.plan], "steps": rows})

    def identity(self, step: Step) -> str:
        """A hash of the command and of what it works on."""
        if step.assignment not in self._identities:
            self._identities[step.assignment] = _sources(self.project, step.assignment)
        return hashlib.sha256(f"{step}\0{self._identities[step.assignment]}".encode()).hexdigest()


def _sources(project: Path, assignment: str) -> str:
    """A hash of the files of `common` that runs use and of the assignment's, and of the installed versions."""
    digest = hashlib.sha256(json.dumps(versions()).encode())
    for path in (*_files(project / "common"), *_files(project / assignment)):
        digest.update(f"{path.relative_to(project).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """The files that matter to a run, in a stable order."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and path.suffix not in {".pyc", ".md"} and not parts[0].startswith(_NOT_RUN):
            yield path


def last_plan(out: Path) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """The commands of the last run in order, and the records by command, from an `out` folder; empty without one."""
    try:
        content = read_json(out / STATE.name)
        return list(content["plan"]), {row["command"]: row for row in content["steps"]}
    except (InputError, TypeError, KeyError):
        return [], {}
