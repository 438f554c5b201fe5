"""What a decoder returns for one text."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Hypothesis:
    """One translation that the model thinks of.

    Attributes:
        text: the translation.
        log_probability: of all its symbols, the end token included, in nats.
        score: what the search ranked it by; the log-probability where nothing is normalised or penalised.
        attention: (symbols written, Tx) float32: where the model looked for each.
    """

    text: str
    log_probability: float
    score: float
    attention: np.ndarray = field(repr=False, compare=False)
