"""The shape and dtype of a model's inputs, which Keras 2 kept in several places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.errors import InputError
from common.legacy_weights.architecture import SavedLayer, SavedModel
from common.legacy_weights.build import safe_name

if TYPE_CHECKING:
    import keras

KEEP_SHAPE = ("Dropout", "Masking", "Activation", "GaussianNoise", "GaussianDropout", "SpatialDropout1D", "LeakyReLU")
RECURRENT = ("SimpleRNN", "LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU")
DTYPES = ("float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool")


def input_options(layer: SavedLayer, model: SavedModel) -> dict[str, Any]:
    """The arguments of Keras 3's InputLayer for a saved input; InputError for sparse, ragged or text inputs."""
    config = layer.config
    for kind in ("sparse", "ragged"):
        if config.get(kind):
            raise InputError(f"layer {layer.name!r} (InputLayer): {kind} inputs cannot be carried over")
    shape = saved_shape(config)
    if shape is None:
        raise InputError(f"layer {layer.name!r} (InputLayer) does not state its shape; the architecture is damaged")
    return {"name": safe_name(layer.name), "dtype": _dtype(layer), "batch_shape": _loosened(shape, model)}


def _dtype(layer: SavedLayer) -> str:
    dtype = layer.config.get("dtype") or "float32"
    if isinstance(dtype, dict):
        dtype = (dtype.get("config") or {}).get("name", "float32")
    if isinstance(dtype, str) and dtype.startswith("mixed_"):
        return "float32"
    if dtype not in DTYPES:
        raise InputError(f"layer {layer.name!r} ({layer.class_name}): inputs of dtype {dtype!r} cannot be carried over")
    return dtype


def saved_shape(config: dict[str, Any]) -> list[int | None] | None:
    """The input shape with the batch first, from whichever key the version used; None where there is none."""
    for key in ("batch_input_shape", "batch_shape"):
        shape = config.get(key)
        if isinstance(shape, dict):
            shape = shape.get("items")
        if isinstance(shape, list) and all(length is None or isinstance(length, int) for length in shape):
            return shape
    for key in ("shape", "input_shape"):
        if isinstance(config.get(key), list):
            return [config.get("batch_size"), *config[key]]
    return None


def _loosened(shape: list[int | None], model: SavedModel) -> tuple[int | None, ...]:
    """The batch size is kept only where a stateful layer needs it."""
    needed = any(_is_stateful(layer) for layer in model.walk()) or any(
        "OpLa" in layer.class_name for layer in model.walk()
    )
    return tuple(shape) if needed else (None, *shape[1:])


def _is_stateful(layer: SavedLayer) -> bool:
    inner = layer.config.get("layer")
    return bool(layer.config.get("stateful")) or (isinstance(inner, SavedLayer) and _is_stateful(inner))


def sequential_input(
    model: SavedModel, shapes: dict[str, list[tuple]], given: tuple[int | None, ...] | None, *, needed: bool
) -> keras.layers.InputLayer | None:
    """The InputLayer of a Sequential, or None where nothing says its shape and it is not `needed`.

    Looked for in this order: the shape that a person gave, an InputLayer, the first layer's `batch_input_shape`, the
    recorded build shape, and the arrays of the first layer that has any.
    """
    import keras

    first = model.layers[0] if model.layers else None
    if first is None:
        raise InputError(f"model {model.name!r} has no layers; the architecture is damaged")
    if given is None and first.class_name == "InputLayer":
        return keras.layers.InputLayer(**input_options(first, model))
    shape, dtype = _first_shape(first)
    if shape is None and (needed or not _states_shape_later(first)):
        shape = model.build_shape or (_shape_from_arrays(model, shapes) if needed else None)
    if given is not None:
        shape = [None, *given]
    if shape is None:
        if needed:
            raise InputError(
                f"model {model.name!r} does not state its input shape; give it with --input-shape, for instance 28,28,1"
            )
        return None
    return keras.layers.InputLayer(
        batch_shape=_loosened(list(shape), model), dtype=dtype, name=safe_name(f"{first.name}_input")
    )


def _states_shape_later(first: SavedLayer) -> bool:
    return first.model is not None


def _first_shape(first: SavedLayer) -> tuple[list[int | None] | None, str]:
    """The shape and dtype that the first layer states, looking into a model that stands first."""
    shape = saved_shape(first.config) if first.model is None else None
    if shape is None and first.model is not None and first.model.layers:
        inner = first.model
        if inner.sequential:
            return _first_shape(inner.layers[0])
        named = {layer.name: layer for layer in inner.layers}
        ends = inner.inputs if isinstance(inner.inputs, list) else [inner.inputs]
        if len(ends) == 1 and ends[0].layer in named:
            return _first_shape(named[ends[0].layer])
    inner_layer = first.config.get("layer")
    if shape is None and first.class_name == "Bidirectional" and isinstance(inner_layer, SavedLayer):
        shape = saved_shape(inner_layer.config)
    if shape is None and first.class_name == "Embedding" and first.config.get("input_length") is not None:
        length = first.config["input_length"]
        shape = [None, *(length if isinstance(length, list) else [length])]
    plain = first.class_name in ("InputLayer", "Embedding") or isinstance(first.config.get("dtype"), str)
    return shape, _dtype(first) if plain else "float32"


def _shape_from_arrays(model: SavedModel, shapes: dict[str, list[tuple]]) -> list[int | None] | None:
    for layer in model.layers:
        if layer.class_name in KEEP_SHAPE:
            continue
        arrays = shapes.get(layer.name) or []
        if layer.class_name == "Embedding":
            return [None, None]
        inner = layer.config.get("layer")
        kind = inner.class_name if layer.class_name == "Bidirectional" and inner else layer.class_name
        if not arrays or not arrays[0]:
            return None
        if kind in RECURRENT:
            return [None, None, arrays[0][0]]
        if kind == "Dense":
            return [None, arrays[0][0]]
        if kind in ("Conv1D", "Conv2D", "Conv3D") and layer.config.get("groups", 1) == 1:
            channels = arrays[0][-2]
            space = [None] * (len(arrays[0]) - 2)
            first = layer.config.get("data_format") == "channels_first"
            return [None, channels, *space] if first else [None, *space, channels]
        return None
    return None
