"""Decoding where nothing is fed back: every symbol has a distribution of its own, given the text.

So log p(text) is a sum over places, and the likeliest symbol at each place makes the likeliest text: greedy search is
exact, a beam finds nothing better. The n best texts, and the best date that exists, are exact, too.
"""

from __future__ import annotations

import datetime
import functools
import heapq
import itertools
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from common.vocabulary import Vocabulary
from week3.machine_translation.hypotheses import Hypothesis
from week3.machine_translation.network import CourseNetwork, Outputs
from week3.machine_translation.readings import is_date
from week3.machine_translation.trained import TrainedTranslator
from week3.machine_translation.translate import TranslateConfig

_CHUNK = 250
Scored = tuple[str, float]


def decode(model: TrainedTranslator, ids: np.ndarray, config: TranslateConfig) -> list[list[Hypothesis]]:
    """The best texts for each row of ids (m, Tx), best first."""
    outputs = run(model.network, ids)
    likely = outputs.log_probabilities
    best = likely.argmax(axis=-1)
    nats = likely.max(axis=-1).sum(axis=1, dtype=np.float64).tolist()
    decoded = []
    for row, (text, score) in enumerate(zip(model.task.decode(best), nats, strict=True)):
        found = [(text, score)]
        if config.valid_dates and (config.count > 1 or not is_date(text)):
            found = best_dates(likely[row], model.task.target, config.count)
        elif config.count > 1:
            found = best_texts(likely[row], model.task.target, config.count)
        decoded.append([Hypothesis(text, score, score, outputs.attention[row]) for text, score in found])
    return decoded


def run(network: CourseNetwork, ids: np.ndarray, *, chunk: int = _CHUNK) -> Outputs:
    """`network.forward` of many rows of ids: in chunks of like lengths that stay in the cache, on all cores."""
    if len(ids) <= chunk:
        return network.forward(ids)
    order = np.argsort((ids != network.config.source_padding).sum(axis=1), kind="stable")
    parts = [ids[order[begin : begin + chunk]] for begin in range(0, len(ids), chunk)]
    with ThreadPoolExecutor(_cores()) as pool:
        sorted_outputs = map(np.concatenate, zip(*pool.map(network.forward, parts), strict=True))
        back = np.argsort(order)
        return Outputs(*(array[back] for array in sorted_outputs))


def _cores() -> int:
    """How many chunks to work on at once: one where BLAS uses all cores itself."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def best_texts(likely: np.ndarray, vocabulary: Vocabulary, count: int) -> list[Scored]:
    """The `count` likeliest texts with their log-probabilities, best first.

    Args:
        likely: log-probabilities (Ty, n_target) of the symbols at each place, which do not depend on one another.
    """
    found: list[Scored] = [("", 0.0)]
    for place in likely:
        symbols = np.argsort(-place, kind="stable")[:count]
        longer = (
            (text + vocabulary.tokens[symbol], score + float(place[symbol]))
            for text, score in found
            for symbol in symbols
        )
        found = heapq.nlargest(count, longer, key=lambda one: one[1])
    return found


def best_dates(likely: np.ndarray, vocabulary: Vocabulary, count: int) -> list[Scored]:
    """The `count` likeliest dates that exist, years 1 to 9999, with their log-probabilities, best first."""
    digits = likely[:, [vocabulary.ids[digit] for digit in "0123456789"]].astype(np.float64)
    dashes = float(likely[[4, 7], vocabulary.ids["-"]].sum())
    years, leap_years, days, leap_day = _calendar()
    year_scores = digits[[0, 1, 2, 3], years].sum(axis=1) + dashes
    day_scores = digits[[5, 6, 8, 9], days].sum(axis=1)
    best_years = _largest(year_scores, np.arange(1, len(years)), count)
    common = itertools.product(best_years, _largest(day_scores, np.delete(np.arange(len(days)), leap_day), count))
    leaping = ((year, leap_day) for year in _largest(year_scores, leap_years, count))
    pairs = heapq.nlargest(
        count, itertools.chain(common, leaping), key=lambda pair: year_scores[pair[0]] + day_scores[pair[1]]
    )
    return [
        ("{}{}{}{}-{}{}-{}{}".format(*years[year], *days[day]), float(year_scores[year] + day_scores[day]))
        for year, day in pairs
    ]


def _largest(scores: np.ndarray, among: Sequence[int] | np.ndarray, count: int) -> list[int]:
    order = np.argsort(-scores[among], kind="stable")[:count]
    return np.asarray(among)[order].tolist()


@functools.cache
def _calendar() -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Digits of the years 0 to 9999, the leap years, digits of month and day of 366 days, the place of 29 February."""
    years = np.array([list(map(int, f"{year:04}")) for year in range(10_000)])
    number = np.arange(10_000)
    leap = (number % 4 == 0) & ((number % 100 != 0) | (number % 400 == 0)) & (number > 0)
    first = datetime.date(2000, 1, 1)
    names = [f"{first + datetime.timedelta(days=day):%m%d}" for day in range(366)]
    return years, number[leap], np.array([list(map(int, name)) for name in names]), names.index("0229")
