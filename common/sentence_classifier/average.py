"""Version 1: the average of a sentence's word vectors, and softmax regression on it, as the course trains it.

    z = W x + b        a = softmax(z)        cost = -sum y log(a)        x: the average (n_h,), y: one-hot (n_y,)
    dz = a - y         W <- W - r dz x^T     b <- b - r dz               r: the learning rate

One sentence at a time, in the order of the file, again and again. The averages are computed once, and the bias is a
column of W that meets a constant 1, so a step is one product, n_y exponentials and one outer product.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.activations import softmax
from common.errors import InputError


@dataclass(frozen=True)
class AverageConfig:
    """How version 1 is trained: the learning rate, the passes over the sentences (the course's by default), and whether
    the word vectors are learnt along.
    """

    learning_rate: float = 0.01
    passes: int = 400
    learn_vectors: bool = False


@dataclass(frozen=True)
class Progress:
    """Where a training stands after a pass: its number from 0, the cost of the last sentence in nats, W and b."""

    index: int
    cost: float
    W: np.ndarray
    b: np.ndarray


def average(words: Sequence[str], vectors: Mapping[str, np.ndarray], dimensions: int, dtype: Any = np.float64) -> Any:
    """The mean of the words' vectors, (dimensions,); zeros where there are no words. Unknown words raise KeyError."""
    if not words:
        return np.zeros(dimensions, dtype)
    return np.sum([vectors[word] for word in words], axis=0, dtype=dtype) / len(words)


def initialize(rng: Any, n_y: int, n_h: int) -> tuple[np.ndarray, np.ndarray]:
    """W (n_y, n_h) from `rng.standard_normal` / sqrt(n_h), and b (n_y,) of zeros."""
    return rng.standard_normal((n_y, n_h)) / np.sqrt(n_h), np.zeros(n_y)


def fit(
    X: np.ndarray,
    labels: Sequence[int] | np.ndarray,
    W: np.ndarray,
    b: np.ndarray,
    *,
    learning_rate: float = 0.01,
    passes: int = 400,
    every: int | None = None,
    report: Callable[[Progress], None] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Train softmax regression, one sentence a step.

    Args:
        X: averages, (sentences, n_h).
        labels: class numbers, (sentences,).
        W, b: what to start from, (n_y, n_h) and (n_y,); they are not changed.
        learning_rate, passes: of the training.
        every: call `report` after the passes 0, every, 2 every, ...
        report: gets the progress.

    Returns W and b, float64. Raises InputError where the shapes or labels do not fit.
    """
    n_y, labels = len(W), [int(label) for label in labels]
    if len(labels) != len(X) or not labels:
        raise InputError(
            f"there are {len(X)} sentences and {len(labels)} labels; give a label for each of some sentences"
        )
    if min(labels) < 0 or max(labels) >= n_y:
        raise InputError(
            f"labels go from {min(labels)} to {max(labels)}, and there are {n_y} classes; use 0 to {n_y - 1}"
        )
    rows = np.column_stack([X, np.ones(len(X))]).astype(np.float64)
    weights = np.column_stack([W, b]).astype(np.float64)
    steps = list(zip(list(rows), labels, strict=True))
    for index in range(passes):
        cost = _one_pass(weights, steps, learning_rate)
        if every and report and index % every == 0:
            report(Progress(index, cost, weights[:, :-1].copy(), weights[:, -1].copy()))
    return weights[:, :-1].copy(), weights[:, -1].copy()


def _one_pass(weights: np.ndarray, steps: Sequence[tuple[np.ndarray, int]], learning_rate: float) -> float:
    """Learn from every sentence once, in place; returns the cost of the last one, before its update."""
    exp, dot, multiply = math.exp, np.dot, np.multiply
    z, change, factors = np.empty(len(weights)), np.empty_like(weights), np.empty((len(weights), 1))
    column = factors[:, 0]
    for row, label in steps:
        # Five numbers are faster in plain Python than in five calls of NumPy.
        logits = dot(weights, row, out=z).tolist()
        top = max(logits)
        terms = [exp(logit - top) for logit in logits]
        total = sum(terms)
        scale = learning_rate / total
        column[:] = [scale * term for term in terms]
        column[label] -= learning_rate
        multiply(factors, row, out=change)
        weights -= change
    return math.log(total / terms[label]) if terms[label] else math.inf


def fit_with_vectors(
    sentences: Sequence[np.ndarray],
    labels: Sequence[int] | np.ndarray,
    vectors: np.ndarray,
    W: np.ndarray,
    b: np.ndarray,
    *,
    rng: np.random.Generator,
    learning_rate: float = 0.1,
    passes: int = 30,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Softmax regression on averages whose vectors are learnt along: dE[word] = W^T dz / words, for each of its words.

    Args:
        sentences: each one's rows of `vectors`; an empty one is passed over.
        labels: class numbers.
        vectors: (words, n_h), what to start from; like W and b it is not changed.
        rng: draws the order of the sentences in each pass.
        learning_rate: at first; it falls to 0 in a straight line.
        passes: over the sentences.

    Returns vectors, W and b, float64.
    """
    E, W, b = (np.array(one, np.float64) for one in (vectors, W, b))
    places = [place for place in range(len(labels)) if len(sentences[place])]
    total, step = passes * len(places), 0
    for _ in range(passes):
        for place in rng.permutation(places):
            rate = learning_rate * (1 - step / total)
            dE, dW, db = gradients_with_vectors(sentences[place], labels[place], E, W, b)
            np.subtract.at(E, sentences[place], rate * dE)
            W -= rate * dW
            b -= rate * db
            step += 1
    return E, W, b


def gradients_with_vectors(
    rows: np.ndarray, label: int, E: np.ndarray, W: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of one sentence's cost: (n_h,) for every time that a word stands in it, dW (n_y, n_h) and db (n_y,)."""
    _, dW, db = cost_and_gradients(E[rows].mean(axis=0), label, W, b)
    return W.T @ db / len(rows), dW, db


def probabilities(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """p of each class for averages X (sentences, n_h): (sentences, n_y)."""
    return softmax(X @ W.T + b, axis=-1)


def cost_and_gradients(x: np.ndarray, label: int, W: np.ndarray, b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Of one sentence: the cost in nats, dW (n_y, n_h) and db (n_y,). What `fit` steps along, for checks."""
    p = probabilities(x[np.newaxis], W, b)[0]
    dz = p.copy()
    dz[label] -= 1
    return float(-np.log(p[label])), np.outer(dz, x), dz
