"""What an interrupted training goes on from: parameters, optimizer, history; written whole after every epoch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import InputError
from common.weights_archive import load_archive, save_archive
from week3.speech_recognition.examples import Example
from week3.speech_recognition.model import Parameters

_FORMAT = "sequence-models speech checkpoint 1"


@dataclass
class State:
    """Where a training stands after an epoch.

    Attributes:
        parameters: as they are.
        best: those of the epoch with the least dev loss so far.
        optimizer: as `common.recurrent.Adam.state` gives it; empty before the first step.
        history: the losses of every epoch.
    """

    parameters: Parameters
    best: Parameters
    optimizer: dict[str, Any]
    history: dict[str, list[float]]

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return len(self.history["loss"])

    @property
    def best_epoch(self) -> int:
        """The one with the least dev loss, from 1; without dev examples the last one."""
        watched = self.history["dev loss"]
        return 1 + int(np.argmin(watched)) if watched else self.epoch


class Checkpoint:
    """The file of one training.

    Args:
        path: of the file.
        known: what tells this training from others (`identity`).
    """

    def __init__(self, path: Path, known: str):
        self.path, self.known = path, known

    def save(self, state: State) -> None:
        """Write the state, in place of the one before."""
        groups = {"parameter": state.parameters, "best": state.best, "optimizer": state.optimizer}
        arrays = {
            f"{group} {name}": np.asarray(value) for group, part in groups.items() for name, value in part.items()
        }
        header = {"identity": self.known, "history": state.history}
        save_archive(self.path, _FORMAT, header, arrays, dtype=None, compressed=False)

    def load(self) -> State | None:
        """The state that was saved, or None.

        Raises:
            InputError: the file is damaged, or of another training.
        """
        if not self.path.is_file():
            return None
        header, arrays = load_archive(self.path, _FORMAT, kind="checkpoint", maker="train")
        if header["identity"] != self.known:
            raise InputError(
                f"{self.path}: is the checkpoint of another training; name another folder with --out, or delete it"
            )
        groups = [_group(arrays, f"{group} ") for group in ("parameter", "best", "optimizer")]
        return State(*groups, header["history"])


def identity(model: Any, config: Any, examples: Sequence[Example], start: Mapping[str, np.ndarray]) -> str:
    """A short string for settings, examples and parameters to begin with."""
    digest = hashlib.sha256(repr((asdict(model), asdict(config))).encode())
    for example in examples:
        digest.update(repr((example.features.shape, example.symbols)).encode())
        digest.update(np.ascontiguousarray(example.features).data)
    for name, value in sorted(start.items()):
        digest.update(name.encode() + value.tobytes())
    return digest.hexdigest()[:32]


def _group(arrays: Mapping[str, np.ndarray], prefix: str) -> Parameters:
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}
