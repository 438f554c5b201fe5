"""The date translator in NumPy, without TensorFlow: encoder, attention, decoder, for many texts at once.

    i, f, o = s(z_i), s(z_f), s(z_o)     g = tanh(z_g)     z = W x + U h' + b            (h', c': the former state)
    c = f c' + i g                       h = o tanh(c)
    e_t = relu(v . tanh(keys_t + W_s s) + d)     alpha = softmax_t(e)     context = sum_t alpha_t a_t

s is the recurrent activation: (1 + tanh(z / 2)) / 2 for the sigmoid, clip(0.2 z + 0.5, 0, 1) or clip(z / 6 + 0.5, 0, 1)
for the hard ones; its factor and shift are folded into the parameters. x is one-hot, so W x is a row of W. Arrays stand
upright, (units, texts), so that each gate is one contiguous block; both directions of the encoder run in one loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from common.activations import log_softmax
from week3.machine_translation.model import ModelConfig

_SLOPES = {"sigmoid": (0.5, 0.0), "legacy_hard_sigmoid": (0.2, 0.5), "hard_sigmoid": (1 / 6, 0.5)}


class Encoded(NamedTuple):
    """What the encoder makes of texts.

    Attributes:
        a: (m, Tx, 2 n_a), forward and backward states joined.
        keys: (m, Tx, n_attention), the attention's encoder half.
        h, c: (2, m, n_a), the last states of the forward and of the backward direction.
    """

    a: np.ndarray
    keys: np.ndarray
    h: np.ndarray
    c: np.ndarray


class Outputs(NamedTuple):
    """What the course's network says: log-probabilities (m, Ty, n_target) in nats and weights (m, Ty, Tx)."""

    log_probabilities: np.ndarray
    attention: np.ndarray


class Gates:
    """An LSTM's parameters with the recurrent activation folded in, gates i, f, o, g down the rows.

    Args:
        parameters: holds `name/kernel` (inputs, 4 n), `name/recurrent_kernel` (n, 4 n), `name/bias` (4 n,), as Keras.
        name: of the layer.
        activation: the gates'.
        dtype: float32, or float64 for checks.
    """

    def __init__(self, parameters: Mapping[str, np.ndarray], name: str, activation: str, *, dtype: Any = np.float32):
        n = self.n_units = parameters[f"{name}/recurrent_kernel"].shape[0]
        slope, shift = _SLOPES[activation]
        self.smooth = activation == "sigmoid"
        factors = np.repeat([slope, slope, slope, 1.0], n)
        order = np.concatenate([np.arange(2 * n), np.arange(3 * n, 4 * n), np.arange(2 * n, 3 * n)])
        parts = (parameters[f"{name}/{part}"] for part in ("kernel", "recurrent_kernel", "bias"))
        kernel, recurrent, bias = (np.asarray(part, np.float64)[..., order] * factors for part in parts)
        bias[: 3 * n] += shift
        self.kernel, self.recurrent, self.bias = (
            np.ascontiguousarray(part.T, dtype) for part in (kernel, recurrent, bias)
        )

    def apply(self, z: np.ndarray, c: np.ndarray, h: np.ndarray, piece: np.ndarray) -> None:
        """One step in place: z (..., 4 n, m) holds the sums, c and h (..., n, m) are updated, piece is scratch."""
        n = self.n_units
        gates, candidate = z[..., : 3 * n, :], z[..., 3 * n :, :]
        if self.smooth:
            np.tanh(z, out=z)
            gates *= 0.5
            gates += 0.5
        else:
            np.maximum(gates, 0, out=gates)
            np.minimum(gates, 1, out=gates)
            np.tanh(candidate, out=candidate)
        c *= z[..., n : 2 * n, :]
        np.multiply(z[..., :n, :], candidate, out=piece)
        c += piece
        np.tanh(c, out=piece)
        np.multiply(z[..., 2 * n : 3 * n, :], piece, out=h)


