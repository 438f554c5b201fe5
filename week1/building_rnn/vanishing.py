"""The vanishing gradient, seen: how much of it reaches a state k steps before the loss, and what that does to learning.

The task needs one long dependency: the first symbol of a sequence has to be named at its end, after nothing but noise.
Along the way back from the loss L the gradient at the state of step t is

    dL/ds_t = dL/ds_T  (ds_T/ds_{T-1}) ... (ds_{t+1}/ds_t)

a product of Jacobians, one a step (Hochreiter, 1991; Bengio, Simard and Frasconi, 1994). Gates can keep that product
near 1, if they are open: a gate that keeps the part g of a state lets g^k through. The usual beginning leaves them half
closed; here they are also begun as Tallec and Ollivier (2018) propose, with biases log(u), u uniform in [1, T - 1], so
that the units remember over all lengths up to T.

Notation: T steps, m examples, n units; ids (T, m). The state s is h, and (h, c) for the LSTM.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from common.recurrent import Adam, RecurrentLayer, clip_by_global_norm, recurrent_layer, softmax_cross_entropy
from common.seeding import make_rng

SYMBOLS, NOISE, UNITS, BATCH = 4, 4, 32, 32
CHANCE = float(np.log(SYMBOLS))
LEARNED = 0.1
Parameters = dict[str, np.ndarray]


@dataclass(frozen=True)
class Setting:
    """A cell and how its gates begin."""

    kind: str
    open_gates: bool

    @property
    def title(self) -> str:
        """Its name for people."""
        name = self.kind.upper()
        return name if self.kind == "rnn" else f"{name}, gates {'open' if self.open_gates else 'as usual'}"


SETTINGS = (
    Setting("rnn", False),
    Setting("gru", False),
    Setting("lstm", False),
    Setting("gru", True),
    Setting("lstm", True),
)


@dataclass(frozen=True)
class Memory:
    """What one network did on the task.

    Attributes:
        setting: the network.
        norms: (T,) norm of the gradient at the state after each step, before training, relative to the last step's.
        losses: cross-entropy in nats of every training batch, before its step.
    """

    setting: Setting
    norms: np.ndarray
    losses: np.ndarray

    @property
    def reaching(self) -> float:
        """The part of the gradient that reaches the first state."""
        return float(self.norms[0])

    def learned_at(self, window: int = 20) -> int | None:
        """The iteration by which the mean loss of `window` batches fell under 0.1 nats; None where it never did."""
        if len(self.losses) < window:
            return None
        means = np.convolve(self.losses, np.full(window, 1 / window), mode="valid")
        under = np.flatnonzero(means < LEARNED)
        return int(under[0]) + window if len(under) else None


def draw_task(rng: np.random.Generator, steps: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Sequences (steps, batch) of ids that begin with a symbol and go on with noise, and the symbols (batch,)."""
    ids = rng.integers(SYMBOLS, SYMBOLS + NOISE, (steps, batch))
    ids[0] = rng.integers(0, SYMBOLS, batch)
    return ids, ids[0]


def begin(setting: Setting, steps: int, rng: np.random.Generator) -> tuple[RecurrentLayer, Parameters]:
    """A fresh layer with an output on its last state; `kernel_y`, `bias_y` are the output's parameters."""
    layer = recurrent_layer(setting.kind, SYMBOLS + NOISE, UNITS)
    parameters = layer.initialize(rng)
    parameters["kernel_y"] = (rng.standard_normal((UNITS, SYMBOLS)) * UNITS**-0.5).astype(layer.dtype)
    parameters["bias_y"] = np.zeros(SYMBOLS, layer.dtype)
    if setting.open_gates:
        _open_gates(setting.kind, parameters["bias"], np.log(rng.uniform(1, steps - 1, UNITS)))
    return layer, parameters


def _open_gates(kind: str, bias: np.ndarray, opening: np.ndarray) -> None:
    if kind == "lstm":
        bias[:UNITS], bias[UNITS : 2 * UNITS] = -opening, opening
    else:
        bias[0, :UNITS] = opening


def gradient_norms(layer: RecurrentLayer, parameters: Parameters, ids: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Norm of the loss's gradient at the state after each step, over all examples: (steps,), relative to the last.

    The steps are run one at a time, so that the gradient can be looked at between them.
    """
    state, caches = layer.initial_state(ids.shape[1]), []
    for row in ids:
        run = layer.forward(parameters, row[np.newaxis], state=state)
        state = run.state
        caches.append(run.cache)
    output = softmax_cross_entropy(run.h, targets[np.newaxis], parameters["kernel_y"], parameters["bias_y"])
    gradient = (output.dh[0], *(np.zeros_like(part) for part in state[1:]))
    norms = [_norm(gradient)]
    for cache in reversed(caches[1:]):
        gradient = layer.backward(np.zeros_like(output.dh), cache, dstate=gradient).state
        norms.append(_norm(gradient))
    return np.array(norms[::-1]) / norms[0]


def _norm(parts: tuple[np.ndarray, ...]) -> float:
    return float(np.sqrt(sum(np.sum(np.square(part, dtype=np.float64)) for part in parts)))


def train(
    layer: RecurrentLayer, parameters: Parameters, batches: Iterable[tuple[np.ndarray, np.ndarray]]
) -> np.ndarray:
    """Train in place with Adam, clipped to norm 1; the loss of every batch before its step, in nats."""
    adam, losses = Adam(learning_rate=5e-3), []
    for ids, targets in batches:
        run = layer.forward(parameters, ids)
        output = softmax_cross_entropy(run.h[-1:], targets[np.newaxis], parameters["kernel_y"], parameters["bias_y"])
        dh = np.zeros_like(run.h)
        dh[-1] = output.dh[0]
        gradients = layer.backward(dh, run.cache).parameters
        gradients |= {"kernel_y": output.kernel, "bias_y": output.bias}
        clip_by_global_norm(gradients, 1)
        adam.update(parameters, gradients)
        losses.append(output.loss)
    return np.array(losses)


def observe(
    setting: Setting,
    *,
    steps: int,
    iterations: int,
    seed: int,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Memory:
    """Measure the gradient of a fresh network on the task, then train it; every cell sees the same data of a seed."""
    layer, parameters = begin(setting, steps, make_rng(seed, "parameters"))
    norms = gradient_norms(layer, parameters, *draw_task(make_rng(seed, "probe"), steps, 64))
    data = make_rng(seed, "batches")
    losses = train(layer, parameters, (draw_task(data, steps, BATCH) for _ in progress(range(iterations))))
    return Memory(setting, norms, losses)
