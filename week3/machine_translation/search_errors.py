"""Error analysis of beam search: is a wrong translation the search's fault, or the model's?

For every wrong answer the model's score of the right translation is held against that of its own. If the right one
scores higher, the search has missed it: a wider beam may help. If not, the model prefers the wrong one: no search
helps, more training may. Source: the course's lecture on error analysis in beam search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.beam_search import BeamConfig
from common.bleu import Bleu, BleuSettings, corpus_bleu
from common.decoding import Decoded
from common.error_rate import ErrorRate, error_rate
from week3.machine_translation.data import Pairs
from week3.machine_translation.feedback_decoding import score_targets, search
from week3.machine_translation.trained import TrainedTranslator

WIDTHS = (1, 3, 5, 10)
BLEU = BleuSettings(tokens="words")
"""Short dates are few tokens: words, numbers and signs count one by one."""


@dataclass(frozen=True)
class WidthResult:
    """How translations by a beam of one width come out.

    Attributes:
        width: of the beam; 1 is greedy.
        texts: the translations.
        scores: what they were ranked by, float64 (m,): the log-probability, normalised where there is a length penalty.
        right: bool (m,), which are equal to the reference.
        search_faults, model_faults: wrong ones by whose fault.
        bleu, characters: against the references.
    """

    width: int
    texts: list[str]
    scores: np.ndarray
    right: np.ndarray
    search_faults: int
    model_faults: int
    bleu: Bleu
    characters: ErrorRate

    @property
    def exact(self) -> float:
        """The share that is right."""
        return float(self.right.mean())

    @property
    def score(self) -> float:
        """The model's own score, on average."""
        return float(self.scores.mean())


def analyse(
    model: TrainedTranslator, pairs: Pairs, *, widths: Sequence[int] = WIDTHS, length_penalty: float = 0.0
) -> list[WidthResult]:
    """Translate all pairs with a beam of each width, and lay the blame for what is wrong."""
    ids, targets = model.task.encode(pairs.sources), model.task.encode_targets(pairs.targets)
    of_references = score_targets(model, ids, targets)
    lengths = np.array([len(text) + 1 for text in pairs.targets])
    results = []
    for width in widths:
        config = BeamConfig(width, maximum_length=model.config.target_length, length_penalty=length_penalty)
        found = search(model, ids, config)
        results.append(judge(model, pairs, width, found, config.score(of_references, lengths)))
    return results


def judge(
    model: TrainedTranslator, pairs: Pairs, width: int, found: Decoded, reference_scores: np.ndarray
) -> WidthResult:
    """What was found for the pairs against their references, whose scores are (m,)."""
    texts, scores = model.task.decode(found.tokens[:, 0]), found.scores[:, 0]
    right = np.array([text == target for text, target in zip(texts, pairs.targets, strict=True)])
    missed = ~right & (reference_scores > scores)
    return WidthResult(
        width,
        texts,
        scores,
        right,
        search_faults=int(missed.sum()),
        model_faults=int((~right & ~missed).sum()),
        bleu=corpus_bleu(texts, pairs.targets, BLEU),
        characters=error_rate(pairs.targets, texts, unit="characters"),
    )


def table(results: Sequence[WidthResult]) -> str:
    """A line a width."""
    lines = [
        f"{'beam':>4}  {'exact':>8}  {'BLEU':>7}  {'character errors':>16}  {'mean log p':>10}  {'wrong':>5}  "
        f"{'search at fault':>15}  {'model at fault':>14}"
    ]
    for one in results:
        wrong = one.search_faults + one.model_faults
        lines.append(
            f"{one.width:4}  {one.exact:8.2%}  {one.bleu.score:7.3f}  {one.characters.counts.rate:16.3%}  "
            f"{one.score:10.5f}  {wrong:5}  {one.search_faults:15}  {one.model_faults:14}"
        )
    return "\n".join(lines)
