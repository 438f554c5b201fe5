"""The network in NumPy, whole or as a stream: what one frame after the other needs of the past is carried along.

    network = TriggerNetwork.load("model.h5")           # or a .npz of ours, whose notes name the front end
    network.forward(frames)                             # (frames, 101) -> probabilities (steps,)
    stream = network.stream(); stream.push(frames)      # the same in pieces of any size

Output step t of the course's network looks at frames 4 t to 4 t + 14 and at nothing later. Carried are the frames that
the next step of the convolution needs, and the states of both GRUs. The batch normalisations, which at this stage only
scale and shift, are folded into the matrices beside them.

The two GRUs run side by side on different blocks: while the first is in block b, the second is in block b - 1, so that
each step is one call for both (a wavefront). That is only another order of the same operations.

    z, r = sigmoid(x K + h U + b)     h~ = tanh(x K' + r (h U' + b'))     h <- h~ + z (h - h~)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from common.errors import InputError
from common.spectrogram import overlapping
from week3.trigger_word.front_end import SPECTROGRAM, FrontEnd, front_end_named
from week3.trigger_word.model import EPSILON, ModelConfig
from week3.trigger_word.weights import Parameters, load_notes, load_parameters

_BLOCK = 64  # steps of the wavefront's blocks
_HALF = np.float32(0.5)
_FEW = 8  # steps, below which there is nothing to run side by side
_ONE_THREAD = 8192  # numbers in a matrix that OpenBLAS surely multiplies with a vector in one thread


class TriggerNetwork:
    """The network for prediction, with what it wants of the sound before it.

    Attributes:
        rate: Hz of the sound.
        window, hop: samples of a frame, and from one to the next.
        stride, kernel: frames from one output step to the next, and that a step looks at.
        target_dbfs: the level that the sound is brought to.
        parameters: as they were given.
        notes: what its weights file tells: word, threshold, training.
    """

    def __init__(
        self,
        config: ModelConfig,
        parameters: Mapping[str, np.ndarray],
        front_end: FrontEnd = SPECTROGRAM,
        notes: Mapping[str, Any] | None = None,
    ):
        self.config, self.front_end, self.notes = config, front_end, dict(notes or {})
        self.parameters = dict(parameters)
        self.rate, self.target_dbfs = front_end.rate, front_end.target_dbfs
        self.window, self.hop = front_end.window, front_end.hop
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
        bias = p["dense/bias"][0] + shift_3 @ dense
        self.dense = (dense * scale_3 / 2).astype(np.float32), np.float32(bias / 2)  # halved for tanh

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TriggerNetwork:
        """The network with a weights file's parameters.

        Raises:
            InputError: as `load_parameters`, or its front end is unknown or gives other numbers than it takes.
        """
        notes = load_notes(path)
        front_end = front_end_named(notes.get("front end", SPECTROGRAM.name))
        config, parameters = load_parameters(path)
        if config.frequencies != front_end.frequencies:
            raise InputError(
                f"{path}: its network takes {config.frequencies} numbers a frame and {front_end.name} gives "
                f"{front_end.frequencies}; train it anew"
            )
        return cls(config, parameters, front_end, notes)

    @property
    def threshold(self) -> float:
        """The probability from which on to chime: the one that was chosen for these weights, or 0.5."""
        return float(self.notes.get("threshold", 0.5))

    def features(self, samples: np.ndarray) -> np.ndarray:
        """The frames of int16 samples at `rate`, (frames, frequencies)."""
        return self.front_end.features(samples)

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
        self._frames = np.zeros((2 * network.kernel, network.config.frequencies), np.float32)
        self._kept = 0  # frames at the head of that: what the next step needs
        self._states = np.zeros((2, network.config.units), np.float32)

    def push(self, frames: np.ndarray) -> np.ndarray:
        """Probabilities (steps,) float32 of the steps that these further frames complete."""
        net, kept, held = self.network, self._kept, self._kept + len(frames)
        if held > len(self._frames):
            self._frames = np.concatenate([self._frames[:kept], np.zeros_like(self._frames, shape=frames.shape)])
        self._frames[kept:held] = frames
        steps = net.config.steps(held)
        self._kept = held - steps * net.stride
        if not steps:
            return np.zeros(0, np.float32)
        inputs = net.convolve(self._frames[:held])
        self._frames[: self._kept] = self._frames[steps * net.stride : held]
        kernel, bias = net.dense
        probabilities = self._recur(inputs) @ kernel
        probabilities += bias
        np.tanh(probabilities, probabilities)
        probabilities *= _HALF
        probabilities += _HALF
        return probabilities

    def _recur(self, inputs: np.ndarray) -> np.ndarray:
        """Both GRUs over (steps, filters): outputs (steps, units) of the second."""
        net, steps, units = self.network, len(inputs), self.network.config.units
        first, second = net.grus
        sums = inputs @ first["kernel"]
        sums += first["bias"]
        if steps < _FEW:
            outputs = np.empty((steps, units), np.float32)
            for step in range(steps):
                _advance_one(net, 0, sums[step], self._states[0])
                later = self._states[0] @ second["kernel"]
                later += second["bias"]
                outputs[step] = _advance_one(net, 1, later, self._states[1])
            return outputs
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


def _advance_one(net: TriggerNetwork, layer: int, x: np.ndarray, state: np.ndarray) -> np.ndarray:
    """One step of one GRU, as `_advance`, on its sums x (3 units,); `state` (units,) is changed in place and returned.

    A single step is mostly calls: here there are as few of them as there can be.
    """
    units = len(state)
    product = state @ net.grus[layer]["recurrent"]
    gates, candidate = product[: 2 * units], product[2 * units :]
    gates += x[: 2 * units]
    np.tanh(gates, gates)
    gates += 1  # twice the sigmoids
    candidate += net.candidate_bias[layer]
    candidate *= product[units : 2 * units]
    candidate *= _HALF
    candidate += x[2 * units :]
    np.tanh(candidate, candidate)
    state -= candidate
    state *= product[:units]
    state *= _HALF
    state += candidate
    return state


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
