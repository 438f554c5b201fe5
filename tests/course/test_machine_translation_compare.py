"""The course's date figures: its own weights in NumPy and in Keras, every translation under its own gates."""

import json
from dataclasses import replace

import numpy as np
import pytest

from common.course_figures import Context, compare, load_figures
from week3.machine_translation import course
from week3.machine_translation.compare import COMPARISON, EXPECTED, activation_of
from week3.machine_translation.dates import COURSE_SPAN, TASK, draw_dates
from week3.machine_translation.model import build_model, gates, set_parameters
from week3.machine_translation.trained import TrainedTranslator
from week3.machine_translation.translate import translate

WHERE = "week3.machine_translation"


@pytest.fixture
def outcomes(course, tmp_path):
    """`outcomes(records)`: the figures of a file that holds these records, compared with the course's files at hand."""

    def run(records):
        usual = {"source": ["rebuilt"], "tolerance": "exact", "verified": True}
        path = tmp_path / "figures.json"
        path.write_text(json.dumps({"figures": [usual | record for record in records]}))
        return compare(COMPARISON, load_figures(path), Context(COMPARISON.functions(), course))

    return run


@pytest.fixture
def weights(course):
    return course / "W3A1/models/model.h5"


def test_every_figure_and_why_two_versions_differ(shell, course):
    done = shell(WHERE, "compare", "--figures", course / "figures" / "w3a1.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "43 figures compared: 42 match, 1 explained, 0 mismatch. Not compared: 0 need a file, 0 other." in done.stdout
    )
    explained = [line for line in done.stdout.splitlines() if line.endswith("explained [1]")]
    assert len(explained) == 1 and "unknown_char" in explained[0]
    assert "Why 2018 and 2021 print different dates" in done.stdout
    assert any(line.split()[-2:] == ["1979-05-03", "1979-05-33"] for line in done.stdout.splitlines())


def test_the_shipped_figures_are_the_courses(course):
    theirs = {figure.id: figure for figure in load_figures(course / "figures" / "w3a1.json")}
    ours = load_figures(EXPECTED)
    assert {figure.id for figure in ours} == theirs.keys()
    for figure in ours:
        other = theirs[figure.id]
        assert replace(figure, note="") == replace(other, note="")


def test_the_file_says_its_gates_and_the_verb_takes_others(shell, weights):
    model = TrainedTranslator.load(weights, task="dates")
    assert model.config.recurrent_activation == "legacy_hard_sigmoid"
    for activation, text in (("legacy_hard_sigmoid", "1979-05-03"), ("sigmoid", "1979-05-33")):
        options = ("--weights", weights, "--recurrent-activation", activation)
        done = shell(WHERE, "translate", "3 May 1979", *options)
        assert done.returncode == 0 and text in done.stdout, done.stderr


def test_legacy_loading_into_the_courses_model_gives_the_same_parameters(weights):
    from common.legacy_weights import legacy_hard_sigmoid, load_legacy_weights

    theirs = course.modelf(30, 10, 32, 64, 37, 11, recurrent_activation="legacy_hard_sigmoid")
    report = load_legacy_weights(theirs, weights)
    assert (report.parameters, report.complete, report.same_meaning) == (52960, True, True)
    assert gates("legacy_hard_sigmoid") is legacy_hard_sigmoid
    model = TrainedTranslator.load(weights)
    ours = build_model(model.config)
    set_parameters(ours, model.parameters, model.config)
    ids = TASK.encode(draw_dates(200, None, span=COURSE_SPAN).sources)
    zeros = np.zeros((200, 64), "f4")
    expected = np.stack(theirs([np.eye(37, dtype="f4")[ids], zeros, zeros], training=False), axis=1)
    np.testing.assert_allclose(ours(ids, training=False), expected, atol=1e-5)
    np.testing.assert_allclose(np.exp(model.network.forward(ids).log_probabilities), expected, atol=1e-5)


def test_other_figures_of_the_same_form_are_computed_from_their_inputs(outcomes):
    """Other texts, sizes and words than the shipped file's."""
    figures = [
        {"function": "modelf", "what": "params", "inputs": {"n_a": 8, "n_s": 16}, "expected": _parameters(8, 16)},
        {"function": "modelf", "what": "number of outputs", "inputs": {"Ty": 4}, "expected": 4},
        {"function": "preprocess_data", "what": "Yoh shape", "inputs": {"m": 7, "Tx": 12}, "expected": [7, 10, 11]},
        {"function": "preprocess_data", "what": "X shape", "inputs": {"m": 7, "Tx": 12}, "expected": [7, 12]},
        {"function": "string_to_int", "inputs": {"source": "9 May, 1998", "length": 4}, "expected": [12, 0, 24, 13]},
        {
            "function": "string_to_int",
            "what": "machine",
            "inputs": {"source": "1-0", "length": 3},
            "expected": [2, 0, 1],
        },
        {"function": "load_dataset", "expected": {"-": 0, **{str(digit): digit + 1 for digit in range(10)}}},
        {"function": "load_dataset", "expected": [["1 mar 2001", "2001-03-01"]]},
        {"function": "one_step_attention", "inputs": {"a": [3, 7, 8], "s_prev": [3, 5]}, "expected": [3, 1, 8]},
        {"function": "translate (model.h5, greedy)", "inputs": {"source": "1 May 2003"}, "expected": "2003-05-01"},
        {"function": "no such thing", "expected": 1},
    ]
    found = outcomes(figures)
    assert [outcome.status for outcome in found] == ["match"] * 10, found


