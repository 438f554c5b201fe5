"""What the three fast recurrent layers share: parameters, input product, buffers, checks."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

import numpy as np

from common.errors import InputError
from common.recurrent.output import scatter_add_rows
from common.recurrent.packing import Packing

Parameters = dict[str, np.ndarray]
State = tuple[np.ndarray, ...]


class Cache(NamedTuple):
    """What `backward` needs of the forward pass, in packed rows; `work` holds the layer's own arrays."""

    packing: Packing
    x: np.ndarray
    prepared: Parameters
    dropout: np.ndarray | None
    states: State
    work: dict[str, np.ndarray]


class Forward(NamedTuple):
    """What a forward pass returns: h (steps, batch, units), the final state, and the cache for `backward`."""

    h: np.ndarray
    state: State
    cache: Cache


class Gradients(NamedTuple):
    """What a backward pass returns: gradients of the parameters, of the input (None for ids), of the first state."""

    parameters: Parameters
    x: np.ndarray | None
    state: State


class RecurrentLayer(ABC):
    """A recurrent layer over time-major batches; its parameters are a dictionary that the caller keeps.

    Args:
        n_inputs: features of a step, or the number of ids where the input is integer.
        n_units: size of the state.
        dtype: float32 or float64, of parameters, states and gradients.
        reuse_buffers: keep the work arrays from call to call. Faster for large batches; in exchange, what `forward` and
            `backward` return holds only until the next `forward` of the same layer.
    """

    kind: ClassVar[str]
    gates: ClassVar[int]
    states: ClassVar[int] = 1

    def __init__(self, n_inputs: int, n_units: int, *, dtype: Any = np.float32, reuse_buffers: bool = False):
        if n_inputs < 1 or n_units < 1:
            raise InputError(f"a layer of {n_units} units on {n_inputs} inputs is empty; both must be at least 1.")
        self.n_inputs, self.n_units, self.dtype = n_inputs, n_units, np.dtype(dtype)
        self._kept: dict[str, np.ndarray] | None = {} if reuse_buffers else None

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """kernel (n_inputs, gates * n), recurrent_kernel (n, gates * n), bias (gates * n,): as the Keras layer's."""
        width = self.gates * self.n_units
        return {
            "kernel": (self.n_inputs, width),
            "recurrent_kernel": (self.n_units, width),
            "bias": (width,),
        }

    def initialize(self, rng: np.random.Generator) -> Parameters:
        """Fresh parameters: Glorot uniform kernel, orthogonal recurrent kernel (one block a gate), zero bias."""
        shapes = self.parameter_shapes()
        limit = math.sqrt(6 / sum(shapes["kernel"]))
        blocks = [np.linalg.qr(rng.standard_normal((self.n_units, self.n_units)))[0] for _ in range(self.gates)]
        return {
            "kernel": rng.uniform(-limit, limit, shapes["kernel"]).astype(self.dtype),
            "recurrent_kernel": np.concatenate(blocks, axis=1).astype(self.dtype),
            "bias": np.zeros(shapes["bias"], self.dtype),
        }

    def initial_state(self, batch: int) -> State:
        """Zeros: (h,) or, for the LSTM, (h, c), each (batch, units)."""
        return tuple(np.zeros((batch, self.n_units), self.dtype) for _ in range(self.states))

    def step(self, parameters: Parameters, x: np.ndarray, state: State) -> State:
        """One step without a cache, for generating: `x` (batch, n_inputs) or ids (batch,); the next state."""
        return self.forward(parameters, np.asarray(x)[np.newaxis], state=state).state

    def forward(
        self,
        parameters: Parameters,
        x: np.ndarray,
        *,
        state: State | None = None,
        mask: np.ndarray | None = None,
        recurrent_dropout: np.ndarray | None = None,
    ) -> Forward:
        """Run over all steps.

        Args:
            parameters: as `parameter_shapes` says, in this layer's dtype.
            x: (steps, batch, n_inputs) floats, or (steps, batch) integer ids in [0, n_inputs), which stand for one-hot
                rows and cost a gather instead of a product.
            state: what to start from; zeros by default.
            mask: (steps, batch), true where a step counts. Other steps leave the state as it is (h repeats it) and give
                no gradient. Padding at the end costs no computation. (Keras does the same, but where no step has
                counted yet its h is zero and ours the first state.)
            recurrent_dropout: (batch, units) factors on the former h inside the gate products, the same at every step
                (Gal and Ghahramani, 2016); see `dropout_mask`.

        Raises InputError where shapes or ids do not fit.
        """
        x = self._checked(parameters, np.asarray(x))
        packing = Packing(x.shape[0], x.shape[1], mask)
        begin = self._begin(state, packing)
        if recurrent_dropout is not None:
            recurrent_dropout = packing.sort(np.asarray(recurrent_dropout, self.dtype), 0)
        rows = self._with_constant(packing.pack(x))
        cache = self._run(self._prepare(parameters), packing, rows, begin, recurrent_dropout)
        finals = tuple(packing.final(rows) for rows in cache.states)
        return Forward(packing.unpack_held(cache.states[0]), finals, cache)

    def backward(
        self, dh: np.ndarray, cache: Cache, *, dstate: State | None = None, input_gradient: bool = True
    ) -> Gradients:
        """Gradients of sum(dh * h), plus sum(dstate * final state) where given, through all steps.

        Args:
            dh: (steps, batch, units).
            cache: of the `forward` call.
            dstate: what arrives at the final state.
            input_gradient: whether to compute the gradient of `x`; ids have none.
        """
        packing: Packing = cache.packing
        wanted = (packing.steps, packing.batch, self.n_units)
        if dh.shape != wanted:
            raise InputError(
                f"dh has shape {dh.shape}, but the states of the forward pass have shape {wanted}; they must agree."
            )
        end = self._begin(dstate, packing)
        dz, gradients, first = self._run_back(packing.sort(np.asarray(dh, self.dtype), 1), cache, end)
        x, dx = cache.x, None
        if x.dtype.kind in "iu":
            gradients["kernel"], gradients["bias"] = scatter_add_rows(dz, x, self.n_inputs), dz.sum(axis=0)
        else:
            gradients["kernel"], gradients["bias"] = np.split(x.T @ dz, [self.n_inputs])
            gradients["bias"] = gradients["bias"][0]
            if input_gradient:
                dx = self._buffer("dx", (packing.count, self.n_inputs))
                dx = packing.unpack(np.matmul(dz, cache.prepared["kernel"].T, out=dx))
        return Gradients(self._restore(gradients), dx, tuple(packing.unsort(d, 0) for d in first))

    # What each kind of layer supplies. "Prepared" parameters have the columns in the order, and with the factors, that
    # its loop works with; gradients come back in that form and are restored.

    def _prepare(self, parameters: Parameters) -> Parameters:
        return parameters

    def _restore(self, gradients: Parameters) -> Parameters:
        return gradients

    @abstractmethod
    def _run(
        self, prepared: Parameters, packing: Packing, x: np.ndarray, begin: State, dropout: np.ndarray | None
    ) -> Cache:
        """Run all steps over packed rows."""

    @abstractmethod
    def _run_back(self, dh: np.ndarray, cache: Cache, end: State) -> tuple[np.ndarray, Parameters, State]:
        """Gradients of the gates' sums (count, gates * n), of the recurrent parameters, and of the first state."""

    def _buffer(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """An array with undefined content, kept by `name` from call to call where buffers are reused."""
        if self._kept is None:
            return np.empty(shape, self.dtype)
        size = math.prod(shape)
        if name not in self._kept or self._kept[name].size < size:
            self._kept[name] = np.empty(size, self.dtype)
        return self._kept[name][:size].reshape(shape)

    def _with_constant(self, x: np.ndarray) -> np.ndarray:
        """Rows of features with a constant 1 after them, whose weight is the bias; ids as they are."""
        if x.dtype.kind in "iu":
            return x
        rows = self._buffer("x", (len(x), self.n_inputs + 1))
        rows[:, :-1], rows[:, -1] = x, 1
        return rows

    def _input_product(self, prepared: Parameters, x: np.ndarray) -> np.ndarray:
        """The input's part of all gates, bias included, for the rows of all steps at once: (count, gates * n)."""
        kernel, bias = prepared["kernel"], prepared["bias"]
        out = self._buffer("gates", (len(x), kernel.shape[1]))
        if x.dtype.kind in "iu":
            return np.take(kernel + bias, x, axis=0, out=out, mode="clip")
        return np.matmul(x, np.concatenate([kernel, bias[np.newaxis]]), out=out)

    def _begin(self, state: State | None, packing: Packing) -> State:
        if state is None:
            return self.initial_state(packing.batch)
        wanted = (packing.batch, self.n_units)
        shapes = [np.shape(part) for part in state]
        if shapes != [wanted] * self.states:
            raise InputError(f"state has the shapes {shapes}, but {self.states} of {wanted} are needed for this batch.")
        return tuple(packing.sort(np.asarray(part, self.dtype), 0) for part in state)

    def _checked(self, parameters: Parameters, x: np.ndarray) -> np.ndarray:
        for name, wanted in self.parameter_shapes().items():
            if name not in parameters:
                raise InputError(f"parameters lack {name!r}; this layer needs {', '.join(self.parameter_shapes())}.")
            found = parameters[name].shape
            if found != wanted:
                raise InputError(
                    f"parameters[{name!r}] has shape {found}, but {self.n_inputs} inputs and {self.n_units} units need "
                    f"{wanted}; pass parameters made for this layer."
                )
        if x.dtype.kind in "iu":
            return self._checked_ids(x)
        if x.ndim != 3 or x.shape[2] != self.n_inputs:
            raise InputError(
                f"x has shape {x.shape}, but (steps, batch, {self.n_inputs}) is needed for a kernel of shape "
                f"{parameters['kernel'].shape}; pass features last, or integer ids of shape (steps, batch)."
            )
        return x.astype(self.dtype, copy=False)

    def _checked_ids(self, x: np.ndarray) -> np.ndarray:
        if x.ndim != 2:
            raise InputError(f"ids have shape {x.shape}, but (steps, batch) is needed; pass one id for each step.")
        if x.size and (x.min() < 0 or x.max() >= self.n_inputs):
            raise InputError(
                f"ids reach from {x.min()} to {x.max()}, but this layer has {self.n_inputs} inputs; "
                f"use 0 to {self.n_inputs - 1}."
            )
        return x


def column_major(matrix: np.ndarray) -> np.ndarray:
    """The same matrix laid out by columns, which is what the loops' products read fastest (a sixth in float64)."""
    return np.ascontiguousarray(matrix.T).T
