"""How the course's figures of its model are computed: its layers in the figures' words, its parameters counted."""

from __future__ import annotations

import math
from typing import Any

from common.course_figures import Figure


def model_figure(figure: Figure, model: Any) -> Any:
    """The layers as rows like the figure's, or the numbers of parameters that it asks for."""
    if isinstance(figure.expected, list):
        rows = [layer_row(layer) for layer in model.layers]
        return [row[: len(like)] for row, like in zip(rows, figure.expected, strict=False)] + rows[
            len(figure.expected) :
        ]
    trainable, frozen = _count(model.trainable_weights), _count(model.non_trainable_weights)
    counts = {"total": trainable + frozen, "trainable": trainable, "non_trainable": frozen}
    return counts if isinstance(figure.expected, dict) else counts["total"]


def _count(weights: list[Any]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def layer_row(layer: Any) -> list[Any]:
    """[kind with what matters of it, output shape, parameters, further settings ...].

    A `Dense` on a sequence computes what a wrapped one does, and is called what the course calls it.
    """
    kind, extra = type(layer).__name__, []
    inner = layer.layer if kind == "TimeDistributed" else layer
    if type(inner).__name__ == "Dense":
        kind = f"TimeDistributed(Dense {inner.activation.__name__})"
    elif kind in ("Activation", "ReLU"):
        kind = f"Activation {'relu' if kind == 'ReLU' else layer.activation.__name__}"
    elif kind == "Dropout":
        kind = f"Dropout {layer.rate:g}"
    elif kind == "Conv1D":
        extra = [
            layer.padding,
            layer.activation.__name__,
            f"stride {layer.strides[0]}",
            f"kernel {layer.kernel_size[0]}",
        ]
    elif kind == "GRU":
        extra = ["reset_after" if layer.reset_after else "reset before"]
    return [kind, list(layer.output.shape), layer.count_params(), *extra]
