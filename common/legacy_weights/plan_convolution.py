"""Translations of convolutions, pooling, padding, cropping, upsampling and image layers."""

from __future__ import annotations

from typing import Any

from common.legacy_weights.activations import Function
from common.legacy_weights.plan import Plan, Reader, Unsupported, translates
from common.legacy_weights.plan_core import number

INTERPOLATIONS = ("nearest", "bilinear")


@translates("Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D")
def _convolution(reader: Reader) -> Plan:
    kind = reader.layer.class_name.replace("Convolution", "Conv")
    return Plan(kind, _kernel_options(reader) | reader.take("filters", groups=1))


@translates("SeparableConv1D", "SeparableConv2D", "SeparableConvolution1D", "SeparableConvolution2D")
def _separable(reader: Reader) -> Plan:
    kind = reader.layer.class_name.replace("Convolution", "Conv")
    return Plan(kind, _kernel_options(reader) | reader.take("filters", depth_multiplier=1))


@translates("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise(reader: Reader) -> Plan:
    options = _kernel_options(reader) | reader.take(depth_multiplier=1)
    for key in [key for key in options if key.startswith("kernel_") and key != "kernel_size"]:
        options.pop(key)
    return Plan(reader.layer.class_name, options)


@translates("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "Convolution2DTranspose", "Deconvolution2D")
def _transposed(reader: Reader) -> Plan:
    kind = {"Convolution2DTranspose": "Conv2DTranspose", "Deconvolution2D": "Conv2DTranspose"}.get(
        reader.layer.class_name, reader.layer.class_name
    )
    options = _kernel_options(reader) | reader.take("filters", output_padding=None)
    if isinstance(options["output_padding"], list):
        options["output_padding"] = tuple(options["output_padding"])
    return Plan(kind, options)


def _kernel_options(reader: Reader) -> dict[str, Any]:
    options = reader.take("kernel_size", strides=1, padding="valid", dilation_rate=1, use_bias=True)
    options |= {"data_format": reader.get("data_format") or "channels_last", "activation": reader.activation()}
    for key in ("kernel_size", "strides", "dilation_rate"):
        options[key] = tuple(options[key]) if isinstance(options[key], list) else options[key]
    return options | reader.training_options()


@translates(
    *(f"{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3)),
    *(f"{kind}Pool{n}D" for kind in ("Max", "Avg") for n in (1, 2, 3)),
)
def _pooling(reader: Reader) -> Plan:
    name = reader.layer.class_name
    kind = ("Max" if name.startswith("Max") else "Average") + f"Pooling{name[-2]}D"
    options = reader.take(pool_size=2, strides=None, padding="valid")
    for key in ("pool_size", "strides"):
        options[key] = tuple(options[key]) if isinstance(options[key], list) else options[key]
    return Plan(kind, options | {"data_format": reader.get("data_format") or "channels_last"})


@translates(
    *(f"Global{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3)),
    *(f"Global{kind}Pool{n}D" for kind in ("Max", "Avg") for n in (1, 2, 3)),
)
def _global_pooling(reader: Reader) -> Plan:
    name = reader.layer.class_name
    kind = "Global" + ("Max" if "Max" in name else "Average") + f"Pooling{name[-2]}D"
    return Plan(kind, {"data_format": reader.get("data_format") or "channels_last"} | reader.take(keepdims=False))


@translates("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def _zero_padding(reader: Reader) -> Plan:
    options = {"padding": _amounts(reader.get("padding", 1))}
    if not reader.layer.class_name.endswith("1D"):
        options["data_format"] = reader.get("data_format") or "channels_last"
    return Plan(reader.layer.class_name, options)


@translates("Cropping1D", "Cropping2D", "Cropping3D")
def _cropping(reader: Reader) -> Plan:
    options = {"cropping": _amounts(reader.get("cropping", 1))}
    if not reader.layer.class_name.endswith("1D"):
        options["data_format"] = reader.get("data_format") or "channels_last"
    return Plan(reader.layer.class_name, options)


def _amounts(value: Any) -> Any:
    """Padding or cropping amounts; Keras 1's 2-D forms are {top_pad ...} and [top, bottom, left, right]."""
    if isinstance(value, dict):
        value = [value.get(key, 0) for key in ("top_pad", "bottom_pad", "left_pad", "right_pad")]
    if isinstance(value, list) and len(value) == 4 and all(isinstance(item, int) for item in value):
        return ((value[0], value[1]), (value[2], value[3]))
    if isinstance(value, list):
        return tuple(tuple(item) if isinstance(item, list) else item for item in value)
    return value


@translates("UpSampling1D", "UpSampling2D", "UpSampling3D")
def _upsampling(reader: Reader) -> Plan:
    name = reader.layer.class_name
    size = reader.get("size", 2)
    options: dict[str, Any] = {"size": tuple(size) if isinstance(size, list) else size}
    if name.endswith("1D"):
        return Plan(name, {"size": options["size"][0] if isinstance(size, list) else size})
    options["data_format"] = reader.get("data_format") or "channels_last"
    if name.endswith("2D"):
        options["interpolation"] = _interpolation(reader, "nearest")
    return Plan(name, options)


def _interpolation(reader: Reader, default: str) -> str:
    name = reader.get("interpolation", default)
    if name not in INTERPOLATIONS:
        raise Unsupported(f"its interpolation {name!r} is computed otherwise in Keras 3")
    return name


@translates("Resizing")
def _resizing(reader: Reader) -> Plan:
    if reader.get("crop_to_aspect_ratio", False):
        raise Unsupported("cropping to the aspect ratio is computed otherwise in Keras 3")
    options = reader.take("height", "width") | {"interpolation": _interpolation(reader, "bilinear")}
    return Plan("Resizing", options | {"data_format": "channels_last"})


@translates("RandomFlip", "RandomRotation", "RandomZoom", "RandomContrast", "RandomTranslation", "RandomBrightness")
def _augmentation(reader: Reader) -> Plan:
    reader.notes.append("random augmentation acts in training only; it is left out")
    return Plan("Activation", {"activation": Function("linear")})


@translates("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def _convolutional_lstm(reader: Reader) -> Plan:
    options = _kernel_options(reader) | reader.take("filters", return_sequences=False, return_state=False)
    options |= reader.take(go_backwards=False, stateful=False, unit_forget_bias=True)
    options |= {name: number(reader.get(name, 0.0) or 0.0, name) for name in ("dropout", "recurrent_dropout")}
    options["activation"] = reader.activation(default="tanh")
    options["recurrent_activation"] = reader.activation("recurrent_activation", "hard_sigmoid")
    return Plan(reader.layer.class_name, options)
