"""A trained classifier of either version in one file: settings, classes, parameters; and the word vectors that fit it.

The `.npz` file holds settings, classes and notes as JSON text beside the arrays; nothing in it is code, and nothing is
unpickled. Word vectors are in it only where they were learnt along ("embedding", a row for each of `words`). Of those
that it was trained with there is a sample, by which other vectors are told apart and refused.
"""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import InputError
from common.glove import WordVectors
from common.sentence_classifier.average import average, probabilities
from common.sentence_classifier.classes import ClassTable
from common.sentence_classifier.model import ModelConfig, Parameters
from common.sentence_classifier.network import SentenceNetwork
from common.weights_archive import checked, load_archive, save_archive

AVERAGE, LSTM = 1, 2
_FORMAT = "sequence-models sentences 1"
_OLD_FORMAT, _OLD_CLASSES = "sequence-models emojify 1", "emoji"  # the same but for two names
_SAMPLE_WORDS, _SAMPLE_NUMBERS = 24, 4


@dataclass
class TrainedModel:
    """A classifier.

    Attributes:
        version: 1, the average of word vectors, or 2, the recurrent network.
        table: the classes in order.
        config: of the network; of version 1 only `n_classes` and `n_inputs` count.
        members: parameters, once for each network of an ensemble, whose probabilities are averaged. Version 1 has
            "dense/kernel" (n_inputs, n_classes) and "dense/bias", version 2 what `ModelConfig.parameter_shapes` says;
            both "embedding" (words, n_inputs) where vectors were learnt along.
        sample: some words with the first numbers of their vectors.
        notes: how it was trained, as JSON values.
        words: those whose vectors were learnt along, in the order of the embedding's rows; mostly none.
    """

    version: int
    table: ClassTable
    config: ModelConfig
    members: list[Parameters]
    sample: dict[str, list[float]]
    notes: dict[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    @property
    def window(self) -> int | None:
        """The most words of a sentence that are read; None: all."""
        return self.config.window if self.version == LSTM else None

    def vocabulary(self, vectors: Mapping[str, np.ndarray]) -> Mapping[str, Any]:
        """The words that it can read, with these vectors: theirs and its own."""
        return ChainMap(dict.fromkeys(self.words), vectors) if self.words else vectors

    def probabilities(self, sentences: Sequence[Sequence[str]], vectors: Mapping[str, np.ndarray]) -> np.ndarray:
        """p of each class, (sentences, n_classes), for sentences of words that all are in its vocabulary.

        Of a sentence longer than the window the first `window` words are read.
        """
        return np.mean([self._of_member(member, sentences, vectors) for member in self.members], axis=0)

    def _of_member(
        self, member: Parameters, sentences: Sequence[Sequence[str]], vectors: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        n = self.config.n_inputs
        if self.words:
            vectors = ChainMap(dict(zip(self.words, member["embedding"], strict=True)), vectors)
        if self.version == AVERAGE:
            X = np.array([average(words, vectors, n) for words in sentences]).reshape(-1, n)
            return probabilities(X, member["dense/kernel"].T, member["dense/bias"])
        arrays = [np.array([vectors[word] for word in words[: self.window]]).reshape(-1, n) for words in sentences]
        return SentenceNetwork(self.config, member).predict(arrays)

    def fits(self, vectors: WordVectors) -> bool:
        """Whether these are the vectors that it was trained with (more or fewer words make no difference)."""
        if vectors.dimensions != self.config.n_inputs:
            return False
        pairs = [(vectors[word][:_SAMPLE_NUMBERS], numbers) for word, numbers in self.sample.items() if word in vectors]
        return 2 * len(pairs) > len(self.sample) and all(np.allclose(*pair, atol=1e-3) for pair in pairs)

    def save(self, path: str | os.PathLike[str], *, dtype: Any = np.float32) -> Path:
        """Write the `.npz` file, whole or not at all; float16 halves its size."""
        header = {
            "version": self.version,
            "classes": self.table.to_list(),
            "config": asdict(self.config),
            "members": len(self.members),
            "sample": self.sample,
            "notes": self.notes,
            "words": list(self.words),
        }
        arrays = {
            f"{place}/{name}": value for place, member in enumerate(self.members) for name, value in member.items()
        }
        return save_archive(path, _FORMAT, header, arrays, dtype=dtype)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TrainedModel:
        """Read what `save` wrote. Raises InputError, with the file's name, where it is something else or damaged."""
        header, arrays = _read(path)
        try:
            config = ModelConfig(**header["config"])
            table = ClassTable.from_list(header["classes"])
            version, sample = header["version"], dict(header["sample"])
            words = tuple(map(str, header.get("words", [])))
            shapes = _shapes(version, config, table) | ({"embedding": (len(words), config.n_inputs)} if words else {})
            members = [_member(place, shapes, arrays) for place in range(header["members"])]
            if not members:
                raise ValueError("no parameters")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"{path}: its contents do not fit together ({error}); give one that train wrote") from None
        return cls(version, table, config, members, sample, header.get("notes", {}), words)


def take_sample(words: Sequence[str], vectors: Mapping[str, np.ndarray]) -> dict[str, list[float]]:
    """The sample of a model that was trained with these words, evenly out of those that the vectors have."""
    words = sorted({word for word in words if word in vectors})
    chosen = words[:: max(1, len(words) // _SAMPLE_WORDS)][:_SAMPLE_WORDS]
    return {word: [round(float(number), 4) for number in vectors[word][:_SAMPLE_NUMBERS]] for word in chosen}


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], Parameters]:
    """Header and arrays, of the older form as well, which differs in two names."""
    told = {"kind": "weights file", "maker": "train"}
    try:
        return load_archive(path, _FORMAT, **told)
    except InputError:
        header, arrays = load_archive(path, _OLD_FORMAT, **told)
    return header | {"classes": header.get(_OLD_CLASSES)}, arrays


def _shapes(version: int, config: ModelConfig, table: ClassTable) -> dict[str, tuple[int, ...]]:
    if version not in (AVERAGE, LSTM) or len(table) != config.n_classes:
        raise ValueError(f"version {version} with {len(table)} labels for {config.n_classes} classes")
    if version == AVERAGE:
        return {"dense/kernel": (config.n_inputs, config.n_classes), "dense/bias": (config.n_classes,)}
    return config.parameter_shapes()


def _member(place: int, shapes: Mapping[str, tuple[int, ...]], arrays: Parameters) -> Parameters:
    own = {name: arrays[f"{place}/{name}"] for name in shapes if f"{place}/{name}" in arrays}
    return checked(own, shapes)
