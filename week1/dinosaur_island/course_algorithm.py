"""The course's dinosaur algorithm: a character model learned one name at a time, figure for figure.

The names are shuffled once and read round and round; the hidden state that one name ends in starts the next; the loss
shown is a moving average. All draws come from a legacy `np.random.RandomState` that is seeded anew as the course does;
the module `np.random` itself serves too, and is what `course.py` passes. The step is `course_fast_step.py`,
or its readable equal `course_step.py`. Parameters: `Wax Waa Wya b by`, shapes as in `course_step.py`.
Source: course, week 1, dinosaur assignment.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InputError
from week1.dinosaur_island.course_fast_step import FastStep
from week1.dinosaur_island.course_step import PlainStep, forward_step, one_hot

ITERATIONS = 35000
LEARNING_RATE = 0.01
CLIP = 5.0
MAX_CHARACTERS = 50
NEWLINE = "\n"


def initial_parameters(n_a: int, vocab_size: int, *, random_state: Any) -> dict[str, np.ndarray]:
    """Weights 0.01 * randn after seeding with 1, drawn in the order Wax, Waa, Wya; biases zero. Float64.

    `random_state` is a `RandomState` or the module `np.random`; it is left as the last draw leaves it.
    """
    random_state.seed(1)
    return {
        "Wax": random_state.randn(n_a, vocab_size) * 0.01,
        "Waa": random_state.randn(n_a, n_a) * 0.01,
        "Wya": random_state.randn(vocab_size, n_a) * 0.01,
        "b": np.zeros((n_a, 1)),
        "by": np.zeros((vocab_size, 1)),
    }


def initial_loss(vocab_size: int, dino_names: int) -> float:
    """-log(1 / vocab_size) * dino_names in nats: where the smoothed loss starts."""
    return float(-np.log(1.0 / vocab_size) * dino_names)


def smooth(loss: float, current: float) -> float:
    """0.999 * loss + 0.001 * current: the moving average that the course prints."""
    return loss * 0.999 + current * 0.001


def sample_indices(
    parameters: Mapping[str, np.ndarray],
    newline: int,
    *,
    seed: int,
    random_state: Any,
    max_characters: int = MAX_CHARACTERS,
) -> list[int]:
    """Indices of one drawn name, newline at the end: drawn, or added after `max_characters` without one.

    Draw number k (from 0) comes after seeding `random_state` with seed + 2k, because the course adds one to both its
    seed and its counter. The draw is what `np.random.choice(vocab_size, p=p)` does: the number of entries of the
    normalised cumulative sum of p that one uniform number reaches. As in the course, a newline drawn as the very last
    character is followed by another.
    """
    vocab_size, n_a = parameters["by"].shape[0], parameters["b"].shape[0]
    index, a, indices = None, np.zeros((n_a, 1)), []
    while index != newline and len(indices) < max_characters:
        a, p = forward_step(one_hot(index, vocab_size), a, parameters)
        cumulative = p.ravel().cumsum()
        if not math.isfinite(cumulative[-1]):
            raise InputError("the parameters give no probabilities (nan): train again with a smaller learning rate")
        cumulative /= cumulative[-1]
        random_state.seed(seed + 2 * len(indices))
        index = int(cumulative.searchsorted(random_state.random_sample(), side="right"))
        indices.append(index)
    if len(indices) == max_characters:
        indices.append(newline)
    return indices


def spell(indices: Sequence[int], ix_to_char: Mapping[int, str]) -> str:
    """The characters of `indices` joined, the first one in upper case; a newline stays where it is."""
    text = "".join(ix_to_char[index] for index in indices)
    return text[:1].upper() + text[1:]


def read_course_data(text: str) -> tuple[list[str], dict[str, int]]:
    """(names, char_to_ix) of a file's text, as the course makes them.

    Every line is a name, lower-cased, without white space at its ends, repeated ones too; the characters of the names
    and the newline are numbered in sorted order (for plain letters: newline 0, a 1, ... z 26).
    """
    names = [line.strip() for line in text.lower().splitlines()]
    characters = sorted({NEWLINE}.union(*names))
    return names, {character: index for index, character in enumerate(characters)}


def newline_index(char_to_ix: Mapping[str, int]) -> int:
    """The index of the newline, which ends every name; InputError where the vocabulary has none."""
    if NEWLINE not in char_to_ix:
        raise InputError("char_to_ix has no newline, which marks the end of a name: add '\\n' to it")
    return char_to_ix[NEWLINE]


def encode_name(name: str, char_to_ix: Mapping[str, int], vocab_size: int) -> list[int]:
    """The character indices of `name`; InputError names a character that the vocabulary does not hold."""
    for character in name:
        if character not in char_to_ix:
            raise InputError(
                f"the name {name!r} has the character {character!r}, which char_to_ix does not hold: "
                "build char_to_ix from the same names, in the same case"
            )
        if not 0 <= char_to_ix[character] < vocab_size:
            raise InputError(
                f"char_to_ix gives {character!r} the index {char_to_ix[character]}, but vocab_size is {vocab_size}: "
                "number the characters from 0 to vocab_size - 1"
            )
    return [char_to_ix[character] for character in name]


class TrainingDiverged(InputError):
    """The loss is no longer a number.

    `iteration` (from 0) is where it happened, `parameters` are those before it: the last ones with a finite loss.
    """

    def __init__(self, loss: float, iteration: int, parameters: dict[str, np.ndarray]):
        super().__init__(f"the loss is {loss} at iteration {iteration}: train again with a smaller learning rate")
        self.iteration, self.parameters = iteration, parameters


@dataclass(frozen=True)
class Report:
    """What the course prints at an iteration: the smoothed loss in nats, and names drawn after the step."""

    iteration: int
    loss: float
    names: list[str]


class CourseTraining:
    """One run of the course's training loop, which can be paused at any iteration and continued.

    Args:
        names: in file order; one character of `char_to_ix` after the other, no newline. An empty name is learned too,
            as in the course.
        char_to_ix: character -> index from 0, with the newline.
        n_a: hidden units.
        vocab_size: rows of `by`; default the number of characters in `char_to_ix`.
        dino_names: names drawn for a report.
        learning_rate: of the descent.
        plain: take the readable step instead of the fast one; the results are the same to the last bit.
        random_state: a `np.random.RandomState`, or the module `np.random`; default a generator of its own.

    Attributes:
        iteration: steps taken so far.
        loss: the smoothed loss in nats.
        examples: the names in the order of learning.
        visited: for every step taken, the position in `examples` that it learned from.

    Errors: InputError for an empty list or a character that `char_to_ix` does not hold.
    """

    def __init__(
        self,
        names: Sequence[str],
        char_to_ix: Mapping[str, int],
        *,
        n_a: int = 50,
        vocab_size: int | None = None,
        dino_names: int = 7,
        learning_rate: float = LEARNING_RATE,
        plain: bool = False,
        random_state: Any = None,
    ):
        if not names:
            raise InputError("the list of names is empty: give at least one name to learn from")
        vocab_size = len(char_to_ix) if vocab_size is None else vocab_size
        self._newline = newline_index(char_to_ix)
        self._characters = {index: character for character, index in char_to_ix.items()}
        self._random_state = np.random.RandomState() if random_state is None else random_state
        parameters = initial_parameters(n_a, vocab_size, random_state=self._random_state)
        self.examples = list(names)
        self._random_state.seed(0)
        self._random_state.shuffle(self.examples)
        encoded = [encode_name(name, char_to_ix, vocab_size) for name in self.examples]
        if plain:
            self._step = PlainStep(parameters, learning_rate=learning_rate, max_value=CLIP)
        else:
            longest = max(map(len, encoded))
            self._step = FastStep(parameters, learning_rate=learning_rate, max_value=CLIP, longest=longest)
        self._encoded = [self._step.encode(indices, self._newline) for indices in encoded]
        self.dino_names = dino_names
        self.iteration, self.loss, self.visited = 0, initial_loss(vocab_size, dino_names), []

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The parameters as they are now, float64, in the course's shapes."""
        return self._step.parameters

    def advance(self, until: int) -> None:
        """Take steps until `until` have been taken in all; TrainingDiverged where the loss stops being a number."""
        step, encoded, visited = self._step.step, self._encoded, self.visited
        with np.errstate(all="ignore"):
            for iteration in range(self.iteration, until):
                position = iteration % len(encoded)
                current = step(encoded[position])
                if not math.isfinite(current):
                    raise TrainingDiverged(current, iteration, self.parameters)
                self.loss = smooth(self.loss, current)
                self.iteration = iteration + 1
                visited.append(position)

    def sample(self, seed: int) -> list[int]:
        """Indices of the name that the parameters draw with this seed; see `sample_indices`."""
        return sample_indices(self.parameters, self._newline, seed=seed, random_state=self._random_state)

    def report(self) -> Report:
        """The last iteration taken, the smoothed loss, and `dino_names` names drawn with the seeds 0, 1, 2, ..."""
        names = [spell(self.sample(seed), self._characters).replace(NEWLINE, "") for seed in range(self.dino_names)]
        return Report(self.iteration - 1, self.loss, names)

    def reports(self, report_at: Collection[int]) -> Iterator[Report]:
        """Train on, and yield a report after each of the iterations `report_at` (from 0) that is still to come."""
        for iteration in sorted(set(report_at)):
            if iteration >= self.iteration:
                self.advance(iteration + 1)
                yield self.report()


@dataclass(frozen=True)
class History:
    """A finished run: its reports by iteration, final parameters, first name learned, and positions visited."""

    reports: dict[int, Report]
    parameters: dict[str, np.ndarray]
    first_example: str
    visited: list[int]


def train_by_name(
    names: Sequence[str],
    char_to_ix: Mapping[str, int],
    *,
    report_at: Collection[int] = (),
    until: int | None = None,
    **options: Any,
) -> History:
    """Train in one run and report at any iterations; see `CourseTraining` for `options` and errors.

    `report_at` are iterations counted from 0, as the course prints them; `until` is the number of steps in all, by
    default as many as the last report needs, or the course's 35000 without reports. Reports past `until` are left out.
    """
    training = CourseTraining(names, char_to_ix, **options)
    if until is None:
        until = max(report_at) + 1 if report_at else ITERATIONS
    wanted = [iteration for iteration in report_at if iteration < until]
    reports = {report.iteration: report for report in training.reports(wanted)}
    training.advance(until)
    return History(reports, training.parameters, training.examples[0], training.visited)
