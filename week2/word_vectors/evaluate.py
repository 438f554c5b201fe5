"""How good vectors are: analogy questions section by section, and the rank correlation with people's judgements."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.assets import find
from common.vector_space import VectorSpace
from common.word_questions import (
    SectionScore,
    SimilarityScore,
    read_questions,
    read_similarities,
    score_questions,
    score_similarities,
    total,
)


@dataclass(frozen=True)
class Evaluation:
    """The scores of one set of vectors.

    Attributes:
        method: how the analogies were answered.
        sections: of every section of every questions file.
        all: their counts added up; None without questions.
        similarities: (file's name, score) of every similarity file.
    """

    method: str
    sections: list[SectionScore]
    all: SectionScore | None
    similarities: list[tuple[str, SimilarityScore]]


def find_questions() -> Path:
    """The analogy questions that ship with the project."""
    return find("world-analogies").path


def find_similarities() -> Path:
    """The similarity judgements that ship with the project."""
    return find("world-similarities").path


def evaluate(
    space: VectorSpace,
    questions: Sequence[str | os.PathLike[str]],
    similarities: Sequence[str | os.PathLike[str]],
    *,
    method: str = "add",
    exclude: str = "all",
) -> Evaluation:
    """Score the vectors on files; `method` and `exclude` as in `VectorSpace.analogies`.

    Raises:
        InputError: a file cannot be read as what it should be.
    """
    asked = [section for path in questions for section in read_questions(path)]
    judged = [(Path(path).name, read_similarities(path)) for path in similarities]
    sections = score_questions(space, asked, method=method, exclude=exclude)
    return Evaluation(
        method,
        sections,
        total(sections) if sections else None,
        [(name, score_similarities(space, pairs)) for name, pairs in judged],
    )


def table(evaluation: Evaluation) -> str:
    """The scores as text."""
    lines = []
    rows = [*evaluation.sections, *([evaluation.all] if len(evaluation.sections) > 1 else [])]
    if rows:
        title = f"analogies ({evaluation.method})"
        width = max(len(title), *(len(row.name) for row in rows))
        lines.append(f"{title:{width}}  {'accuracy':>8}  {'correct':>7}  {'answered':>8}  {'skipped':>7}")
        lines += [
            f"{row.name:{width}}  {_percent(row.accuracy):>8}  {row.correct:7}  {row.answered:8}  {row.skipped:7}"
            for row in rows
        ]
    if evaluation.similarities:
        width = max(len("similarities"), *(len(name) for name, _ in evaluation.similarities))
        lines += [""] * bool(lines)
        lines.append(f"{'similarities':{width}}  {'Spearman':>8}  {'pairs':>7}  {'skipped':>7}")
        for name, score in evaluation.similarities:
            rho = "-" if score.rho is None else f"{score.rho:.3f}"
            lines.append(f"{name:{width}}  {rho:>8}  {score.used:7}  {score.skipped:7}")
    lines.append("skipped: with a word that the vectors do not have")
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
