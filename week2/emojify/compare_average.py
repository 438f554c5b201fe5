"""Version 1's figures: averages, what `model` prints in training and returns, what `predict` makes of sentences.

What `model` prints is what is compared, so a user's own function is held against the same figures.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from common.agreement import SelectionError, select
from common.course_figures import Context, Figure, NotCompared
from common.seeding import legacy_numpy_seed
from week2.emojify.compare_inputs import TEST_FILE, TRAIN_FILE, helper, named_file, sentences, vectors

_PRINTED = re.compile(r"Epoch:\s*(\d+)\D+?cost\s*=\s*(\S+)(?:(?!Epoch:).)*?Accuracy:\s*(\S+)", re.DOTALL)
_OWN = ("i adore you", "i love you", "funny lol", "lets play with a ball", "food is ready", "not feeling happy")


def average_figure(figure: Figure, context: Context) -> Any:
    """The mean of a sentence's vectors, or a run of its numbers ("elements 0..24")."""
    sentence = figure.scalar("sentence")
    mean = context.function("sentence_to_avg")(sentence, vectors(figure, context, [sentence]))
    match = re.search(r"(\d+)\s*\.\.\s*(\d+)", figure.what)
    if match:
        return np.asarray(mean)[int(match[1]) : int(match[2]) + 1]
    return select({"avg": mean}, figure.what)


def _data(figure: Figure, context: Context) -> tuple[np.ndarray, np.ndarray]:
    """The sentences and labels that version 1 is trained on."""
    if "X" in figure.inputs:
        return np.array(figure.scalar("X")), np.array(figure.scalar("Y"))
    data = sentences(context, named_file(figure.scalar("data"), TRAIN_FILE))
    return np.array(data.sentences), data.labels


def model_figure(figure: Figure, context: Context) -> Any:
    """What was printed after the figure's pass, or a part of what was returned."""
    X, Y = _data(figure, context)
    map_, at = vectors(figure, context, X), figure.scalar("pass")
    passes = int(figure.scalar("num_iterations") or (at + 1 if at is not None else _passes(figure)))
    printed, results = _trained(figure, context, X, Y, map_, passes)
    if at is None:
        return _part_of(results, figure.what)
    if at not in printed:
        if context.solution:
            raise NotCompared(f"your model does not print the cost of pass {at}")
        raise SelectionError(f"pass {at} is not printed")
    return printed[at]


def _passes(figure: Figure) -> int:
    """The passes of a figure: as it says, or those of its course version."""
    written = re.search(r"\d+", str(figure.scalar("passes", "")))
    return int(written[0]) if written else 200 if figure.source == ("2021",) else 400


def _trained(
    figure: Figure, context: Context, X: np.ndarray, Y: np.ndarray, map_: Mapping[str, np.ndarray], passes: int
) -> tuple[dict[int, list[float]], dict[str, Any]]:
    """({pass: [cost, accuracy]} as printed, {"pred", "W", "b"}) of the function's own run."""
    rate, seed = float(figure.scalar("learning_rate", 0.01)), int(figure.scalar("seed", 1))
    key = ("model", passes, rate, seed, "\n".join(X), tuple(Y.tolist()), len(map_), len(next(iter(map_.values()))))
    return context.once(key, lambda: _run_model(context, X, Y, map_, rate, seed, passes))


def _run_model(
    context: Context, X: np.ndarray, Y: np.ndarray, map_: Mapping[str, np.ndarray], rate: float, seed: int, passes: int
) -> tuple[dict[int, list[float]], dict[str, Any]]:
    output = io.StringIO()
    function = context.function("model")
    with contextlib.redirect_stdout(output), _seeded(seed):
        returned = function(X, Y, map_, learning_rate=rate, num_iterations=passes)
    printed = {int(at): [float(cost), float(accuracy)] for at, cost, accuracy in _PRINTED.findall(output.getvalue())}
    return printed, dict(zip(("pred", "W", "b"), returned, strict=False))


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """The figure's seed; the functions of 2018 set seed 1 themselves, which must not undo it."""
    with legacy_numpy_seed(seed):
        usual = np.random.seed
        np.random.seed = lambda *ignored: None
        try:
            yield
        finally:
            np.random.seed = usual


def _part_of(results: Mapping[str, Any], what: str) -> Any:
    """A part of the results: an expression, sums of them, or "W_shape"."""
    words = what.split()
    text = words[-1] if words and not re.match(r"[\w.]+[\[.(]|\w+$", what) else what
    match = re.search(r"\b(pred|W|b)_shape\b", what)
    if match:
        return np.shape(results[match[1]])
    if "+" in text:
        return sum(float(np.ravel(select(results, part))[0]) for part in text.split("+"))
    return select(results, text)


def predict_figure(figure: Figure, context: Context) -> Any:
    """Accuracies, or the class of a sentence, by version 1 after its passes."""
    train = named_file(figure.scalar("data"), TRAIN_FILE)
    if figure.scalar("sentence") is not None:
        return int(_classes(figure, context, [figure.scalar("sentence")], [0])[0])
    if figure.scalar("labels") is not None:
        own = figure.scalar("sentences") or list(_OWN)
        return _accuracy(figure, context, own, figure.scalar("labels"))
    files = []
    told = figure.what.lower()
    if "train" in told:
        files.append(train)
    if "test" in told:
        files.append(named_file(figure.what, TEST_FILE))
    if not files:
        raise SelectionError(f"the figure does not say on which sentences: {figure.what!r}")
    data = [sentences(context, name) for name in files]
    found = [_accuracy(figure, context, one.sentences, one.labels) for one in data]
    return found if figure.what.strip().startswith("[") else found[0]


def confusion_figure(figure: Figure, context: Context) -> Any:
    """Sentences by class (rows) and the class they got, on the test sentences."""
    from common.sentence_classifier.evaluate import confusion

    data = sentences(context, named_file(figure.what, TEST_FILE))
    return confusion(data.labels, _classes(figure, context, data.sentences, data.labels), len(data.table))


def _accuracy(figure: Figure, context: Context, texts: Sequence[str], labels: Sequence[int]) -> float:
    return float(np.mean(_classes(figure, context, texts, labels) == np.asarray(labels)))


def _classes(figure: Figure, context: Context, texts: Sequence[str], labels: Sequence[int]) -> np.ndarray:
    """The classes that version 1 gives to sentences, int64; trained as the figure says."""
    from week2.emojify.course import predict

    X, Y = _data(figure, context)
    map_ = vectors(figure, context, X, texts)
    _, results = _trained(figure, context, X, Y, map_, _passes(figure))
    found = helper(context, "predict", predict)(np.array(texts), np.array(labels), results["W"], results["b"], map_)
    return np.ravel(found).astype(int)
