"""t-SNE, exact: a map in which words that are near in all their dimensions are near.

van der Maaten & Hinton, "Visualizing Data using t-SNE" (2008). With squared distances D_ij of the vectors and a width
sigma_i for each, found so that the neighbours of i have the asked perplexity (2 to the power of their entropy in bits):

    p_j|i = exp(-D_ij / 2 sigma_i^2) / sum over k != i of the same       p_ij = (p_j|i + p_i|j) / 2n
    q_ij  = (1 + |y_i - y_j|^2)^-1 / sum over k != l of the same
    minimise KL(P || Q) = sum of p_ij log(p_ij / q_ij)
    dKL/dy_i = 4 sum over j of (p_ij - q_ij) (1 + |y_i - y_j|^2)^-1 (y_i - y_j)

by gradient descent with momentum, gains for each coordinate and, at first, exaggerated P. It starts from the principal
components, so that the large picture is theirs and the seed decides almost nothing. Time and memory grow with n^2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from week2.word_vectors.projection import pca

LEAST_WORDS, MOST_WORDS = 5, 3000
_TINY = np.finfo(np.float64).eps


@dataclass(frozen=True)
class TsneConfig:
    """Settings.

    Attributes:
        perplexity: about how many neighbours a word has; None: 30, or a third of the words where they are few.
        iterations: gradient steps.
        exaggeration: factor on P in the first `exaggerated` steps.
        learning_rate: None: words / exaggeration / 4, at least 50.
    """

    perplexity: float | None = None
    iterations: int = 1000
    exaggeration: float = 12.0
    exaggerated: int = 250
    learning_rate: float | None = None

    def perplexity_for(self, count: int) -> float:
        """The perplexity for so many words.

        Raises:
            InputError: there are too few or too many words, or fewer than the perplexity.
        """
        if not LEAST_WORDS <= count <= MOST_WORDS:
            raise InputError(f"t-SNE was given {count} words; give {LEAST_WORDS} to {MOST_WORDS}, or take --method pca")
        perplexity = min(30.0, (count - 1) / 3) if self.perplexity is None else self.perplexity
        if not 1 <= perplexity < count:
            raise InputError(f"a perplexity of {perplexity:g} does not fit {count} words; give one from 1 to below it")
        return perplexity


def tsne(
    rows: np.ndarray, config: TsneConfig, *, rng: np.random.Generator, steps: Iterable[int] | None = None
) -> tuple[np.ndarray, float]:
    """(n, 2) coordinates of (n, d) vectors, and the KL divergence in nats that is left.

    `steps` may wrap range(config.iterations) in a progress bar.
    """
    perplexity = config.perplexity_for(len(rows))
    p = joint_probabilities(squared_distances(np.asarray(rows, dtype=np.float64)), perplexity)
    rate = config.learning_rate or max(len(rows) / config.exaggeration / 4, 50.0)
    start = pca(rows).points
    y = start * (1e-4 / start[:, 0].std()) + 1e-6 * rng.standard_normal(start.shape)
    velocity, gains = np.zeros_like(y), np.ones_like(y)
    for step in range(config.iterations) if steps is None else steps:
        early = step < config.exaggerated
        _, gradient = divergence(y, p * config.exaggeration if early else p)
        agree = velocity * gradient < 0
        gains = np.maximum(np.where(agree, gains + 0.2, gains * 0.8), 0.01)
        velocity = (0.5 if early else 0.8) * velocity - rate * gains * gradient
        y = y + velocity
    return y - y.mean(axis=0), divergence(y, p)[0]


def squared_distances(rows: np.ndarray) -> np.ndarray:
    """(n, n) squared Euclidean distances of (n, d) rows, 0 on the diagonal."""
    squares = np.einsum("ij,ij->i", rows, rows)
    found = np.maximum(squares[:, np.newaxis] - 2 * rows @ rows.T + squares, 0)
    np.fill_diagonal(found, 0)
    return found


def joint_probabilities(distances: np.ndarray, perplexity: float) -> np.ndarray:
    """P, (n, n), symmetric with zero diagonal and sum 1, from squared distances."""
    conditional = np.array([_neighbours(np.delete(row, i), perplexity) for i, row in enumerate(distances)])
    p = np.zeros_like(distances)
    p[~np.eye(len(p), dtype=bool)] = conditional.ravel()
    p = p + p.T
    return p / max(p.sum(), _TINY)


def _neighbours(distances: np.ndarray, perplexity: float) -> np.ndarray:
    """p_j|i over the other words: bisection of the precision until the entropy is log(perplexity)."""
    low, high = 0.0, np.inf
    precision = 1 / max(distances.mean(), _TINY)
    closest = distances - distances.min()
    for _ in range(200):
        weights = np.exp(-closest * precision)
        total = weights.sum()
        entropy = np.log(total) + precision * (closest @ weights) / total
        if abs(entropy - np.log(perplexity)) < 1e-7:
            break
        low, high = (precision, high) if entropy > np.log(perplexity) else (low, precision)
        precision = precision * 2 if high == np.inf else (low + high) / 2
        if precision > 1e30:  # so many words at the same smallest distance that no width has this perplexity
            break
    return weights / total


def divergence(y: np.ndarray, p: np.ndarray) -> tuple[float, np.ndarray]:
    """KL(P || Q) in nats, and its gradient (n, 2)."""
    closeness = 1 / (1 + squared_distances(y))
    np.fill_diagonal(closeness, 0)
    q = np.maximum(closeness / closeness.sum(), _TINY)
    loss = float(np.sum(p * np.log(np.maximum(p, _TINY) / q)))
    pull = (p - q) * closeness
    return loss, 4 * (pull.sum(axis=1)[:, np.newaxis] * y - pull @ y)
