"""GloVe's update of its parameters by a stretch of examples: one after the other in numba, batch by batch in NumPy.

An example is a cell of X in one of its two directions, (i, j). With the residual

    r = w_i . c_j + b_i + d_j - log X_ij                       w, b: of words; c, d: of contexts
    J_ij = f(X_ij) r^2 / 2                                     f(x) = min(1, (x / x_max)^alpha)

the gradients are f r c_j for w_i, f r w_i for c_j, and f r for b_i and d_j. AdaGrad, as the authors' program has it,
with s = rate * gradient, for every single number theta and its accumulator G, which begins at 1:

    theta <- theta - s / sqrt(G),   then   G <- G + s^2

A batch in NumPy takes all its gradients at the parameters that it begins with; then for every number, over the batch's
examples e that touch it,

    theta <- theta - sum_e s_e / sqrt(G),   then   G <- G + sum_e s_e^2

so a batch of one example is the sequential rule, and G grows as it does there.

Shapes: word, context and their accumulators are float64 (words, dimensions + 1), the last column being the bias.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from common.errors import InputError
from common.seeding import make_rng

Kernel = Literal["numpy", "numba"]


class Examples(NamedTuple):
    """Cells to learn from, in order: i, j (int32), log X_ij, f(X_ij) (float64); one with f = 0 counts for nothing."""

    rows: np.ndarray
    columns: np.ndarray
    log_counts: np.ndarray
    factors: np.ndarray

    def part(self, which: slice | np.ndarray) -> Examples:
        """Some of them."""
        return Examples(*(array[which] for array in self))


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


def residuals(parameters: Parameters, examples: Examples) -> np.ndarray:
    """w_i . c_j + b_i + d_j - log X_ij of each example."""
    word, context = parameters.word[examples.rows], parameters.context[examples.columns]
    return _residuals(word, context, examples)


def _residuals(word: np.ndarray, context: np.ndarray, examples: Examples) -> np.ndarray:
    products = np.einsum("nd,nd->n", word[:, :-1], context[:, :-1])
    return products + word[:, -1] + context[:, -1] - examples.log_counts


def learn_batch(parameters: Parameters, examples: Examples, rate: float) -> float:
    """Learn from the examples as one batch; returns the sum of their J_ij before."""
    word, context = parameters.word[examples.rows], parameters.context[examples.columns]
    residual = _residuals(word, context, examples)
    gradient = examples.factors * residual
    scaled = (rate * gradient)[:, np.newaxis]
    word[:, -1] = context[:, -1] = 1  # what a bias is multiplied with
    context *= scaled
    word *= scaled
    _adagrad(parameters.word, parameters.word_squares, examples.rows, context)
    _adagrad(parameters.context, parameters.context_squares, examples.columns, word)
    return float(gradient @ residual) / 2


def _adagrad(values: np.ndarray, squares: np.ndarray, ids: np.ndarray, steps: np.ndarray) -> None:
    """Take the steps (one row an example) from the rows `ids` of `values`."""
    order = np.argsort(ids, kind="stable")
    ids, steps = ids[order], steps[order]
    starts = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]]))
    rows = ids[starts]
    accumulated = squares[rows]
    values[rows] -= np.add.reduceat(steps, starts, axis=0) / np.sqrt(accumulated)
    squares[rows] = accumulated + np.add.reduceat(steps * steps, starts, axis=0)


def learn_in_batches(parameters: Parameters, examples: Examples, rate: float, *, batch: int) -> float:
    """Learn from the examples, `batch` at a time; returns the sum of their J_ij, each before its batch."""
    parts = (slice(begin, begin + batch) for begin in range(0, len(examples.rows), batch))
    return sum(learn_batch(parameters, examples.part(part), rate) for part in parts)


def compile_sequential() -> Callable[[Parameters, Examples, float], float]:
    """The rule for one example after the other, compiled by numba; raises ImportError where that is not installed."""
    import numba

    compiled = numba.njit(_sequential)

    def learn(parameters: Parameters, examples: Examples, rate: float) -> float:
        p = parameters
        return compiled(p.word, p.context, p.word_squares, p.context_squares, *examples, rate)

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


def choose_kernel(option: str) -> Kernel:
    """numba or numpy; "auto": numba where it is installed.

    Raises:
        InputError: another name, or numba where it is not installed.
    """
    if option not in ("auto", "numpy", "numba"):
        raise InputError(f"there is no kernel {option!r}; choose auto, numpy or numba")
    if option == "numpy":
        return "numpy"
    try:
        import numba  # noqa: F401
    except ImportError:
        if option == "numba":
            raise InputError("the kernel numba needs the package numba: pip install numba, or choose numpy") from None
        return "numpy"
    return "numba"
