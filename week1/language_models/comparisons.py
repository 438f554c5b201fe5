"""Models held against each other on the same held-out sentences: cells and n-grams, words and characters, over seeds.

The n-gram is interpolated Kneser-Ney; its order and discounts are chosen on the validation sentences, which watch the
networks as well. Both see the same vocabulary and learn from the same training sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from week1.language_models.data import Parts, build_vocabulary, rare_words
from week1.language_models.evaluate import Score, fit_ngram, score, score_ngram
from week1.language_models.model import ModelConfig
from week1.language_models.train import TrainConfig, describe, train

Report = Callable[[str], None]


@dataclass
class Row:
    """One kind of model.

    Attributes:
        name: for people.
        level: "character" or "word".
        parameters: numbers that were learnt; 0 for an n-gram.
        validation: nats per token on the validation sentences, a number a seed.
        held_out: on the held-out ones, a score a seed.
        seconds: that the trainings took.
    """

    name: str
    level: str
    parameters: int = 0
    validation: list[float] = field(default_factory=list)
    held_out: list[Score] = field(default_factory=list)
    seconds: float = 0.0

    def mean(self, what: str) -> tuple[float, float]:
        """Mean and standard deviation over the seeds of an attribute of the held-out scores."""
        values = [getattr(one, what) for one in self.held_out]
        return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def ngram_row(parts: Parts, config: TrainConfig) -> Row:
    """The best n-gram of a level, with the vocabulary that the networks have."""
    vocabulary = build_vocabulary(
        parts.training, config.level, minimum_count=config.minimum_count, maximum_size=config.maximum_size
    )
    ngram = fit_ngram(parts, vocabulary, config.level)
    rare = rare_words(parts.training, vocabulary) if config.level == "word" else []
    scores = [score_ngram(ngram, part, vocabulary, config.level, rare) for part in parts[1:]]
    return Row(
        f"{config.level} {ngram.order}-gram", config.level, 0, [scores[0].cross_entropy], [scores[1]]
    )  # the same for every seed


def network_row(
    name: str,
    parts: Parts,
    model: ModelConfig,
    config: TrainConfig,
    seeds: Sequence[int],
    *,
    checkpoints: Path | None = None,
    report: Report = lambda message: None,
) -> Row:
    """A network trained once a seed. What is finished in `checkpoints` is not trained again."""
    row = Row(name, config.level)
    for seed in seeds:
        folder = checkpoints / f"{name.replace(' ', '_')}_{seed}" if checkpoints else None
        trained, result = train(parts, model=model, config=replace(config, seed=seed), checkpoint=folder, progress=True)
        row.parameters = trained.config.n_parameters
        row.validation.append(score(trained, parts.validation).cross_entropy)
        row.held_out.append(score(trained, parts.held_out))
        row.seconds += result.seconds
        report(f"{name}, seed {seed}: {describe(result)}")
    return row


def compare_models(
    parts: Parts,
    models: dict[str, ModelConfig],
    config: TrainConfig,
    seeds: Sequence[int],
    *,
    checkpoints: Path | None = None,
    report: Report = lambda message: None,
) -> list[Row]:
    """The best n-gram, then the networks of one level."""
    rows = [ngram_row(parts, config)]
    report(f"{rows[0].name}: {rows[0].held_out[0].cross_entropy:.4f} nats per token")
    for name, model in models.items():
        rows.append(network_row(name, parts, model, config, seeds, checkpoints=checkpoints, report=report))
    return rows


def best_network(rows: Sequence[Row]) -> Row:
    """The network that is best on the validation sentences, in the mean of its seeds."""
    return min((row for row in rows if row.parameters), key=lambda row: float(np.mean(row.validation)))


def best_ngram(rows: Sequence[Row]) -> Row:
    """The n-gram that is best on the validation sentences."""
    return min((row for row in rows if not row.parameters), key=lambda row: row.validation[0])
