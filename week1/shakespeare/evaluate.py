"""The numbers on text that training never saw, beside a Kneser-Ney n-gram on the same split; and what was copied.

Cross-entropy is the mean of -log p(character | the window before it), in nats per character, over the held-out
characters that have a whole window before them; perplexity is its exponential, bits are nats / log 2. Copying is
measured on text that the model writes: the longest passage of it that stands in the training text, beside the longest
passage that the held-out text, which nobody copied, shares with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.ngram import KneserNey, tune
from common.seeding import make_rng
from common.vocabulary import Vocabulary
from week1.shakespeare.copying import Passage, longest_copied
from week1.shakespeare.data import cut_windows, encode, split_three
from week1.shakespeare.generate import GenerateConfig, generate
from week1.shakespeare.network import CharacterNetwork
from week1.shakespeare.trained import TrainedModel

_ORDERS = (4, 5, 6)
_TRAINING_STRIDE = 3  # every third character is enough there


@dataclass(frozen=True)
class Score:
    """A cross-entropy in nats per character, over so many characters."""

    cross_entropy: float
    characters: int

    @property
    def perplexity(self) -> float:
        """exp(cross-entropy)."""
        return math.exp(self.cross_entropy)

    @property
    def bits(self) -> float:
        """Bits per character."""
        return self.cross_entropy / math.log(2)


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        held_out, training: of the network.
        ngram: of the Kneser-Ney model on the held-out text.
        ngram_order: of that model.
        written: characters that each model wrote for the passages below.
        copied, ngram_copied: the longest passage of what the network, and the n-gram model, wrote that stands in the
            training text.
        shared: the longest passage of as much held-out text that stands in the training text.
    """

    held_out: Score
    training: Score
    ngram: Score
    ngram_order: int
    written: int
    copied: Passage
    ngram_copied: Passage
    shared: Passage


def evaluate(
    model: TrainedModel,
    text: str,
    *,
    held_out: float = 0.1,
    written: int = 4000,
    seed: int = 0,
    what: str = "the text",
) -> Evaluation:
    """Evaluate a model on the end of `text`, split as `train` splits it; the rest is what it may have copied from.

    Args:
        model: the network and its characters.
        text: lower-cased; InputError names characters that the model never saw, or says that it is too short.
        held_out: the share that training held out.
        written: characters to write for the memorisation figures, at temperature 1.
        seed: of what is written.
        what: how to call the text in an error.
    """
    encode(text, model.vocabulary, what=what)
    window = model.config.window
    parts = split_three(text, held_out=held_out, window=window)
    network = model.network()
    scores = [
        score(network, encode(part, model.vocabulary), stride=stride)
        for part, stride in ((parts.held_out, 1), (parts.training, _TRAINING_STRIDE))
    ]
    known = parts.training + parts.validation
    ngram = fit_ngram(parts.training, parts.validation, model.vocabulary)
    begin = parts.held_out[:window]
    (own,) = generate(model, begin, GenerateConfig(length=written), seed=seed)
    return Evaluation(
        *scores,
        ngram_score(ngram, parts.held_out, window),
        ngram.order,
        written,
        longest_copied(own, known),
        longest_copied(_written_by(ngram, begin, written, make_rng(seed, "ngram")), known),
        longest_copied(parts.held_out[:written], known),
    )


def score(network: CharacterNetwork, ids: np.ndarray, *, stride: int = 1, offset: int = 0) -> Score:
    """Cross-entropy of what follows every window of `ids` (int64) that begins at offset, offset + stride, ..."""
    cross_entropy, _ = score_windows(network, ids, stride=stride, offset=offset)
    return Score(cross_entropy, len(range(offset, len(ids) - network.config.window, stride)))


def score_windows(
    network: CharacterNetwork, ids: np.ndarray, *, stride: int = 1, offset: int = 0
) -> tuple[float, float]:
    """(cross-entropy in nats, share of the windows after which the likeliest character is the right one)."""
    windows = cut_windows(ids, length=network.config.window, stride=stride, offset=offset)
    log_p = network.predict(windows.inputs)
    picked = np.take_along_axis(log_p, windows.targets[:, np.newaxis], axis=1)
    return float(-picked.mean(dtype=np.float64)), float((log_p.argmax(axis=1) == windows.targets).mean())


def fit_ngram(training: str, validation: str, vocabulary: Vocabulary) -> KneserNey:
    """The character n-gram model of the training text, its order and discounts chosen on the validation text."""
    options = {"vocabulary": list(vocabulary)}
    chosen = tune([training], [validation], orders=_ORDERS, scales=(0.8, 1.0, 1.2), **options)
    return KneserNey.fit([training], order=chosen.order, discount_scale=chosen.discount_scale, **options)


def ngram_score(ngram: KneserNey, text: str, window: int) -> Score:
    """Of the same characters that the network is scored on: all that have a whole window before them."""
    reach = ngram.order - 1
    places: Sequence[int] = range(window, len(text))
    total = sum(ngram.log_probability(text[place], text[max(place - reach, 0) : place]) for place in places)
    return Score(-total / len(places), len(places))


def _written_by(ngram: KneserNey, begin: str, length: int, rng: np.random.Generator) -> str:
    """`length` characters after `begin`; where the model ends a text, it writes on after an empty line."""
    text = begin
    while len(text) < len(begin) + length:
        text = "".join(ngram.sample(rng, prefix=text, maximum_length=len(begin) + length)) + "\n\n"
    return text[len(begin) : len(begin) + length]
