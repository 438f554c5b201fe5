"""Putting a file's arrays into Keras 3 layers: which arrays belong to which layer, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from common.legacy_weights.arrays import DoesNotFit, Origin, convert, convert_bidirectional

if TYPE_CHECKING:
    import keras

Named = list[tuple[str, np.ndarray]]


@dataclass
class Slot:
    """One layer of a model that takes arrays.

    `name`: by which the file may know it; `kind`: its class (of the layer inside a wrapper); `trainable`: the saved
    flag, on which the order of a nested model's arrays depends; `origin`: the layout of the file's
    arrays; `followed_by`: the function of an Activation layer right after it.
    """

    name: str
    layer: keras.Layer
    kind: str
    origin: Origin
    trainable: bool = True
    followed_by: str | None = None

    @property
    def variables(self) -> list[Any]:
        """The Keras 3 variables to fill, in Keras 2's order; states and seeds are not among them."""
        return layer_variables(self.layer)

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Their shapes."""
        return [tuple(variable.shape) for variable in self.variables]

    @property
    def parameters(self) -> int:
        """How many numbers the layer takes."""
        return sum(int(np.prod(shape, dtype=np.int64)) for shape in self.shapes)

    @property
    def counts(self) -> tuple[int, int]:
        """How many trainable and other arrays the file has for it."""
        if self.kind == "Normalization":
            return 0, 3
        fixed = sum(1 for variable in self.variables if _is_statistic(variable))
        total = len(self.variables) - fixed
        if self.origin.keras1:
            total *= {"LSTM": 4, "GRU": 3, "ConvLSTM2D": 4}.get(self._inner_kind, 1)
        return (total, fixed) if self.trainable else (0, total + fixed)

    @property
    def _inner_kind(self) -> str:
        return type(self.layer.forward_layer).__name__ if self.kind == "Bidirectional" else self.kind

    def converted(self, arrays: Named) -> list[np.ndarray]:
        """The arrays in Keras 3's layout; DoesNotFit where they are not this layer's."""
        if self.kind == "Bidirectional":
            kinds = (type(self.layer.forward_layer).__name__, type(self.layer.backward_layer).__name__)
            return convert_bidirectional(kinds, arrays, self.shapes, self.origin)
        if self.kind == "Normalization":
            return _normalization(arrays, self.shapes)
        return convert(self.kind, arrays, self.shapes, self.origin)

    def assign(self, arrays: Named) -> None:
        """Convert the arrays and put them into the layer."""
        for variable, value in zip(self.variables, self.converted(arrays), strict=True):
            variable.assign(np.asarray(value, dtype=variable.dtype if variable.dtype != "bfloat16" else "float32"))
        if self.kind == "Normalization" and hasattr(self.layer, "finalize_state"):
            self.layer.finalize_state()


def _normalization(arrays: Named, shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Keras 2 keeps mean, variance and a count; Keras 3 the mean and the variance (and a count in some versions)."""
    values = [array for _, array in arrays][: len(shapes)]
    if len(values) != len(shapes) or any(v.size != np.prod(s) for v, s in zip(values, shapes, strict=True)):
        raise DoesNotFit(f"the file has {[v.shape for v in values]}, the layer takes {shapes}")
    return [value.reshape(shape) for value, shape in zip(values, shapes, strict=True)]


def _is_statistic(variable: Any) -> bool:
    return variable.name in ("moving_mean", "moving_variance", "renorm_mean", "renorm_stddev", "mean", "variance")


def layer_variables(layer: keras.Layer) -> list[Any]:
    """The variables of a layer that a file keeps: its weights without recurrent states, counters and random seeds."""
    states = {id(state) for part in _parts(layer) for state in _flat(getattr(part, "states", None))}
    return [variable for variable in layer.weights if id(variable) not in states and "seed" not in variable.name]


def _parts(layer: Any) -> list[Any]:
    found = [layer]
    for name in ("forward_layer", "backward_layer", "layer"):
        if getattr(layer, name, None) is not None:
            found += _parts(getattr(layer, name))
    return found


def _flat(value: Any) -> list[Any]:
    if value is None:
        return []
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, (list, tuple)) else [value]


def split_group(arrays: Named, slots: list[Slot]) -> list[Named]:
    """Deal the arrays of a model that is saved as one layer out to its layers.

    Keras 2 lists the trainable arrays of all layers first, then all others (a frozen layer's arrays are among the
    others); some versions list layer by layer. The order is taken in which every shape fits and most array names carry
    their layer's name. Raises DoesNotFit where there is none.
    """
    if len(slots) == 1:
        slots[0].converted(arrays)
        return [arrays]
    best: tuple[int, list[Named]] | None = None
    problem = DoesNotFit("the numbers of arrays do not agree")
    for order in _orders(slots):
        if len(order) != len(arrays):
            problem = DoesNotFit(f"the file has {len(arrays)} arrays, its layers take {len(order)}")
            continue
        dealt: list[Named] = [[] for _ in slots]
        for position, pair in zip(order, arrays, strict=True):
            dealt[position].append(pair)
        try:
            for slot, mine in zip(slots, dealt, strict=True):
                slot.converted(mine)
        except DoesNotFit as error:
            problem = error
            continue
        score = sum(_carries(name, slot.name) for slot, mine in zip(slots, dealt, strict=True) for name, _ in mine)
        if best is None or score > best[0]:
            best = score, dealt
    if best is None:
        raise problem
    return best[1]


def _carries(weight: str, layer: str) -> bool:
    return layer in weight.split(":")[0].split("/") or weight.startswith(f"{layer}_")


def _orders(slots: list[Slot]) -> list[list[int]]:
    """For each way in which versions listed a model's arrays, the slot that each array belongs to."""
    counts = [slot.counts for slot in slots]
    everything = [(sum(pair) - _fixed(slot), _fixed(slot)) for pair, slot in zip(counts, slots, strict=True)]
    orders = []
    for pairs in (counts, everything):
        first = [index for index, (trainable, _) in enumerate(pairs) for _ in range(trainable)]
        rest = [index for index, (_, other) in enumerate(pairs) for _ in range(other)]
        orders.append(first + rest)
    orders.append([index for index, pair in enumerate(counts) for _ in range(sum(pair))])
    return orders


def _fixed(slot: Slot) -> int:
    return 3 if slot.kind == "Normalization" else sum(1 for variable in slot.variables if _is_statistic(variable))
