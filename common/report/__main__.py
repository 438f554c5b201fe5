"""`python -m common.report`: builds the page of results anew, without running anything."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from common.cli import guard
from common.errors import InputError
from common.report import build
from common.run_folder import OUT


def main() -> int:
    """Build the page; prints where it is."""
    parser = argparse.ArgumentParser(
        prog="python -m common.report", description="Build the page of results from what earlier runs left."
    )
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help="folder of the runs (default out)")
    return guard(lambda: _build(parser.parse_args().out))


def _build(out: Path) -> int:
    if not out.is_dir():
        raise InputError(f"{out}: there is no such folder; run something first, for example python -m common.main_job")
    print(f"Open {build(out).resolve().as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
