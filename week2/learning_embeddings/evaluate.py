"""How good vectors are: analogies by section, and similarity ranks, on questions that training never saw."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from common.assets import find
from common.glove import WordVectors
from common.vector_space import VectorSpace
from common.word_questions import (
    Section,
    SectionScore,
    SimilarityScore,
    read_questions,
    read_similarities,
    score_questions,
    score_similarities,
)
from week2.learning_embeddings.data import Corpus
from week2.learning_embeddings.train import Trained, configure, train


@dataclass(frozen=True)
class Questions:
    """What vectors are asked.

    Attributes:
        sections: analogies, a is to b as c is to what.
        pairs: (word, word, judgement of their similarity).
    """

    sections: Sequence[Section]
    pairs: Sequence[tuple[str, str, float]]


@dataclass(frozen=True)
class Quality:
    """The answers.

    Attributes:
        sections: section by section.
        similarity: Spearman's rank correlation of the cosines with the judgements.
    """

    sections: Sequence[SectionScore]
    similarity: SimilarityScore

    @property
    def correct(self) -> int:
        """Analogies answered right, of all sections."""
        return sum(one.correct for one in self.sections)

    @property
    def asked(self) -> int:
        """All analogies; one with an unknown word counts as wrong."""
        return sum(one.answered + one.skipped for one in self.sections)

    @property
    def accuracy(self) -> float:
        """Share of all analogies that were answered right."""
        return self.correct / max(self.asked, 1)

    @property
    def rho(self) -> float:
        """The rank correlation; NaN where it is not defined (fewer than two pairs of known words)."""
        return float("nan") if self.similarity.rho is None else self.similarity.rho


def load_questions(
    *, questions: str | os.PathLike[str] | None = None, similarities: str | os.PathLike[str] | None = None
) -> Questions:
    """The user's question files, or those about the small world that ships."""
    return Questions(
        read_questions(find("world-analogies", option=questions).path),
        read_similarities(find("world-similarities", option=similarities).path),
    )


def evaluate(vectors: WordVectors, questions: Questions) -> Quality:
    """Ask the vectors everything.

    An analogy's answer is the word whose unit vector is nearest to b - a + c of unit vectors (3CosAdd, Mikolov et al.
    2013), of the whole vocabulary but the three given words.
    """
    space = VectorSpace(vectors)
    sections = score_questions(space, questions.sections, method="add")
    return Quality(sections, score_similarities(space, questions.pairs))


@dataclass(frozen=True)
class Row:
    """One algorithm in the table of `compare_algorithms`, with one entry a seed in each list."""

    algorithm: str
    trained: Sequence[Trained]
    quality: Sequence[Quality]

    @property
    def accuracy(self) -> tuple[float, float]:
        """Mean over the seeds, and the standard deviation (0 of one seed)."""
        return _mean_and_deviation([one.accuracy for one in self.quality])

    @property
    def similarity(self) -> tuple[float, float]:
        """Mean rank correlation over the seeds, and the standard deviation."""
        return _mean_and_deviation([one.rho for one in self.quality])

    @property
    def seconds(self) -> float:
        """Mean time of a training."""
        return float(np.mean([one.seconds for one in self.trained]))


def compare_algorithms(
    corpus: Corpus,
    questions: Questions,
    algorithms: Sequence[str],
    *,
    seeds: Sequence[int] = (0,),
    settings: dict[str, object] | None = None,
    report: Callable[[str, int, float], None] = lambda algorithm, seed, share: None,
) -> list[Row]:
    """Train every algorithm on the same corpus and ask all of them the same; the best comes first."""
    rows = []
    for algorithm in algorithms:
        trained, quality = [], []
        for seed in seeds:
            config = configure(algorithm, seed=seed, **(settings or {}))
            trained.append(
                train(corpus, config, report=lambda stage, share, loss, a=algorithm, s=seed: report(a, s, share))
            )
            quality.append(evaluate(WordVectors(corpus.words, trained[-1].vectors), questions))
        rows.append(Row(algorithm, trained, quality))
    return sorted(rows, key=lambda row: -row.accuracy[0])


def _mean_and_deviation(values: Sequence[float]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
