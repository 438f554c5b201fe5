"""Version 2: the Keras model, the same network in NumPy, padding, and the weights file."""

import json

import numpy as np
import pytest

from common.errors import InputError
from common.sentence_classifier.classes import ClassTable, LabelClass
from common.sentence_classifier.ids import WordTable
from common.sentence_classifier.model import ModelConfig, build_model, from_keras, learnt_vectors, to_keras
from common.sentence_classifier.network import SentenceNetwork
from common.sentence_classifier.trained import AVERAGE, LSTM, TrainedModel, take_sample

PAIRS = ("❤️", "heart"), ("⚾", "ball"), ("😄", "smile"), ("😞", "disappointed"), ("🍴", "fork")
TABLE = ClassTable(LabelClass(*pair) for pair in PAIRS)
WORDS = {f"w{number}": vector for number, vector in enumerate(np.random.default_rng(0).normal(size=(12, 6)))}
SENTENCES = [["w1", "w2", "w3"], [], ["w5"] * 7, ["w4", "w0", "w11", "w2", "w9"]]


def parameters(config, seed=1):
    rng = np.random.default_rng(seed)
    return {name: 0.5 * rng.normal(size=shape).astype(np.float32) for name, shape in config.parameter_shapes().items()}


def arrays():
    return [np.array([WORDS[word] for word in words]).reshape(-1, 6) for words in SENTENCES]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"masking": False},
        {"masking": False, "padding": "pre"},
        {"cell": "gru", "bidirectional": True, "n_layers": 1},
        {"bidirectional": True, "masking": False},
        {"bidirectional": True, "padding": "pre", "n_layers": 3},
    ],
    ids=str,
)
def test_numpy_and_keras_agree(options):
    config = ModelConfig(n_classes=4, n_inputs=6, window=7, n_units=5, **options)
    table = WordTable(SENTENCES, WORDS, 6)
    model, given = build_model(config, table.matrix), parameters(config)
    to_keras(model, config, given)
    assert all(np.array_equal(value, given[name]) for name, value in from_keras(model, config).items())
    expected = np.asarray(model(table.encode(SENTENCES, window=7, padding=config.padding)))
    got = SentenceNetwork(config, given).predict(arrays())
    assert got.dtype == np.float32 and np.allclose(got, expected, atol=2e-6)


def test_with_masking_padding_counts_for_nothing_and_without_it_does():
    for masking in (True, False):
        config = ModelConfig(n_inputs=6, window=7, n_units=5, masking=masking)
        wide = ModelConfig(n_inputs=6, window=20, n_units=5, masking=masking)
        narrow, broad = (SentenceNetwork(one, parameters(config)).predict(arrays()) for one in (config, wide))
        assert np.allclose(narrow, broad, atol=1e-6) == masking


def test_the_embedding_is_frozen_and_not_among_the_parameters():
    config = ModelConfig(n_inputs=6, window=7, n_units=5)
    model = build_model(config, WordTable(SENTENCES, WORDS, 6).matrix)
    assert [weight.path for weight in model.non_trainable_weights if "embedding" in weight.path]
    assert not any("embedding" in name for name in config.parameter_shapes())
    assert len(model.trainable_weights) == len(config.parameter_shapes())


@pytest.mark.parametrize(
    "options",
    [{"n_units": 0}, {"window": 1.5}, {"dropout": 1.0}, {"input_dropout": -0.1}, {"cell": "rnn"}, {"padding": "both"}],
)
def test_settings_that_make_no_network(options):
    with pytest.raises(InputError):
        ModelConfig(**options)


def test_ids_are_padded_where_they_should_be_and_long_sentences_refused():
    table = WordTable(SENTENCES, WORDS, 6)
    assert table.ids == {word: place for place, word in enumerate(sorted({w for one in SENTENCES for w in one}), 1)}
    assert not table.matrix[0].any() and np.allclose(table.matrix[table.ids["w5"]], WORDS["w5"])
    row = table.encode([["w1", "w2"]], window=4)[0].tolist()
    assert row == [table.ids["w1"], table.ids["w2"], 0, 0]
    assert table.encode([["w1", "w2"]], window=4, padding="pre")[0].tolist() == [0, 0, *row[:2]]
    with pytest.raises(InputError, match="7 words, and the window is 4"):
        table.encode(SENTENCES, window=4)


def trained(version=LSTM, members=2):
    config = ModelConfig(n_inputs=6, window=7, n_units=5)
    given = [parameters(config, seed) for seed in range(members)]
    if version == AVERAGE:
        given = [
            {name: one[name][:6] if "kernel" in name else one[name] for name in one if "dense" in name} for one in given
        ]
        config = ModelConfig(n_inputs=6, n_units=6)
        given = [
            {name: np.resize(value, config.parameter_shapes()[name]) for name, value in one.items()} for one in given
        ]
    return TrainedModel(version, TABLE, config, given, take_sample(list(WORDS), WORDS), {"seed": 3})


@pytest.mark.parametrize("version", [AVERAGE, LSTM])
def test_a_weights_file_gives_the_same_answers(tmp_path, version):
    model = trained(version)
    again = TrainedModel.load(model.save(tmp_path / "weights.npz"))
    first, second = (one.probabilities(SENTENCES, WORDS) for one in (model, again))
    assert np.array_equal(first, second) and np.allclose(first.sum(axis=1), 1, atol=1e-5)
    assert (again.version, again.table, again.config, again.notes) == (version, model.table, model.config, {"seed": 3})
    half = TrainedModel.load(model.save(tmp_path / "half.npz", dtype=np.float16))
    assert np.allclose(half.probabilities(SENTENCES, WORDS), first, atol=5e-3)


