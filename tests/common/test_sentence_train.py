"""Training of both versions on a small task that only word order decides."""

from dataclasses import replace

import numpy as np
import pytest

from common.errors import InputError
from common.glove import WordVectors
from common.sentence_classifier.average import AverageConfig
from common.sentence_classifier.classes import ClassTable, LabelClass
from common.sentence_classifier.labelled import LabelledSentences
from common.sentence_classifier.model import ModelConfig
from common.sentence_classifier.train import TrainConfig, describe, read_to_learn, train, train_average

WORDS = ("good", "bad", "not", "the", "cake", "day")
SMALL = ModelConfig(n_units=12, n_layers=1, dropout=0.0, input_dropout=0.0, word_dropout=0.0, recurrent_dropout=0.0)
ROUGH = ModelConfig(n_units=8, n_layers=1)
QUICK = TrainConfig(epochs=40, batch_size=8, learning_rate=0.02, weight_decay=0.0, label_smoothing=0.0)


@pytest.fixture(scope="module")
def vectors():
    return WordVectors(list(WORDS), np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32))


@pytest.fixture(scope="module")
def data():
    """Whether the word after "not" is good: the bag of words is the same for both classes."""
    table = ClassTable([LabelClass("+", "nice"), LabelClass("-", "awful")])
    sentences, labels = [], []
    for thing in ("cake", "day", "the cake", "the day", "the good cake", "the bad day"):
        for first, second, label in (("good", "bad", 0), ("bad", "good", 1)):
            sentences += [f"{thing} {first} not {second}", f"{first} {thing} not {second}"]
            labels += [label, label]
    return LabelledSentences(tuple(sentences), np.array(labels), ("",) * len(labels), table)


def accuracy(model, vectors, data):
    p = model.probabilities([sentence.split() for sentence in data.sentences], vectors)
    return float(np.mean(p.argmax(axis=1) == data.labels))


def test_word_order_is_learnt_by_version_2_and_cannot_be_by_version_1(data, vectors):
    average = train_average(data, vectors, config=AverageConfig(passes=50))
    network, (result,) = train(data, vectors, model=SMALL, config=QUICK)
    assert accuracy(average, vectors, data) <= 0.5
    assert accuracy(network, vectors, data) == 1.0
    assert result.history["loss"][-1] < 0.1 < result.history["loss"][0]
    assert network.config.window == 10 and average.window is None and network.window == 10
    assert network.fits(vectors) and average.fits(vectors)
    assert "epoch 40: loss" in describe([result])


def test_the_same_seed_gives_the_same_bits_and_a_killed_training_goes_on(data, vectors, tmp_path):
    config = TrainConfig(epochs=6, batch_size=8, seed=5)
    first, _ = train(data, vectors, model=ROUGH, config=config, folder=tmp_path / "a")
    again, results = train(data, vectors, model=ROUGH, config=config, folder=tmp_path / "a")
    assert results[0].resumed_at == results[0].steps
    for name, value in first.members[0].items():
        assert np.array_equal(value, again.members[0][name])
    assert (tmp_path / "a" / "losses-1.csv").read_text().count("\n") == 7
    with pytest.raises(InputError, match="another run"):
        train(data, vectors, model=ROUGH, config=TrainConfig(epochs=6, batch_size=8, seed=6), folder=tmp_path / "a")


def test_a_share_kept_apart_stops_at_the_best_epoch_and_members_differ(data, vectors):
    config = TrainConfig(epochs=8, batch_size=8, validation=0.25, patience=2, members=2)
    model, results = train(data, vectors, model=SMALL, config=config)
    assert len(model.members) == 2 and not np.array_equal(*(one["dense/kernel"] for one in model.members))
    for result in results:
        assert len(result.history["val_loss"]) == result.epochs <= 8
        assert result.best_epoch == 1 + int(np.argmin(result.history["val_loss"]))
    assert model.notes["epochs"] == [result.best_epoch for result in results]


def test_version_1_with_the_same_seed_is_the_same_and_another_seed_another(data, vectors):
    first, same, other = (
        train_average(data, vectors, config=AverageConfig(passes=3), seed=seed).members[0]["dense/kernel"]
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same) and not np.array_equal(first, other)


@pytest.mark.parametrize("options", [{"validation": 1.0}, {"members": 0}, {"epochs": 0}])
def test_settings_that_make_no_training(options):
    with pytest.raises(InputError):
        TrainConfig(**options)


def test_vectors_that_know_no_word(data):
    vectors = WordVectors(["mot"], np.ones((1, 3), np.float32))
    with pytest.raises(InputError, match="know no word"):
        train_average(data, vectors)


def test_words_that_the_vectors_lack_are_learnt_along(data, vectors):
    """The vectors know neither "good" nor "bad", which alone tell the classes apart."""
    table = data.table
    few = WordVectors(["the", "cake", "day"], vectors.matrix[3:])
    texts = ("the good cake", "a bad cake", "good day", "bad day", "the good day", "the bad days") * 4
    plain = LabelledSentences(texts, np.array([0, 1, 0, 1, 0, 1] * 4), ("",) * 24, table)
    average = train_average(plain, few, config=AverageConfig(0.5, 30, learn_vectors=True))
    network, _ = train(plain, few, model=replace(SMALL, learn_vectors=True), config=QUICK)
    for model in (average, network):
        assert set(model.words) == {"the", "a", "good", "bad", "cake", "day", "days"}
        p = model.probabilities([["good"], ["bad"], ["good", "days"], ["bad", "days"]], few)
        assert p.argmax(axis=1).tolist() == [0, 1, 0, 1]
        assert set(model.sample) == {"the", "cake", "day"} and model.fits(few)
    frozen, _ = train(plain, few, model=SMALL, config=TrainConfig(epochs=1))
    assert frozen.words == () and "embedding" not in frozen.members[0]


def test_vectors_begin_as_those_of_the_word_that_is_meant(data, vectors):
    texts = LabelledSentences(("the cakes", "a cake"), np.array([0, 1]), ("", ""), data.table)
    words, start = read_to_learn(texts, vectors, learn_vectors=True, seed=0)
    assert words == [("the", "cakes"), ("a", "cake")]
    assert np.array_equal(start["cakes"], vectors["cake"]) and np.array_equal(start["the"], vectors["the"])
    again = read_to_learn(texts, vectors, learn_vectors=True, seed=0)[1]
    other = read_to_learn(texts, vectors, learn_vectors=True, seed=1)[1]
    assert np.array_equal(start["a"], again["a"]) and not np.array_equal(start["a"], other["a"])


def test_long_sentences_widen_the_window_or_are_cut(data, vectors):
    config = TrainConfig(epochs=1)
    wide, _ = train(data, vectors, model=replace(SMALL, window=3), config=config)
    cut, _ = train(data, vectors, model=replace(SMALL, window=3), config=replace(config, cut=True))
    assert wide.window == max(len(sentence.split()) for sentence in data.sentences) > 3 and cut.window == 3
