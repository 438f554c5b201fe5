"""What both tasks share: texts to ids and back, dates held out, arrays for training.

    task = find_task("dates")                  also "languages"
    task.encode(["3 May 1979"])                ids (1, 30) int32, lower-cased, cut or padded
    task.encode_targets(["1979-05-03"])        ids (1, 10) int32
    task.decode(ids)                           ["1979-05-03"]

A `Task` says how its texts become ids; `Pairs` are texts with their translations. Dates are held out as dates: no
format of a held-out date is ever learned.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from common.errors import InputError
from common.seeding import make_rng
from common.vocabulary import Vocabulary

TASKS = ("dates", "languages")
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Pairs:
    """Texts and their translations.

    Attributes:
        sources, targets: as people write them, before `Task.clean`.
        kinds: of each pair the name of its format (dates) or of its language and formats (languages), for tables.
        days: of each pair the date's `datetime.date.toordinal()`, int32.
    """

    sources: list[str]
    targets: list[str]
    kinds: list[str]
    days: np.ndarray

    def __len__(self) -> int:
        return len(self.sources)


@dataclass(frozen=True)
class Task:
    """How the texts of a task become ids.

    Attributes:
        name: "dates" or "languages".
        source: vocabulary of the texts to translate, characters; has an unknown and a padding token.
        target: vocabulary of the translations, characters; has an end and a padding token where their length varies.
        source_length: Tx, characters that the network reads; longer texts are cut.
        target_length: Ty where every translation has this length, else None.
        longest_target: steps that hold every translation, the end token included.
        clean: what is done to a text first (lower case, commas removed).
        draw: `draw(count, split, seed=0)` gives `Pairs` of the dates of "train", "validation" or "test", the same for
            the same arguments on any day.
        watch: `watch(text, translation, notes)` gives the readings of a text that has several, and remarks for the
            person; `notes` are those of the weights.
    """

    name: str
    source: Vocabulary
    target: Vocabulary
    source_length: int
    target_length: int | None
    longest_target: int
    clean: Callable[[str], str]
    draw: Callable[..., Pairs]
    watch: Callable[[str, str, Mapping[str, Any]], tuple[tuple[str, ...], list[str]]] = lambda *_: ((), [])
    _tables: dict[str, np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Ids int32 (number of texts, source_length): cleaned, cut or padded, unknown characters as the unknown id."""
        return self._ids("source", [self.clean(text) for text in texts], self.source_length)

    def encode_targets(self, texts: Sequence[str]) -> np.ndarray:
        """Ids int32 (number of texts, target_length), or (.., longest_target) with the end token, then padding.

        Raises:
            InputError: a translation is too long, too short where the length is fixed, or has an unknown character.
        """
        for text in texts:
            fits = len(text) == self.target_length if self.target_length else len(text) < self.longest_target
            if not fits or not set(text) <= self.target.ids.keys():
                raise InputError(f"{text!r} is no translation of the task {self.name}")
        if self.target_length:
            return self._ids("target", texts, self.target_length)
        ids = self._ids("target", texts, self.longest_target)
        ids[np.arange(len(texts)), [len(text) for text in texts]] = self.target.end_id
        return ids

    def decode(self, ids: np.ndarray) -> list[str]:
        """The translation of each row of ids, up to its end token where there is one."""
        if self.target_length is None:
            return [self.target.text(row) for row in np.asarray(ids)]
        letters = np.array(self.target.tokens)[np.asarray(ids)]
        return np.ascontiguousarray(letters).view(f"<U{self.target_length}")[:, 0].tolist()

    def _ids(self, side: str, texts: Sequence[str], length: int) -> np.ndarray:
        """Ids of texts all at once: their code points look the ids up in a table."""
        table = self._tables.setdefault(side, _code_point_table(getattr(self, side)))
        padded = np.array([text.replace("\0", "\ufffd") for text in texts] or [""], f"<U{length}")
        codes = padded.view(np.uint32).reshape(-1, length)[: len(texts)]
        return table[np.minimum(codes, len(table) - 1)]


def _code_point_table(vocabulary: Vocabulary) -> np.ndarray:
    """Code point -> id, int32; 0 (behind the text) is padding, the last entry stands for all above."""
    letters = {ord(token): index for token, index in vocabulary.ids.items() if len(token) == 1}
    unknown = vocabulary.unknown_id
    table = np.full(max(letters) + 2, -1 if unknown is None else unknown, np.int32)
    table[list(letters)] = list(letters.values())
    table[0] = -1 if vocabulary.padding_id is None else vocabulary.padding_id
    return table


def find_task(name: str) -> Task:
    """The task of this name; InputError for another."""
    if name == "dates":
        from week3.machine_translation.dates import TASK
    elif name == "languages":
        from week3.machine_translation.languages import TASK
    else:
        raise InputError(f"there is no task {name!r}; choose one of {', '.join(TASKS)}")
    return TASK


def split_dates(
    first: datetime.date,
    last: datetime.date,
    *,
    validation: float = 0.05,
    test: float = 0.1,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """All days from `first` to `last` as ordinals, int32, shared out at random among the `SPLITS`, each sorted."""
    days = np.arange(first.toordinal(), last.toordinal() + 1, dtype=np.int32)
    order = make_rng(seed, "held-out dates").permutation(days)
    ends = [round(test * len(days)), round((test + validation) * len(days))]
    held_out, watched, learned = np.split(order, ends)
    return {"train": np.sort(learned), "validation": np.sort(watched), "test": np.sort(held_out)}


def arrays(task: Task, pairs: Pairs, *, feedback: bool = False) -> dict[str, Any]:
    """What `common.training.train` takes: {"x", "y", "sample_weight"}; ids int32.

    Without `feedback` x is (m, Tx), y (m, Ty), and there are no weights. With it x is the list of the source (m, Tx)
    and of the target one step later, begun with the end token (m, longest_target); y is the target with its end token;
    the weights (m, longest_target) float32 are 1 up to the end token and 0 behind it.
    """
    x, y = task.encode(pairs.sources), task.encode_targets(pairs.targets)
    if not feedback:
        return {"x": x, "y": y, "sample_weight": None}
    start = np.full((len(y), 1), task.target.end_id, np.int32)
    weights = np.arange(y.shape[1]) <= np.argmax(y == task.target.end_id, axis=1)[:, np.newaxis]
    shifted = np.concatenate([start, y[:, :-1]], axis=1)
    return {"x": [x, shifted], "y": y, "sample_weight": weights.astype(np.float32)}
