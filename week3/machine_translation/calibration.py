"""How sure to be: the probability that a whole translation is right, from the probability that the model gives it.

    confidence = sigmoid(scale * log(p / (1 - p)) + shift)

p is the model's probability of the text. `scale` and `shift` are fitted to validation texts by maximum likelihood
(Platt, 1999; one temperature is scale = 1 / T, shift = 0). It rises with p, so it ranks texts as the model does.
"""

from __future__ import annotations

import numpy as np

from common.activations import sigmoid

UNCALIBRATED = (1.0, 0.0)
_RANGE = (-60.0, -1e-7)  # nats: what is beyond is not told apart


def confidences(log_probabilities: np.ndarray, calibration: tuple[float, float] = UNCALIBRATED) -> np.ndarray:
    """Confidences in (0, 1), float64, for log-probabilities in nats; (1, 0) gives back the probabilities themselves."""
    scale, shift = calibration
    return sigmoid(scale * _log_odds(log_probabilities) + shift)


def fit(log_probabilities: np.ndarray, right: np.ndarray, *, rounds: int = 100) -> tuple[float, float]:
    """(scale, shift) by Newton's method, damped; targets as Platt smooths them, so that all right gives no infinity.

    Args:
        log_probabilities: nats (m,).
        right: bool (m,).
        rounds: Newton steps at most.
    """
    x = np.stack([_log_odds(log_probabilities), np.ones(len(right))], axis=1)
    hits = np.count_nonzero(right)
    targets = np.where(right, (hits + 1) / (hits + 2), 1 / (len(right) - hits + 2))
    weights = np.array(UNCALIBRATED)
    loss = _loss(x, targets, weights)
    for _ in range(rounds):
        p = sigmoid(x @ weights)
        gradient = x.T @ (p - targets)
        hessian = (x * (p * (1 - p))[:, np.newaxis]).T @ x + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        while _loss(x, targets, weights - step) > loss and np.abs(step).max() > 1e-9:
            step = step / 2
        weights, before = weights - step, loss
        loss = _loss(x, targets, weights)
        if before - loss < 1e-10 * max(1.0, loss):
            break
    return float(weights[0]), float(weights[1])


def _log_odds(log_probabilities: np.ndarray) -> np.ndarray:
    nats = np.clip(np.asarray(log_probabilities, np.float64), *_RANGE)
    return nats - np.log(-np.expm1(nats))


def _loss(x: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> float:
    """Cross-entropy in nats, stable for any score."""
    scores = x @ weights
    return float(np.sum(np.logaddexp(0, scores) - targets * scores))
