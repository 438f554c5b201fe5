"""How the course's trigger word figures are computed: its clips mixed, its weights run in NumPy, its model built."""

from __future__ import annotations

import contextlib
import inspect
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from common.agreement import SelectionError, select
from common.assets import find
from common.audio import read_audio
from common.course_figures import Comparison, Context, Figure, NotCompared
from common.errors import InputError, MissingFileError
from common.mixing import match_loudness, to_segment
from common.seeding import legacy_numpy_seed
from week3.trigger_word.compare_files import dev_array, sound_path, word_path

EXPECTED = Path(__file__).with_name("expected.json")
_DRAWS = 10_000  # random draws of one call, after which it is taken to go on for ever


# ---- what a figure's functions are: ours, or a user's


def _helper(context: Context, name: str) -> Callable[..., Any]:
    """A function that the course gives: ours, or the user's own where the file defines it."""
    if context.solution and name not in context.functions:
        raise NotCompared(f"{name} is a helper that the course gives, and your file does not define its own")
    return context.function(name)


def _only_ours(context: Context) -> None:
    if context.solution:
        raise NotCompared("this figure is of the course's files or weights; nothing of yours makes it")


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[list[Any]]:
    """NumPy's global generator seeded; yields what each draw of several integers at once gave, in order."""
    original, drawn, count = np.random.randint, [], 0

    def randint(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count > _DRAWS:
            raise NotCompared("the function draws for ever, as 2018's does where there is no room")
        result = original(*arguments, **options)
        if isinstance(result, np.ndarray):
            drawn.append(result.tolist())
        return result

    with legacy_numpy_seed(seed):
        np.random.randint = randint
        try:
            yield drawn
        finally:
            np.random.randint = original


def _segment(path: Path) -> Any:
    return to_segment(read_audio(path, dtype="int16"))


def _difference(what: str, samples: np.ndarray, context: Context) -> float:
    """The largest or the mean absolute difference to the file that the figure names."""
    name = re.search(r"[\w/]+\.wav", what)
    if not name:
        raise SelectionError(f"the figure names no file to compare with: {what!r}")
    reference = read_audio(sound_path(name[0], context.course), dtype="int16").samples
    apart = np.abs(samples.astype(int) - reference.reshape(samples.shape))
    return float(apart.mean() if "mean" in what else apart.max())


# ---- data and sounds


def _data(figure: Figure, context: Context) -> Any:
    """Samples in a channel of a file, whether channels are alike, or [Tx, frequencies, Ty] of 10 s."""
    _only_ours(context)
    if isinstance(figure.expected, dict):
        sounds = {name: read_audio(sound_path(name, context.course)).samples for name in figure.expected}
        return {name: bool(x.ndim == 1 or (x[:, 0] == x.T).all()) for name, x in sounds.items()}
    if figure.scalar("file"):
        return len(read_audio(sound_path(figure.scalar("file"), context.course)).samples)
    from common.spectrogram import Framing
    from week3.trigger_word.data import EXAMPLE_FRAMES
    from week3.trigger_word.model import ModelConfig

    frames = Framing().frames(EXAMPLE_FRAMES)
    return [frames, Framing().bins, ModelConfig().steps(frames)]


def _spectrogram(figure: Figure, context: Context) -> Any:
    path = sound_path(figure.scalar("file"), context.course)
    x = context.once(("spectrogram", path), lambda: _helper(context, "graph_spectrogram")(str(path)))
    if isinstance(figure.expected, list):
        return list(np.shape(x))
    return float(np.linalg.norm(x)) if "norm" in figure.what else select({"x": np.asarray(x)}, figure.what)


def _raw_audio(figure: Figure, context: Context) -> Any:
    """A clip's length in ms, or how many there are of each kind."""
    named = re.search(r"(\w+)\[\d+\]=(\S+)", str(figure.scalar("clip", "")))
    if named:
        _only_ours(context)
        return len(_segment(word_path(named[1], named[2], context.course)))
    root = word_path("activates", "1.wav", context.course).parent.parent
    groups = _helper(context, "load_raw_audio")(f"{root}/")
    return dict(zip(("activates", "negatives", "backgrounds"), map(len, groups), strict=True))


# ---- synthesis


def _segment_figure(figure: Figure, context: Context) -> list[int]:
    with _seeded(int(figure.scalar("seed", 0))):
        return list(_helper(context, "get_random_time_segment")(figure.scalar("segment_ms")))


def _overlapping(figure: Figure, context: Context) -> bool:
    segment = tuple(figure.scalar("segment_time"))
    previous = [tuple(one) for one in figure.scalar("previous_segments", [])]
    return bool(context.function("is_overlapping")(segment, previous))


def _insert_clip(figure: Figure, context: Context) -> Any:
    """The place of the clip, or how far the sound is from the course's."""
    background = _segment(word_path("backgrounds", figure.scalar("background"), context.course))
    clip = _segment(word_path("activates", figure.scalar("audio_clip"), context.course))
    previous = [tuple(one) for one in figure.scalar("previous_segments", [])]
    with _seeded(int(figure.scalar("seed", 0))):
        sound, place = context.function("insert_audio_clip")(background, clip, previous)
    if "difference" in figure.what:
        return _difference(figure.what, np.array(sound.get_array_of_samples()), context)
    return list(place)


def _insert_ones(figure: Figure, context: Context) -> Any:
    """One of the labels, or their sum."""
    shape = re.search(r"\((\d+),\s*(\d+)\)", str(figure.scalar("y", "")))
    y = np.zeros((int(shape[1]), int(shape[2])) if shape else (1, 1375))
    ends = figure.scalar("segment_end_ms")
    for end in ends if isinstance(ends, list) else [ends]:
        y = context.function("insert_ones")(y, end)
    return float(np.sum(y)) if figure.what.startswith("sum") else select({"y": np.asarray(y)}, figure.what)


def _example(figure: Figure, context: Context) -> Any:
    """The numbers drawn, the spectrogram's norm, the labels' sum, or how far the sound is from the course's."""
    x, y, drawn, samples = context.once(figure.key, lambda: _made_example(figure, context))
    if isinstance(figure.expected, dict):
        return dict(zip(("activates", "negatives"), drawn, strict=False))
    if "norm" in figure.what:
        return float(np.linalg.norm(x))
    if "difference" in figure.what:
        return _difference(figure.what, samples, context)
    return float(np.sum(y))


def _made_example(figure: Figure, context: Context) -> tuple[np.ndarray, np.ndarray, list[Any], np.ndarray]:
    """(x, y, numbers drawn, samples of the file that is written), made in an empty folder."""
    lists = figure.scalar("lists")
    clips = {kind: [name and _segment(word_path(kind, name, context.course)) for name in lists[kind]] for kind in lists}
    background = _segment(word_path("backgrounds", figure.scalar("background").split()[0], context.course))
    function = context.function("create_training_example")
    arguments = [background, clips["activates"], clips["negatives"], 1375]
    options = {} if context.solution else {"audio": "train.wav"}
    if context.solution:
        arguments = arguments[: len(inspect.signature(function).parameters)]
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        _seeded(int(figure.scalar("seed", 18))) as drawn,
    ):
        x, y = function(*arguments, **options)
        written = Path("train.wav")
        samples = read_audio(written, dtype="int16").samples.reshape(-1) if written.is_file() else np.zeros(0)
    return np.asarray(x), np.asarray(y), drawn, samples


