"""The network in NumPy, whole or as a stream: what one frame after the other needs of the past is carried along.

    network = TriggerNetwork.load("model.h5")           # or a .npz of ours, whose notes name the front end
    network.forward(frames)                             # (frames, 101) -> probabilities (steps,)
    stream = network.stream(); stream.push(frames)      # the same in pieces of any size

Output step t of the course's network looks at frames 4 t to 4 t + 14 and at nothing later. Carried are the frames that
the next step of the convolution needs, and the states of both GRUs. The batch normalisations, which at this stage only
scale and shift, are folded into the matrices beside them. `recurrence.py` has the two GRUs.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from common.errors import InputError
from common.spectrogram import overlapping
from common.threads import in_threads
from week3.trigger_word.front_end import SPECTROGRAM, FrontEnd, front_end_named
from week3.trigger_word.model import EPSILON, ModelConfig
from week3.trigger_word.recurrence import GRUPair, GRUStates
from week3.trigger_word.weights import Parameters, load_notes, load_parameters

_HALF = np.float32(0.5)
_ZERO = np.zeros((), np.float32)  # an array is taken as it is, where a number is first made one
_PART = 64  # steps that are convolved in one piece


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
        first, second = _gru(p, "gru_1", ones, zeros), _gru(p, "gru_2", scale_2, shift_2)
        self.grus = GRUPair(first, second, config.units)
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
        x = np.empty((steps, self.config.filters), np.float32)

        def multiply(starts: Iterable[int]) -> None:
            for start in starts:
                part = x[start : start + _PART]
                np.matmul(windows[start : start + _PART], kernel, out=part)
                part += bias
                np.maximum(part, 0, out=part)

        in_threads(multiply, steps, _PART)
        return x

    def probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """What the last layer makes of the second GRU's outputs: (steps, units) -> (steps,)."""
        kernel, bias = self.dense
        p = outputs @ kernel
        p += bias
        np.tanh(p, p)
        p *= _HALF
        p += _HALF
        return p


def _scale_and_shift(p: Mapping[str, np.ndarray], name: str) -> tuple[np.ndarray, np.ndarray]:
    """A batch normalisation at rest: y = scale x + shift."""
    scale = p[f"{name}/gamma"] / np.sqrt(p[f"{name}/moving_variance"] + EPSILON)
    return scale, p[f"{name}/beta"] - scale * p[f"{name}/moving_mean"]


def _gru(p: Mapping[str, np.ndarray], name: str, scale: np.ndarray, shift: np.ndarray) -> Parameters:
    """A GRU's parameters, as Keras has them, whose input is scaled and shifted first."""
    kernel, recurrent, bias = (p[f"{name}/{part}"] for part in ("kernel", "recurrent_kernel", "bias"))
    return {
        "kernel": scale[:, None] * kernel,
        "recurrent_kernel": recurrent,
        "bias": np.stack([bias[0] + shift @ kernel, bias[1]]),
    }


class NetworkStream:
    """One stream of frames through the network; see `TriggerNetwork.stream`."""

    def __init__(self, network: TriggerNetwork):
        self.network = network
        config = network.config
        self._frames = np.zeros((2 * network.kernel, config.frequencies), np.float32)
        self._kept = 0  # frames at the head of that: what the next step needs
        self._states = GRUStates(network.grus)
        self._window = self._frames[: network.kernel].reshape(-1)  # what a step that is alone looks at
        self._row = np.ones(config.filters + 1, np.float32)  # what the convolution makes of it, and a constant 1

    def push(self, frames: np.ndarray) -> np.ndarray:
        """Probabilities (steps,) float32 of the steps that these further frames complete."""
        net, kept, held = self.network, self._kept, self._kept + len(frames)
        buffer = self._frames
        if held > len(buffer):
            buffer = np.empty((held, buffer.shape[1]), np.float32)
            buffer[:kept] = self._frames[:kept]
        buffer[kept:held] = frames
        steps = net.config.steps(held)
        if steps == 1 and buffer is self._frames:
            probabilities = self._one()
        else:
            probabilities = self._many(buffer[:held])
        self._kept = held - steps * net.stride
        if steps:
            self._frames[: self._kept] = buffer[steps * net.stride : held]
        elif buffer is not self._frames:
            self._frames[:held] = buffer
        return probabilities

    def _many(self, frames: np.ndarray) -> np.ndarray:
        net = self.network
        if net.config.steps(len(frames)) < 1:
            return np.zeros(0, np.float32)
        return net.probabilities(self._states.run(net.convolve(frames)))

    def _one(self) -> np.ndarray:
        """As `_many` for the frames at the head, which make one step, with as few calls as there can be."""
        net, x = self.network, self._row[:-1]
        np.dot(self._window, net.conv[0], out=x)
        np.add(x, net.conv[1], x)
        np.maximum(x, _ZERO, out=x)
        kernel, bias = net.dense
        total = np.dot(self._states.step(self._row), kernel) + bias
        return np.array([0.5 + 0.5 * math.tanh(total)], np.float32)
