"""Two problems with a dependency as long as one likes; fresh sequences are drawn for every batch.

Adding (Hochreiter and Schmidhuber 1997): T pairs of a number u in [0, 1) and a mark; two places are marked, one in each
half. After the last step the sum of the two marked numbers is asked for. To answer 1 always costs a mean squared error
of 2 x 1/12 = 0.167.

Copying (the same; Arjovsky et al. 2016): 5 symbols of 8, then T blanks, the last of them a signal, then the symbols are
asked for again, in order, while blanks come in. To guess costs log 8 = 2.08 nats a symbol.

Arrays are time first, as in `common/recurrent`. T is the length; m the batch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from common.errors import InputError
from common.recurrent import softmax_cross_entropy


class Loss(NamedTuple):
    """A loss and its gradients with respect to the states (steps, m, n), the output's kernel and its bias."""

    loss: float
    dh: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class Adding:
    """The adding problem over `length` steps; its loss is the mean squared error of the sum."""

    length: int
    name: ClassVar[str] = "adding"
    unit: ClassVar[str] = "mean squared error"
    n_inputs: ClassVar[int] = 2
    n_outputs: ClassVar[int] = 1
    chance: ClassVar[float] = 1 / 6
    solved: ClassVar[float] = 0.02

    def __post_init__(self):
        if self.length < 2:
            raise InputError(f"the adding problem over {self.length} steps has no two numbers; give at least 2")

    @property
    def steps(self) -> int:
        """Steps of a sequence."""
        return self.length

    def draw(self, rng: np.random.Generator, batch: int) -> tuple[np.ndarray, np.ndarray]:
        """Sequences float32 (T, m, 2) and their sums float32 (m,)."""
        x = np.zeros((self.length, batch, 2), np.float32)
        x[..., 0] = rng.random((self.length, batch), np.float32)
        half, columns = self.length // 2, np.arange(batch)
        first, second = rng.integers(0, half, batch), rng.integers(half, self.length, batch)
        x[first, columns, 1] = x[second, columns, 1] = 1
        return x, x[first, columns, 0] + x[second, columns, 0]

    def loss(self, h: np.ndarray, targets: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> Loss:
        """Of the answer h_T kernel + bias."""
        error = (h[-1] @ kernel + bias)[:, 0] - targets
        slope = (2 / len(error) * error)[:, np.newaxis].astype(h.dtype)
        dh = np.zeros_like(h)
        dh[-1] = slope @ kernel.T
        return Loss(float(np.mean(np.square(error, dtype=np.float64))), dh, h[-1].T @ slope, slope.sum(axis=0))


@dataclass(frozen=True)
class Copying:
    """The copying problem over `length` blanks; its loss is the cross-entropy of the symbols asked for, in nats."""

    length: int
    name: ClassVar[str] = "copying"
    unit: ClassVar[str] = "nats per symbol"
    symbols: ClassVar[int] = 8
    count: ClassVar[int] = 5
    n_inputs: ClassVar[int] = 10
    n_outputs: ClassVar[int] = 8
    chance: ClassVar[float] = math.log(8)
    solved: ClassVar[float] = 0.1

    def __post_init__(self):
        if self.length < 1:
            raise InputError(f"the copying problem over {self.length} blanks has no signal; give at least 1")

    @property
    def steps(self) -> int:
        """Steps of a sequence."""
        return self.length + 2 * self.count

    def draw(self, rng: np.random.Generator, batch: int) -> tuple[np.ndarray, np.ndarray]:
        """Ids (T + 10, m), 8 for a blank and 9 for the signal, and the symbols to answer (5, m)."""
        ids = np.full((self.steps, batch), self.symbols)
        ids[: self.count] = rng.integers(0, self.symbols, (self.count, batch))
        ids[self.count + self.length - 1] = self.symbols + 1
        return ids, ids[: self.count]

    def loss(self, h: np.ndarray, targets: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> Loss:
        """Of softmax(h kernel + bias) at the last steps."""
        output = softmax_cross_entropy(h[-self.count :], targets, kernel, bias)
        dh = np.zeros_like(h)
        dh[-self.count :] = output.dh
        return Loss(output.loss, dh, output.kernel, output.bias)


Problem = Adding | Copying
PROBLEMS = {"adding": Adding, "copying": Copying}