# ---- the course's weights


def _network(context: Context) -> Any:
    from week3.trigger_word.network import TriggerNetwork

    path = find("trigger-word-weights", course=context.course, shipped=False).path
    return context.once("network", lambda: TriggerNetwork.load(path))


def _probabilities(figure: Figure, context: Context) -> np.ndarray:
    """(1375,) of the figure's file, its level changed as the figure says."""
    _only_ours(context)
    from week3.trigger_word.synthesis import features

    network, path = _network(context), sound_path(figure.scalar("file"), context.course)
    words = str(figure.scalar("preparation", ""))
    level = re.search(r"(-?\d+(?:\.\d+)?) dBFS", words)

    def run() -> np.ndarray:
        samples = read_audio(path, dtype="int16").samples
        return network.forward(features(match_loudness(samples, float(level[1])) if level else samples))

    return context.once((path, level and level[1]), run)


def _detect(figure: Figure, context: Context) -> Any:
    """The highest probability, that of some steps, the stretches above a threshold, or the highest by input scale."""
    from week3.trigger_word.chimes import spans_above

    if isinstance(figure.expected, dict):
        return _by_scale(figure, context)
    probabilities = _probabilities(figure, context)
    if "runs" in figure.what:
        threshold = re.search(r"above (\d*\.\d+)", figure.what)
        spans = spans_above(probabilities, float(threshold[1]) if threshold else 0.5)
        return [[span.first, span.last] for span in spans]
    if "steps" in figure.what:
        first, second = (int(number) for number in re.findall(r"\d+", figure.what)[:2])
        return probabilities[first :: second - first].tolist()
    return float(probabilities.max())


