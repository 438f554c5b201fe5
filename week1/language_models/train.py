"""Training a language model on the sentences of any text: the Keras model, the project's loop, early stopping.

The loss is the cross-entropy in nats per token, ends included: every token weighs the same, whatever the length of its
sentence and the size of its batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InputError
from common.seeding import make_rng, seed_keras
from week1.language_models.data import LEVELS, Parts, batches, build_vocabulary, digest, encode, rare_words
from week1.language_models.keras_parameters import from_keras
from week1.language_models.model import ModelConfig, build_model
from week1.language_models.trained import TrainedModel

if TYPE_CHECKING:
    from common.training import TrainingResult


@dataclass(frozen=True)
class TrainConfig:
    """How the network is trained.

    Attributes:
        level: "character" or "word".
        epochs: passes over the sentences; the learning rate falls to a tenth over them along half a cosine.
        batch_size: sentences in a batch.
        learning_rate: of Adam, at its height.
        patience: epochs without a better validation loss after which the training ends.
        minimum_count: how often a token must be seen to be in the vocabulary (default: a word twice, a character once).
        maximum_size: of the vocabulary (None: no limit).
        seed: of the start, the order of the sentences and the dropout.
    """

    level: str = "word"
    epochs: int = 12
    batch_size: int = 16
    learning_rate: float = 1e-2
    patience: int = 3
    minimum_count: int | None = None
    maximum_size: int | None = None
    seed: int = 0

    def __post_init__(self):
        if self.level not in LEVELS:
            raise InputError(f"there is no level {self.level!r}; choose one of {', '.join(LEVELS)}")


def train(
    parts: Parts,
    *,
    model: ModelConfig | None = None,
    config: TrainConfig | None = None,
    checkpoint: Path | None = None,
    csv_log: Path | None = None,
    curves: Path | None = None,
    progress: bool = False,
) -> tuple[TrainedModel, TrainingResult]:
    """Train on `parts.training`, watched by `parts.validation`.

    Args:
        parts: the sentences; the held-out ones are not looked at.
        model: the network; `n_vocab` is set from the training sentences.
        config: how to train.
        checkpoint: folder for checkpoints; the same call goes on from what is there, and ends with the same bits.
        csv_log, curves: files for the losses, as a table and as a picture.
        progress: whether to show a bar.

    Returns:
        the model, float32, with the parameters of the best epoch; and the history (losses in nats per token).

    Raises InputError where the text is too short, or the checkpoint folder is another run's.
    """
    import keras

    from common.training import EarlyStopping, cosine
    from common.training import train as run

    config = config or TrainConfig()
    vocabulary = build_vocabulary(
        parts.training, config.level, minimum_count=config.minimum_count, maximum_size=config.maximum_size
    )
    model = replace(model or ModelConfig(len(vocabulary)), n_vocab=len(vocabulary))
    ids = [encode(part, vocabulary, config.level) for part in parts[:2]]
    known = digest([*parts.training, "", *parts.validation])
    steps = config.epochs * -(-len(ids[0]) // config.batch_size)
    seed_keras(config.seed)
    network = build_model(model)
    result = run(
        network,
        weighted_batches(ids[0], config.batch_size, vocabulary.end_id, seed=config.seed),
        validation=weighted_batches(ids[1], config.batch_size, vocabulary.end_id),
        optimizer=keras.optimizers.Adam(
            cosine(config.learning_rate, steps=steps, end=config.learning_rate / 10), clipnorm=1.0
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        epochs=config.epochs,
        early_stopping=EarlyStopping("val_loss", patience=config.patience),
        checkpoint=checkpoint,
        identity={"text": known, **asdict(model), **asdict(config)},
        csv_log=csv_log,
        curves=curves,
        jit_compile=False,
        progress=progress,
    )
    rare = rare_words(parts.training, vocabulary) if config.level == "word" else []
    notes = {"text": known, "training": asdict(config), "epochs": result.epochs}
    return TrainedModel(model, config.level, vocabulary, from_keras(network, model), rare, notes), result


def weighted_batches(ids: Sequence[np.ndarray], batch_size: int, end_id: int, *, seed: int | None = None) -> Any:
    """Batches (inputs, targets, weights) for the loop, in another order every epoch with a seed.

    The loop takes the mean over a batch's steps and sentences, and over an epoch's sentences; with the weights
    mask x steps x sentences / tokens (the last two of the whole text) that is the mean over the text's tokens.
    """
    from common.training import BatchData

    per_sentence = len(ids) / sum(map(len, ids))

    def make(epoch: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        rng = None if seed is None else make_rng(seed, "order", epoch)
        for batch in batches(ids, batch_size, end_id, rng=rng):
            steps = batch.mask.shape[1]
            yield batch.inputs, batch.targets, (batch.mask * (steps * per_sentence)).astype(np.float32)

    return BatchData(make, steps=-(-len(ids) // batch_size))


def describe(result: Any) -> str:
    """One line for the person: how it ended, and the losses of its best epoch."""
    best = result.best_epoch or result.epochs
    history = {name: values[best - 1] for name, values in result.history.items() if len(values) >= best}
    losses = ", ".join(f"{name} {history[name]:.3f}" for name in ("loss", "val_loss") if name in history)
    return f"{result.epochs} epochs in {result.seconds:.0f} s; best epoch {best}: {losses} nats per token"
