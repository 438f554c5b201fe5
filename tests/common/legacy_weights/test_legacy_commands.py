"""`python -m common.legacy_weights`: what a person sees, and that bad input is one sentence and exit status 2."""

from __future__ import annotations

import json

import historical
import numpy as np
import pytest

from common.cli import main
from common.errors import InputError
from common.legacy_weights import inspect_file, upgrade
from common.legacy_weights.__main__ import PROGRAM, VERBS
from common.legacy_weights.inspection import describe

DENSE = {"name": "dense", "units": 2, "activation": "linear", "batch_input_shape": [None, 3]}
ARRAYS = [("dense/kernel:0", np.ones((3, 2), "float32")), ("dense/bias:0", np.zeros(2, "float32"))]


def sequential(*layers):
    return {"class_name": "Sequential", "config": [{"class_name": name, "config": config} for name, config in layers]}


def old_file(tmp_path, *layers, **options):
    config = sequential(("Dense", DENSE), *layers)
    return historical.write(tmp_path / "old.h5", config=config, groups={"dense": ARRAYS}, **options)


def run(capsys, *arguments):
    status = main(PROGRAM, "", VERBS, [str(argument) for argument in arguments])
    return status, *capsys.readouterr()


def test_inspect_shows_layers_parameters_and_what_is_read_otherwise(tmp_path, capsys):
    path = old_file(tmp_path, ("Activation", {"name": "gate", "activation": "hard_sigmoid"}), version="2.0.6")
    status, out, _ = run(capsys, "inspect", path)
    assert status == 0
    assert "Keras 2.0.6 on tensorflow, Sequential model" in out and "8 parameters" in out
    assert "gate: activation hard_sigmoid is Keras 2's" in out
    assert "upgrade" in out.splitlines()[-1]


def test_upgrade_writes_a_model_that_plain_keras_opens(tmp_path, capsys):
    import keras

    path, new = old_file(tmp_path), tmp_path / "new.keras"
    status, out, _ = run(capsys, "upgrade", path, new)
    assert status == 0
    assert "every weight equal" in out
    np.testing.assert_allclose(keras.models.load_model(new).predict(np.ones((1, 3)), verbose=0), [[3.0, 3.0]])


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([("Lambda", {"name": "code", "function": ["AAAA", None, None]})], ["'code'", "'code' (Lambda)", "never run"]),
        ([("MyLayer", {"name": "mine"}), ("CRF", {"name": "crf"})], ["'mine'", "MyLayer", "'crf'", "layers={"]),
        ([("Activation", {"name": "act", "activation": "my_relu"})], ["'act'", "my_relu", "--activation act="]),
        ([("LocallyConnected1D", {"name": "local"})], ["'local'", "locally connected"]),
        ([("LSTM", {"name": "rnn", "units": 3, "time_major": True})], ["'rnn'", "time_major"]),
        ([("Dense", {"name": "one", "units": 1, "activation": "softmax"})], ["'one'", "softmax:AXIS"]),
        ([("Reshape", {"name": "shape", "target_shape": [7]})], ["'shape'", "Reshape"]),
        ([("Dense", {"name": "more", "units": 2})], ["'more'", "no arrays"]),
        ([("Dense", {"name": "huge", "units": 10**12})], ["'huge'", "units=1000000000000"]),
        ([("Dense", {"units": None, "name": "odd"})], ["'odd'"]),
    ],
)
def test_what_cannot_be_carried_over_is_named(tmp_path, capsys, layers, words):
    status, _, error = run(capsys, "upgrade", old_file(tmp_path, *layers), tmp_path / "new.keras")
    assert status == 2
    assert error.splitlines()[-1].startswith("error: ") and "Traceback" not in error
    assert all(word in error for word in words), error
    assert not (tmp_path / "new.keras").exists()


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("model.yaml", "class_name: Sequential\n", "not valid JSON"),
        ("model.json", '{"layers": 3}', "not a Keras architecture"),
        ("model.json", '{"class_name": "Sequential", "config": {"layers": 3}}', "not one that Keras writes"),
        ("model.json", '{"class_name": "MyModel", "config": {}}', "MyModel"),
        ("model.json", b"\xff\xfe\x00", "not a text file"),
    ],
)
def test_an_architecture_that_is_none(tmp_path, capsys, name, content, word):
    path = historical.write(tmp_path / "w.h5", config=None, groups={"dense": ARRAYS}, full=False)
    architecture = tmp_path / name
    architecture.write_bytes(content if isinstance(content, bytes) else content.encode())
    for verb in (["inspect", path], ["upgrade", path, tmp_path / "new.keras"]):
        status, _, error = run(capsys, *verb, "--architecture", architecture)
        assert status == 2
        assert name in error and word in error


