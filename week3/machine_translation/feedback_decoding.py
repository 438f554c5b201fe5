"""Decoding with feedback: greedy or beam search over many texts, in chunks of texts of like lengths.

search(model, ids, BeamConfig(width=5))            arrays, for `evaluate_languages.py`
decode(model, ids, TranslateConfig(beam_width=5))  hypotheses with their texts, for `translate.py`
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from common.beam_search import BeamConfig, beam_search
from common.decoding import Decoded, greedy, score_tokens
from week3.machine_translation.feedback_network import FeedbackNetwork
from week3.machine_translation.hypotheses import Hypothesis
from week3.machine_translation.trained import TrainedTranslator
from week3.machine_translation.translate import TranslateConfig

_ROWS_AT_ONCE = 640


def decode(model: TrainedTranslator, ids: np.ndarray, config: TranslateConfig) -> list[list[Hypothesis]]:
    """The best hypotheses for each row of ids (m, Tx), best first."""
    width = max(config.beam_width, config.count)
    options = BeamConfig(
        width,
        config.count,
        maximum_length=model.config.target_length,
        length_penalty=config.length_penalty,
        coverage_penalty=config.coverage_penalty,
    )
    found: list[list[Hypothesis]] = [[]] * len(ids)
    greedily = width == 1 and not config.length_penalty and not config.coverage_penalty
    for places, decoded in search_chunks(model, ids, options, greedily=greedily, attention=True):
        for row, place in enumerate(places):
            found[place] = [
                Hypothesis(
                    model.task.target.text(one.tokens), one.log_probability, one.score, one.attention[: len(one.tokens)]
                )
                for one in decoded.hypotheses(row)
            ]
    return found


def search(model: TrainedTranslator, ids: np.ndarray, config: BeamConfig) -> Decoded:
    """The best hypotheses for each row of ids (m, Tx) by beam search, as arrays, without attention."""
    return _joined(search_chunks(model, ids, config), len(ids), config, model.task.target.end_id)


def search_greedily(model: TrainedTranslator, ids: np.ndarray, *, maximum_length: int) -> Decoded:
    """The same by greedy search."""
    config = BeamConfig(1, maximum_length=maximum_length)
    return _joined(search_chunks(model, ids, config, greedily=True), len(ids), config, model.task.target.end_id)


def _joined(chunks: Sequence[tuple[np.ndarray, Decoded]], count: int, config: BeamConfig, end: int) -> Decoded:
    """The chunks' results in the texts' order; `steps` are those of the longest chunk."""
    shape = (count, config.n_best)
    whole = Decoded(
        tokens=np.full((*shape, config.maximum_length), end, dtype=np.int64),
        lengths=np.zeros(shape, dtype=np.int64),
        log_probabilities=np.zeros(shape),
        scores=np.zeros(shape),
        ended=np.zeros(shape, dtype=bool),
        attentions=None,
        steps=max((decoded.steps for _, decoded in chunks), default=0),
    )
    for places, decoded in chunks:
        whole.tokens[places, :, : decoded.tokens.shape[2]] = decoded.tokens
        for name in ("lengths", "log_probabilities", "scores", "ended"):
            getattr(whole, name)[places] = getattr(decoded, name)
    return whole


def search_chunks(
    model: TrainedTranslator, ids: np.ndarray, config: BeamConfig, *, greedily: bool = False, attention: bool = False
) -> list[tuple[np.ndarray, Decoded]]:
    """By chunk: the rows of ids that it holds, and what was found for them; with attention if that is asked for."""
    network, end = model.network, model.task.target.end_id

    def run(places: np.ndarray) -> tuple[np.ndarray, Decoded]:
        reading = network.read(ids[places])
        options: dict[str, Any] = {"begin": end, "end": end, "keep_attention": attention}
        if greedily:
            return places, greedy(reading.step, reading.start(), maximum_length=config.maximum_length, **options)
        options |= {"config": config, "source_mask": reading.allowed}
        return places, beam_search(reading.step, reading.start(), **options)

    return _on_all_cores(run, _chunks(network, ids, config.width))


def score_targets(model: TrainedTranslator, ids: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Log-probabilities (nats, float64 (m,)) of translations: ids (m, longest) with end tokens."""
    end = model.task.target.end_id
    lengths = np.argmax(targets == end, axis=1) + 1
    scores = np.empty(len(ids))

    def run(places: np.ndarray) -> None:
        reading = model.network.read(ids[places])
        scores[places] = score_tokens(reading.step, reading.start(), targets[places], lengths[places], begin=end)

    _on_all_cores(run, _chunks(model.network, ids, 1))
    return scores


def _chunks(network: FeedbackNetwork, ids: np.ndarray, width: int) -> list[np.ndarray]:
    """The texts' numbers in groups of like lengths, each small enough for the processor's cache."""
    order = np.argsort((ids != network.config.source_padding).sum(axis=1), kind="stable")
    size = max(1, _ROWS_AT_ONCE // width)
    return [order[begin : begin + size] for begin in range(0, len(ids), size)]


def _on_all_cores(run: Callable[[np.ndarray], Any], chunks: Sequence[np.ndarray]) -> list[Any]:
    """`run` of every chunk; several at once where BLAS was told to use one thread (OPENBLAS_NUM_THREADS=1)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ThreadPoolExecutor(cores if os.environ.get("OPENBLAS_NUM_THREADS") == "1" else 1) as pool:
        return list(pool.map(run, chunks))
