"""A trained classifier of either version in one file: settings, emoji, parameters; and the word vectors that fit it.

The `.npz` file holds settings, emoji and notes as JSON text beside the arrays; nothing in it is code, and nothing is
unpickled. Word vectors are not in it: a sample of theirs is, by which other vectors are told apart and refused.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import atomic_path
from common.errors import InputError
from common.glove import WordVectors
from common.text_files import content_problem, read_bytes
from week2.emojify.average import average, probabilities
from week2.emojify.emoji_table import EmojiTable
from week2.emojify.model import ModelConfig, Parameters
from week2.emojify.network import EmojiNetwork

AVERAGE, LSTM = 1, 2
_FORMAT = "sequence-models emojify 1"
_SAMPLE_WORDS, _SAMPLE_NUMBERS = 24, 4


@dataclass
class TrainedModel:
    """A classifier.

    Attributes:
        version: 1, the average of word vectors, or 2, the recurrent network.
        table: the emoji, in the order of the classes.
        config: of the network; of version 1 only `n_classes` and `n_inputs` count.
        members: parameters, once for each network of an ensemble, whose probabilities are averaged. Version 1 has
            "dense/kernel" (n_inputs, n_classes) and "dense/bias", version 2 what `ModelConfig.parameter_shapes` says.
        sample: some words with the first numbers of their vectors.
        notes: how it was trained, as JSON values.
    """

    version: int
    table: EmojiTable
    config: ModelConfig
    members: list[Parameters]
    sample: dict[str, list[float]]
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def window(self) -> int | None:
        """The most words of a sentence that are read; None: all."""
        return self.config.window if self.version == LSTM else None

    def probabilities(self, sentences: Sequence[Sequence[str]], vectors: Mapping[str, np.ndarray]) -> np.ndarray:
        """p of each class, (sentences, n_classes), for sentences of words that all have vectors.

        Of a sentence longer than the window the first `window` words are read.
        """
        n = self.config.n_inputs
        if self.version == AVERAGE:
            X = np.array([average(words, vectors, n) for words in sentences]).reshape(-1, n)
            found = [probabilities(X, one["dense/kernel"].T, one["dense/bias"]) for one in self.members]
        else:
            arrays = [np.array([vectors[word] for word in words[: self.window]]).reshape(-1, n) for words in sentences]
            found = [EmojiNetwork(self.config, one).predict(arrays) for one in self.members]
        return np.mean(found, axis=0)

    def fits(self, vectors: WordVectors) -> bool:
        """Whether these are the vectors that it was trained with (more or fewer words make no difference)."""
        if vectors.dimensions != self.config.n_inputs:
            return False
        pairs = [(vectors[word][:_SAMPLE_NUMBERS], numbers) for word, numbers in self.sample.items() if word in vectors]
        return 2 * len(pairs) > len(self.sample) and all(np.allclose(*pair, atol=1e-3) for pair in pairs)

    def save(self, path: str | os.PathLike[str], *, dtype: Any = np.float32) -> Path:
        """Write the `.npz` file, whole or not at all; float16 halves its size."""
        header = {
            "format": _FORMAT,
            "version": self.version,
            "emoji": self.table.to_list(),
            "config": asdict(self.config),
            "members": len(self.members),
            "sample": self.sample,
            "notes": self.notes,
        }
        arrays = {
            f"{place}/{name}": value.astype(dtype)
            for place, member in enumerate(self.members)
            for name, value in member.items()
        }
        with atomic_path(path) as temporary:
            np.savez_compressed(temporary, header=np.array(json.dumps(header)), **arrays)
        return Path(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TrainedModel:
        """Read what `save` wrote. Raises InputError, with the file's name, where it is something else or damaged."""
        path = Path(path)
        problem = content_problem(read_bytes(path))
        if problem:
            raise InputError(f"{path}: {problem}")
        header, arrays = _read(path)
        try:
            config = ModelConfig(**header["config"])
            table = EmojiTable.from_list(header["emoji"])
            version, sample = header["version"], dict(header["sample"])
            shapes = _shapes(version, config, table)
            members = [_member(place, shapes, arrays) for place in range(header["members"])]
            if not members:
                raise ValueError("no parameters")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"{path}: its contents do not fit together ({error}); give one that train wrote") from None
        return cls(version, table, config, members, sample, header.get("notes", {}))


def take_sample(words: Sequence[str], vectors: Mapping[str, np.ndarray]) -> dict[str, list[float]]:
    """The sample of a model that was trained with these words, evenly out of them."""
    words = sorted(set(words))
    chosen = words[:: max(1, len(words) // _SAMPLE_WORDS)][:_SAMPLE_WORDS]
    return {word: [round(float(number), 4) for number in vectors[word][:_SAMPLE_NUMBERS]] for word in chosen}


def _read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        header = json.loads(str(arrays["header"]))
        if header["format"] != _FORMAT:
            raise ValueError("another format")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, EOFError):
        raise InputError(
            f"{path}: is not a weights file of this assignment, or a damaged one; give one that train wrote"
        ) from None
    return header, arrays


def _shapes(version: int, config: ModelConfig, table: EmojiTable) -> dict[str, tuple[int, ...]]:
    if version not in (AVERAGE, LSTM) or len(table) != config.n_classes:
        raise ValueError(f"version {version} with {len(table)} emoji for {config.n_classes} classes")
    if version == AVERAGE:
        return {"dense/kernel": (config.n_inputs, config.n_classes), "dense/bias": (config.n_classes,)}
    return config.parameter_shapes()


def _member(place: int, shapes: Mapping[str, tuple[int, ...]], arrays: Mapping[str, np.ndarray]) -> Parameters:
    parameters = {}
    for name, shape in shapes.items():
        value = arrays[f"{place}/{name}"].astype(np.float32)
        if value.shape != shape:
            raise ValueError(f"{name} has shape {value.shape}, the settings ask for {shape}")
        if not np.isfinite(value).all():
            raise ValueError(f"{name} holds numbers that are not finite")
        parameters[name] = value
    return parameters
