"""The folder that a run leaves: config.json, metrics.json, page.json, pictures, sounds, texts.

`config.json` (all settings, seed, versions, the command) is written when the run begins, `metrics.json` when it ends,
also when it fails, and with it `page.json`: what the page of results shows of the run (`common/page_blocks.py`). The
page is built from these files alone.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import shlex
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from common.atomic import write_json, write_text

OUT = Path("out")
_ABOUT = ("about", "summary")  # what `common.cli` says of the assignment and the verb
_PACKAGES = ("numpy", "keras", "tensorflow", "h5py", "music21", "matplotlib", "soundfile", "pydub")


class RunFolder:
    """One run of a verb, as a context manager.

    Args:
        assignment: `"week1/dinosaur_island"`.
        verb: the verb's name; the default folder is `out/<assignment>/<verb>/`.
        settings: an argparse namespace or a dictionary; kept in config.json (callables left out).
        folder: a folder of the user's instead of the default one.
    """

    def __init__(
        self,
        assignment: str,
        verb: str,
        settings: argparse.Namespace | dict[str, Any],
        *,
        folder: Path | None = None,
    ):
        self.assignment, self.verb = assignment, verb
        self.folder = Path(folder) if folder else OUT / assignment / verb
        self.settings = vars(settings) if isinstance(settings, argparse.Namespace) else dict(settings)
        self.metrics: list[dict[str, Any]] = []
        self.figures: list[dict[str, str]] = []
        self.sounds: list[dict[str, str]] = []
        self.texts: list[dict[str, str]] = []
        self.files: list[dict[str, str]] = []
        self.blocks: list[dict[str, Any]] = []
        self._began = 0.0

    def __enter__(self) -> RunFolder:
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in ("metrics.json", "page.json"):  # of an earlier run
            (self.folder / left).unlink(missing_ok=True)
        self._began = time.perf_counter()
        write_json(self.folder / "config.json", self._config())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.blocks:
            write_text(self.folder / "page.json", json.dumps({"blocks": self.blocks}, ensure_ascii=False) + "\n")
        write_json(
            self.folder / "metrics.json",
            {
                "assignment": self.assignment,
                "verb": self.verb,
                "status": "done" if error is None else "failed",
                "problem": "" if error is None else f"{kind.__name__}: {error}",
                "seconds": round(time.perf_counter() - self._began, 3),
                "metrics": self.metrics,
                "figures": self.figures,
                "sounds": self.sounds,
                "texts": self.texts,
                "files": self.files,
            },
        )

    def _config(self) -> dict[str, Any]:
        settings = {
            key: [_plain(part) for part in value] if isinstance(value, (list, tuple)) else _plain(value)
            for key, value in self.settings.items()
            if not callable(value) and key not in _ABOUT
        }
        about, summary = (str(self.settings.get(key) or "") for key in _ABOUT)
        return {
            "assignment": self.assignment,
            "verb": self.verb,
            "about": about,
            "summary": summary,
            "command": f"python -m {shlex.join([self.assignment.replace('/', '.'), *sys.argv[1:]])}",
            "settings": settings,
            "versions": versions(),
        }

    def metric(
        self,
        name: str,
        value: float,
        *,
        unit: str = "",
        reference: float | None = None,
        reference_name: str = "",
        better: str = "",
    ) -> None:
        """Record a number; `reference` stands beside it, `better` is "lower", "higher" or empty."""
        self.metrics.append(
            {
                "name": name,
                "value": float(value),
                "unit": unit,
                "reference": None if reference is None else float(reference),
                "reference_name": reference_name,
                "better": better,
            }
        )

    def figure(self, name: str, *, title: str, alt: str) -> Path:
        """Announce a picture, with the text for those who do not see it; returns where to write it."""
        self.figures.append({"file": name, "title": title, "alt": alt})
        return self.folder / name

    def sound(self, name: str, *, title: str) -> Path:
        """Announce a sound; returns where to write it."""
        self.sounds.append({"file": name, "title": title})
        return self.folder / name

    def file(self, name: str, *, title: str) -> Path:
        """Announce any other file (weights, CSV, MIDI); returns where to write it."""
        self.files.append({"file": name, "title": title})
        return self.folder / name

    def text(self, name: str, content: str, *, title: str) -> Path:
        """Write a text (generated names, a table) and announce it."""
        self.texts.append({"file": name, "title": title})
        return write_text(self.folder / name, content)

    def show(self, block: dict[str, Any]) -> None:
        """Add a block of `common.page_blocks` to what the page shows of this run."""
        self.blocks.append(block)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that are installed, without importing them."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _plain(value: Any) -> Any:
    """The value as JSON can hold it; a path as its text."""
    return value if isinstance(value, (int, float, str, bool, type(None))) else str(value)
