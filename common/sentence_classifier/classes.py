"""The classes that a sentence may get, in order, and the ways in which a file may name them.

A table of one's own is a text file, a line each, in the order of the class numbers: a symbol (an emoji, a few stars, a
word), a comma, a name (`🎵,music`); the name may be left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.text_files import read_text

_SELECTORS = str.maketrans("", "", "\ufe0e\ufe0f")  # how an emoji is to be shown; no part of which one it is


@dataclass(frozen=True)
class LabelClass:
    """One class: the symbol that is shown (any text), and its name."""

    symbol: str
    name: str

    def __str__(self) -> str:
        return self.symbol if self.symbol == self.name else f"{self.symbol} ({self.name})"


class ClassTable:
    """The classes in order.

    Raises InputError where there are fewer than two, or two with the same symbol or name.
    """

    def __init__(self, entries: Iterable[LabelClass]):
        self.entries = tuple(entries)
        if len(self.entries) < 2:
            raise InputError(f"there are {len(self.entries)} different labels; at least two are needed to learn from")
        self._ids: dict[str, int] = {}
        for number, entry in enumerate(self.entries):
            for key in {_key(entry.symbol), _key(entry.name)}:
                if key in self._ids:
                    raise InputError(
                        f"the label {key!r} stands for two classes; give each a symbol and name of its own"
                    )
                self._ids[key] = number

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, number: int) -> LabelClass:
        return self.entries[number]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClassTable) and self.entries == other.entries

    __hash__ = None

    @property
    def names(self) -> list[str]:
        """The names in order."""
        return [entry.name for entry in self.entries]

    def find(self, label: str) -> int | None:
        """The class whose symbol or name `label` is, or None."""
        return self._ids.get(_key(label))

    def to_list(self) -> list[list[str]]:
        """As JSON holds it; `from_list` turns it back."""
        return [[entry.symbol, entry.name] for entry in self.entries]

    @classmethod
    def from_list(cls, pairs: Sequence[Sequence[Any]]) -> ClassTable:
        """The table that `to_list` described."""
        return cls(LabelClass(str(symbol), str(name)) for symbol, name in pairs)

    @classmethod
    def of_labels(cls, labels: Iterable[str]) -> ClassTable:
        """A table of the distinct labels of a file, in the order in which they come first."""
        distinct: dict[str, str] = {}
        for label in labels:
            distinct.setdefault(_key(label), label.strip())
        return cls(LabelClass(label, label) for label in distinct.values())


def _key(label: str) -> str:
    return label.strip().translate(_SELECTORS).casefold()


def read_table(path: str | os.PathLike[str]) -> ClassTable:
    """The table of a file: a line for each class, `symbol` or `symbol,name`; InputError where it is something else."""
    entries = []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        parts = [part.strip() for part in line.split(",")]
        if not any(parts):
            continue
        if len(parts) > 2 or not parts[0]:
            raise InputError(f"{Path(path)}: line {number} is not a symbol, or a symbol, a comma and a name; mend it")
        entries.append(LabelClass(parts[0], parts[-1] or parts[0]))
    try:
        return ClassTable(entries)
    except InputError as error:
        raise InputError(f"{Path(path)}: {error}") from None
