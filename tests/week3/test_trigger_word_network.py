"""The network: NumPy against Keras, streams against the whole, weights from either arrangement of the last layer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError, MissingFileError
from week3.trigger_word.model import ModelConfig, build_model
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.weights import from_keras, load_parameters, load_weights, save_parameters, to_keras

SMALL = ModelConfig(frequencies=7, filters=11, kernel=5, stride=2, units=6, dropout=0.3)


def random_parameters(config, seed=0):
    """Parameters in every place unlike Keras's first ones: moments, scales and both biases of the GRUs too."""
    rng = np.random.default_rng(seed)
    parameters = {}
    for name, shape in config.parameter_shapes().items():
        spread = 1.5 / np.sqrt(np.prod(shape[:-1])) if len(shape) > 1 else 0.4
        parameters[name] = rng.normal(0, spread, shape).astype(np.float32)
        if name.endswith(("gamma", "variance")):
            parameters[name] = (0.5 + rng.random(shape)).astype(np.float32)
    return parameters


def frames(count, config, seed=1):
    return np.random.default_rng(seed).normal(size=(count, config.frequencies)).astype(np.float32)


@pytest.mark.parametrize("config", [SMALL, ModelConfig()], ids=["small", "course"])
@pytest.mark.parametrize("time_distributed", [False, True])
def test_numpy_computes_what_keras_does(config, time_distributed):
    count = 120 if time_distributed else 400
    parameters = random_parameters(config)
    model = build_model(config, frames=count, time_distributed=time_distributed)
    to_keras(model, parameters)
    for name, value in from_keras(model).items():
        np.testing.assert_array_equal(value, parameters[name])
    x = frames(count, config)
    expected = model(x[None], training=False).numpy()
    found = TriggerNetwork(config, parameters).predict(x[None])
    assert found.shape == expected.shape == (1, config.steps(count), 1)
    assert np.ptp(expected) > 0.05
    np.testing.assert_allclose(found, expected, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(
    pieces=st.lists(st.integers(0, 150), max_size=12),
    kernel=st.integers(1, 9),
    stride=st.integers(1, 9),
    seed=st.integers(0, 9),
)
def test_a_stream_is_the_whole_whatever_the_pieces(pieces, kernel, stride, seed):
    config = ModelConfig(frequencies=5, filters=4, kernel=kernel, stride=min(kernel, stride), units=3)
    network = TriggerNetwork(config, random_parameters(config, seed))
    x, stream, at, found = frames(sum(pieces), config), network.stream(), 0, []
    for piece in pieces:
        found.append(stream.push(x[at : at + piece]))
        at += piece
    whole = network.forward(x)
    assert len(whole) == config.steps(len(x))
    np.testing.assert_allclose(np.concatenate([np.zeros(0), *found]), whole, atol=1e-5)


def test_the_courses_sizes_stream_to_the_whole_too():
    network = TriggerNetwork(ModelConfig(), random_parameters(ModelConfig()))
    x, rng = frames(1500, ModelConfig()), np.random.default_rng(2)
    whole = network.forward(x)
    for most in (1, 8, 700):
        stream, at, found = network.stream(), 0, []
        while at < len(x):
            size = int(rng.integers(1, most + 1))
            found.append(stream.push(x[at : at + size]))
            at += size
        np.testing.assert_allclose(np.concatenate(found), whole, atol=1e-5)


def test_a_step_knows_nothing_of_what_follows():
    network = TriggerNetwork(SMALL, random_parameters(SMALL))
    x = frames(60, SMALL)
    changed = x.copy()
    changed[31:] += 5
    last = (31 - SMALL.kernel) // SMALL.stride  # the last step whose frames all come before
    one, other = network.forward(x), network.forward(changed)
    np.testing.assert_allclose(one[: last + 1], other[: last + 1], atol=1e-7)
    assert abs(one[last + 1] - other[last + 1]) > 1e-6


def test_parameters_are_counted_as_the_course_prints():
    model = build_model(frames=5511)
    total = sum(np.prod(shape) for shape in ModelConfig().parameter_shapes().values())
    assert model.count_params() == total == 523_329
    assert model.output_shape == (None, 1375, 1)
    frozen = build_model(frames=5511, freeze_batch_norm=True)
    assert sum(np.prod(weight.shape) for weight in frozen.trainable_weights) == 522_425 - 904


def test_frozen_normalisation_stays_as_it_is_in_training():
    import keras

    for freeze in (True, False):
        model = build_model(SMALL, frames=60, freeze_batch_norm=freeze)
        to_keras(model, random_parameters(SMALL))
        before = from_keras(model)
        model.compile(optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy")
        x = np.stack([frames(60, SMALL), frames(60, SMALL, 5)])
        model.fit(x, np.ones((2, SMALL.steps(60), 1)), epochs=1, verbose=0)
        after = from_keras(model)
        for name, value in after.items():
            same = np.array_equal(value, before[name])
            if name != "conv/bias" or freeze:  # a moving normalisation takes away what the bias adds
                assert same == (freeze and name.startswith("norm")), name


@pytest.mark.parametrize("time_distributed", [False, True])
def test_keras3_weights_of_either_arrangement_load(tmp_path, time_distributed):
    parameters = random_parameters(ModelConfig())
    model = build_model(frames=15, time_distributed=time_distributed)
    to_keras(model, parameters)
    model.save_weights(tmp_path / "a.weights.h5")
    config, found = load_parameters(tmp_path / "a.weights.h5")
    assert config == ModelConfig()
    other = build_model(frames=15, time_distributed=not time_distributed)
    load_weights(other, tmp_path / "a.weights.h5")
    for name, value in from_keras(other).items():
        np.testing.assert_array_equal(value, parameters[name])
        np.testing.assert_array_equal(found[name], parameters[name])


def test_npz_carries_parameters_and_sizes(tmp_path):
    parameters = random_parameters(SMALL)
    path = save_parameters(tmp_path / "a.npz", parameters)
    config, found = load_parameters(path)
    assert (config.filters, config.kernel, config.units) == (11, 5, 6)
    for name, value in parameters.items():
        np.testing.assert_array_equal(found[name], value)
    with pytest.raises(InputError, match="written as .npz"):
        save_parameters(tmp_path / "a.h5", parameters)


def test_weights_of_something_else_are_refused(tmp_path):
    parameters = random_parameters(SMALL)
    cases = {
        "no gru_2/bias": {name: value for name, value in parameters.items() if name != "gru_2/bias"},
        "is needed with the others": parameters | {"gru_2/bias": np.zeros((2, 4), np.float32)},
        "numbers that are none": parameters | {"dense/bias": np.array([np.nan], np.float32)},
        "not three axes": parameters | {"conv/kernel": np.zeros(3, np.float32)},
    }
    for message, content in cases.items():
        np.savez(tmp_path / "a.npz", **content)
        with pytest.raises(InputError, match=message):
            load_parameters(tmp_path / "a.npz")
    (tmp_path / "a.npz").write_bytes(b"not a zip file")
    with pytest.raises(InputError, match="can not be read"):
        load_parameters(tmp_path / "a.npz")
    (tmp_path / "a.h5").write_bytes(b"not HDF5")
    with pytest.raises(InputError, match="a.h5"):
        load_parameters(tmp_path / "a.h5")
    with pytest.raises(MissingFileError):
        load_parameters(tmp_path / "none.h5")
    path = save_parameters(tmp_path / "b.npz", parameters)
    with pytest.raises(InputError, match="build it so"):
        load_weights(build_model(frames=15), path)


@pytest.mark.parametrize("wrong", [{"filters": 0}, {"units": 1.5}, {"dropout": 1.0}, {"stride": 16}])
def test_wrong_sizes_are_refused(wrong):
    with pytest.raises(InputError):
        ModelConfig(**wrong)


def test_the_compiled_network_computes_the_same():
    from week3.trigger_word.compiled import CompiledNetwork

    parameters = random_parameters(SMALL)
    x = frames(80, SMALL)
    plain, compiled = TriggerNetwork(SMALL, parameters), CompiledNetwork(SMALL, parameters)
    for count in (80, 41):
        np.testing.assert_allclose(compiled.forward(x[:count]), plain.forward(x[:count]), atol=1e-5)
    np.testing.assert_allclose(compiled.stream().push(x), plain.forward(x), atol=1e-7)
