"""Speech recognition: spoken digits and commands to text, by CTC and by attention.

`utterances` composes spoken sentences, `network` and `train` learn from them, `transcribe` writes down what is said,
`evaluate` counts the errors.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "Composer": "utterances",
    "Utterance": "data",
    "features": "data",
    "load_recordings": "data",
    "read_recording": "data",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
