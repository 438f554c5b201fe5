"""A `Plan` made into a Keras 3 layer. Keras is imported inside the functions."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from common.legacy_weights.activations import Function
from common.legacy_weights.architecture import SavedModel
from common.legacy_weights.plan import Plan, Unsupported

if TYPE_CHECKING:
    import keras

ENDINGS = {"regularizer": "regularizers", "constraint": "constraints", "initializer": "initializers"}
ALWAYS = ("name", "dtype", "trainable", "activity_regularizer", "zero_output_for_mask")


def safe_name(name: str) -> str:
    """A layer name without slashes, which Keras 3 does not accept."""
    return name.replace("/", "_") or "layer"


def make_layer(plan: Plan, name: str, make_model: Any = None) -> keras.Layer:
    """The Keras 3 layer of a plan; `make_model` makes the Keras model of a SavedModel inside a wrapper."""
    import keras

    layer_class = getattr(keras.layers, plan.kind)
    accepted = set(inspect.signature(layer_class.__init__).parameters) | set(ALWAYS)
    options = {"name": safe_name(name)}
    for key, value in plan.options.items():
        ending = key.rsplit("_", 1)[-1]
        if ending in ENDINGS and isinstance(value, dict):
            value = _training_object(ENDINGS[ending], value)
            if value is None or key not in accepted:
                continue
        options[key] = _resolve(value, make_model)
    return layer_class(**{key: value for key, value in options.items() if key in accepted})


def _resolve(value: Any, make_model: Any) -> Any:
    if isinstance(value, Function):
        return resolve_function(value)
    if isinstance(value, SavedModel):
        return make_model(value)
    if isinstance(value, Plan):
        options = dict(value.options)
        return make_layer(Plan(value.kind, options), options.pop("name", value.kind.lower()), make_model)
    if isinstance(value, list) and value and isinstance(value[0], Plan):
        return [_resolve(item, make_model) for item in value]
    return value


def resolve_function(function: Function) -> Any:
    """The callable of a Function: Keras 3's own, or the registered one with Keras 2's meaning."""
    import keras

    from common.legacy_weights.semantics import FUNCTIONS

    if function.axis not in (None, -1):
        raise Unsupported(f"a softmax over axis {function.axis} cannot be put inside this layer")
    if function.name in FUNCTIONS:
        return FUNCTIONS[function.name]
    return keras.activations.get(function.name)


def _training_object(module: str, record: dict[str, Any]) -> Any:
    """An initializer, regularizer or constraint of Keras's own with the arguments it still has; None for any other."""
    import keras

    found = getattr(getattr(keras, module), str(record.get("class_name")), None)
    if not inspect.isclass(found):
        return None
    known = inspect.signature(found.__init__).parameters
    config = {key: value for key, value in (record.get("config") or {}).items() if key in known}
    try:
        return found(**config)
    except (TypeError, ValueError):
        return None


def split_softmax(plan: Plan) -> Plan:
    """A plan whose activation is a softmax over a chosen axis, as the layer without it and a Softmax layer after it."""
    chosen = plan.options.get("activation")
    if not isinstance(chosen, Function) or chosen.axis is None or not chosen.is_softmax:
        return plan
    if chosen.name != "softmax":
        raise Unsupported("only a plain softmax can run over a chosen axis")
    options = plan.options | {"activation": Function("linear")}
    return Plan(plan.kind, options, [*plan.after, Plan("Softmax", {"axis": chosen.axis})], plan.notes, plan.keywords)
