"""Token <-> id, for characters and for words; unknown, padding and end tokens where wanted; one-hot rows.

A token is any text, a sequence of tokens any iterable of texts. A plain string is such a sequence: of its characters.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import read_json, write_json
from common.errors import InputError

_FORMAT = "sequence-models vocabulary 1"


class Vocabulary:
    """An ordered set of tokens; a token's id is its place in it, from 0.

    Args:
        tokens: all tokens in the order of their ids, the special ones included; no duplicates.
        unknown: the token that stands for any token which is not in the vocabulary, or None: such a token is an error.
        padding: the token that fills short sequences up, or None.
        end: the token that ends a sequence, or None.

    Raises:
        InputError: no tokens, a duplicate, something that is not text, or a special token that `tokens` lacks.
    """

    def __init__(
        self,
        tokens: Iterable[str],
        *,
        unknown: str | None = None,
        padding: str | None = None,
        end: str | None = None,
    ):
        self.tokens = tuple(tokens)
        self.ids = {token: index for index, token in enumerate(self.tokens)}
        self.unknown, self.padding, self.end = unknown, padding, end
        self._check()

    @classmethod
    def build(
        cls,
        sequences: Iterable[Iterable[str]],
        *,
        unknown: str | None = None,
        padding: str | None = None,
        end: str | None = None,
        minimum_count: int = 1,
        maximum_size: int | None = None,
        by_frequency: bool = False,
        special_last: bool = False,
    ) -> Vocabulary:
        """The vocabulary of `sequences`: texts (their characters are the tokens) or lists of tokens.

        The order is the same on every run: the special tokens first (padding, unknown, end; or last in that order
        with `special_last`), the others sorted by code point, or by falling count and then by code point with
        `by_frequency`. Only tokens seen `minimum_count` times are kept, and of these the most frequent so that the
        whole has at most `maximum_size` tokens.
        """
        if isinstance(sequences, str):
            raise InputError("the vocabulary is built from a list of texts, but got one text; give [text]")
        counts = Counter(token for sequence in sequences for token in sequence)
        special = list(dict.fromkeys(token for token in (padding, unknown, end) if token is not None))
        kept = [token for token, count in counts.items() if count >= minimum_count and token not in special]
        kept.sort(key=lambda token: (-counts[token], token))
        if maximum_size is not None:
            kept = kept[: max(maximum_size - len(special), 0)]
        if not by_frequency:
            kept.sort()
        tokens = kept + special if special_last else special + kept
        return cls(tokens, unknown=unknown, padding=padding, end=end)

    def _check(self) -> None:
        if not self.tokens:
            raise InputError("the vocabulary has no tokens; give at least one text that is not empty")
        for index, token in enumerate(self.tokens):
            if not isinstance(token, str):
                raise InputError(f"the vocabulary's token {index} is {token!r}, which is not text; give strings")
            if self.ids[token] != index:
                raise InputError(f"the vocabulary has the token {token!r} twice; remove one of them")
        for name in ("unknown", "padding", "end"):
            token = getattr(self, name)
            if token is not None and token not in self.ids:
                raise InputError(f"the {name} token {token!r} is not in the vocabulary; add it to the tokens")

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self.ids

    def __iter__(self) -> Iterator[str]:
        return iter(self.tokens)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.to_dict() == other.to_dict()

    __hash__ = None

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} tokens, unknown={self.unknown!r}, padding={self.padding!r}, end={self.end!r})"

    @property
    def unknown_id(self) -> int | None:
        """Id of the unknown token, or None without one."""
        return None if self.unknown is None else self.ids[self.unknown]

    @property
    def padding_id(self) -> int | None:
        """Id of the padding token, or None without one."""
        return None if self.padding is None else self.ids[self.padding]

    @property
    def end_id(self) -> int | None:
        """Id of the end token, or None without one."""
        return None if self.end is None else self.ids[self.end]

    def encode(self, tokens: Iterable[str], *, add_end: bool = False) -> np.ndarray:
        """Ids of `tokens` (a text: of its characters), int64 of shape (number of tokens [+ 1 with `add_end`],).

        A token outside the vocabulary gets the unknown token's id.

        Raises:
            InputError: a token is not in the vocabulary and there is no unknown token, or no end token for `add_end`.
        """
        if self.unknown is None:
            try:
                ids = [self.ids[token] for token in tokens]
            except KeyError as error:
                raise InputError(
                    f"the token {error.args[0]!r} is not in the vocabulary of {len(self)} tokens; remove or replace it"
                ) from None
        else:
            unknown_id = self.unknown_id
            ids = [self.ids.get(token, unknown_id) for token in tokens]
        if add_end:
            ids.append(self._needed("end"))
        return np.array(ids, dtype=np.int64)

    def encode_batch(
        self, sequences: Iterable[Iterable[str]], *, length: int | None = None, add_end: bool = False
    ) -> np.ndarray:
        """Ids of many sequences, int64 of shape (number of sequences, `length`), filled up on the right with padding.

        `length` is the longest sequence's by default.

        Raises:
            InputError: a sequence is longer than `length`, or shorter while there is no padding token.
        """
        rows = [self.encode(sequence, add_end=add_end) for sequence in sequences]
        lengths = [len(row) for row in rows]
        length = max(lengths, default=0) if length is None else length
        if lengths and max(lengths) > length:
            raise InputError(
                f"sequence {np.argmax(lengths)} has {max(lengths)} tokens; at most {length} fit, shorten it"
            )
        fill = 0 if all(one == length for one in lengths) else self._needed("padding")
        batch = np.full((len(rows), length), fill, dtype=np.int64)
        for target, row in zip(batch, rows, strict=True):
            target[: len(row)] = row
        return batch

    def _needed(self, name: str) -> int:
        token = getattr(self, name)
        if token is None:
            raise InputError(f"the vocabulary has no {name} token; build it with {name}=...")
        return self.ids[token]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The tokens of `ids` (any integers; special tokens come back as they are).

        Raises:
            InputError: an id is negative or not below the vocabulary's size.
        """
        numbers = np.asarray(ids if isinstance(ids, np.ndarray) else list(ids))
        _check_ids(numbers, len(self))
        return [self.tokens[index] for index in numbers.tolist()]

    def text(self, ids: Iterable[int], *, separator: str = "") -> str:
        """The tokens of `ids` up to the first end token, padding left out, joined with `separator`."""
        tokens = self.decode(ids)
        if self.end is not None and self.end in tokens:
            tokens = tokens[: tokens.index(self.end)]
        return separator.join(token for token in tokens if self.padding is None or token != self.padding)

    def to_dict(self) -> dict[str, Any]:
        """The vocabulary as plain JSON values; `from_dict` turns them back."""
        return {
            "format": _FORMAT,
            "tokens": list(self.tokens),
            "unknown": self.unknown,
            "padding": self.padding,
            "end": self.end,
        }

    @classmethod
    def from_dict(cls, value: Any) -> Vocabulary:
        """The vocabulary that `to_dict` described; raises InputError where `value` is something else."""
        if not isinstance(value, dict) or value.get("format") != _FORMAT or not isinstance(value.get("tokens"), list):
            raise InputError("this is not a saved vocabulary; give a file that Vocabulary.save wrote")
        special = {name: value.get(name) for name in ("unknown", "padding", "end")}
        if not all(token is None or isinstance(token, str) for token in special.values()):
            raise InputError("the saved vocabulary's special tokens are not text; save it anew")
        if not all(isinstance(token, str) for token in value["tokens"]):
            raise InputError("the saved vocabulary's tokens are not all text; save it anew")
        return cls(value["tokens"], **special)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the vocabulary as JSON (UTF-8), whole or not at all; returns the path."""
        return write_json(path, self.to_dict())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Vocabulary:
        """Read what `save` wrote; raises InputError (MissingFileError where there is no file) that names the file."""
        value = read_json(path)
        try:
            return cls.from_dict(value)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None


def one_hot(ids: np.ndarray | Iterable[int], size: int, dtype: Any = np.float32) -> np.ndarray:
    """Rows with a 1 at each id and 0 elsewhere, of shape `ids.shape + (size,)` and `dtype`.

    Raises:
        InputError: an id is not an integer, is negative, or is not below `size`.
    """
    numbers = np.asarray(ids if isinstance(ids, (np.ndarray, int, np.integer)) else list(ids))
    _check_ids(numbers, size)
    rows = np.zeros((numbers.size, size), dtype=dtype)
    rows[np.arange(numbers.size), numbers.ravel().astype(np.int64)] = 1
    return rows.reshape(*numbers.shape, size)


def _check_ids(ids: np.ndarray, size: int) -> None:
    if ids.size == 0:
        return
    if ids.dtype.kind not in "iu":
        raise InputError(f"ids must be integers, got {ids.dtype}; round or encode them first")
    wrong = ids[(ids < 0) | (ids >= size)]
    if wrong.size:
        raise InputError(f"the id {wrong.flat[0]} is outside 0 to {size - 1}; it belongs to another vocabulary")
