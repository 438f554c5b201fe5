"""The loop that learners share: resumed anywhere it ends with the same bits; what fails is told."""

from __future__ import annotations

import signal

import numpy as np
import pytest

from common.errors import InputError
from common.seeding import make_rng
from common.training import Checkpoints, Interrupted, NotFiniteError
from week2.learning_embeddings import learner
from week2.learning_embeddings.learner import StepResult, learn


class Walk:
    """A learner whose state depends on every step before: a random walk in float32."""

    def __init__(self, steps: int = 40, bad_step: int | None = None):
        self.steps, self.bad_step = steps, bad_step
        self.place = np.zeros(5, dtype=np.float32)

    def step(self, number: int) -> StepResult:
        draw = make_rng(7, "walk", number).normal(size=5).astype(np.float32)
        self.place *= np.float32(0.9)
        self.place += draw
        return StepResult(float("nan") if number == self.bad_step else float(number), 2, 10)

    def arrays(self) -> dict[str, np.ndarray]:
        return {"place": self.place}

    def vectors(self) -> np.ndarray:
        return self.place[None]


class Stop(Exception):
    pass


@pytest.mark.parametrize("broken_after", [1, 3, 17, 39, 40])
def test_broken_off_anywhere_it_ends_with_the_same_bits(tmp_path, broken_after):
    whole = Walk()
    wanted = learn(whole)
    rules = Checkpoints(tmp_path / "checkpoints", every_steps=3)

    def stop(state):
        if state.steps == broken_after:
            raise Stop

    with pytest.raises(Stop):
        learn(Walk(), checkpoints=rules, report=stop)
    again = Walk()
    state = learn(again, checkpoints=rules)
    np.testing.assert_array_equal(again.place, whole.place)
    assert state.resumed_at == (broken_after - 1) // 3 * 3  # broken off before the save that was due
    assert state.history == wanted.history
    assert state.words == 10 * (40 - state.resumed_at)


def test_history_holds_means_of_the_steps_between(tmp_path):
    state = learn(Walk(450))
    assert len(state.history) == 225
    assert state.history[0] == (2 / 450, (0 + 1) / 4)
    assert state.history[-1] == (1.0, (448 + 449) / 4)


def test_ctrl_c_saves_and_the_same_call_goes_on(tmp_path):
    rules = Checkpoints(tmp_path / "checkpoints", every_seconds=None)

    def press(state):
        if state.steps == 11:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted):
        learn(Walk(), checkpoints=rules, report=press)
    again, whole = Walk(), Walk()
    assert learn(again, checkpoints=rules).resumed_at == 11
    learn(whole)
    np.testing.assert_array_equal(again.place, whole.place)


def test_a_loss_that_is_no_number_is_told_and_the_checkpoint_is_from_before(tmp_path):
    rules = Checkpoints(tmp_path / "checkpoints", every_steps=5)
    with pytest.raises(NotFiniteError, match="step 12"):
        learn(Walk(bad_step=12), checkpoints=rules)
    assert learn(Walk(), checkpoints=rules).resumed_at == 10


def test_another_runs_folder_is_refused(tmp_path):
    rules = Checkpoints(tmp_path / "checkpoints")
    learn(Walk(), checkpoints=rules, identity={"seed": 0})
    with pytest.raises(InputError, match="another run"):
        learn(Walk(), checkpoints=rules, identity={"seed": 1})
    with pytest.raises(InputError, match="another run"):
        learn(Walk(41), checkpoints=rules, identity={"seed": 0})


def test_a_full_disk_costs_a_warning_not_the_training(tmp_path, monkeypatch, capsys):
    calls = []

    def full(folder, saved, **options):
        calls.append(folder)
        if len(calls) < 3:
            raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(learner, "save_checkpoint", full)
    state = learn(Walk(), checkpoints=Checkpoints(tmp_path / "checkpoints", every_steps=10))
    assert state.steps == 40 and len(calls) == 4
    assert capsys.readouterr().err.count("No space left") == 2
