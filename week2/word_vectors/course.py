"""The course's four graded functions: its names, argument order and return values.

`word_to_vec_map` is the course's dictionary, word -> vector of d numbers; any mapping will do. Where the course's two
versions disagree, the usual practice and the mathematics decide:

- `complete_analogy` skips all three query words, as in 2018; `complete_analogy_2021` skips word_c alone;
- `equalize` divides by the squared norm of the bias axis, as the equations of both versions say; the figures printed in
  2021 come from `equalize_2021`, which does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from common.errors import InputError
from week2.word_vectors import analogy, debiasing, similarity

Map = Mapping[str, np.ndarray]


def cosine_similarity(u: np.ndarray, v: np.ndarray) -> float:
    """cos(u, v) of two vectors (d,); 1 for equal vectors, also zero ones; 0 where only one is zero."""
    return similarity.cosine(u, v)


def complete_analogy(word_a: str, word_b: str, word_c: str, word_to_vec_map: Map) -> str:
    """The word d for which cos(b - a, d - c) is largest: a is to b as c is to d. None of the three may answer."""
    return analogy.complete(word_to_vec_map, word_a.lower(), word_b.lower(), word_c.lower())[0]


def complete_analogy_2021(word_a: str, word_b: str, word_c: str, word_to_vec_map: Map) -> str:
    """The same by the rule of 2021: word_c alone may not answer."""
    return analogy.complete(word_to_vec_map, word_a.lower(), word_b.lower(), word_c.lower(), exclude="c")[0]


def neutralize(word: str, g: np.ndarray, word_to_vec_map: Map) -> np.ndarray:
    """(d,) the word's vector without its part along the bias axis g."""
    return debiasing.neutralize(_vector(word, word_to_vec_map), g)


def equalize(pair: Sequence[str], bias_axis: np.ndarray, word_to_vec_map: Map) -> tuple[np.ndarray, np.ndarray]:
    """(e1, e2) the pair's vectors, equally far to either side of the bias axis and alike in everything else.

    By the course's equations: the sides are divided by |e - mu|. Where the pair differs along the axis alone that is
    `debiasing.equalize` with length 1; elsewhere the paper's e1 and e2 have length 1, and the course's have not.
    """
    return _equalize(pair, bias_axis, word_to_vec_map, power=2)


def equalize_2021(pair: Sequence[str], bias_axis: np.ndarray, word_to_vec_map: Map) -> tuple[np.ndarray, np.ndarray]:
    """NOT the equations: what gives the figures printed in 2021, the axis's norm not squared in the projections."""
    return _equalize(pair, bias_axis, word_to_vec_map, power=1)


def equalize_to_unit_length(
    pair: Sequence[str], bias_axis: np.ndarray, word_to_vec_map: Map
) -> tuple[np.ndarray, np.ndarray]:
    """The paper's equations (Bolukbasi et al. 2016), by which e1 and e2 have length 1."""
    return debiasing.equalize(*(_vector(word, word_to_vec_map) for word in pair), bias_axis, length=1.0)


def _equalize(pair: Sequence[str], axis: np.ndarray, word_to_vec_map: Map, *, power: int) -> tuple:
    first, second = (_vector(word, word_to_vec_map) for word in pair)
    # Projections divided by |axis| instead of |axis|^2 come out |axis| times as long.
    stretch = np.linalg.norm(axis) ** (2 - power)
    middle = (first + second) / 2
    middle_part = stretch * debiasing.part_along(middle, axis)
    rest = middle - middle_part
    scale = np.sqrt(np.abs(1 - rest @ rest))
    results = []
    for vector in (first, second):
        span = np.linalg.norm(vector - middle)
        if span == 0:
            raise InputError(f"{pair[0]!r} and {pair[1]!r} have the same vector, so they span nothing; give others")
        results.append(rest + scale * (stretch * debiasing.part_along(vector, axis) - middle_part) / span)
    return results[0], results[1]


def _vector(word: str, word_to_vec_map: Map) -> np.ndarray:
    if word not in word_to_vec_map:
        raise InputError(f"{word!r} is not in the map of {len(word_to_vec_map):,} words; look at the spelling")
    return np.asarray(word_to_vec_map[word], dtype=np.float64)
