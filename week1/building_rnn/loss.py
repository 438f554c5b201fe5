"""Cross-entropy at every time step, and its gradients through the softmax output and all of time.

    L = - (1 / N) sum over steps and examples of log y_t[target_t],        y_t = softmax(W a_t + b)
    dz_t = (y_t - onehot(target_t)) / N        da_t = W^T dz_t        dW = sum_t dz_t a_t^T        db = sum of dz_t

N is the number of targets that count. Notation: n_y outputs, n_a units, m examples, T_x steps; `x` (n_x, m, T_x),
`a` (n_a, m, T_x), `weights` (n_y, n_a), `bias` (n_y, 1), `targets` (m, T_x) integers in [0, n_y).
"""

from __future__ import annotations

import numpy as np

from common.activations import log_softmax, softmax
from common.errors import InputError
from week1.building_rnn.cells import cell_named
from week1.building_rnn.output import check_output, logits_of
from week1.building_rnn.rnn import Gradients
from week1.building_rnn.shapes import Parameters


def loss_and_gradients(
    x: np.ndarray,
    targets: np.ndarray,
    a0: np.ndarray,
    parameters: Parameters,
    *,
    cell: str = "rnn",
    mask: np.ndarray | None = None,
) -> tuple[float, Gradients]:
    """The mean cross-entropy in nats of a whole network, and the gradient of every parameter, of x and of a0.

    `parameters` are the cell's and the output's: Wya (plain network) or Wy (the others), and by; the gradients are
    called dx, da0 and d + the parameter's name. `mask` (m, T_x) is true where a step counts. Raises InputError where
    shapes or targets do not fit.
    """
    kind = cell_named(cell)
    weights = kind.output_weights
    check_output(parameters, weights, a0, name="a0")
    a, caches = kind.forward(x, a0, parameters)
    loss, da, output = cross_entropy(a, targets, parameters[weights], parameters["by"], mask=mask)
    gradients = kind.backward(da, caches)
    return loss, {**gradients, f"d{weights}": output["dW"], "dby": output["db"]}


def cross_entropy(
    a: np.ndarray, targets: np.ndarray, weights: np.ndarray, bias: np.ndarray, *, mask: np.ndarray | None = None
) -> tuple[float, np.ndarray, Gradients]:
    """Mean cross-entropy in nats over all steps that count, and its gradients.

    Returns the loss, da (n_a, m, T_x), and {"dW": (n_y, n_a), "db": (n_y, 1)}. `mask` (m, T_x) is true where a step
    counts; without it all do. Raises InputError where shapes or target numbers do not fit.
    """
    counts = np.ones(a.shape[1:], bool) if mask is None else np.asarray(mask, bool)
    _check_targets(a, targets, counts, n_y=len(weights))
    logits = logits_of(a, weights, bias)
    examples, steps = np.indices(targets.shape)
    safe = np.where(counts, targets, 0)
    total = counts.sum()
    loss = -float((log_softmax(logits, axis=0)[safe, examples, steps] * counts).sum() / total)
    dz = softmax(logits)
    dz[safe, examples, steps] -= 1
    dz *= counts / total
    da = np.tensordot(weights.T, dz, axes=1)
    dweights = np.tensordot(dz, a, axes=([1, 2], [1, 2]))
    return loss, da, {"dW": dweights, "db": dz.sum(axis=(1, 2))[:, np.newaxis]}


def _check_targets(a: np.ndarray, targets: np.ndarray, counts: np.ndarray, *, n_y: int) -> None:
    if targets.shape != a.shape[1:] or counts.shape != a.shape[1:]:
        raise InputError(
            f"targets have shape {targets.shape} and their mask {counts.shape}, but the states have shape {a.shape}; "
            f"both must be {a.shape[1:]}, one target for each example and step."
        )
    if not counts.any():
        raise InputError("no target counts: the mask is false everywhere; leave at least one step unmasked.")
    used = targets[counts]
    if used.min() < 0 or used.max() >= n_y:
        raise InputError(f"targets hold {used.min()} to {used.max()}, but there are {n_y} outputs: use 0 to {n_y - 1}.")
