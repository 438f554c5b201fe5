"""What a training with the project's loop leaves in its run folder: weights, and losses as a table and a picture."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from common.page_blocks import lines
from common.run_folder import RunFolder

if TYPE_CHECKING:
    from common.training import TrainingResult


class Trained(Protocol):
    """A model that can be saved."""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file; the path."""


def training_files(run: RunFolder) -> dict[str, Any]:
    """Where `common.training.train` keeps what it learns: its arguments checkpoint, csv_log and curves."""
    return {
        "checkpoint": run.folder / "checkpoints",
        "csv_log": run.file("losses.csv", title="losses by epoch"),
        "curves": run.figure("losses.png", title="Losses", alt="training and validation loss fall over the epochs"),
    }


def keep_trained(run: RunFolder, trained: Trained, result: TrainingResult, *, unit: str) -> Path:
    """Save the weights, take the checkpoints away, show the losses (in `unit`) on the page; the weights' path."""
    path = trained.save(run.file("weights.npz", title="the trained weights"))
    shutil.rmtree(run.folder / "checkpoints", ignore_errors=True)
    losses = {"training": result.history["loss"], "validation": result.history["val_loss"]}
    run.show(lines("Losses", losses, x_name="epoch", y_name=unit))
    run.metric("validation loss", min(result.history["val_loss"]), unit=unit, better="lower")
    run.metric("training time", result.seconds, unit="s")
    return path
