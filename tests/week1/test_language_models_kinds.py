"""The table of kinds: every command is one that exists; the plain network comes to counting."""

import importlib
import shlex

import numpy as np
import pytest

from week1.language_models.kinds import KINDS, counted_entropy, loss_and_gradients, train_one_to_one
from week1.language_models.pictures import draw_kinds

NAMES = ["abba", "abab", "baba", "cab", "abacab"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_names_a_command_that_its_assignment_understands(kind):
    from common.cli import build_parser

    _, _, module, *arguments = shlex.split(kind.command)
    shell = importlib.import_module(f"{module}.__main__")
    parsed = build_parser(module, shell.DESCRIPTION, shell.VERBS).parse_args(arguments)
    assert callable(parsed.run)


def test_the_five_kinds_have_the_shapes_of_the_lecture():
    shapes = {kind.name: (kind.inputs > 1, kind.outputs > 1, kind.begin) for kind in KINDS}
    assert shapes["one to one"] == (False, False, 0) and shapes["one to many"] == (False, True, 0)
    assert shapes["many to one"][:2] == (True, False)
    equal, different = shapes["many to many, equal"], shapes["many to many, different"]
    assert equal == (True, True, 0) and different[:2] == (True, True) and different[2] > 0


def test_the_picture_has_a_box_for_every_input_state_and_output():
    (axes,) = draw_kinds(KINDS).axes
    texts = [text.get_text() for text in axes.texts]
    assert texts.count("x") == sum(kind.inputs for kind in KINDS)
    assert texts.count("y") == sum(kind.outputs for kind in KINDS)
    assert texts.count("h") == sum(kind.steps for kind in KINDS if kind.steps > 1) and texts.count("f") == 1


def test_the_plain_network_comes_to_the_relative_frequencies():
    network = train_one_to_one(NAMES, epochs=600)
    pairs = [pair for name in NAMES for pair in zip("\n" + name, name + "\n", strict=True)]
    firsts = [first for first, _ in pairs]
    by_hand = -np.mean([np.log(pairs.count(pair) / firsts.count(pair[0])) for pair in pairs])
    assert network.counted == pytest.approx(by_hand)
    assert network.counted < network.losses[-1] < network.counted + 1e-2
    expected = dict(network.expected("c"))
    assert expected["a"] > 0.95 and sum(dict(network.expected("a", 10)).values()) == pytest.approx(1)


def test_its_gradients_against_finite_differences():
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 5, (4, 4)).astype(float)
    parameters = {"kernel": rng.normal(size=(4, 4)), "bias": rng.normal(size=4)}
    _, gradients = loss_and_gradients(parameters, counts)
    for name, value in parameters.items():
        for place in np.ndindex(value.shape):
            moved = [value.copy(), value.copy()]
            moved[0][place] += 1e-6
            moved[1][place] -= 1e-6
            losses = [loss_and_gradients(parameters | {name: one}, counts)[0] for one in moved]
            assert gradients[name][place] == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-8)
    assert counted_entropy(counts) < loss_and_gradients(parameters, counts)[0]
