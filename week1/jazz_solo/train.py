"""Training: a solo's bars but the last ones are learnt, those tell when to stop; and the course's own recipe.

The loop is `common.training`: one compiled step, checkpoints, continuation after an interrupt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import InputError
from common.seeding import seed_keras
from week1.jazz_solo.data import build_vocabulary, encode, split_bars, windows
from week1.jazz_solo.grammar import TWELFTHS, Token
from week1.jazz_solo.harmony import Changes
from week1.jazz_solo.model import (
    ModelConfig,
    build_model,
    course_cross_entropy,
    get_parameters,
    summed_cross_entropy,
)
from week1.jazz_solo.network import SoloNetwork
from week1.jazz_solo.piece import Piece


@dataclass(frozen=True)
class TrainConfig:
    """How to train.

    Attributes:
        epochs: passes over all windows, at most.
        batch_size: windows in a batch.
        learning_rate, decay: Adam's rate after t updates is learning_rate / (1 + decay t).
        dropout: share of inputs and outputs that training leaves out.
        n_units, steps: the network's units, and the tokens in a window.
        held_out: share of the bars, the last ones, that are not learnt.
        patience: epochs without a better loss on the held-out bars before it stops; the best epoch is kept.
        spelling: how intervals are named; "plain" is the same in every key.
        transpose: semitones by which further copies of every piece are moved (they differ with "named" only).
        seed: of the weights, the dropout and the order.
    """

    epochs: int = 60
    batch_size: int = 32
    learning_rate: float = 0.005
    decay: float = 0.0005
    dropout: float = 0.3
    n_units: int = 64
    steps: int = 30
    held_out: float = 0.125
    patience: int = 8
    spelling: str = "plain"
    transpose: tuple[int, ...] = ()
    seed: int = 0

    def __post_init__(self):
        if self.transpose and self.spelling == "plain":
            raise InputError(
                "transposing adds nothing with the plain spelling, in which a piece is the same in every key; "
                "give --spelling named with --transpose"
            )


@dataclass(frozen=True)
class Lines:
    """The tokens of the pieces: to learn, held out, and the vocabulary of both."""

    learnt: list[list[Token]]
    held_out: list[list[Token]]
    words: list[str]


def prepare(pieces: Sequence[Piece], config: TrainConfig) -> Lines:
    """Split the pieces' bars and collect the vocabulary; transposed copies are only learnt."""
    learnt, held_out = [], []
    for piece in pieces:
        for semitones in (0, *config.transpose):
            first, last = split_bars(
                piece.transposed(semitones).tokens(spelling=config.spelling), held_out=config.held_out
            )
            learnt.append(first)
            if semitones == 0:
                held_out.append(last)
    return Lines(learnt, held_out, build_vocabulary([*learnt, *held_out]))


def train(
    pieces: Sequence[Piece],
    config: TrainConfig | None = None,
    *,
    folder: Path | None = None,
    progress: bool = True,
) -> tuple[SoloNetwork, Any]:
    """Train on pieces; (the network, the `common.training.TrainingResult`).

    Args:
        pieces: at least one.
        config: how; the default's values where it is not given.
        folder: for checkpoints, from which the same call goes on, and the loss curve.
        progress: show a bar.

    Raises:
        InputError: the pieces are too short for one window.
    """
    import keras

    from common.training import EarlyStopping, inverse_time_decay
    from common.training import train as run

    config = config or TrainConfig()
    lines = prepare(pieces, config)
    n_values = len(lines.words)
    name = ", ".join(piece.name for piece in pieces)
    learnt = windows([encode(line, lines.words) for line in lines.learnt], n_values, steps=config.steps, name=name)
    validation = _held_out_windows(lines, config)
    seed_keras(config.seed)
    model = build_model(ModelConfig(n_values, config.n_units, config.steps, config.dropout))
    result = run(
        model,
        _with_states(learnt.x, config.n_units),
        learnt.y,
        validation=validation,
        optimizer=keras.optimizers.Adam(inverse_time_decay(config.learning_rate, config.decay)),
        loss=summed_cross_entropy,
        epochs=config.epochs,
        batch_size=config.batch_size,
        seed=config.seed,
        early_stopping=EarlyStopping("val_loss", patience=config.patience) if validation else None,
        checkpoint=None if folder is None else folder / "checkpoints",
        curves=None if folder is None else folder / "loss.png",
        progress=progress,
    )
    return SoloNetwork(lines.words, get_parameters(model), describe(pieces, config)), result