def _by_scale(figure: Figure, context: Context) -> dict[str, float]:
    """The highest probability for spectrograms of other scales, which are not what the weights were trained on."""
    _only_ours(context)
    from week3.trigger_word.synthesis import features

    network = _network(context)
    samples = read_audio(sound_path(figure.scalar("file"), context.course), dtype="int16").samples
    power = features(match_loudness(samples))
    scaled = {
        "int16_power": power,
        "divided_by_32768": power / 32768.0**2,
        "log10_power": np.log10(np.maximum(power, 1e-12)),
        "magnitude": np.sqrt(power),
    }
    return {name: float(network.forward(scaled[name]).max()) for name in figure.expected if name in scaled}


def _chime(figure: Figure, context: Context) -> list[int]:
    """The steps at which the rule of the version that the figure names puts a chime."""
    from week3.trigger_word.chimes import make_rule

    version = re.search(r"20(18|21)", figure.what) or re.search(r"20(18|21)", " ".join(figure.source))
    rule = make_rule(version[0] if version else "2021", float(figure.scalar("threshold", 0.5)))
    return rule.push(_probabilities(figure, context))


def _dev_set(figure: Figure, context: Context) -> float:
    """The share of output steps right on the course's dev set, where somebody has its arrays."""
    _only_ours(context)
    x, y = dev_array("X_dev.npy", context.course), dev_array("Y_dev.npy", context.course)
    predicted = _network(context).predict(x)
    return float(np.mean((predicted > 0.5) == (y.reshape(predicted.shape) > 0.5)))


def _model(figure: Figure, context: Context) -> Any:
    """Counts of parameters, or the layers in the words of the figure."""
    from week3.trigger_word.compare_model import model_figure

    name = "modelf" if "modelf" in context.functions or "model" not in context.functions else "model"
    shape = tuple(figure.scalar("input_shape", [5511, 101]))
    try:
        model = context.once(("model", shape), lambda: context.function(name)(shape))
    except MissingFileError:
        raise
    except InputError as error:
        raise SelectionError(str(error)) from None
    return model_figure(figure, model)


# ---- the comparison


def _functions() -> Mapping[str, Callable[..., Any]]:
    from week3.trigger_word import course

    return {name: getattr(course, name) for name in course.__all__}


def _helper_modules() -> dict[str, dict[str, Any]]:
    from week3.trigger_word.course_notebook import helper_names

    return {"td_utils": helper_names()}


COMPARISON = Comparison(
    assignment="week3/trigger_word",
    expected=EXPECTED,
    values={
        "data": _data,
        "graph_spectrogram": _spectrogram,
        "load_raw_audio": _raw_audio,
        "get_random_time_segment": _segment_figure,
        "is_overlapping": _overlapping,
        "insert_audio_clip": _insert_clip,
        "insert_ones": _insert_ones,
        "create_training_example": _example,
        "modelf": _model,
        "detect_triggerword": _detect,
        "chime_on_activate": _chime,
        "evaluate on the dev set": _dev_set,
    },
    functions=_functions,
    helper_modules=_helper_modules,
)
