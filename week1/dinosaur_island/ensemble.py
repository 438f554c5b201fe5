"""One or several trained networks as one language model: probabilities averaged, one `.npz` file.

p(c | context) is the mean of the members' probabilities, which is never worse in cross-entropy than the members' mean
(Jensen's inequality). The file holds the configuration and the vocabulary as JSON text beside the arrays; nothing in it
is code, and nothing is unpickled.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import atomic_path
from common.errors import InputError
from common.text_files import content_problem, read_bytes
from common.vocabulary import Vocabulary
from week1.dinosaur_island.data import Batch, encode_batch
from week1.dinosaur_island.model import ModelConfig, Parameters
from week1.dinosaur_island.network import CharacterNetwork, State

_FORMAT = "sequence-models dinosaur-island 1"


@dataclass
class Ensemble:
    """Trained networks of one configuration over one vocabulary.

    Attributes:
        config: of every member.
        vocabulary: of every member.
        members: the parameters of each.
        notes: where they come from: names trained on, seed, figures reached.
    """

    config: ModelConfig
    vocabulary: Vocabulary
    members: list[Parameters]
    notes: dict[str, Any]

    def __post_init__(self):
        self.network = CharacterNetwork(self.config)

    def log_probabilities(self, batch: Batch) -> np.ndarray:
        """log p of every character at every step: (steps, names, n_vocab) nats."""
        return _mean([self.network.log_probabilities(member, batch) for member in self.members])

    def name_log_probabilities(self, names: Sequence[str]) -> np.ndarray:
        """log p of each whole name, its end included: (names,) nats."""
        batch = encode_batch(names, self.vocabulary)
        picked = np.take_along_axis(self.log_probabilities(batch), batch.targets[..., np.newaxis], axis=-1)[..., 0]
        return (picked * batch.mask).sum(axis=0)

    def cross_entropy(self, names: Sequence[str]) -> float:
        """Nats per character on these names, the end of name counted as one."""
        return float(-self.name_log_probabilities(names).sum() / sum(len(name) + 1 for name in names))

    def initial_state(self, count: int) -> list[State]:
        """The state of every member before the first character of `count` names."""
        return [self.network.initial_state(count) for _ in self.members]

    def step(self, ids: np.ndarray, states: list[State]) -> tuple[np.ndarray, list[State]]:
        """Feed one character to each name, ids (names,): (log p of the next (names, n_vocab), next states)."""
        steps = [self.network.step(member, ids, state) for member, state in zip(self.members, states, strict=True)]
        return _mean([log_p for log_p, _ in steps]), [state for _, state in steps]

    def save(self, path: str | os.PathLike[str], *, dtype: Any = np.float32) -> Path:
        """Write the `.npz` file atomically; float16 halves its size at a cost of about 1e-4 nats."""
        header = {
            "format": _FORMAT,
            "config": asdict(self.config),
            "vocabulary": self.vocabulary.to_dict(),
            "notes": self.notes,
        }
        arrays = {
            f"{index}/{name}": value.astype(dtype)
            for index, member in enumerate(self.members)
            for name, value in member.items()
        }
        with atomic_path(path) as temporary:
            np.savez_compressed(temporary, header=np.array(json.dumps(header)), **arrays)
        return Path(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Ensemble:
        """Read what `save` wrote; InputError names the file and what is wrong with it."""
        header, arrays = _read(Path(path))
        try:
            config = ModelConfig(**header["config"])
            vocabulary = Vocabulary.from_dict(header["vocabulary"])
            count = 1 + max(int(name.split("/")[0]) for name in arrays)
            members = [_member(arrays, index, CharacterNetwork(config)) for index in range(count)]
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path}: is a weights file of another kind ({error}); give one that train wrote"
            ) from None
        return cls(config, vocabulary, members, header.get("notes", {}))


def _read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    problem = content_problem(read_bytes(path))
    if problem:
        raise InputError(f"{path}: {problem}")
    try:
        with np.load(path, allow_pickle=False) as archive:
            header = json.loads(str(archive["header"]))
            arrays = {name: archive[name] for name in archive.files if name != "header"}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
        header = {}
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        raise InputError(f"{path}: is not a weights file of this assignment; give one that train wrote")
    return header, arrays


def _member(arrays: dict[str, np.ndarray], index: int, network: CharacterNetwork) -> Parameters:
    """One member's parameters, each of the shape that the configuration asks for."""
    wanted = network.initialize(np.random.default_rng(0))
    member = {name: arrays[f"{index}/{name}"].astype(np.float32) for name in wanted}
    for name, value in wanted.items():
        if member[name].shape != value.shape:
            raise ValueError(f"{name} has shape {member[name].shape}, the configuration asks for {value.shape}")
        if not np.isfinite(member[name]).all():
            raise ValueError(f"{name} holds numbers that are not finite")
    return member


def _mean(log_probabilities: list[np.ndarray]) -> np.ndarray:
    """log of the mean of the probabilities."""
    if len(log_probabilities) == 1:
        return log_probabilities[0]
    stacked = np.stack(log_probabilities)
    top = stacked.max(axis=0)
    return top + np.log(np.exp(stacked - top).mean(axis=0))
