"""Batches of translations of like lengths, so that few steps of the decoder are spent on padding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from common.seeding import make_rng

_BATCHES_SORTED_TOGETHER = 20
Batch = tuple[list[np.ndarray], np.ndarray, np.ndarray]


def batches_by_length(learned: Mapping[str, Any], *, batch_size: int, seed: int) -> Callable[[int], Iterator[Batch]]:
    """`make(epoch)`, as `common.training.train` takes it: batches (x, y, sample_weight), cut after the longest target.

    In every epoch all examples come once, in an order that depends on seed and epoch alone. Twenty batches' worth of
    them at a time are sorted by the target's length and cut into batches; these come in random order.

    Args:
        learned: what `data.arrays(..., feedback=True)` gives.
        batch_size: examples in a batch; the last one of the twenty may be smaller.
        seed: of the orders.
    """
    (source, before), targets, weights = learned["x"], learned["y"], learned["sample_weight"]
    lengths = np.count_nonzero(weights, axis=1)

    def make(epoch: int) -> Iterator[Batch]:
        rng = make_rng(seed, "batches by length", epoch)
        order, together = rng.permutation(len(source)), batch_size * _BATCHES_SORTED_TOGETHER
        batches = []
        for begin in range(0, len(order), together):
            group = order[begin : begin + together]
            group = group[np.argsort(lengths[group], kind="stable")]
            batches += [group[first : first + batch_size] for first in range(0, len(group), batch_size)]
        for number in rng.permutation(len(batches)):
            rows = batches[number]
            steps = lengths[rows].max()
            yield [source[rows], before[rows, :steps]], targets[rows, :steps], weights[rows, :steps]

    return make
