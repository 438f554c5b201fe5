"""The course's figures against ours: a figures file is read, each figure's inputs are rebuilt, the values compared.

A figures file is JSON: {"figures": [{"id", "function", "what", "inputs", "expected", "source", "tolerance", "verified",
"note"}, ...]}. An assignment says in its `compare.py` how to compute a figure's value from its `function`, `what` and
`inputs` (never from its `id`), as a `Comparison`.

Statuses: "match"; "explained": our value differs, and the course's figure comes out, within the tolerance, of the
course's own faulty, outdated or platform-bound rule, or the file marks the figure as chaotic or unverified;
"needs FILE"; "mismatch". Figures of functions that belong to another assignment count as "other".
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from common.agreement import Agreement, SelectionError, Tolerance, agree, plain
from common.errors import InputError, MissingFileError
from common.seeding import legacy_numpy_seed
from common.text_files import read_text

MATCH, EXPLAINED, NEEDS, MISMATCH, OTHER = "match", "explained", "needs", "mismatch", "other"


@dataclass(frozen=True)
class Figure:
    """One figure that the course prints (or that was rebuilt by its recipe), with what makes its inputs."""

    id: str
    function: str
    what: str
    inputs: dict[str, Any]
    expected: Any
    source: tuple[str, ...]
    tolerance: Any
    verified: bool
    note: str

    def scalar(self, name: str, default: Any = None) -> Any:
        """A value of `inputs` by name, from its "scalars" or from its top level; a fresh copy."""
        scalars = self.inputs.get("scalars", {})
        return copy.deepcopy(scalars[name] if name in scalars else self.inputs.get(name, default))

    @property
    def key(self) -> str:
        """One string for the function and its inputs: figures with the same key come from the same call."""
        inputs = {name: value for name, value in self.inputs.items() if name not in {"note", "rng"}}
        return json.dumps([self.function, inputs], sort_keys=True)


class NotCompared(Exception):
    """This figure cannot be asked of these functions (a student's own loop does not print it); it is counted apart."""


@dataclass(frozen=True)
class Explanation:
    """The course's figure recomputed by the course's own rule, and why that rule is not ours."""

    value: Any
    reason: str


@dataclass
class Context:
    """What a figure's value is computed with.

    Attributes:
        functions: the course's functions by name: ours, or those of a user's file.
        course: the course folder, or None.
        solution: the user's file, or None.
        memory: results kept between figures of one run, by key.
    """

    functions: Mapping[str, Callable[..., Any]]
    course: Path | None = None
    solution: Path | None = None
    memory: dict[Any, Any] = field(default_factory=dict)

    def function(self, name: str) -> Callable[..., Any]:
        """The course's function of this name."""
        if name not in self.functions:
            raise InputError(f"{self.solution or 'the assignment'} does not define {name}")
        return self.functions[name]

    def once(self, key: Any, compute: Callable[[], Any]) -> Any:
        """`compute()`, kept for further figures with the same key."""
        if key not in self.memory:
            self.memory[key] = compute()
        return self.memory[key]


@dataclass(frozen=True)
class Comparison:
    """How one assignment computes the course's figures.

    Attributes:
        assignment: "week1/building_rnn".
        expected: the assignment's own figures file.
        values: function name -> our value of a figure, computed with the context's functions.
        functions: the course's functions by name, ours (called when needed, so that listing stays light).
        explain: the candidates by which the course's own rules may explain a figure that differs.
        helper_modules: the course's helper modules by name, answered by ours, for users' files.
        settled: whether a difference from this figure is a mismatch. By default where it was verified; an assignment
            whose unverified figures only lacked a data file settles them too, for whoever has that file.
    """

    assignment: str
    expected: Path
    values: Mapping[str, Callable[[Figure, Context], Any]]
    functions: Callable[[], Mapping[str, Callable[..., Any]]]
    explain: Callable[[Figure, Context], Iterable[Explanation]] = lambda figure, context: ()
    helper_modules: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    settled: Callable[[Figure], bool] = lambda figure: figure.verified


@dataclass(frozen=True)
class Outcome:
    """One compared figure."""

    figure: Figure
    status: str
    got: Any = None
    difference: float | None = None
    reason: str = ""
    missing: str = ""
    recomputed: Any = None

    @property
    def status_text(self) -> str:
        """The status as people read it: "needs dinos.txt" names the file."""
        return f"{NEEDS} {self.missing}" if self.status == NEEDS else self.status


def load_figures(path: str | os.PathLike[str]) -> list[Figure]:
    """The figures of a file, in its order.

    Raises:
        InputError: the file is not such JSON; the sentence says where.
    """
    try:
        content = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: is not JSON (line {error.lineno}: {error.msg}); give a figures file") from None
    records = content.get("figures") if isinstance(content, dict) else None
    if not isinstance(records, list):
        raise InputError(f'{path}: has no list called "figures"; give a figures file')
    return [_figure(path, number, record) for number, record in enumerate(records)]


def _figure(path: str | os.PathLike[str], number: int, record: Any) -> Figure:
    for key in ("function", "expected"):
        if not isinstance(record, dict) or key not in record:
            raise InputError(f'{path}: figure {number} has no "{key}"; every figure needs one')
    source = record.get("source", [])
    return Figure(
        id=str(record.get("id", f"figure {number}")),
        function=str(record["function"]),
        what=str(record.get("what", "")),
        inputs=dict(record.get("inputs") or {}),
        expected=record["expected"],
        source=(source,) if isinstance(source, str) else tuple(source),
        tolerance=record.get("tolerance", "exact"),
        verified=bool(record.get("verified", True)),
        note=str(record.get("note", "")),
    )


def draw_inputs(figure: Figure) -> dict[str, np.ndarray]:
    """The arrays that the figure's `seed` and `draws` describe."""
    return draw_arrays(int(figure.inputs["seed"]), figure.inputs.get("draws", []))


def draw_arrays(seed: int, draws: Iterable[tuple[str, Sequence[int]]]) -> dict[str, np.ndarray]:
    """Standard normal arrays by name: NumPy's legacy generator seeded, then one draw after the other."""
    with legacy_numpy_seed(seed):
        return {name: np.random.randn(*shape) for name, shape in draws}


def compare(comparison: Comparison, figures: Iterable[Figure], context: Context) -> list[Outcome]:
    """The outcome of every figure, in order, without those that belong to another assignment."""
    ours = Context(comparison.functions(), context.course) if context.solution else context
    return [
        compare_figure(comparison, figure, context, ours) for figure in figures if figure.function in comparison.values
    ]


def compare_figure(comparison: Comparison, figure: Figure, context: Context, ours: Context) -> Outcome:
    """Compute one figure with the context's functions and judge it; `ours` has the package's own functions."""
    try:
        got = comparison.values[figure.function](figure, context)
    except MissingFileError as error:
        return Outcome(figure, NEEDS, reason=str(error), missing=error.name)
    except NotCompared as error:
        return Outcome(figure, OTHER, reason=str(error))
    except SelectionError as error:
        return Outcome(figure, MISMATCH, reason=str(error))
    except Exception as error:  # whatever a user's function raises is the finding, not a crash of the comparison
        return Outcome(figure, MISMATCH, reason=f"raised {type(error).__name__}: {error}")
    tolerance = Tolerance.parse(figure.tolerance)
    outcome = agree(figure.expected, got, tolerance)
    if outcome.whole:
        return Outcome(figure, MATCH, plain(got), outcome.difference)
    return _judge(comparison, figure, got, outcome, tolerance, ours, own=context.solution is None)


def _judge(
    comparison: Comparison,
    figure: Figure,
    got: Any,
    outcome: Agreement,
    tolerance: Tolerance,
    ours: Context,
    *,
    own: bool,
) -> Outcome:
    """A figure that does not agree as a whole: explained, or a mismatch."""
    if outcome.comparable:
        reason = f"agrees where it can be compared ({figure.tolerance}). {figure.note}".strip()
        return Outcome(figure, EXPLAINED, plain(got), outcome.difference, reason)
    if own or _as_ours(comparison, figure, got, ours):
        for explanation in comparison.explain(figure, ours):
            if agree(figure.expected, explanation.value, tolerance).whole:
                recomputed = plain(explanation.value)
                return Outcome(
                    figure, EXPLAINED, plain(got), outcome.difference, explanation.reason, recomputed=recomputed
                )
    if not comparison.settled(figure) or not tolerance.testable:
        reason = f"the figures file marks it as chaotic or unverified. {figure.note}".strip()
        return Outcome(figure, EXPLAINED, plain(got), outcome.difference, reason)
    reason = outcome.problem if own else _known_fault(comparison, figure, got, ours, tolerance) or outcome.problem
    return Outcome(figure, MISMATCH, plain(got), outcome.difference, reason)


def _known_fault(comparison: Comparison, figure: Figure, got: Any, ours: Context, tolerance: Tolerance) -> str:
    """Where a user's wrong value is what a known faulty rule gives, the sentence that names the rule."""
    for explanation in comparison.explain(figure, ours):
        if agree(explanation.value, got, tolerance).whole:
            return f"this is what a known faulty rule gives. {explanation.reason}"
    return ""


def _as_ours(comparison: Comparison, figure: Figure, got: Any, ours: Context) -> bool:
    """Whether a user's value is the one that our own functions give: only then may our explanation speak for it."""
    correct = comparison.values[figure.function](figure, ours)
    return agree(correct, got, Tolerance(rtol=1e-6, atol=1e-8)).whole


def count(outcomes: Iterable[Outcome], all_figures: int) -> dict[str, int]:
    """How many figures have which status; those of other assignments are the rest of the file."""
    counts = dict.fromkeys((MATCH, EXPLAINED, NEEDS, MISMATCH, OTHER), 0)
    listed = 0
    for outcome in outcomes:
        counts[outcome.status] += 1
        listed += 1
    counts[OTHER] += all_figures - listed
    return counts


def shorten(value: Any, width: int = 24) -> str:
    """A value as a few characters: 6 significant digits, long lists cut with an ellipsis."""
    value = plain(value)
    if isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, list):
        text = "[" + ", ".join(shorten(part, width) for part in value[:8]) + (", ...]" if len(value) > 8 else "]")
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key!r}: {shorten(part, width)}" for key, part in value.items()) + "}"
    else:
        text = repr(value)
    return text if len(text) <= width else text[: width - 3] + "..."
