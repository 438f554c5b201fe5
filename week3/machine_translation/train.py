"""Training of both translators: pairs drawn, the loop of `common.training`, confidences fitted on validation dates.

Dates of the validation and the test split are never learned, in no format.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import InputError
from week3.machine_translation import calibration
from week3.machine_translation.data import Pairs, Task, arrays, find_task
from week3.machine_translation.dates import SPAN, draw_dates
from week3.machine_translation.length_batches import batches_by_length
from week3.machine_translation.measures import matches
from week3.machine_translation.model import ModelConfig, build_model, get_parameters
from week3.machine_translation.trained import TrainedTranslator
from week3.machine_translation.translate import TranslateConfig, decode


@dataclass(frozen=True)
class TrainConfig:
    """How to train.

    Attributes:
        examples: pairs that are drawn to learn from.
        epochs: passes over them.
        batch_size: pairs in a batch.
        learning_rate: the highest rate of Adam; it rises over the first twentieth and falls along a cosine.
        clip: the most that the norm of a batch's gradients may be.
        n_a, n_s, n_attention, n_embedding: of the network, see `ModelConfig`.
        recurrent_activation: of the gates.
        formats: of the dates: "course", or "wide" with more ways to write them.
        span: first and last year of the dates.
        slips: share of the dates that are written with a slip of the finger.
        validation: pairs of validation dates that are looked at after every epoch.
        seed: of the draws, the first weights, the order.
    """

    examples: int = 100_000
    epochs: int = 12
    batch_size: int = 256
    learning_rate: float = 0.005
    clip: float = 1.0
    n_a: int = 32
    n_s: int = 64
    n_attention: int = 10
    n_embedding: int = 32
    recurrent_activation: str = "sigmoid"
    formats: str = "wide"
    span: tuple[int, int] = SPAN
    slips: float = 0.1
    validation: int = 2000
    seed: int = 0

    def __post_init__(self):
        for name in ("examples", "epochs", "batch_size", "validation"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")


DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "dates": {},
    "languages": {
        "examples": 160_000,
        "epochs": 3,
        "batch_size": 128,
        "learning_rate": 0.006,
        "n_a": 64,
        "n_s": 128,
        "n_attention": 32,
    },
}
"""What differs from `TrainConfig`'s own defaults, by task."""


def default_config(task: str, **changes: Any) -> TrainConfig:
    """The settings for a task, with changes."""
    return TrainConfig(**{**DEFAULTS[find_task(task).name], **changes})


def train(
    task_name: str, config: TrainConfig | None = None, *, folder: Path | None = None, progress: bool = True
) -> tuple[TrainedTranslator, Any]:
    """Train a task's translator: the course's network for dates, the one with feedback for languages.

    Args:
        task_name: "dates" or "languages".
        config: how; the task's defaults where it is not given.
        folder: for checkpoints, from which the same call goes on, and the loss curve.
        progress: show a bar.

    Returns:
        The translator, and the `common.training.TrainingResult`.
    """
    import keras

    from common.training import cosine
    from common.training import train as run

    config = config or default_config(task_name)
    task = find_task(task_name)
    shape = model_config(task, config)
    learned = arrays(task, draw_pairs(task, config, "train", config.examples), feedback=shape.feedback)
    watched = arrays(task, draw_pairs(task, config, "validation", config.validation), feedback=shape.feedback)
    steps = config.epochs * -(-config.examples // config.batch_size)
    xla = not shape.feedback and _worth_compiling(steps)
    model = build_model(shape, seed=config.seed, for_xla=xla)
    rate = cosine(config.learning_rate, steps=steps, warm_up=steps // 20)
    if shape.feedback:
        learned = {"x": batches_by_length(learned, batch_size=config.batch_size, seed=config.seed)}
    result = run(
        model,
        learned["x"],
        learned.get("y"),
        sample_weight=learned.get("sample_weight"),
        validation=tuple(part for part in watched.values() if part is not None),
        optimizer=keras.optimizers.Adam(rate, global_clipnorm=config.clip),
        loss="sparse_categorical_crossentropy",
        epochs=config.epochs,
        batch_size=config.batch_size,
        seed=config.seed,
        checkpoint=None if folder is None else folder / "checkpoints",
        identity={"task": task_name, **asdict(config)},
        curves=None if folder is None else folder / "loss.png",
        jit_compile=xla,
        progress=progress,
    )
    trained = TrainedTranslator(task_name, shape, get_parameters(model, shape), {"train": asdict(config)})
    trained.notes |= {"span": list(config.span), "seconds": round(result.seconds)} if task_name == "dates" else {}
    return calibrate(trained, config), result


def _worth_compiling(steps: int) -> bool:
    """Whether XLA's compilation is won back, without feedback: a step takes half the time, compiling some 15 s."""
    return steps >= 500


def model_config(task: Task, config: TrainConfig) -> ModelConfig:
    """The network for a task: without feedback where every translation has the same length."""
    return ModelConfig(
        kind="course" if task.target_length else "feedback",
        n_source=len(task.source),
        n_target=len(task.target),
        source_length=task.source_length,
        target_length=task.longest_target,
        n_a=config.n_a,
        n_s=config.n_s,
        n_attention=config.n_attention,
        n_embedding=config.n_embedding,
        source_padding=task.source.padding_id,
        recurrent_activation=config.recurrent_activation,
    )


def draw_pairs(task: Task, config: TrainConfig, split: str, count: int) -> Pairs:
    """Pairs of a split as the settings say."""
    if task.name != "dates":
        return task.draw(count, split, seed=config.seed, slips=config.slips)
    return draw_dates(count, split, seed=config.seed, formats=config.formats, span=config.span, slips=config.slips)


def calibrate(trained: TrainedTranslator, config: TrainConfig, *, count: int = 6000) -> TrainedTranslator:
    """The translator with its notes on validation pairs: how many are right, and how sure it may be.

    The confidence is fitted to texts half of which, in the task dates, have a slip: there must be wrong answers to
    learn from.
    """
    count = min(count, max(config.examples, 500))
    slipping = dataclasses.replace(config, slips=0.5, seed=config.seed + 1)
    best, right = _right(trained, draw_pairs(trained.task, slipping, "validation", count))
    plain = dataclasses.replace(config, slips=0.0, seed=config.seed + 2)
    found = _right(trained, draw_pairs(trained.task, plain, "validation", count))[1]
    trained.notes["calibration"] = list(calibration.fit(best, right))
    trained.notes["result"] = {"validation exact match": float(found.mean()), "validation strings": count}
    return trained


def _right(trained: TrainedTranslator, pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """Log-probabilities of the translations, and which are right."""
    best = [found[0] for found in decode(trained, trained.task.encode(pairs.sources), TranslateConfig())]
    return np.array([one.log_probability for one in best]), matches([one.text for one in best], pairs.targets)
