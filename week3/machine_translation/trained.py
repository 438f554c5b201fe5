"""A trained translator in one file: its task, configuration, parameters and notes; and the course's old file as one.

The `.npz` file holds the task, the configuration, the vocabularies and the notes as JSON text beside the arrays;
nothing in it is code, and nothing is unpickled.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.assets import Asset, find
from common.errors import InputError
from common.text_files import content_problem, read_bytes
from common.weights_archive import checked, load_archive, save_archive
from week3.machine_translation.data import Task, find_task
from week3.machine_translation.model import ModelConfig, Parameters
from week3.machine_translation.parameters import split_kernel

if TYPE_CHECKING:
    from common.legacy_weights.saved_file import LegacyFile

_FORMAT = "sequence-models machine-translation 1"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_COURSE_ARRAYS = [6, 2, 2, 3, 2]  # of its layers: bidirectional LSTM, two dense ones, LSTM, dense
ASSETS = {"dates": "date-translator", "languages": "language-translator"}
"""The logical name of each task's shipped weights."""


@dataclass
class TrainedTranslator:
    """A network with what it translates.

    Attributes:
        task_name: "dates" or "languages".
        config: of the network.
        parameters: as `ModelConfig.parameter_shapes` names them, float32.
        notes: how it was trained and how sure it may be, as JSON values ("train", "calibration", "result", ...).
    """

    task_name: str
    config: ModelConfig
    parameters: Parameters
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def task(self) -> Task:
        """The task that it was trained for."""
        return find_task(self.task_name)

    @functools.cached_property
    def network(self) -> Any:
        """The network in NumPy: a `CourseNetwork` or a `FeedbackNetwork`."""
        if self.config.feedback:
            from week3.machine_translation.feedback_network import FeedbackNetwork

            return FeedbackNetwork(self.config, self.parameters)
        from week3.machine_translation.network import CourseNetwork

        return CourseNetwork(self.config, self.parameters)

    def save(self, path: str | os.PathLike[str], *, dtype: Any = np.float32) -> Path:
        """Write the `.npz` file, whole or not at all; float16 halves its size."""
        task = self.task
        header = {
            "task": self.task_name,
            "config": asdict(self.config),
            "source": list(task.source.tokens),
            "target": list(task.target.tokens),
            "notes": self.notes,
        }
        return save_archive(path, _FORMAT, header, self.parameters, dtype=dtype)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, task: str | None = None) -> TrainedTranslator:
        """Read what `save` wrote, or the course's HDF5 file.

        Args:
            path: the file.
            task: the task that the weights must be of; None takes any.

        Raises:
            InputError: the file is neither, damaged, or of another task; the sentence names the file.
        """
        content = read_bytes(path)
        problem = content_problem(content)
        if problem:
            raise InputError(f"{path}: {problem}")
        loaded = _load_legacy(Path(path)) if content.startswith(_HDF5) else _load_own(Path(path))
        if task is not None and loaded.task_name != task:
            raise InputError(
                f"{path}: holds weights of the task {loaded.task_name}; give --task {loaded.task_name}, or weights of "
                f"the task {task}"
            )
        return loaded


def find_weights(task: str) -> Asset:
    """The weights that ship for a task."""
    return find(ASSETS[task])


def _load_own(path: Path) -> TrainedTranslator:
    header, arrays = load_archive(
        path, _FORMAT, kind="weights file", maker="train", otherwise=", or the course's model.h5"
    )
    try:
        config = ModelConfig(**header["config"])
        _check_vocabularies(config, header)
        parameters = checked(arrays, config.parameter_shapes())
        return TrainedTranslator(header["task"], config, parameters, dict(header.get("notes", {})))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: its contents do not fit together ({error}); give one that train wrote") from None


def _check_vocabularies(config: ModelConfig, header: dict[str, Any]) -> None:
    """ValueError unless the file's symbols are those of its task today."""
    task = find_task(header["task"])
    for side, size in (("source", config.n_source), ("target", config.n_target)):
        if header[side] != list(getattr(task, side).tokens) or len(header[side]) != size:
            raise ValueError(f"its {side} vocabulary is not the task's")


def _load_legacy(path: Path) -> TrainedTranslator:
    """The course's file: its five layers with arrays, over the course's vocabularies."""
    from common.legacy_weights import read_weights

    file = read_weights(path)
    groups = [[array for _, array in arrays] for arrays in file.weighted.values()]
    if [len(group) for group in groups] != _COURSE_ARRAYS:
        raise InputError(f"{path}: is a model of another kind; give the course's model.h5, or weights that train wrote")
    config = _legacy_config(file, groups)
    try:
        parameters = checked(from_course_arrays(config, groups), config.parameter_shapes())
    except ValueError as error:
        raise InputError(f"{path}: is a model of another kind ({error}); give the course's model.h5") from None
    notes = {"file": path.name, "written by": f"Keras {file.keras.text}", "span": [1970, 2017]}
    return TrainedTranslator("dates", config, parameters, notes)


def _legacy_config(file: LegacyFile, groups: Sequence[Sequence[np.ndarray]]) -> ModelConfig:
    task = find_task("dates")
    return ModelConfig(
        n_a=groups[0][1].shape[0],
        n_s=groups[3][1].shape[0],
        n_attention=groups[1][1].shape[0],
        n_source=len(task.source),
        n_target=len(task.target),
        source_length=task.source_length,
        target_length=task.target_length,
        recurrent_activation=_recurrent_activation(file),
    )


def from_course_arrays(config: ModelConfig, groups: Sequence[Sequence[np.ndarray]]) -> Parameters:
    """Our parameters from the arrays of the course's five layers, each layer's in Keras's order."""
    encoder, hidden, energy, decoder, output = groups
    keys, state = split_kernel(hidden[0], 2 * config.n_a)
    values = [*encoder, keys, hidden[1], state, *energy, *decoder, *output]
    return dict(zip(config.parameter_shapes(), values, strict=True))


def _recurrent_activation(file: LegacyFile) -> str:
    """As the file says; where it holds weights only, what its version took by default (Keras 2.3 changed it)."""
    layers = (file.architecture or {}).get("config", {}).get("layers", [])
    stated = [layer["config"]["recurrent_activation"] for layer in layers if "recurrent_activation" in layer["config"]]
    if not stated:
        return "legacy_hard_sigmoid" if file.keras.number < (2, 3) else "sigmoid"
    return "legacy_hard_sigmoid" if stated[0] == "hard_sigmoid" else stated[0]
