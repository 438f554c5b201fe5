"""Writing on from a start, character by character: many texts at once, streamed, with temperature, top-k and top-p.

Two semantics. `window`: every character is predicted by a fresh state over the last 40 characters, as the course does
it; a shorter start is filled up with blanks on the left. `stateful`: one state reads the start and is carried on, so
that it may remember further back than it ever had to while training, at about a tenth of the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.sampling import index_at, restrict
from common.seeding import make_rng
from common.vocabulary import Vocabulary
from week1.shakespeare.data import check_characters
from week1.shakespeare.network import BLANK, RollingWindows, Streams
from week1.shakespeare.trained import TrainedModel

SEMANTICS = ("window", "stateful")
_UNIFORMS_AT_ONCE = 256


@dataclass(frozen=True)
class GenerateConfig:
    """How texts are written.

    Attributes:
        length: characters to write.
        temperature: below 1 safer, above 1 wilder; 0 always takes the likeliest character.
        top_k, top_p: keep only so many characters, or so much probability, before each draw (None: all).
        semantics: "window" or "stateful".
    """

    length: int = 400
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    semantics: str = "window"

    def __post_init__(self):
        if self.semantics not in SEMANTICS:
            raise InputError(f"there are no semantics {self.semantics!r}; choose one of {', '.join(SEMANTICS)}")
        restrict(np.zeros(2), temperature=self.temperature, top_k=self.top_k, top_p=self.top_p)


def generate(model: TrainedModel, start: str, config: GenerateConfig, *, count: int = 1, seed: int = 0) -> list[str]:
    """`count` continuations of `start`, without it; number i is the same whatever `count` is.

    Raises InputError where the start holds characters that the model never saw.
    """
    pieces = list(stream(model, start, config, count=count, seed=seed))
    return ["".join(characters) for characters in zip(*pieces, strict=True)] if pieces else [""] * count


def stream(
    model: TrainedModel, start: str, config: GenerateConfig, *, count: int = 1, seed: int = 0
) -> Iterator[Sequence[str]]:
    """The same, as they come: at each step the next character of every text, a sequence of `count` of them."""
    start = start.lower()
    check_characters(start, model.vocabulary, what=f"the start {start!r}")
    rngs = [make_rng(seed, "generate", index) for index in range(count)]
    ids = begin_ids(start, model.vocabulary, model.config.window, semantics=config.semantics)
    return _characters(model, ids, config, rngs)


def begin_ids(start: str, vocabulary: Vocabulary, window: int, *, semantics: str) -> np.ndarray:
    """What is read before the first draw, int64: for `window` the last `window` characters, with blanks before them.

    For `stateful` it is the whole start, or one blank where that is empty.
    """
    ids = vocabulary.encode(start)
    if semantics == "stateful":
        return ids if len(ids) else np.array([BLANK])
    return np.concatenate([np.full(max(window - len(ids), 0), BLANK), ids[-window:]])


def _characters(
    model: TrainedModel, begin: np.ndarray, config: GenerateConfig, rngs: Sequence[np.random.Generator]
) -> Iterator[Sequence[str]]:
    network, count, characters = model.network(), len(rngs), model.vocabulary.tokens
    texts = RollingWindows(network, count) if config.semantics == "window" else Streams(network, count)
    for identifier in begin:
        texts.feed(np.full(count, identifier))
    draw = Drawer(config, rngs)
    for left in range(config.length, 0, -1):
        ids = draw(texts.scores())
        yield [characters[identifier] for identifier in ids]
        if left > 1:
            texts.feed(ids)


class Drawer:
    """Draws an index a text, each from its own generator: the rule of `common.sampling.draw`, one uniform a character.

    Uniforms are fetched many at a time, which gives the same numbers as one by one.
    """

    def __init__(self, config: GenerateConfig, rngs: Sequence[np.random.Generator]):
        self._config, self._rngs = config, rngs
        self._plain = config.top_k is None and config.top_p is None and config.temperature > 0
        self._uniforms = np.empty((len(rngs), 0))
        self._next = 0

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """The index of each row of `scores` (texts, n_vocab), int64 (texts,)."""
        config = self._config
        if self._plain:
            return self._draw_plainly(scores)
        scores = restrict(scores, temperature=config.temperature, top_k=config.top_k, top_p=config.top_p)
        return np.argmax(scores, axis=-1) if config.temperature == 0 else index_at(scores, self._uniform())

    def _draw_plainly(self, scores: np.ndarray) -> np.ndarray:
        """What `index_at(restrict(scores, temperature=...))` gives, in a few calls."""
        p = scores.astype(np.float64)
        p -= p.max(axis=1, keepdims=True)
        p /= self._config.temperature
        np.exp(p, out=p)
        np.cumsum(p, axis=1, out=p)
        return (p <= (self._uniform() * p[:, -1])[:, np.newaxis]).sum(axis=1)

    def _uniform(self) -> np.ndarray:
        """The next uniform number of every text."""
        if self._next == self._uniforms.shape[1]:
            self._uniforms, self._next = np.stack([rng.random(_UNIFORMS_AT_ONCE) for rng in self._rngs]), 0
        self._next += 1
        return self._uniforms[:, self._next - 1]
