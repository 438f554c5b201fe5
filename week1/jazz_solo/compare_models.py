"""How the course's figures of its models are computed: built as the course builds them, counted, looked at, run."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from common.agreement import SelectionError
from common.course_figures import Context, Figure

_N_A, _TX, _TY = 64, 30, 50


def _sizes(figure: Figure) -> tuple[int, int]:
    """(n_values, n_a) from the inputs, or from the number that the description begins with."""
    number = re.match(r"\s*(\d+)\b", figure.what)
    n_values = figure.scalar("n_values") or (number.group(1) if number else None)
    if n_values is None:
        n_values = 90 if "2021" in figure.source else 78
    return int(n_values), int(figure.scalar("n_a", _N_A))


def _layers(n_values: int, n_a: int) -> tuple[Any, Any, Any]:
    """The course's three shared layers: LSTM cell, densor, reshaper."""
    import keras

    lstm = keras.layers.LSTM(n_a, return_state=True)
    densor = keras.layers.Dense(n_values, activation="softmax")
    return lstm, densor, keras.layers.Reshape((1, n_values))


def djmodel_figure(figure: Figure, context: Context) -> Any:
    """A count, the outputs or the layers of the training model."""
    n_values, n_a = _sizes(figure)
    steps = int(figure.scalar("Tx", _TX))

    def build() -> tuple[Any, ...]:
        make, layers = context.function("djmodel"), _layers(n_values, n_a)
        in_2018 = "n_values" in inspect.signature(make).parameters  # layers were global there
        model = make(steps, n_a, n_values) if in_2018 else make(steps, *layers)
        return model, _of_class(model, "LSTM"), _of_class(model, "Dense")

    model, lstm, densor = context.once(("djmodel", steps, n_values, n_a), build)
    return _of_model(figure, model, lstm, densor)


def _of_class(model: Any, name: str) -> Any:
    """The model's first layer of a class; SelectionError where it has none."""
    for layer in model.layers:
        if type(layer).__name__ == name:
            return layer
    raise SelectionError(f"the model has no {name} layer")


def inference_figure(figure: Figure, context: Context) -> Any:
    """The same of the improvising model."""
    n_values, n_a = _sizes(figure)
    steps = int(figure.scalar("Ty", _TY))
    model, lstm, densor = _inference_model(context, steps, n_values, n_a)
    return _of_model(figure, model, lstm, densor, inference=True)


def _inference_model(context: Context, steps: int, n_values: int, n_a: int) -> tuple[Any, ...]:
    from week1.jazz_solo.course_notebook import with_symbolic_tensors

    def build() -> tuple[Any, ...]:
        lstm, densor, _ = _layers(n_values, n_a)
        lstm.build((None, 1, n_values))
        densor.build((None, n_a))
        make = context.function("music_inference_model")
        if context.solution:
            make = with_symbolic_tensors(make)
        in_2018 = "n_values" in inspect.signature(make).parameters
        model = make(lstm, densor, n_values, n_a, steps) if in_2018 else make(lstm, densor, steps)
        return model, lstm, densor

    return context.once(("music_inference_model", steps, n_values, n_a), build)


def _of_model(figure: Figure, model: Any, lstm: Any, densor: Any, *, inference: bool = False) -> Any:
    """A parameter count, a number of layers or outputs, or the list of layers of a built model."""
    what = figure.what.lower()
    if "lstm" in what and "param" in what:
        return lstm.count_params()
    if "dense" in what and "param" in what:
        return densor.count_params()
    if "param" in what:
        return model.count_params()
    if "output" in what:
        shapes = [list(output.shape) for output in model.outputs]
        if isinstance(figure.expected, int):
            return len(shapes)
        return shapes[: len(figure.expected)] if isinstance(figure.expected[0], list) else shapes[0]
    if "layers" in what and isinstance(figure.expected, int):
        return len(model.layers)
    return _summary(figure, model, lstm, densor, inference=inference)


def _summary(figure: Figure, model: Any, lstm: Any, densor: Any, *, inference: bool) -> list[list[Any]]:
    """The model's layers in the rows and words of the figure, each value taken from the model."""
    rows = []
    for row in figure.expected:
        found = _row(str(row[0]), model, lstm, densor, inference=inference)
        if found is None:
            raise SelectionError(f"the model has no layer {row[0]!r}")
        rows.append(found[: len(row)])
    return rows


def _row(label: str, model: Any, lstm: Any, densor: Any, *, inference: bool) -> list[Any] | None:
    """One row of a summary: label, output shape, parameters (and activation), or None where there is no such layer."""
    words = label.lower()
    if words.startswith("inputlayer"):
        name = words.split()[1] if len(words.split()) > 1 else ""
        tensor = model.inputs[{"a0": 1, "c0": 2}.get(name, 0)]
        return [label, list(tensor.shape), 0]
    if words.startswith("lstm") and lstm in model.layers:
        state = [None, lstm.units]
        return [label, [state, state, state], lstm.count_params(), lstm.activation.__name__]
    if words.startswith("dense") and densor in model.layers:
        return [label, [*model.outputs[0].shape], densor.count_params(), densor.activation.__name__]
    count = re.search(r"\d+", label)
    if "slice" in words or "getitem" in words:
        # a slice is an operation without weights, or a Lambda layer
        taken = [one for one in model.operations if type(one).__name__ in ("GetItem", "Lambda")]
        return [label, list(taken[0].output.shape), 0] if taken and (not count or len(taken) == int(count[0])) else None
    if words.startswith("reshape"):
        shapes = [layer.output.shape for layer in model.layers if type(layer).__name__ == "Reshape"][:1]
        return [label, list(shapes[0]), 0] if shapes else None
    if inference and "argmax" in words:
        shape = [None, 1, densor.units]
        return [label, shape, f"repeated Ty={len(model.outputs)} times"]
    return None


def improvised_figure(figure: Figure, context: Context) -> Any:
    """Shapes of what is improvised, or whether its rule holds."""
    n_values, n_a = _sizes(figure)
    steps = int(figure.scalar("Ty", _TY))
    predict = context.function("predict_and_sample")

    def improvise() -> tuple[np.ndarray, np.ndarray]:
        model, _, _ = _inference_model(context, steps, n_values, n_a)
        zeros = np.zeros((1, 1, n_values)), np.zeros((1, n_a)), np.zeros((1, n_a))
        results, indices = predict(model, *zeros)
        return np.asarray(results), np.asarray(indices)

    results, indices = context.once(("improvised", steps, n_values, n_a), improvise)
    if isinstance(figure.expected, Mapping):
        return {"results": list(results.shape), "indices": list(indices.shape)}
    if isinstance(figure.expected, (str, bool)):
        holds = bool(np.array_equal(np.argmax(results, axis=-1).ravel(), indices.ravel()))
        if isinstance(figure.expected, bool):
            return holds
        return figure.expected if holds else "the one-hot rows do not say the same as the indices"
    if "shape" in figure.what:
        return list((results if "results" in figure.what else indices).shape)
    return indices[12:18, 0].tolist()
