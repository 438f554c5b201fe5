"""A whole network out of the stepwise cells: layers, one- or bidirectional, under a softmax output at every step.

Notation as in `rnn.py`. It is the NumPy counterpart of `model.py`'s Keras models.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from week1.building_rnn import bidirectional, stacked
from week1.building_rnn.cells import cell_named
from week1.building_rnn.output import check_output, predict
from week1.building_rnn.shapes import Parameters

Layer = Parameters | tuple[Parameters, Parameters]


@dataclass(frozen=True)
class Network:
    """Parameters of a network: its cell's name, its layers from the bottom, and the output's weights and bias.

    A layer is its parameters or, where it is bidirectional, the pair (reads forwards, reads backwards).
    """

    cell: str
    layers: tuple[Layer, ...]
    output: Parameters


def initialize(
    rng: np.random.Generator,
    *,
    n_x: int,
    n_a: int,
    n_y: int,
    cell: str = "lstm",
    layers: int = 1,
    bidirectional: bool = False,
) -> Network:
    """A network with fresh normal parameters, float64."""
    kind = cell_named(cell)
    made: list[Layer] = []
    below = n_x
    for _ in range(layers):
        pair = [kind.initialize(below, n_a, rng) for _ in range(2 if bidirectional else 1)]
        made.append((pair[0], pair[1]) if bidirectional else pair[0])
        below = n_a * len(pair)
    output = {kind.output_weights: below**-0.5 * rng.standard_normal((n_y, below)), "by": np.zeros((n_y, 1))}
    return Network(cell, tuple(made), output)


def run(network: Network, x: np.ndarray) -> np.ndarray:
    """The probabilities y (n_y, m, T_x) for `x` (n_x, m, T_x), every layer starting from zeros."""
    a = x
    for layer in network.layers:
        if isinstance(layer, tuple):
            a, _ = bidirectional.forward(a, *layer, cell=network.cell)
        else:
            a, _ = stacked.forward(a, [layer], cell=network.cell)
    weights = cell_named(network.cell).output_weights
    check_output(network.output, weights, a, name="the top layer's a")
    return predict(a, network.output[weights], network.output["by"])
