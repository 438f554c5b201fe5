"""What the algorithms that learn by their own steps have in common, and the loop that runs them.

A learner is a list of steps, numbered from 0. A step's random draws come from the seed and its number alone, and what
it changes are the learner's arrays; so a training that is broken off anywhere goes on from its last checkpoint and ends
with the same bits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

from common.cli import say
from common.training import Checkpoints, Interrupted, NotFiniteError, Saved, load_checkpoint, save_checkpoint
from common.training.interrupt import CtrlC
from week2.learning_embeddings.kernels import Kernel

HISTORY_POINTS = 200


class StepResult(NamedTuple):
    """What one step did.

    loss: the sum of the examples' losses.
    examples: how many examples it learnt from (pairs of words, windows, or co-occurrence cells).
    words: words of the text that it covered, those that subsampling skipped included (0 where steps are no text).
    """

    loss: float
    examples: int
    words: int


class Learner(Protocol):
    """An algorithm under way.

    Attributes:
        steps: how many there are in all.
        kernel: what computes them, "numba" or "numpy"; they round differently.
    """

    steps: int
    kernel: Kernel

    def step(self, number: int) -> StepResult:
        """Do the step of this number, 0 <= number < steps; the loop asks for them in order."""

    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays that steps change, by name: the very arrays, which a resumed training fills in place."""

    def vectors(self) -> np.ndarray:
        """What was learnt: float32 (words, dimensions), in the order of the corpus's words."""


@dataclass
class Learned:
    """How far a training came.

    Attributes:
        steps: done; of how many in all.
        history: (share of the steps done, mean loss of an example since the point before), at most about 200 points.
        words, examples, seconds: learnt by this call alone, for its speed.
        resumed_at: steps that were done when this call began.
    """

    of: int
    steps: int = 0
    history: list[tuple[float, float]] = field(default_factory=list)
    words: int = 0
    examples: int = 0
    seconds: float = 0.0
    resumed_at: int = 0


def learn(
    learner: Learner,
    *,
    checkpoints: Checkpoints | None = None,
    identity: Mapping[str, Any] | None = None,
    report: Callable[[Learned], None] = lambda state: None,
) -> Learned:
    """Do all steps of the learner, from its last checkpoint if there is one; `report` is called after each step.

    Raises:
        NotFiniteError: the loss became NaN or infinite; the checkpoints are from before.
        Interrupted: Ctrl-C, after the state was saved; the same call goes on.
        InputError: the checkpoints are those of another run.
    """
    run = _Run(learner, checkpoints, identity or {})
    with CtrlC() as ctrl_c:
        while run.state.steps < learner.steps:
            run.step()
            report(run.state)
            if ctrl_c.pressed:
                run.save()
                raise Interrupted
            run.save_if_due()
    run.save()
    return run.state


class _Run:
    """One training: the learner, where it stands, and its checkpoints."""

    def __init__(self, learner: Learner, checkpoints: Checkpoints | None, identity: Mapping[str, Any]):
        self.learner, self.rules, self.identity = learner, checkpoints, {**identity, "steps": learner.steps}
        self.state = Learned(learner.steps)
        self._began = self._saved_time = time.monotonic()
        self._saved_steps = -1
        self._loss, self._examples = 0.0, 0
        self._every = max(learner.steps // HISTORY_POINTS, 1)
        if checkpoints:
            self._restore(load_checkpoint(checkpoints.folder, identity=self.identity))

    def _restore(self, saved: Saved | None) -> None:
        if saved is None:
            return
        for name, array in self.learner.arrays().items():
            array[...] = saved.arrays[name]
        notes = saved.notes
        self.state.steps = self.state.resumed_at = self._saved_steps = notes["steps"]
        self.state.history = [tuple(point) for point in notes["history"]]
        self._loss, self._examples = notes["loss"], notes["examples"]

    def step(self) -> None:
        """Do the next step; raises NotFiniteError where its loss is no number."""
        state = self.state
        result = self.learner.step(state.steps)
        if not math.isfinite(result.loss):
            raise NotFiniteError(f"the loss became {result.loss} at step {state.steps}; lower the learning rate")
        state.steps += 1
        state.words += result.words
        state.examples += result.examples
        state.seconds = time.monotonic() - self._began
        self._loss += result.loss
        self._examples += result.examples
        if self._examples and (state.steps % self._every == 0 or state.steps == state.of):
            state.history.append((state.steps / state.of, self._loss / self._examples))
            self._loss, self._examples = 0.0, 0

    def save_if_due(self) -> None:
        """Save where it is time; a full disk costs a warning, and another try after the interval."""
        rules = self.rules
        if rules is None:
            return
        by_time = rules.every_seconds is not None and time.monotonic() - self._saved_time >= rules.every_seconds
        by_steps = rules.every_steps is not None and self.state.steps % rules.every_steps == 0
        if by_time or by_steps:
            self._saved_time = time.monotonic()
            try:
                self.save()
            except OSError as error:
                say(f"warning: cannot save to {rules.folder} ({error.strerror or error}); the training goes on")

    def save(self) -> None:
        """Write the state, unless this very place is saved already."""
        if self.rules is None or self._saved_steps == self.state.steps:
            return
        notes = {
            "steps": self.state.steps,
            "history": self.state.history,
            "loss": self._loss,
            "examples": self._examples,
        }
        saved = Saved(self.learner.arrays(), notes)
        save_checkpoint(self.rules.folder, saved, identity=self.identity, keep=self.rules.keep)
        self._saved_steps = self.state.steps
