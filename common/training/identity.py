"""Which run a checkpoint belongs to: settings, model, optimizer, loss and data, each as a short value to compare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from common.training.data import ArrayData, Data, map_arrays

if TYPE_CHECKING:
    import keras

_NAMES = ("name", "registered_name", "shared_object_id", "build_config", "compile_config")


def identify(model: keras.Model, data: Data, validation: Data | None, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a training differ from others: `settings`, the compiled model, and the data where they are arrays."""
    identity = dict(settings) | {"model": describe_model(model)}
    for name in ("optimizer", "loss"):
        identity[name] = describe_object(getattr(model, name))
    for name, part in (("data", data), ("validation", validation)):
        if isinstance(part, ArrayData):
            identity[name] = fingerprint_arrays(*part.arrays.values())
            identity[f"{name} batch size"] = part.batch_size
    return identity


def fingerprint_arrays(*arrays: Any) -> str:
    """SHA-256 over types, shapes and contents of arrays (or structures of them; None counts as nothing)."""
    digest = hashlib.sha256()

    def add(array: Any) -> None:
        if array is not None:
            array = np.ascontiguousarray(array)
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(array.data if array.size else b"")

    for array in arrays:
        map_arrays(add, array)
    return digest.hexdigest()


def describe_model(model: keras.Model) -> str:
    """SHA-256 of the layers' classes and settings and the weights' shapes; names, which Keras counts up, left out."""
    layers = [[type(layer).__name__, _settings(layer)] for layer in getattr(model, "layers", [])]
    weights = [[list(weight.shape), str(weight.dtype)] for weight in model.weights]
    return hashlib.sha256(_json([layers, weights]).encode()).hexdigest()


def describe_object(thing: Any) -> str:
    """An optimizer, loss, metric or their lists and dictionaries as text: classes and settings, names left out."""
    import keras

    if thing is None or isinstance(thing, (str, int, float)):
        return _json(thing)
    if isinstance(thing, (list, tuple)):
        return _json([describe_object(part) for part in thing])
    if isinstance(thing, dict):
        return _json({key: describe_object(part) for key, part in thing.items()})
    try:
        return _json(_without_names(keras.saving.serialize_keras_object(thing)))
    except (ValueError, TypeError, NotImplementedError):  # A class of the caller's that does not tell its settings.
        return getattr(thing, "__name__", type(thing).__name__)


def _settings(layer: Any) -> Any:
    try:
        return _without_names(layer.get_config())
    except NotImplementedError:  # As above: then its class and the shapes of its weights have to do.
        return None


def _without_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_names(part) for key, part in value.items() if key not in _NAMES}
    if isinstance(value, (list, tuple)):
        return [_without_names(part) for part in value]
    return value


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=lambda other: getattr(other, "__name__", type(other).__name__))
