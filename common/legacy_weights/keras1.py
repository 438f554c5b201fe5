"""Keras 1's layers in Keras 2's words: class names, argument names, and the `Merge` layer that took models as branches.

Source: the documentations of Keras 1.2 and 2.0, whose argument lists differ in names, not in meaning.
"""

from __future__ import annotations

from typing import Any

from common.errors import InputError

CLASSES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "AtrousConv1D": "Conv1D",
    "AtrousConv2D": "Conv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconv2D": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
    "TimeDistributedDense": "Dense",
}
COMMON = {
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "U_constraint": "recurrent_constraint",
    "b_constraint": "bias_constraint",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "bias": "use_bias",
    "border_mode": "padding",
    "input_dtype": "dtype",
    "inner_activation": "recurrent_activation",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
}
CONVOLUTION = {
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "subsample": "strides",
    "subsample_length": "strides",
    "atrous_rate": "dilation_rate",
}
POOLING = {"pool_length": "pool_size", "stride": "strides"}
BY_CLASS = {
    "Embedding": {"dropout": "embeddings_dropout", "init": "embeddings_initializer", "W_regularizer": "unused"},
    "Dropout": {"p": "rate"},
    "SpatialDropout1D": {"p": "rate"},
    "SpatialDropout2D": {"p": "rate"},
    "SpatialDropout3D": {"p": "rate"},
    "GaussianDropout": {"p": "rate"},
    "GaussianNoise": {"sigma": "stddev"},
    "UpSampling1D": {"length": "size"},
    "PReLU": {"init": "alpha_initializer"},
    "BatchNormalization": {},
}
RECURRENT = ("SimpleRNN", "LSTM", "GRU")
MERGES = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
}


def is_keras1_config(record: Any) -> bool:
    """Whether the configuration uses Keras 1's argument names (for a file that does not state its version)."""
    if isinstance(record, dict):
        config = record.get("config")
        if isinstance(config, dict) and record.get("class_name") != "Embedding":
            old = {"nb_filter", "inner_activation", "border_mode", "W_regularizer", "input_dtype"}
            if old & config.keys() or ("output_dim" in config and "units" not in config and "init" in config):
                return True
        return any(is_keras1_config(value) for value in record.values() if isinstance(value, (dict, list)))
    if isinstance(record, list):
        return any(is_keras1_config(value) for value in record if isinstance(value, (dict, list)))
    return False


def translate_keras1(class_name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The Keras 2 class name and configuration of a Keras 1 layer; a name that is not Keras 1's comes back as it is."""
    if class_name == "Merge":
        return _translate_merge(config)
    target = CLASSES.get(class_name, class_name)
    names = dict(COMMON)
    if "Conv" in target:
        names |= CONVOLUTION
    elif "Pooling" in target:
        names |= POOLING
    elif target == "Dense" or target in RECURRENT:
        names["output_dim"] = "units"
    names |= BY_CLASS.get(target, {})
    translated = {names.get(key, key): value for key, value in config.items()}
    if "dim_ordering" in translated:
        ordering = translated.pop("dim_ordering")
        translated["data_format"] = {"th": "channels_first", "tf": "channels_last"}.get(ordering, ordering)
    if "Conv" in target:
        _join_kernel_size(translated)
    if target == "BatchNormalization" and translated.pop("mode", 0) != 0:
        raise InputError(
            f"layer {config.get('name')!r} (BatchNormalization of Keras 1, mode {config['mode']}): this mode is gone "
            "since Keras 2; rebuild the model in code and use load_legacy_weights"
        )
    return target, translated


def _join_kernel_size(config: dict[str, Any]) -> None:
    """nb_row, nb_col and kernel_dim1 to 3 become kernel_size."""
    for keys in (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3")):
        if all(key in config for key in keys):
            config["kernel_size"] = [config.pop(key) for key in keys]


def _translate_merge(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name, mode = config.get("name"), config.get("mode", "sum")
    if mode not in MERGES or config.get("mode_type", "raw") != "raw":
        raise InputError(
            f"layer {name!r} (Merge of Keras 1, mode {mode!r}) cannot be carried over; "
            "rebuild the model in code and use load_legacy_weights"
        )
    translated = {"name": name}
    if mode == "concat":
        translated["axis"] = config.get("concat_axis", -1)
    if mode == "dot":
        translated["axes"] = _dot_axes(name, config.get("dot_axes", -1))
    return MERGES[mode], translated


def _dot_axes(name: Any, axes: Any) -> Any:
    if isinstance(axes, (list, tuple)):
        axes = [axis[0] if isinstance(axis, (list, tuple)) and len(axis) == 1 else axis for axis in axes]
        if len(axes) != 2 or not all(isinstance(axis, int) for axis in axes):
            raise InputError(f"layer {name!r} (Merge of Keras 1) multiplies along several axes, which Dot cannot")
    return axes


def expand_merge(records: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """A Sequential that begins with a Merge of models, as a functional configuration.

    Keras 1 saved the layers of the branches side by side with the others, so they become layers of the one model.
    """
    graph = _Branches()
    end = graph.merge(records[0])
    for record in records[1:]:
        end = graph.add(record, [end])
    return {
        "name": name,
        "layers": graph.layers,
        "input_layers": [[name, 0, 0] for name in graph.inputs],
        "output_layers": [[end, 0, 0]],
    }


class _Branches:
    def __init__(self):
        self.layers: list[dict[str, Any]] = []
        self.inputs: list[str] = []

    def add(self, record: dict[str, Any], inputs: list[str]) -> str:
        name = record["config"]["name"]
        if any(layer["name"] == name for layer in self.layers):
            raise InputError(
                f"layer {name!r} is in two branches of a Merge of Keras 1; rebuild the model in code and use "
                "load_legacy_weights"
            )
        nodes = [[[source, 0, 0, {}] for source in inputs]] if inputs else []
        self.layers.append({**record, "name": name, "inbound_nodes": nodes})
        return name

    def merge(self, record: dict[str, Any]) -> str:
        ends = [self.branch(branch) for branch in record["config"]["layers"]]
        return self.add({**record, "config": {**record["config"], "layers": None}}, ends)

    def branch(self, record: dict[str, Any]) -> str:
        if record["class_name"] != "Sequential":
            raise InputError(f"a Merge of Keras 1 over a {record['class_name']} cannot be carried over")
        records = record["config"]["layers"] if isinstance(record["config"], dict) else record["config"]
        if records[0]["class_name"] == "Merge":
            end = self.merge(records[0])
            records = records[1:]
        else:
            end = self.input(records[0])
        for inner in records:
            end = self.add(inner, [end])
        return end

    def input(self, first: dict[str, Any]) -> str:
        config = first["config"]
        if "batch_input_shape" not in config:
            raise InputError(f"the branch that begins with layer {config.get('name')!r} does not state its input shape")
        name = f"{config['name']}_input"
        self.inputs.append(name)
        settings = {
            "name": name,
            "batch_input_shape": config["batch_input_shape"],
            "dtype": config.get("input_dtype") or "float32",
        }
        return self.add({"class_name": "InputLayer", "config": settings}, [])
