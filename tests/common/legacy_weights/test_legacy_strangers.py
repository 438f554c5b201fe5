"""Published models of other people: upgraded with the outputs that Keras 2 recorded, or the layer named."""

from __future__ import annotations

import numpy as np
import pytest

NAMES = [
    "01_gru_traffic",
    "02_lstm_chars",
    "03_bilstm_spam",
    "04_gru_chars",
    "05_functional_lstm",
    "06_reshape_lstm",
    "07_separable_cnn",
    "08_keras1_bilstm",
    "09_weights_only_bilstm_conv",
    "10_masking_lstm",
    "12_theano_conv",
    "13_depthwise_cnn",
]


@pytest.mark.parametrize("name", NAMES)
def test_outputs_are_those_that_keras2_recorded(strangers, tmp_path, name):
    import keras

    from common.legacy_weights import upgrade
    from common.legacy_weights.writing import write_upgraded

    architecture = strangers / f"{name}.json"
    options = {"architecture": architecture} if architecture.exists() else {}
    recorded = np.load(strangers / f"{name}.npz")
    model = upgrade(strangers / f"{name}.h5", **options)
    inputs = [recorded[f"in{index}"] for index in range(len(model.inputs))]
    given = inputs if len(inputs) > 1 else inputs[0]
    got = model.predict(given, verbose=0)
    np.testing.assert_allclose(got, recorded["out0"], rtol=1e-5, atol=1e-6)
    write_upgraded(strangers / f"{name}.h5", tmp_path / "new.keras", **options)
    again = keras.models.load_model(tmp_path / "new.keras").predict(given, verbose=0)
    np.testing.assert_allclose(again, got, rtol=0, atol=1e-6)


def test_a_lambda_is_refused_by_name(strangers, shell, tmp_path):
    done = shell("common.legacy_weights", "upgrade", strangers / "11_siamese_lambda.h5", tmp_path / "new.keras")
    assert done.returncode == 2
    assert "'lambda' (Lambda)" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new.keras").exists()


def test_a_lambda_can_be_supplied(strangers):
    import keras

    from common.legacy_weights import upgrade

    difference = keras.layers.Subtract(name="difference")
    model = upgrade(strangers / "11_siamese_lambda.h5", layers={"lambda": difference})
    x = np.ones((1, 1700, 1), "float32")
    bias = model.layers[-1].get_weights()[1]
    np.testing.assert_allclose(model.predict([x, x], verbose=0), 1 / (1 + np.exp(-bias))[None], atol=1e-6)


def test_every_file_can_be_inspected(strangers, shell):
    for path in sorted(strangers.glob("*.h5")):
        done = shell("common.legacy_weights", "inspect", path)
        assert done.returncode == 0, done.stderr
        assert "parameters" in done.stdout
