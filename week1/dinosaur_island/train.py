"""Training in mini-batches: Adam, masks, dropout, a cosine learning rate, early stopping; checkpoints after each epoch.

A member is trained on the training names and watched on the validation names; the parameters of its best epoch are
kept. An interrupted run goes on from its last checkpoint and ends with the same parameters, bit for bit. A loss that is
not finite ends the member with its best parameters so far.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import atomic_path
from common.errors import InputError
from common.recurrent import Adam, clip_by_global_norm
from common.seeding import make_rng
from common.vocabulary import Vocabulary
from week1.dinosaur_island.data import Batch, build_vocabulary, encode_batch, split_names
from week1.dinosaur_island.ensemble import Ensemble
from week1.dinosaur_island.model import ModelConfig, Parameters
from week1.dinosaur_island.network import CharacterNetwork, Dropout


@dataclass(frozen=True)
class TrainConfig:
    """How the networks are trained.

    Attributes:
        epochs: passes over the training names; the learning rate falls to 0 over them along half a cosine.
        batch_size: names in a batch.
        learning_rate: of Adam, at its height (after 50 steps of warming up).
        weight_decay: decoupled, of all matrices.
        clip_norm: limit of the global norm of the gradients.
        dropout: the rates.
        held_out: share of the names to validate on.
        patience: epochs without a better validation loss after which a member stops.
        members: networks in the ensemble, each from its own random start.
        seed: of the split, the starts, the order of the names and the dropout.
    """

    epochs: int = 60
    batch_size: int = 64
    learning_rate: float = 4e-3
    weight_decay: float = 0.1
    clip_norm: float = 1.0
    dropout: Dropout = field(default_factory=lambda: Dropout(embedding=0.3, recurrent=0.4, output=0.5))
    held_out: float = 0.1
    patience: int = 20
    members: int = 1
    seed: int = 0


@dataclass
class Progress:
    """What a member's training has come to after an epoch.

    Attributes:
        epoch: epochs done.
        training: mean loss of each epoch on the training names, dropout on (nats per character).
        validation: cross-entropy after each epoch on the validation names, dropout off (nats per character).
        best: the parameters with the least validation loss.
        problem: why the training ended early because of the numbers, or empty.
    """

    epoch: int
    training: list[float]
    validation: list[float]
    best: Parameters
    problem: str = ""

    @property
    def loss(self) -> float:
        """The least validation cross-entropy so far (nats per character); infinite before the first epoch is done."""
        return min(self.validation, default=math.inf)


# What `evaluate` chooses from, inside the nine tenths of each split.
RECIPES: dict[str, tuple[ModelConfig, TrainConfig]] = {
    "dropout 0.4": (ModelConfig(1), TrainConfig()),
    "dropout 0.5": (ModelConfig(1), TrainConfig(dropout=Dropout(embedding=0.2, recurrent=0.5, output=0.5))),
}


def train(
    names: Sequence[str],
    *,
    model: ModelConfig | None = None,
    config: TrainConfig | None = None,
    checkpoint: Path | None = None,
    report: Callable[[int, Progress], None] = lambda member, progress: None,
) -> tuple[Ensemble, list[Progress]]:
    """Train an ensemble on `names`, a share of them held out for validation.

    Args:
        names: distinct names.
        model: the network; `n_vocab` is set from the names.
        config: how to train.
        checkpoint: folder for checkpoints; a run with the same names and settings goes on from what is there. Each
            choice of names and settings has a folder of its own in it.
        report: called after each epoch with the member's number and its progress.

    Returns:
        the ensemble, and each member's progress; after a member whose numbers failed, no further one is trained.
    """
    config = config or TrainConfig()
    vocabulary = build_vocabulary(names)
    model = _with_vocabulary(model or ModelConfig(len(vocabulary)), vocabulary)
    training, validation = split_names(names, held_out=config.held_out, seed=config.seed)
    if checkpoint is not None:
        checkpoint = checkpoint / _identity(model, config, training, validation)
    members = []
    for member in range(config.members):
        path = checkpoint / f"member_{member}.npz" if checkpoint else None
        rng = make_rng(config.seed, "member", member)
        for progress in train_member(training, validation, vocabulary, model, config, rng, checkpoint=path):
            report(member, progress)
        members.append(progress)
        if progress.problem:
            break
    notes = {
        "known names": list(names),
        "held-out names": validation,
        "training": asdict(config),
        "validation cross-entropy of each member (nats per character)": [one.loss for one in members],
    }
    return Ensemble(model, vocabulary, [one.best for one in members], notes), members


def _with_vocabulary(model: ModelConfig, vocabulary: Vocabulary) -> ModelConfig:
    return ModelConfig(**{**asdict(model), "n_vocab": len(vocabulary)})


def train_member(
    training: Sequence[str],
    validation: Sequence[str],
    vocabulary: Vocabulary,
    model: ModelConfig,
    config: TrainConfig,
    rng: np.random.Generator,
    *,
    checkpoint: Path | None = None,
) -> Iterator[Progress]:
    """Train one network; yields its progress after each epoch (at least once).

    Without validation names it trains to its last epoch, and the last parameters are the best.
    """
    run = _Run(model, config, vocabulary, training, rng)
    identity = _identity(model, config, vocabulary, training, validation)
    if checkpoint is not None and checkpoint.exists():
        run.restore(checkpoint, identity)
        yield run.progress
    watched = encode_batch(validation, vocabulary) if validation else None
    while not run.finished():
        run.epoch(watched)
        if checkpoint is not None:
            run.save(checkpoint, identity)
        yield run.progress


class _Run:
    """The state of one member's training: parameters, optimizer, generator, progress."""

    def __init__(
        self,
        model: ModelConfig,
        config: TrainConfig,
        vocabulary: Vocabulary,
        training: Sequence[str],
        rng: np.random.Generator,
    ):
        self.network, self.config, self.rng = CharacterNetwork(model, reuse_buffers=True), config, rng
        self.training, self.count = encode_batch(training, vocabulary), len(training)
        self.parameters = self.network.initialize(rng)
        self.adam = Adam(learning_rate=config.learning_rate, weight_decay=config.weight_decay)
        self.last_good = _copy(self.parameters)
        self.progress = Progress(0, [], [], _copy(self.parameters))

    def finished(self) -> bool:
        """Whether all epochs are done, patience has run out, or the numbers failed."""
        progress = self.progress
        waited = len(progress.validation) - 1 - int(np.argmin(progress.validation)) if progress.validation else 0
        return progress.epoch >= self.config.epochs or waited >= self.config.patience or bool(progress.problem)

    def epoch(self, watched: Batch | None) -> None:
        """One pass over the training names, then the validation loss, where there are names to watch."""
        losses = []
        for batch in self._batches():
            loss = self._step(batch)
            if not math.isfinite(loss):
                self._fail(f"the loss became {loss} at iteration {self.adam.steps}")
                return
            losses.append(loss)
        self.progress.epoch += 1
        self.progress.training.append(float(np.mean(losses)))
        if watched is None:
            self.progress.best = self.parameters
            return
        validation = cross_entropy(self.network, self.parameters, watched)
        if not math.isfinite(validation):
            self._fail(f"the validation loss became {validation} after iteration {self.adam.steps}")
            return
        if validation < self.progress.loss:
            self.progress.best = _copy(self.parameters)
        self.progress.validation.append(validation)

    def _fail(self, problem: str) -> None:
        """End the training; without a best epoch, the parameters of the last finite loss are the best there are."""
        self.progress.problem = problem
        if not self.progress.validation:
            self.progress.best = _copy(self.last_good)

    def _batches(self) -> Iterator[Batch]:
        order, size = self.rng.permutation(self.count), self.config.batch_size
        for begin in range(0, self.count, size):
            yield self.training.take(order[begin : begin + size])

    def _step(self, batch: Batch) -> float:
        """One update, unless the loss is not finite; returns the loss."""
        self.adam.learning_rate = self._learning_rate()
        loss, gradients = self.network.loss_and_gradients(
            self.parameters, batch, dropout=self.config.dropout, rng=self.rng
        )
        if math.isfinite(loss):
            for name, value in self.parameters.items():
                np.copyto(self.last_good[name], value)
            clip_by_global_norm(gradients, self.config.clip_norm)
            self.adam.update(self.parameters, gradients)
        return loss

    def _learning_rate(self) -> float:
        steps = self.config.epochs * math.ceil(self.count / self.config.batch_size)
        warmed = min(1.0, (self.adam.steps + 1) / 50)
        return self.config.learning_rate * warmed * 0.5 * (1 + math.cos(math.pi * self.adam.steps / steps))

    def save(self, path: Path, identity: str) -> None:
        """Write everything that the next epoch depends on."""
        header = {
            "identity": identity,
            "epoch": self.progress.epoch,
            "training": self.progress.training,
            "validation": self.progress.validation,
            "problem": self.progress.problem,
            "generator": self.rng.bit_generator.state,
            "steps": self.adam.steps,
        }
        arrays = {f"parameter {name}": value for name, value in self.parameters.items()}
        arrays |= {f"best {name}": value for name, value in self.progress.best.items()}
        arrays |= {f"adam {name}": value for name, value in self.adam.state().items() if name != "steps"}
        with atomic_path(path) as temporary:
            np.savez(temporary, header=np.array(json.dumps(header)), **arrays)

    def restore(self, path: Path, identity: str) -> None:
        """Continue from a checkpoint; InputError if it is damaged or belongs to another run."""
        try:
            with np.load(path, allow_pickle=False) as archive:
                header = json.loads(str(archive["header"]))
                arrays = {name: archive[name] for name in archive.files}
        except Exception as error:
            raise InputError(f"{path}: is no usable checkpoint ({error}); delete it to start anew") from None
        if header["identity"] != identity:
            raise InputError(f"{path}: is the checkpoint of another run; name another folder with --out, or delete it")
        self.parameters = _group(arrays, "parameter ")
        self.progress = Progress(
            header["epoch"], header["training"], header["validation"], _group(arrays, "best "), header["problem"]
        )
        self.rng.bit_generator.state = header["generator"]
        self.adam.load_state({"steps": header["steps"], **_group(arrays, "adam ")})


def cross_entropy(network: CharacterNetwork, parameters: Parameters, batch: Batch) -> float:
    """Nats per character of one network on a batch, the end of name counted as one."""
    log_p = network.log_probabilities(parameters, batch)
    picked = np.take_along_axis(log_p, batch.targets[..., np.newaxis], axis=-1)[..., 0]
    return float(-(picked * batch.mask).sum() / batch.mask.sum())


def _identity(*parts: Any) -> str:
    """A short string for the names and settings of a run."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _group(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}


def _copy(parameters: Parameters) -> Parameters:
    return {name: value.copy() for name, value in parameters.items()}
