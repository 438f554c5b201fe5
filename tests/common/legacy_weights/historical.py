"""Writing Keras files in the layouts of the past, and the tools to compare an upgraded model with Keras 2 itself.

`tf_keras` is the maintained Keras 2: a model built with it is saved, its configuration and arrays are rewritten into an
older layout, and the loader must give a model with the same outputs.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

import h5py
import numpy as np

GONE_IN_20 = ("groups", "time_major", "keepdims", "ragged", "reset_after", "interpolation", "output_padding")


def write(path, *, config, groups, version="2.1.4", backend="tensorflow", full=True, text=bytes, **create):
    """A Keras file: `groups` is {layer: [(weight name, array)]}; `full` False gives a weights-only file."""
    with h5py.File(path, "w") as file:
        for key, value in (("keras_version", version), ("backend", backend)):
            if value is not None:
                file.attrs[key] = value.encode() if text is bytes else value
        if full and config is not None:
            encoded = json.dumps(config)
            file.attrs["model_config"] = encoded.encode() if text is bytes else encoded
        root = file.create_group("model_weights") if full else file
        root.attrs["layer_names"] = [name.encode() for name in groups]
        for layer, arrays in groups.items():
            group = root.create_group(layer)
            group.attrs["weight_names"] = [name.encode() for name, _ in arrays]
            for name, array in arrays:
                if name not in group:
                    group.create_dataset(name, data=array, **create)
    return Path(path)


def read(path):
    """The configuration and the groups of a file that tf_keras saved."""
    with h5py.File(path) as file:
        config = file.attrs["model_config"]
        root = file["model_weights"]
        groups = {}
        for layer in _texts(root.attrs["layer_names"]):
            group = root[layer]
            groups[layer] = [(name, group[name][()]) for name in _texts(group.attrs["weight_names"])]
    return json.loads(config), groups


def _texts(values):
    return [value.decode() if isinstance(value, bytes) else value for value in values]


def saved(model, path):
    """Save a tf_keras model as it is today; returns its configuration and groups."""
    model.save(path, include_optimizer=False)
    return read(path)


def in_layout_20(config):
    """The configuration as Keras 2.0 wrote it: a bare list for Sequential, no input layer, no later keys."""
    config = copy.deepcopy(config)
    if config["class_name"] == "Sequential":
        layers = config["config"]["layers"]
        if layers[0]["class_name"] == "InputLayer":
            shape = layers.pop(0)["config"]["batch_input_shape"]
            layers[0]["config"]["batch_input_shape"] = shape
        config["config"] = layers
    elif config["class_name"] == "Functional":
        config["class_name"] = "Model"
    return _without_later_keys(config)


def _without_later_keys(value):
    if isinstance(value, dict):
        return {
            key: _without_later_keys(item)
            for key, item in value.items()
            if key not in GONE_IN_20 or _matters(key, item)
        }
    return [_without_later_keys(item) for item in value] if isinstance(value, list) else value


def _matters(key, value):
    """A later key is kept where it says something else than the old behaviour."""
    return value is True or bool(value) and value not in (1, "nearest")


def randomise(model, rng):
    """Random weights, variances positive; the saved model is then worth comparing."""
    for weight in model.weights:
        if "count" in weight.name:
            continue
        value = rng.normal(size=weight.shape) * 0.4
        weight.assign(np.abs(value) + 0.3 if "variance" in weight.name else value)
    return model


def flat(outputs):
    """Outputs as a flat list of NumPy arrays, dictionaries in the order of their keys."""
    if isinstance(outputs, dict):
        outputs = [outputs[key] for key in sorted(outputs)]
    if isinstance(outputs, (list, tuple)):
        return [leaf for item in outputs for leaf in flat(item)]
    return [np.asarray(outputs)]


def assert_same_outputs(old_model, new_model, *inputs, tolerance=1e-5):
    """Both models answer the same on `inputs`, within `tolerance` of the largest output."""
    given = list(inputs) if len(inputs) > 1 else inputs[0]
    wanted = flat(old_model(given, training=False))
    got = flat(new_model(given, training=False))
    assert [array.shape for array in got] == [array.shape for array in wanted]
    for one, other in zip(got, wanted, strict=True):
        scale = max(1.0, float(np.abs(other).max(initial=0.0)))
        np.testing.assert_allclose(one / scale, other / scale, rtol=0, atol=tolerance)
