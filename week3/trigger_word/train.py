"""Training: examples made of clips, the loop of `common.training`, the parameters with what the network is for.

    network, result = train(clips, TrainConfig(), folder=run)             # our own network, from nothing
    train(clips, TrainConfig(network="course", ...), start="model.h5")    # the course's, from its own weights on

Our own network learns from examples that are made once and varied anew in every epoch. For the course's, whose
spectrograms are thirty times as large, every example is made when it is needed, and never comes again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from common.cli import say
from common.errors import InputError
from common.seeding import seed_keras
from week3.trigger_word.data import ClipSet
from week3.trigger_word.examples import batches, example_arrays, make_examples
from week3.trigger_word.front_end import LOG_MEL, SPECTROGRAM, FrontEnd
from week3.trigger_word.generation import GenerationConfig, Generator
from week3.trigger_word.model import OWN, ModelConfig, build_model
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.weights import Parameters, from_keras, load_parameters, to_keras

NETWORKS = {"own": (OWN, LOG_MEL), "course": (ModelConfig(), SPECTROGRAM)}
_GENERATION = GenerationConfig(activates=(0, 3), negatives=(1, 6), ratio_db=(3.0, 25.0), part_chance=0.12)
_LATER = {"speed": (0.85, 1.18), "semitones": (-3.0, 3.0), "negatives": (2, 7), "part_chance": 0.15}
_CLIP_NORM = 1.0


@dataclass(frozen=True)
class TrainConfig:
    """How to train.

    Attributes:
        network: "own" or "course".
        examples: of 10 s, in an epoch.
        epochs: passes over them.
        batch_size: examples in a batch.
        learning_rate: of Adam, at its highest: it rises for the first twentieth of the steps and falls to nothing.
        dropout: rate of the network's dropout layers; None for the network's own.
        freeze_batch_norm: leave the batch normalisations as they are, for going on from weights.
        generation: how examples are drawn.
        seed: of the weights, the examples, the dropout and the order.
    """

    network: str = "own"
    examples: int = 3000
    epochs: int = 12
    batch_size: int = 32
    learning_rate: float = 0.004
    dropout: float | None = None
    freeze_batch_norm: bool = False
    generation: GenerationConfig = _GENERATION
    seed: int = 0

    @classmethod
    def for_course(cls) -> TrainConfig:
        """Settings for going on with the course's network: the course's batches and rate."""
        return cls(network="course", examples=50, epochs=5, batch_size=5, learning_rate=1e-4)

    def in_round(self, number: int) -> TrainConfig:
        """The settings of a round, counted from 0: the first ones are these.

        Later rounds are half as long, at half the rate, on other examples, in which words are varied more.
        """
        if not number:
            return self
        return replace(
            self,
            epochs=max(1, self.epochs // 2),
            learning_rate=self.learning_rate / 2,
            generation=replace(self.generation, **_LATER),
            seed=self.seed + number,
        )

    def __post_init__(self):
        if self.network not in NETWORKS:
            raise InputError(f"there is no network {self.network!r}; choose own or course")

    @property
    def model(self) -> ModelConfig:
        """The network's sizes."""
        config = NETWORKS[self.network][0]
        return config if self.dropout is None else replace(config, dropout=self.dropout)

    @property
    def front_end(self) -> FrontEnd:
        """What stands before the network."""
        return NETWORKS[self.network][1]

    @property
    def steps(self) -> int:
        """Batches in all epochs."""
        return self.epochs * max(1, self.examples // self.batch_size)


def train(
    clips: ClipSet,
    config: TrainConfig | None = None,
    *,
    start: str | os.PathLike[str] | Parameters | None = None,
    folder: Path | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> tuple[TriggerNetwork, Any]:
    """Train on clips; (the network, the `common.training.TrainingResult`).

    Args:
        clips: at the rate of the network's front end.
        config: how.
        start: a weights file of the same network to go on from, or its parameters.
        folder: for checkpoints, from which the same call goes on, and the loss curve.
        workers: processes that make examples; as many as there are processors where it is not given.
        progress: show a bar.

    Raises:
        InputError: the clips have another rate, or the weights are another network's.
    """
    import keras

    from common.training import cosine
    from common.training import train as run

    config = config or TrainConfig()
    if clips.rate != config.front_end.rate:
        raise InputError(f"the clips have {clips.rate} samples a second; load them at {config.front_end.rate}")
    parameters = _starting_point(start, config)
    seed_keras(config.seed)
    compiled = config.network == "course"  # our own weights that ship were trained by Keras's layers
    model = build_model(config.model, freeze_batch_norm=config.freeze_batch_norm, compiled=compiled)
    if parameters is not None:
        to_keras(model, parameters)
    generator = Generator(clips, config.generation, seed=config.seed)
    schedule = cosine(config.learning_rate, steps=config.steps, warm_up=config.steps // 20)
    result = run(
        model,
        _epochs(generator, config, workers or os.cpu_count() or 1),
        optimizer=keras.optimizers.Adam(schedule, global_clipnorm=_CLIP_NORM),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        epochs=config.epochs,
        seed=config.seed,
        checkpoint=None if folder is None else folder / "checkpoints",
        identity=identity(clips, config, parameters),
        curves=None if folder is None else folder / "loss.png",
        progress=progress,
    )
    return TriggerNetwork(config.model, from_keras(model), config.front_end, notes(config, result)), result


def _starting_point(start: str | os.PathLike[str] | Parameters | None, config: TrainConfig) -> Parameters | None:
    """The parameters to go on from; those of a weights file are checked to be this network's."""
    if start is None or isinstance(start, dict):
        return start
    found, parameters = load_parameters(start)
    if found.parameter_shapes() != config.model.parameter_shapes() or found.stride != config.model.stride:
        raise InputError(f"{start}: are not weights of the network {config.network!r}; give those, or choose the other")
    return parameters


def _epochs(generator: Generator, config: TrainConfig, workers: int) -> Any:
    """`make(epoch)` for the training loop."""
    from common.training import BatchData

    if config.network == "own":
        say(f"making {config.examples} examples of 10 s")
        x, y = make_examples(generator, config.front_end, config.model, config.examples, workers=workers)
        return BatchData(
            lambda epoch: batches(x, y, config.batch_size, config.seed, epoch),
            steps=max(1, config.examples // config.batch_size),
        )
    return BatchData(lambda epoch: _fresh(generator, config, epoch), steps=max(1, config.examples // config.batch_size))


def _fresh(generator: Generator, config: TrainConfig, epoch: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """An epoch's batches of examples that no other epoch has."""
    first = epoch * config.examples
    for start in range(first, first + config.examples, config.batch_size):
        numbers = range(start, min(start + config.batch_size, first + config.examples))
        x, y = example_arrays(generator, config.front_end, config.model, numbers, np.float32)
        yield x, y[..., None].astype(np.float32)


def identity(clips: ClipSet, config: TrainConfig, parameters: Parameters | None) -> dict[str, str]:
    """What makes this training another than the next: clips, settings, and where it starts from."""
    content = hashlib.sha256()
    for clip in (*clips.activates, *clips.negatives, *clips.backgrounds):
        content.update(clip.samples.tobytes())
    begun = hashlib.sha256()
    for name, value in sorted((parameters or {}).items()):
        begun.update(name.encode() + value.tobytes())
    return {"clips": content.hexdigest(), "settings": str(sorted(asdict(config).items())), "start": begun.hexdigest()}


def notes(config: TrainConfig, result: Any) -> dict[str, Any]:
    """What the weights file tells: all that is needed to hear with them, and how they came about."""
    return {
        "front end": config.front_end.name,
        "stride": config.model.stride,
        "training": asdict(config),
        "loss": round(float(result.history["loss"][-1]), 5) if result.history.get("loss") else None,
        "seconds of training": round(result.seconds, 1),
    }
