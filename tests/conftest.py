"""What every test may use: the project's root, the course folder, a way to run the shell commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

_COURSE = os.environ.get("SEQUENCE_MODELS_COURSE", "")
if _COURSE:
    # A relative path is meant from the project's root, wherever pytest was started; tests change folders.
    os.environ["SEQUENCE_MODELS_COURSE"] = str((PROJECT / _COURSE).resolve())


def pytest_collection_modifyitems(items):
    """Everything under tests/course, and what is marked `course`, needs the course folder."""
    reason = "the course's own files are not here: set SEQUENCE_MODELS_COURSE to their folder"
    for item in items:
        if "tests/course/" in Path(item.fspath).as_posix() or item.get_closest_marker("course"):
            item.add_marker(pytest.mark.course)
            if not course_folder_or_none():
                item.add_marker(pytest.mark.skip(reason=reason))


def course_folder_or_none() -> Path | None:
    value = os.environ.get("SEQUENCE_MODELS_COURSE", "")
    return Path(value) if value and Path(value).is_dir() else None


@pytest.fixture
def course() -> Path:
    """The course folder; tests that use it are skipped where it is absent."""
    folder = course_folder_or_none()
    if folder is None:
        pytest.skip("the course's own files are not here: set SEQUENCE_MODELS_COURSE to their folder")
    return folder


@pytest.fixture
def without_course(monkeypatch):
    """As for a user who has no course folder."""
    monkeypatch.delenv("SEQUENCE_MODELS_COURSE", raising=False)


@pytest.fixture
def shell(tmp_path):
    """`shell("week1.building_rnn", "compare", ...)` runs a command in a process of its own, in an empty folder."""

    def run(module: str, *arguments: object, timeout: float = 300, env: dict[str, str] | None = None):
        return subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(PROJECT), **(env or {})},
            stdin=subprocess.DEVNULL,
        )

    return run
