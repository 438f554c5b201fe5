"""A trained model in one file: configuration, vocabulary, parameters; and the course's old file read as one.

The `.npz` file holds the configuration, the vocabulary and notes as JSON text beside the arrays; nothing in it is code,
and nothing is unpickled. The course's file has no vocabulary: it is the 38 characters of the course's text.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InputError
from common.text_files import content_problem, read_bytes
from common.vocabulary import Vocabulary
from common.weights_archive import checked, load_archive, save_archive
from week1.shakespeare.data import COURSE_CHARACTERS
from week1.shakespeare.model import ModelConfig, Parameters
from week1.shakespeare.network import CharacterNetwork

if TYPE_CHECKING:
    from common.legacy_weights.saved_file import LegacyFile

_FORMAT = "sequence-models shakespeare 1"
_HDF5 = b"\x89HDF\r\n\x1a\n"


@dataclass
class TrainedModel:
    """A network with its characters.

    Attributes:
        config: of the network.
        vocabulary: the characters, in the order of the network's inputs and outputs.
        parameters: as `ModelConfig.parameter_shapes` names them, float32.
        notes: how it was trained, as JSON values.
    """

    config: ModelConfig
    vocabulary: Vocabulary
    parameters: Parameters
    notes: dict[str, Any] = field(default_factory=dict)

    def network(self, *, dtype: Any = np.float32) -> CharacterNetwork:
        """The network in NumPy."""
        return CharacterNetwork(self.config, self.parameters, dtype=dtype)

    def save(self, path: str | os.PathLike[str], *, dtype: Any = np.float32) -> Path:
        """Write the `.npz` file, whole or not at all; float16 halves its size."""
        header = {
            "config": asdict(self.config),
            "vocabulary": self.vocabulary.to_dict(),
            "notes": self.notes,
        }
        return save_archive(path, _FORMAT, header, self.parameters, dtype=dtype)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TrainedModel:
        """Read what `save` wrote, or the course's HDF5 file.

        Raises:
            InputError: it is neither, or damaged, or for a vocabulary that is not known; the sentence names the file.
        """
        content = read_bytes(path)
        problem = content_problem(content)
        if problem:
            raise InputError(f"{path}: {problem}")
        return _load_legacy(Path(path)) if content.startswith(_HDF5) else _load_own(Path(path))


def _load_own(path: Path) -> TrainedModel:
    header, arrays = load_archive(path, _FORMAT, kind="weights file", maker="train", otherwise=", or the course's .h5")
    try:
        config = ModelConfig(**header["config"])
        vocabulary = Vocabulary.from_dict(header["vocabulary"])
        parameters = _checked(config, vocabulary, arrays)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: its contents do not fit together ({error}); give one that train wrote") from None
    return TrainedModel(config, vocabulary, parameters, header.get("notes", {}))


def _checked(config: ModelConfig, vocabulary: Vocabulary, arrays: dict[str, np.ndarray]) -> Parameters:
    """The parameters that the configuration asks for, float32; ValueError where they do not fit."""
    if len(vocabulary) != config.n_vocab:
        raise ValueError(f"{len(vocabulary)} characters for a network of {config.n_vocab}")
    return checked(arrays, config.parameter_shapes())


def _load_legacy(path: Path) -> TrainedModel:
    """The course's file: LSTMs and a dense layer, in this order, over the course's characters."""
    from common.legacy_weights import read_weights

    file = read_weights(path)
    groups = [[array for _, array in arrays] for arrays in file.weighted.values()]
    if len(groups) < 2 or [len(group) for group in groups] != [3] * (len(groups) - 1) + [2]:
        raise InputError(f"{path}: is a model of another kind; give LSTM layers and one dense layer, as the course's")
    vocabulary = _course_vocabulary(path, groups[0][0].shape[0])
    recurrent = groups[0][1]
    config = ModelConfig(
        len(vocabulary),
        window=_window(file),
        n_units=recurrent.shape[0],
        n_layers=len(groups) - 1,
        recurrent_activation=_recurrent_activation(file),
    )
    values = [array for group in groups for array in group]
    arrays = dict(zip(config.parameter_shapes(), values, strict=True))
    try:
        return TrainedModel(config, vocabulary, _checked(config, vocabulary, arrays), {"file": path.name})
    except ValueError as error:
        raise InputError(
            f"{path}: is a model of another kind ({error}); give the course's, or one of train's"
        ) from None


def _course_vocabulary(path: Path, size: int) -> Vocabulary:
    if size != len(COURSE_CHARACTERS):
        raise InputError(
            f"{path}: is a model over {size} characters, and which ones the file does not say; only the course's "
            f"{len(COURSE_CHARACTERS)} are known: give its own file, or one that train wrote"
        )
    return Vocabulary(COURSE_CHARACTERS)


def _layers(file: LegacyFile) -> Sequence[dict[str, Any]]:
    """The configurations of the file's layers; none where it holds weights only."""
    config = (file.architecture or {}).get("config", [])
    layers = config.get("layers", []) if isinstance(config, dict) else config
    return [layer["config"] for layer in layers if isinstance(layer, dict) and isinstance(layer.get("config"), dict)]


def _window(file: LegacyFile) -> int:
    shapes = (layer.get("batch_input_shape") for layer in _layers(file))
    return next((shape[1] for shape in shapes if isinstance(shape, list) and len(shape) == 3 and shape[1]), 40)


def _recurrent_activation(file: LegacyFile) -> str:
    """As the file says; Keras 1 and 2 mean their own hard sigmoid, which is also what they take by default."""
    stated = next((layer["recurrent_activation"] for layer in _layers(file) if "recurrent_activation" in layer), None)
    if stated in (None, "hard_sigmoid"):
        return "legacy_hard_sigmoid"
    return stated
