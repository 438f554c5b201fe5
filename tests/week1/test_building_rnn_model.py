"""The Keras models against the NumPy networks of the same parameters."""

import numpy as np
import pytest

from common.errors import InputError
from week1.building_rnn import network as networks
from week1.building_rnn.cells import CELLS
from week1.building_rnn.model import ModelConfig, build_model, load_network, network_of

SHAPES = {"n_x": 3, "n_a": 6, "n_y": 4}
CONFIGS = [
    *(ModelConfig(**SHAPES, cell=cell) for cell in CELLS),
    ModelConfig(**SHAPES, cell="lstm", layers=3),
    ModelConfig(**SHAPES, cell="rnn", bidirectional=True),
    ModelConfig(**SHAPES, cell="gru", layers=2, bidirectional=True),
]


def same_parameters(one, other):
    for mine, theirs in zip(one.layers, other.layers, strict=True):
        pairs = zip(mine, theirs, strict=True) if isinstance(mine, tuple) else [(mine, theirs)]
        for left, right in pairs:
            assert left.keys() == right.keys()
            for key, value in left.items():
                np.testing.assert_allclose(value, right[key], rtol=1e-6)
    for key, value in one.output.items():
        np.testing.assert_allclose(value, other.output[key], rtol=1e-6)


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_parameters_convert_both_ways_and_outputs_agree(config):
    rng = np.random.default_rng(0)
    network = networks.initialize(rng, **vars(config))
    model = build_model(config)
    load_network(model, network)
    same_parameters(network_of(model, cell=config.cell), network)
    x = rng.standard_normal((3, 5, 8)).astype(np.float32)
    outputs = np.asarray(model(x.transpose(1, 2, 0)))
    np.testing.assert_allclose(outputs.transpose(2, 0, 1), networks.run(network, x.astype(float)), atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_what_keras_initialised_comes_over_too(cell):
    model = build_model(ModelConfig(**SHAPES, cell=cell))
    rng = np.random.default_rng(1)
    for layer in model.layers:
        layer.set_weights([rng.standard_normal(weight.shape) for weight in layer.get_weights()])
    x = rng.standard_normal((3, 2, 5))
    outputs = np.asarray(model(x.transpose(1, 2, 0).astype(np.float32)))
    np.testing.assert_allclose(outputs.transpose(2, 0, 1), networks.run(network_of(model, cell=cell), x), atol=1e-5)


def test_layers_have_names():
    model = build_model(ModelConfig(**SHAPES, layers=2))
    assert [layer.name for layer in model.layers] == ["x", "recurrent_1", "recurrent_2", "output"]


@pytest.mark.parametrize("wrong", [{"n_a": 0}, {"layers": 0}, {"cell": "elman"}])
def test_impossible_configurations_are_refused(wrong):
    with pytest.raises(InputError):
        ModelConfig(**{**SHAPES, **wrong})
