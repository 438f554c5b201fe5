"""The decoder with attention: it writes a text symbol by symbol, and looks at all places of the encoder each time.

    s_i = GRU(s_i-1, [embedding of y_i-1; c_i-1])                            what it has written and looked at
    e_ij = v . tanh(Q s_i + K h_j + b + U (F * a_i-1)_j)                     how well place j fits now
    alpha_i = softmax over j of e_i,   a_i = a_i-1 + alpha_i                 where it looks, and has looked so far
    c_i = sum over j of alpha_ij h_j                                         what it sees there
    p(y_i) = softmax(W [s_i; c_i] + w)

F * a convolves where it has looked so far with a few filters: without it, places that sound alike (the same digit three
times) could not be told apart. Source: Chorowski et al. 2015, "Attention-based models for speech recognition", sections
2.1 and 2.2; the sum over all looks, in place of the last one: Shen et al. 2018, "Natural TTS synthesis by conditioning
WaveNet on mel spectrogram predictions", section 2.2. Symbol 0 stands before the first and after the last one.

Shapes: B recordings, P places, N symbols with the end, E = 2 n_units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from common.activations import log_softmax, softmax
from common.recurrent import Forward, GRULayer, dropout_mask, scatter_add_rows, softmax_cross_entropy
from week3.speech_recognition.alphabet import END
from week3.speech_recognition.model import ModelConfig, Parameters
from week3.speech_recognition.network import Encoding, Step, start

_NEVER = -1e9  # of a place that is padding


class _Look(NamedTuple):
    """What a step of attention leaves for the way back."""

    fits: np.ndarray  # tanh(...) (B, P, n_attention)
    windows: np.ndarray  # where it had looked, around every place (B, P, location_size)
    alpha: np.ndarray  # (B, P)


class _Written(NamedTuple):
    """A text written under supervision: per symbol the layer's run and the look; s (N, B, n), c (N, B, E)."""

    runs: list[Forward]
    looks: list[_Look]
    s: np.ndarray
    c: np.ndarray


