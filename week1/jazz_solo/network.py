"""The trained network in NumPy: the step loop that improvises, scores of given solos, and its file.

    z = kernel[x] + h' recurrent_kernel + bias      f, i, o = sigmoid(z_f), sigmoid(z_i), sigmoid(z_o)     g = tanh(z_g)
    c = f c' + i g                                  h = o tanh(c)            p = softmax(h output_kernel + output_bias)

(h', c': the former state; gate columns i, f, c, o as in Keras.) A token is its id; the beginning is none, a zero row.
"""

from __future__ import annotations

import functools
import io
import json
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from common.activations import log_softmax
from common.atomic import write_bytes
from common.errors import InputError
from common.text_files import content_problem, read_bytes
from week1.jazz_solo.grammar import Token, read_tokens
from week1.jazz_solo.model import WEIGHTS

_FORMAT = "jazz-solo-1"
State = tuple[np.ndarray, np.ndarray]


class SoloNetwork:
    """Tokens, weights, and what is told about them.

    Attributes:
        words: the token of each id, as a word.
        parameters: the arrays of `model.WEIGHTS`, float32.
        notes: plain values: what it was trained on, the changes, bars held out ...
    """

    def __init__(self, words: Sequence[str], parameters: dict[str, np.ndarray], notes: dict[str, Any]):
        self.words, self.notes = tuple(words), dict(notes)
        self.parameters = {name: np.ascontiguousarray(parameters[name], np.float32) for name in WEIGHTS}
        self.n_units = self.parameters["recurrent_kernel"].shape[0]
        self.ids = {word: number for number, word in enumerate(self.words)}
        self._check()
        # sigmoid(z) = (1 + tanh(z / 2)) / 2: with the halves folded in, one tanh serves all four gates
        n = self.n_units
        scale = np.repeat(np.array([0.5, 0.5, 1, 0.5], np.float32), n)
        self._input = (self.parameters["kernel"] + self.parameters["bias"]) * scale
        self._nothing = self.parameters["bias"] * scale
        self._recurrent = self.parameters["recurrent_kernel"] * scale

    @functools.cached_property
    def tokens(self) -> list[Token]:
        """The token of each id."""
        return read_tokens(" ".join(self.words))

    def _check(self) -> None:
        values, units = len(self.words), self.n_units
        shapes = ((values, 4 * units), (units, 4 * units), (4 * units,), (units, values), (values,))
        for name, shape in zip(WEIGHTS, shapes, strict=True):
            if self.parameters[name].shape != shape:
                got = self.parameters[name].shape
                raise InputError(f"the weights do not fit together: {name} is {got} where {shape} is needed")

    def beginning(self, batch: int) -> State:
        """Zero states (batch, n_units)."""
        return tuple(np.zeros((batch, self.n_units), np.float32) for _ in range(2))

    def step(self, ids: np.ndarray | None, state: State) -> tuple[np.ndarray, State]:
        """Scores (batch, n_values) float32 of what comes after `ids` (batch,), and the next state.

        None stands for the beginning. The scores are logits.
        """
        h, c = state
        n = self.n_units
        z = np.tanh((self._nothing if ids is None else self._input[ids]) + h @ self._recurrent)
        i, f, o = 1 + z[:, :n], 1 + z[:, n : 2 * n], 1 + z[:, 3 * n :]
        c = (f * c + i * z[:, 2 * n : 3 * n]) / 2
        h = o * np.tanh(c) / 2
        return h @ self.parameters["output_kernel"] + self.parameters["output_bias"], (h, c)

    def greedy(self, steps: int, *, first: int | None = None) -> np.ndarray:
        """`steps` ids, int64: the likeliest after `first` (None: the beginning), the likeliest after that, ..."""
        state, ids = self.beginning(1), None if first is None else np.array([first])
        chosen = np.empty(steps, np.int64)
        for place in range(steps):
            scores, state = self.step(ids, state)
            ids = scores.argmax(axis=1)
            chosen[place] = ids[0]
        return chosen

    def read(self, ids: Sequence[int]) -> tuple[np.ndarray, State]:
        """Log-probabilities (len(ids) + 1, n_values) in nats, float32, of what comes at each place; the last state."""
        scores, state = self.step(None, self.beginning(1))
        rows = [scores]
        for number in ids:
            scores, state = self.step(np.array([number]), state)
            rows.append(scores)
        return log_softmax(np.concatenate(rows), axis=-1), state

    def log_likelihoods(self, ids: Sequence[int]) -> np.ndarray:
        """Nats of each token of a line given those before it, float32 (len(ids),)."""
        scores, _ = self.read(ids)
        return scores[np.arange(len(ids)), np.asarray(ids, int)]

    def save(self, path: str | os.PathLike[str], *, dtype: Any = np.float32) -> Path:
        """Write everything to an .npz file, whole or not at all; returns the path."""
        told = json.dumps({"format": _FORMAT, "words": list(self.words), "notes": self.notes})
        arrays = {name: value.astype(dtype) for name, value in self.parameters.items()}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, about=np.frombuffer(told.encode(), np.uint8), **arrays)
        return write_bytes(path, buffer.getvalue())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> SoloNetwork:
        """Read what `save` wrote; InputError where the file is something else or damaged."""
        content = read_bytes(path)
        problem = content_problem(content)
        if problem:
            raise InputError(f"{path}: {problem}")
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                about = json.loads(bytes(file["about"]))
                if about["format"] != _FORMAT:
                    raise ValueError(f"format {about['format']!r}")
                return cls(about["words"], {name: file[name] for name in WEIGHTS}, about["notes"])
        except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise InputError(
                f"{path}: holds no weights of a jazz solo ({error}); make them with the verb train"
            ) from None
