"""Two GRUs, one on the other, in NumPy: for one step at a time, and for many.

    pair = GRUPair(first, second, units)          # parameters, prepared once
    states = GRUStates(pair); states.run(x)       # (steps, inputs) -> (steps, units) of the second; states are kept
    states.step(row)                              # one step: (inputs + 1,), of which the last is 1 -> (units,)

    z, r = sigmoid(x K + h U + b)     h~ = tanh(x K' + r (h U' + b'))     h <- h~ + z (h - h~)

What there is to gain is in the number of calls, which for one step take as long as the arithmetic. So the sigmoids are
tanh of half the sum, the halves put into the matrices; b' is a further row of U', which meets a constant 1 after the
state; and where a step is alone, the first GRU's state is multiplied with its own U and with the second's K in one go.

Of many steps, the two GRUs run side by side on different blocks: while the first is in block b, the second is in block
b - 1, so that each call serves both (a wavefront). That is only another order of the same operations.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

_BLOCK = 64  # steps of the wavefront's blocks
_FEW = 8  # steps, below which there is nothing to run side by side
_ONE_THREAD = 9000  # numbers in a matrix that OpenBLAS surely multiplies with a vector in one thread
_HALF, _ONE = np.array(0.5, np.float32), np.array(1, np.float32)  # arrays are taken as they are


class GRUPair:
    """The parameters of two GRUs as the loops want them.

    Args:
        first, second: "kernel" (inputs, 3 units), "recurrent_kernel" (units, 3 units), "bias" (2, 3 units) of each, as
            Keras has them (gates z, r, h~; `reset_after`); `second` is on the first's output.
        units: of each.

    Attributes:
        layers: (inputs, recurrent) of both: K and U as the module says, each with a row of biases below.
    """

    def __init__(self, first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray], units: int):
        self.units = units
        self.layers = [(_inputs(gru, units), _recurrent(gru, units)) for gru in (first, second)]
        (self.first_inputs, recurrent), (self.second_inputs, self.second) = self.layers
        self.both = np.concatenate([recurrent, self.second_inputs], axis=1)
        self.pieces = _pieces([recurrent, self.second], units)


def _inputs(gru: Mapping[str, np.ndarray], units: int) -> np.ndarray:
    """K, halved for z and r, with a row for the constant 1: b, and of the other bias what can be added beforehand."""
    bias = gru["bias"][0].copy()
    bias[: 2 * units] += gru["bias"][1, : 2 * units]
    return (np.vstack([gru["kernel"], bias]) * np.repeat([0.5, 0.5, 1.0], units)).astype(np.float32)


def _recurrent(gru: Mapping[str, np.ndarray], units: int) -> np.ndarray:
    """U, all of it halved, with a row for the constant 1 that holds b' / 2: (units + 1, 3 units).

    h~ takes r (h U' + b'), and what there is of r is 2 r: 1 more than a tanh.
    """
    row = np.where(np.arange(3 * units) < 2 * units, 0, gru["bias"][1])
    return (np.vstack([gru["recurrent_kernel"], row]) * 0.5).astype(np.float32)


def _pieces(matrices: list[np.ndarray], units: int) -> np.ndarray:
    """The matrices (units + 1, 3 units) as (gate, layer, piece, units + 1, columns).

    A piece is so small that OpenBLAS multiplies it in one thread. Waking a second one for each step costs more than the
    product itself, and very much more where the other core is busy.
    """
    widths = [size for size in range(1, units + 1) if units % size == 0]
    columns = max([size for size in widths if (units + 1) * size <= _ONE_THREAD], default=1)
    cut = [matrix.reshape(units + 1, 3, -1, columns).transpose(1, 2, 0, 3) for matrix in matrices]
    return np.ascontiguousarray(np.stack(cut, axis=1))


class GRUStates:
    """The states of a pair in one stream, zeros at first."""

    def __init__(self, pair: GRUPair):
        self.pair = pair
        units = pair.units
        self._rows = np.zeros((2, units + 1), np.float32)  # the states, a constant 1 after each
        self._rows[:, units] = 1
        self._alone, self._sums = _Alone(pair, self._rows), np.empty(3 * units, np.float32)

    def run(self, x: np.ndarray) -> np.ndarray:
        """(steps, inputs) -> the second GRU's outputs (steps, units)."""
        sums = _sums(x, self.pair.first_inputs)
        if len(x) >= _FEW:
            return self._wavefront(sums)
        return np.stack([self._alone.step(row).copy() for row in sums])

    def step(self, row: np.ndarray) -> np.ndarray:
        """As `run`, for one step whose inputs are followed by a constant 1; the outputs hold until the next call."""
        return self._alone.step(np.dot(row, self.pair.first_inputs, self._sums))

    def _wavefront(self, sums: np.ndarray) -> np.ndarray:
        pair, steps, units = self.pair, len(sums), self.pair.units
        self._alone.ready = False
        outputs = np.empty((steps + _BLOCK, 2, units), np.float32)  # row t: the first's step t, the second's t - block
        block = min(_BLOCK, -(-steps // 2))
        for start in range(0, steps + block, block):
            here = sums[start : start + block]
            before = outputs[max(0, start - block) : min(start, steps), 0]
            later = _sums(before, pair.second_inputs)
            both = min(len(here), len(later))
            self._advance(slice(0, 2), [here[:both], later[:both]], outputs[start:])
            self._advance(slice(0, 1), [here[both:]], outputs[start + both :])
            self._advance(slice(1, 2), [later[both:]], outputs[start + both :])
        return outputs[block : block + steps, 1]

    def _advance(self, layers: slice, sums: list[np.ndarray], all_outputs: np.ndarray) -> None:
        """One or both GRUs step by step, each on its own sums (steps, 3 units); states and outputs are filled.

        All of a gate lies together, (gate, layer, unit), so that each operation runs over one piece of memory.
        """
        count, units = len(sums[0]), self.pair.units
        if not count:
            return
        outputs, recurrent = all_outputs[:, layers], self.pair.pieces[:, layers]
        row = self._rows[layers][:, None, None, :]
        states = np.ascontiguousarray(self._rows[layers, :units])
        x = np.stack([one.reshape(count, 3, units) for one in sums], axis=2)
        pieces = np.empty((*recurrent.shape[:3], 1, recurrent.shape[-1]), np.float32)
        product = pieces.reshape(3, len(sums), units)
        gates, candidate, update, reset = product[:2], product[2], product[0], product[1]
        into, matmul, tanh, add, multiply = self._rows[layers, :units], np.matmul, np.tanh, np.add, np.multiply
        for x_gates, x_candidate, output in zip(x[:, :2], x[:, 2], outputs, strict=False):
            matmul(row, recurrent, pieces)
            add(gates, x_gates, gates)
            tanh(gates, gates)
            add(gates, _ONE, gates)  # twice the sigmoids
            multiply(candidate, reset, candidate)
            add(candidate, x_candidate, candidate)
            tanh(candidate, candidate)
            np.subtract(states, candidate, states)
            multiply(states, update, states)
            multiply(states, _HALF, states)
            add(states, candidate, states)
            into[...] = output[...] = states


def _sums(x: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """x K + b (steps, 3 units) for x (steps, inputs)."""
    sums = x @ inputs[:-1]
    sums += inputs[-1]
    return sums


class _Alone:
    """Steps one at a time, the first GRU and then the second; all arrays, and the parts of them, are made once."""

    def __init__(self, pair: GRUPair, rows: np.ndarray):
        units = pair.units
        self.ready = False  # whether the products below are of the states as they are
        self._pair, self._rows = pair, rows
        self._from_first = np.empty(6 * units, np.float32)  # h U of the first, then x K + b of the second
        self._from_second = np.empty(3 * units, np.float32)
        gates = np.empty(2 * units, np.float32)
        first, x = self._from_first[: 3 * units], self._from_first[3 * units :]
        self._first = _parts(first, units), gates, gates[:units], gates[units:], rows[0, :units]
        self._second = _parts(self._from_second, units), gates, gates[:units], gates[units:], rows[1, :units]
        self._x = _parts(x, units)

    def step(self, x: np.ndarray) -> np.ndarray:
        """The second's output (units,), which is its state itself, for the first's sums (3 units,)."""
        first, second = self._rows
        if not self.ready:
            np.dot(first, self._pair.both, self._from_first)
            np.dot(second, self._pair.second, self._from_second)
            self.ready = True
        _step(*_parts(x, self._pair.units), *self._first)
        np.dot(first, self._pair.both, self._from_first)
        _step(*self._x, *self._second)
        np.dot(second, self._pair.second, self._from_second)
        return self._second[-1]


def _parts(row: np.ndarray, units: int) -> tuple[np.ndarray, np.ndarray]:
    """What a row (3 units,) holds for z and r, and for h~."""
    return row[: 2 * units], row[2 * units :]


def _step(
    x_gates: np.ndarray,
    x_candidate: np.ndarray,
    product: tuple[np.ndarray, np.ndarray],
    gates: np.ndarray,
    update: np.ndarray,
    reset: np.ndarray,
    state: np.ndarray,
) -> None:
    """One step of one GRU, given its sums and its product h U; the state is changed in place, the product spoilt."""
    candidate = product[1]
    np.add(product[0], x_gates, gates)
    np.tanh(gates, gates)
    np.add(gates, _ONE, gates)  # twice the sigmoids
    np.multiply(candidate, reset, candidate)
    np.add(candidate, x_candidate, candidate)
    np.tanh(candidate, candidate)
    np.subtract(state, candidate, state)
    np.multiply(state, update, state)
    np.multiply(state, _HALF, state)
    np.add(state, candidate, state)
