"""The fast gated recurrent unit, forwards and backwards, in both published forms.

    z, r = sigmoid(x kernel + h' recurrent_kernel + bias)        update and reset gate        (h': the former state)
    h~ = tanh(x W + b + (r h') U)                                reset before the product (Cho et al., 2014)
    h~ = tanh(x W + b + r (h' U + b'))                           reset after it (as in cuDNN; the default, as in Keras)
    h  = z h' + (1 - z) h~

The sigmoids are taken as (1 + tanh(s / 2)) / 2, with the halving folded into the parameters.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from common.recurrent.layer import Cache, Parameters, RecurrentLayer, State, column_major
from common.recurrent.packing import Packing, Step


class GRULayer(RecurrentLayer):
    """Gated recurrent unit; gate columns z, r, h as in Keras; the state is (h,).

    `reset_after` says where the reset gate acts. With it the bias is (2, 3 n), input bias over recurrent bias; without
    it, (3 n,).
    """

    kind, gates = "gru", 3

    def __init__(
        self,
        n_inputs: int,
        n_units: int,
        *,
        reset_after: bool = True,
        dtype: Any = np.float32,
        reuse_buffers: bool = False,
    ):
        super().__init__(n_inputs, n_units, dtype=dtype, reuse_buffers=reuse_buffers)
        self.reset_after = reset_after

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """As every layer's, but the bias is (2, 3 n) where the reset acts after the product."""
        width = 3 * self.n_units
        return {**super().parameter_shapes(), "bias": (2, width) if self.reset_after else (width,)}

    # The sigmoid gates' columns are halved. The recurrent bias of z and r joins the input bias; that of h~ stays apart.

    def _scales(self) -> np.ndarray:
        return np.repeat(np.array([0.5, 0.5, 1], self.dtype), self.n_units)

    def _prepare(self, parameters: Parameters) -> Parameters:
        bias, split, scales = parameters["bias"], 2 * self.n_units, self._scales()
        prepared = {name: parameters[name] * scales for name in ("kernel", "recurrent_kernel")}
        joined = bias[0].copy() if self.reset_after else bias.copy()
        if self.reset_after:
            joined[:split] += bias[1, :split]
            prepared["candidate_bias"] = bias[1, split:]
        return {**prepared, "bias": joined * scales}

    def _restore(self, gradients: Parameters) -> Parameters:
        candidate = gradients.pop("candidate_bias", None)
        scaled = {name: value * self._scales() for name, value in gradients.items()}
        if candidate is not None:
            gates = scaled["bias"][: 2 * self.n_units]
            scaled["bias"] = np.stack([scaled["bias"], np.concatenate([gates, candidate])])
        return scaled

    def _run(
        self, prepared: Parameters, packing: Packing, x: np.ndarray, begin: State, dropout: np.ndarray | None
    ) -> Cache:
        n, batch = self.n_units, packing.batch
        gates = self._input_product(prepared, x)
        h = self._buffer("h", (batch + packing.count, n))
        h[:batch] = begin[0]
        inner = self._buffer("inner", (packing.count, n))
        product = np.empty((batch, 3 * n), self.dtype)
        candidate = self._candidate_after if self.reset_after else self._candidate_before
        columns = column_major(prepared["recurrent_kernel"])
        for step in packing.walk():
            h_was, h_now = h[step.was], h[step.now]
            fed = h_was if dropout is None else h_was * dropout[: step.size]
            t = gates[step.rows]
            candidate(prepared, columns, t, fed, product[: step.size], inner[step.rows])
            np.subtract(h_was, t[:, 2 * n :], out=h_now)
            h_now *= t[:, :n]
            h_now += t[:, 2 * n :]
            step.hold(h)
        return Cache(packing, x, prepared, dropout, (h,), {"gates": gates, "inner": inner})

    def _candidate_after(
        self,
        prepared: Parameters,
        recurrent: np.ndarray,
        t: np.ndarray,
        fed: np.ndarray,
        product: np.ndarray,
        inner: np.ndarray,
    ) -> None:
        """Turn the input sums `t` into z, r, h~; `inner` becomes h' U + b'."""
        split = 2 * self.n_units
        np.matmul(fed, recurrent, out=product)
        np.add(product[:, split:], prepared["candidate_bias"], out=inner)
        t[:, :split] += product[:, :split]
        _sigmoids(t[:, :split])
        t[:, split:] += t[:, self.n_units : split] * inner
        np.tanh(t[:, split:], out=t[:, split:])

    def _candidate_before(
        self,
        prepared: Parameters,
        recurrent: np.ndarray,
        t: np.ndarray,
        fed: np.ndarray,
        product: np.ndarray,
        inner: np.ndarray,
    ) -> None:
        """Turn the input sums `t` into z, r, h~; `inner` becomes r h'."""
        split = 2 * self.n_units
        t[:, :split] += fed @ recurrent[:, :split]
        _sigmoids(t[:, :split])
        np.multiply(t[:, self.n_units : split], fed, out=inner)
        t[:, split:] += inner @ recurrent[:, split:]
        np.tanh(t[:, split:], out=t[:, split:])

    def _run_back(self, dh: np.ndarray, cache: Cache, end: State) -> tuple[np.ndarray, Parameters, State]:
        packing, dropout, (h,) = cache.packing, cache.dropout, cache.states
        dz = self._buffer("dz", cache.work["gates"].shape)
        dh_now = end[0].copy()
        fed = packing.previous(h)
        if dropout is not None:
            fed = fed * packing.pack_batch(dropout)
        through_gates = self._back_after if self.reset_after else self._back_before
        sums = self._buffer("dproduct", (packing.count, 3 * self.n_units)) if self.reset_after else dz
        for step in packing.walk_back():
            dh_now += dh[step.index]
            dh_step, kept = dh_now[: step.size], step.keep(dh_now)
            z = cache.work["gates"][step.rows, : self.n_units]
            self._back_output(cache, step, dh_step, dz[step.rows])
            dfed = through_gates(cache, step, fed[step.rows], dz[step.rows], sums[step.rows])
            dh_step *= z
            dh_step += dfed if dropout is None else dfed * dropout[: step.size]
            step.restore(kept, dh_now)
        return dz, self._recurrent_gradients(cache, fed, dz, sums), (dh_now,)

    def _back_output(self, cache: Cache, step: Step, dh: np.ndarray, d: np.ndarray) -> None:
        """Fill the columns of z and h~ in `d` from the gradient `dh` of h = z h' + (1 - z) h~."""
        n, t, (h,) = self.n_units, cache.work["gates"][step.rows], cache.states
        z, candidate = t[:, :n], t[:, 2 * n :]
        np.subtract(h[step.was], candidate, out=d[:, :n])
        d[:, :n] *= dh
        d[:, :n] *= _slope(z)
        np.subtract(1, z, out=d[:, 2 * n :])
        d[:, 2 * n :] *= dh
        d[:, 2 * n :] *= 1 - candidate * candidate
        step.clear(d[:, :n])
        step.clear(d[:, 2 * n :])

    def _back_after(self, cache: Cache, step: Step, fed: np.ndarray, d: np.ndarray, dproduct: np.ndarray) -> np.ndarray:
        """Fill the columns of r in `d` and the gradient of h' U + b' in `dproduct`; the gradient of the fed state."""
        n = self.n_units
        r = cache.work["gates"][step.rows, n : 2 * n]
        np.multiply(d[:, 2 * n :], cache.work["inner"][step.rows], out=d[:, n : 2 * n])
        d[:, n : 2 * n] *= _slope(r)
        dproduct[:, : 2 * n] = d[:, : 2 * n]
        np.multiply(d[:, 2 * n :], r, out=dproduct[:, 2 * n :])
        return dproduct @ cache.prepared["recurrent_kernel"].T

    def _back_before(self, cache: Cache, step: Step, fed: np.ndarray, d: np.ndarray, _: np.ndarray) -> np.ndarray:
        """Fill the columns of r in `d`; the gradient of the fed state."""
        n, recurrent = self.n_units, cache.prepared["recurrent_kernel"]
        r = cache.work["gates"][step.rows, n : 2 * n]
        dinner = d[:, 2 * n :] @ recurrent[:, 2 * n :].T
        np.multiply(dinner, fed, out=d[:, n : 2 * n])
        d[:, n : 2 * n] *= _slope(r)
        dinner *= r
        dinner += d[:, : 2 * n] @ recurrent[:, : 2 * n].T
        return dinner

    def _recurrent_gradients(self, cache: Cache, fed: np.ndarray, dz: np.ndarray, sums: np.ndarray) -> Parameters:
        if self.reset_after:
            return {"recurrent_kernel": fed.T @ sums, "candidate_bias": sums[:, 2 * self.n_units :].sum(axis=0)}
        split = 2 * self.n_units
        blocks = [fed.T @ dz[:, :split], cache.work["inner"].T @ dz[:, split:]]
        return {"recurrent_kernel": np.concatenate(blocks, axis=1)}


def _sigmoids(halved: np.ndarray) -> None:
    """In place, from s / 2 to sigmoid(s)."""
    np.tanh(halved, out=halved)
    halved *= 0.5
    halved += 0.5


def _slope(s: np.ndarray) -> np.ndarray:
    """The derivative of a sigmoid, whose value is `s`, by half its argument: 2 s (1 - s)."""
    return 2 * s * (1 - s)
