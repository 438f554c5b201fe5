"""How the course's Shakespeare figures are computed: text and weights found, windows cut, cross-entropies taken.

The weights are the course's file, read in NumPy; a figure says which activation the gates have and where the windows
begin. Each pass over 31,412 windows of 40 steps takes some seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from common.agreement import SelectionError
from common.assets import find
from common.cli import say
from common.course_figures import Comparison, Context, Figure, NotCompared
from common.text_files import read_text

OFFSETS_EXPLAINED = """
Why there are two offsets. The weights were trained on windows that begin at 2, 5, 8, ... of this text file (the file
they were trained on must have been shifted by one or two characters). Those windows they know by heart: 0.199 nats a
character, and only there does the right activation win clearly. The course's code builds windows that begin at 0, 3,
6, ...: in them the same lines are cut at other places, the weights never saw them, and do badly (3.22 nats) with every
activation. Both are right: the first is memory, the second is what the network can do with windows that are new to it.
""".strip()

_ACTIVATIONS = {"keras3_hard_sigmoid": "hard_sigmoid"}
_DATA = re.compile(r"window of (\d+) characters starting at (\d+), (\d+)")


def _build_data(figure: Figure, context: Context) -> list[int]:
    """[characters, distinct characters, windows] of the course's text."""
    if context.solution and "build_data" not in context.functions:
        raise NotCompared("build_data is a helper that the course gives, and your file does not define its own")
    text = _course_text(context)
    windows, _ = context.function("build_data")(text, figure.scalar("Tx", 40), figure.scalar("stride", 3))
    return [len(text), len(set(text)), len(windows)]


def _course_text(context: Context) -> str:
    return context.once(
        "text", lambda: read_text(find("shakespeare-text", course=context.course, shipped=False).path).lower()
    )


def _model(figure: Figure, context: Context) -> Any:
    """[cross-entropy, accuracy] of the course's weights on the figure's windows, or the layers of the network."""
    if context.solution:
        raise NotCompared("the model is the course's weights file, there is nothing of yours to hold it against")
    if isinstance(figure.expected[0], list):
        return _layers()
    return context.once(figure.key, lambda: _scores(figure, context))


def _scores(figure: Figure, context: Context) -> list[float]:
    from week1.shakespeare.data import encode
    from week1.shakespeare.evaluate import score_windows
    from week1.shakespeare.trained import TrainedModel

    length, offset, stride = _windows(figure)
    weights = find("shakespeare-weights", course=context.course).path
    text = _course_text(context)
    model = context.once("weights", lambda: TrainedModel.load(weights))
    stated = figure.scalar("recurrent_activation")
    activation = _ACTIVATIONS.get(stated, stated)
    config = replace(model.config, window=length, recurrent_activation=activation)
    say(f"reading all windows from {offset} on, gates {stated} ...")
    network = replace(model, config=config).network()
    return list(score_windows(network, encode(text, model.vocabulary), stride=stride, offset=offset))


def _windows(figure: Figure) -> tuple[int, int, int]:
    """(length, offset, stride) of the figure's windows, given as numbers or in words."""
    match = _DATA.search(figure.scalar("data", ""))
    if match:
        length, offset, second = map(int, match.groups())
        return length, offset, second - offset
    numbers = [figure.scalar(name) for name in ("window", "offset", "stride")]
    if None in numbers:
        raise SelectionError("the figure does not say where its windows begin")
    return tuple(numbers)


def _layers() -> list[list[Any]]:
    """The Keras model's layers as the course's figure lists them: kind, size, and whether it gives all steps."""
    from week1.shakespeare.data import COURSE_CHARACTERS
    from week1.shakespeare.model import ModelConfig, build_model

    return [_described(layer) for layer in build_model(ModelConfig(len(COURSE_CHARACTERS))).layers]


def _described(layer: Any) -> list[Any]:
    config, kind = layer.get_config(), type(layer).__name__
    if kind == "InputLayer":
        return [kind, list(config["batch_shape"])]
    size = config.get("units", config.get("rate", config.get("activation")))
    return [kind, size] + ["return_sequences"] * bool(config.get("return_sequences"))


def _functions() -> Mapping[str, Callable[..., Any]]:
    from week1.shakespeare import course

    return {name: getattr(course, name) for name in ("build_data", "vectorization", "sample", "generate_output")}


COMPARISON = Comparison(
    assignment="week1/shakespeare",
    expected=Path(__file__).with_name("expected.json"),
    values={"build_data": _build_data, "shakespeare model": _model},
    functions=_functions,
    helper_modules=lambda: {"shakespeare_utils": _functions()},
)
