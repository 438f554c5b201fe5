"""Version 2 as the course has it: the network's settings and its training; the network itself is in `common`."""

from __future__ import annotations

from common.sentence_classifier.model import ModelConfig
from common.sentence_classifier.train import TrainConfig


def course_config(n_inputs: int, window: int) -> ModelConfig:
    """The course's network: two LSTM(128), no masking, dropout of a half after the LSTMs alone."""
    alone = {"dropout": 0.5, "input_dropout": 0.0, "word_dropout": 0.0, "recurrent_dropout": 0.0}
    return ModelConfig(5, n_inputs, window, masking=False, **alone)


def course_training(seed: int = 0) -> TrainConfig:
    """The course's way: 50 passes with Adam at 0.001 and no regularisation but the network's dropout."""
    return TrainConfig(epochs=50, learning_rate=1e-3, weight_decay=0.0, label_smoothing=0.0, seed=seed)
