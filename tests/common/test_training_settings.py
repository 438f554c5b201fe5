"""Learning-rate laws against their formulas, the rule for XLA, and what identifies a run."""

from __future__ import annotations

import math

import numpy as np
import pytest

from common.errors import InputError
from common.training import choose_jit, cosine, inverse_time_decay, warm_up
from common.training.identity import describe_model, describe_object, fingerprint_arrays

STEPS = [0, 1, 2, 9, 10, 11, 55, 99, 100, 150]


def rates(schedule):
    return [float(schedule(step)) for step in STEPS]


def test_inverse_time_decay():
    expected = [0.01 / (1 + 0.25 * step) for step in STEPS]
    assert rates(inverse_time_decay(0.01, 0.25)) == pytest.approx(expected, rel=1e-6)
    assert rates(inverse_time_decay(0.01, 0.0)) == pytest.approx([0.01] * len(STEPS), rel=1e-6)


@pytest.mark.parametrize("end", [0.0, 0.02])
@pytest.mark.parametrize("up", [0, 10])
def test_cosine(up, end):
    def rate(step):
        if step < up:
            return 0.2 * step / up
        share = min(1.0, (step - up) / (100 - up))
        return end + (0.2 - end) * (1 + math.cos(math.pi * share)) / 2

    expected = [rate(step) for step in STEPS]
    assert rates(cosine(0.2, steps=100, warm_up=up, end=end)) == pytest.approx(expected, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("steps", [1, 10])
def test_warm_up(steps):
    expected = [0.2 * min(1, (step + 1) / steps) for step in STEPS]
    assert rates(warm_up(0.2, steps=steps)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: inverse_time_decay(0.0, 0.1), "more than 0"),
        (lambda: inverse_time_decay(0.1, -1), "at least 0"),
        (lambda: cosine(0.1, steps=10, warm_up=10), "steps left"),
        (lambda: cosine(0.1, steps=10, end=0.2), "between 0 and 0.1"),
        (lambda: warm_up(0.1, steps=0), "at least 1"),
    ],
)
def test_bad_laws_are_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()


def stack(*units, length=30, features=8, embedding=0, bidirectional=False):
    import keras

    inputs = keras.Input((length,)) if embedding else keras.Input((length, features))
    states = keras.layers.Embedding(40, embedding)(inputs) if embedding else inputs
    for number, size in enumerate(units, 1):
        layer = keras.layers.LSTM(size, return_sequences=number < len(units))
        states = (keras.layers.Bidirectional(layer) if bidirectional else layer)(states)
    return keras.Model(inputs, keras.layers.Dense(3)(states))


@pytest.mark.parametrize(
    ("options", "batch", "expected"),
    [
        ({"units": (32,)}, 32, True),
        ({"units": (32, 32)}, 32, True),
        ({"units": (32, 32), "bidirectional": True}, 32, True),
        ({"units": (128,), "length": 40}, 128, True),
        ({"units": (256,)}, 32, False),
        ({"units": (64, 64), "length": 40}, 128, False),
        ({"units": (128, 128), "length": 40}, 128, False),
        ({"units": (32,), "length": 300, "embedding": 50}, 32, False),
        ({"units": (32,), "length": None}, 32, False),
        ({"units": (), "length": 3}, 32, False),
    ],
)
def test_xla_is_chosen_where_it_was_measured_to_be_faster(options, batch, expected):
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("the rule is for CPUs")
    model = stack(*options.pop("units"), **options)
    assert choose_jit(model, "auto", batch_size=batch, steps=5000) is expected
    assert choose_jit(model, "auto", batch_size=batch, steps=10) is False
    assert choose_jit(model, True, batch_size=batch, steps=10) is True


def test_the_model_is_known_by_its_settings_and_not_by_its_names():
    assert describe_model(stack(5)) == describe_model(stack(5))
    others = [stack(6), stack(5, 5), stack(5, bidirectional=True), stack(5, features=9)]
    assert len({describe_model(model) for model in [stack(5), *others]}) == 5


def test_objects_are_known_by_their_settings():
    import keras

    adam = keras.optimizers.Adam
    assert describe_object(adam(0.1)) == describe_object(adam(0.1))
    different = [adam(0.1), adam(0.2), adam(0.1, clipnorm=1.0), adam(inverse_time_decay(0.1, 0.1)), "adam", None]
    assert len({describe_object(one) for one in different}) == len(different)
    assert describe_object(keras.losses.MeanSquaredError()) == describe_object(keras.losses.MeanSquaredError())
    assert describe_object({"a": "mse"}) != describe_object({"a": "mae"})


def test_data_are_known_by_type_shape_and_content():
    base = np.arange(6, dtype=np.int32)
    others = [base.reshape(2, 3), base.astype(np.int64), base[::-1], base[:5]]
    assert len({fingerprint_arrays(array) for array in [base, *others]}) == 5
    assert fingerprint_arrays({"a": base}) == fingerprint_arrays({"a": base.copy()})
    assert fingerprint_arrays(base.reshape(2, 3).T) == fingerprint_arrays(np.ascontiguousarray(base.reshape(2, 3).T))
