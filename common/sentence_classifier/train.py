"""Training of both versions: sentences to words, version 1 in NumPy, version 2 by the project's Keras loop.

Version 2 sees little: some hundred sentences. What helps it on sentences that it has not seen is dropout, in the word
vectors too, weight decay, and a learning rate that falls to 0. A share of the sentences can be kept apart to stop at
the best epoch (the parameters of that epoch are kept), and several networks can vote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from common.errors import InputError
from common.glove import WordVectors
from common.seeding import make_rng, seed_keras
from common.sentence_classifier.average import AverageConfig, average, fit, fit_with_vectors, initialize
from common.sentence_classifier.ids import WordTable
from common.sentence_classifier.labelled import LabelledSentences, split_places
from common.sentence_classifier.model import ModelConfig, Parameters, build_model, from_keras, learnt_vectors
from common.sentence_classifier.reading import Reader
from common.sentence_classifier.trained import AVERAGE, LSTM, TrainedModel, take_sample
from common.vocabulary import one_hot
from common.words import words_of

if TYPE_CHECKING:
    from common.training import TrainingResult


@dataclass(frozen=True)
class TrainConfig:
    """How version 2 is trained.

    Attributes:
        epochs: passes over the sentences; the learning rate falls to 0 over them along half a cosine.
        batch_size: sentences in a batch.
        learning_rate: of Adam, at its height.
        weight_decay: decoupled.
        label_smoothing: share of the truth that is spread over all classes.
        validation: share of the sentences by which the best epoch is found; 0: all are learnt from, to the end.
        patience: epochs without a better validation loss after which training stops.
        members: networks whose probabilities are averaged, each with a start of its own.
        cut: whether sentences longer than the network's window are cut, not the window widened.
        seed: of the starts, the orders, the dropout and the split.
    """

    epochs: int = 40
    batch_size: int = 32
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    validation: float = 0.0
    patience: int = 10
    members: int = 1
    cut: bool = False
    seed: int = 0

    def __post_init__(self):
        for name in ("validation", "label_smoothing"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; give a number from 0 up to, but not, 1")
        if self.members < 1 or self.epochs < 1:
            raise InputError(f"{self.members} networks, {self.epochs} epochs: there must be at least one of each")


def read_words(data: LabelledSentences, vocabulary: Container[str]) -> list[tuple[str, ...]]:
    """The words of every sentence that the vocabulary has. Raises InputError where no sentence has any."""
    reader = Reader(vocabulary)
    words = [reader.read(sentence).words for sentence in data.sentences]
    if not any(words):
        raise InputError("the word vectors know no word of any sentence; name vectors of the sentences' language")
    return words


def read_to_learn(
    data: LabelledSentences, vectors: WordVectors, *, learn_vectors: bool, seed: int, longest: int | None = None
) -> tuple[list[tuple[str, ...]], Mapping[str, np.ndarray]]:
    """(the words of every sentence, what their vectors are at first).

    Where the vectors are learnt along, every word of a sentence is one, and those that the vectors lack begin as what
    they are read as (plurals as their singular), or as random numbers of the usual size. Sentences are cut after
    `longest` words.
    """
    if not learn_vectors:
        return [words[:longest] for words in read_words(data, vectors)], vectors
    own = {word for sentence in data.sentences for word in words_of(sentence)}
    words = [one[:longest] for one in read_words(data, own | set(vectors))]
    reader, rng = Reader(vectors), make_rng(seed, "word vectors")
    size = float(np.std(vectors.matrix[:10_000]))
    start = {}
    for word in sorted({word for one in words for word in one}):
        near = reader.read(word).words
        start[word] = vectors[near[0]] if len(near) == 1 else rng.normal(0, size, vectors.dimensions)
    return words, start


def train_average(
    data: LabelledSentences, vectors: WordVectors, *, config: AverageConfig | None = None, seed: int = 0
) -> TrainedModel:
    """Train version 1: softmax regression on the averages, one sentence a step, as the course does."""
    config = config or AverageConfig()
    words, start = read_to_learn(data, vectors, learn_vectors=config.learn_vectors, seed=seed)
    n, rng = vectors.dimensions, make_rng(seed, "average")
    W, b = initialize(rng, len(data.table), n)
    options = {"learning_rate": config.learning_rate, "passes": config.passes}
    own: dict[str, np.ndarray] = {}
    if config.learn_vectors:
        table = WordTable(words, start, n)
        ids = [np.array([table.ids[word] - 1 for word in one], int) for one in words]
        matrix, W, b = fit_with_vectors(ids, data.labels, table.matrix[1:], W, b, rng=rng, **options)
        own = {"embedding": matrix.astype(np.float32)}
    else:
        W, b = fit(np.array([average(one, vectors, n) for one in words]), data.labels, W, b, **options)
    member = {"dense/kernel": W.T.astype(np.float32), "dense/bias": b.astype(np.float32)} | own
    model = ModelConfig(len(data.table), n, learn_vectors=config.learn_vectors)
    notes = {"sentences": digest(data), "training": asdict(config), "seed": seed}
    names = tuple(table.ids) if own else ()
    return TrainedModel(AVERAGE, data.table, model, [member], _sample(words, vectors), notes, names)


def train(
    data: LabelledSentences,
    vectors: WordVectors,
    *,
    model: ModelConfig | None = None,
    config: TrainConfig | None = None,
    folder: Path | None = None,
    progress: bool = False,
) -> tuple[TrainedModel, list[TrainingResult]]:
    """Train version 2.

    Args:
        data: the sentences.
        vectors: of their words.
        model: the network; `n_classes` and `n_inputs` are set from the data, and `window` is made wide enough, unless
            longer sentences are to be cut. With masking, a wider window costs nothing: training reads no further than
            the longest sentence.
        config: how to train.
        folder: for the checkpoints (`checkpoints-1`, ...; the same call goes on from what is there), the losses as a
            table and as a picture (`losses-1.csv`, `losses-1.png`, ...), a number for each network.
        progress: whether to show a bar.

    Returns the model, float32, and each network's history (losses in nats per sentence).
    """
    config = config or TrainConfig()
    model = model or ModelConfig()
    words, start = read_to_learn(
        data, vectors, learn_vectors=model.learn_vectors, seed=config.seed, longest=model.window if config.cut else None
    )
    window = max(model.window, max(map(len, words)))
    model = replace(model, n_classes=len(data.table), n_inputs=vectors.dimensions, window=window)
    table = WordTable(words, start, vectors.dimensions)
    members, results = [], []
    for number in range(config.members):
        seed = config.seed + 1000 * number
        parameters, result = _train_one(
            data, words, table, model, replace(config, seed=seed), folder, name=str(number + 1), progress=progress
        )
        members.append(parameters)
        results.append(result)
    notes = {
        "sentences": digest(data),
        "training": asdict(config),
        "epochs": [result.best_epoch or result.epochs for result in results],
    }
    names = tuple(table.ids) if model.learn_vectors else ()
    return TrainedModel(LSTM, data.table, model, members, _sample(words, vectors), notes, names), results


def _train_one(
    data: LabelledSentences,
    words: Sequence[Sequence[str]],
    table: WordTable,
    model: ModelConfig,
    config: TrainConfig,
    folder: Path | None,
    *,
    name: str,
    progress: bool,
) -> tuple[Parameters, TrainingResult]:
    """Train one network; returns its parameters and history."""
    import keras

    from common.training import EarlyStopping, cosine
    from common.training import train as run

    kept, held = _parts(data, config)
    model = replace(model, window=max(map(len, words))) if model.masking else model
    ids = table.encode(words, window=model.window, padding=model.padding)
    targets = one_hot(data.labels, len(data.table))
    steps = config.epochs * -(-len(kept) // config.batch_size)
    seed_keras(config.seed)
    network = build_model(model, table.matrix)
    result = run(
        network,
        ids[kept],
        targets[kept],
        validation=(ids[held], targets[held]) if len(held) else None,
        optimizer=keras.optimizers.AdamW(
            cosine(config.learning_rate, steps=steps), weight_decay=config.weight_decay, clipnorm=1.0
        ),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=config.label_smoothing),
        metrics=["accuracy"],
        epochs=config.epochs,
        batch_size=config.batch_size,
        seed=config.seed,
        early_stopping=EarlyStopping("val_loss", patience=config.patience) if len(held) else None,
        checkpoint=folder / f"checkpoints-{name}" if folder else None,
        identity={"sentences": digest(data), **asdict(config)},
        csv_log=folder / f"losses-{name}.csv" if folder else None,
        curves=folder / f"losses-{name}.png" if folder else None,
        progress=progress,
    )
    own = {"embedding": learnt_vectors(network)} if model.learn_vectors else {}
    return from_keras(network, model) | own, result


def _parts(data: LabelledSentences, config: TrainConfig) -> tuple[np.ndarray, np.ndarray]:
    """Places of the sentences to learn from, and of those to watch the training by."""
    held = split_places(data, share=config.validation, seed=config.seed) if config.validation else np.array([], int)
    return np.setdiff1d(np.arange(len(data)), held), held


def _sample(words: Sequence[Sequence[str]], vectors: WordVectors) -> dict[str, list[float]]:
    return take_sample([word for one in words for word in one], vectors)


def digest(data: LabelledSentences) -> str:
    """SHA-256 of sentences and labels, which a trained model keeps to tell what it learnt."""
    rows = zip(data.sentences, data.labels.tolist(), strict=True)
    return hashlib.sha256("\n".join(f"{label}\t{sentence}" for sentence, label in rows).encode()).hexdigest()


def describe(results: Sequence[TrainingResult]) -> str:
    """A line for each network: how it ended, and what its best epoch came to."""
    return "\n".join(_described(result) for result in results)


def _described(result: TrainingResult) -> str:
    best = result.best_epoch or result.epochs
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    found = {name: result.history[name][best - 1] for name in names if name in result.history}
    numbers = ", ".join(f"{name.replace('val_', 'validation ')} {value:.3f}" for name, value in found.items())
    return f"{result.epochs} epochs in {result.seconds:.0f} s; epoch {best}: {numbers}"
