"""What stands before and after a recurrent layer: rows by id, dropout masks, the softmax output with its loss."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from common.errors import InputError

_ONE_HOT_LIMIT = 256


def scatter_add_rows(rows: np.ndarray, ids: np.ndarray, count: int) -> np.ndarray:
    """The sum of the rows of each id: (count, n), from `rows` (..., n) and integer `ids` (...) in [0, count).

    It is the gradient of a gather `table[ids]` with respect to the table.
    """
    rows, ids = rows.reshape(-1, rows.shape[-1]), ids.reshape(-1)
    if count <= _ONE_HOT_LIMIT:
        return (np.arange(count)[:, np.newaxis] == ids).astype(rows.dtype) @ rows
    total = np.zeros((count, rows.shape[1]), rows.dtype)
    if len(ids):
        order = np.argsort(ids, kind="stable")
        present, starts = np.unique(ids[order], return_index=True)
        total[present] = np.add.reduceat(rows[order], starts, axis=0)
    return total


def dropout_mask(
    rng: np.random.Generator, shape: tuple[int, ...], rate: float, *, dtype: Any = np.float32
) -> np.ndarray:
    """Factors to multiply with: 0 with probability `rate`, else 1 / (1 - rate). Raises InputError unless 0 <= rate < 1.

    A mask of shape (1, batch, n) that multiplies every step alike is variational dropout (Gal and Ghahramani, 2016).
    """
    if not 0 <= rate < 1:
        raise InputError(f"the dropout rate is {rate}; it must be at least 0 and less than 1.")
    return (rng.random(shape, np.float32) >= rate).astype(dtype) / np.dtype(dtype).type(1 - rate)


class OutputLoss(NamedTuple):
    """Loss in nats, and the gradients of the states (steps, batch, n), the kernel (n, n_y) and the bias (n_y,)."""

    loss: float
    dh: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray


def softmax_cross_entropy(
    h: np.ndarray, targets: np.ndarray, kernel: np.ndarray, bias: np.ndarray, *, weights: np.ndarray | None = None
) -> OutputLoss:
    """Cross-entropy of softmax(h kernel + bias) against `targets`, averaged over the steps that count, with gradients.

        L = - sum of w log softmax(h kernel + bias)[target] / sum of w        dlogits = w (softmax - onehot) / sum of w

    Args:
        h: (steps, batch, n) states.
        targets: (steps, batch) integers in [0, n_y); where the weight is 0 they may be anything.
        kernel: (n, n_y). bias: (n_y,).
        weights: (steps, batch) weights of the steps, a mask for instance; all 1 by default.

    Raises InputError where shapes or target numbers do not fit, or no step counts.
    """
    counts = np.ones(targets.shape, h.dtype) if weights is None else np.asarray(weights, h.dtype)
    _check_targets(h, targets, counts, kernel)
    used = np.flatnonzero(counts)
    weight, wanted = counts.reshape(-1)[used], targets.reshape(-1)[used]
    weight = weight / weight.sum()
    rows = h.reshape(-1, h.shape[-1])[used]
    logits = rows @ kernel + bias
    logits -= logits.max(axis=1, keepdims=True)
    picked = logits[np.arange(len(used)), wanted]
    np.exp(logits, out=logits)
    totals = logits.sum(axis=1)
    loss = float(np.dot(np.log(totals) - picked, weight))
    logits /= totals[:, np.newaxis]
    logits[np.arange(len(used)), wanted] -= 1
    logits *= weight[:, np.newaxis]
    dh = np.zeros((targets.size, h.shape[-1]), h.dtype)
    dh[used] = logits @ kernel.T
    return OutputLoss(loss, dh.reshape(h.shape), rows.T @ logits, logits.sum(axis=0))


def _check_targets(h: np.ndarray, targets: np.ndarray, counts: np.ndarray, kernel: np.ndarray) -> None:
    if targets.shape != h.shape[:2] or counts.shape != h.shape[:2] or kernel.shape[0] != h.shape[2]:
        raise InputError(
            f"h has shape {h.shape}, targets {targets.shape}, weights {counts.shape} and kernel {kernel.shape}; "
            "needed are (steps, batch, n), (steps, batch), (steps, batch) and (n, n_y)."
        )
    used = targets[counts != 0]
    if not used.size:
        raise InputError("no step has a weight above 0; leave at least one step unmasked.")
    if used.min() < 0 or used.max() >= kernel.shape[1]:
        raise InputError(
            f"targets hold {used.min()} to {used.max()}, but there are {kernel.shape[1]} outputs; "
            f"use 0 to {kernel.shape[1] - 1}."
        )
