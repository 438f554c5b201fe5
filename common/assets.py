"""Files by logical name: the user's option, the course folder, the cache, what ships with the project, in this order.

`assets.json` lists, for each name, where the course keeps the file, the variants that are known (SHA-256, size, origin,
licence) and the file that ships in its place. A file whose hash is unknown is used with a warning; an empty, cut or
Git-LFS-pointer file is refused as what it is.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from common.atomic import write_text
from common.errors import InputError, MissingFileError
from common.text_files import content_problem, read_bytes

PROJECT = Path(__file__).resolve().parent.parent
CATALOGUE = Path(__file__).with_suffix(".json")
HEAD_BYTES = 1024
_MOST_FILES = 50_000


@dataclass(frozen=True)
class Asset:
    """A file that was found.

    Attributes:
        name: its logical name.
        path: where it is.
        source: "option", "course", "cache" or "shipped".
        sha256: hash of its content; empty where the file was only located.
        variant: the known variant's record, or None where the content is unknown.
    """

    name: str
    path: Path
    source: str
    sha256: str
    variant: dict[str, Any] | None

    def describe(self) -> str:
        """One line for the person: which file, from where, and a warning where its content is unknown."""
        where = {"option": "your file", "course": "course file", "cache": "cached file", "shipped": "shipped file"}
        line = f"{self.name}: {where[self.source]} {self.path}"
        if self.sha256 and self.variant is None and self.source != "option":
            line += f" (warning: unknown content, sha256 {self.sha256[:12]}; not a version that was checked)"
        return line


@functools.cache
def catalogue() -> dict[str, dict[str, Any]]:
    """The records of assets.json by logical name."""
    return json.loads(CATALOGUE.read_text(encoding="utf-8"))


def cache_folder() -> Path:
    """Where downloaded files are kept: `sequence-models` in the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "sequence-models"


def find(
    name: str,
    *,
    option: str | os.PathLike[str] | None = None,
    course: str | os.PathLike[str] | None = None,
    shipped: bool = True,
) -> Asset:
    """Find the file of a logical name.

    Args:
        name: a key of assets.json.
        option: the file that the user named; taken whatever it holds, unless it is empty or a pointer.
        course: the course folder, in whatever nesting it was unpacked.
        shipped: whether the project's own file may stand in.

    Raises:
        MissingFileError: nothing was found; the sentence names the file and where it was looked for.
        InputError: what was found is empty, cut or a pointer.
    """
    return check(name, *_place(name, option, course, shipped))


def locate(
    name: str,
    *,
    option: str | os.PathLike[str] | None = None,
    course: str | os.PathLike[str] | None = None,
    shipped: bool = True,
) -> Asset:
    """As `find`, for a file too big to be hashed every time: a known variant is known by its size and its first bytes.

    Raises:
        MissingFileError: nothing was found.
        InputError: what was found is empty, cut or a pointer.
    """
    path, source = _place(name, option, course, shipped)
    head = read_bytes(path, HEAD_BYTES)
    size = path.stat().st_size
    _refuse_damaged(name, path, source, head, size)
    alike = [
        variant for variant in catalogue()[name]["variants"] if variant["bytes"] == size and _begins(variant, head)
    ]
    return Asset(name, path, source, "", alike[0] if alike else None)


def _place(
    name: str, option: str | os.PathLike[str] | None, course: str | os.PathLike[str] | None, shipped: bool
) -> tuple[Path, str]:
    """Where the file is, and which of the four places that is."""
    record = catalogue()[name]
    if option is not None:
        return Path(option), "option"
    if course is not None:
        found = find_in_folder(name, course)
        if found is not None:
            return found, "course"
    cached = cache_folder() / record["file"]
    if cached.is_file():
        return cached, "cache"
    if shipped and record.get("shipped"):
        return PROJECT / record["shipped"], "shipped"
    where = f"not in the course folder {course}" if course else "no course folder given"
    raise MissingFileError(
        f"{record['file']} ({record['what']}) is needed and was not found: {where}; "
        "name the folder that holds it with --course DIR",
        name=record["file"],
    )


def find_by_file_name(file: str, course: str | os.PathLike[str] | None) -> Path | None:
    """The course's file of this file name, wherever `locate` finds it; None where it is unknown or missing."""
    for name, record in catalogue().items():
        if record["file"] == file:
            try:
                return locate(name, course=course).path
            except InputError:
                return None
    return None


