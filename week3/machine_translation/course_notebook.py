"""What the course's notebook imports from its helper file, answered by ours; and old ways of calling layers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from week3.machine_translation import course


def helper_names() -> dict[str, Any]:
    """The names that the notebook takes from its helper file."""
    import keras

    return {
        "np": np,
        "K": keras.backend,
        "to_categorical": keras.utils.to_categorical,
        "softmax": course.softmax,
        "load_dataset": course.load_dataset,
        "preprocess_data": course.preprocess_data,
        "string_to_int": course.string_to_int,
        "int_to_string": course.int_to_string,
        "plot_attention_map": lambda *arguments, **options: None,
    }


def with_old_calls(function: Callable[..., Any]) -> Callable[..., Any]:
    """A notebook's function in which recurrent layers may be called with `inputs=`, as Keras 2 and its notebooks do.

    Keras 3 calls that argument `sequence`. While the function runs, layers take either.
    """

    @functools.wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        import keras

        original = keras.layers.RNN.__call__

        def either(layer: Any, *given: Any, **named: Any) -> Any:
            return original(layer, *((named.pop("inputs"), *given) if "inputs" in named else given), **named)

        keras.layers.RNN.__call__ = either
        try:
            return function(*arguments, **options)
        finally:
            keras.layers.RNN.__call__ = original

    return call
