"""GloVe's update of its parameters, one example after the other: compiled by numba, or many at once in NumPy.

An example is a cell of X in one of its two directions, (i, j). With the residual

    r = w_i . c_j + b_i + d_j - log X_ij                       w, b: of words; c, d: of contexts
    J_ij = f(X_ij) r^2 / 2                                     f(x) = min(1, (x / x_max)^alpha)

the gradients are f r c_j for w_i, f r w_i for c_j, and f r for b_i and d_j. AdaGrad, as in the authors' program: for
every single number theta and its accumulator G, which begins at 1, with s = rate * gradient,

    theta <- theta - s / sqrt(G),   then   G <- G + s^2

NumPy learns from a batch of examples at once in which no word occurs twice as word, nor twice as context. No example of
it changes what another one reads, so the result is that of taking them one after the other. `arrange` puts examples
into such batches: with the words' places in two random orders, p for words and q for contexts, batch n holds the (i, j)
with q_j - p_i = n modulo the number of words, a diagonal of the shuffled matrix.

Shapes: word, context and their accumulators are float64 (words, dimensions + 1), the last column being the bias.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from common.seeding import make_rng

AT_ONCE = 512  # examples whose vectors and steps stay in the processor's cache


class Examples(NamedTuple):
    """Cells to learn from, in order: i, j (int32), log X_ij, f(X_ij) (float64).

    `batches` (integers) are equal for neighbours that may be learnt from at once.
    """

    rows: np.ndarray
    columns: np.ndarray
    log_counts: np.ndarray
    factors: np.ndarray
    batches: np.ndarray

    def part(self, which: slice | np.ndarray) -> Examples:
        """Some of them."""
        return Examples(*(array[which] for array in self))


def arrange(
    rows: np.ndarray, columns: np.ndarray, words: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """An order of examples in which those of a batch are neighbours, drawn anew each time: the order, the batches."""
    places = rng.permutation(words).astype(np.int32), rng.permutation(words).astype(np.int32)
    batches = places[1][columns] - places[0][rows]
    batches[batches < 0] += words
    if words <= 1 << 16:
        batches = batches.astype(np.uint16)  # which NumPy sorts by counting
    order = np.argsort(batches, kind="stable")
    return order, batches[order]


@dataclass(frozen=True)
class Parameters:
    """Vectors with biases, of words and of contexts, and AdaGrad's accumulators; changed in place."""

    word: np.ndarray
    context: np.ndarray
    word_squares: np.ndarray
    context_squares: np.ndarray

    @classmethod
    def start(cls, words: int, dimensions: int, *, seed: int) -> Parameters:
        """Uniform in (-1/2, 1/2) / dimensions, accumulators 1."""
        shape = (words, dimensions + 1)
        rng = make_rng(seed, "glove", "start")
        word, context = ((rng.random(shape) - 0.5) / dimensions for _ in range(2))
        return cls(word, context, np.ones(shape), np.ones(shape))


Learn = Callable[[Parameters, Examples, float], float]
"""Learn from the examples at a rate; returns the sum of their J_ij, each before it was learnt from."""


class NumpyKernel:
    """The rule in NumPy, batch by batch, in buffers of its own."""

    def __init__(self, dimensions: int):
        self._buffers = np.empty((5, AT_ONCE, dimensions + 1))

    def __call__(self, parameters: Parameters, examples: Examples, rate: float) -> float:
        """Learn from the examples; returns the sum of their J_ij."""
        changes = np.flatnonzero(examples.batches[1:] != examples.batches[:-1]) + 1
        edges = [0, *changes.tolist(), len(examples.rows)]
        loss = 0.0
        for begin, end in zip(edges[:-1], edges[1:], strict=True):
            for first in range(begin, end, AT_ONCE):
                loss += self._batch(parameters, examples.part(slice(first, min(first + AT_ONCE, end))), rate)
        return loss

    def _batch(self, parameters: Parameters, examples: Examples, rate: float) -> float:
        word, context, word_steps, context_steps, _ = self._buffers[:, : len(examples.rows)]
        parameters.word.take(examples.rows, axis=0, out=word, mode="clip")
        parameters.context.take(examples.columns, axis=0, out=context, mode="clip")
        residuals = np.einsum("nd,nd->n", word[:, :-1], context[:, :-1])
        residuals += word[:, -1] + context[:, -1] - examples.log_counts
        slopes = examples.factors * residuals
        scaled = rate * slopes
        np.multiply(context, scaled[:, np.newaxis], out=word_steps)
        np.multiply(word, scaled[:, np.newaxis], out=context_steps)
        word_steps[:, -1] = context_steps[:, -1] = scaled  # of the biases
        self._step(parameters.word, parameters.word_squares, examples.rows, word, word_steps)
        self._step(parameters.context, parameters.context_squares, examples.columns, context, context_steps)
        return float(slopes @ residuals) / 2

    def _step(
        self, values: np.ndarray, squares: np.ndarray, ids: np.ndarray, before: np.ndarray, steps: np.ndarray
    ) -> None:
        """theta and G of the rows `ids`, which are all different; `before` and `steps` are used up."""
        accumulated = self._buffers[4, : len(ids)]
        squares.take(ids, axis=0, out=accumulated, mode="clip")
        new_squares = steps * steps
        new_squares += accumulated
        squares[ids] = new_squares
        np.sqrt(accumulated, out=accumulated)
        steps /= accumulated
        before -= steps
        values[ids] = before


def compile_sequential() -> Learn:
    """The rule in plain loops, compiled by numba; raises ImportError where that is not installed."""
    import numba

    compiled = numba.njit(_sequential)

    def learn(parameters: Parameters, examples: Examples, rate: float) -> float:
        p, e = parameters, examples
        numbers = (e.rows, e.columns, e.log_counts, e.factors)
        return compiled(p.word, p.context, p.word_squares, p.context_squares, *numbers, rate)

    return learn


def _sequential(word, context, word_squares, context_squares, rows, columns, log_counts, factors, rate):
    """In plain loops, for numba."""
    dimensions = word.shape[1] - 1
    loss = 0.0
    for e in range(len(rows)):
        i, j = rows[e], columns[e]
        residual = word[i, dimensions] + context[j, dimensions] - log_counts[e]
        for d in range(dimensions):
            residual += word[i, d] * context[j, d]
        loss += factors[e] * residual * residual / 2
        scaled = rate * factors[e] * residual
        for d in range(dimensions + 1):
            bias = d == dimensions
            word_step = scaled if bias else scaled * context[j, d]
            context_step = scaled if bias else scaled * word[i, d]
            word[i, d] -= word_step / np.sqrt(word_squares[i, d])
            context[j, d] -= context_step / np.sqrt(context_squares[j, d])
            word_squares[i, d] += word_step * word_step
            context_squares[j, d] += context_step * context_step
    return loss
