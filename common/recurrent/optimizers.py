"""Clipping, and Adam, over dictionaries of arrays; both work in place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from common.errors import InputError

Arrays = Mapping[str, np.ndarray]


def clip_by_value(gradients: Arrays, limit: float) -> None:
    """Limit every element to [-limit, limit], in place. Raises InputError unless limit > 0."""
    _check_limit(limit)
    for gradient in gradients.values():
        np.clip(gradient, -limit, limit, out=gradient)


def global_norm(gradients: Arrays) -> float:
    """The Euclidean norm of all gradients together, accumulated in float64."""
    return math.sqrt(sum(float(np.sum(np.square(gradient, dtype=np.float64))) for gradient in gradients.values()))


def clip_by_global_norm(gradients: Arrays, limit: float) -> float:
    """Scale all gradients together, in place, so that their global norm is at most `limit`; returns the norm before.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.
    Raises InputError unless limit > 0. A norm that is not finite scales nothing: the caller sees it in the result.
    """
    _check_limit(limit)
    norm = global_norm(gradients)
    if math.isfinite(norm) and norm > limit:
        for gradient in gradients.values():
            gradient *= limit / norm
    return norm


def _check_limit(limit: float) -> None:
    if not limit > 0:
        raise InputError(f"the clipping limit is {limit}; it must be more than 0.")


class Adam:
    """Adam with bias correction (Kingma and Ba, 2015), and decoupled weight decay (Loshchilov and Hutter, 2019).

        m = b1 m + (1 - b1) g        v = b2 v + (1 - b2) g^2
        p = p - lr (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon) + weight_decay p)

    `learning_rate` and `weight_decay` may be changed between steps. Arrays with one axis (biases) are not decayed.
    """

    def __init__(
        self,
        *,
        learning_rate: float = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.steps = 0
        self._moments: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def update(self, parameters: Arrays, gradients: Arrays) -> None:
        """One step, in place, on the parameters that `gradients` names; both map names to arrays of equal shapes."""
        self.steps += 1
        for name, gradient in gradients.items():
            self._update_one(name, parameters[name], gradient)

    def _update_one(self, name: str, parameter: np.ndarray, gradient: np.ndarray) -> None:
        if name not in self._moments:
            self._moments[name] = np.zeros_like(parameter), np.zeros_like(parameter)
        mean, square = self._moments[name]
        mean += (1 - self.beta_1) * (gradient - mean)
        square += (1 - self.beta_2) * (np.square(gradient) - square)
        scale = math.sqrt(1 - self.beta_2**self.steps) / (1 - self.beta_1**self.steps)
        corrected_epsilon = self.epsilon * math.sqrt(1 - self.beta_2**self.steps)
        if self.weight_decay and parameter.ndim > 1:
            parameter *= 1 - self.learning_rate * self.weight_decay
        parameter -= self.learning_rate * scale * mean / (np.sqrt(square) + corrected_epsilon)

    def state(self) -> dict[str, Any]:
        """Copies of all that a resumed run needs: `steps`, and `mean/NAME`, `square/NAME` for each parameter."""
        kept: dict[str, Any] = {"steps": self.steps}
        for name, (mean, square) in self._moments.items():
            kept[f"mean/{name}"], kept[f"square/{name}"] = mean.copy(), square.copy()
        return kept

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Continue from what `state` gave."""
        self.steps = int(state["steps"])
        names = [key.removeprefix("mean/") for key in state if key.startswith("mean/")]
        self._moments = {name: (state[f"mean/{name}"].copy(), state[f"square/{name}"].copy()) for name in names}
