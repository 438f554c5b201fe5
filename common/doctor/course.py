"""The files of the course: which are there, which are not what they seem, which assignment needs them, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from common.assets import HEAD_BYTES, catalogue, check, find_in_folder, list_files, locate
from common.doctor.findings import NOTE, OK, PROBLEM, SKIPPED, Finding
from common.download import downloads, file_sha256
from common.errors import InputError

_GROUP = "The course's files"
_LARGE = 64 << 20  # bytes from which on a file is known by its size and beginning


def look_at_course(project: Path, course: Path | None) -> Iterator[Finding]:
    """A finding for each file that the course has, or one that says that no folder was named."""
    if course is None:
        advice = "--course DIR (or SEQUENCE_MODELS_COURSE) names the folder; everything but comparisons works without"
        yield Finding(_GROUP, "course folder", SKIPPED, "none is named", advice)
        return
    if not course.is_dir():
        yield Finding(
            _GROUP, "course folder", PROBLEM, f"{course} is not a folder", "name the folder with --course DIR"
        )
        return
    files = list_files(course)
    users = users_of_files(project)
    for name, record in catalogue().items():
        if record["paths"]:
            yield _one(name, course, files, tuple(users.get(name, ())))


def _one(name: str, course: Path, files: list[Path], users: tuple[str, ...]) -> Finding:
    record = catalogue()[name]
    title = record["paths"][0]
    path = find_in_folder(name, course, files)
    if path is None:
        return Finding(_GROUP, title, NOTE, f"missing{_for(users)}", _instead(name), users)
    try:
        known = _is_known(name, path)
    except InputError as error:
        advice = "git lfs pull, where the files came" if _is_pointer(path) else "copy or download it again"
        return Finding(_GROUP, title, PROBLEM, f"{error}{_for(users)}", f"{advice}", users)
    where = path.relative_to(course).as_posix()
    where = "found" if where == title else f"found as {where}"
    if not known:
        advice = "it is used as it is; figures may differ from those that were checked"
        return Finding(_GROUP, title, NOTE, f"{where}, unknown content{_for(users)}", advice, users)
    return Finding(_GROUP, title, OK, f"{where}{_for(users)}", "", users)


def _is_known(name: str, path: Path) -> bool:
    """Whether the content is one that was checked; InputError where it is damaged or a pointer."""
    wanted = downloads().get(name)
    if wanted is not None and path.stat().st_size in (wanted.bytes, wanted.member_bytes):
        return file_sha256(path) in (wanted.sha256, wanted.member_sha256)
    found = (locate(name, option=path) if path.stat().st_size > _LARGE else check(name, path, "course")).variant
    return found is not None


def _is_pointer(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(HEAD_BYTES).startswith(b"version https://git-lfs")


def _for(users: tuple[str, ...]) -> str:
    return f" (for {', '.join(users)})" if users else ""


def _instead(name: str) -> str:
    """What there is without the file."""
    if name in downloads():
        return f"python -m common.assets fetch {name} downloads it; until then a smaller one that ships is used"
    if catalogue()[name].get("shipped"):
        return "lay it into the folder; until then the project's own is used, and its figures are not compared"
    return "lay it into the folder; until then what stands on it is not compared"


def users_of_files(project: Path) -> dict[str, list[str]]:
    """Logical name -> the assignments that use it, as "week1.jazz_solo"; found by looking into their code.

    A name that no code spells out belongs to those who use the other files of the same folder of the course.
    """
    users: dict[str, list[str]] = {}
    for folder in sorted(project.glob("week[0-9]*/*/")):
        code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
        spelt = set(re.findall(r"""["']([a-z0-9-]+)["']""", code))
        for name in catalogue().keys() & spelt:
            users.setdefault(name, []).append(".".join(folder.relative_to(project).parts))
    neighbours: dict[str, list[str]] = {}
    for name, found in users.items():
        for path in catalogue()[name]["paths"]:
            neighbours.setdefault(path.split("/")[0], []).extend(found)
    for name, record in catalogue().items():
        if name not in users and record["paths"]:
            users[name] = sorted(set(neighbours.get(record["paths"][0].split("/")[0], ())))
    return users
