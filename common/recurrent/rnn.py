"""The fast plain recurrent layer, forwards and backwards.

h = tanh(x kernel + h' recurrent_kernel + bias)        (h': the former state; Elman, 1990)
dz = dh (1 - h^2),   dh' = dz recurrent_kernel^T
"""

from __future__ import annotations

import numpy as np

from common.recurrent.layer import Cache, Parameters, RecurrentLayer, State, column_major
from common.recurrent.packing import Packing


class RNNLayer(RecurrentLayer):
    """Plain recurrent layer with tanh; the state is (h,)."""

    kind, gates = "rnn", 1

    def _run(
        self, prepared: Parameters, packing: Packing, x: np.ndarray, begin: State, dropout: np.ndarray | None
    ) -> Cache:
        sums, recurrent = self._input_product(prepared, x), column_major(prepared["recurrent_kernel"])
        h = self._buffer("h", (packing.batch + packing.count, self.n_units))
        h[: packing.batch] = begin[0]
        for step in packing.walk():
            h_was, h_now = h[step.was], h[step.now]
            if dropout is not None:
                h_was = h_was * dropout[: step.size]
            np.matmul(h_was, recurrent, out=h_now)
            h_now += sums[step.rows]
            np.tanh(h_now, out=h_now)
            step.hold(h)
        return Cache(packing, x, prepared, dropout, (h,), {})

    def _run_back(self, dh: np.ndarray, cache: Cache, end: State) -> tuple[np.ndarray, Parameters, State]:
        packing, dropout, (h,) = cache.packing, cache.dropout, cache.states
        back = cache.prepared["recurrent_kernel"].T
        dz = self._buffer("dz", (packing.count, self.n_units))
        dh_now = end[0].copy()
        for step in packing.walk_back():
            dh_now += dh[step.index]
            d, dh_step, kept = dz[step.rows], dh_now[: step.size], step.keep(dh_now)
            np.multiply(h[step.now], h[step.now], out=d)
            np.subtract(1, d, out=d)
            d *= dh_step
            step.clear(d)
            np.matmul(d, back, out=dh_step)
            if dropout is not None:
                dh_step *= dropout[: step.size]
            step.restore(kept, dh_now)
        h_was = packing.previous(h)
        if dropout is not None:
            h_was = h_was * packing.pack_batch(dropout)
        return dz, {"recurrent_kernel": h_was.T @ dz}, (dh_now,)
