"""`python -m common.assets`: lists the files that the assignments use, and fetches those that are given away."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from common.assets import cache_folder, catalogue, find_in_folder
from common.cli import add_course_option, guard, progress, say
from common.download import Download, downloads, fetch
from common.errors import InputError


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and do it; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m common.assets",
        description="The files that the assignments use: where they are, and fetching those that are given away.",
        epilog="example:\n  python -m common.assets fetch glove-50d",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    listing = commands.add_parser("list", help="every file by its name, and where it comes from here")
    add_course_option(listing)
    listing.set_defaults(run=lambda arguments: _list(arguments.course))
    fetching = commands.add_parser("fetch", help="download a file from its publisher into the cache folder")
    fetching.add_argument("name", metavar="NAME", help=f"which: {', '.join(downloads())}")
    fetching.set_defaults(run=lambda arguments: _fetch(arguments.name))
    arguments = parser.parse_args(argv)
    return guard(lambda: arguments.run(arguments))


def _list(course: Path | None) -> int:
    width = max(map(len, catalogue()))
    for name, record in catalogue().items():
        print(f"{name:{width}}  {_where(name, course):9}  {record['what'] or record['file']}")
    print(f"\ncache: {cache_folder()}; to be had with `fetch`: {', '.join(downloads())}")
    return 0


def _where(name: str, course: Path | None) -> str:
    """Where `common.assets.find` would take the file from."""
    record = catalogue()[name]
    if course is not None and record["paths"] and find_in_folder(name, course) is not None:
        return "course"
    if (cache_folder() / record["file"]).is_file():
        return "cache"
    return "shipped" if record.get("shipped") else "-"


def _fetch(name: str) -> int:
    wanted = downloads().get(name)
    if wanted is None:
        raise InputError(f"{name}: cannot be fetched; those that can are: {', '.join(downloads())}")
    target = cache_folder() / catalogue()[name]["file"]
    say(f"{wanted.what}, {wanted.bytes / 1e6:,.0f} MB from {wanted.url} ({wanted.licence})")
    print(_with_bar(wanted, target))
    return 0


def _with_bar(wanted: Download, target: Path) -> Path:
    with progress(total=wanted.bytes, description=target.name, unit="B") as bar:
        return fetch(wanted, target, report=lambda arrived: bar.update(arrived - bar.n))


if __name__ == "__main__":
    sys.exit(main())
