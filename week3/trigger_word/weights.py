"""Parameters of the network: from the course's old .h5 file, from Keras, to and from a plain .npz file.

    config, parameters = load_parameters("model.h5")         # NumPy arrays; no TensorFlow is loaded
    load_weights(model, "model.h5")                          # into a Keras model that `build_model` made
    load_notes("weights.npz")                                # what a file of ours tells besides: word, threshold ...

Read are: Keras 1, 2 and tf.keras HDF5 files (the course's model.h5), saved from the arrangement with `TimeDistributed`
or without; this project's .npz; and Keras 3's .weights.h5 of either arrangement (for these, Keras is loaded).
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
from common.text_files import check_file
from week3.trigger_word.model import ModelConfig, build_model

Parameters = dict[str, np.ndarray]
_KINDS = ("conv", "norm", "gru", "dense")
_NOTES = "notes"  # the name of the notes, JSON as bytes, among a .npz file's arrays


def load_parameters(path: str | os.PathLike[str]) -> tuple[ModelConfig, Parameters]:
    """(configuration, parameters float32 by name) of a weights file; the sizes are read off the arrays.

    Raises:
        MissingFileError: there is no such file.
        InputError: it is no such file, or its arrays are not this network's.
    """
    path = Path(path)
    check_file(path)
    if path.suffix == ".npz":
        parameters = _read_npz(path)
    elif _is_keras3(path):
        return _through_keras(path)
    else:
        parameters = _of_old_file(path)
    return checked(path, parameters, stride=load_notes(path).get("stride", ModelConfig().stride)), parameters


def load_notes(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What a .npz file tells besides its arrays: front end, stride, word, threshold, training; nothing of other kinds.

    Raises:
        InputError: the notes can not be read.
    """
    path = Path(path)
    if path.suffix != ".npz":
        return {}
    arrays = _arrays(path)
    if _NOTES not in arrays:
        return {}
    try:
        notes = json.loads(arrays[_NOTES].tobytes())
    except ValueError:
        notes = None
    if not isinstance(notes, dict) or not _sound(notes):
        raise InputError(f"{path}: its notes can not be read; train or copy it again")
    return notes


def _sound(notes: dict[str, Any]) -> bool:
    """Whether what a network is built of is of the right kind."""
    stride, threshold = notes.get("stride", 1), notes.get("threshold", 0.5)
    return isinstance(stride, int) and isinstance(threshold, float) and 0 < threshold < 1


def save_parameters(
    path: str | os.PathLike[str],
    parameters: Mapping[str, np.ndarray],
    notes: Mapping[str, Any] | None = None,
    *,
    dtype: Any = np.float32,
) -> Path:
    """Write the parameters as .npz of this type, with notes, whole or not at all; returns the path."""
    path = Path(path)
    if path.suffix != ".npz":
        raise InputError(f"{path}: parameters are written as .npz; give a name that ends so")
    arrays = {name: np.asarray(value, dtype) for name, value in parameters.items()}
    if notes is not None:
        arrays[_NOTES] = np.frombuffer(json.dumps(notes).encode(), np.uint8)
    with atomic_path(path) as temporary:
        np.savez_compressed(temporary, **arrays)
    return path


def checked(
    path: str | os.PathLike[str], parameters: Mapping[str, np.ndarray], *, stride: int = ModelConfig().stride
) -> ModelConfig:
    """The configuration that the arrays' shapes say; InputError where they are not this network's."""
    names = ModelConfig().parameter_shapes()
    missing = [name for name in names if name not in parameters]
    if missing:
        raise InputError(f"{path}: has no {missing[0]}; give weights of the trigger word network")
    kernel = parameters["conv/kernel"]
    if kernel.ndim != 3:
        raise InputError(f"{path}: the convolution's kernel has shape {kernel.shape}, not three axes")
    units = len(parameters["gru_1/recurrent_kernel"])
    sizes = {"frequencies": kernel.shape[1], "filters": kernel.shape[2], "kernel": kernel.shape[0], "units": units}
    config = ModelConfig(**sizes, stride=stride)
    for name, shape in config.parameter_shapes().items():
        if parameters[name].shape != shape:
            raise InputError(f"{path}: {name} has shape {parameters[name].shape}, {shape} is needed with the others")
        if not np.isfinite(parameters[name]).all():
            raise InputError(f"{path}: {name} holds numbers that are none; train or copy it again")
    return config


