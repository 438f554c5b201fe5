"""The steps of negative sampling compiled by numba: one after the other, as the word2vec program takes them.

The equations are in `negative_sampling.py`; a step is a pair (skip-gram) or a word with its context (CBOW), and all its
gradients are taken before any of its vectors moves. numba is optional, so this module is imported only where it is
asked for. What it compiles is kept in `__pycache__`, or numba's own cache folder, where one of them can be written.

The kernels release Python's global lock: several may work on the same arrays at once ("Hogwild", Recht et al. 2011).
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

import numba
import numpy as np

from week2.learning_embeddings.negative_sampling_examples import Examples

# Rows begin at a cache line and are a whole number of them, so that loops over a row need no special cases.
ROW_MULTIPLE = 16
_ONE = np.float32(1)
_ZERO = np.float32(0)
# All of "fastmath" but the assumption that nothing is infinite or NaN: a training that diverges must be noticed.
_FAST = {"reassoc", "contract", "arcp", "nsz", "afn"}


_OPTIONS = {"fastmath": _FAST, "nogil": True, "error_model": "numpy"}


def _kept(function: Callable) -> Callable:
    """Compile at the first call, or take it from numba's cache where there is a folder for it."""
    try:
        return numba.njit(function, cache=True, **_OPTIONS)
    except RuntimeError:  # no folder can be written
        return numba.njit(function, **_OPTIONS)


@numba.njit(**_OPTIONS)
def _predict(h, outputs, target, negatives, rate, steps, moved):
    """One step's output side: moves the output vectors; leaves -rate dE/dh in `moved`; returns E."""
    for k in range(len(steps)):
        u = outputs[target if k == 0 else negatives[k - 1]]
        score = _ZERO
        for d in range(len(h)):
            score += u[d] * h[d]
        steps[k] = score
    at_least, product = 0.0, 1.0
    for k in range(len(steps)):
        score = steps[k]
        if k > 0 and negatives[k - 1] == target:
            steps[k] = _ZERO
            continue
        # -log sigmoid(x) = max(-x, 0) + log(1 + exp(-|x|)), and the sum of such logarithms is that of a product.
        tail = math.exp(-abs(score))
        at_least += max(-score if k == 0 else score, _ZERO)
        product *= _ONE + tail
        sigmoid = (_ONE if score >= _ZERO else tail) / (_ONE + tail)
        steps[k] = rate * ((_ONE if k == 0 else _ZERO) - sigmoid)
    moved[:] = _ZERO
    for k in range(len(steps)):
        u = outputs[target if k == 0 else negatives[k - 1]]
        for d in range(len(h)):
            moved[d] += steps[k] * u[d]
    for k in range(len(steps)):
        u = outputs[target if k == 0 else negatives[k - 1]]
        for d in range(len(h)):
            u[d] += steps[k] * h[d]
    return at_least + math.log(product)


@_kept
def _skip_gram(inputs, outputs, words, begins, contexts, negatives, rate):
    steps = np.empty(negatives.shape[1] + 1, np.float32)
    moved = np.empty(inputs.shape[1], np.float32)
    loss = 0.0
    for t in range(len(words)):
        for pair in range(begins[t], begins[t + 1]):
            v = inputs[contexts[pair]]
            loss += _predict(v, outputs, words[t], negatives[pair], rate, steps, moved)
            for d in range(len(v)):
                v[d] += moved[d]
    return loss


@_kept
def _cbow(inputs, outputs, words, begins, contexts, negatives, rate):
    steps = np.empty(negatives.shape[1] + 1, np.float32)
    moved = np.empty(inputs.shape[1], np.float32)
    h = np.empty(inputs.shape[1], np.float32)
    loss = 0.0
    for t in range(len(words)):
        h[:] = _ZERO
        for place in range(begins[t], begins[t + 1]):
            v = inputs[contexts[place]]
            for d in range(len(h)):
                h[d] += v[d]
        share = _ONE / np.float32(begins[t + 1] - begins[t])
        for d in range(len(h)):
            h[d] *= share
        loss += _predict(h, outputs, words[t], negatives[t], rate, steps, moved)
        for place in range(begins[t], begins[t + 1]):
            v = inputs[contexts[place]]
            for d in range(len(h)):
                v[d] += moved[d]
    return loss


def update(
    architecture: str, inputs: np.ndarray, outputs: np.ndarray, examples: Examples, learning_rate: float
) -> float:
    """Learn from the examples one after the other; changes the matrices in place.

    Args:
        architecture: "skip-gram" or "cbow".
        inputs, outputs: float32 (words, columns), C order; columns beyond the dimensions are and stay 0.
        examples: drawn for this architecture.
        learning_rate: the same for all of them.

    Returns:
        the sum of the examples' losses, each before its own step.
    """
    kernel = _skip_gram if architecture == "skip-gram" else _cbow
    arguments = (inputs, outputs, *examples, np.float32(learning_rate))
    if not kernel.signatures:
        with contextlib.suppress(OSError):  # compiled, but the disk is full and the cache cannot be written
            kernel.compile(tuple(map(numba.typeof, arguments)))
    return kernel(*arguments)