def _parameters(n_a, n_s):
    """By hand: two LSTMs on 37 symbols, two dense layers, an LSTM on the contexts, a dense layer."""
    encoder, decoder = 4 * n_a * (37 + n_a + 1), 4 * n_s * (2 * n_a + n_s + 1)
    return 2 * encoder + (2 * n_a + n_s + 1) * 10 + 11 + decoder + (n_s + 1) * 11


@pytest.mark.parametrize(
    ("words", "source", "activation"),
    [
        ("legacy hard_sigmoid: clip(0.2x+0.5,0,1)", ["2018"], "legacy_hard_sigmoid"),
        ("plain sigmoid (what TF2 default layers use)", ["2021"], "sigmoid"),
        ("keras3_hard_sigmoid", ["rebuilt"], "hard_sigmoid"),
        ("hard sigmoid of Keras 3", ["rebuilt"], "hard_sigmoid"),
        (None, ["2021"], "sigmoid"),
        (None, ["2018"], "legacy_hard_sigmoid"),
    ],
)
def test_a_figures_words_say_the_gates(tmp_path, words, source, activation):
    inputs = {} if words is None else {"recurrent_activation": words}
    path = tmp_path / "figures.json"
    path.write_text(json.dumps({"figures": [{"function": "x", "expected": 1, "inputs": inputs, "source": source}]}))
    assert activation_of(load_figures(path)[0]) == activation


def test_a_wrong_figure_is_a_mismatch(outcomes):
    figures = [
        {"function": "translate (model.h5, greedy)", "inputs": {"source": "3 May 1979"}, "expected": "1979-05-04"},
        {"function": "modelf", "what": "params", "expected": 52961},
        {"function": "modelf", "what": "summary", "expected": [["GRU", [None, 3], 1]]},
        {"function": "preprocess_data", "what": "the labels", "expected": [1]},
    ]
    assert [outcome.status for outcome in outcomes(figures)] == ["mismatch"] * 4


NOTEBOOK = """
from tensorflow.keras.layers import Bidirectional, Concatenate, Dot, Input, LSTM, RepeatVector, Dense, Activation
from tensorflow.keras.models import Model
from faker import Faker
from nmt_utils import *
import matplotlib.pyplot as plt
%matplotlib inline
Tx, Ty, n_a, n_s = 30, 10, 32, 64
repeator = RepeatVector(Tx)
concatenator = Concatenate(axis=-1)
densor1 = Dense(10, activation="tanh")
densor2 = Dense(1, activation="relu")
activator = Activation(softmax, name="attention_weights")
dotor = Dot(axes=1)
post_activation_LSTM_cell = LSTM(n_s, return_state=True)
output_layer = Dense(11, activation=softmax)

def one_step_attention(a, s_prev):
    joined = concatenator([a, repeator(s_prev)])
    alphas = activator(densor2(densor1(joined)))
    return DOTTED

def modelf(Tx, Ty, n_a, n_s, human_vocab_size, machine_vocab_size):
    X = Input(shape=(Tx, human_vocab_size))
    s0, c0 = Input(shape=(n_s,), name="s0"), Input(shape=(n_s,), name="c0")
    s, c, outputs = s0, c0, []
    a = Bidirectional(LSTM(units=n_a, return_sequences=True))(X)
    for t in range(Ty):
        context = one_step_attention(a, s)
        s, _, c = post_activation_LSTM_cell(inputs=context, initial_state=[s, c])
        outputs.append(output_layer(inputs=s))
    return Model(inputs=[X, s0, c0], outputs=outputs)
"""


@pytest.mark.parametrize(("dotted", "mismatches"), [("dotor([alphas, a])", 0), ("dotor([alphas, a + 1])", 1)])
def test_a_notebook_in_the_way_of_2021_is_checked(shell, tmp_path, dotted, mismatches):
    cells = [{"cell_type": "code", "source": NOTEBOOK.replace("DOTTED", dotted)}]
    (tmp_path / "mine.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    done = shell(WHERE, "compare", "--solution", "mine.ipynb", "--json")
    assert done.returncode == (1 if mismatches else 0), done.stdout + done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert counts["mismatch"] == mismatches and counts["needs"] == 0
    assert counts["match"] == 3 - mismatches


def test_translations_of_the_course_weights_carry_their_remarks(weights):
    model = TrainedTranslator.load(weights)
    (one,) = translate(model, ["3 May 2030"])
    assert any("1970 to 2017" in remark for remark in one.remarks)
