"""What the window model learns from: a word, and the words of its context; made from the ids as they are needed.

Contexts, as in the lectures: the words "before" (a language model; with a window of 1 the last word alone), the words
"around" on both sides, or one "nearby", drawn anew in every epoch from the words around.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from common.seeding import make_rng
from week2.learning_embeddings.data import LINE_END, Corpus

Context = Literal["before", "around", "nearby"]
CONTEXTS = ("before", "around", "nearby")
BLOCK = 1 << 20
FEWEST_LINES = 20


def inputs_of(context: Context, window: int) -> int:
    """How many words such a context has."""
    return {"before": window, "around": 2 * window, "nearby": 1}[context]


def contexts_at(
    ids: np.ndarray,
    places: np.ndarray,
    *,
    context: Context,
    window: int,
    beyond: int,
    rng: np.random.Generator | None = None,
) -> np.ndarray:
    """The contexts of the words at `places`: int32 (places, inputs), in the text's order.

    Args:
        ids: the text, with LINE_END after every line.
        places: of the words to predict.
        context, window: which words; at most `window` to a side.
        beyond: the id where the line has no more words.
        rng: for "nearby".
    """
    before = _outwards(ids, places, -1, window, beyond)[::-1]
    if context == "before":
        return np.stack(before, axis=1)
    around = np.stack([*before, *_outwards(ids, places, 1, window, beyond)], axis=1)
    if context == "around":
        return around
    lots = np.where(around == beyond, -1.0, rng.random(around.shape))
    return np.take_along_axis(around, lots.argmax(axis=1)[:, np.newaxis], axis=1)


def _outwards(ids: np.ndarray, places: np.ndarray, direction: int, window: int, beyond: int) -> list[np.ndarray]:
    """The 1st, 2nd, ... words to one side, `beyond` from the line's end on."""
    columns, ended = [], np.zeros(len(places), dtype=bool)
    for distance in range(1, window + 1):
        at = places + direction * distance
        outside = (at < 0) | (at >= len(ids))
        words = ids[np.where(outside, 0, at)]
        ended = ended | outside | (words == LINE_END)
        columns.append(np.where(ended, beyond, words).astype(np.int32))
    return columns


class Lines:
    """Which parts of a text are held out: whole lines, or, where there are few, equal stretches of the text.

    Args:
        ids: the text.
        share: of the parts to hold out, at least one of them.
        seed: of the draw.
    """

    def __init__(self, ids: np.ndarray, *, share: float, seed: int):
        self._ids = ids
        self._ends_before = np.cumsum([0, *(np.count_nonzero(ids[at : at + BLOCK] == LINE_END) for at in _starts(ids))])
        lines = int(self._ends_before[-1])
        self._by_line = lines >= FEWEST_LINES
        parts = lines if self._by_line else FEWEST_LINES
        drawn = make_rng(seed, "held out").permutation(parts)[: max(1, round(share * parts))]
        self._held_out = np.zeros(parts + 1, dtype=bool)  # one more for words after the last line end
        self._held_out[drawn] = True

    def places(self, block: int, *, held_out: bool) -> np.ndarray:
        """The places of the block's words that are, or are not, held out: int64."""
        begin = block * BLOCK
        ids = np.asarray(self._ids[begin : begin + BLOCK])
        is_end = ids == LINE_END
        if self._by_line:
            parts = self._ends_before[block] + np.cumsum(is_end) - is_end
        else:
            parts = (begin + np.arange(len(ids))) * FEWEST_LINES // len(self._ids)
        return begin + np.flatnonzero(~is_end & (self._held_out[parts] == held_out))


def _starts(ids: np.ndarray) -> range:
    return range(0, len(ids), BLOCK)


class WindowData:
    """Windows as `common.training` takes its data: batches of contexts and the words they belong to.

    An epoch goes through the blocks of the text, and through the words of each, in an order drawn for it.

    Args:
        corpus, lines: the text, and which parts of it are held out.
        held_out: take those, in the text's order, instead of the others.
        context, window: see `contexts_at`.
        batch: windows in a batch.
        seed: of order and "nearby".
        report: called with the batches handed out so far, over all epochs.

    Attributes:
        windows: in an epoch.
        steps: batches in an epoch.
    """

    def __init__(
        self,
        corpus: Corpus,
        lines: Lines,
        *,
        held_out: bool = False,
        context: Context,
        window: int,
        batch: int,
        seed: int,
        report: Callable[[int], None] = lambda steps: None,
    ):
        self._ids, self._beyond, self._lines, self._held_out = corpus.ids, len(corpus.words), lines, held_out
        self._context, self._window, self._batch, self._seed = context, window, batch, seed
        self.report = report
        self._sizes = [len(lines.places(block, held_out=held_out)) for block, _ in enumerate(_starts(corpus.ids))]
        self.windows = sum(self._sizes)
        self.steps: int | None = sum(self._batches_in(block) for block in range(len(self._sizes)))

    def _batches_in(self, block: int) -> int:
        return -(-self._sizes[block] // self._batch)

    def begin(self, epoch: int, *, step: int = 0) -> WindowCursor:
        """A cursor at batch `step` of `epoch`."""
        blocks = np.arange(len(self._sizes))
        if not self._held_out:
            blocks = make_rng(self._seed, "blocks", epoch).permutation(blocks)
        plan = [(int(block), place) for block in blocks for place in range(self._batches_in(block))]
        return WindowCursor(self, epoch, plan, step)

    def draw(self, epoch: int, block: int) -> tuple[np.ndarray, np.ndarray]:
        """The contexts and words of a block, in the epoch's order: int32 (windows, inputs) and (windows,)."""
        rng = make_rng(self._seed, "windows", 0 if self._held_out else epoch, block)
        places = self._lines.places(block, held_out=self._held_out)
        if not self._held_out:
            places = rng.permutation(places)
        x = contexts_at(self._ids, places, context=self._context, window=self._window, beyond=self._beyond, rng=rng)
        return x, np.asarray(self._ids[places])

    def batches(self, x: np.ndarray, y: np.ndarray, first: int, count: int) -> tuple[int, dict[str, Any]]:
        """At most `count` batches of a block from batch `first` on; the short one at its end comes alone."""
        begin = first * self._batch
        full = max(1, min(count, (len(y) - begin) // self._batch))
        which = slice(begin, begin + full * self._batch)
        return full, {"x": x[which].reshape(full, -1, x.shape[1]), "y": y[which].reshape(full, -1)}


class WindowCursor:
    """A place in an epoch over windows."""

    def __init__(self, data: WindowData, epoch: int, plan: list[tuple[int, int]], step: int):
        self._data, self._epoch, self._plan, self._step = data, epoch, plan, step
        self._block: int | None = None

    def take(self, count: int) -> tuple[int, dict[str, Any] | None]:
        """At most `count` batches, of one block."""
        if self._step >= len(self._plan):
            return 0, None
        block, first = self._plan[self._step]
        if self._block != block:
            self._arrays, self._block = self._data.draw(self._epoch, block), block
        taken, batches = self._data.batches(*self._arrays, first, count)
        self._step += taken
        self._data.report(self._epoch * self._data.steps + self._step)
        return taken, batches
