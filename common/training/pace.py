"""How many batches run in one call of the graph."""

from __future__ import annotations

from common.training.data import Batch, size_of

_CALL_SECONDS, _CALL_BYTES, _CALL_STEPS = 0.1, 64_000_000, 1000


class Pace:
    """So many batches as take a tenth of a second, after which the loop looks at callbacks, checkpoints and Ctrl-C.

    Args:
        fixed: this many instead.
    """

    def __init__(self, fixed: int | None):
        self._fixed, self._count, self._calls = fixed, 1, 0

    def count(self, limit: int | None) -> int:
        """Batches for the next call, at most `limit`."""
        return min(self._fixed or self._count, limit or _CALL_STEPS)

    def took(self, taken: int, seconds: float, batches: Batch) -> None:
        """Learn from a call; the first one compiles and tells nothing."""
        self._calls += 1
        if self._calls > 1:
            by_time = int(_CALL_SECONDS * taken / max(seconds, 1e-6))
            by_memory = _CALL_BYTES * taken // max(size_of(batches), 1)
            self._count = max(1, min(by_time, by_memory, _CALL_STEPS))
