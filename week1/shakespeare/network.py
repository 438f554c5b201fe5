"""The character network in NumPy: many streams of characters side by side, a step at a time, without TensorFlow.

    i, f, o = s(z_i), s(z_f), s(z_o)      g = tanh(z_g)      z = W x + U h' + b      (h', c': the former state)
    c = f c' + i g                        h = o tanh(c)      p = softmax(V h + d)

s is the recurrent activation: (1 + tanh(z / 2)) / 2 for the sigmoid, clip(0.2 z + 0.5, 0, 1) or clip(z / 6 + 0.5, 0, 1)
for the hard ones; its factor and shift are folded into the parameters. x is one-hot, so W x is a column of W.
Arrays stand upright, (units, streams), so that each gate is one contiguous block.

A fresh state over the last 40 characters costs 40 steps a character when it is computed one window after the other.
`RollingWindows` keeps the 40 windows that overlap the present place under way at once: every new character is the next
one for each of them, so one step over 40 columns does the same arithmetic as one large matrix product.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from common.activations import log_softmax
from common.cli import progress
from week1.shakespeare.model import ModelConfig

BLANK = -1
"""The id that stands for no character: a row of zeros, which fills a start shorter than the window up."""

_SLOPES = {"sigmoid": (0.5, 0.0), "legacy_hard_sigmoid": (0.2, 0.5), "hard_sigmoid": (1 / 6, 0.5)}


class CharacterNetwork:
    """A configuration with its parameters, laid out for stepping.

    Args:
        config: of the network.
        parameters: as `ModelConfig.parameter_shapes` names them.
        dtype: float32, or float64 for checks.
    """

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray], *, dtype: Any = np.float32):
        self.config, self.dtype = config, np.dtype(dtype)
        self.smooth = config.recurrent_activation == "sigmoid"
        self.weights: list[np.ndarray] = []
        self.biases: list[np.ndarray] = []
        for layer in range(1, config.n_layers + 1):
            kernel, recurrent, bias = self._folded(parameters, f"lstm_{layer}")
            self.weights.append(recurrent if layer == 1 else np.concatenate([kernel, recurrent], axis=1))
            self.biases.append(bias[:, np.newaxis])
            if layer == 1:
                rows = np.vstack([kernel.T, np.zeros_like(kernel[:, 0])]) + bias
                self.character_rows = np.ascontiguousarray(rows)
        self.output = np.ascontiguousarray(parameters["dense/kernel"].T, self.dtype)
        self.output_bias = np.asarray(parameters["dense/bias"], self.dtype)

    def _folded(self, parameters: Mapping[str, np.ndarray], layer: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Kernel, recurrent kernel and bias with gates i, f, o, g down the rows, factor and shift in them."""
        n = self.config.n_units
        slope, shift = _SLOPES[self.config.recurrent_activation]
        factors = np.repeat([slope, slope, slope, 1.0], n)
        order = np.concatenate([np.arange(2 * n), np.arange(3 * n, 4 * n), np.arange(2 * n, 3 * n)])
        parts = (parameters[f"{layer}/{part}"] for part in ("kernel", "recurrent_kernel", "bias"))
        kernel, recurrent, bias = (np.asarray(part, np.float64)[..., order] * factors for part in parts)
        bias[: 3 * n] += shift
        return tuple(np.ascontiguousarray(part.T, self.dtype) for part in (kernel, recurrent, bias))

    def predict(self, ids: np.ndarray, *, batch: int = 512) -> np.ndarray:
        """log p of the character after each window, (windows, n_vocab) nats; `ids` is (windows, length).

        Where BLAS was told to use one thread (OPENBLAS_NUM_THREADS=1), every core works on batches of its own.
        """
        scores = np.empty((len(ids), self.config.n_vocab), self.dtype)

        def fill(begin: int) -> None:
            part = ids[begin : begin + batch]
            streams = Streams(self, len(part))
            for column in part.T:
                streams.feed(column)
            scores[begin : begin + len(part)] = streams.scores()

        with ThreadPoolExecutor(_cores()) as pool:
            begins = range(0, len(ids), batch)
            for _ in progress(pool.map(fill, begins), total=len(begins), description="windows", unit="batch"):
                pass
        return log_softmax(scores)


