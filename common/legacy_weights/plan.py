"""What a saved layer becomes: a `Plan` of Keras 3 layers, made without importing Keras, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.legacy_weights.activations import Function, LayerAsActivation, parse_activation
from common.legacy_weights.architecture import SavedLayer, SavedModel
from common.legacy_weights.saved_file import Version

REGULARIZERS = ("kernel", "bias", "recurrent", "activity", "embeddings", "depthwise", "pointwise", "alpha", "beta")
CONSTRAINTS = (*REGULARIZERS, "gamma")


class Unsupported(Exception):
    """A layer that cannot be carried over; the text says why."""


@dataclass
class Plan:
    """One Keras 3 layer, `kind` its class name and `options` its arguments, and plain layers to put after it.

    Options may hold a Function, a Plan (a layer inside a layer) or a SavedModel (a model inside a wrapper). `notes`
    say what Keras 3 would have read differently. `keywords` go into every call of the layer.
    """

    kind: str
    options: dict[str, Any] = field(default_factory=dict)
    after: list[Plan] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What a translation may depend on besides the layer: the version that wrote it and a person's choices."""

    version: Version
    activations: Mapping[str, Function] = field(default_factory=dict)


class Reader:
    """A saved configuration that is read key by key, so that what nobody asked for can be looked over at the end."""

    def __init__(self, layer: SavedLayer, context: Context):
        self.layer, self.config, self.context = layer, layer.config, context
        self.notes: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        """The saved value, plain (see `plain`), or the default of the version where the file has no such key."""
        return plain(self.config.get(key, default))

    def take(self, *keys: str, **defaults: Any) -> dict[str, Any]:
        """The options `keys` that the file has, and `defaults` with the file's values where it has them."""
        taken = {key: self.get(key) for key in keys if key in self.config}
        return taken | {key: self.get(key, default) for key, default in defaults.items()}

    def activation(self, key: str = "activation", default: str | None = "linear") -> Any:
        """The function or layer of an activation argument; a person's choice goes before."""
        if key == "activation" and self.layer.name in self.context.activations:
            return self.context.activations[self.layer.name]
        try:
            chosen = parse_activation(self.config.get(key, default))
        except ValueError as error:
            raise Unsupported(f"{error}; name one with --activation {self.layer.name}=FUNCTION") from error
        if isinstance(chosen, LayerAsActivation):
            inner = SavedLayer(
                str(chosen.config.get("name", chosen.class_name.lower())), chosen.class_name, chosen.config
            )
            return translate(inner, self.context)
        if chosen.name == "legacy_hard_sigmoid":
            self.notes.append(f"{key} hard_sigmoid is Keras 2's clip(0.2 x + 0.5, 0, 1), not Keras 3's")
        return chosen

    def training_options(self) -> dict[str, Any]:
        """Initializers, regularizers and constraints that Keras 3 has: they matter to training only."""
        options: dict[str, Any] = {}
        for stems, ending in ((REGULARIZERS, "regularizer"), (CONSTRAINTS, "constraint"), (CONSTRAINTS, "initializer")):
            for stem in stems:
                key = f"{stem}_{ending}"
                record = self.config.get(key)
                if isinstance(record, dict) and isinstance(record.get("class_name"), str):
                    options[key] = {"class_name": record["class_name"], "config": dict(record.get("config") or {})}
        return options


Translation = Callable[[Reader], Plan]
TRANSLATIONS: dict[str, Translation] = {}


def translates(*class_names: str) -> Callable[[Translation], Translation]:
    """Enter a function as the translation of the saved classes `class_names`."""

    def enter(function: Translation) -> Translation:
        TRANSLATIONS.update(dict.fromkeys(class_names, function))
        return function

    return enter


def translate(layer: SavedLayer, context: Context) -> Plan:
    """The plan for a saved layer; Unsupported where its class or a setting cannot be carried over."""
    _load_translations()
    short = layer.class_name.rsplit(".", 1)[-1]
    if short not in TRANSLATIONS:
        raise Unsupported(_why_not(layer.class_name))
    reader = Reader(layer, context)
    plan = TRANSLATIONS[short](reader)
    plan.options = _common_options(reader) | plan.options
    plan.notes = reader.notes + plan.notes
    return plan


def _load_translations() -> None:
    if not TRANSLATIONS:
        from common.legacy_weights import (  # noqa: F401
            plan_convolution,
            plan_core,
            plan_operations,
            plan_recurrent,
        )


def _why_not(class_name: str) -> str:
    if class_name == "Lambda":
        return "a Lambda layer is Python code inside the file, which is never run"
    if class_name.startswith("LocallyConnected"):
        return "Keras 3 has no locally connected layers"
    return "not a layer of Keras's own that can be carried over"


def _common_options(reader: Reader) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if not reader.layer.trainable:
        options["trainable"] = False
    policy = policy_name(reader.config.get("dtype"))
    if policy:
        options["dtype"] = policy
    return options


def policy_name(saved: Any) -> str | None:
    """A dtype policy other than plain float32 ("float16", "float64", "mixed_float16" ...), or None."""
    if isinstance(saved, dict):
        saved = (saved.get("config") or {}).get("name")
    known = ("float16", "float64", "bfloat16", "mixed_float16", "mixed_bfloat16")
    return saved if saved in known else None


def plain(value: Any) -> Any:
    """A configuration value without the types that Keras 2 wrapped it in ({"type": "ndarray", "value": 0.3})."""
    if isinstance(value, dict):
        if value.get("type") in ("ndarray", "float", "int", "bool") and "value" in value:
            return plain(value["value"])
        if isinstance(value.get("items"), list):
            return [plain(item) for item in value["items"]]
        if value.get("class_name") == "__numpy__" or value.get("class_name") == "__tensor__":
            return plain((value.get("config") or {}).get("value"))
    return value


def nested_model(value: Any) -> SavedModel | None:
    """The model inside a wrapper's saved layer, or None where it is a plain layer."""
    return value.model if isinstance(value, SavedLayer) else None
