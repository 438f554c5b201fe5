"""Activations as Keras 2 meant them. Names only: no Keras is imported; `build` makes the functions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from common.errors import InputError

LEGACY_HARD_SIGMOID = "legacy_hard_sigmoid"
# Keras 2's name -> Keras 3's name of the same function.
FUNCTIONS = {
    "linear": "linear",
    "relu": "relu",
    "relu6": "relu6",
    "leaky_relu": "leaky_relu",
    "elu": "elu",
    "selu": "selu",
    "gelu": "gelu",
    "softplus": "softplus",
    "softsign": "softsign",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "exponential": "exponential",
    "exp": "exponential",
    "softmax": "softmax",
    "softmax_v2": "softmax",
    "log_softmax": "log_softmax",
    "log_softmax_v2": "log_softmax",
    "silu": "silu",
    "swish": "silu",
    "mish": "mish",
    "hard_sigmoid": LEGACY_HARD_SIGMOID,
    LEGACY_HARD_SIGMOID: LEGACY_HARD_SIGMOID,
}
# Layers that Keras 2 accepted by class name or instance where an activation is expected.
LAYERS = ("LeakyReLU", "ReLU", "ELU", "Softmax", "ThresholdedReLU", "PReLU")


@dataclass(frozen=True)
class Function:
    """An activation function by its Keras 3 name; `axis` is set for a softmax over another axis than the last.

    `axis_given`: a person chose the axis, so that a length of 1 is no mistake.
    """

    name: str
    axis: int | None = None
    axis_given: bool = False

    @property
    def is_softmax(self) -> bool:
        """Whether it normalises along an axis, so that an axis of length 1 leaves nothing."""
        return self.name in ("softmax", "log_softmax")


@dataclass(frozen=True)
class LayerAsActivation:
    """An activation that is a layer: its saved class name and configuration."""

    class_name: str
    config: dict[str, Any] = field(default_factory=dict)


def parse_activation(saved: Any) -> Function | LayerAsActivation:
    """The activation that a configuration names; ValueError, with the name, for one that is not Keras's own."""
    if saved is None:
        return Function("linear")
    if isinstance(saved, Function):
        return saved
    if isinstance(saved, dict):
        return _parse_record(saved)
    if saved in LAYERS:
        return LayerAsActivation(saved)
    if not isinstance(saved, str) or saved not in FUNCTIONS:
        raise ValueError(f"the activation {saved!r} is not one of Keras's own")
    return Function(FUNCTIONS[saved])


def _parse_record(saved: dict[str, Any]) -> Function | LayerAsActivation:
    class_name, config = saved.get("class_name"), saved.get("config")
    if class_name == "function" and isinstance(config, str):
        return parse_activation(config.rsplit(">", 1)[-1] if config.startswith("keras") else config)
    if class_name in LAYERS and isinstance(config, dict):
        return LayerAsActivation(class_name, config)
    if class_name in FUNCTIONS and not config:
        return Function(FUNCTIONS[class_name])
    if class_name == "Activation" and isinstance(config, dict):
        return parse_activation(config.get("activation"))
    if class_name in ("__lambda__", "Lambda"):
        raise ValueError("the activation is a Python lambda, whose code is not run")
    raise ValueError(f"the activation {class_name!r} is not one of Keras's own")


def parse_choice(text: str) -> tuple[str, Function]:
    """`LAYER=FUNCTION` or `LAYER=FUNCTION:AXIS` as a layer name and a function; InputError for anything else."""
    layer, separator, function = text.rpartition("=")
    name, _, axis = function.partition(":")
    if not separator or not layer or name not in FUNCTIONS:
        raise InputError(
            f"--activation {text!r} does not name a layer and one of Keras's functions; "
            "write LAYER=FUNCTION or LAYER=softmax:AXIS, for instance attention_weights=softmax:1"
        )
    chosen = dataclasses.replace(Function(FUNCTIONS[name]), axis_given=True)
    if not axis:
        return layer, chosen
    if not chosen.is_softmax or not axis.lstrip("-").isdigit():
        raise InputError(f"--activation {text!r}: only a softmax takes an axis, a whole number such as 1 or -1")
    return layer, dataclasses.replace(chosen, axis=int(axis))
