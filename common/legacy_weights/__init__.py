"""Old Keras weights with the same numbers: Keras 1, 2 and tf.keras HDF5 files, read safely and carried into Keras 3.

    python -m common.legacy_weights inspect OLD.h5
    python -m common.legacy_weights upgrade OLD.h5 NEW.keras

`read_weights` and `inspect` import no TensorFlow. The names below are loaded when they are first used.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "LegacyFile": "saved_file",
    "read_weights": "saved_file",
    "load_legacy_weights": "loading",
    "WeightReport": "report",
    "upgrade": "upgrading",
    "legacy_hard_sigmoid": "semantics",
    "inspect_file": "inspection",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
