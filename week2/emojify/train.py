"""Training of both versions: sentences to words, version 1 in NumPy, version 2 by the project's Keras loop.

Version 2 sees little: some hundred sentences. What helps it on sentences that it has not seen is dropout, in the word
vectors too, weight decay, and a learning rate that falls to 0. A share of the sentences can be kept apart to stop at
the best epoch (the parameters of that epoch are kept), and several networks can vote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from common.errors import InputError
from common.glove import WordVectors
from common.seeding import make_rng, seed_keras
from common.vocabulary import one_hot
from week2.emojify.average import AverageConfig, average, fit, initialize
from week2.emojify.data import LabelledSentences, split_places
from week2.emojify.ids import WordTable
from week2.emojify.model import ModelConfig, Parameters, build_model, from_keras
from week2.emojify.reading import Reader
from week2.emojify.trained import AVERAGE, LSTM, TrainedModel, take_sample

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
    seed: int = 0

    def __post_init__(self):
        for name in ("validation", "label_smoothing"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; give a number from 0 up to, but not, 1")
        if self.members < 1 or self.epochs < 1:
            raise InputError(f"{self.members} networks, {self.epochs} epochs: there must be at least one of each")


def course_training(seed: int = 0) -> TrainConfig:
    """The course's way: 50 passes with Adam at 0.001 and no regularisation but the network's dropout."""
    return TrainConfig(epochs=50, learning_rate=1e-3, weight_decay=0.0, label_smoothing=0.0, seed=seed)


def read_words(data: LabelledSentences, vectors: WordVectors) -> list[tuple[str, ...]]:
    """The known words of every sentence. Raises InputError where no sentence has any."""
    reader = Reader(vectors)
    words = [reader.read(sentence).words for sentence in data.sentences]
    if not any(words):
        raise InputError("the word vectors know no word of any sentence; name vectors of the sentences' language")
    return words


def train_average(
    data: LabelledSentences, vectors: WordVectors, *, config: AverageConfig | None = None, seed: int = 0
) -> TrainedModel:
    """Train version 1: softmax regression on the averages, one sentence a step, as the course does."""
    config = config or AverageConfig()
    words, n = read_words(data, vectors), vectors.dimensions
    X = np.array([average(one, vectors, n) for one in words])
    W, b = initialize(make_rng(seed, "average"), len(data.table), n)
    W, b = fit(X, data.labels, W, b, learning_rate=config.learning_rate, passes=config.passes)
    member = {"dense/kernel": W.T.astype(np.float32), "dense/bias": b.astype(np.float32)}
    model = ModelConfig(len(data.table), n)
    notes = {"sentences": digest(data), "training": asdict(config), "seed": seed}
    return TrainedModel(AVERAGE, data.table, model, [member], _sample(words, vectors), notes)


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
        model: the network; `n_classes` and `n_inputs` are set from the data, and `window` is made wide enough. With
            masking, a wider window costs nothing: training reads no further than the longest sentence.
        config: how to train.
        folder: for the checkpoints (`checkpoints-1`, ...; the same call goes on from what is there), the losses as a
            table and as a picture (`losses-1.csv`, `losses-1.png`, ...), a number for each network.
        progress: whether to show a bar.

    Returns the model, float32, and each network's history (losses in nats per sentence).
    """
    config = config or TrainConfig()
    words = read_words(data, vectors)
    longest, model = max(map(len, words)), model or ModelConfig()
    model = replace(model, n_classes=len(data.table), n_inputs=vectors.dimensions, window=max(model.window, longest))
    table = WordTable(words, vectors, vectors.dimensions)
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
    return TrainedModel(LSTM, data.table, model, members, _sample(words, vectors), notes), results


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
    return from_keras(network, model), result


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
