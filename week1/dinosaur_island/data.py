"""Names from a file -> distinct names, a character vocabulary, splits, and mini-batches of ids with masks.

The vocabulary is what the file holds, with the line end as the token that both begins and ends a name.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from common.assets import Asset, check, find
from common.errors import InputError
from common.seeding import make_rng
from common.text_files import read_text
from common.vocabulary import Vocabulary

END = "\n"
FEWEST_NAMES = 20
LONGEST_NAME = 200


class Batch(NamedTuple):
    """Names side by side, time first: each array is (steps, names).

    inputs: ids fed in, int64; step 0 is the end token, which stands for the beginning of a name.
    targets: ids to predict, int64; the last that counts is the end token.
    mask: bool, true up to and including the end token.
    """

    inputs: np.ndarray
    targets: np.ndarray
    mask: np.ndarray

    def take(self, columns: np.ndarray) -> Batch:
        """Some of the names as a batch of their own, longest first (the layers then need not sort them)."""
        lengths = self.mask.sum(axis=0)[columns]
        columns = columns[np.argsort(-lengths, kind="stable")]
        steps = int(lengths.max(initial=0))
        return Batch(self.inputs[:steps, columns], self.targets[:steps, columns], self.mask[:steps, columns])


def find_names(*, option: str | os.PathLike[str] | None = None, course: str | os.PathLike[str] | None = None) -> Asset:
    """The file of names: the user's, the course's, or the one that ships."""
    return find("dinosaur-names", option=option, course=course)


def load_names(path: str | os.PathLike[str]) -> list[str]:
    """The distinct names of a file, lower-cased, in the file's order; one name a line, empty lines passed over.

    Raises InputError where the file is not text, or holds fewer than 20 distinct names or a name of over 200
    characters.
    """
    lines = (line.strip().lower() for line in read_text(path).split("\n"))
    names = list(dict.fromkeys(line for line in lines if line))
    if len(names) < FEWEST_NAMES:
        raise InputError(f"{path}: has {len(names)} distinct names; give at least {FEWEST_NAMES}, one a line")
    longest = max(names, key=len)
    if len(longest) > LONGEST_NAME:
        raise InputError(
            f"{path}: has a name of {len(longest)} characters ({longest[:30]}...); give one name a line, each of at "
            f"most {LONGEST_NAME} characters"
        )
    return names


def build_vocabulary(names: Sequence[str]) -> Vocabulary:
    """The characters of the names, the end token first (id 0)."""
    return Vocabulary.build(names, end=END)


def encode_batch(names: Sequence[str], vocabulary: Vocabulary) -> Batch:
    """Ids of the names with a mask; InputError names a character that the vocabulary lacks."""
    rows = [vocabulary.encode(name) for name in names]
    steps = max(map(len, rows), default=0) + 1
    inputs = np.zeros((steps, len(rows)), np.int64)
    targets = np.zeros((steps, len(rows)), np.int64)
    for column, ids in enumerate(rows):
        inputs[1 : len(ids) + 1, column] = ids
        targets[: len(ids), column] = ids
    lengths = np.array([len(ids) for ids in rows])
    return Batch(inputs, targets, np.arange(steps)[:, np.newaxis] <= lengths)


def split_names(names: Sequence[str], *, held_out: float = 0.1, seed: int = 0) -> tuple[list[str], list[str]]:
    """(training names, held-out names) of a seeded shuffle of the distinct names; at least one name is held out."""
    order = make_rng(seed, "split").permutation(len(names))
    count = max(1, round(held_out * len(names)))
    return [names[index] for index in order[count:]], [names[index] for index in order[:count]]


def display(name: str) -> str:
    """A name as people write it: each word's first letter upper-cased."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split(" "))


def check_weights_file(path: str | os.PathLike[str] | None) -> Asset:
    """The weights file of the user's, or the one that ships."""
    if path is None:
        return find("dinosaur-weights")
    return check("dinosaur-weights", path, "option")