class Encoder:
    """The bidirectional LSTM and the attention's encoder half, which both kinds of translator have.

    The padding behind a text is read, too, as in the course. Backwards it comes first, and is the same for every text:
    its states are computed once. Forwards it comes last, and its input is the same for every text.
    """

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray], *, dtype: Any = np.float32):
        self.config, self.dtype = config, np.dtype(dtype)
        directions = [
            Gates(parameters, f"encoder/{name}", config.recurrent_activation, dtype=dtype)
            for name in ("forward", "backward")
        ]
        self._gates = directions[0]
        self._recurrent = [gates.recurrent for gates in directions]
        # the state and the one-hot symbol are read at once; the bias stands with every symbol
        joined = [np.hstack([gates.recurrent, gates.kernel + gates.bias[:, np.newaxis]]) for gates in directions]
        self._joined = np.stack(joined)
        self._of_padding = self._joined[:, :, config.n_a + config.source_padding, np.newaxis]
        self._keys = np.asarray(parameters["attention_keys/kernel"], dtype)
        self._keys_bias = np.asarray(parameters["attention_keys/bias"], dtype)
        zeros = np.zeros((2, config.n_a, 1), self.dtype)
        self._padding = self._over_padding(1, zeros[0], zeros[1], config.source_length)

    def _over_padding(self, direction: int, h: np.ndarray, c: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """The states h and c (steps + 1, n_a, m) while padding is read, those (n_a, m) before it first."""
        hs, cs = (np.empty((steps + 1, *h.shape), self.dtype) for _ in range(2))
        hs[0], cs[0] = h, c
        z, piece = np.empty((4 * len(h), h.shape[1]), self.dtype), np.empty_like(hs[0])
        for step in range(steps):
            np.matmul(self._recurrent[direction], hs[step], out=z)
            z += self._of_padding[direction]
            cs[step + 1] = cs[step]
            self._gates.apply(z, cs[step + 1], hs[step + 1], piece)
        return hs, cs

    def read(self, ids: np.ndarray) -> Encoded:
        """Run over ids (m, Tx)."""
        (m, steps), n = ids.shape, self.config.n_a
        length = 1 + int(np.flatnonzero((ids != self.config.source_padding).any(axis=0))[-1:].sum())
        rest = steps - length
        read, c = self._with_symbols(ids[:, :length]), np.zeros((2, n, m), self.dtype)
        read[0, 1, :n], c[1] = (states[rest] for states in self._padding)
        z, piece = np.empty((2, 4 * n, m), self.dtype), np.empty((2, n, m), self.dtype)
        for step in range(length):
            np.matmul(self._joined, read[step], out=z)
            self._gates.apply(z, c, read[step + 1, :, :n], piece)
        forward, backward = read[:, 0, :n], read[:, 1, :n]
        hs, cs = self._over_padding(0, forward[length], c[0], rest)
        a = np.empty((m, steps, 2 * n), self.dtype)
        a[:, :length, :n], a[:, length:, :n] = forward[1:].transpose(2, 0, 1), hs[1:].transpose(2, 0, 1)
        a[:, :length, n:], a[:, length:, n:] = backward[:0:-1].transpose(2, 0, 1), self._padding[0][rest:0:-1, :, 0]
        last = np.stack([hs[-1].T, backward[length].T]), np.stack([cs[-1].T, c[1].T])
        return Encoded(a, a @ self._keys + self._keys_bias, *last)

    def _with_symbols(self, ids: np.ndarray) -> np.ndarray:
        """What the loop reads, (steps + 1, 2, n_a + n_source, m): room for the state, then the symbol as one-hot."""
        (m, steps), n = ids.shape, self.config.n_a
        read = np.zeros((steps + 1, 2, n + self.config.n_source, m), self.dtype)
        times, texts = np.arange(steps)[:, np.newaxis], np.arange(m)
        read[times, 0, n + ids.T, texts] = 1
        read[times, 1, n + ids.T[::-1], texts] = 1
        return read


class Decoder:
    """Attention and the LSTM that writes, one symbol at a time; nothing is fed back but its own state."""

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray], *, dtype: Any = np.float32):
        self.config, self.dtype = config, np.dtype(dtype)
        self._gates = Gates(parameters, "decoder", config.recurrent_activation, dtype=dtype)
        self._joined = np.concatenate([self._gates.kernel, self._gates.recurrent], axis=1)
        self._bias = self._gates.bias[:, np.newaxis]
        state, energy, self._energy_bias = (
            np.asarray(parameters[f"one_step_attention/{part}"], dtype)
            for part in ("state_kernel", "energy_kernel", "energy_bias")
        )
        self._state, self._energy = np.ascontiguousarray(state.T), np.ascontiguousarray(energy.T)
        self._output = np.asarray(parameters["output/kernel"], dtype)
        self._output_bias = np.asarray(parameters["output/bias"], dtype)

    def write(self, encoded: Encoded) -> Outputs:
        """All symbols of the texts that the encoder has read."""
        (m, times, n), steps, n_s = encoded.a.shape, self.config.target_length, self.config.n_s
        keys = np.ascontiguousarray(encoded.keys.transpose(2, 1, 0))
        hidden, weights = np.empty_like(keys), np.empty((steps, m, times), self.dtype)
        read, c = np.zeros((n + n_s, m), self.dtype), np.zeros((n_s, m), self.dtype)  # read: the context over the state
        context, s = read[:n], read[n:]
        z, piece = np.empty((4 * n_s, m), self.dtype), np.empty_like(c)
        states = np.empty((steps, n_s, m), self.dtype)
        for step in range(steps):
            self._attend(keys, s, hidden, out=weights[step])
            context[:] = np.matmul(weights[step][:, np.newaxis], encoded.a)[:, 0].T
            np.matmul(self._joined, read, out=z)
            z += self._bias
            self._gates.apply(z, c, s, piece)
            states[step] = s
        scores = states.transpose(2, 0, 1) @ self._output + self._output_bias
        return Outputs(log_softmax(scores), weights.transpose(1, 0, 2))

    def _attend(self, keys: np.ndarray, s: np.ndarray, hidden: np.ndarray, *, out: np.ndarray) -> None:
        """Weights (m, Tx) into `out`, for keys (n_attention, Tx, m) and states s (n_s, m); hidden is scratch."""
        np.add(keys, (self._state @ s)[:, np.newaxis], out=hidden)
        np.tanh(hidden, out=hidden)
        energies = (self._energy @ hidden.reshape(len(hidden), -1)).reshape(hidden.shape[1:])
        energies += self._energy_bias
        np.maximum(energies, 0, out=energies)
        energies -= energies.max(axis=0)
        np.exp(energies, out=energies)
        energies /= energies.sum(axis=0)
        out[:] = energies.T


class CourseNetwork:
    """The course's translator: encoder, attention and decoder without feedback."""

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray], *, dtype: Any = np.float32):
        self.config = config
        self.encoder = Encoder(config, parameters, dtype=dtype)
        self.decoder = Decoder(config, parameters, dtype=dtype)

    def forward(self, ids: np.ndarray) -> Outputs:
        """Log-probabilities and attention weights for ids (m, Tx), all texts in one batch."""
        return self.decoder.write(self.encoder.read(ids))