class AttentionDecoder:
    """The decoder of a configuration; the parameters are the caller's."""

    def __init__(self, config: ModelConfig, *, dtype: Any = np.float32):
        self.config, self.dtype = config, np.dtype(dtype)
        self._layer = GRULayer(config.n_embedding + config.n_encoded, config.n_decoder, dtype=dtype)

    def initialize(self, rng: np.random.Generator) -> Parameters:
        """Fresh parameters: as the encoder's, the embedding normal, the score's like those of a kernel."""
        shapes = self.config.decoder_shapes()
        parameters = {name: start(shape, rng, self.dtype) for name, shape in shapes.items()}
        parameters |= {f"decoder/{part}": value for part, value in self._layer.initialize(rng).items()}
        width = self.config.n_attention
        drawn = rng.standard_normal(shapes["embedding/embeddings"]), rng.standard_normal(width) * width**-0.5
        parameters["embedding/embeddings"], parameters["attention/score"] = (one.astype(self.dtype) for one in drawn)
        return parameters

    # Writing under supervision: the symbols before are the right ones.

    def loss(
        self,
        parameters: Mapping[str, np.ndarray],
        encoding: Encoding,
        transcripts: Sequence[Sequence[int]],
        *,
        dropout: np.random.Generator | None = None,
        weight: float = 1,
    ) -> Step:
        """The cross-entropy of the symbols and the end, summed over a batch; its gradients times `weight`."""
        fed, wanted, counts = _targets(transcripts)
        memory = encoding.h.transpose(1, 0, 2)
        keys = memory @ parameters["attention/keys"] + parameters["attention/bias"]
        written = self._write(parameters, memory, keys, encoding.places, fed)
        output = np.concatenate([written.s, written.c], axis=2)
        mask = None
        if dropout is not None and self.config.dropout:
            mask = dropout_mask(dropout, (1, *output.shape[1:]), self.config.dropout, dtype=self.dtype)
            output *= mask
        found = softmax_cross_entropy(
            output, wanted, parameters["output/kernel"], parameters["output/bias"], weights=counts
        )
        symbols = float(counts.sum())
        scale = self.dtype.type(weight * symbols)
        dh = scale * found.dh if mask is None else scale * found.dh * mask
        gradients, dmemory = self._back(parameters, memory, written, fed, dh)
        gradients |= {"output/kernel": scale * found.kernel, "output/bias": scale * found.bias}
        return Step(found.loss * symbols, gradients, dmemory.transpose(1, 0, 2))

    def _write(
        self,
        parameters: Mapping[str, np.ndarray],
        memory: np.ndarray,
        keys: np.ndarray,
        places: np.ndarray,
        fed: np.ndarray,
    ) -> _Written:
        state = self.initial_state(memory)
        closed = _closed(memory.shape[1], places)
        layer = _layer_parameters(parameters)
        runs, looks, s, c = [], [], [], []
        for symbols in fed:
            x = np.concatenate([parameters["embedding/embeddings"][symbols], state["c"]], axis=1)
            run = self._layer.forward(layer, x[np.newaxis], state=(state["s"],))
            look = self._look(parameters, run.state[0], state["seen"], keys, closed)
            seen = state["seen"] + look.alpha
            state = {"s": run.state[0], "seen": seen, "c": _weighed(look.alpha, memory)}
            runs.append(run)
            looks.append(look)
            s.append(state["s"])
            c.append(state["c"])
        return _Written(runs, looks, np.stack(s), np.stack(c))

    def _look(
        self,
        parameters: Mapping[str, np.ndarray],
        s: np.ndarray,
        seen: np.ndarray,
        keys: np.ndarray,
        closed: np.ndarray,
    ) -> _Look:
        """Where to look with the state s (B, n_decoder), having looked at `seen` (B, P) in all."""
        windows = _windows(seen, self.config.location_size)
        fits = windows @ (parameters["attention/filters"] @ parameters["attention/location"])
        fits += keys
        fits += (s @ parameters["attention/query"])[:, np.newaxis]
        np.tanh(fits, out=fits)
        return _Look(fits, windows, softmax(fits @ parameters["attention/score"] + closed, axis=1))

    def _back(
        self,
        parameters: Mapping[str, np.ndarray],
        memory: np.ndarray,
        written: _Written,
        fed: np.ndarray,
        doutput: np.ndarray,
    ) -> tuple[Parameters, np.ndarray]:
        """Gradients of the parameters (but the output's) and of the memory, from that of [s; c] (N, B, n + E)."""
        n, width = self.config.n_decoder, self.config.n_embedding
        both = parameters["attention/filters"] @ parameters["attention/location"]
        sums = {name: np.zeros_like(parameters[name]) for name in _STEPWISE}
        dboth, dfits = np.zeros_like(both), np.zeros((*memory.shape[:2], self.config.n_attention), self.dtype)
        ds, dc = np.zeros_like(written.s[0]), np.zeros_like(written.c[0])
        dseen = np.zeros(memory.shape[:2], self.dtype)
        dcs, dx = np.empty_like(written.c), np.empty((*fed.shape, width), self.dtype)
        for step in range(len(fed) - 1, -1, -1):
            run, look = written.runs[step], written.looks[step]
            dc += doutput[step][:, n:]
            ds += doutput[step][:, :n]
            dcs[step] = dc
            dalpha = (memory @ dc[:, :, np.newaxis])[:, :, 0] + dseen
            de = look.alpha * (dalpha - np.vecdot(look.alpha, dalpha)[:, np.newaxis])
            sums["attention/score"] += _flat(look.fits).T @ de.reshape(-1)
            d = de[:, :, np.newaxis] * parameters["attention/score"]
            d *= 1 - np.square(look.fits)
            dfits += d
            dq = d.sum(axis=1)
            sums["attention/query"] += written.s[step].T @ dq
            ds += dq @ parameters["attention/query"].T
            dboth += _flat(look.windows).T @ _flat(d)
            dseen += _windows_back(d @ both.T)
            found = self._layer.backward(np.zeros_like(ds)[np.newaxis], run.cache, dstate=(ds,))
            for part, value in found.parameters.items():
                sums[f"decoder/{part}"] += value
            ds = found.state[0].copy()
            dx[step], dc = found.x[0, :, :width], found.x[0, :, width:].copy()
        embedding = scatter_add_rows(dx, fed, len(parameters["embedding/embeddings"]))
        alphas = np.stack([look.alpha for look in written.looks], axis=2)  # (B, P, N)
        dmemory = alphas @ dcs.transpose(1, 0, 2) + dfits @ parameters["attention/keys"].T
        return sums | {
            "embedding/embeddings": embedding,
            "attention/keys": _flat(memory).T @ _flat(dfits),
            "attention/bias": dfits.sum(axis=(0, 1)),
            "attention/filters": dboth @ parameters["attention/location"].T,
            "attention/location": parameters["attention/filters"].T @ dboth,
        }, dmemory

    # Writing on its own: a step function for `common.decoding` and `common.beam_search`.

    def initial_state(self, memory: np.ndarray) -> dict[str, np.ndarray]:
        """Before the first symbol, for memory (B, P, E): it has looked nowhere."""
        batch, places, width = memory.shape
        shapes = {"s": (batch, self.config.n_decoder), "c": (batch, width), "seen": (batch, places)}
        return {name: np.zeros(shape, self.dtype) for name, shape in shapes.items()}

    def stepper(self, parameters: Mapping[str, np.ndarray], encoding: Encoding) -> tuple[Any, dict[str, np.ndarray]]:
        """(step, state): the step function over the recordings of a batch, and the state to begin with."""
        memory = np.ascontiguousarray(encoding.h.transpose(1, 0, 2))
        keys = memory @ parameters["attention/keys"] + parameters["attention/bias"]
        closed, layer = _closed(memory.shape[1], encoding.places), _layer_parameters(parameters)

        def step(state: dict[str, np.ndarray], tokens: np.ndarray) -> tuple[np.ndarray, dict, np.ndarray]:
            rows = state["recording"]
            x = np.concatenate([parameters["embedding/embeddings"][tokens], state["c"]], axis=1)
            (s,) = self._layer.step(layer, x, (state["s"],))
            look = self._look(parameters, s, state["seen"], keys[rows], closed[rows])
            c = _weighed(look.alpha, memory[rows])
            logits = np.concatenate([s, c], axis=1) @ parameters["output/kernel"] + parameters["output/bias"]
            after = {"s": s, "c": c, "seen": state["seen"] + look.alpha, "recording": rows}
            return log_softmax(logits.astype(np.float64)), after, look.alpha

        return step, self.initial_state(memory) | {"recording": np.arange(len(memory))}


