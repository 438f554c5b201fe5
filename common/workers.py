"""The same function for many inputs, over several processes, its results in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any


def in_order(function: Callable[..., Any], inputs: Sequence[tuple], workers: int) -> Iterator[Any]:
    """`function(*one)` for each of the inputs; in this process for one worker or one input.

    What is not begun is dropped where the reader, or a call, breaks off.
    """
    if workers == 1 or len(inputs) < 2:
        yield from (function(*one) for one in inputs)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(function, *one) for one in inputs]
        try:
            for one in waiting:
                yield one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
