"""Work on long arrays, shared among a few threads: NumPy leaves the interpreter to others while it computes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

_FEWEST = 8  # pieces of work that are worth the start of a thread


def in_threads(work: Callable[[Iterator[int]], None], count: int, size: int, *, threads: int | None = None) -> None:
    """Call `work` in each of some threads with the same iterator over 0, size, 2 size, ... below `count`.

    Whoever is free takes the next number, so a thread on a busy processor holds nobody up. What is raised in one of
    them is raised here.

    Args:
        work: does the pieces that begin at the numbers it is given.
        count: how much there is to be done.
        size: of a piece.
        threads: at most; by default one for each processor that this process may use. Few pieces are done in one.
    """
    starts = iter(range(0, count, size))
    threads = min(threads or _processors(), -(-count // size) // _FEWEST)
    if threads < 2:
        work(starts)
        return
    with ThreadPoolExecutor(threads - 1) as pool:
        others = [pool.submit(work, starts) for _ in range(threads - 1)]
        work(starts)
    for other in others:
        other.result()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
