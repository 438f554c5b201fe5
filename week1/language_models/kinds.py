"""The kinds of recurrent networks that the lecture draws, with a runnable example of each; and the one without a loop.

One to one is a plain network without any state: here one character in, what the next one is out. Its only information
is that character, so the best it can do is to count which characters follow it, and training must come to just that:

    p(. | x) = softmax(W[x] + b)      best loss = sum over x of share(x) H(next | x)      in nats per character
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.activations import softmax
from common.recurrent import Adam
from common.seeding import make_rng
from common.vocabulary import Vocabulary

_END = "\n"


@dataclass(frozen=True)
class Kind:
    """One kind: how many inputs and outputs there are, an example, and the command that runs it.

    Attributes:
        name: as the lecture calls it.
        inputs, outputs: how many of each the picture shows unrolled.
        begin: the step of the first output; outputs stand at the steps from there on.
        example: what goes in and comes out.
        command: what to type.
    """

    name: str
    inputs: int
    outputs: int
    begin: int
    example: str
    command: str

    @property
    def steps(self) -> int:
        """Steps that the picture shows."""
        return max(self.inputs, self.begin + self.outputs)


KINDS = (
    Kind(
        "one to one", 1, 1, 0, "a character -> the next one (no state: a plain network)",
        "python -m week1.language_models kinds",
    ),
    Kind(
        "one to many", 1, 4, 0, "a beginning -> a dinosaur's name",
        "python -m week1.dinosaur_island generate --count 6 --prefix T",
    ),
    Kind(
        "many to one", 4, 1, 3, "the words of a sentence -> an emoji",
        'python -m week2.emojify predict "what a wonderful surprise"',
    ),
    Kind(
        "many to many, equal", 4, 4, 0, "words -> which of them are names",
        'python -m week1.language_models tag "Teddy Roosevelt was a president"',
    ),
    Kind(
        "many to many, different", 3, 3, 3, "a date as people write it -> 1979-05-03",
        'python -m week3.machine_translation translate "3 May 1979"',
    ),
)  # fmt: skip


@dataclass(frozen=True)
class OneToOne:
    """A plain network that was trained: characters, weights, and its loss beside what counting reaches.

    Attributes:
        vocabulary: the characters, the end of a name (a line end) among them.
        kernel, bias: (V, V) and (V,).
        losses: nats per character after each epoch.
        counted: the loss of the relative frequencies, which no network of this kind can go below.
    """

    vocabulary: Vocabulary
    kernel: np.ndarray
    bias: np.ndarray
    losses: list[float]
    counted: float

    def expected(self, character: str, count: int = 5) -> list[tuple[str, float]]:
        """The likeliest next characters after `character` with their probabilities."""
        p = softmax(self.kernel[self.vocabulary.encode(character)[0]] + self.bias)
        return [(self.vocabulary.tokens[index], float(p[index])) for index in np.argsort(-p)[:count]]


def train_one_to_one(names: Sequence[str], *, epochs: int = 300, seed: int = 0) -> OneToOne:
    """Train the plain network on all pairs of neighbouring characters; the end of a name is a line end.

    All pairs are one batch, so an epoch is one step of Adam.
    """
    vocabulary = Vocabulary.build([name + _END for name in names])
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for name in names:
        ids = vocabulary.encode(_END + name + _END)
        np.add.at(counts, (ids[:-1], ids[1:]), 1)
    rng, size = make_rng(seed, "one to one"), len(vocabulary)
    parameters = {"kernel": rng.normal(0, 0.1, (size, size)), "bias": np.zeros(size)}
    adam, losses = Adam(learning_rate=0.1), []
    for _ in range(epochs):
        loss, gradients = loss_and_gradients(parameters, counts)
        adam.update(parameters, gradients)
        losses.append(loss)
    losses.append(loss_and_gradients(parameters, counts)[0])
    return OneToOne(vocabulary, parameters["kernel"], parameters["bias"], losses[1:], counted_entropy(counts))


def loss_and_gradients(parameters: dict[str, np.ndarray], counts: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
    """Mean cross-entropy in nats over pairs that were counted (V, V), and its gradients.

    dlogits[x] = (n(x) p(. | x) - n(x, .)) / n; the gradient of W is dlogits, that of b its sum over x.
    """
    p = softmax(parameters["kernel"] + parameters["bias"], axis=-1)
    total = counts.sum()
    loss = -float((counts * np.log(p)).sum() / total)
    dlogits = (counts.sum(axis=1, keepdims=True) * p - counts) / total
    return loss, {"kernel": dlogits, "bias": dlogits.sum(axis=0)}


def counted_entropy(counts: np.ndarray) -> float:
    """The loss of the relative frequencies themselves, in nats per character."""
    rows = counts.sum(axis=1, keepdims=True)
    seen = counts > 0
    shares = np.divide(counts, rows, out=np.ones_like(counts), where=rows > 0)
    return -float((counts[seen] * np.log(shares[seen])).sum() / counts.sum())