_STEPWISE = ("decoder/kernel", "decoder/recurrent_kernel", "decoder/bias", "attention/query", "attention/score")


def _targets(transcripts: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Symbols to feed (N, B), to write (N, B), and which of them count (N, B)."""
    lengths = np.array([len(one) for one in transcripts])
    wanted = np.full((lengths.max(initial=0) + 1, len(transcripts)), END)
    for column, transcript in enumerate(transcripts):
        wanted[: len(transcript), column] = transcript
    fed = np.concatenate([np.full((1, len(transcripts)), END), wanted[:-1]])
    return fed, wanted, np.arange(len(wanted))[:, np.newaxis] <= lengths


def _layer_parameters(parameters: Mapping[str, np.ndarray]) -> Parameters:
    return {part: parameters[f"decoder/{part}"] for part in ("kernel", "recurrent_kernel", "bias")}


def _closed(count: int, places: np.ndarray) -> np.ndarray:
    """(B, P): 0 where a recording has a place, far below where it has none."""
    return np.where(np.arange(count) < places[:, np.newaxis], 0, _NEVER).astype(np.float32)


def _weighed(alpha: np.ndarray, memory: np.ndarray) -> np.ndarray:
    return (alpha[:, np.newaxis] @ memory)[:, 0]


def _windows(alpha: np.ndarray, size: int) -> np.ndarray:
    """What stands around each place, (B, P, size), zeros beyond the ends."""
    half = size // 2
    around = np.pad(alpha, ((0, 0), (half, half)))
    return np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(around, size, axis=1))


def _windows_back(dwindows: np.ndarray) -> np.ndarray:
    """The gradient of alpha (B, P) from that of its windows."""
    batch, places, size = dwindows.shape
    around = np.zeros((batch, places + size - 1), dwindows.dtype)
    for shift in range(size):
        around[:, shift : shift + places] += dwindows[:, :, shift]
    return around[:, size // 2 : size // 2 + places]


def _flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(-1, x.shape[-1])