def _held_out_windows(lines: Lines, config: TrainConfig) -> tuple[Any, np.ndarray] | None:
    ids = [encode(line, lines.words) for line in lines.held_out if line]
    if not ids:
        return None
    held_out = windows(ids, len(lines.words), steps=config.steps, pad=True)
    return _with_states(held_out.x, config.n_units), held_out.y


def _with_states(x: np.ndarray, n_units: int) -> list[np.ndarray]:
    zeros = np.zeros((len(x), n_units), np.float32)
    return [x, zeros, zeros]


def describe(pieces: Sequence[Piece], config: TrainConfig) -> dict[str, Any]:
    """What a weights file tells about its training, as plain values."""
    return {
        "pieces": [piece.name for piece in pieces],
        "parts": [piece.parts for piece in pieces],
        "bars": [len(piece.bars) - 1 for piece in pieces],
        "config": asdict(config),
        "changes": write_changes(pieces[0].changes),
        "bar": pieces[0].bars[1] - pieces[0].bars[0],
        "length": pieces[0].bars[-1],
        "tempo": round(pieces[0].tempo, 3),
        "inside": inside_share(pieces),
        "places": places_of(pieces),
        "register": register_of(pieces),
    }


def places_of(pieces: Sequence[Piece]) -> list[list[int]]:
    """[place in the quarter, length] of every tone of the pieces, in twelfths, each pair once."""
    pairs = {(tone.start % TWELFTHS, tone.length) for piece in pieces for tone in piece.tones}
    return [list(pair) for pair in sorted(pairs)]


def register_of(pieces: Sequence[Piece]) -> list[int]:
    """The pitches between which nearly all notes of the pieces lie (2nd and 98th percentile), and their median."""
    pitches = [tone.pitch for piece in pieces for tone in piece.notes]
    return [round(float(np.percentile(pitches, share))) for share in (2, 98, 50)]


def write_changes(changes: Changes) -> list[list[Any]]:
    """Changes as [start, symbol] pairs."""
    return [[start, chord.symbol] for start, chord in zip(changes.starts, changes.chords, strict=True)]


def inside_share(pieces: Sequence[Piece]) -> float:
    """The share of the notes that belong to the chord that sounds when they begin, or to its scale."""
    inside = [piece.changes.at(tone.start).inside(tone.pitch) for piece in pieces for tone in piece.notes]
    return float(np.mean(inside))


def train_as_the_course(
    X: np.ndarray,
    Y: np.ndarray,
    *,
    n_units: int = 64,
    epochs: int = 100,
    learning_rate: float = 0.01,
    decay: float = 0.01,
    batch_size: int = 32,
    seed: int = 0,
) -> tuple[Any, list[float]]:
    """The course's recipe on its arrays: (the trained model, the loss of each epoch, nats summed over the steps).

    X is (m, Tx, n_values), Y (Tx, m, n_values). The optimizer is Adam with Keras 2's `decay`.
    """
    import keras

    from common.training import inverse_time_decay
    from common.training import train as run

    m, steps, n_values = X.shape
    seed_keras(seed)
    model = build_model(ModelConfig(n_values, n_units, steps))
    result = run(
        model,
        _with_states(np.asarray(X, np.float32), n_units),
        np.swapaxes(np.asarray(Y, np.float32), 0, 1),
        optimizer=keras.optimizers.Adam(inverse_time_decay(learning_rate, decay)),
        loss=course_cross_entropy,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        progress=False,
    )
    return model, result.history["loss"]
