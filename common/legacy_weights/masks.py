"""Masks where several tensors meet, as Keras 2 combined them: a step counts where it counts in every masked input.

Keras 3 takes a step that counts in any of them (Add and its like, Concatenate), or forgets the mask where one input has
none. In a functional model the layers take their mask as an argument, so the right one is put on the tensor here.
"""

from __future__ import annotations

from typing import Any

MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")


def merge_with_mask(kind: str, layer: Any, inputs: Any, output: Any) -> Any:
    """The output of a merge layer, carrying the mask that Keras 2 would have given it."""
    import keras

    tensors = inputs if isinstance(inputs, list) else [inputs]
    masks = [mask for tensor in tensors if (mask := getattr(tensor, "_keras_mask", None)) is not None]
    if not masks or (kind == "Concatenate" and layer.axis not in (-1, len(output.shape) - 1)):
        return output
    combined = masks[0]
    for mask in masks[1:]:
        combined = keras.ops.logical_and(combined, mask)
    output._keras_mask = combined
    return output


def name_operations(outputs: list[Any], taken: set[str]) -> None:
    """Give every operation behind `outputs` that is not a layer a name of its own.

    Keras numbers operations by itself ("add", "add_1") and refuses a model where a layer of the file has that name.
    """
    import keras

    taken = set(taken)
    pending, seen = list(outputs), set()
    while pending:
        operation, node, _ = pending.pop()._keras_history
        if (id(operation), node) in seen:
            continue
        if not isinstance(operation, keras.Layer) and not any(id(operation) == known for known, _ in seen):
            operation.name = _unused(operation.name, taken)
        seen.add((id(operation), node))
        pending += operation._inbound_nodes[node].input_tensors


def _unused(name: str, taken: set[str]) -> str:
    count, candidate = 0, f"op_{name}"
    while candidate in taken:
        count += 1
        candidate = f"op_{name}_{count}"
    taken.add(candidate)
    return candidate
