"""Draws that come out the same on every Python: of the module `random` they use `Random(seed).random()` alone.

(`choice`, `shuffle` and `sample` may change between Python versions, and NumPy's generators between its versions.)
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A seeded source of choices."""

    def __init__(self, seed: int):
        self._random = random.Random(seed).random

    def below(self, count: int) -> int:
        """A whole number from 0 to count - 1, each equally likely."""
        return int(self._random() * count)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self._random() < probability

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.below(len(options))]

    def several(self, options: Sequence[T], count: int) -> list[T]:
        """`count` different places of the options in drawn order; all of them, shuffled, where there are fewer."""
        left = list(options)
        for place in range(min(count, len(left))):
            other = place + self.below(len(left) - place)
            left[place], left[other] = left[other], left[place]
        return left[:count]
