"""The saved configuration as a tree of layers and calls: one form for every layout that Keras 1, 2 and tf.keras wrote.

A Sequential is a list of layers (a bare list until Keras 2.1, `{"name", "layers"}` later); a functional model (`Model`,
`Functional`) is a list of layers, each with the calls that were made of it (`inbound_nodes`). Layers may be models
themselves. Nothing is instantiated here and no Keras is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from common.errors import InputError
from common.legacy_weights.keras1 import expand_merge, is_keras1_config, translate_keras1
from common.legacy_weights.saved_file import Version, parse_version

CONSTANT = "_CONSTANT_VALUE"
MAX_NESTING = 40


@dataclass(frozen=True)
class Reference:
    """One output of one call of one layer, by the layer's name, the call's number and the output's position."""

    layer: str
    call: int
    output: int


@dataclass
class Call:
    """One call of a layer: `inputs` (a Reference, a constant, or a list or dict of these) and keyword arguments."""

    inputs: Any
    keywords: dict[str, Any] = field(default_factory=dict)


@dataclass
class SavedLayer:
    """A layer as saved, with Keras 2's names; `model` is set where the layer is itself a model."""

    name: str
    class_name: str
    config: dict[str, Any]
    calls: list[Call] = field(default_factory=list)
    model: SavedModel | None = None

    @property
    def trainable(self) -> bool:
        """The saved flag; True where the file does not say."""
        return self.config.get("trainable", True) is not False


@dataclass
class SavedModel:
    """A Sequential (`sequential` true: layers in order, no calls) or a functional model."""

    name: str
    sequential: bool
    layers: list[SavedLayer]
    inputs: Any = None
    outputs: Any = None
    version: Version = field(default_factory=lambda: parse_version(None))
    build_shape: list[int | None] | None = None

    def walk(self) -> Iterator[SavedLayer]:
        """Every layer, those of nested models after the layer that holds them."""
        for layer in self.layers:
            yield layer
            if layer.model is not None:
                yield from layer.model.walk()


def parse_architecture(record: dict[str, Any], version: Version, what: str) -> SavedModel:
    """The model that `record` ({"class_name", "config"}) describes; `what` names the file in an InputError."""
    if isinstance(record, dict) and record.get("keras_version"):
        version = parse_version(str(record["keras_version"]))
    try:
        keras1 = version.major == 1 or is_keras1_config(record)
        return _Parser(version, keras1).model(record, 0)
    except InputError as error:
        raise InputError(f"{what}: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise InputError(
            f"{what}: the architecture is not one that Keras writes ({type(error).__name__}: {str(error)[:100]}); "
            "the file is damaged"
        ) from error


