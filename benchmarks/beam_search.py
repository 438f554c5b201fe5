"""Beam search against greedy search: the same texts translated by the shipped model of the task languages.

    python -m benchmarks.beam_search

All contestants translate the same texts of held-out days, many at once, in NumPy with one BLAS thread, as the shell
command does. A beam of one must find what greedy finds, to the sum of the log-probabilities; a beam of five may find
better, so only its time is compared.
"""

from __future__ import annotations

import os
import sys

from benchmarks.harness import Target, Work, main

TEXTS = 1000


def make_search(width: int | None) -> Work:
    """A search by a beam of this width, or greedy search for None; digest: the log-probability of all that it found."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported
    from common.beam_search import BeamConfig
    from week3.machine_translation.feedback_decoding import search, search_greedily
    from week3.machine_translation.languages import TASK, draw
    from week3.machine_translation.trained import TrainedTranslator, find_weights

    model = TrainedTranslator.load(find_weights("languages").path, task="languages")
    ids = TASK.encode(draw(TEXTS, "test").sources)
    total: list[float] = []

    def run() -> None:
        longest = model.config.target_length
        if width is None:
            found = search_greedily(model, ids, maximum_length=longest)
        else:
            found = search(model, ids, BeamConfig(width, maximum_length=longest))
        total[:] = [float(found.log_probabilities[:, 0].sum())]

    return Work(run, lambda: total if width in (None, 1) else ())


CONTESTANTS = {
    "greedy": lambda: make_search(None),
    "beam 1": lambda: make_search(1),
    "beam 5": lambda: make_search(5),
    "beam 10": lambda: make_search(10),
}
TARGETS = [Target("beam 5", over="greedy", at_least=1 / 6)]

if __name__ == "__main__":
    sys.exit(main("benchmarks.beam_search", f"translating {TEXTS} dates into six languages", CONTESTANTS, TARGETS))
