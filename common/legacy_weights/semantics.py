"""Functions that Keras 2 had and Keras 3 computes otherwise, registered so that a saved model finds them again.

Importing this module (or `legacy_hard_sigmoid` from the package) is all that `keras.models.load_model` needs to open an
upgraded model.
"""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="sequence_models", name="legacy_hard_sigmoid")
def legacy_hard_sigmoid(x: Any) -> Any:
    """Keras 1 and 2's hard sigmoid, clip(0.2 x + 0.5, 0, 1), elementwise; shape and dtype of `x`, values in [0, 1].

    Keras 3's function of the same name is relu6(x + 3) / 6, whose slope is 1/6. Source: Keras 2.3 documentation.
    """
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)


FUNCTIONS = {"legacy_hard_sigmoid": legacy_hard_sigmoid}