def check(name: str, path: Path, source: str) -> Asset:
    """Hash the file and hold it against the known variants; refuse what is empty, cut short or a pointer."""
    content = read_bytes(path)
    _refuse_damaged(name, path, source, content[:HEAD_BYTES], len(content))
    digest = hashlib.sha256(content).hexdigest()
    return Asset(name, path, source, digest, _variant(name, digest))


def record_shipped(
    name: str, path: Path, *, what: str = "", origin: str = "this project", licence: str = "MIT"
) -> None:
    """Enter a file that was made anew into assets.json as what ships under `name`, in place of the one before."""
    records = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    shipped = path.resolve().relative_to(PROJECT).as_posix()
    record = records.setdefault(name, {"what": what, "file": path.name, "paths": [], "variants": []})
    content = path.read_bytes()
    record["variants"] = [variant for variant in record["variants"] if variant["origin"] != origin] + [
        {
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "head": hashlib.sha256(content[:HEAD_BYTES]).hexdigest(),
            "origin": origin,
            "licence": licence,
        }
    ]
    record["shipped"] = shipped
    write_text(CATALOGUE, json.dumps(records, indent=1) + "\n")


def list_files(folder: str | os.PathLike[str]) -> list[Path]:
    """The files under a folder, for `find_in_folder` to look for several names among."""
    return list(_files(Path(folder)))


def find_in_folder(name: str, folder: str | os.PathLike[str], files: Iterable[Path] | None = None) -> Path | None:
    """The file of this name somewhere under `folder`: known content first, else the path most like the course's."""
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: is not a folder; give the folder that holds the course's files")
    record = catalogue()[name]
    sizes = {variant["bytes"]: variant for variant in record["variants"]}
    likely: list[tuple[int, str, Path]] = []
    for path in _files(folder) if files is None else files:
        if path.name.lower() != record["file"].lower():
            continue
        size = path.stat().st_size
        if size in sizes and hashlib.sha256(path.read_bytes()).hexdigest() == sizes[size]["sha256"]:
            return path
        likely.append((-_common_tail(path, record["paths"]), str(path), path))
    needed = _telling_parts(name)
    likely = [row for row in sorted(likely) if -row[0] >= needed]
    return likely[0][2] if likely else None


def _files(folder: Path) -> Iterator[Path]:
    """Files under the folder in a stable order, hidden folders left out, at most so many."""
    seen = 0
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(entry for entry in folders if not entry.startswith("."))
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                return
            yield Path(base) / name


def _common_tail(path: Path, course_paths: list[str]) -> int:
    """How many last parts of the path agree with one of the course's paths."""
    best = 0
    for course_path in course_paths:
        count = 0
        for ours, theirs in zip(reversed(path.parts), reversed(PurePosixPath(course_path).parts), strict=False):
            if ours.lower() != theirs.lower():
                break
            count += 1
        best = max(best, count)
    return best


def _telling_parts(name: str) -> int:
    """How many last parts of the course's path tell this file from every other asset (model.h5 needs its folders)."""
    own = [PurePosixPath(path).parts for path in catalogue()[name]["paths"]]
    others = [
        PurePosixPath(path).parts for other, record in catalogue().items() if other != name for path in record["paths"]
    ]
    for count in range(1, max(map(len, own)) + 1):
        tails = {parts[-count:] for parts in own}
        if not any(parts[-count:] in tails for parts in others):
            return count
    return max(map(len, own))


def _variant(name: str, digest: str) -> dict[str, Any] | None:
    return next((variant for variant in catalogue()[name]["variants"] if variant["sha256"] == digest), None)


def _refuse_damaged(name: str, path: Path, source: str, head: bytes, size: int) -> None:
    """Raise where a file that begins like this is empty or a pointer, or the beginning of a known variant."""
    problem = content_problem(head) or (_cut_short(name, head, size) if source != "option" else "")
    if problem:
        raise InputError(f"{path}: {problem}")


def _cut_short(name: str, head: bytes, size: int) -> str:
    """Whether a file that begins like this is the beginning of a known variant: a sentence, or nothing."""
    for variant in catalogue()[name]["variants"]:
        if HEAD_BYTES <= size < variant["bytes"] and _begins(variant, head):
            return f"is cut short: {size} of {variant['bytes']} bytes; copy or download it again"
    return ""


def _begins(variant: dict[str, Any], head: bytes) -> bool:
    """Whether the known variant's first bytes are these."""
    return hashlib.sha256(head).hexdigest() == variant["head"]


def _shell() -> int:
    from common.assets_shell import main

    return main()


if __name__ == "__main__":
    sys.exit(_shell())
