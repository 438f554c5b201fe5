"""Writing an upgraded model to a `.keras` file, and making sure that plain Keras opens it again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.atomic import atomic_path
from common.errors import InputError
from common.legacy_weights.inspection import Inspection
from common.legacy_weights.upgrading import upgrade

if TYPE_CHECKING:
    import keras


def write_upgraded(old: str | os.PathLike[str], new: str | os.PathLike[str], **options: Any) -> keras.Model:
    """Upgrade `old` (with `upgrade`'s options), write the model to `new` and return it as Keras opens it from there.

    The file is opened again before it takes its name; InputError where Keras does not get back every weight.
    """
    import keras

    model = upgrade(old, **options)
    with atomic_path(new) as temporary:
        try:
            model.save(temporary)
            reopened = keras.models.load_model(temporary, compile=False)
        except Exception as error:
            raise InputError(
                f"{old}: Keras does not open the model that was made of it ({' '.join(str(error).split())[:200]}); "
                "use upgrade in Python and save the weights"
            ) from error
        if not _same_weights(model, reopened):
            raise InputError(f"{old}: the weights do not survive Keras's own saving; use upgrade in Python instead")
    return reopened


def _same_weights(first: keras.Model, second: keras.Model) -> bool:
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return all(np.array_equal(one, other, equal_nan=True) for one, other in pairs)


def summary(found: Inspection, model: keras.Model, new: Path) -> str:
    """What the shell prints after an upgrade."""
    lines = [
        f"{new}: {model.name!r}, {len(model.layers)} layers, {model.count_params():,} parameters, "
        f"from Keras {found.file.keras.text}",
        "opened again with keras.models.load_model: every weight equal",
    ]
    notes = [f"  {name}: {note}" for name, notes in found.notes.items() for note in dict.fromkeys(notes)]
    if notes:
        lines += ["read with the meaning it had:", *notes]
    if any("hard_sigmoid" in note for note in notes):
        lines.append("to open it: from common.legacy_weights import legacy_hard_sigmoid, then load_model as usual")
    return "\n".join(lines)
