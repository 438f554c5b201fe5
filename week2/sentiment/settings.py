"""What the options are set to unless told otherwise. Light, since the shell reads it first."""

from __future__ import annotations

from common.sentence_classifier.options import Usual

USUAL = Usual(
    units=64,
    layers=1,
    bidirectional=True,
    window=100,
    cut=True,
    learn_vectors=True,
    dropout=0.3,
    input_dropout=0.1,
    word_dropout=0.05,
    recurrent_dropout=0.0,
    epochs=12,
    label_smoothing=0.05,
    weight_decay=0.02,
    average_epochs=10,
    average_learning_rate=0.05,
)
COMPOSED, TESTED = 8000, 600
"""How many sentences ship for training and for the test."""
