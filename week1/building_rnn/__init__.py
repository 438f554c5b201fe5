"""Building a recurrent network step by step: the public names, imported when they are first used."""

from __future__ import annotations

import importlib
from typing import Any

_HOME_OF = {
    "rnn_cell_forward": "week1.building_rnn.course",
    "rnn_forward": "week1.building_rnn.course",
    "lstm_cell_forward": "week1.building_rnn.course",
    "lstm_forward": "week1.building_rnn.course",
    "rnn_cell_backward": "week1.building_rnn.course",
    "rnn_backward": "week1.building_rnn.course",
    "lstm_cell_backward": "week1.building_rnn.course",
    "lstm_backward": "week1.building_rnn.course",
    "CELLS": "week1.building_rnn.cells",
    "Cell": "week1.building_rnn.cells",
    "cross_entropy": "week1.building_rnn.loss",
    "loss_and_gradients": "week1.building_rnn.loss",
    "Network": "week1.building_rnn.network",
    "from_keras": "week1.building_rnn.convert",
    "to_keras": "week1.building_rnn.convert",
    "ModelConfig": "week1.building_rnn.model",
    "build_model": "week1.building_rnn.model",
    "load_network": "week1.building_rnn.model",
    "network_of": "week1.building_rnn.model",
    "clip_by_global_norm": "common.recurrent",
    "clip_by_value": "common.recurrent",
}

__all__ = list(_HOME_OF)


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
