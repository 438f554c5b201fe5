"""A trained recognizer in one file: configuration, parameters, and how it was trained."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import InputError
from common.weights_archive import checked, load_archive, save_archive
from week3.speech_recognition.alphabet import SYMBOLS
from week3.speech_recognition.model import ModelConfig, Parameters

_FORMAT = "sequence-models speech recognizer 1"


@dataclass
class TrainedRecognizer:
    """A network with its parameters.

    Attributes:
        config: kind and sizes.
        parameters: as `ModelConfig.parameter_shapes` names them, float32.
        notes: how it was trained, as JSON values.
    """

    config: ModelConfig
    parameters: Parameters
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """ "ctc" or "attention"."""
        return self.config.kind

    def ctc_part(self) -> TrainedRecognizer:
        """The encoder with its CTC output alone: of a network with attention, what its encoder hears without it."""
        config = replace(self.config, kind="ctc")
        return TrainedRecognizer(config, {name: self.parameters[name] for name in config.parameter_shapes()}, {})

    def save(self, path: str | os.PathLike[str], *, dtype: Any = np.float32) -> Path:
        """Write the `.npz` file, whole or not at all; float16 halves its size. Returns the path."""
        header = {"config": asdict(self.config), "symbols": SYMBOLS, "notes": self.notes}
        return save_archive(path, _FORMAT, header, self.parameters, dtype=dtype)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TrainedRecognizer:
        """Read what `save` wrote; InputError that names the file where it is another kind of file, or damaged."""
        header, arrays = load_archive(path, _FORMAT, kind="speech recognizer", maker="train")
        try:
            if tuple(header["symbols"]) != SYMBOLS:
                raise ValueError("it writes other symbols")
            config = ModelConfig(**header["config"])
            return cls(config, checked(arrays, config.parameter_shapes()), header["notes"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path}: its contents do not fit together ({error}); give one that train wrote") from None
