"""The course's optimisation step, fast and bit for bit the same as `course_step.py`'s.

What decides the last bit is kept: one matrix-vector product a step (never one matrix product over all steps, which
sums in another order), (Wax x + Waa a) + b in this order, and sums over time from the last character to the first.
What does not is done at once, for all steps: a one-hot product is a row of the transposed Wax, softmax and its
gradient are elementwise, the matrix-vector products outside the recurrence are one stacked call, the outer products
are one array summed along its first axis, clipping and update act on one flat vector of all parameters.

Arrays over time are stored backwards (row 0 is the last character), so that summing rows downwards is the course's
order. `n_a` hidden units, `T` characters with the newline, all float64.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

_ALIGN = 8  # float64 numbers in 64 bytes: every parameter starts on a cache line
_STACKED_STEPS = 64  # longer names sum their outer products one by one instead of in one (T, n_a, n_a) array


@dataclass(frozen=True, slots=True)
class Example:
    """One name, prepared: its indices from last to first, and where in a flat (T, vocab_size) each target stands."""

    inputs: np.ndarray
    input_list: list[int]
    targets: np.ndarray


@dataclass(frozen=True, slots=True)
class _Views:
    """The buffers cut to one length T, and the rows that the two recurrences walk over."""

    a: np.ndarray  # (T + 1, n_a) hidden states; row T is the one that the name starts from
    inputs: np.ndarray  # (T, n_a) columns of Wax; row T - 1 is the zero input
    p: np.ndarray  # (T, vocab_size) probabilities, then p - onehot(Y)
    p_sum: np.ndarray  # (T, 1)
    slope: np.ndarray  # (T, n_a) 1 - a^2
    dz: np.ndarray  # (T, n_a)
    forward_rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]]
    backward_rows: list[tuple[np.ndarray, np.ndarray]]
    outer_y: np.ndarray | None  # (T, vocab_size, n_a)
    outer_a: np.ndarray | None  # (T, n_a, n_a)


class FastStep:
    """Forward, backward, clip and update for one name at a time; keeps parameters and carried hidden state.

    Args:
        parameters: the course's dictionary; copied, not changed.
        learning_rate: of the descent.
        max_value: every gradient element is limited to [-max_value, max_value].
        longest: the largest number of characters in a name, newline not counted.
    """

    def __init__(self, parameters: Mapping[str, np.ndarray], *, learning_rate: float, max_value: float, longest: int):
        self.n_a, self.vocab_size = parameters["Waa"].shape[0], parameters["by"].shape[0]
        self.learning_rate, self.max_value = learning_rate, max_value
        self._flat, (self._wax_t, self._waa, self._wya, self._b, self._by) = self._allocate()
        self._gradient, (self._dwax_t, self._dwaa, self._dwya, self._db, self._dby) = self._allocate()
        self._dwax_rows = list(self._dwax_t)
        self._wax_t[...] = parameters["Wax"].T
        self._waa[...], self._wya[...] = parameters["Waa"], parameters["Wya"]
        self._b[...], self._by[...] = parameters["b"][:, 0], parameters["by"][:, 0]
        self._a_prev, self._da_next = np.zeros(self.n_a), np.empty(self.n_a)
        self._make_buffers(longest + 1)

    def _allocate(self) -> tuple[np.ndarray, list[np.ndarray]]:
        """A flat zero vector and the five arrays within it: Wax transposed, Waa, Wya, b, by."""
        n_a, vocab_size = self.n_a, self.vocab_size
        shapes = [(vocab_size, n_a), (n_a, n_a), (vocab_size, n_a), (n_a,), (vocab_size,)]
        sizes = [math.prod(shape) for shape in shapes]
        starts = np.cumsum([0] + [-(-size // _ALIGN) * _ALIGN for size in sizes])
        memory = np.zeros(starts[-1] + _ALIGN)
        shift = -(memory.ctypes.data // memory.itemsize) % _ALIGN
        flat = memory[shift : shift + starts[-1]]
        return flat, [
            flat[start : start + size].reshape(shape) for start, size, shape in zip(starts, sizes, shapes, strict=False)
        ]

    def _make_buffers(self, steps: int) -> None:
        n_a, vocab_size, stacked = self.n_a, self.vocab_size, min(steps, _STACKED_STEPS)
        self._a_rows = np.zeros((steps + 1, n_a))
        self._input_rows, self._slope_rows, self._dz_rows = (np.zeros((steps, n_a)) for _ in range(3))
        self._p_rows, self._p_sums = np.empty((steps, vocab_size)), np.empty((steps, 1))
        self._outer_y, self._outer_a = np.empty((stacked, vocab_size, n_a)), np.empty((stacked, n_a, n_a))
        self._views: dict[int, _Views] = {}

    def _views_of(self, steps: int) -> _Views:
        """The buffers cut to `steps`, made once for each length."""
        if steps not in self._views:
            a, inputs, dz = self._a_rows[: steps + 1], self._input_rows[:steps], self._dz_rows[:steps]
            slope, stacked = self._slope_rows[:steps], steps <= _STACKED_STEPS
            self._views[steps] = _Views(
                a,
                inputs,
                self._p_rows[:steps],
                self._p_sums[:steps],
                slope,
                dz,
                [(inputs[row], a[row + 1], a[row]) for row in reversed(range(steps))],
                [(dz[row], slope[row]) for row in range(steps)],
                self._outer_y[:steps] if stacked else None,
                self._outer_a[:steps] if stacked else None,
            )
        return self._views[steps]

    def encode(self, indices: Sequence[int], newline: int) -> Example:
        """Prepare a name for `step`: it is read as X = [None, *indices] and Y = [*indices, newline]."""
        backwards = np.array(indices[::-1], dtype=np.intp)
        targets = np.concatenate(([newline], backwards)).astype(np.intp)
        return Example(backwards, backwards.tolist(), np.arange(len(targets)) * self.vocab_size + targets)

    def step(self, example: Example) -> float:
        """Learn from one name; returns its loss in nats, as it was before the update.

        Where the loss or a gradient is not a finite number, the parameters stay as they are and the loss comes back
        as nan or inf.
        """
        views = self._views_of(len(example.targets))
        self._forward(views, example)
        loss = self._loss(views, example)
        self._backward(views)
        if not (math.isfinite(loss) and math.isfinite(self._db.dot(self._db))):
            return loss if not math.isfinite(loss) else math.nan
        self._a_prev[:] = views.a[0]
        self._sum_gradients(views, example)
        self._update()
        return loss

    def _forward(self, views: _Views, example: Example) -> None:
        """a<t> = tanh((Wax x<t> + Waa a<t-1>) + b)."""
        add, tanh, dot, b = np.add, np.tanh, self._waa.dot, self._b
        self._wax_t.take(example.inputs, 0, views.inputs[:-1], "clip")
        views.inputs[-1] = 0
        views.a[-1] = self._a_prev
        for x, a_prev, a in views.forward_rows:
            dot(a_prev, a)
            add(x, a, a)
            add(a, b, a)
            tanh(a, a)

    def _loss(self, views: _Views, example: Example) -> float:
        """p = softmax(Wya a + by), loss = -sum log p[Y] from first to last; leaves p - onehot(Y) in `views.p`."""
        p, p_sum = views.p, views.p_sum
        np.matmul(self._wya, views.a[:-1, :, None], p[:, :, None])
        np.add(p, self._by, p)
        np.maximum.reduce(p, 1, None, p_sum, True)
        np.subtract(p, p_sum, p)
        np.exp(p, p)
        np.add.reduce(p, 1, None, p_sum, True)
        np.divide(p, p_sum, p)
        flat = p.ravel()
        chosen = flat.take(example.targets)
        flat[example.targets] = chosen - 1
        return -float(np.add.accumulate(np.log(chosen)[::-1])[-1])

    def _backward(self, views: _Views) -> None:
        """dz<t> = (1 - a<t>^2) (Wya^T dy<t> + Waa^T dz<t+1>),  db = sum dz."""
        add, multiply, dot, da_next = np.add, np.multiply, self._waa.T.dot, self._da_next
        multiply(views.a[:-1], views.a[:-1], views.slope)
        np.subtract(1.0, views.slope, views.slope)
        np.matmul(self._wya.T, views.p[:, :, None], views.dz[:, :, None])
        da_next.fill(0)
        for dz, slope in views.backward_rows:
            add(dz, da_next, dz)
            multiply(slope, dz, dz)
            dot(dz, da_next)
        _sum_down(views.dz, self._db)

    def _sum_gradients(self, views: _Views, example: Example) -> None:
        """dWya = sum dy a^T, dWaa = sum dz a<t-1>^T, dWax = sum dz x^T, dby = sum dy."""
        _sum_outer(views.p, views.a[:-1], views.outer_y, self._dwya)
        _sum_outer(views.dz, views.a[1:], views.outer_a, self._dwaa)
        _sum_down(views.p, self._dby)
        self._dwax_t.fill(0)
        add, rows = np.add, self._dwax_rows
        for (dz, _), index in zip(views.backward_rows, example.input_list, strict=False):
            add(rows[index], dz, rows[index])

    def _update(self) -> None:
        """W = W - learning_rate * clip(dW), for all parameters at once."""
        gradient = self._gradient
        gradient.clip(-self.max_value, self.max_value, gradient)
        np.multiply(gradient, self.learning_rate, gradient)
        np.subtract(self._flat, gradient, self._flat)

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """A copy of the parameters in the course's shapes."""
        return {
            "Wax": self._wax_t.T.copy(),
            "Waa": self._waa.copy(),
            "Wya": self._wya.copy(),
            "b": self._b[:, None].copy(),
            "by": self._by[:, None].copy(),
        }


def _sum_down(rows: np.ndarray, total: np.ndarray) -> None:
    """total = rows[0] + rows[1] + ..., in this order."""
    if total.size > 1:
        np.add.reduce(rows, 0, None, total)
    else:  # a single column lies in one piece, and NumPy sums such a piece in pairs
        total[...] = np.add.accumulate(rows.ravel())[-1]


def _sum_outer(left: np.ndarray, right: np.ndarray, stack: np.ndarray | None, total: np.ndarray) -> None:
    """total = sum over rows of left[row] right[row]^T, each product rounded and added in order of the rows."""
    if stack is not None:
        np.multiply(left[:, :, None], right[:, None, :], stack)
        _sum_down(stack, total)
        return
    total.fill(0)
    for left_row, right_row in zip(left, right, strict=True):
        total += np.multiply.outer(left_row, right_row)
