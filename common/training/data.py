"""What a model is trained on: arrays in memory, or batches that the caller makes; both say which batches come next.

A batch is a dictionary: `x`, and where they are given `y` and `sample_weight`; each an array or a list, tuple or
dictionary of arrays. Several batches of equal shape are handed over at once, with an axis in front that counts them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import numpy as np

from common.errors import InputError
from common.seeding import make_rng

Batch = dict[str, Any]
"""`x`, and where given `y` and `sample_weight`."""


class Cursor(Protocol):
    """A place in an epoch."""

    def take(self, count: int) -> tuple[int, Batch | None]:
        """The next batches, at most `count`: how many, and their arrays with an axis in front; (0, None) at the end."""


class Data(Protocol):
    """What an epoch is made of."""

    steps: int | None

    def begin(self, epoch: int, *, step: int = 0) -> Cursor:
        """A cursor at batch `step` of `epoch` (both from 0)."""


class ArrayData:
    """Arrays in memory, gathered batch by batch; the order is a function of seed and epoch alone.

    Args:
        x, y, sample_weight: an array, or a list, tuple or dictionary of arrays, examples along the first axis.
            float64 becomes Keras's default float type, as in `fit`.
        batch_size: examples in a batch; the last one of an epoch has what is left.
        shuffle: a new order in every epoch.
        seed: of the orders.

    Raises:
        InputError: no examples, arrays of different lengths, or something that is not numbers.
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        batch_size: int = 32,
        shuffle: bool = False,
        seed: int = 0,
    ):
        given = {"x": x, "y": y, "sample_weight": sample_weight}
        self.arrays: Batch = {
            name: map_arrays(lambda array, name=name: _standard(array, name), value)
            for name, value in given.items()
            if value is not None
        }
        self.examples = _common_length(self.arrays)
        if batch_size < 1:
            raise InputError(f"the batch size is {batch_size}; it must be at least 1")
        self.batch_size, self.shuffle, self.seed = min(batch_size, self.examples), shuffle, seed
        self.steps: int | None = -(-self.examples // self.batch_size)

    def begin(self, epoch: int, *, step: int = 0) -> ArrayCursor:
        """A cursor at batch `step` of `epoch`."""
        order = make_rng(self.seed, "order", epoch).permutation(self.examples) if self.shuffle else None
        return ArrayCursor(self, order, step)


class ArrayCursor:
    """A place in an epoch over arrays."""

    def __init__(self, data: ArrayData, order: np.ndarray | None, step: int):
        self._data, self._order, self._step = data, order, step

    def take(self, count: int) -> tuple[int, Batch | None]:
        """At most `count` batches; the short one at the end comes alone."""
        data = self._data
        begin = self._step * data.batch_size
        full = (data.examples - begin) // data.batch_size
        if begin >= data.examples:
            return 0, None
        taken = max(1, min(count, full))
        end = min(begin + taken * data.batch_size, data.examples)
        self._step += taken
        which = slice(begin, end) if self._order is None else self._order[begin:end]
        return taken, map_arrays(lambda array: array[which].reshape(taken, -1, *array.shape[1:]), data.arrays)


class BatchData:
    """Batches that the caller makes: `make(epoch)` gives an iterable of (x, y), (x, y, sample_weight) or (x,).

    A `tf.data.Dataset` of batches will do, and so will a generator function. For an interrupted run to end with the
    same bits, `make(epoch)` must give the same batches whenever it is called with the same number.
    """

    def __init__(self, make: Callable[[int], Iterable[Any]], *, steps: int | None = None):
        self._make, self.steps = make, steps

    def begin(self, epoch: int, *, step: int = 0) -> BatchCursor:
        """A cursor at batch `step` of `epoch`; the batches before it are made and passed over."""
        return BatchCursor(itertools.islice(iter(self._make(epoch)), step, self.steps))


class BatchCursor:
    """A place in an epoch of the caller's batches; they come one by one, because their shapes may differ."""

    def __init__(self, batches: Iterator[Any]):
        self._batches = batches

    def take(self, count: int) -> tuple[int, Batch | None]:
        """One batch."""
        for batch in self._batches:
            return 1, map_arrays(lambda array: _with_axis(array), named(batch))
        return 0, None


def named(batch: Any) -> Batch:
    """The parts of (x,), (x, y) or (x, y, sample_weight), or of x alone, by name."""
    parts = batch if isinstance(batch, tuple) else (batch,)
    if not 1 <= len(parts) <= 3:
        raise InputError(f"a batch has {len(parts)} parts; it must be (x,), (x, y) or (x, y, sample_weight)")
    return {name: part for name, part in zip(("x", "y", "sample_weight"), parts, strict=False) if part is not None}


def map_arrays(function: Callable[[Any], Any], value: Any) -> Any:
    """`function` of every array in nested dictionaries, tuples and lists of arrays; a list of numbers is one array."""
    if isinstance(value, dict):
        return {key: map_arrays(function, part) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and value and all(_is_part(part) for part in value):
        return type(value)(map_arrays(function, part) for part in value)
    return function(value)


def arrays_in(value: Any) -> list[Any]:
    """All arrays of a nested structure, in order."""
    found: list[Any] = []
    map_arrays(found.append, value)
    return found


def size_of(batches: Batch) -> int:
    """Bytes of all arrays; those that do not tell count as nothing."""
    return sum(getattr(array, "nbytes", 0) for array in arrays_in(batches))


def examples_in(batches: Batch) -> int:
    """Examples in each of the batches, the first axis counting batches."""
    return int(arrays_in(batches["x"])[0].shape[1])


def _is_part(value: Any) -> bool:
    return hasattr(value, "shape") or isinstance(value, dict)


def _with_axis(array: Any) -> Any:
    return np.asarray(array)[np.newaxis] if not hasattr(array, "numpy") else array[None]


def _standard(array: Any, name: str) -> np.ndarray:
    result = np.asarray(array)
    if result.dtype.kind not in "biuf" or result.ndim < 1:
        raise InputError(f"{name} is no array of numbers (type {result.dtype}, shape {result.shape}); encode it first")
    return result.astype(np.float32) if result.dtype == np.float64 else result


def _common_length(arrays: Batch) -> int:
    lengths = {name: sorted({len(array) for array in arrays_in(value)}) for name, value in arrays.items()}
    distinct = {length for found in lengths.values() for length in found}
    if len(distinct) != 1:
        raise InputError(f"the arrays have different numbers of examples ({lengths}); they must be the same")
    (length,) = distinct
    if not length:
        raise InputError("there are no examples to train on; give at least one")
    return length
