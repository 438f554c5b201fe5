"""`read_weights`: what a Keras 1 or 2 (or tf.keras) HDF5 file holds, in plain Python and NumPy, without Keras."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import InputError
from common.legacy_weights.reader import run_reader

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Version:
    """A Keras version: `text` as the file has it, `number` its numbers."""

    text: str
    number: tuple[int, ...]

    @property
    def major(self) -> int:
        """The first number; 0 where the version is unknown."""
        return self.number[0] if self.number else 0


def parse_version(text: str | None) -> Version:
    """The version of `text` such as "2.2.4-tf"; ("?", ()) where there is none."""
    numbers = re.match(r"\d+(?:\.\d+)*", text or "")
    return Version(text or "?", tuple(int(part) for part in numbers[0].split(".")) if numbers else ())


@dataclass(frozen=True)
class LegacyFile:
    """What a file holds.

    `layers`: layer name -> {weight name: array}, both in the file's order, as they stand in the file (nothing turned,
    split or fused). A weight name that the file lists twice for a layer comes back once more as `NAME#2`.
    `keras`, `backend`: who wrote it; version "?" and None where the file does not say.
    `architecture`: the saved configuration ({"class_name", "config"}), or None for a weights-only file.
    `training`: loss, optimizer and metrics as saved, or None. `stray`: weights that belong to no layer.
    """

    path: Path
    keras: Version
    backend: str | None
    architecture: dict[str, Any] | None
    training: dict[str, Any] | None
    layers: dict[str, dict[str, np.ndarray]]
    stray: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def keras1(self) -> bool:
        """Whether the arrays lie as Keras 1 left them; by the arrays' names where the file states no version."""
        if self.keras.number:
            return self.keras.major == 1
        names = [name.split(":")[0] for arrays in self.layers.values() for name in arrays]
        return bool(names) and not any(name.endswith(("kernel", "embeddings", "gamma")) for name in names)

    @property
    def weighted(self) -> dict[str, list[tuple[str, np.ndarray]]]:
        """The layers that have arrays: name -> list of (weight name, array)."""
        return {name: list(arrays.items()) for name, arrays in self.layers.items() if arrays}

    @property
    def parameters(self) -> int:
        """How many numbers the layers hold in all."""
        return sum(int(array.size) for arrays in self.layers.values() for array in arrays.values())


def read_weights(path: str | os.PathLike[str], *, values: bool = True) -> LegacyFile:
    """Read a full-model or weights-only file of Keras 1.2 to 2.15 or tf.keras.

    Nothing in the file is executed or unpickled, and nothing outside it is opened (see `hdf5`). `values=False` leaves
    the numbers unread: arrays of the right shape and dtype that are all zero and take no memory.

    Raises InputError for a file that is missing, empty, cut off, damaged, not HDF5, not Keras's, or unsafe.
    """
    path = Path(path)
    header, arrays = run_reader(path, values=values)
    remaining = iter(arrays)
    layers = _name_arrays(header["layers"], remaining)
    return LegacyFile(
        path=path,
        keras=parse_version(header["keras_version"]),
        backend=_backend(header["backend"], layers),
        architecture=_parse_attribute(path, header, "model_config"),
        training=_parse_attribute(path, header, "training_config"),
        layers=layers,
        stray=_name_arrays(header["stray"], remaining).get("top_level_model_weights", {}),
    )


def _name_arrays(layers: list[list[Any]], arrays: Iterator[np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    named: dict[str, dict[str, np.ndarray]] = {}
    for layer, weights in layers:
        named[layer] = {}
        for weight, _, _ in weights:
            named[layer][_unused(weight, named[layer])] = next(arrays)
    return named


def _backend(stated: str | None, layers: dict[str, dict[str, np.ndarray]]) -> str | None:
    """The back end as stated; where it is not, Theano by its weight names, which lack TensorFlow's `:0`."""
    names = [name for arrays in layers.values() for name in arrays]
    if stated is None and names and not any(":" in name for name in names):
        return "theano"
    return stated


def _parse_attribute(path: Path, header: dict[str, Any], name: str) -> dict[str, Any] | None:
    text = header[name]
    if text is None:
        return None
    value = parse_json(text, f"{path}: its {name}")
    return value if isinstance(value, dict) else None


def parse_json(text: str, what: str) -> Any:
    """The value of JSON `text`; `what` names it in the InputError for text that is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{what} is not valid JSON ({str(error)[:100]}); the file is damaged or of another kind"
        ) from (error)


def _unused(name: str, taken: dict[str, Any]) -> str:
    count, candidate = 1, name
    while candidate in taken:
        count += 1
        candidate = f"{name}#{count}"
    return candidate


def read_architecture(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The architecture that `model.to_json()` wrote to `path`: {"class_name", "config"} and often "keras_version"."""
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a text file, so not an architecture; give what model.to_json() wrote") from error
    value = parse_json(text, f"{path}: the architecture")
    if isinstance(value, str):
        value = parse_json(value, f"{path}: the architecture")
    if not isinstance(value, dict) or "class_name" not in value or "config" not in value:
        raise InputError(f"{path}: JSON, but not a Keras architecture (no class_name and config); give model.to_json()")
    return value
