"""The network in NumPy against Keras, the rolling windows against whole ones, and what is written with them."""

import itertools
import json

import numpy as np
import pytest

from common.errors import InputError
from common.sampling import draw, index_at, restrict
from common.seeding import make_rng
from common.vocabulary import Vocabulary
from week1.shakespeare.generate import Drawer, GenerateConfig, begin_ids, generate, stream
from week1.shakespeare.model import ACTIVATIONS, ModelConfig, build_model, from_keras, to_keras
from week1.shakespeare.network import BLANK, RollingWindows, Streams
from week1.shakespeare.trained import TrainedModel

CHARACTERS = "\n abcdefg"


def make_model(seed=0, **fields) -> TrainedModel:
    config = ModelConfig(**{"n_vocab": len(CHARACTERS), "window": 8, "n_units": 5, **fields})
    rng = np.random.default_rng(seed)
    parameters = {name: rng.normal(0, 0.8, shape).astype("f4") for name, shape in config.parameter_shapes().items()}
    return TrainedModel(config, Vocabulary(CHARACTERS), parameters)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_numpy_and_keras_give_the_same_probabilities(activation, n_layers):
    model = make_model(recurrent_activation=activation, n_layers=n_layers)
    ids = np.random.default_rng(1).integers(BLANK, len(CHARACTERS), (11, 8))
    network = build_model(model.config, ids=True)
    to_keras(network, model.parameters)
    expected = network(ids.astype("int32")).numpy()
    assert np.allclose(np.exp(model.network().predict(ids, batch=4)), expected, atol=2e-6)
    one_hot = np.concatenate([np.eye(len(CHARACTERS)), np.zeros((1, len(CHARACTERS)))])[ids]
    course = build_model(model.config)
    to_keras(course, model.parameters)
    assert np.allclose(course(one_hot).numpy(), expected, atol=1e-6)
    back = from_keras(course)
    assert list(back) == list(model.parameters)
    assert all(np.array_equal(back[name], value) for name, value in model.parameters.items())


def test_every_step_ends_with_the_last_step():
    model = make_model()
    every, last = build_model(model.config, ids=True, every_step=True), build_model(model.config, ids=True)
    for network in (every, last):
        to_keras(network, model.parameters)
    ids = np.random.default_rng(1).integers(0, len(CHARACTERS), (3, 8)).astype("int32")
    assert np.allclose(every(ids)[:, -1], last(ids), atol=1e-6)


def test_rolling_windows_are_fresh_states_over_the_last_characters():
    model = make_model()
    network, window = model.network(dtype=np.float64), model.config.window
    texts = np.random.default_rng(2).integers(0, len(CHARACTERS), (3, 30))
    rolling = RollingWindows(network, len(texts))
    for place, ids in enumerate(texts.T, 1):
        rolling.feed(ids)
        if place >= window:
            scores = rolling.scores()
            scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
            assert np.allclose(scores, network.predict(texts[:, place - window : place]), atol=1e-12)


def test_streams_side_by_side_are_streams_alone():
    network = make_model().network(dtype=np.float64)
    texts = np.random.default_rng(2).integers(BLANK, len(CHARACTERS), (4, 12))
    together, alone = Streams(network, 4), [Streams(network, 1) for _ in texts]
    for ids in texts.T:
        together.feed(ids)
        for one, identifier in zip(alone, ids, strict=True):
            one.feed(np.array([identifier]))
    assert np.allclose(together.scores(), np.concatenate([one.scores() for one in alone]), atol=1e-12)


@pytest.mark.parametrize("options", [{}, {"temperature": 0.6}, {"top_k": 3}, {"top_p": 0.8}, {"temperature": 0}])
def test_window_writes_what_predicting_every_character_anew_writes(options):
    """The course's way: 40 one-hot rows, zeros on the left, one prediction a character, the same random draws."""
    model = make_model()
    network = build_model(model.config)
    to_keras(network, model.parameters)
    text, rng = "", make_rng(5, "generate", 0)
    for _ in range(25):
        rows = np.zeros((1, 8, len(CHARACTERS)), "f4")
        last = ("abad" + text)[-8:]
        for place, character in enumerate(last, 8 - len(last)):
            rows[0, place, CHARACTERS.index(character)] = 1
        text += CHARACTERS[int(draw(np.log(network(rows).numpy()[0].astype("f8")), rng, **options))]
    assert generate(model, "AbaD", GenerateConfig(length=25, **options), seed=5) == [text]


def test_stateful_carries_the_state_on():
    model = make_model()
    (text,) = generate(model, "ab", GenerateConfig(length=30, semantics="stateful", temperature=0))
    network = model.network(dtype=np.float64)
    ids = model.vocabulary.encode("ab" + text)
    for place in range(2, len(ids)):
        assert network.predict(ids[np.newaxis, :place]).argmax() == ids[place]


