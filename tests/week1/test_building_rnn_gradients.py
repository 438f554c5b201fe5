"""The verb `gradients`: the norms it shows, and the folder it leaves."""

import json

import numpy as np
import pytest

from common.recurrent import softmax_cross_entropy
from week1.building_rnn.__main__ import DESCRIPTION, PROGRAM, VERBS
from week1.building_rnn.vanishing import SETTINGS, Memory, begin, draw_task, gradient_norms, observe


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.title)
def test_the_norm_at_a_state_is_that_of_a_run_begun_there(setting):
    rng = np.random.default_rng(0)
    layer, parameters = begin(setting, 6, rng)
    ids, targets = draw_task(rng, 6, 5)
    norms = gradient_norms(layer, parameters, ids, targets)
    state = layer.initial_state(5)
    for row in ids[:3]:
        state = layer.step(parameters, row, state)
    rest = layer.forward(parameters, ids[3:], state=state)
    output = softmax_cross_entropy(rest.h[-1:], targets[np.newaxis], parameters["kernel_y"], parameters["bias_y"])
    dh = np.zeros_like(rest.h)
    dh[-1] = output.dh[0]
    gradient = layer.backward(dh, rest.cache).state
    wanted = np.sqrt(sum((part**2).sum() for part in gradient)) / np.linalg.norm(output.dh)
    assert norms[2] == pytest.approx(wanted, rel=1e-4)
    assert norms[-1] == 1


def test_open_gates_keep_the_gradient_that_usual_ones_lose():
    reached = {setting: observe(setting, steps=100, iterations=1, seed=1).reaching for setting in SETTINGS}
    for setting in SETTINGS:
        if setting.open_gates:
            assert reached[setting] > 0.01
        else:
            assert reached[setting] < 0.01


def test_a_short_dependency_is_learned():
    memory = observe(SETTINGS[-1], steps=12, iterations=150, seed=0)
    assert memory.learned_at() is not None
    assert np.mean(memory.losses[:5]) > 1.2
    again = observe(SETTINGS[-1], steps=12, iterations=3, seed=0)
    np.testing.assert_array_equal(again.losses, memory.losses[:3])


def test_learning_is_noticed_at_the_right_iteration():
    losses = np.concatenate([np.ones(30), np.zeros(50)])
    assert Memory(SETTINGS[0], np.ones(3), losses).learned_at(window=10) == 30 + 10
    assert Memory(SETTINGS[0], np.ones(3), losses[:30]).learned_at(window=10) is None
    assert Memory(SETTINGS[0], np.ones(3), losses[:5]).learned_at(window=10) is None


def test_the_verb_prints_the_check_and_leaves_its_folder(tmp_path, capsys):
    from common.cli import main

    out = tmp_path / "run"
    assert (
        main(PROGRAM, DESCRIPTION, VERBS, ["gradients", "--steps", "10", "--iterations", "2", "--out", str(out)]) == 0
    )
    printed = capsys.readouterr().out
    assert "GRU, reset before" in printed
    assert "WRONG" not in printed
    metrics = json.loads((out / "metrics.json").read_text())
    worst = metrics["metrics"][0]
    assert worst["value"] < worst["reference"] == 1e-6
    assert (out / metrics["figures"][0]["file"]).read_bytes().startswith(b"\x89PNG")
    assert (out / "gradients.txt").read_text().count("\n") > 90


def test_a_wrong_gradient_fails_the_verb(tmp_path, capsys, monkeypatch):
    from common.cli import main
    from week1.building_rnn import gradient_check

    monkeypatch.setattr(gradient_check, "LIMIT", 1e-30)
    arguments = ["gradients", "--steps", "10", "--iterations", "1", "--out", str(tmp_path)]
    assert main(PROGRAM, DESCRIPTION, VERBS, arguments) == 1
    assert "WRONG" in capsys.readouterr().out
