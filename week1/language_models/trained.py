"""A trained model in one file: configuration, level, vocabulary, parameters, and how unknown words are spelled.

The `.npz` file holds what is not arrays as JSON text; nothing in it is code, and nothing is unpickled.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import InputError
from common.vocabulary import Vocabulary
from common.weights_archive import checked, load_archive, save_archive
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
