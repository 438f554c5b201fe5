"""What is trained by default, and shell options as settings."""

from __future__ import annotations

import argparse
from typing import Any

from week3.speech_recognition.model import ModelConfig
from week3.speech_recognition.train import TrainConfig

EXAMPLES = 6000
_MODEL = {"units": "n_units", "layers": "n_layers", "dropout": "dropout"}
_TRAINING = ("epochs", "batch_size", "learning_rate", "seed")


def model_config(arguments: argparse.Namespace) -> ModelConfig:
    """The network that the options `network`, `units`, `layers`, `dropout` describe; None stands for the default."""
    chosen = {field: getattr(arguments, option, None) for option, field in _MODEL.items()}
    return ModelConfig(arguments.network, **_given(chosen))


def train_config(arguments: argparse.Namespace) -> TrainConfig:
    """The training that the options `network`, `epochs`, `batch_size`, `learning_rate`, `seed` describe."""
    chosen = _given({name: getattr(arguments, name, None) for name in _TRAINING})
    return TrainConfig.for_attention(**chosen) if arguments.network == "attention" else TrainConfig(**chosen)


def example_count(arguments: argparse.Namespace) -> int:
    """How many sentences to compose: the option `examples`, or the default."""
    return getattr(arguments, "examples", None) or EXAMPLES


def _given(chosen: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in chosen.items() if value is not None}
