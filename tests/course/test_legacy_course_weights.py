"""The course's own weights in models of today: the figures that the notebooks print come out again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parents[2]
HUMAN, UNKNOWN, PADDING = 37, 35, 36


def date_model(gates):
    """The date translator as the figures describe it: 30 steps in, 10 out, attention over the time axis."""
    import keras
    from keras import layers as kl

    x, s, c = keras.Input((30, HUMAN)), keras.Input((64,), name="s0"), keras.Input((64,), name="c0")
    start = [x, s, c]
    a = kl.Bidirectional(kl.LSTM(32, return_sequences=True, recurrent_activation=gates))(x)
    repeat, join, weights, context = kl.RepeatVector(30), kl.Concatenate(), kl.Softmax(axis=1), kl.Dot(axes=1)
    energy = kl.Dense(10, activation="tanh"), kl.Dense(1, activation="relu")
    cell = kl.LSTM(64, return_state=True, recurrent_activation=gates)
    answer, outputs = kl.Dense(11, activation="softmax"), []
    for _ in range(10):
        alphas = weights(energy[1](energy[0](join([a, repeat(s)]))))
        s, _, c = cell(context([alphas, a]), initial_state=[s, c])
        outputs.append(answer(s))
    return keras.Model(start, outputs)


def translate(model, texts, letters):
    """The greedy translations: lower case, commas removed, cut or padded to 30."""
    codes = np.full((len(texts), 30), PADDING)
    for row, text in enumerate(texts):
        plain = text.lower().replace(",", "")[:30]
        codes[row, : len(plain)] = [letters.get(letter, UNKNOWN) for letter in plain]
    zeros = np.zeros((len(texts), 64), "float32")
    outputs = model.predict([np.eye(HUMAN, dtype="float32")[codes], zeros, zeros], verbose=0)
    best = np.argmax(np.stack(outputs, 1), -1)
    return ["".join("-0123456789"[index] for index in row) for row in best]


@pytest.fixture
def figures(course):
    return json.loads((course / "figures" / "w3a1.json").read_text(encoding="utf-8"))


def printed(figures, source):
    wanted = [figure for figure in figures["figures"] if figure["id"].startswith(f"w3a1.translate.{source}.")]
    return [figure["inputs"]["source"] for figure in wanted], [figure["expected"] for figure in wanted]


@pytest.mark.parametrize("source", ["2018", "rebuilt"])
def test_dates_of_2018_come_out_with_the_legacy_gates(course, figures, source):
    from common.legacy_weights import legacy_hard_sigmoid, load_legacy_weights

    model = date_model(legacy_hard_sigmoid)
    report = load_legacy_weights(model, course / "W3A1/models/model.h5")
    assert (report.parameters, report.arrays, report.complete, report.same_meaning) == (52960, 15, True, True)
    texts, wanted = printed(figures, source)
    assert texts
    assert translate(model, texts, figures["human_vocab"]) == wanted


def test_dates_of_2021_come_out_with_sigmoid_gates_and_the_difference_is_named(course, figures):
    from common.legacy_weights import load_legacy_weights

    model = date_model("sigmoid")
    report = load_legacy_weights(model, course / "W3A1/models/model.h5")
    assert {(d.setting, d.in_file, d.in_model) for d in report.differences} == {
        ("recurrent_activation", "legacy_hard_sigmoid", "sigmoid")
    }
    assert len(report.differences) == 2
    texts, wanted = printed(figures, "2021")
    assert translate(model, texts, figures["human_vocab"]) == wanted


def test_the_upgraded_date_model_equals_the_loaded_one_in_a_fresh_process(course, shell, tmp_path, rng_inputs):
    """Saved by the command with the axis given, opened by plain Keras with only the registered function imported."""
    from common.legacy_weights import legacy_hard_sigmoid, load_legacy_weights

    new = tmp_path / "dates.keras"
    done = shell(
        "common.legacy_weights",
        "upgrade",
        course / "W3A1/models/model.h5",
        new,
        "--activation",
        "attention_weights=softmax:1",
    )
    assert done.returncode == 0, done.stderr
    np.savez(tmp_path / "inputs.npz", *rng_inputs)
    program = (
        "import sys, numpy, keras; from common.legacy_weights import legacy_hard_sigmoid\n"
        "model = keras.models.load_model(sys.argv[1]); data = numpy.load(sys.argv[2])\n"
        "given = {name: data[f'arr_{n}'] for n, name in enumerate(('input_10', 's0', 'c0'))}\n"
        "numpy.save(sys.argv[3], numpy.stack(model.predict([given[i.name] for i in model.inputs], verbose=0)))"
    )
    arguments = [new, tmp_path / "inputs.npz", tmp_path / "outputs.npy"]
    subprocess.run([sys.executable, "-c", program, *map(str, arguments)], cwd=PROJECT, check=True, capture_output=True)
    model = date_model(legacy_hard_sigmoid)
    load_legacy_weights(model, course / "W3A1/models/model.h5")
    wanted = np.stack(model.predict(rng_inputs, verbose=0))
    np.testing.assert_allclose(np.load(tmp_path / "outputs.npy"), wanted, rtol=0, atol=1e-6)


@pytest.fixture
def rng_inputs():
    rng = np.random.default_rng(3)
    codes = rng.integers(0, HUMAN, (5, 30))
    return [np.eye(HUMAN, dtype="float32")[codes], *(rng.normal(size=(5, 64)).astype("float32") for _ in range(2))]


def test_the_date_models_softmax_is_refused_without_an_axis(course, shell, tmp_path):
    done = shell("common.legacy_weights", "upgrade", course / "W3A1/models/model.h5", tmp_path / "dates.keras")
    assert done.returncode == 2
    assert "attention_weights" in done.stderr and "softmax:AXIS" in done.stderr
    assert not (tmp_path / "dates.keras").exists()


def test_the_trigger_weights_give_probabilities(course):
    """The 2021 network, with Dense where the file has TimeDistributed(Dense): 5511 slices in, 1375 answers out."""
    import keras
    from keras import layers as kl

    from common.legacy_weights import load_legacy_weights

    x = keras.Input((5511, 101))
    y = kl.Activation("relu")(kl.BatchNormalization()(kl.Conv1D(196, 15, strides=4)(x)))
    y = kl.BatchNormalization()(kl.GRU(128, return_sequences=True)(y))
    y = kl.BatchNormalization()(kl.GRU(128, return_sequences=True)(y))
    model = keras.Model(x, kl.Dense(1, activation="sigmoid")(y))
    report = load_legacy_weights(model, course / "W3A2/models/model.h5")
    assert (report.parameters, report.complete) == (523329, True)
    outputs = model.predict(np.random.default_rng(0).random((1, 5511, 101), "float32"), verbose=0)
    assert outputs.shape == (1, 1375, 1)
    assert np.isfinite(outputs).all() and (outputs > 0).all() and (outputs < 1).all()


def test_the_trigger_model_is_upgraded_with_its_json_to_the_same_outputs(course):
    from common.legacy_weights import load_legacy_weights, upgrade

    folder = course / "W3A2/models"
    model = upgrade(folder / "model.h5", architecture=folder / "model.json")
    other = upgrade(folder / "model.h5", architecture=folder / "model.json")
    for variable in other.weights:
        variable.assign(np.zeros(variable.shape, "float32"))
    assert load_legacy_weights(other, folder / "model.h5").complete
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_shakespeare_differs_from_keras3s_own_reading(course):
    """The upgraded file agrees with a model of legacy gates, and not with Keras 3's gates of the same name."""
    import keras
    from keras import layers as kl

    from common.legacy_weights import legacy_hard_sigmoid, load_legacy_weights, upgrade

    path = course / "W1A2/models/model_shakespeare_kiank_350_epoch.h5"
    x = np.eye(38, dtype="float32")[np.random.default_rng(1).integers(0, 38, (50, 40))]
    answers = {}
    for name, gates in (("legacy", legacy_hard_sigmoid), ("keras3", "hard_sigmoid")):
        options = {"recurrent_activation": gates}
        layers = [kl.LSTM(128, return_sequences=True, **options), kl.LSTM(128, **options), kl.Dense(38, "softmax")]
        model = keras.Sequential([keras.Input((40, 38)), *layers])
        report = load_legacy_weights(model, path)
        assert report.same_meaning == (name == "legacy")
        answers[name] = model.predict(x, verbose=0)
    upgraded = upgrade(path).predict(x, verbose=0)
    np.testing.assert_allclose(upgraded, answers["legacy"], atol=1e-6)
    assert (upgraded.argmax(-1) == answers["keras3"].argmax(-1)).mean() < 0.95
