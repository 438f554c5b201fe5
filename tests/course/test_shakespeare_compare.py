"""The course's Shakespeare figures by its own text and weights, and those weights in Keras."""

import json

import numpy as np
import pytest

from common.course_figures import Context, compare, load_figures
from week1.shakespeare.compare import COMPARISON
from week1.shakespeare.course import build_data, vectorization
from week1.shakespeare.data import COURSE_CHARACTERS, build_vocabulary, cut_windows, encode, find_text, load_text
from week1.shakespeare.model import build_model, to_keras
from week1.shakespeare.trained import TrainedModel


@pytest.fixture
def text(course):
    return load_text(find_text(course=course).path)


@pytest.fixture
def weights(course):
    return next(course.rglob("model_shakespeare_kiank_350_epoch.h5"))


def test_the_vocabulary_is_the_texts(text):
    assert build_vocabulary(text).tokens == tuple(COURSE_CHARACTERS)


def test_data_and_windows_are_the_same_thing(text):
    sentences, following = build_data(text)
    windows = cut_windows(encode(text, build_vocabulary(text)))
    assert len(sentences) == len(windows.inputs) == 31412
    table = {character: index for index, character in enumerate(COURSE_CHARACTERS)}
    x, y = vectorization(sentences[:50], following[:50], 38, table)
    assert x.shape == (50, 40, 38) and x.dtype == bool
    assert np.array_equal(x.argmax(axis=2), windows.inputs[:50]) and np.array_equal(
        y.argmax(axis=1), windows.targets[:50]
    )


def test_the_weights_give_in_numpy_what_they_give_in_keras(text, weights):
    model = TrainedModel.load(weights)
    assert model.config.recurrent_activation == "legacy_hard_sigmoid"
    network = build_model(model.config, ids=True)
    to_keras(network, model.parameters)
    inputs = cut_windows(encode(text, model.vocabulary)).inputs[::1000]
    assert np.allclose(np.exp(model.network().predict(inputs)), network(inputs.astype("int32")), atol=1e-5)


def test_the_figures_with_the_right_activation_agree(course):
    """The counts, the layers and both offsets of the activation that the weights were trained with."""
    wanted = {"legacy_hard_sigmoid", None}
    figures = [one for one in load_figures(COMPARISON.expected) if one.scalar("recurrent_activation") in wanted]
    outcomes = compare(COMPARISON, figures, Context(COMPARISON.functions(), course))
    assert [outcome.status for outcome in outcomes] == ["match"] * 4


def test_the_course_weights_write_from_the_shell(shell, weights, tmp_path):
    done = shell("week1.shakespeare", "generate", "--weights", weights, "--start", "Shall I", "--length", 60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Shall I") and len(done.stdout) == len("Shall I") + 61


def test_an_unknown_way_to_state_the_windows_is_a_mismatch_not_a_crash(course, tmp_path):
    record = {"function": "shakespeare model", "expected": [1.0, 0.5], "inputs": {"data": "some windows"}}
    path = tmp_path / "figures.json"
    path.write_text(json.dumps({"figures": [record]}))
    (outcome,) = compare(COMPARISON, load_figures(path), Context(COMPARISON.functions(), course))
    assert outcome.status == "mismatch" and "does not say where its windows begin" in outcome.reason


@pytest.mark.parametrize(
    ("content", "counts"),
    [
        ("from shakespeare_utils import *\n", {"match": 0, "mismatch": 0, "other": 8}),
        ("def build_data(text, Tx, stride):\n    return text[::3], None\n", {"match": 0, "mismatch": 1, "other": 7}),
    ],
)
def test_a_users_file_is_held_to_what_it_defines(shell, tmp_path, content, counts):
    (tmp_path / "mine.py").write_text(content)
    done = shell("week1.shakespeare", "compare", "--solution", "mine.py", "--json")
    assert done.returncode == counts["mismatch"], done.stderr
    assert json.loads(done.stdout)["counts"] == {"explained": 0, "needs": 0, **counts}
