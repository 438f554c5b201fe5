"""Versions of Python and of the packages, held against the ranges of requirements.txt; the back end of Keras.

Only the packages' descriptions are read; none of them is imported.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common.doctor.findings import NOTE, OK, PROBLEM, Finding

_GROUP = "Python and packages"
_PYTHONS = ((3, 11), (3, 13))
_LINE = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?P<ranges>[^;#]*)(;\s*(?P<marker>[^#]*))?")
_MARKER = re.compile(r"""python_version\s*(?P<operator><=|>=|<|>|==)\s*["'](?P<version>[0-9.]+)["']""")
_BACK_ENDS = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch", "numpy": "numpy", "openvino": "openvino"}


@dataclass(frozen=True)
class Requirement:
    """A line of requirements.txt: a package and the (operator, version) pairs that its version has to meet."""

    name: str
    ranges: tuple[tuple[str, str], ...]

    def admits(self, version: str) -> bool:
        """Whether this version is within the ranges."""
        return all(_meets(version, operator, limit) for operator, limit in self.ranges)

    def __str__(self) -> str:
        return ",".join(operator + limit for operator, limit in self.ranges) or "any version"


def read_requirements(path: Path, python: str | None = None) -> list[Requirement]:
    """The requirements of a file that apply to this Python; -r lines, comments and other markers are passed over."""
    python = python or platform.python_version()
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = _LINE.fullmatch(line.split(" #")[0].strip())
        if match is None or not _applies(match["marker"], python):
            continue
        parts = (part.strip() for part in match["ranges"].split(",") if part.strip())
        ranges = [re.fullmatch(r"(<=|>=|==|!=|<|>)\s*(.+)", part) for part in parts]
        found.append(Requirement(match["name"], tuple((one[1], one[2].strip()) for one in ranges if one)))
    return found


def _applies(marker: str | None, python: str) -> bool:
    if not marker:
        return True
    match = _MARKER.search(marker)
    return match is None or _meets(".".join(python.split(".")[:2]), match["operator"], match["version"])


def _meets(version: str, operator: str, limit: str) -> bool:
    ours, theirs = _numbers(version), _numbers(limit)
    length = max(len(ours), len(theirs))
    ours, theirs = (part + (0,) * (length - len(part)) for part in (ours, theirs))
    return {
        "<": ours < theirs, ">": ours > theirs, "<=": ours <= theirs, ">=": ours >= theirs,
        "==": ours == theirs, "!=": ours != theirs,
    }[operator]  # fmt: skip


def _numbers(version: str) -> tuple[int, ...]:
    """The release's numbers: "2.21.0rc1" is (2, 21, 0)."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def look_at_packages(project: Path) -> Iterator[Finding]:
    """Python, each package of requirements.txt, and the back end of Keras."""
    yield _python()
    for requirement in read_requirements(project / "requirements.txt"):
        yield _package(requirement)
    yield _back_end()


def _python() -> Finding:
    version = platform.python_version()
    within = _PYTHONS[0] <= sys.version_info[:2] <= _PYTHONS[1]
    advice = "" if within else "make .venv anew with one of these: make run PYTHON=python3.12"
    return Finding(_GROUP, "python", OK if within else PROBLEM, f"{version} (3.11 to 3.13)", advice)


def _package(requirement: Requirement) -> Finding:
    install = "install what is missing: make test, or pip install -r requirements.txt"
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(_GROUP, requirement.name, PROBLEM, f"is not installed ({requirement})", install)
    if not requirement.admits(version):
        return Finding(_GROUP, requirement.name, PROBLEM, f"{version} is outside of {requirement}", install)
    return Finding(_GROUP, requirement.name, OK, f"{version} ({requirement})")


def keras_back_end() -> tuple[str, str]:
    """The back end that Keras will take, and what says so: the environment, its configuration file, or nothing."""
    named = os.environ.get("KERAS_BACKEND")
    if named:
        return named, "KERAS_BACKEND"
    home = os.environ.get("KERAS_HOME")
    path = (Path(home) if home else Path.home() / ".keras") / "keras.json"
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["backend"]), str(path)
    except (OSError, ValueError, KeyError, TypeError):
        return "tensorflow", "the default"


def _back_end() -> Finding:
    name, source = keras_back_end()
    told = f"{name} ({source})"
    if name not in _BACK_ENDS:
        return Finding(_GROUP, "Keras back end", PROBLEM, f"{told} is none", "set KERAS_BACKEND=tensorflow")
    if importlib.util.find_spec(_BACK_ENDS[name]) is None:
        advice = f"set KERAS_BACKEND=tensorflow, or install {name}"
        return Finding(_GROUP, "Keras back end", PROBLEM, f"{told} is not installed", advice)
    if name != "tensorflow":
        advice = "models run on it; training and old .h5 files are tested with TensorFlow"
        return Finding(_GROUP, "Keras back end", NOTE, told, advice)
    return Finding(_GROUP, "Keras back end", OK, told)
