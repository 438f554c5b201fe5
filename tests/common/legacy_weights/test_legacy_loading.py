"""Weights into a model of one's own: matching, conversion, the report, and every way in which they do not fit."""

from __future__ import annotations

import random
import time

import historical
import numpy as np
import pytest

from common.errors import InputError
from common.legacy_weights import legacy_hard_sigmoid, load_legacy_weights

k2 = pytest.importorskip("tf_keras")
keras = pytest.importorskip("keras")
L, N = k2.layers, keras.layers
LEGACY = "legacy_hard_sigmoid"


@pytest.fixture
def old(rng):
    layers = [
        L.Input((6, 3)),
        L.Conv1D(5, 2, name="conv"),
        L.BatchNormalization(name="norm", epsilon=0.01),
        L.GRU(4, return_sequences=True, reset_after=False, recurrent_activation="hard_sigmoid", name="gru"),
        L.TimeDistributed(L.Dense(2, activation="tanh"), name="out"),
    ]
    return historical.randomise(k2.Sequential(layers), rng)


@pytest.fixture
def path(old, tmp_path):
    config, groups = historical.saved(old, tmp_path / "new.h5")
    return historical.write(tmp_path / "old.h5", config=historical.in_layout_20(config), groups=groups, version="2.1.4")


def new_model(**changes):
    gru = {"reset_after": False, "recurrent_activation": legacy_hard_sigmoid, "return_sequences": True}
    layers = [
        N.Conv1D(5, 2, **changes.get("conv", {})),
        N.BatchNormalization(**{"epsilon": 0.01} | changes.get("norm", {})),
        N.GRU(4, **gru | changes.get("gru", {})),
        N.Dense(changes.get("units", 2), activation="tanh"),
    ]
    if "drop" in changes:
        del layers[changes["drop"]]
    return keras.Sequential([keras.Input((6, 3)), *layers, *changes.get("more", [])])


def test_the_same_outputs_and_every_array_accounted_for(old, path, rng):
    model = new_model()
    report = load_legacy_weights(model, path)
    historical.assert_same_outputs(old, model, rng.normal(size=(3, 6, 3)).astype("float32"))
    assert (report.arrays, report.parameters) == (2 + 4 + 3 + 2, old.count_params())
    assert report.complete and report.same_meaning
    assert [placement.file_layer for placement in report.placements] == ["conv", "norm", "gru", "out"]
    assert {placement.how for placement in report.placements} == {"order"}
    assert "gru -> " in str(report)


@pytest.mark.parametrize(
    ("changes", "setting", "in_file", "in_model"),
    [
        ({"gru": {"recurrent_activation": "sigmoid"}}, "recurrent_activation", LEGACY, "sigmoid"),
        (
            {"gru": {"recurrent_activation": "hard_sigmoid"}},
            "recurrent_activation",
            "legacy_hard_sigmoid",
            "hard_sigmoid",
        ),
        ({"gru": {"go_backwards": True}}, "go_backwards", False, True),
        ({"gru": {"dropout": 0.5}}, "dropout", 0.0, 0.5),
        ({"norm": {"epsilon": 0.001}}, "epsilon", 0.01, 0.001),
        ({"norm": {"momentum": 0.9}}, "momentum", 0.99, 0.9),
        ({"conv": {"padding": "same"}}, "padding", "valid", "same"),
        ({"conv": {"activation": "relu"}}, "activation", "linear", "relu"),
    ],
)
def test_a_difference_of_meaning_is_named(path, changes, setting, in_file, in_model):
    report = load_legacy_weights(new_model(**changes), path)
    assert [(d.setting, d.in_file, d.in_model) for d in report.differences] == [(setting, in_file, in_model)]
    assert setting in str(report) and not report.same_meaning


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"units": 3}, ["'out'", "(4, 2)", "(4, 3)"]),
        ({"drop": 1}, ["no place", "'norm'", "(5,)"]),
        ({"more": [N.Dense(7)]}, ["no arrays", "Dense", "(2, 7)"]),
        ({"gru": {"reset_after": True}}, ["'gru'", "(12,)", "(2, 12)", "reset_after=False"]),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_the_model_is_untouched(path, changes, words):
    model = new_model(**changes)
    before = model.get_weights()
    with pytest.raises(InputError) as caught:
        load_legacy_weights(model, path)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_strict_off_fills_what_fits_and_lists_the_rest(path):
    report = load_legacy_weights(new_model(units=3), path, strict=False)
    assert (report.extra, len(report.missing), report.complete) == (["out"], 1, False)
    assert len(report.placements) == 3