def test_a_text_is_the_same_however_many_are_written():
    model, config = make_model(), GenerateConfig(length=20)
    three = generate(model, "a", config, count=3, seed=9)
    assert three[:2] == generate(model, "a", config, count=2, seed=9)
    assert len(set(three)) == 3 and all(len(text) == 20 for text in three)
    assert generate(model, "a", config, count=3, seed=8) != three


def test_it_streams():
    """Each character is there before the next is computed."""
    endless = stream(make_model(), "a", GenerateConfig(length=10**9), count=2)
    assert [len(characters) for characters in itertools.islice(endless, 3)] == [2, 2, 2]


def test_what_is_read_first():
    vocabulary = Vocabulary(CHARACTERS)
    assert begin_ids("ab", vocabulary, 4, semantics="window").tolist() == [BLANK, BLANK, 2, 3]
    assert begin_ids("abcdef", vocabulary, 4, semantics="window").tolist() == [4, 5, 6, 7]
    assert begin_ids("abcdef", vocabulary, 4, semantics="stateful").tolist() == [2, 3, 4, 5, 6, 7]
    assert begin_ids("", vocabulary, 4, semantics="stateful").tolist() == [BLANK]


@pytest.mark.parametrize("options", [{"temperature": 1.0}, {"temperature": 0.3}, {"top_k": 2}, {"temperature": 0}])
def test_the_drawer_draws_as_common_sampling_does(options):
    scores = np.random.default_rng(0).normal(0, 3, (700, 4, 9))
    drawer = Drawer(GenerateConfig(**options), [make_rng(seed) for seed in range(4)])
    got = np.array([drawer(rows) for rows in scores])
    uniforms = np.stack([make_rng(seed).random(700) for seed in range(4)], axis=1)
    restricted = restrict(scores, **options)
    expected = restricted.argmax(axis=-1) if options == {"temperature": 0} else index_at(restricted, uniforms)
    assert np.array_equal(got, expected)


@pytest.mark.parametrize(
    "fields", [{"semantics": "both"}, {"temperature": -1.0}, {"top_k": 0}, {"top_p": 0.0}, {"top_p": 1.5}]
)
def test_bad_settings_are_refused(fields):
    with pytest.raises(InputError):
        GenerateConfig(**fields)


@pytest.mark.parametrize("fields", [{"n_units": 0}, {"dropout": 1.0}, {"recurrent_activation": "relu"}])
def test_bad_configurations_are_refused(fields):
    with pytest.raises(InputError):
        ModelConfig(5, **fields)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_model_file_comes_back(tmp_path, dtype):
    model = make_model()
    model.notes["epochs"] = 3
    loaded = TrainedModel.load(model.save(tmp_path / "weights.npz", dtype=dtype))
    assert (loaded.config, loaded.vocabulary, loaded.notes) == (model.config, model.vocabulary, model.notes)
    for name, value in model.parameters.items():
        assert np.array_equal(loaded.parameters[name], value.astype(dtype).astype("f4"))


def damaged(model, tmp_path, **arrays):
    path = model.save(tmp_path / "weights.npz")
    with np.load(path) as archive:
        content = {name: archive[name] for name in archive.files} | arrays
    np.savez(path, **content)
    return path


def test_what_is_no_weights_file_is_refused(tmp_path):
    model, path = make_model(), tmp_path / "weights.npz"
    for content in (b"", b"poem", b"\x89HDF\r\n\x1a\n" + b"x" * 100, model.save(path).read_bytes()[:-200]):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"weights\.npz"):
            TrainedModel.load(path)
    with pytest.raises(InputError, match="not finite"):
        TrainedModel.load(damaged(model, tmp_path, **{"dense/bias": np.full(9, np.nan, "f4")}))
    with pytest.raises(InputError, match="dense/bias has shape"):
        TrainedModel.load(damaged(model, tmp_path, **{"dense/bias": np.zeros(4, "f4")}))


def test_weights_of_another_vocabulary_are_refused(tmp_path):
    model = make_model()
    model.vocabulary = Vocabulary("abc")
    with pytest.raises(InputError, match="3 characters for a network of 9"):
        TrainedModel.load(model.save(tmp_path / "weights.npz"))


def test_a_header_that_is_not_ours_is_refused(tmp_path):
    path = tmp_path / "weights.npz"
    for header in ({"format": "other"}, [], {"format": "sequence-models shakespeare 1", "config": {"x": 1}}):
        np.savez(path, header=np.array(json.dumps(header)))
        with pytest.raises(InputError, match=r"weights\.npz"):
            TrainedModel.load(path)
