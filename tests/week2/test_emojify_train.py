"""Training of both versions on a small task that only word order decides."""

import numpy as np
import pytest

from common.errors import InputError
from common.glove import WordVectors
from week2.emojify.average import AverageConfig
from week2.emojify.data import LabelledSentences
from week2.emojify.emoji_table import Emoji, EmojiTable
from week2.emojify.model import ModelConfig
from week2.emojify.train import TrainConfig, describe, train, train_average

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
    table = EmojiTable([Emoji("+", "nice"), Emoji("-", "awful")])
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