class _Parser:
    def __init__(self, version: Version, keras1: bool):
        self.version, self.keras1 = version, keras1

    def model(self, record: dict[str, Any], depth: int) -> SavedModel:
        if depth > MAX_NESTING:
            raise InputError(f"the architecture nests models more than {MAX_NESTING} deep; the file is damaged")
        config = record["config"]
        if isinstance(config, list):
            config = {"layers": config}
        name = str(config.get("name") or record.get("name") or "model")
        if "input_layers" in config:
            return self.functional(name, config, depth)
        if record["class_name"] == "Sequential" or "layers" in config:
            return self.sequential(name, config, depth)
        raise InputError(
            f"the model's class {record['class_name']!r} has no list of layers (a subclassed model?), so it cannot be "
            "rebuilt; build it in code and use load_legacy_weights"
        )

    def sequential(self, name: str, config: dict[str, Any], depth: int) -> SavedModel:
        records = list(config["layers"])
        if self.keras1 and records and records[0]["class_name"] == "Merge" and records[0]["config"].get("layers"):
            return self.functional(name, expand_merge(records, name), depth)
        layers = [self.layer(record, depth) for record in records]
        shape = config.get("build_input_shape")
        if isinstance(shape, dict):
            shape = shape.get("items")
        return SavedModel(
            name, True, layers, version=self.version, build_shape=shape if isinstance(shape, list) else None
        )

    def functional(self, name: str, config: dict[str, Any], depth: int) -> SavedModel:
        layers = [self.layer(record, depth) for record in config["layers"]]
        for layer, record in zip(layers, config["layers"], strict=True):
            layer.calls = [_parse_call(node, layer) for node in record.get("inbound_nodes") or []]
        return SavedModel(
            name,
            False,
            layers,
            inputs=_parse_ends(config["input_layers"]),
            outputs=_parse_ends(config["output_layers"]),
            version=self.version,
        )

    def layer(self, record: dict[str, Any], depth: int) -> SavedLayer:
        class_name, config = str(record["class_name"]), record["config"]
        if "input_layers" in config or class_name == "Sequential" or isinstance(config, list):
            model = self.model(record, depth + 1)
            name = str(record.get("name") or model.name)
            return SavedLayer(name, class_name, dict(config) if isinstance(config, dict) else {}, model=model)
        if self.keras1:
            class_name, config = translate_keras1(class_name, config)
        layer = SavedLayer(str(config.get("name") or record.get("name") or class_name.lower()), class_name, config)
        for key in ("layer", "backward_layer"):
            if isinstance(config.get(key), dict):
                layer.config = {**layer.config, key: self.layer(config[key], depth + 1)}
        return layer


def _parse_ends(value: Any) -> Any:
    """The model's inputs or outputs: one Reference, a list, or a dict of these."""
    if isinstance(value, dict):
        return {key: _parse_ends(item) for key, item in value.items()}
    if is_reference(value):
        return Reference(value[0], int(value[1]), int(value[2]))
    return [_parse_ends(item) for item in value]


def is_reference(value: Any) -> bool:
    """Whether `value` is how Keras writes one tensor: [layer name, call number, output number]."""
    return (
        isinstance(value, (list, tuple))
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and all(isinstance(part, int) and not isinstance(part, bool) for part in value[1:3])
    )


def _parse_call(node: Any, layer: SavedLayer) -> Call:
    """One entry of `inbound_nodes`, as the nested lists of Keras 1, 2 and tf.keras or as args and kwargs."""
    if isinstance(node, dict) and "args" in node:
        arguments = [_parse_keras_tensors(argument) for argument in node["args"]]
        return Call(arguments[0] if len(arguments) == 1 else arguments, _parse_keras_tensors(node.get("kwargs") or {}))
    keywords: dict[str, Any] = {}
    inputs = _parse_inputs(node, keywords)
    if isinstance(inputs, list) and len(inputs) == 1 and layer.class_name not in ("TFOpLambda", "SlicingOpLambda"):
        inputs = inputs[0]
    return Call(inputs, {key: _parse_keyword(value) for key, value in keywords.items()})


def _parse_inputs(node: Any, keywords: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        return {key: _parse_inputs(item, keywords) for key, item in node.items()}
    if isinstance(node, (list, tuple)) and len(node) >= 3 and node[0] == CONSTANT:
        keywords.update(node[3] if len(node) > 3 else {})
        return node[2]
    if is_reference(node):
        keywords.update((node[3] if len(node) > 3 else None) or {})
        return Reference(node[0], int(node[1]), int(node[2]))
    return [_parse_inputs(item, keywords) for item in node]


def _parse_keyword(value: Any) -> Any:
    if is_reference(value) and len(value) == 3:
        return Reference(value[0], int(value[1]), int(value[2]))
    if isinstance(value, dict):
        return {key: _parse_keyword(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_parse_keyword(item) for item in value]
    return value


def _parse_keras_tensors(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            name, call, output = value["config"]["keras_history"]
            return Reference(name, int(call), int(output))
        return {key: _parse_keras_tensors(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_parse_keras_tensors(item) for item in value]
    return value
