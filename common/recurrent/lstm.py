"""The fast LSTM, forwards and backwards.

    f, i, o = sigmoid(z_f), sigmoid(z_i), sigmoid(z_o)    g = tanh(z_g)        z = x kernel + h' recurrent_kernel + bias
    c = f c' + i g                                        h = o tanh(c)        (h', c': the former state)

(Hochreiter and Schmidhuber, 1997; Gers, Schmidhuber and Cummins, 2000.) What makes it fast: sigmoid(z) =
(1 + tanh(z / 2)) / 2, so with the halving folded into the parameters one tanh serves all four gates. The loop works
with t = tanh and with 1 + t, which is twice the sigmoid; the halves that this leaves fall on c and h, a quarter of the
gates' size:

    2 c = (1 + t_f) c' + (1 + t_i) t_g        2 h = (1 + t_o) tanh(c)

    e = dh / 2       d = (dc + e (1 + t_o) (1 - tanh(c)^2)) / 2        dc' = d (1 + t_f)
    dt_f = d c'      dt_i = d t_g      dt_g = d (1 + t_i)      dt_o = e tanh(c)      each times its slope 1 - t^2
"""

from __future__ import annotations

import numpy as np

from common.recurrent.layer import Cache, Parameters, RecurrentLayer, State, column_major
from common.recurrent.packing import Packing


class LSTMLayer(RecurrentLayer):
    """Long short-term memory; gate columns i, f, c, o as in Keras; the state is (h, c)."""

    kind, gates, states = "lstm", 4, 2

    def initialize(self, rng: np.random.Generator) -> Parameters:
        """As every layer's, with the forget gate's bias at 1 (Jozefowicz, Zaremba and Sutskever, 2015)."""
        parameters = super().initialize(rng)
        parameters["bias"][self.n_units : 2 * self.n_units] = 1
        return parameters

    # The loop's columns are f, i, o, g (three sigmoid gates, then tanh), the sigmoid ones halved.

    def _scales(self) -> np.ndarray:
        return np.repeat(np.array([0.5, 0.5, 0.5, 1], self.dtype), self.n_units)

    def _prepare(self, parameters: Parameters) -> Parameters:
        scales = self._scales()
        prepared = {name: _swap_gates(parameters[name]) for name in ("kernel", "recurrent_kernel", "bias")}
        for value in prepared.values():
            value *= scales
        return prepared

    def _restore(self, gradients: Parameters) -> Parameters:
        scales = self._scales()
        for value in gradients.values():
            value *= scales
        return {name: _swap_gates(value) for name, value in gradients.items()}

    def _run(
        self, prepared: Parameters, packing: Packing, x: np.ndarray, begin: State, dropout: np.ndarray | None
    ) -> Cache:
        n, batch, recurrent = self.n_units, packing.batch, column_major(prepared["recurrent_kernel"])
        gates = self._input_product(prepared, x)
        h, c = (self._buffer(name, (batch + packing.count, n)) for name in ("h", "c"))
        tanh_c = self._buffer("tanh_c", (packing.count, n))
        h[:batch], c[:batch] = begin
        product, scratch = np.empty((batch, 4 * n), self.dtype), np.empty((4, batch, n), self.dtype)
        for step in packing.walk():
            h_was, h_now, c_was, c_now = h[step.was], h[step.now], c[step.was], c[step.now]
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
            np.multiply(o, tanh_c[step.rows], out=h_now)
            h_now *= 0.5
            step.hold(h)
            step.hold(c)
        return Cache(packing, x, prepared, dropout, (h, c), {"gates": gates, "tanh_c": tanh_c})

    def _run_back(self, dh: np.ndarray, cache: Cache, end: State) -> tuple[np.ndarray, Parameters, State]:
        n, packing, dropout, (h, c) = self.n_units, cache.packing, cache.dropout, cache.states
        gates, tanh_c = cache.work["gates"], cache.work["tanh_c"]
        back = cache.prepared["recurrent_kernel"].T
        dz = self._buffer("dz", gates.shape)
        dh_now, dc_now = end[0].copy(), end[1].copy()
        scratch, slopes = np.empty((5, packing.batch, n), self.dtype), np.empty((packing.batch, 4 * n), self.dtype)
        for step in packing.walk_back():
            size = step.size
            dh_now += dh[step.index]
            kept = step.keep(dh_now), step.keep(dc_now)
            t, tanh, dt, (f, i, o, piece, e) = gates[step.rows], tanh_c[step.rows], dz[step.rows], scratch[:, :size]
            dh_step, dc, slope = dh_now[:size], dc_now[:size], slopes[:size]
            _plus_one(t, n, out=scratch[:3, :size])
            np.multiply(dh_step, 0.5, out=e)
            np.multiply(tanh, tanh, out=piece)
            np.subtract(1, piece, out=piece)
            piece *= o
            piece *= e
            dc += piece
            dc *= 0.5
            np.multiply(dc, c[step.was], out=dt[:, :n])
            np.multiply(dc, t[:, 3 * n :], out=dt[:, n : 2 * n])
            np.multiply(e, tanh, out=dt[:, 2 * n : 3 * n])
            np.multiply(dc, i, out=dt[:, 3 * n :])
            np.multiply(t, t, out=slope)
            np.subtract(1, slope, out=slope)
            dt *= slope
            dc *= f
            step.clear(dt)
            np.matmul(dt, back, out=dh_step)
            if dropout is not None:
                dh_step *= dropout[:size]
            step.restore(kept[0], dh_now)
            step.restore(kept[1], dc_now)
        h_was = packing.previous(h)
        if dropout is not None:
            h_was = h_was * packing.pack_batch(dropout)
        return dz, {"recurrent_kernel": h_was.T @ dz}, (dh_now, dc_now)


def _plus_one(t: np.ndarray, n: int, *, out: np.ndarray) -> None:
    """1 + t of the first three gates (that is, twice the sigmoids), each gate's rows together: (3, size, n)."""
    np.add(t.reshape(len(t), 4, n)[:, :3].transpose(1, 0, 2), 1, out=out)


def _swap_gates(array: np.ndarray) -> np.ndarray:
    """Columns i, f, c, o to f, i, o, c, or back: a copy."""
    halves = array.reshape(*array.shape[:-1], 2, 2, -1)
    return halves[..., ::-1, :].reshape(array.shape).copy()
