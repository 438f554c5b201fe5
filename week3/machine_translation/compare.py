"""How the course's date figures are computed: its weights read in NumPy, its model built, its recipe run.

The figures of translations say which activation the gates have; 2018's notebooks computed with Keras 2's hard sigmoid,
with which the weights were trained, 2021's with the sigmoid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.agreement import SelectionError
from common.assets import find
from common.course_figures import Comparison, Context, Figure, NotCompared, load_figures

if TYPE_CHECKING:
    from week3.machine_translation.trained import TrainedTranslator

EXPECTED = Path(__file__).with_name("expected.json")
EXPLAINED = """
Why 2018 and 2021 print different dates from the same file. The weights were trained with Keras 2, whose LSTM gates are
hard_sigmoid, clip(0.2 x + 0.5, 0, 1), unless something else is asked for. The notebooks of 2021 build their layers with
TensorFlow 2, whose default is the sigmoid, and load the old weights into them: nothing complains, and the gates open
and close a little differently. "--recurrent-activation sigmoid" does the same here. Keras 3's own hard_sigmoid is yet
another function, clip(x / 6 + 0.5, 0, 1), with which two dates of three are wrong.
""".strip()
_DATES = 4000
_ANY_TEXT = "Tuesday 09 Oct 1993"


def activation_of(figure: Figure) -> str:
    """The gates' activation that a figure means, in words of its own, or by the version that prints it."""
    words = str(figure.scalar("recurrent_activation", "")).lower().replace("_", " ")
    if re.search(r"keras ?3", words):
        return "hard_sigmoid"
    if "hard" in words:
        return "legacy_hard_sigmoid"
    if "sigmoid" in words or figure.source == ("2021",):
        return "sigmoid"
    return "legacy_hard_sigmoid"


def course_translator(context: Context, activation: str) -> TrainedTranslator:
    """The course's weights with these gates."""
    from week3.machine_translation.trained import TrainedTranslator

    path = find("date-translator-weights", course=context.course).path
    model = context.once("weights", lambda: TrainedTranslator.load(path))
    changed = replace(model.config, recurrent_activation=activation)
    return context.once(activation, lambda: replace(model, config=changed))


def _source(figure: Figure) -> str:
    source = str(figure.scalar("source", "any"))
    return _ANY_TEXT if source == "any" else source


def _translate(figure: Figure, context: Context) -> Any:
    """A translation by the course's weights, or [whole dates, characters] right of many dates."""
    _only_ours(context)
    from week3.machine_translation.translate import translate

    model = course_translator(context, activation_of(figure))
    if isinstance(figure.expected, list):
        return context.once(figure.key, lambda: _accuracies(model, figure))
    return translate(model, [_source(figure)])[0].text


def _accuracies(model: TrainedTranslator, figure: Figure) -> list[float]:
    """[whole dates right, characters right] of dates drawn here in the course's mix of formats."""
    from week3.machine_translation.course_decoding import run
    from week3.machine_translation.dates import COURSE_SPAN, draw_dates

    described = str(figure.scalar("note", ""))
    number = re.match(r"\s*(\d+)", described)
    count = int(figure.scalar("m", number.group(1) if number else _DATES))
    years = re.search(r"(\d{4})-(\d{4})", described)
    span = (int(years.group(1)), int(years.group(2))) if years else COURSE_SPAN
    pairs = draw_dates(count, None, span=span)
    right = run(model.network, model.task.encode(pairs.sources)).log_probabilities.argmax(axis=-1)
    right = right == model.task.encode_targets(pairs.targets)
    return [float(right.all(axis=1).mean()), float(right.mean())]


def _outputs(figure: Figure, context: Context) -> list[float]:
    """The largest probability at each output."""
    _only_ours(context)
    outputs = _run(figure, context)
    return np.exp(outputs.log_probabilities[0].max(axis=-1)).tolist()


def _attention(figure: Figure, context: Context) -> list[Any]:
    """For each output the place with the largest weight, or the sum of the weights."""
    _only_ours(context)
    weights = _run(figure, context).attention[0]
    if re.search(r"position|argmax|largest|place", figure.what):
        return weights.argmax(axis=-1).tolist()
    return weights.sum(axis=-1).tolist()


def _run(figure: Figure, context: Context) -> Any:
    model = course_translator(context, activation_of(figure))
    return model.network.forward(model.task.encode([_source(figure)]))


def _only_ours(context: Context) -> None:
    if context.solution:
        raise NotCompared("this figure is of the course's weights, texts or training; nothing of yours makes it")


