"""The language model in NumPy against Keras, by hand, and step by step; its file."""

import json

import numpy as np
import pytest

from common.errors import InputError
from common.vocabulary import Vocabulary
from week1.language_models.data import END, UNKNOWN, pad
from week1.language_models.keras_parameters import from_keras, to_keras
from week1.language_models.model import ModelConfig, build_model
from week1.language_models.network import LanguageNetwork
from week1.language_models.trained import TrainedModel

CONFIGS = [
    ModelConfig(11, cell="rnn", n_embedding=5, n_units=5, tied=True, dropout=0.2),
    ModelConfig(11, cell="gru", n_embedding=4, n_units=6, n_layers=2, tied=True),
    ModelConfig(11, cell="lstm", n_embedding=4, n_units=6, tied=False),
]
SENTENCES = [np.array([3, 7, 2, 9, 1]), np.array([1]), np.array([10, 1])]


def random_parameters(config, seed=0):
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in config.parameter_shapes().items()}


def trained(config=CONFIGS[1], level="word"):
    vocabulary = Vocabulary([UNKNOWN, END, *"abcdefghi"], unknown=UNKNOWN, end=END)
    return TrainedModel(config, level, vocabulary, random_parameters(config), ["rare"], {"seed": 0})


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.cell)
def test_numpy_equals_keras(config):
    model, parameters = build_model(config), random_parameters(config)
    assert model.count_params() == config.n_parameters
    to_keras(model, parameters)
    assert all(np.array_equal(parameters[name], value) for name, value in from_keras(model, config).items())
    batch = pad(SENTENCES, 1)
    logits = np.asarray(model(batch.inputs), np.float64)
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    wanted = np.take_along_axis(log_p, batch.targets[..., np.newaxis], axis=-1)[..., 0] * batch.mask
    np.testing.assert_allclose(LanguageNetwork(config, parameters).log_probabilities(batch), wanted, atol=2e-5)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.cell)
def test_stepping_equals_reading_at_once(config):
    network = LanguageNetwork(config, random_parameters(config), dtype=np.float64)
    found = network.log_probabilities(pad(SENTENCES, 1))
    for row, ids in enumerate(SENTENCES):
        states, read = network.initial_state(1), 1
        for step, wanted in enumerate(ids):
            log_p, states = network.step(np.array([read]), states)
            assert log_p[0, wanted] == pytest.approx(found[row, step])
            assert np.exp(log_p).sum() == pytest.approx(1)
            read = wanted


def test_a_tied_plain_network_by_its_equations():
    config = CONFIGS[0]
    p = {name: value.astype(np.float64) for name, value in random_parameters(config).items()}
    table, h = p["embedding/embeddings"], np.zeros(5)
    for read in (1, 3, 7):
        h = np.tanh(
            table[read] @ p["recurrent_1/kernel"] + h @ p["recurrent_1/recurrent_kernel"] + p["recurrent_1/bias"]
        )
    logits = table @ h + p["logits/bias"]
    wanted = logits[2] - np.log(np.exp(logits).sum())
    network = LanguageNetwork(config, p, dtype=np.float64)
    assert network.log_probabilities(pad([np.array([3, 7, 2, 9, 1])], 1))[0, 2] == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"cell": "elman"}, "no cell"), ({"n_units": 0}, "n_units is 0"), ({"dropout": 1.0}, "dropout rate is 1.0")],
)
def test_settings_that_make_no_network_are_refused(options, words):
    with pytest.raises(InputError, match=words):
        ModelConfig(11, **options)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_the_file_comes_back(tmp_path, dtype):
    model = trained()
    again = TrainedModel.load(model.save(tmp_path / "m.npz", dtype=dtype))
    assert (again.config, again.level, again.vocabulary, again.rare, again.notes) == (
        model.config, model.level, model.vocabulary, model.rare, model.notes,
    )  # fmt: skip
    for name, value in model.parameters.items():
        np.testing.assert_allclose(again.parameters[name], value, atol=1e-7 if dtype is np.float32 else 2e-3)


def test_other_files_are_refused(tmp_path):
    poem = tmp_path / "poem.npz"
    poem.write_text("not weights")
    with pytest.raises(InputError, match=r"poem\.npz: is not a language model"):
        TrainedModel.load(poem)
    whole = trained().save(tmp_path / "m.npz")
    poem.write_bytes(whole.read_bytes()[:400])
    with pytest.raises(InputError, match="not a language model of this assignment, or a damaged one"):
        TrainedModel.load(poem)
    with pytest.raises(InputError, match="no such file"):
        TrainedModel.load(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda arrays, header: arrays.pop("logits/bias"), "logits/bias is missing"),
        (lambda arrays, header: arrays.update({"logits/bias": np.zeros(3)}), "has shape"),
        (lambda arrays, header: arrays["logits/bias"].fill(np.nan), "not finite"),
        (lambda arrays, header: header["vocabulary"]["tokens"].append("x"), "12 tokens"),
        (lambda arrays, header: header.update(level="syllable"), "do not fit together"),
    ],
)
def test_files_whose_contents_do_not_fit_together_are_refused(tmp_path, change, words):
    path = trained().save(tmp_path / "m.npz")
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    header = json.loads(str(arrays.pop("header")))
    change(arrays, header)
    np.savez(path, header=np.array(json.dumps(header)), **arrays)
    with pytest.raises(InputError, match=words):
        TrainedModel.load(path)
