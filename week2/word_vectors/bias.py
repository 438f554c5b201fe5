"""The verb `bias`: a direction from pairs, the words along it, and what is left after neutralize and equalize."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.seeding import make_rng
from common.vector_space import VectorSpace
from week2.word_vectors import debiasing
from week2.word_vectors.bias_words import WordSet
from week2.word_vectors.debiasing import Direction
from week2.word_vectors.weat import Association, association_test


@dataclass(frozen=True)
class BiasConfig:
    """Settings.

    Attributes:
        method: how the direction is found, "pca" or "difference".
        strength: 1 takes the bias out (hard), less takes out that part (soft), 0 leaves all as it is.
        permutations: partings drawn for WEAT's p-value where they are too many to try all.
        seed: of those draws.
    """

    method: str = "pca"
    strength: float = 1.0
    permutations: int = 100_000
    seed: int = 0


@dataclass(frozen=True)
class Change:
    """A word's cosine with the direction, before and after."""

    word: str
    before: float
    after: float


@dataclass(frozen=True)
class Bias:
    """What was found and done.

    Attributes:
        direction: learnt from the pairs.
        neutralized, equalized: each word's cosine with the direction before and after.
        left: pairs that could not be equalized, with the reason.
        weat: (before, after) of the test; None where it was not asked for.
        changed: row -> its vector afterwards, float64; the other rows are as they were.
    """

    direction: Direction
    neutralized: list[Change]
    equalized: list[Change]
    left: list[tuple[str, str]]
    weat: tuple[Association, Association] | None
    changed: dict[int, np.ndarray]

    def rows(self, space: VectorSpace, rows: Sequence[int]) -> np.ndarray:
        """(len(rows), d) float64: these rows of the space afterwards."""
        return _with(space, rows, self.changed)


def find_bias(
    space: VectorSpace,
    pairs: Sequence[tuple[str, str]],
    neutral: Sequence[str],
    equal: Sequence[tuple[str, str]],
    sets: Sequence[WordSet],
    config: BiasConfig,
    *,
    everything: bool = False,
) -> Bias:
    """Learn the direction, neutralize `neutral`, equalize the pairs `equal`, and test before and after.

    Args:
        space: the vectors; they stay as they are.
        pairs: two words each, which span the direction; it points to the first ones.
        neutral: words to neutralize, and with them the targets of `sets` that stand in no pair.
        equal: pairs to equalize.
        sets: X, Y, A, B for WEAT, or none.
        config: the settings.
        everything: neutralize every word that stands in no pair.

    Raises:
        InputError: a pair spans nothing, a word is unknown, or a set is too small.
    """
    direction = learn_direction(space, pairs, method=config.method)
    protected = {word for pair in (*pairs, *equal) for word in pair}
    targets = [word for one in sets[:2] for word in one.words if word not in protected]
    words = [word for word in space.words if word not in protected] if everything else [*neutral, *targets]
    rows = space.rows(dict.fromkeys(words))
    neutralized = debiasing.neutralize(space.matrix.rows(rows), direction.axis, strength=config.strength)
    changed = dict(zip(rows.tolist(), neutralized, strict=True))
    left = []
    for pair in equal:
        both = space.rows(pair)
        try:
            vectors = debiasing.equalize(*space.matrix.rows(both), direction.axis, strength=config.strength)
        except InputError as error:
            left.append(("/".join(pair), str(error)))
        else:
            changed.update(zip(both.tolist(), vectors, strict=True))
    weat = tuple(_test(space, sets, config, rows) for rows in ({}, changed)) if sets else None
    changes = [_changes(space, words, changed, direction.axis) for words in (neutral, sum(map(list, equal), []))]
    return Bias(direction, *changes, left, weat, changed)


def _with(space: VectorSpace, rows: Sequence[int], changed: Mapping[int, np.ndarray]) -> np.ndarray:
    """The rows of the space in float64, the changed ones in their place."""
    found = np.array(space.matrix.rows(np.asarray(rows)))
    for place, row in enumerate(np.asarray(rows).tolist()):
        if row in changed:
            found[place] = changed[row]
    return found


def learn_direction(space: VectorSpace, pairs: Sequence[tuple[str, str]], *, method: str = "pca") -> Direction:
    """The direction that pairs of words span, pointing to the first words; see `debiasing.bias_direction`."""
    if not pairs:
        raise InputError("there is no pair to learn a direction from; give one with --pair WORD WORD")
    first, second = (space.matrix.rows(space.rows(pair[side] for pair in pairs)) for side in (0, 1))
    return debiasing.bias_direction(first, second, method=method, names=["/".join(pair) for pair in pairs])


def _changes(
    space: VectorSpace, words: Sequence[str], changed: Mapping[int, np.ndarray], axis: np.ndarray
) -> list[Change]:
    rows = space.rows(words)
    cosines = (debiasing.alignment(_with(space, rows, one), axis).tolist() for one in ({}, changed))
    return [Change(*row) for row in zip(words, *cosines, strict=True)]


def _test(
    space: VectorSpace, sets: Sequence[WordSet], config: BiasConfig, changed: Mapping[int, np.ndarray]
) -> Association:
    vectors = [_with(space, space.rows(one.words), changed) for one in sets]
    rng = make_rng(config.seed, "weat")
    return association_test(*vectors, rng=rng, permutations=config.permutations)
