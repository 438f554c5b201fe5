"""The translator with feedback in NumPy, a step at a time, as greedy and beam search ask for it (`common/decoding.py`).

    network = FeedbackNetwork(config, parameters)
    reading = network.read(ids)                             the encoder's half, once a text
    step, state = reading.step, reading.start()             for `beam_search(step, state, ...)`

The formulas are those of `feedback_model.py`. A row of a state is a beginning of some text's translation; the rows'
part of the source is gathered anew only where the texts that the rows belong to change, not where a beam is reordered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from common.activations import log_softmax
from week3.machine_translation.model import ModelConfig
from week3.machine_translation.network import Encoder, Gates

State = dict[str, np.ndarray]
"""By row: "text", the number of the text, int64 (rows,); "s" and "c", the decoder's, float (rows, n_s)."""


class FeedbackNetwork:
    """A configuration with its parameters, laid out for stepping.

    Args:
        config: of kind "feedback".
        parameters: as `ModelConfig.parameter_shapes` names them.
        dtype: float32, or float64 for checks.
    """

    def __init__(self, config: ModelConfig, parameters: Mapping[str, np.ndarray], *, dtype: Any = np.float32):
        self.config, self.dtype = config, np.dtype(dtype)
        self.encoder = Encoder(config, parameters, dtype=dtype)
        self.gates = Gates(parameters, "decoder", config.recurrent_activation, dtype=dtype)
        self._parameters = {name: np.asarray(value, dtype) for name, value in parameters.items()}
        symbol_kernel, context_kernel = np.split(self.gates.kernel.T, [config.n_embedding])
        self.of_symbols = self["target_embedding/embeddings"] @ symbol_kernel + self.gates.bias
        self.of_contexts = np.ascontiguousarray(context_kernel)
        self.of_states = np.concatenate([self.gates.recurrent.T, self["decoder/state_kernel"]], axis=1)
        self.energy = self["decoder/energy_kernel"][:, 0]

    def __getitem__(self, name: str) -> np.ndarray:
        return self._parameters[name]

    def read(self, ids: np.ndarray) -> Reading:
        """The texts of ids (m, Tx), read."""
        return Reading(self, ids)


class Reading:
    """Texts that the encoder has read, and the steps of writing their translations."""

    def __init__(self, network: FeedbackNetwork, ids: np.ndarray):
        self.network = network
        encoded = network.encoder.read(ids)
        self.allowed = ids != network.config.source_padding
        longest = int(self.allowed.any(axis=0).nonzero()[0].max(initial=0)) + 1
        self.first = encoded.a[:, 0, network.config.n_a :]
        self._a, self._keys = encoded.a[:, :longest], encoded.keys[:, :longest]
        hidden = np.where(self.allowed, 0, -1e9).astype(network.dtype)
        self._hidden, self._padding = hidden[:, :longest], ids.shape[1] - longest
        self._texts, self._rows = None, ()

    def start(self) -> State:
        """The state before the first symbol, a row a text."""
        network = self.network
        s = np.tanh(self.first @ network["initial_state/kernel"] + network["initial_state/bias"])
        return {"text": np.arange(len(s)), "s": s, "c": np.zeros_like(s)}

    def step(self, state: State, tokens: np.ndarray) -> tuple[np.ndarray, State, np.ndarray]:
        """(log-probabilities (rows, n_target) nats, new state, attention (rows, Tx)) after these symbols (rows,)."""
        network = self.network
        of_state = state["s"] @ network.of_states
        width = 4 * network.config.n_s
        context, weights = self._attend(state["text"], of_state[:, width:])
        z = of_state[:, :width] + network.of_symbols[tokens]
        z += context @ network.of_contexts
        c = state["c"].copy()
        s, piece = np.empty_like(c), np.empty_like(c)
        network.gates.apply(z.T, c.T, s.T, piece.T)
        scores = np.concatenate([s, context], axis=1) @ network["output/kernel"] + network["output/bias"]
        return log_softmax(scores), {"text": state["text"], "s": s, "c": c}, weights

    def _attend(self, texts: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(context (rows, 2 n_a), weights (rows, Tx))."""
        a, keys, hidden_padding = self._of(texts)
        hidden = np.tanh(keys + query[:, np.newaxis])
        energies = hidden @ self.network.energy + hidden_padding
        weights = np.exp(energies - energies.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        context = (weights[:, np.newaxis] @ a)[:, 0]
        return context, np.pad(weights, ((0, 0), (0, self._padding)))

    def _of(self, texts: np.ndarray) -> tuple[np.ndarray, ...]:
        """The source's arrays of these texts, row by row."""
        if self._texts is None or not np.array_equal(texts, self._texts):
            self._texts = texts
            self._rows = tuple(part[texts] for part in (self._a, self._keys, self._hidden))
        return self._rows