def _cores() -> int:
    """How many batches to work on at once."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Streams:
    """The states of several texts that are read side by side, each in `width` columns that get the same characters."""

    def __init__(self, network: CharacterNetwork, count: int, *, width: int = 1):
        self.network, self.count, self.width = network, count, width
        n, layers, columns, dtype = network.config.n_units, network.config.n_layers, count * width, network.dtype
        self._n = n
        self._h, self._c = np.zeros((layers * n, columns), dtype), np.zeros((layers * n, columns), dtype)
        self._sums, self._piece = np.empty((4 * n, columns), dtype), np.empty((n, columns), dtype)
        self._steps = [self._views(layer) for layer in range(layers)]

    def _views(self, layer: int) -> tuple[np.ndarray, ...]:
        """What a layer reads (the layer below's h over its own), its h, its c."""
        n = self._n
        own = slice(layer * n, (layer + 1) * n)
        return self._h[max(layer - 1, 0) * n : (layer + 1) * n], self._h[own], self._c[own]

    def feed(self, ids: np.ndarray) -> None:
        """Advance every stream by a character: ids (count,), -1 for none."""
        n, z, piece, network = self._n, self._sums, self._piece, self.network
        gates, candidate = z[: 3 * n], z[3 * n :]
        for layer, (read, h, c) in enumerate(self._steps):
            np.matmul(network.weights[layer], read, out=z)
            if layer == 0:
                self._add_characters(ids)
            else:
                z += network.biases[layer]
            if network.smooth:
                np.tanh(z, out=z)
                gates *= 0.5
                gates += 0.5
            else:
                np.maximum(gates, 0, out=gates)
                np.minimum(gates, 1, out=gates)
                np.tanh(candidate, out=candidate)
            c *= z[n : 2 * n]
            np.multiply(z[:n], candidate, out=piece)
            c += piece
            np.tanh(c, out=piece)
            np.multiply(z[2 * n : 3 * n], piece, out=h)

    def _add_characters(self, ids: np.ndarray) -> None:
        """Add each stream's character to its columns of the first layer's sums."""
        if self.count == 1:
            self._sums += self.network.character_rows[ids[0], :, np.newaxis]
        else:
            by_stream = self._sums.reshape(len(self._sums), self.count, self.width)
            by_stream += self.network.character_rows[ids].T[:, :, np.newaxis]

    def reset(self, place: int) -> None:
        """Begin anew in column `place` of every stream."""
        self._h[:, place :: self.width] = 0
        self._c[:, place :: self.width] = 0

    def scores(self, place: int = 0) -> np.ndarray:
        """Logits of the next character by column `place` of every stream: (count, n_vocab)."""
        top = self._h[-self._n :, place :: self.width]
        return top.T @ self.network.output.T + self.network.output_bias


class RollingWindows:
    """Texts of which each next character is predicted by a fresh state over the last `window` characters.

    `scores` after at least `window` characters (blanks count) is what `CharacterNetwork.predict` gives for the last
    `window` of them, up to rounding.
    """

    def __init__(self, network: CharacterNetwork, count: int):
        self._window, self._place = network.config.window, 0
        self._streams = Streams(network, count, width=self._window)

    def feed(self, ids: np.ndarray) -> None:
        """Advance every text by a character: ids (count,). In each, one window begins with it."""
        self._streams.reset(self._place)
        self._streams.feed(ids)
        self._place = (self._place + 1) % self._window

    def scores(self) -> np.ndarray:
        """Logits of the next character of every text, (count, n_vocab), by the window that is now complete."""
        return self._streams.scores(self._place)
