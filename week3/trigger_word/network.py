"""The network in NumPy, whole or as a stream: what one frame after the other needs of the past is carried along.

    network = TriggerNetwork.load("model.h5")
    network.forward(frames)                             # (frames, 101) -> probabilities (steps,)
    stream = network.stream(); stream.push(frames)      # the same in pieces of any size

Output step t looks at frames 4 t to 4 t + 14 and at nothing later. Carried are the frames that the next step of the
convolution needs, and the states of both GRUs. The batch normalisations, which at this stage only scale and shift, are
folded into the matrices beside them.

The two GRUs run side by side on different blocks: while the first is in block b, the second is in block b - 1, so that
each step is one call for both (a wavefront). That is only another order of the same operations.

    z, r = sigmoid(x K + h U + b)     h~ = tanh(x K' + r (h U' + b'))     h <- h~ + z (h - h~)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from common.spectrogram import Framing, overlapping, power_frames
from week3.trigger_word.data import RATE, TARGET_DBFS
from week3.trigger_word.model import EPSILON, ModelConfig
from week3.trigger_word.weights import Parameters, load_parameters

_BLOCK = 64  # steps of the wavefront's blocks
_FEW = 8  # steps, below which there is nothing to run side by side
_ONE_THREAD = 8192  # numbers in a matrix that OpenBLAS surely multiplies with a vector in one thread


class TriggerNetwork:
    """The course's network for prediction, with what it wants of the sound before it.

    Attributes:
        rate: Hz of the sound.
        window, hop: samples of a frame, and from one to the next.
        stride, kernel: frames from one output step to the next, and that a step looks at.
        target_dbfs: the level that the sound is brought to.
    """

    rate, target_dbfs = RATE, TARGET_DBFS
    window, hop = Framing().window, Framing().hop

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray]):
        self.config = config
        self.stride, self.kernel = config.stride, config.kernel
        p = {name: np.asarray(value, np.float64) for name, value in parameters.items()}
        scale_1, shift_1 = _scale_and_shift(p, "norm_1")
        kernel = p["conv/kernel"].reshape(-1, config.filters) * scale_1
        self.conv = kernel.astype(np.float32), (p["conv/bias"] * scale_1 + shift_1).astype(np.float32)
        scale_2, shift_2 = _scale_and_shift(p, "norm_2")
        scale_3, shift_3 = _scale_and_shift(p, "norm_3")
        ones, zeros = np.ones(config.filters), np.zeros(config.filters)
        self.grus = [_gru(p, "gru_1", ones, zeros), _gru(p, "gru_2", scale_2, shift_2)]
        self.recurrent = _pieces([gru["recurrent"] for gru in self.grus], config.units)
        self.candidate_bias = np.stack([gru["candidate_bias"] for gru in self.grus])
        dense = p["dense/kernel"][:, 0]
        self.dense = (dense * scale_3).astype(np.float32), np.float32(p["dense/bias"][0] + shift_3 @ dense)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TriggerNetwork:
        """The network with a weights file's parameters; raises as `load_parameters`."""
        return cls(*load_parameters(path))

    def features(self, samples: np.ndarray) -> np.ndarray:
        """The frames of int16 samples at `rate`, (frames, frequencies) float64."""
        return power_frames(samples, Framing(self.window, self.hop))

    def forward(self, frames: np.ndarray) -> np.ndarray:
        """Probabilities (steps,) float32 of (frames, frequencies)."""
        return self.stream().push(frames)

    def predict(self, batch: np.ndarray, **_: Any) -> np.ndarray:
        """As Keras's `predict`: (batch, frames, frequencies) -> (batch, steps, 1)."""
        return np.stack([self.forward(frames) for frames in batch])[..., None]

    def stream(self) -> NetworkStream:
        """A stream that begins in silence: with states of zero."""
        return NetworkStream(self)

    def convolve(self, frames: np.ndarray) -> np.ndarray:
        """Convolution, normalisation and ReLU: (frames, frequencies) -> (steps, filters)."""
        steps, size = self.config.steps(len(frames)), frames.shape[1]
        flat = np.ascontiguousarray(frames, np.float32).reshape(-1)
        windows = overlapping(flat, self.kernel * size, self.stride * size)[:steps]
        kernel, bias = self.conv
        x = windows @ kernel
        x += bias
        return np.maximum(x, 0, out=x)


def _scale_and_shift(p: Mapping[str, np.ndarray], name: str) -> tuple[np.ndarray, np.ndarray]:
    """A batch normalisation at rest: y = scale x + shift."""
    scale = p[f"{name}/gamma"] / np.sqrt(p[f"{name}/moving_variance"] + EPSILON)
    return scale, p[f"{name}/beta"] - scale * p[f"{name}/moving_mean"]