def _preprocess(figure: Figure, context: Context) -> list[int]:
    """The shape of X, Y, Xoh or Yoh, whichever the figure names."""
    name = re.search(r"\b(Xoh|Yoh|X|Y)\b", figure.what)
    if not name:
        raise SelectionError(f"the figure does not say which array it means: {figure.what!r}")
    m, Tx, Ty = (int(figure.scalar(key, usual)) for key, usual in (("m", 10_000), ("Tx", 30), ("Ty", 10)))

    def arrays() -> tuple[np.ndarray, ...]:
        dataset, human, machine, _ = _ours("load_dataset")(m)
        return _helper(context, "preprocess_data")(dataset, human, machine, Tx, Ty)

    found = context.once((m, Tx, Ty), arrays)
    return list(found[("X", "Y", "Xoh", "Yoh").index(name.group(1))].shape)


def _string_to_int(figure: Figure, context: Context) -> list[int]:
    """The ids of a text by the human vocabulary, or by the machine's where the figure says so."""
    _, human, machine, _ = _ours("load_dataset")(1)
    says = f"{figure.scalar('vocab', '')} {figure.what}".lower()
    vocabulary, usual = (machine, 10) if "machine" in says else (human, 30)
    return list(_helper(context, "string_to_int")(_source(figure), int(figure.scalar("length", usual)), vocabulary))


def _load_dataset(figure: Figure, context: Context) -> Any:
    """Sizes of the vocabularies, one of them, or pairs: the same texts with the date that they say by rule."""
    if isinstance(figure.expected, list):
        _only_ours(context)
        from week3.machine_translation.readings import readings

        return [[source, *readings(source)[:1]] for source, _ in figure.expected]
    _, human, machine, _ = _helper(context, "load_dataset")(int(figure.scalar("m", 100)))
    if set(figure.expected) == {"human", "machine"}:
        return {"human": len(human), "machine": len(machine)}
    return human if "/" in figure.expected or "<unk>" in figure.expected else machine


def _helper(context: Context, name: str) -> Callable[..., Any]:
    """A function that the course gives: ours, or the user's own where the file defines it."""
    if context.solution and name not in context.functions:
        raise NotCompared(f"{name} is a helper that the course gives, and your file does not define its own")
    return context.function(name)


def _ours(name: str) -> Callable[..., Any]:
    from week3.machine_translation import course

    return getattr(course, name)


def _functions() -> Mapping[str, Callable[..., Any]]:
    names = ("one_step_attention", "modelf", "load_dataset", "preprocess_data", "string_to_int", "int_to_string")
    return {name: _ours(name) for name in names}


def _helper_modules() -> dict[str, dict[str, Any]]:
    from week3.machine_translation.course_notebook import helper_names

    return {"nmt_utils": helper_names()}


def _model_value(name: str, *, graded: bool) -> Callable[[Figure, Context], Any]:
    """A value of `compare_models`, which is imported when it is asked for; not of a user's file unless `graded`."""

    def value(figure: Figure, context: Context) -> Any:
        if not graded:
            _only_ours(context)
        from week3.machine_translation import compare_models

        return getattr(compare_models, name)(figure, context)

    return value


def explanation(figures: Path | None, course: Path | None) -> str:
    """Why the two versions of the course print different dates, with both for each text; empty without the weights."""
    from common.errors import InputError
    from week3.machine_translation.translate import translate

    texts = {_source(one) for one in load_figures(figures or EXPECTED) if isinstance(one.expected, str)}
    context = Context({}, course)
    try:
        models = [course_translator(context, name) for name in ("legacy_hard_sigmoid", "sigmoid")]
    except InputError:
        return ""
    rows = zip(sorted(texts), *(translate(model, sorted(texts)) for model in models), strict=True)
    lines = [f"{'text':26} {'hard_sigmoid of Keras 2':24} sigmoid"]
    lines += [f"{text:26} {old.text:24} {new.text}" for text, old, new in rows if old.text != new.text]
    return "\n".join([EXPLAINED, "", *lines]) if len(lines) > 1 else EXPLAINED


COMPARISON = Comparison(
    assignment="week3/machine_translation",
    expected=EXPECTED,
    values={
        "translate (model.h5, greedy)": _translate,
        "model outputs": _outputs,
        "attention weights": _attention,
        "preprocess_data": _preprocess,
        "string_to_int": _string_to_int,
        "load_dataset": _load_dataset,
        **{
            function: _model_value(name, graded=graded)
            for function, name, graded in (
                ("one_step_attention", "attention_figure", True),
                ("modelf", "model_figure", True),
                ("compile", "compile_figure", False),
                ("fit", "fit_figure", False),
            )
        },
    },
    functions=_functions,
    helper_modules=_helper_modules,
)
