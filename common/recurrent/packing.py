"""Sequences of different lengths in one batch, without computing the steps that padding fills.

Examples are sorted by length, longest first, so that the ones still running at step t are the first `sizes[t]`. The
rows of all steps lie one after another: `sizes[0]` rows of step 0, then `sizes[1]` of step 1, and so on. A batch
without a mask is the special case where every size is the batch size and packing is a reshape. A mask with holes (a
step that does not count before one that does) cannot be packed; its steps are computed and then undone (`held`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from common.errors import InputError


class Step(NamedTuple):
    """One step of the recurrence: which rows it has, and which of them a mask with holes takes back."""

    index: int
    size: int
    rows: slice
    was: slice
    now: slice
    held: np.ndarray | None

    def hold(self, states: np.ndarray) -> None:
        """Put the former state back where the step does not count; `states` has the initial block."""
        if self.held is not None:
            states[self.now][self.held] = states[self.was][self.held]

    def keep(self, gradient: np.ndarray) -> np.ndarray | None:
        """The rows of `gradient` that pass the step untouched."""
        return None if self.held is None else gradient[: self.size][self.held]

    def restore(self, kept: np.ndarray | None, gradient: np.ndarray) -> None:
        """Put back what `keep` gave."""
        if kept is not None:
            gradient[: self.size][self.held] = kept

    def clear(self, rows: np.ndarray) -> None:
        """Zero the rows of this step that do not count."""
        if self.held is not None:
            rows[self.held] = 0


class Packing:
    """How the rows of a (steps, batch) grid are laid out for the recurrence.

    Attributes:
        count: the number of packed rows.
        dense: whether nothing is padded, so that packing is a reshape.
        sizes: the number of examples that are running at each step.
    """

    def __init__(self, steps: int, batch: int, mask: np.ndarray | None = None):
        self.steps, self.batch = steps, batch
        self.order: np.ndarray | None = None
        sizes = np.full(steps, batch)
        self._held: list[np.ndarray | None] = [None] * steps
        if mask is not None:
            mask = _checked(mask, steps, batch)
            if (mask[1:] <= mask[:-1]).all():
                sizes = mask.sum(axis=1)
                self._sort(mask.sum(axis=0))
            else:
                self._held = [None if kept.all() else ~kept for kept in mask]
        self.sizes = sizes
        self.count = int(sizes.sum())
        self.dense = self.count == steps * batch
        self._steps = self._make_steps()

    def _sort(self, lengths: np.ndarray) -> None:
        if (lengths[1:] > lengths[:-1]).any():
            self.order = np.argsort(-lengths, kind="stable")

    def _make_steps(self) -> list[Step]:
        steps, start, was = [], 0, 0
        for index, size in enumerate(self.sizes.tolist()):
            rows = slice(start, start + size)
            now = slice(self.batch + start, self.batch + start + size)
            steps.append(Step(index, size, rows, slice(was, was + size), now, self._held[index]))
            start, was = start + size, now.start
        return steps

    def walk(self) -> Iterator[Step]:
        """The steps that have rows, first to last."""
        return (step for step in self._steps if step.size)

    def walk_back(self) -> Iterator[Step]:
        """All steps, last to first; those in which no example runs have no rows, but may still receive gradient."""
        return reversed(self._steps)

    def sort(self, array: np.ndarray, axis: int) -> np.ndarray:
        """`array` with its batch axis in packed order (the array itself where that is the order it has)."""
        return array if self.order is None else np.take(array, self.order, axis=axis)

    def unsort(self, array: np.ndarray, axis: int) -> np.ndarray:
        """The inverse of `sort`."""
        return array if self.order is None else np.take(array, np.argsort(self.order), axis=axis)

    def pack(self, array: np.ndarray) -> np.ndarray:
        """(steps, batch, ...) to (count, ...); a view where nothing is padded."""
        if self.dense:
            return array.reshape(self.count, *array.shape[2:])
        return self.sort(array, 1)[self._running()]

    def pack_batch(self, rows: np.ndarray) -> np.ndarray:
        """(batch, ...) in packed order, repeated for every step: (count, ...)."""
        return np.broadcast_to(rows, (self.steps, *rows.shape))[self._running()]

    def unpack(self, rows: np.ndarray) -> np.ndarray:
        """(count, ...) to (steps, batch, ...), zero where padded; a view where nothing is padded."""
        if self.dense:
            return rows.reshape(self.steps, self.batch, *rows.shape[1:])
        grid = np.zeros((self.steps, self.batch, *rows.shape[1:]), rows.dtype)
        grid[self._running()] = rows
        return self.unsort(grid, 1)

    def unpack_held(self, rows: np.ndarray) -> np.ndarray:
        """(batch + count, n) states, the initial ones first, to (steps, batch, n); padded steps repeat the last."""
        if self.dense:
            return rows[self.batch :].reshape(self.steps, self.batch, rows.shape[1])
        return self.unsort(rows[self._latest()], 1)

    def final(self, rows: np.ndarray) -> np.ndarray:
        """The state after each example's last step, (batch, n), from states with their initial block."""
        if self.dense:
            return rows[self.count :].copy()
        return self.unsort(rows[self._latest()[-1]] if self.steps else rows[: self.batch], 0)

    def previous(self, rows: np.ndarray) -> np.ndarray:
        """For every row the state that it started from, (count, n), from states with their initial block."""
        if self.dense:
            return rows[: self.count]
        before = np.concatenate([np.arange(self.batch)[np.newaxis], self._latest()[:-1]])
        return rows[before[self._running()]]

    def _running(self) -> np.ndarray:
        return np.arange(self.batch) < self.sizes[:, np.newaxis]

    def _latest(self) -> np.ndarray:
        """For each step and example the row (initial block included) that holds its latest state: (steps, batch)."""
        offsets = self.batch + np.cumsum(self.sizes) - self.sizes
        index = np.where(self._running(), offsets[:, np.newaxis] + np.arange(self.batch), np.arange(self.batch))
        return np.maximum.accumulate(index, axis=0)


def _checked(mask: np.ndarray, steps: int, batch: int) -> np.ndarray:
    mask = np.asarray(mask, bool)
    if mask.shape != (steps, batch):
        raise InputError(
            f"mask has shape {mask.shape}, but the sequences have {steps} steps of {batch} examples; "
            f"pass a mask of shape {(steps, batch)}."
        )
    return mask
