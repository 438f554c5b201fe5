"""How the course's figures for the recurrent network are computed: inputs drawn, functions called, results named."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from common.activations import sigmoid, softmax
from common.agreement import select
from common.course_figures import Comparison, Context, Explanation, Figure, draw_arrays, draw_inputs

Arrays = dict[str, np.ndarray]
_RNN_PARAMETERS = ("Waa", "Wax", "Wya", "ba", "by")
_LSTM_PARAMETERS = ("Wf", "Wi", "Wc", "Wo", "Wy", "bf", "bi", "bc", "bo", "by")

LEFT_OVER_BIAS = (
    "The 2018 notebook draws b but leaves parameters['ba'] as an earlier cell had set it (the rnn_forward example with "
    "seed 1), so its figure belongs to that bias."
)
NO_CARRY = (
    "The 2018 lstm_backward gives each step da[:, :, t] alone and a zero dc_next: nothing is carried from step to "
    "step, which is not the gradient."
)


def _parameters(arrays: Arrays) -> Arrays:
    """The drawn parameters; output weights that are not drawn are zero, and a bias drawn as `b` is `ba`."""
    if "Wf" in arrays:
        names, units, output = _LSTM_PARAMETERS, len(arrays["Wf"]), "Wy"
    else:
        names, units, output = _RNN_PARAMETERS, len(arrays["Waa"]), "Wya"
    parameters = {name: arrays[name] for name in names if name in arrays}
    parameters.setdefault(output, np.zeros((2, units)))
    parameters.setdefault("by", np.zeros((len(parameters[output]), 1)))
    if output == "Wya" and "ba" not in parameters:
        parameters["ba"] = arrays["b"]
    return parameters


def _rnn_cell(arrays: Arrays, context: Context) -> dict[str, Any]:
    result = context.function("rnn_cell_forward")(arrays["xt"], arrays["a_prev"], _parameters(arrays))
    return _named(result, ("a_next", "yt_pred", "cache"), yt="yt_pred", y_pred="yt_pred")


def _rnn(arrays: Arrays, context: Context) -> dict[str, Any]:
    result = context.function("rnn_forward")(arrays["x"], arrays["a0"], _parameters(arrays))
    return _named(result, ("a", "y_pred", "caches"), y="y_pred")


def _lstm_cell(arrays: Arrays, context: Context) -> dict[str, Any]:
    call = context.function("lstm_cell_forward")
    result = call(arrays["xt"], arrays["a_prev"], arrays["c_prev"], _parameters(arrays))
    return _named(result, ("a_next", "c_next", "yt_pred", "cache"), yt="yt_pred", y_pred="yt_pred")


def _lstm(arrays: Arrays, context: Context) -> dict[str, Any]:
    result = context.function("lstm_forward")(arrays["x"], arrays["a0"], _parameters(arrays))
    return _named(result, ("a", "y", "c", "caches"), y_pred="y")


def _rnn_cell_backward(arrays: Arrays, context: Context) -> dict[str, Any]:
    cache = _rnn_cell(arrays, context)["cache"]
    return _gradients(context.function("rnn_cell_backward")(arrays["da_next"], cache))


def _rnn_backward(arrays: Arrays, context: Context) -> dict[str, Any]:
    caches = _rnn(arrays, context)["caches"]
    return _gradients(context.function("rnn_backward")(arrays["da"], caches))


def _lstm_cell_backward(arrays: Arrays, context: Context) -> dict[str, Any]:
    cache = _lstm_cell(arrays, context)["cache"]
    return _gradients(context.function("lstm_cell_backward")(arrays["da_next"], arrays["dc_next"], cache))


def _lstm_backward(arrays: Arrays, context: Context) -> dict[str, Any]:
    caches = _lstm(arrays, context)["caches"]
    return _gradients(context.function("lstm_backward")(arrays["da"], caches))


def _named(result: Any, names: tuple[str, ...], **aliases: str) -> dict[str, Any]:
    """The results by name, with the other names that figures use for some of them."""
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        raise TypeError(f"must return the {len(names)} values {', '.join(names)}")
    named = dict(zip(names, result, strict=True))
    return named | {alias: named[name] for alias, name in aliases.items()}


def _gradients(result: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {**result, "gradients": dict(result)}


_CALLS: dict[str, Callable[[Arrays, Context], dict[str, Any]]] = {
    "rnn_cell_forward": _rnn_cell,
    "rnn_forward": _rnn,
    "lstm_cell_forward": _lstm_cell,
    "lstm_forward": _lstm,
    "rnn_cell_backward": _rnn_cell_backward,
    "rnn_backward": _rnn_backward,
    "lstm_cell_backward": _lstm_cell_backward,
    "lstm_backward": _lstm_backward,
}


def _value(figure: Figure, context: Context) -> Any:
    """The part of the function's results that the figure names; one call serves all figures with the same inputs."""
    results = context.once(figure.key, lambda: _CALLS[figure.function](draw_inputs(figure), context))
    return select(results, figure.what)


def _explain(figure: Figure, context: Context) -> Iterable[Explanation]:
    """The two faults of the 2018 notebook, each recomputed by its own rule."""
    if figure.function == "rnn_cell_backward":
        arrays = draw_inputs(figure)
        if "ba" not in arrays:
            arrays["ba"] = _left_over_bias()
            if len(arrays["Waa"]) == len(arrays["ba"]):
                yield Explanation(select(_rnn_cell_backward(arrays, context), figure.what), LEFT_OVER_BIAS)
    if figure.function == "lstm_backward":
        from week1.building_rnn.course import lstm_backward_2018

        faulty = copy.copy(context)
        faulty.functions = {**context.functions, "lstm_backward": lstm_backward_2018}
        yield Explanation(select(_lstm_backward(draw_inputs(figure), faulty), figure.what), NO_CARRY)


def _left_over_bias() -> np.ndarray:
    """ba (5, 1) of the course's rnn_forward example: the sixth draw after x, a0, Waa, Wax and Wya."""
    draws = [["x", (3, 10, 4)], ["a0", (5, 10)], ["Waa", (5, 5)], ["Wax", (5, 3)], ["Wya", (2, 5)], ["ba", (5, 1)]]
    return draw_arrays(1, draws)["ba"]


def _functions() -> dict[str, Callable[..., Any]]:
    from week1.building_rnn import course

    return {name: getattr(course, name) for name in _CALLS}


def _helper_modules() -> dict[str, dict[str, Any]]:
    """What the course's notebook imports from its helper file."""
    return {"rnn_utils": {"sigmoid": sigmoid, "softmax": softmax, "np": np}}


COMPARISON = Comparison(
    assignment="week1/building_rnn",
    expected=Path(__file__).with_name("expected.json"),
    values=dict.fromkeys(_CALLS, _value),
    functions=_functions,
    explain=_explain,
    helper_modules=_helper_modules,
)
