"""Networks that learn a long dependency, and the gradient that has to bridge it.

The gates of GRU and LSTM begin open, as Tallec and Ollivier (2018) propose: biases log(u), u uniform in [1, T - 1], so
that the units remember over all lengths up to T. Clipping scales a gradient whose norm exceeds the limit down to it
(Pascanu, Mikolov and Bengio 2013).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from common.recurrent import Adam, RecurrentLayer, clip_by_global_norm, global_norm, recurrent_layer
from common.seeding import make_rng
from week1.language_models.long_range.problems import Problem

CELLS = ("rnn", "gru", "lstm")
Parameters = dict[str, np.ndarray]


@dataclass(frozen=True)
class LearnConfig:
    """How a network learns a problem.

    Attributes:
        cell: "rnn", "gru" or "lstm".
        clip: limit of the gradient's norm; None: not clipped.
        n_units: size of the state.
        batch_size: fresh sequences a step.
        iterations: steps at most; it ends sooner when the last 30 batches are solved with room to spare.
        learning_rate: of Adam.
        seed: of the start and the sequences.
    """

    cell: str
    clip: float | None = 1.0
    n_units: int = 64
    batch_size: int = 64
    iterations: int = 1200
    learning_rate: float = 1e-2
    seed: int = 0


@dataclass(frozen=True)
class Learned:
    """What came of it.

    Attributes:
        problem, config: what was learned, and how.
        losses: of every training batch, before its step.
        norms: of every gradient, before clipping.
        through_time: (steps,) norm of the loss's gradient at the state after each step, before training, relative to
            the last step's.
        loss: on fresh sequences, after training; nan where the numbers failed.
    """

    problem: Problem
    config: LearnConfig
    losses: np.ndarray
    norms: np.ndarray
    through_time: np.ndarray
    loss: float

    @property
    def solved(self) -> bool:
        """Whether the loss on fresh sequences is under the problem's threshold."""
        return bool(self.loss < self.problem.solved)


def learn(problem: Problem, config: LearnConfig) -> Learned:
    """Train on the problem and measure on 1,000 fresh sequences; nothing but its arguments decides the result."""
    layer, parameters = begin(problem, config)
    rng = make_rng(config.seed, "long range", problem.name, problem.length)
    through_time = gradient_through_time(problem, layer, parameters, *problem.draw(rng, 32))
    losses, norms = _train(problem, config, layer, parameters, rng)
    finite = bool(np.isfinite(losses[-1]))
    loss = measure(problem, layer, parameters, rng) if finite else float("nan")
    return Learned(problem, config, np.array(losses), np.array(norms), through_time, loss)


def begin(problem: Problem, config: LearnConfig) -> tuple[RecurrentLayer, Parameters]:
    """A fresh layer with its output; `kernel_y`, `bias_y` are the output's parameters."""
    rng = make_rng(config.seed, "start", config.cell)
    layer, n = recurrent_layer(config.cell, problem.n_inputs, config.n_units), config.n_units
    parameters = layer.initialize(rng)
    parameters["kernel_y"] = (rng.standard_normal((n, problem.n_outputs)) * n**-0.5).astype(layer.dtype)
    parameters["bias_y"] = np.zeros(problem.n_outputs, layer.dtype)
    opening = np.log(rng.uniform(1, max(problem.steps - 1, 2), n))
    if config.cell == "lstm":
        parameters["bias"][:n], parameters["bias"][n : 2 * n] = -opening, opening
    elif config.cell == "gru":
        parameters["bias"][0, :n] = opening
    return layer, parameters


def loss_and_gradients(
    problem: Problem, layer: RecurrentLayer, parameters: Parameters, x: np.ndarray, targets: np.ndarray
) -> tuple[float, Parameters]:
    """The loss of a batch and the gradients of all parameters."""
    run = layer.forward(parameters, x)
    found = problem.loss(run.h, targets, parameters["kernel_y"], parameters["bias_y"])
    gradients = layer.backward(found.dh, run.cache, input_gradient=False).parameters
    return found.loss, gradients | {"kernel_y": found.kernel, "bias_y": found.bias}


def _train(
    problem: Problem, config: LearnConfig, layer: RecurrentLayer, parameters: Parameters, rng: np.random.Generator
) -> tuple[list[float], list[float]]:
    """Train in place; (losses, gradient norms). Ends where the loss is no longer finite."""
    adam, losses, norms = Adam(learning_rate=config.learning_rate), [], []
    recent: deque[float] = deque(maxlen=30)
    for _ in range(config.iterations):
        loss, gradients = loss_and_gradients(problem, layer, parameters, *problem.draw(rng, config.batch_size))
        norm = clip_by_global_norm(gradients, config.clip) if config.clip is not None else global_norm(gradients)
        losses.append(loss)
        norms.append(float(norm))
        if not (np.isfinite(loss) and np.isfinite(norm)):
            losses[-1] = float("nan")
            break
        recent.append(loss)
        if len(recent) == recent.maxlen and np.mean(recent) < problem.solved / 3:
            break
        adam.update(parameters, gradients)
    return losses, norms


def measure(problem: Problem, layer: RecurrentLayer, parameters: Parameters, rng: np.random.Generator) -> float:
    """The loss on 1,000 fresh sequences."""
    x, targets = problem.draw(rng, 1000)
    h = layer.forward(parameters, x).h
    return problem.loss(h, targets, parameters["kernel_y"], parameters["bias_y"]).loss


def gradient_through_time(
    problem: Problem, layer: RecurrentLayer, parameters: Parameters, x: np.ndarray, targets: np.ndarray
) -> np.ndarray:
    """Norm of dL/dstate after each step over the whole batch, float64 (steps,), relative to the last step's.

    The loss is that of the last answer alone: what it leaves at a state k steps earlier has come k steps back.
    """
    state, caches = layer.initial_state(x.shape[1]), []
    for row in x:
        run = layer.forward(parameters, row[np.newaxis], state=state)
        state = run.state
        caches.append(run.cache)
    last = targets[-1:] if targets.ndim == 2 else targets
    dh = _last_answer(problem, run.h, last, parameters)
    gradient = (dh, *(np.zeros_like(part) for part in state[1:]))
    norms = [_norm(gradient)]
    for cache in reversed(caches[1:]):
        gradient = layer.backward(np.zeros_like(run.h), cache, dstate=gradient).state
        norms.append(_norm(gradient))
    return np.array(norms[::-1]) / norms[0]


def _last_answer(problem: Problem, h: np.ndarray, last: np.ndarray, parameters: Parameters) -> np.ndarray:
    """The gradient (m, n) of the last answer's loss at the last state; h is (1, m, n)."""
    if problem.name == "adding":
        return problem.loss(h, last, parameters["kernel_y"], parameters["bias_y"]).dh[0]
    padded = np.concatenate([np.zeros((problem.count - 1, *h.shape[1:]), h.dtype), h])
    wanted = np.repeat(last, problem.count, axis=0)
    return problem.loss(padded, wanted, parameters["kernel_y"], parameters["bias_y"]).dh[-1] * problem.count


def _norm(parts: tuple[np.ndarray, ...]) -> float:
    return float(np.sqrt(sum(np.sum(np.square(part, dtype=np.float64)) for part in parts)))
