"""Shell options of the networks as settings, with the defaults of each level."""

from __future__ import annotations

import argparse
from typing import Any

from week1.language_models.model import ModelConfig
from week1.language_models.train import TrainConfig

MODEL_DEFAULTS: dict[str, dict[str, Any]] = {
    "word": {"n_embedding": 96, "n_units": 192, "dropout": 0.4, "tied": True},
    "character": {"n_embedding": 32, "n_units": 192, "dropout": 0.25, "tied": False},
}
TRAIN_DEFAULTS: dict[str, dict[str, Any]] = {
    "word": {"epochs": 12, "learning_rate": 1e-2},
    "character": {"epochs": 12, "learning_rate": 1e-2, "batch_size": 8},
}


def model_config(arguments: argparse.Namespace, *, level: str | None = None, **changes: Any) -> ModelConfig:
    """The network that the options describe; its vocabulary is counted later."""
    level = level or arguments.level
    chosen = {
        "cell": getattr(arguments, "cell", None),
        "n_units": arguments.units,
        "n_embedding": arguments.embedding,
        "n_layers": arguments.layers,
        "dropout": arguments.dropout,
        "tied": None if arguments.tied is None else arguments.tied == "yes",
    }
    return ModelConfig(1, **(MODEL_DEFAULTS[level] | _given(chosen) | changes))


def train_config(arguments: argparse.Namespace, *, level: str | None = None) -> TrainConfig:
    """The training that the options describe."""
    level = level or arguments.level
    chosen = {
        "epochs": arguments.epochs,
        "learning_rate": arguments.learning_rate,
        "batch_size": arguments.batch_size,
        "minimum_count": arguments.min_count if level == "word" else None,
        "seed": arguments.seed,
    }
    return TrainConfig(level=level, **(TRAIN_DEFAULTS[level] | _given(chosen)))


def _given(chosen: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in chosen.items() if value is not None}
