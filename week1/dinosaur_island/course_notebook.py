"""What the course's dinosaur notebook imports from its helper file, answered by our functions under the same names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from common.activations import softmax
from week1.dinosaur_island.course_algorithm import initial_loss, initial_parameters, smooth, spell
from week1.dinosaur_island.course_step import backward, forward, forward_step, update_parameters


def helper_names() -> dict[str, Any]:
    """The helper file's names."""
    return {
        "np": np,
        "softmax": softmax,
        "smooth": smooth,
        "get_initial_loss": initial_loss,
        "get_sample": spell,
        "print_sample": _print_sample,
        "initialize_parameters": _initialize_parameters,
        "rnn_step_forward": _step_forward,
        "rnn_forward": _forward,
        "rnn_backward": _backward,
        "update_parameters": _update_parameters,
    }


def _print_sample(sample_ix: Sequence[int], ix_to_char: Mapping[int, str]) -> None:
    print(spell(sample_ix, ix_to_char), end="")


def _initialize_parameters(n_a: int, n_x: int, n_y: int) -> dict[str, np.ndarray]:
    """The course's start, by the process-wide generator as there; inputs and outputs are the same characters."""
    return initial_parameters(n_a, n_x, random_state=np.random)


def _step_forward(parameters: dict[str, np.ndarray], a_prev: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, ...]:
    return forward_step(x, a_prev, parameters)


def _forward(
    X: Sequence[int | None], Y: Sequence[int], a0: np.ndarray, parameters: dict[str, np.ndarray], vocab_size: int = 27
) -> tuple[float, tuple[Any, ...]]:
    """(loss, cache); the cache is (probabilities, states, inputs), each by step, state -1 the first."""
    loss, x, a, p = forward(X, Y, a0, parameters)
    return loss, (p, a, x)


def _backward(
    X: Sequence[int | None], Y: Sequence[int], parameters: dict[str, np.ndarray], cache: tuple[Any, ...]
) -> tuple[dict[str, np.ndarray], dict[int, np.ndarray]]:
    """(gradients, states by step)."""
    p, a, x = cache
    return backward(x, a, p, Y, parameters), a


def _update_parameters(
    parameters: dict[str, np.ndarray], gradients: Mapping[str, np.ndarray], lr: float
) -> dict[str, np.ndarray]:
    """Updated in place and handed back, as there."""
    update_parameters(parameters, gradients, lr)
    return parameters