def test_weights_only_files(tmp_path, capsys):
    path = historical.write(tmp_path / "w.h5", config=None, groups={"dense": ARRAYS}, full=False)
    status, out, _ = run(capsys, "inspect", path)
    assert status == 0 and "weights only" in out and "--architecture" in out
    status, _, error = run(capsys, "upgrade", path, tmp_path / "new.keras")
    assert status == 2 and "--architecture" in error
    (tmp_path / "model.json").write_text(json.dumps(sequential(("Dense", DENSE))), encoding="utf-8")
    status, _, _ = run(capsys, "upgrade", path, tmp_path / "new.keras", "--architecture", tmp_path / "model.json")
    assert status == 0


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--activation", "dense"], "LAYER=FUNCTION"),
        (["--activation", "dense=mystery"], "LAYER=FUNCTION"),
        (["--activation", "dense=relu:1"], "only a softmax"),
        (["--activation", "other=relu"], "'other'"),
        (["--input-shape", "a,b"], "--input-shape"),
    ],
)
def test_options_that_make_no_sense(tmp_path, capsys, options, word):
    status, _, error = run(capsys, "upgrade", old_file(tmp_path), tmp_path / "new.keras", *options)
    assert status == 2 and word in error


def test_the_new_name_must_be_a_keras_file(tmp_path, capsys):
    status, _, error = run(capsys, "upgrade", old_file(tmp_path), tmp_path / "new.h5")
    assert status == 2 and ".keras" in error


def test_an_activation_can_be_chosen_and_an_axis_too(tmp_path, rng):
    layers = [("Activation", {"name": "act", "activation": "mine"})]
    x = rng.normal(size=(4, 3)).astype("float32")
    plain = x @ ARRAYS[0][1]
    model = upgrade(old_file(tmp_path, *layers), activations={"act": "relu"})
    np.testing.assert_allclose(model.predict(x, verbose=0), np.maximum(plain, 0), atol=1e-6)
    model = upgrade(old_file(tmp_path), activations={"dense": "softmax:1"})
    np.testing.assert_allclose(model.predict(x, verbose=0).sum(1), 1.0, atol=1e-6)


def test_a_length_one_softmax_is_accepted_where_it_is_asked_for(tmp_path):
    layers = [("Dense", {"name": "one", "units": 1, "activation": "softmax"})]
    groups = {"dense": ARRAYS, "one": [("k:0", np.ones((2, 1), "float32")), ("b:0", np.zeros(1, "float32"))]}
    path = historical.write(tmp_path / "o.h5", config=sequential(("Dense", DENSE), *layers), groups=groups)
    with pytest.raises(InputError, match="axis of length 1"):
        upgrade(path)
    model = upgrade(path, activations={"one": "softmax:-1"})
    np.testing.assert_allclose(model.predict(np.ones((2, 3)), verbose=0), 1.0)


def test_a_layer_can_be_supplied(tmp_path):
    import keras

    path = old_file(tmp_path, ("Lambda", {"name": "code", "function": ["AAAA", None, None]}))
    model = upgrade(path, layers={"code": keras.layers.Rescaling(2.0)})
    np.testing.assert_allclose(model.predict(np.ones((1, 3)), verbose=0), [[6.0, 6.0]])


def test_an_input_shape_that_the_file_lacks(tmp_path):
    flat = {"class_name": "Flatten", "config": {"name": "flat"}}
    config = {
        "class_name": "Sequential",
        "config": [flat, {"class_name": "Dense", "config": {"name": "dense", "units": 2}}],
    }
    path = historical.write(tmp_path / "old.h5", config=config, groups={"dense": ARRAYS})
    with pytest.raises(InputError, match="--input-shape"):
        upgrade(path)
    assert upgrade(path, input_shape=(3, 1)).output_shape == (None, 2)


def test_a_file_that_keras3_wrote_is_only_opened(tmp_path, capsys):
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="hard_sigmoid")])
    model.save(tmp_path / "three.h5")
    status, out, _ = run(capsys, "inspect", tmp_path / "three.h5")
    assert status == 0 and "Keras 3 wrote it" in out
    status, _, _ = run(capsys, "upgrade", tmp_path / "three.h5", tmp_path / "new.keras")
    assert status == 0
    x = np.linspace(-3, 3, 12).reshape(4, 3)
    again = keras.models.load_model(tmp_path / "new.keras")
    np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)


def test_a_model_saved_by_a_class_of_the_authors_with_weights_of_its_own(tmp_path):
    groups = {"dense": ARRAYS}
    path = historical.write(tmp_path / "old.h5", config=sequential(("Dense", DENSE)), groups=groups)
    import h5py

    with h5py.File(path, "a") as file:
        stray = file["model_weights"].create_group("top_level_model_weights")
        stray.attrs["weight_names"] = [b"scale:0"]
        stray["scale:0"] = np.ones(1)
    assert "scale:0" in describe(inspect_file(path))
    with pytest.raises(InputError, match="belong to no layer"):
        upgrade(path)
