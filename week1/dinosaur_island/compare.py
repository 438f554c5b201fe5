"""How the course's dinosaur figures are computed: inputs drawn or read, functions called, results named."""

from __future__ import annotations

import contextlib
import copy
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from common.agreement import SelectionError, select
from common.assets import find
from common.course_figures import Comparison, Context, Figure, NotCompared, draw_inputs
from common.text_files import read_text
from week1.dinosaur_island.course_algorithm import NEWLINE, CourseTraining, read_course_data
from week1.dinosaur_island.course_notebook import helper_names
from week1.dinosaur_island.course_step import PARAMETER_NAMES

_NUMBER_WORDS = {"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10, "twenty": 20}
_CHARACTERS = {character: index for index, character in enumerate("\nabcdefghijklmnopqrstuvwxyz")}
_SCALE = "multiply every draw by"


def _data(figure: Figure, context: Context) -> Any:
    """Counts of the file, or a part of its character table."""
    text = _course_text(context)
    names, char_to_ix = read_course_data(text)
    if isinstance(figure.expected, list):
        return [len(text), len(set(text))]
    if isinstance(figure.expected, Mapping):
        numbered = all(str(key).isdigit() for key in figure.expected)
        return {index: character for character, index in char_to_ix.items()} if numbered else char_to_ix
    counts = {"distinct": len(set(text)), "vocab": len(set(text)), "name": len(names), "example": len(names)}
    found = [count for word, count in counts.items() if word in figure.what.lower()]
    return found[0] if found else len(text)


def _course_text(context: Context) -> str:
    return context.once(
        "dinos.txt", lambda: read_text(find("dinosaur-names", course=context.course, shipped=False).path)
    ).lower()


def _clip(figure: Figure, context: Context) -> Any:
    """The clipped gradients; for a true-or-false figure, whether the caller's own stayed as they were."""
    rule = isinstance(figure.expected, bool)
    arrays = _draws() if rule else draw_inputs(figure)
    scale = figure.scalar(_SCALE, 10 if rule else 1)
    gradients = {name: value * scale for name, value in arrays.items()}
    before = copy.deepcopy(gradients)
    clipped = context.function("clip")(gradients, figure.scalar("maxValue", 5))
    if rule:
        return all(np.array_equal(before[name], gradients[name]) for name in before)
    return select({**clipped, "gradients": dict(clipped)}, figure.what)


def _draws() -> dict[str, np.ndarray]:
    """Gradients like the course's, for the figure that states a rule and describes no inputs."""
    rng = np.random.RandomState(3)
    shapes = {"dWax": (5, 3), "dWaa": (5, 5), "dWya": (2, 5), "db": (5, 1), "dby": (2, 1)}
    return {name: rng.randn(*shape) for name, shape in shapes.items()}


def _sample(figure: Figure, context: Context) -> Any:
    """The drawn indices, or the text that they spell, as many as the figure names."""
    parameters = draw_inputs(figure)
    seed = int(figure.scalar("seed argument", 0))
    indices = [int(index) for index in context.function("sample")(parameters, dict(_CHARACTERS), seed)]
    if isinstance(figure.expected, int):
        return select({"indices": indices}, figure.what)
    shown: Any = indices
    if isinstance(figure.expected, str):
        letters = list(_CHARACTERS)
        shown = "".join(letters[index] for index in indices)
    count = _count(figure.what)
    return shown if count is None else shown[:count]


def _count(what: str) -> int | None:
    """How many elements a description such as "first6" or "the first ten indices" asks for; None means all."""
    match = re.search(r"first\s*(\d+|[a-z]+)", what)
    if not match:
        return None
    return int(match.group(1)) if match.group(1).isdigit() else _NUMBER_WORDS.get(match.group(1))


def _optimize(figure: Figure, context: Context) -> Any:
    """Loss, gradients, the last state, and (since they are updated in place) the parameters after the step."""

    def call() -> dict[str, Any]:
        arrays = draw_inputs(figure)
        a_prev = arrays.pop("a_prev")
        result = context.function("optimize")(
            figure.scalar("X"), figure.scalar("Y"), a_prev, arrays, figure.scalar("learning_rate", 0.01)
        )
        loss, gradients, a_last = result
        after = {name: arrays[name] for name in PARAMETER_NAMES}
        return {"loss": loss, "gradients": dict(gradients), "a_last": a_last, **gradients, **after}

    return select(context.once(figure.key, call), figure.what)


def _model(figure: Figure, context: Context) -> Any:
    """The smoothed loss, the names, the first example or the order of examples of the training run."""
    run = _UsersRun if context.solution else _OurRun
    training = context.once("training run", lambda: run(context))
    what = figure.what.lower()
    if "idx" in what:
        return training.order([pair[0] for pair in figure.expected])
    if isinstance(figure.expected, str):
        return training.first_example()
    iteration = figure.scalar("iteration")
    if iteration is None:
        match = re.search(r"it(?:eration)?\s*(\d+)", what)
        if not match:
            raise SelectionError(f"the figure names no iteration: {figure.what!r}")
        iteration = int(match.group(1))
    loss, names = training.report(int(iteration), figure.scalar("dino_names", 7))
    if isinstance(figure.expected, Mapping):
        return {"loss": loss, "names": names}
    return names if isinstance(figure.expected, list) else loss


class _OurRun:
    """The course's run by our functions: one training that is advanced as figures ask, begun anew to go back."""

    def __init__(self, context: Context):
        self._names, self._char_to_ix = read_course_data(_course_text(context))
        self._reports: dict[int, tuple[float, list[str]]] = {}
        self._begin(7)

    def _begin(self, dino_names: int) -> None:
        self._training = CourseTraining(self._names, self._char_to_ix, vocab_size=27, dino_names=dino_names)

    def first_example(self) -> str:
        """The first name of the shuffled list."""
        return self._training.examples[0]

    def order(self, iterations: list[int]) -> list[list[int]]:
        """[iteration, which example it reads] of each."""
        self._training.advance(max(iterations) + 1)
        return [[iteration, self._training.visited[iteration]] for iteration in iterations]

    def report(self, iteration: int, dino_names: int) -> tuple[float, list[str]]:
        """(smoothed loss, names) printed at this iteration."""
        if self._training.iteration > iteration + 1 and iteration not in self._reports:
            self._begin(self._training.dino_names)
        if dino_names != self._training.dino_names:
            self._begin(dino_names)
            self._reports.clear()
        if iteration not in self._reports:
            self._training.advance(iteration + 1)
            report = self._training.report()
            self._reports[iteration] = (report.loss, list(report.names))
        return self._reports[iteration]


class _UsersRun:
    """The same by a user's `model`, of which only what it prints can be seen: loss and names at some iterations."""

    def __init__(self, context: Context):
        self._model = context.function("model")
        self._names, char_to_ix = read_course_data(_course_text(context))
        ix_to_char = {index: character for character, index in char_to_ix.items()}
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            self._model(list(self._names), ix_to_char, char_to_ix, num_iterations=14001)
        self._reports = _printed_reports(printed.getvalue())

    def first_example(self) -> str:
        """Not to be seen from outside."""
        raise NotCompared("model does not show its first example")

    def order(self, iterations: list[int]) -> Any:
        """Not to be seen from outside."""
        raise NotCompared("model does not show the order of its examples")

    def report(self, iteration: int, dino_names: int) -> tuple[float, list[str]]:
        """(smoothed loss, names), where the user's model printed them."""
        if not self._reports:
            raise ValueError("model printed no line like 'Iteration: 2000, Loss: 27.884160'")
        if iteration not in self._reports:
            raise NotCompared(f"model printed nothing at iteration {iteration} (it was run to 14000)")
        return self._reports[iteration]


def _printed_reports(text: str) -> dict[int, tuple[float, list[str]]]:
    """Loss and names by iteration, read from what the course's training loop prints."""
    reports: dict[int, tuple[float, list[str]]] = {}
    pieces = re.split(r"Iteration:\s*(\d+),\s*Loss:\s*([-+.\deEnainf]+)", text)
    for iteration, loss, rest in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        lines = (line.strip() for line in rest.split(NEWLINE))
        names = [line for line in lines if line and not re.match(r"(j|X|Y|single_example\w*)\s*=", line)]
        reports[int(iteration)] = (float(loss), names)
    return reports


def _functions() -> dict[str, Callable[..., Any]]:
    from week1.dinosaur_island import course

    return {"clip": course.clip, "sample": course.sample, "optimize": course.optimize, "model": course.model}


COMPARISON = Comparison(
    assignment="week1/dinosaur_island",
    expected=Path(__file__).with_name("expected.json"),
    values={"clip": _clip, "data": _data, "sample": _sample, "optimize": _optimize, "model": _model},
    functions=_functions,
    helper_modules=lambda: {"utils": helper_names()},
)
