"""A function of batches as one graph, whatever their number, their size, and the lengths that differ among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from common.training.data import Batch, arrays_in, map_arrays


class Compiled:
    """A function of batches as a graph in which the numbers of batches and of examples are open.

    Other lengths are fixed until one differs; then the graph is made once more, with that length open.
    """

    def __init__(self, function: Callable[[Batch], Any]):
        self._plain, self._function, self._shapes = function, None, None

    def __call__(self, batches: Batch) -> Any:
        """The function's result."""
        import tensorflow as tf

        tensors = map_arrays(tf.convert_to_tensor, batches)
        shapes = [tuple(tensor.shape[2:]) for tensor in arrays_in(tensors)]
        if self._shapes is None or not all(map(_fits, shapes, self._shapes)):
            self._shapes = shapes if self._shapes is None else list(map(_common_shape, shapes, self._shapes))
            open_shapes = iter(self._shapes)
            signature = map_arrays(lambda one: tf.TensorSpec([None, None, *next(open_shapes)], one.dtype), tensors)
            self._function = tf.function(self._plain, input_signature=[signature])
        return self._function(tensors)


def _fits(shape: tuple, pattern: tuple) -> bool:
    return all(wanted in (None, size) for size, wanted in zip(shape, pattern, strict=True))


def _common_shape(shape: tuple, pattern: tuple) -> tuple:
    return tuple(wanted if wanted == size else None for size, wanted in zip(shape, pattern, strict=True))
