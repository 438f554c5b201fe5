"""What an epoch came to: kept as lists, written as CSV and as curves."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

from common.atomic import atomic_path, write_text

History = dict[str, list[float]]
"""Name of a loss or metric -> its value after each epoch; "val_..." is of the validation data."""


def write_csv(path: Path, history: History) -> Path:
    """The history as CSV, a row an epoch (from 1), written whole or not at all; returns the path."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["epoch", *history])
    for epoch, values in enumerate(zip(*history.values(), strict=True), 1):
        rows.writerow([epoch, *map(repr, values)])
    return write_text(path, text.getvalue())


class CsvLog:
    """The CSV file of a run: rewritten whole from the history, so a resumed run has every epoch once.

    Written at most once in `every` seconds, and at the end.
    """

    def __init__(self, path: Path | None, *, every: float = 2.0):
        self._path, self._every, self._written = path, every, -float("inf")

    def update(self, history: History, *, now: bool = False) -> None:
        """Take in the history; `now`: write it whatever the time."""
        if self._path is not None and history and (now or time.monotonic() - self._written >= self._every):
            write_csv(self._path, history)
            self._written = time.monotonic()


def save_curves(path: Path, history: History) -> Path:
    """A picture of the history: a panel for each quantity, training and validation together; returns the path."""
    from matplotlib.figure import Figure

    names = [name for name in history if not name.startswith("val_")] or list(history)
    figure = Figure(figsize=(4.5 * len(names), 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        for key, label in ((name, "training"), (f"val_{name}", "validation")):
            if key in history:
                axes.plot(range(1, len(history[key]) + 1), history[key], label=label)
        axes.set(xlabel="epoch", title=name.replace("_", " "))
        axes.legend()
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=120)
    return Path(path)
