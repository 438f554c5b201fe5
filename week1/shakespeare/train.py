"""Training on any text: windows, the Keras model, the project's loop; checkpoints, early stopping, curves.

The end of the text is held out for `evaluate`, and the end of the rest for watching the training: the parameters that
are best there are kept. With targets "every" each window teaches what follows each of its characters, not only what
follows the last one as in the course; the network is the same, and learns much more of each pass.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InputError
from common.seeding import make_rng, seed_keras
from week1.shakespeare.data import build_vocabulary, cut_windows, digest, encode, split_three
from week1.shakespeare.model import ModelConfig, build_model, from_keras
from week1.shakespeare.network import BLANK
from week1.shakespeare.trained import TrainedModel

if TYPE_CHECKING:
    from common.training import TrainingResult

TARGETS = ("every", "last")


@dataclass(frozen=True)
class TrainConfig:
    """How the network is trained.

    Attributes:
        epochs: passes over the windows; the learning rate falls to 0 over them along half a cosine.
        batch_size: windows in a batch.
        learning_rate: of Adam, at its height.
        weight_decay: decoupled.
        stride: characters from one window to the next.
        targets: "every" or "last" character of a window.
        blanked: share of the windows that begin with blanks, so that the network knows short starts.
        missing: share of the characters that are blank in the inputs (another choice for each window that holds them).
        held_out: share of the text that is kept for `evaluate`, and of the rest for validation.
        patience: epochs without a better validation loss after which the training ends.
        seed: of the start, the order of the windows, the blanks and the dropout.
    """

    epochs: int = 14
    batch_size: int = 128
    learning_rate: float = 6e-3
    weight_decay: float = 0.2
    stride: int = 3
    targets: str = "every"
    blanked: float = 0.1
    missing: float = 0.1
    held_out: float = 0.1
    patience: int = 5
    seed: int = 0

    def __post_init__(self):
        if self.targets not in TARGETS:
            raise InputError(f"there are no targets {self.targets!r}; choose one of {', '.join(TARGETS)}")


def train(
    text: str,
    *,
    model: ModelConfig | None = None,
    config: TrainConfig | None = None,
    checkpoint: Path | None = None,
    csv_log: Path | None = None,
    curves: Path | None = None,
    progress: bool = False,
) -> tuple[TrainedModel, TrainingResult]:
    """Train a network on `text` (lower-cased).

    Args:
        text: at least 123 characters for windows of 40.
        model: the network; `n_vocab` is set from the text.
        config: how to train.
        checkpoint: folder for checkpoints; the same call goes on from what is there, and ends with the same bits.
        csv_log, curves: files for the losses, as a table and as a picture.
        progress: whether to show a bar.

    Returns:
        the model, float32, with the parameters of the best epoch; and the history (losses in nats per character).

    Raises InputError where the text is too short, or the checkpoint folder is another run's.
    """
    import keras

    from common.training import EarlyStopping, cosine
    from common.training import train as run

    config = config or TrainConfig()
    vocabulary = build_vocabulary(text)
    model = replace(model or ModelConfig(len(vocabulary)), n_vocab=len(vocabulary))
    parts = split_three(text, held_out=config.held_out, window=model.window)
    ids = [encode(part, vocabulary) for part in parts]
    inputs = examples(
        ids[0], model.window, config, line_end=vocabulary.ids.get("\n"), rng=make_rng(config.seed, "blanks")
    )
    watched = examples(ids[1], model.window, replace(config, stride=1))
    steps = config.epochs * -(-len(inputs[0]) // config.batch_size)

    seed_keras(config.seed)
    network = build_model(model, ids=True, every_step=config.targets == "every")
    result = run(
        network,
        inputs[0],
        inputs[1],
        sample_weight=inputs[2],
        validation=watched[:2],
        optimizer=keras.optimizers.AdamW(
            cosine(config.learning_rate, steps=steps), weight_decay=config.weight_decay, clipnorm=1.0
        ),
        loss="sparse_categorical_crossentropy",
        epochs=config.epochs,
        batch_size=config.batch_size,
        seed=config.seed,
        early_stopping=EarlyStopping("val_loss", patience=config.patience),
        checkpoint=checkpoint,
        identity={"text": digest(text), **asdict(model), **asdict(config)},
        csv_log=csv_log,
        curves=curves,
        progress=progress,
    )
    notes = {"text": digest(text), "training": asdict(config), "epochs": result.epochs}
    return TrainedModel(model, vocabulary, from_keras(network), notes), result


def examples(
    ids: np.ndarray,
    window: int,
    config: TrainConfig,
    *,
    line_end: int | None = None,
    rng: np.random.Generator | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """(inputs int32 (windows, window), targets int32, weights float32 or None) to train on.

    Targets and weights are (windows, window) for every character, (windows,) for the last one. A share of the windows,
    which `rng` chooses, begins with blanks (-1) up to its first line end (or, without one, to a random place); what
    would follow a blank before the last of them weighs nothing. Single characters are blanked too. Without `rng` none
    are.
    """
    windows = cut_windows(ids, length=window, stride=config.stride)
    inputs = windows.inputs.astype(np.int32)
    targets = np.concatenate([inputs[:, 1:], windows.targets[:, np.newaxis].astype(np.int32)], axis=1)
    weights = None
    if rng is not None:
        inputs[rng.random(inputs.shape) < config.missing] = BLANK
        blanks = _blanks(windows.inputs, line_end, rng) * (rng.random(len(inputs)) < config.blanked)
        places = np.arange(window)
        inputs[places < blanks[:, np.newaxis]] = BLANK
        weights = (places >= blanks[:, np.newaxis] - 1).astype(np.float32)
    if config.targets == "every":
        return inputs, targets, weights
    return inputs, targets[:, -1], None


def _blanks(inputs: np.ndarray, line_end: int | None, rng: np.random.Generator) -> np.ndarray:
    """How many characters of each window to blank so that a line begins after them: int64 (windows,)."""
    anywhere = rng.integers(0, inputs.shape[1], len(inputs))
    ends = inputs[:, :-1] == line_end
    return np.where(ends.any(axis=1), ends.argmax(axis=1) + 1, anywhere)


def describe(result: Any) -> str:
    """One line for the person: how it ended, and the losses of its best epoch."""
    best = result.best_epoch or result.epochs
    history = {name: values[best - 1] for name, values in result.history.items() if len(values) >= best}
    losses = ", ".join(f"{name} {history[name]:.3f}" for name in ("loss", "val_loss") if name in history)
    return f"{result.epochs} epochs in {result.seconds:.0f} s; best epoch {best}: {losses} nats per character"
