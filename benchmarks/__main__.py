"""`python -m benchmarks [NAME ...]`: every benchmark, or those named, in turn; exit 1 if a target is missed."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in {"__main__", "__init__", "harness"})


def main() -> int:
    """Run them in the project's folder, each in a process of its own."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Run the benchmarks, each with its targets."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones (default all): {', '.join(NAMES)}")
    names = parser.parse_args().names or NAMES
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; choose from {', '.join(NAMES)}")
    missed = []
    for name in names:
        print(f"\n== python -m benchmarks.{name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=FOLDER.parent, check=False).returncode:
            missed.append(name)
    print(
        f"\n{len(names) - len(missed)} of {len(names)} benchmarks hold"
        + (f"; not: {', '.join(missed)}" if missed else "")
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
