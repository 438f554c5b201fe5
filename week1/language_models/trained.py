"""A trained model in one file: configuration, level, vocabulary, parameters, and how unknown words are spelled.

The `.npz` file holds what is not arrays as JSON text; nothing in it is code, and nothing is unpickled.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import atomic_path
from common.errors import InputError
from common.text_files import content_problem, read_bytes
from common.vocabulary import Vocabulary
from week1.language_models.data import LEVELS
from week1.language_models.model import ModelConfig, Parameters
from week1.language_models.network import LanguageNetwork

_FORMAT = "sequence-models language model 1"


@dataclass
class TrainedModel:
    """A network with its tokens.

    Attributes:
        config: of the network.
        level: "character" or "word".
        vocabulary: the tokens, in the order of the network's inputs and outputs.
        parameters: as `ModelConfig.parameter_shapes` names them, float32.
        rare: words of the training text that the vocabulary lacks; unknown words are spelled as these are.
        notes: how it was trained, as JSON values.
    """

    config: ModelConfig
    level: str
    vocabulary: Vocabulary
    parameters: Parameters
    rare: list[str] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)

    def network(self, *, dtype: Any = np.float32) -> LanguageNetwork:
        """The network in NumPy."""
        return LanguageNetwork(self.config, self.parameters, dtype=dtype)

    def save(self, path: str | os.PathLike[str], *, dtype: Any = np.float32) -> Path:
        """Write the `.npz` file, whole or not at all; float16 halves its size."""
        header = {
            "config": asdict(self.config),
            "level": self.level,
            "vocabulary": self.vocabulary.to_dict(),
            "rare": self.rare,
            "notes": self.notes,
        }
        return save_archive(path, _FORMAT, header, self.parameters, dtype=dtype)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TrainedModel:
        """Read what `save` wrote; InputError that names the file where it is another kind of file, or damaged."""
        header, arrays = load_archive(path, _FORMAT, kind="language model", maker="train")
        try:
            config = ModelConfig(**header["config"])
            vocabulary = Vocabulary.from_dict(header["vocabulary"])
            if header["level"] not in LEVELS or len(vocabulary) != config.n_vocab or vocabulary.end is None:
                raise ValueError(f"{len(vocabulary)} tokens for a network of {config.n_vocab}")
            parameters = checked(arrays, config.parameter_shapes())
            return cls(config, header["level"], vocabulary, parameters, list(header["rare"]), header["notes"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path}: its contents do not fit together ({error}); give one that train wrote") from None


def save_archive(
    path: str | os.PathLike[str], kind: str, header: dict[str, Any], arrays: Parameters, *, dtype: Any = np.float32
) -> Path:
    """Write arrays and a JSON header as `.npz`, whole or not at all."""
    cast = {name: value.astype(dtype) for name, value in arrays.items()}
    with atomic_path(path) as temporary:
        np.savez_compressed(temporary, header=np.array(json.dumps({"format": kind, **header})), **cast)
    return Path(path)


def load_archive(
    path: str | os.PathLike[str], wanted: str, *, kind: str, maker: str
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """(header, arrays) of what `save_archive` wrote; InputError where the file is something else."""
    problem = content_problem(read_bytes(path))
    if problem:
        raise InputError(f"{path}: {problem}")
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        header = json.loads(str(arrays.pop("header")))
        found = header["format"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, EOFError):
        found = None
    if found != wanted:
        raise InputError(f"{path}: is not a {kind} of this assignment, or a damaged one; give one that {maker} wrote")
    return header, arrays


def checked(arrays: Mapping[str, np.ndarray], shapes: Mapping[str, tuple[int, ...]]) -> Parameters:
    """The arrays of these names in float32; ValueError where one is missing, of another shape, or not finite."""
    parameters = {}
    for name, shape in shapes.items():
        if name not in arrays:
            raise ValueError(f"{name} is missing")
        value = arrays[name].astype(np.float32)
        if value.shape != shape:
            raise ValueError(f"{name} has shape {value.shape}, the configuration asks for {shape}")
        if not np.isfinite(value).all():
            raise ValueError(f"{name} holds numbers that are not finite")
        parameters[name] = value
    return parameters
