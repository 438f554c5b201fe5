"""The fast LSTM, forwards and backwards.

    f, i, o = sigmoid(z_f), sigmoid(z_i), sigmoid(z_o)    g = tanh(z_g)        z = x kernel + h' recurrent_kernel + bias
    c = f c' + i g                                        h = o tanh(c)        (h', c': the former state)

(Hochreiter and Schmidhuber, 1997; Gers, Schmidhuber and Cummins, 2000.) What makes it fast: sigmoid(z) =
(1 + tanh(z / 2)) / 2, so with the halving folded into the parameters one tanh serves all four gates; the loop keeps
1 + tanh instead of the sigmoid and 2 h instead of h, and the factors go into the recurrent kernel and, once for all
steps, into the results.
"""

from __future__ import annotations

import numpy as np

from common.recurrent.layer import Cache, Parameters, RecurrentLayer, State
from common.recurrent.packing import Packing


class LSTMLayer(RecurrentLayer):
    """Long short-term memory; gate columns i, f, c, o as in Keras; the state is (h, c)."""

    kind, gates, states = "lstm", 4, 2

    def initialize(self, rng: np.random.Generator) -> Parameters:
        """As every layer's, with the forget gate's bias at 1 (Jozefowicz, Zaremba and Sutskever, 2015)."""
        parameters = super().initialize(rng)
        parameters["bias"][self.n_units : 2 * self.n_units] = 1
        return parameters

    # The loop's columns are f, i, o, g (three sigmoid gates, then tanh), the sigmoid ones halved; the recurrent kernel
    # is halved once more, since it meets 2 h.

    def _scales(self) -> np.ndarray:
        return np.repeat(np.array([0.5, 0.5, 0.5, 1], self.dtype), self.n_units)

    def _prepare(self, parameters: Parameters) -> Parameters:
        scales = self._scales()
        prepared = {name: _swap_gates(parameters[name]) for name in ("kernel", "recurrent_kernel", "bias")}
        for value in prepared.values():
            value *= scales
        prepared["recurrent_kernel"] *= 0.5
        return prepared

    def _restore(self, gradients: Parameters) -> Parameters:
        scales = self._scales()
        gradients["recurrent_kernel"] *= 0.5
        for value in gradients.values():
            value *= scales
        return {name: _swap_gates(value) for name, value in gradients.items()}

    def _run(
        self, prepared: Parameters, packing: Packing, x: np.ndarray, begin: State, dropout: np.ndarray | None
    ) -> Cache:
        n, batch, recurrent = self.n_units, packing.batch, prepared["recurrent_kernel"]
        gates = self._input_product(prepared, x)
        doubled, c = (self._buffer(name, (batch + packing.count, n)) for name in ("doubled", "c"))
        tanh_c = self._buffer("tanh_c", (packing.count, n))
        np.multiply(begin[0], 2, out=doubled[:batch])
        c[:batch] = begin[1]
        product, scratch = np.empty((batch, 4 * n), self.dtype), np.empty((4, batch, n), self.dtype)
        for step in packing.walk():
            h_was, c_was, c_now = doubled[step.was], c[step.was], c[step.now]
            if dropout is not None:
                h_was = h_was * dropout[: step.size]
            t, sums, (f, i, o, piece) = gates[step.rows], product[: step.size], scratch[:, : step.size]
            np.matmul(h_was, recurrent, out=sums)
            t += sums
            np.tanh(t, out=t)
            _plus_one(t, n, out=scratch[:3, : step.size])
            np.multiply(f, c_was, out=c_now)
            np.multiply(i, t[:, 3 * n :], out=piece)
            c_now += piece
            c_now *= 0.5
            np.tanh(c_now, out=tanh_c[step.rows])
            np.multiply(o, tanh_c[step.rows], out=doubled[step.now])
            step.hold(doubled)
            step.hold(c)
        h = np.multiply(doubled, 0.5, out=self._buffer("h", doubled.shape))
        return Cache(packing, x, prepared, dropout, (h, c), {"gates": gates, "doubled": doubled, "tanh_c": tanh_c})

    def _run_back(self, dh: np.ndarray, cache: Cache, end: State) -> tuple[np.ndarray, Parameters, State]:
        n, packing, dropout = self.n_units, cache.packing, cache.dropout
        gates, tanh_c, c = cache.work["gates"], cache.work["tanh_c"], cache.states[1]
        back = np.ascontiguousarray(cache.prepared["recurrent_kernel"].T)
        dz = self._buffer("dz", gates.shape)
        dh_now, dc = 0.5 * end[0], end[1].copy()
        scratch, slopes = np.empty((4, packing.batch, n), self.dtype), np.empty((packing.batch, 4 * n), self.dtype)
        halved = np.empty_like(dh_now)
        for step in packing.walk_back():
            size = step.size
            np.multiply(dh[step.index], 0.5, out=halved)
            dh_now += halved
            t, tanh, d, (f, i, o, piece) = gates[step.rows], tanh_c[step.rows], dz[step.rows], scratch[:, :size]
            dh_step, dc_step, slope = dh_now[:size], dc[:size], slopes[:size]
            kept = step.keep(dh_now), step.keep(dc)
            _plus_one(t, n, out=scratch[:3, :size])
            np.multiply(tanh, tanh, out=piece)
            np.subtract(1, piece, out=piece)
            piece *= o
            piece *= dh_step
            dc_step += piece
            dc_step *= 0.5
            np.multiply(t, t, out=slope)
            np.subtract(1, slope, out=slope)
            np.multiply(dc_step, c[step.was], out=d[:, :n])
            np.multiply(dc_step, t[:, 3 * n :], out=d[:, n : 2 * n])
            np.multiply(dh_step, tanh, out=d[:, 2 * n : 3 * n])
            np.multiply(dc_step, i, out=d[:, 3 * n :])
            d *= slope
            dc_step *= f
            step.clear(d)
            np.matmul(d, back, out=dh_step)
            if dropout is not None:
                dh_step *= dropout[:size]
            step.restore(kept[0], dh_now)
            step.restore(kept[1], dc)
        h_was = packing.previous(cache.work["doubled"])
        if dropout is not None:
            h_was = h_was * packing.pack_batch(dropout)
        return dz, {"recurrent_kernel": h_was.T @ dz}, (2 * dh_now, dc)


def _plus_one(t: np.ndarray, n: int, *, out: np.ndarray) -> None:
    """1 + t of the first three gates (that is, twice the sigmoids), each gate's rows together: (3, size, n)."""
    np.add(t.reshape(len(t), 4, n)[:, :3].transpose(1, 0, 2), 1, out=out)


def _swap_gates(array: np.ndarray) -> np.ndarray:
    """Columns i, f, c, o to f, i, o, c, or back: a copy."""
    halves = array.reshape(*array.shape[:-1], 2, 2, -1)
    return halves[..., ::-1, :].reshape(array.shape).copy()
