"""Old Keras weights with the same numbers: Keras 1, 2 and tf.keras HDF5 files, read safely and carried into Keras 3.

    python -m common.legacy_weights inspect OLD.h5
    python -m common.legacy_weights upgrade OLD.h5 NEW.keras

`read_weights` and `inspect` import no TensorFlow. The names below are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "LegacyFile": "saved_file",
    "read_weights": "saved_file",
    "load_legacy_weights": "loading",
    "WeightReport": "report",
    "upgrade": "upgrading",
    "legacy_hard_sigmoid": "semantics",
    "inspect_file": "inspection",
}
__all__ = [
    "LegacyFile",
    "WeightReport",
    "inspect_file",
    "legacy_hard_sigmoid",
    "load_legacy_weights",
    "read_weights",
    "upgrade",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
