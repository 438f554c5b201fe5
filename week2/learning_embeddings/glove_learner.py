"""GloVe: vectors whose products fit the logarithms of how often words stand near each other.

    J = 1/2 sum over all i, j with X_ij > 0 of  f(X_ij) (w_i . c_j + b_i + d_j - log X_ij)^2

X is counted by `cooccurrence.py`, J is minimised by AdaGrad over the cells in random order (`glove_kernels.py`). The
1/2 is that of the authors' program, whose printed cost is, as the history here, J over the number of cells; equation 8
of their paper has none.

Cells may lie on disk. An epoch takes runs of neighbouring cells from all over the file in random order, a million cells
at a time, and puts these into a random order as a whole. Both kernels follow that order, and come to the same numbers
but for rounding; they are about as fast, up to vocabularies of some 50,000 words, beyond which numba is faster.

Source: Pennington, Socher and Manning, "GloVe: Global Vectors for Word Representation", 2014.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from common.errors import InputError
from common.seeding import make_rng
from week2.learning_embeddings.cooccurrence import Cooccurrence, CountConfig, count_cooccurrences
from week2.learning_embeddings.data import Corpus
from week2.learning_embeddings.glove_kernels import (
    Examples,
    NumpyKernel,
    Parameters,
    arrange,
    compile_sequential,
)
from week2.learning_embeddings.kernels import choose_kernel
from week2.learning_embeddings.learner import StepResult

RUN = 256
RUNS_AT_ONCE = 4096
EXAMPLES_A_STEP = 65_536


@dataclass(frozen=True)
class GloVeConfig:
    """How GloVe counts and learns.

    The defaults suit some hundred thousand words of text. For hundreds of millions the paper has a window of 10, x_max
    100, a learning rate of 0.05, and the sum of word and context vectors.

    Attributes:
        dimensions: numbers in a vector.
        window: words to either side that count as near.
        across_lines: let windows reach across line ends, where the next text begins. Words of different texts then meet
            far apart, now and then, and only so does GloVe learn that they do not belong together: it never looks at
            pairs that do not occur.
        x_max: counts from here on weigh fully in J; large texts want 100, small ones less.
        alpha: power by which smaller counts weigh less.
        learning_rate: of AdaGrad.
        epochs: passes over all cells.
        vectors: what is handed on: "sum" of word and context vectors, or the "word" vectors.
        seed: of the start and the order of the cells.
        memory_mb: megabytes that counting may take; more goes to disk, where there is a folder.
        kernel: "numba", "numpy", or "auto": numba where it is installed.
    """

    dimensions: int = 50
    window: int = 100
    across_lines: bool = True
    x_max: float = 10.0
    alpha: float = 0.75
    learning_rate: float = 0.1
    epochs: int = 15
    vectors: Literal["sum", "word"] = "word"
    seed: int = 0
    memory_mb: float = 512
    kernel: Literal["auto", "numpy", "numba"] = "auto"

    def __post_init__(self):
        for name in ("dimensions", "epochs"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        for name in ("x_max", "learning_rate"):
            if not 0 < getattr(self, name) < float("inf"):
                raise InputError(f"{name} is {getattr(self, name)}; it must be more than 0")
        if not 0 <= self.alpha < float("inf"):
            raise InputError(f"alpha is {self.alpha}; it must be at least 0")
        if self.vectors not in ("sum", "word"):
            raise InputError(f"there are no vectors {self.vectors!r}; choose sum or word")
        self.counting()

    def counting(self) -> CountConfig:
        """The settings of the counting."""
        return CountConfig(self.window, self.across_lines, self.memory_mb)


class GloVe:
    """A GloVe training: counts the text, then learns step by step (see `learner.Learner`).

    Args:
        corpus: the text.
        config: settings.
        folder: where counts are kept, so that a counting that was broken off goes on; None: in memory.
        report: called with the share of the text that is counted.

    Attributes:
        counts: what it learns from.
        kernel: "numba" or "numpy", as chosen.
        parameters: vectors, biases and accumulators.
        steps: each of at most `EXAMPLES_A_STEP` examples.

    Raises:
        InputError: the folder's disk is full, or it holds other counts; no two words stand near each other; no numba.
    """

    def __init__(
        self,
        corpus: Corpus,
        config: GloVeConfig | None = None,
        *,
        folder: str | os.PathLike[str] | None = None,
        report: Callable[[float], None] = lambda share: None,
    ):
        self.config = config = config or GloVeConfig()
        self.kernel = choose_kernel(config.kernel)
        self.counts = _count(corpus, config, folder, report)
        self.parameters = Parameters.start(len(corpus.words), config.dimensions, seed=config.seed)
        self._order = CellOrder(self.counts, config)
        self.steps = config.epochs * self._order.steps
        self._learn = compile_sequential() if self.kernel == "numba" else NumpyKernel(config.dimensions)

    def step(self, number: int) -> StepResult:
        """Learn from the next cells; the loss is the sum of their J_ij, each before it was learnt from."""
        examples = self._order.examples(number)
        loss = self._learn(self.parameters, examples, self.config.learning_rate)
        return StepResult(loss, len(examples.rows), 0)

    def arrays(self) -> dict[str, np.ndarray]:
        """Vectors with biases and accumulators, float64 (words, dimensions + 1)."""
        return vars(self.parameters)

    def vectors(self) -> np.ndarray:
        """float32 (words, dimensions)."""
        word, context = self.parameters.word, self.parameters.context
        chosen = word + context if self.config.vectors == "sum" else word
        return np.ascontiguousarray(chosen[:, :-1], dtype=np.float32)


def _count(
    corpus: Corpus, config: GloVeConfig, folder: str | os.PathLike[str] | None, report: Callable[[float], None]
) -> Cooccurrence:
    done = 0

    def add(count: int) -> None:
        nonlocal done
        done += count
        report(done / len(corpus.ids))

    counts = count_cooccurrences(corpus, config.counting(), folder=folder, report=add)
    if not len(counts):
        raise InputError("no two words stand near each other in the text: each stands alone in its line; join lines")
    return counts


class CellOrder:
    """Which cells a step learns from: every cell once an epoch in each direction, in an order drawn for the epoch.

    Attributes:
        steps: in an epoch.
    """

    def __init__(self, counts: Cooccurrence, config: GloVeConfig):
        self._counts, self._config = counts, config
        self._runs = -(-len(counts) // RUN)
        portions = [min(RUNS_AT_ONCE, self._runs - begin) for begin in range(0, self._runs, RUNS_AT_ONCE)]
        steps = [-(-2 * RUN * runs // EXAMPLES_A_STEP) for runs in portions]
        self._steps_a_portion, self.steps = steps[0], sum(steps)
        self._at_hand: tuple[int, int] | None = None

    def examples(self, number: int) -> Examples:
        """Those of the step of this number."""
        epoch, step = divmod(number, self.steps)
        portion, part = divmod(step, self._steps_a_portion)
        if self._at_hand != (epoch, portion):
            self._portion, self._at_hand = self._draw(epoch, portion), (epoch, portion)
        return self._portion.part(slice(part * EXAMPLES_A_STEP, (part + 1) * EXAMPLES_A_STEP))

    def _draw(self, epoch: int, portion: int) -> Examples:
        """The portion's runs of cells, both directions, in a drawn order."""
        rng = make_rng(self._config.seed, "glove", "runs", epoch)
        runs = np.sort(rng.permutation(self._runs)[portion * RUNS_AT_ONCE : (portion + 1) * RUNS_AT_ONCE])
        places = (runs[:, np.newaxis] * RUN + np.arange(RUN)).ravel()
        smaller, larger, weights = self._counts.take(places[places < len(self._counts)])
        factors = np.minimum((weights / self._config.x_max) ** self._config.alpha, 1.0)
        # From here on directed cells: X_ij and X_ji, but X_ii once.
        both = np.concatenate([np.arange(len(smaller)), np.flatnonzero(smaller != larger)])
        turned = both[len(smaller) :]
        rows = np.concatenate([smaller, larger[turned]]).astype(np.int32)
        columns = np.concatenate([larger, smaller[turned]]).astype(np.int32)
        rng = make_rng(self._config.seed, "glove", "cells", epoch, portion)
        order, batches = arrange(rows, columns, self._counts.words, rng)
        cells = both[order]
        return Examples(rows[order], columns[order], np.log(weights)[cells], factors[cells], batches)