def _read_npz(path: Path) -> Parameters:
    return {name: array.astype(np.float32) for name, array in _arrays(path).items() if name != _NOTES}


def _arrays(path: Path) -> Parameters:
    try:
        with np.load(path, allow_pickle=False) as content:
            return {name: content[name] for name in content.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: can not be read as .npz ({error}); train or copy it again") from None


def _of_old_file(path: Path) -> Parameters:
    """The arrays of an old HDF5 file, by the order of its layers of each kind."""
    from common.legacy_weights import read_weights

    found: Parameters = {}
    counts = dict.fromkeys(_KINDS, 0)
    for arrays in read_weights(path).weighted.values():
        parts = {name.split(":")[0].rsplit("/", 1)[-1]: array for name, array in arrays}
        kind = _kind(parts)
        counts[kind] += 1
        name = f"{kind}_{counts[kind]}" if kind in ("norm", "gru") else kind
        found.update({f"{name}/{part}": np.asarray(array, np.float32) for part, array in parts.items()})
    return found


def _kind(parts: Mapping[str, np.ndarray]) -> str:
    """What kind of layer has arrays of these names."""
    if "gamma" in parts:
        return "norm"
    if "recurrent_kernel" in parts:
        return "gru"
    return "conv" if parts.get("kernel", np.zeros(0)).ndim == 3 else "dense"


def _is_keras3(path: Path) -> bool:
    """Whether it is a Keras 3 .weights.h5 file: its arrays lie in groups called `vars`."""
    if not path.name.endswith(".h5"):
        return False
    import h5py

    try:
        with h5py.File(path) as file:
            return "layers" in file and "layer_names" not in file.attrs
    except OSError:
        return False  # `read_weights` says what is wrong with it


def _through_keras(path: Path) -> tuple[ModelConfig, Parameters]:
    """Keras 3's file by way of a model of the course's sizes, in whichever arrangement it was saved from."""
    import h5py

    with h5py.File(path) as file:
        time_distributed = any("time_distributed" in name for name in file["layers"])
    model = build_model(frames=ModelConfig().kernel, time_distributed=time_distributed)
    try:
        model.load_weights(path)
    except (ValueError, KeyError) as error:
        reason = str(error).split("\n")[0][:120]
        raise InputError(f"{path}: its layers are not those of the course's network ({reason})") from None
    return ModelConfig(), from_keras(model)


def load_weights(model: Any, path: str | os.PathLike[str]) -> None:
    """Put the weights of a file into a model that `build_model` made, of whichever arrangement.

    Raises:
        InputError: as `load_parameters`, or the model has other sizes; the model is untouched then.
    """
    _, parameters = load_parameters(path)
    shapes = {name: tuple(variable.shape) for name, variable in _variables(model).items()}
    for name, shape in shapes.items():
        if parameters[name].shape != shape:
            raise InputError(f"{path}: {name} has shape {parameters[name].shape}, the model's {shape}; build it so")
    to_keras(model, parameters)


def to_keras(model: Any, parameters: Mapping[str, np.ndarray]) -> None:
    """Set a Keras model's weights from parameters by name."""
    for name, variable in _variables(model).items():
        variable.assign(parameters[name])


def from_keras(model: Any) -> Parameters:
    """The parameters of a Keras model that `build_model` made, float32."""
    return {name: np.asarray(variable.value, np.float32) for name, variable in _variables(model).items()}


def _variables(model: Any) -> dict[str, Any]:
    """The model's variables by our names: the layer's name, the variable's own; a wrapper counts for what it wraps."""
    return {
        f"{'dense' if layer.name == 'time_distributed' else layer.name}/{variable.name}": variable
        for layer in model.layers
        for variable in layer.weights
    }
