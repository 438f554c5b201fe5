"""Training a tagger on tagged sentences: the Keras model and the project's loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InputError
from common.seeding import make_rng, seed_keras
from week1.language_models.keras_parameters import from_keras
from week1.language_models.tagging.data import TagBatch, Tagged, build_vocabularies, encode
from week1.language_models.tagging.model import TaggerConfig, build_model
from week1.language_models.tagging.tagger import NameTagger

if TYPE_CHECKING:
    from common.training import TrainingResult


@dataclass(frozen=True)
class TaggerTraining:
    """How a tagger is trained.

    Attributes:
        epochs: passes over the sentences.
        batch_size: sentences in a batch.
        learning_rate: of Adam; it falls to a tenth over the epochs.
        word_dropout: share of the words that are unknown ones in training, so that the characters are learnt from.
        held_out: share of the sentences that the training is watched by.
        seed: of the start, the order and the dropout.
    """

    epochs: int = 5
    batch_size: int = 64
    learning_rate: float = 5e-3
    word_dropout: float = 0.25
    held_out: float = 0.1
    seed: int = 0


def train_tagger(
    sentences: Sequence[Tagged],
    *,
    model: TaggerConfig | None = None,
    config: TaggerTraining | None = None,
    checkpoint: Path | None = None,
    csv_log: Path | None = None,
    curves: Path | None = None,
    progress: bool = False,
) -> tuple[NameTagger, TrainingResult]:
    """Train on tagged sentences; a share of them only watches.

    Args:
        sentences: at least 10, with names in them.
        model: the network; the sizes of its vocabularies are set from the sentences.
        config: how to train.
        checkpoint, csv_log, curves, progress: as `common.training.train` takes them.

    Returns:
        the tagger with the parameters of the best epoch; and the history (losses in nats per token).
    """
    import keras

    from common.training import BatchData, EarlyStopping, cosine
    from common.training import train as run

    config = config or TaggerTraining()
    if len(sentences) < 10:
        raise InputError(f"{len(sentences)} tagged sentences are too few to learn from; give at least 10")
    order = make_rng(config.seed, "tagger split").permutation(len(sentences))
    share = max(1, round(config.held_out * len(sentences)))
    training, watched = ([sentences[index] for index in part] for part in (order[share:], order[:share]))
    vocabularies = build_vocabularies(training)
    sizes = dict(zip(("n_words", "n_characters", "n_tags"), map(len, vocabularies), strict=True))
    model = replace(model or TaggerConfig(1, 1, 1), **sizes)
    whole = encode(training, vocabularies)
    steps = -(-len(training) // config.batch_size)
    known = {tag for sentence in training for _, tag in sentence} | {"O"}
    told = [[(word, tag if tag in known else "O") for word, tag in sentence] for sentence in watched]
    seed_keras(config.seed)
    network = build_model(model)
    result = run(
        network,
        BatchData(lambda epoch: _batches(whole, vocabularies.words.unknown_id, config, epoch), steps=steps),
        validation=_arrays(encode(told, vocabularies)),
        optimizer=keras.optimizers.Adam(
            cosine(config.learning_rate, steps=steps * config.epochs, end=config.learning_rate / 10), clipnorm=1.0
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        epochs=config.epochs,
        early_stopping=EarlyStopping("val_loss", patience=config.epochs),
        checkpoint=checkpoint,
        identity={"sentences": repr(sentences), **asdict(model), **asdict(config)},
        csv_log=csv_log,
        curves=curves,
        jit_compile=False,
        progress=progress,
    )
    notes = {"training": asdict(config), "sentences": len(training), "epochs": result.epochs}
    return NameTagger(model, vocabularies, from_keras(network, model), notes), result


def _batches(whole: TagBatch, unknown_id: int, config: TaggerTraining, epoch: int) -> Iterator[tuple]:
    """The batches of an epoch: another order, and other words made unknown, in each."""
    rng = make_rng(config.seed, "tagger order", epoch)
    order = rng.permutation(len(whole.words))
    for begin in range(0, len(order), config.batch_size):
        part = TagBatch(*(array[order[begin : begin + config.batch_size]] for array in whole))
        hidden = (rng.random(part.words.shape) < config.word_dropout) & (part.words != 0)
        yield _arrays(part._replace(words=np.where(hidden, unknown_id, part.words).astype(np.int32)))


def _arrays(batch: TagBatch) -> tuple[Any, np.ndarray, np.ndarray]:
    """(inputs, targets, weights) of which the loop's mean is the mean over the batch's tokens."""
    weights = batch.mask * (batch.mask.size / batch.mask.sum())
    return (batch.words, batch.characters), batch.tags, weights.astype(np.float32)