def _gru(p: Mapping[str, np.ndarray], name: str, scale: np.ndarray, shift: np.ndarray) -> Parameters:
    """A GRU's parameters whose input is scaled and shifted first; the sigmoids' columns halved, for tanh."""
    kernel, recurrent, bias = (p[f"{name}/{part}"] for part in ("kernel", "recurrent_kernel", "bias"))
    units = len(recurrent)
    halves = np.repeat([0.5, 0.5, 1.0], units)
    joined = bias[0] + shift @ kernel
    joined[: 2 * units] += bias[1, : 2 * units]
    return {
        "kernel": (scale[:, None] * kernel * halves).astype(np.float32),
        "recurrent": (recurrent * halves).astype(np.float32),
        "bias": (joined * halves).astype(np.float32),
        "candidate_bias": bias[1, 2 * units :].astype(np.float32),
    }


def _pieces(matrices: list[np.ndarray], units: int) -> np.ndarray:
    """The GRUs' recurrent matrices (units, 3 units) as (gate, layer, piece, units, columns).

    A piece is so small that OpenBLAS multiplies it in one thread. Waking a second one for each step costs more than the
    product itself, and very much more where the other core is busy.
    """
    widths = [size for size in range(1, units + 1) if units % size == 0]
    columns = max([size for size in widths if units * size <= _ONE_THREAD], default=1)
    cut = [matrix.reshape(units, 3, -1, columns).transpose(1, 2, 0, 3) for matrix in matrices]
    return np.ascontiguousarray(np.stack(cut, axis=1))


class NetworkStream:
    """One stream of frames through the network; see `TriggerNetwork.stream`."""

    def __init__(self, network: TriggerNetwork):
        self.network = network
        self._frames = np.zeros((0, network.config.frequencies), np.float32)
        self._states = np.zeros((2, network.config.units), np.float32)

    def push(self, frames: np.ndarray) -> np.ndarray:
        """Probabilities (steps,) float32 of the steps that these further frames complete."""
        net = self.network
        joined = np.concatenate([self._frames, np.asarray(frames, np.float32)])
        steps = net.config.steps(len(joined))
        if not steps:
            self._frames = joined
            return np.zeros(0, np.float32)
        inputs = net.convolve(joined)
        self._frames = joined[steps * net.stride :].copy()
        outputs = self._recur(inputs)
        kernel, bias = net.dense
        logits = outputs @ kernel + bias
        return (0.5 + 0.5 * np.tanh(0.5 * logits)).astype(np.float32)

    def _recur(self, inputs: np.ndarray) -> np.ndarray:
        """Both GRUs over (steps, filters): outputs (steps, units) of the second."""
        net, steps, units = self.network, len(inputs), self.network.config.units
        first, second = net.grus
        sums = inputs @ first["kernel"]
        sums += first["bias"]
        if steps < _FEW:
            outputs = np.empty((steps, 2, units), np.float32)
            _advance(net, slice(0, 1), [sums], self._states, outputs)
            later = outputs[:, 0] @ second["kernel"]
            later += second["bias"]
            _advance(net, slice(1, 2), [later], self._states, outputs)
            return outputs[:, 1]
        outputs = np.empty((steps + _BLOCK, 2, units), np.float32)  # row t: the first's step t, the second's t - block
        block = min(_BLOCK, -(-steps // 2))
        for start in range(0, steps + block, block):
            here = sums[start : start + block]
            before = outputs[max(0, start - block) : min(start, steps), 0]
            later = before @ second["kernel"]
            later += second["bias"]
            both = min(len(here), len(later))
            _advance(net, slice(0, 2), [here[:both], later[:both]], self._states, outputs[start:])
            _advance(net, slice(0, 1), [here[both:]], self._states, outputs[start + both :])
            _advance(net, slice(1, 2), [later[both:]], self._states, outputs[start + both :])
        return outputs[block : block + steps, 1]


def _advance(
    net: TriggerNetwork, layers: slice, sums: list[np.ndarray], all_states: np.ndarray, all_outputs: np.ndarray
) -> None:
    """One or both GRUs step by step, each on its own sums (steps, 3 units); states and outputs are filled in place.

    Everything about a gate lies together, (gate, layer, unit), so that each operation runs over one piece of memory.
    """
    count, units = len(sums[0]), net.config.units
    if not count:
        return
    states, outputs = all_states[layers], all_outputs[:, layers]
    gates_first = np.stack([one.reshape(count, 3, units) for one in sums], axis=2)
    recurrent, bias = net.recurrent[:, layers], net.candidate_bias[layers]
    pieces = np.empty((*recurrent.shape[:3], 1, recurrent.shape[-1]), np.float32)
    product = pieces.reshape(3, len(sums), units)
    gates, candidate, reset, update = product[:2], product[2], product[1], product[0]
    row, half = states[:, None, None, :], np.float32(0.5)
    matmul, tanh, add, multiply, subtract = np.matmul, np.tanh, np.add, np.multiply, np.subtract
    for t in range(count):
        x = gates_first[t]
        matmul(row, recurrent, pieces)
        add(gates, x[:2], gates)
        tanh(gates, gates)
        multiply(gates, half, gates)
        add(gates, half, gates)
        add(candidate, bias, candidate)
        multiply(candidate, reset, candidate)
        add(candidate, x[2], candidate)
        tanh(candidate, candidate)
        subtract(states, candidate, states)
        multiply(states, update, states)
        add(states, candidate, states)
        outputs[t] = states
