"""When a training writes its checkpoint, and what happens where that fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from common.cli import say
from common.training.checkpoints import Checkpoints, Saved, load_checkpoint, save_checkpoint
from common.training.state import Progress


class Saver:
    """The checkpoints of one training; without `rules` there are none.

    Args:
        rules: where and when.
        identity: of the run; another run's folder is refused.
    """

    def __init__(self, rules: Checkpoints | None, identity: Mapping[str, Any]):
        self.rules, self._identity = rules, identity
        self._time, self._place = time.monotonic(), (-1, -1)

    def load(self) -> Saved | None:
        """The newest sound checkpoint, if there is one."""
        saved = load_checkpoint(self.rules.folder, identity=self._identity) if self.rules else None
        if saved:
            self._place = saved.notes["epoch"], saved.notes["steps"]
        return saved

    def steps_to_save(self, at: Progress) -> int | None:
        """Steps until the next save that is due by count, or None."""
        every = self.rules.every_steps if self.rules else None
        return every - at.steps % every if every else None

    def due(self, at: Progress) -> bool:
        """Whether it is time to save."""
        rules = self.rules
        if rules is None or self._place == (at.epoch, at.steps):
            return False
        by_time = rules.every_seconds is not None and time.monotonic() - self._time >= rules.every_seconds
        by_steps = rules.every_steps is not None and at.steps % rules.every_steps == 0
        by_epochs = rules.every_epochs is not None and at.step == 0 and at.epoch % rules.every_epochs == 0
        return by_time or by_steps or by_epochs

    def save(self, at: Progress, gather: Callable[[], Saved]) -> None:
        """Write what `gather` gives, unless this very place is saved already. Raises OSError where it cannot."""
        if self.rules and self._place != (at.epoch, at.steps):
            save_checkpoint(self.rules.folder, gather(), identity=self._identity, keep=self.rules.keep)
            self._time, self._place = time.monotonic(), (at.epoch, at.steps)

    def try_to_save(self, at: Progress, gather: Callable[[], Saved]) -> None:
        """As `save`, but a full disk in the midst of a training costs a warning, and another try after the interval."""
        self._time = time.monotonic()
        unless_it_fails(lambda: self.save(at, gather))


def unless_it_fails(write: Callable[[], Any]) -> None:
    """Write; where that is not possible, say so and let the training go on."""
    try:
        write()
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        say(f"warning: cannot write{where} ({error.strerror or error}); the training goes on")