def test_layers_in_another_order_are_found_by_class_and_shapes_or_by_the_map(tmp_path, rng):
    x = L.Input((4,))
    old = historical.randomise(k2.Model(x, L.Dense(4, name="b")(L.Dense(4, name="a")(x))), rng)
    config, groups = historical.saved(old, tmp_path / "old.h5")
    inputs = keras.Input((4,))
    model = keras.Model(inputs, N.Dense(4, name="second")(N.Dense(4, name="first")(inputs)))
    report = load_legacy_weights(model, tmp_path / "old.h5", layer_map={"a": "second", "b": "first"})
    assert {(p.file_layer, p.model_layer, p.how) for p in report.placements} == {
        ("a", "second", "layer_map"),
        ("b", "first", "layer_map"),
    }
    np.testing.assert_array_equal(model.get_layer("first").get_weights()[0], groups["b"][0][1])
    for wrong in ({"c": "first"}, {"a": "third"}):
        with pytest.raises(InputError, match="layer_map names"):
            load_legacy_weights(model, tmp_path / "old.h5", layer_map=wrong)


def test_nested_models_are_taken_apart(tmp_path, rng):
    inner = k2.Sequential([L.Input((4,)), L.Dense(3), L.BatchNormalization(), L.Dense(2)], name="inner")
    x = L.Input((4,))
    old = historical.randomise(k2.Model(x, L.Dense(5)(inner(x))), rng)
    old.save(tmp_path / "old.h5")
    model = keras.Sequential([keras.Input((4,)), N.Dense(3), N.BatchNormalization(), N.Dense(2), N.Dense(5)])
    report = load_legacy_weights(model, tmp_path / "old.h5")
    assert len(report.placements) == 4
    historical.assert_same_outputs(old, model, rng.normal(size=(3, 4)).astype("float32"))


def test_a_weights_only_file_compares_the_gates_of_its_versions_default(old, path, tmp_path):
    _, groups = historical.read(path)
    weights = historical.write(tmp_path / "weights.h5", config=None, groups=groups, version="2.1.4", full=False)
    report = load_legacy_weights(new_model(gru={"recurrent_activation": "sigmoid"}), weights)
    assert [(d.setting, d.in_file, d.stated) for d in report.differences] == [
        ("recurrent_activation", "legacy_hard_sigmoid", False)
    ]
    assert load_legacy_weights(new_model(), weights).same_meaning
    assert "no architecture" in report.notes[0]


def test_bidirectional_directions_are_not_exchanged(tmp_path, rng):
    old = historical.randomise(k2.Sequential([L.Input((5, 3)), L.Bidirectional(L.LSTM(2))]), rng)
    _, groups = historical.saved(old, tmp_path / "new.h5")
    name, arrays = next((name, arrays) for name, arrays in groups.items() if arrays)
    turned = historical.write(tmp_path / "turned.h5", config=None, groups={name: arrays[3:] + arrays[:3]}, full=False)
    for path in (tmp_path / "new.h5", turned):
        model = keras.Sequential([keras.Input((5, 3)), N.Bidirectional(N.LSTM(2))])
        load_legacy_weights(model, path)
        historical.assert_same_outputs(old, model, rng.normal(size=(3, 5, 3)).astype("float32"))


@pytest.mark.parametrize("split", ["file", "model"])
def test_an_activation_in_a_layer_of_its_own_is_no_difference(tmp_path, rng, split):
    whole, parts = "tanh", [None, "tanh"]
    old_layers = [L.Dense(2, "linear"), L.Activation(parts[1])] if split == "file" else [L.Dense(2, whole)]
    new_layers = [N.Dense(2), N.Activation(parts[1])] if split == "model" else [N.Dense(2, whole)]
    historical.randomise(k2.Sequential([L.Input((3,)), *old_layers]), rng).save(tmp_path / "old.h5")
    assert load_legacy_weights(keras.Sequential([keras.Input((3,)), *new_layers]), tmp_path / "old.h5").same_meaning
    other = keras.Sequential([keras.Input((3,)), N.Dense(2), N.Activation("relu")])
    assert not load_legacy_weights(other, tmp_path / "old.h5").same_meaning


def test_a_model_that_is_not_built_is_named(path):
    with pytest.raises(InputError, match="build it"):
        load_legacy_weights(keras.Sequential([N.Dense(2)]), path)


def test_legacy_hard_sigmoid_is_clip_and_survives_saving(tmp_path):
    x = np.linspace(-4, 4, 101).astype("float32")
    np.testing.assert_allclose(legacy_hard_sigmoid(x), np.clip(0.2 * x + 0.5, 0, 1), atol=1e-7)
    model = keras.Sequential(
        [keras.Input((5, 3)), N.Bidirectional(N.LSTM(2, recurrent_activation=legacy_hard_sigmoid))]
    )
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    assert again.layers[0].backward_layer.recurrent_activation is legacy_hard_sigmoid


def test_flipped_files_give_a_correct_report_or_are_refused(path, tmp_path):
    draw, content, model = random.Random(11), path.read_bytes(), new_model()
    begun = time.monotonic()
    for number in range(25):
        damaged = bytearray(content)
        damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
        flipped = tmp_path / f"{number}.h5"
        flipped.write_bytes(damaged)
        try:
            report = load_legacy_weights(model, flipped)
        except InputError as error:
            assert str(error)
        else:
            assert report.complete and report.parameters == model.count_params()
    assert time.monotonic() - begun < 60