def test_an_ensemble_averages_probabilities():
    model = trained()
    single = [TrainedModel(LSTM, model.table, model.config, [one], {}) for one in model.members]
    mean = np.mean([one.probabilities(SENTENCES, WORDS) for one in single], axis=0)
    assert np.allclose(model.probabilities(SENTENCES, WORDS), mean)


def test_a_sentence_longer_than_the_window_is_read_up_to_it():
    long = [["w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9"]]
    model = trained()
    assert np.array_equal(model.probabilities(long, WORDS), model.probabilities([long[0][:7]], WORDS))


def damage_header(path, change):
    with np.load(path) as archive:
        arrays = dict(archive)
    header = json.loads(str(arrays["header"]))
    change(header, arrays)
    np.savez(path, **(arrays | {"header": np.array(json.dumps(header))}))


@pytest.mark.parametrize(
    "change",
    [
        lambda header, arrays: header.update(format="another"),
        lambda header, arrays: header.update(version=3),
        lambda header, arrays: header.update(members=0),
        lambda header, arrays: header["classes"].pop(),
        lambda header, arrays: header["config"].update(n_units=4),
        lambda header, arrays: header["config"].update(colour="red"),
        lambda header, arrays: arrays.pop("1/dense/bias"),
        lambda header, arrays: arrays.update({"0/dense/bias": np.full(5, np.nan)}),
    ],
)
def test_weights_that_do_not_fit_together_are_refused(tmp_path, change):
    path = trained().save(tmp_path / "weights.npz")
    damage_header(path, change)
    with pytest.raises(InputError, match=r"weights\.npz"):
        TrainedModel.load(path)


@pytest.mark.parametrize(
    "content", [b"", b"x" * 100, b"PK\x03\x04" + b"\0" * 50, b"version https://git-lfs.github.com/spec/v1\n"]
)
def test_files_that_are_no_weights(tmp_path, content):
    path = tmp_path / "weights.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"weights\.npz"):
        TrainedModel.load(path)


def test_other_vectors_are_told_apart_and_more_words_are_not_others():
    from common.glove import WordVectors

    model, words = trained(), list(WORDS)
    matrix = np.array(list(WORDS.values()), np.float32)
    assert model.fits(WordVectors(words, matrix))
    assert model.fits(WordVectors([*words, "new"], np.vstack([matrix, np.ones((1, 6), np.float32)])))
    assert not model.fits(WordVectors(words, matrix + np.float32(0.1)))
    assert not model.fits(WordVectors(words, matrix[:, :5]))
    assert not model.fits(WordVectors([f"other{word}" for word in words], matrix))


def with_words(version=LSTM):
    """A model that has learnt the vectors of "w1" and of a word that no vectors have."""
    model = trained(version, members=2)
    rng = np.random.default_rng(8)
    members = [one | {"embedding": rng.normal(size=(2, 6)).astype(np.float32)} for one in model.members]
    return TrainedModel(version, TABLE, model.config, members, model.sample, {}, ("new", "w1"))


@pytest.mark.parametrize("version", [AVERAGE, LSTM])
def test_words_learnt_along_count_with_their_own_vectors_and_others_with_the_given_ones(tmp_path, version):
    model = with_words(version)
    again = TrainedModel.load(model.save(tmp_path / "weights.npz"))
    assert again.words == ("new", "w1") and "new" in again.vocabulary(WORDS) and "w5" in again.vocabulary(WORDS)
    assert "w5" not in again.vocabulary({})
    sentence = ["w5", "new", "w1"]
    expected = []
    for member in model.members:
        alone = {name: value for name, value in member.items() if name != "embedding"}
        own = WORDS | {"new": member["embedding"][0], "w1": member["embedding"][1]}
        expected.append(TrainedModel(version, TABLE, model.config, [alone], {}).probabilities([sentence], own))
    assert np.allclose(again.probabilities([sentence], WORDS), np.mean(expected, axis=0), atol=1e-6)
    changed = again.members[0]["embedding"][:1]
    again.members[0]["embedding"] = changed
    with pytest.raises(InputError, match="embedding has shape"):
        TrainedModel.load(again.save(tmp_path / "cut.npz"))


def test_an_embedding_that_is_learnt_is_among_the_trainable_weights():
    config = ModelConfig(n_inputs=6, window=7, n_units=5, learn_vectors=True)
    table = WordTable(SENTENCES, WORDS, 6)
    model = build_model(config, table.matrix)
    assert len(model.trainable_weights) == len(config.parameter_shapes()) + 1
    assert np.allclose(learnt_vectors(model), table.matrix[1:])
    with pytest.raises(InputError, match="leave masking on"):
        ModelConfig(masking=False, learn_vectors=True)


def test_files_of_the_older_form_are_read(tmp_path):
    model = trained()
    path = model.save(tmp_path / "weights.npz")

    def as_before(header, arrays):
        header.update(format="sequence-models emojify 1", emoji=header.pop("classes"))
        header.pop("words")
        header["config"].pop("learn_vectors")

    damage_header(path, as_before)
    again = TrainedModel.load(path)
    assert again.table == TABLE and again.words == ()
    assert np.array_equal(again.probabilities(SENTENCES, WORDS), model.probabilities(SENTENCES, WORDS))
