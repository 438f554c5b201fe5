"""Work shared among threads: every piece is done once, and what goes wrong in one is told."""

import threading

import numpy as np
import pytest

from common.threads import in_threads


@pytest.mark.parametrize("threads", [1, 2, 5, None])
@pytest.mark.parametrize(("count", "size"), [(0, 3), (1, 3), (100, 3), (99, 3)])
def test_every_piece_is_done_once(count, size, threads):
    done = np.zeros(count, int)

    def work(starts):
        for start in starts:
            done[start : start + size] += 1

    in_threads(work, count, size, threads=threads)
    assert (done == 1).all()


def test_several_threads_work_at_once():
    meeting, seen = threading.Barrier(2, timeout=30), set()

    def work(starts):
        meeting.wait()  # nobody passes before the other has come
        seen.update((threading.get_ident(), start) for start in starts)

    in_threads(work, 64, 1, threads=2)
    assert {start for _, start in seen} == set(range(64))


def test_little_work_stays_in_one_thread():
    seen = []
    in_threads(lambda starts: seen.append((threading.get_ident(), list(starts))), 10, 2, threads=4)
    assert seen == [(threading.get_ident(), [0, 2, 4, 6, 8])]


@pytest.mark.parametrize("failing", [0, 17, 63])
def test_what_is_raised_in_any_thread_is_raised(failing):
    def work(starts):
        for start in starts:
            if start == failing:
                raise ZeroDivisionError(start)

    with pytest.raises(ZeroDivisionError):
        in_threads(work, 64, 1, threads=2)
