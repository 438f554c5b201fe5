"""Trained parameters in one `.npz` file, with a JSON header that says what they are; no code in it, nothing unpickled.

save_archive(path, "sequence-models language model 1", {"config": ...}, parameters, dtype=np.float16)
header, arrays = load_archive(path, "sequence-models language model 1", kind="language model", maker="train")
parameters = checked(arrays, config.parameter_shapes())
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import atomic_path
from common.errors import InputError
from common.text_files import content_problem, read_bytes

Parameters = dict[str, np.ndarray]


def save_archive(
    path: str | os.PathLike[str],
    kind: str,
    header: dict[str, Any],
    arrays: Parameters,
    *,
    dtype: Any = np.float32,
    compressed: bool = True,
) -> Path:
    """Write arrays and a JSON header as `.npz`, whole or not at all; returns the path.

    Args:
        path: of the file.
        kind: what is in it, with the number of the layout; `load_archive` asks for it.
        header: what JSON can hold.
        arrays: by name, none of which may be "header".
        dtype: what the arrays are written as; float16 halves the file. None: as they are.
        compressed: smaller, and slower to write.
    """
    cast = arrays if dtype is None else {name: value.astype(dtype) for name, value in arrays.items()}
    write = np.savez_compressed if compressed else np.savez
    with atomic_path(path) as temporary:
        write(temporary, header=np.array(json.dumps({"format": kind, **header})), **cast)
    return Path(path)


def load_archive(
    path: str | os.PathLike[str], wanted: str, *, kind: str, maker: str, otherwise: str = ""
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """(header, arrays) of what `save_archive` wrote.

    Args:
        path: of the file.
        wanted: the `kind` that it was saved as.
        kind, maker: what such a file is called, and the verb that writes one, for the error.
        otherwise: what else the person may give, for the error as well.

    Raises:
        InputError: the file is missing, something else, or damaged.
    """
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
        raise InputError(
            f"{path}: is not a {kind} of this assignment, or a damaged one; give one that {maker} wrote{otherwise}"
        )
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
