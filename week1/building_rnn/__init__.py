"""Building a recurrent network step by step: the public names, imported when they are first used."""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "rnn_cell_forward": "course",
    "rnn_forward": "course",
    "lstm_cell_forward": "course",
    "lstm_forward": "course",
    "rnn_cell_backward": "course",
    "rnn_backward": "course",
    "lstm_cell_backward": "course",
    "lstm_backward": "course",
    "CELLS": "cells",
    "Cell": "cells",
    "cross_entropy": "loss",
    "loss_and_gradients": "loss",
    "Network": "network",
    "from_keras": "convert",
    "to_keras": "convert",
    "ModelConfig": "model",
    "build_model": "model",
    "load_network": "model",
    "network_of": "model",
    "clip_by_global_norm": "common.recurrent",
    "clip_by_value": "common.recurrent",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
