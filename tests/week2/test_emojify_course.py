"""The course's functions under its names: what they return, print and refuse, against plain code."""

import re

import numpy as np
import pytest

from common.errors import InputError
from common.seeding import legacy_numpy_seed
from week2.emojify import course
from week2.emojify.course_notebook import convert_to_one_hot, functions, label_to_emoji, read_csv, read_glove_vecs

WORDS = ("i", "you", "eat", "play", "cake", "ball")
MAP = {word: np.random.default_rng(number).normal(size=3) for number, word in enumerate(WORDS)}
X = np.array(["I eat cake", "you play ball", "You eat", "play Xyzzy ball", "xyzzy"])
Y = np.array([1, 0, 1, 0, 1])


def plain_average(sentence):
    total, count = np.zeros(3), 0
    for word in sentence.lower().split():
        if word in MAP:
            total += MAP[word]
            count += 1
    return total / count if count else total


def plain_run(passes, learning_rate):
    """The notebook's run, from the global generator."""
    W, b = np.random.randn(2, 3) / np.sqrt(3), np.zeros(2)
    for _ in range(passes):
        for sentence, label in zip(X, Y, strict=True):
            x = plain_average(sentence)
            z = W @ x + b
            a = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
            W, b = W - learning_rate * np.outer(a - np.eye(2)[label], x), b - learning_rate * (a - np.eye(2)[label])
    return W, b


def test_averages_are_the_plain_ones_to_the_bit():
    for sentence in X:
        assert np.array_equal(course.sentence_to_avg(sentence, MAP), plain_average(sentence))
    with pytest.raises(InputError):
        course.sentence_to_avg("a", {})


def test_model_prints_and_returns_as_the_notebook(capsys):
    with legacy_numpy_seed(7):
        pred, W, b = course.model(X, Y, MAP, learning_rate=0.1, num_iterations=25)
    printed = capsys.readouterr().out
    with legacy_numpy_seed(7):
        expected = plain_run(25, 0.1)
    assert np.allclose(W, expected[0], rtol=1e-12, atol=1e-14) and np.allclose(b, expected[1], rtol=1e-12, atol=1e-14)
    assert re.findall(r"Epoch: (\d+) --- cost = [\d.e-]+\nAccuracy: [\d.]+\n", printed) == ["0", "10", "20"]
    assert pred.shape == (5, 1) and set(np.ravel(pred)) <= {0.0, 1.0}
    course.model(X, Y, MAP, num_iterations=400)
    assert capsys.readouterr().out.count("Epoch") == 4
    course.model(X, Y, MAP, num_iterations=400, print_every=50)
    assert capsys.readouterr().out.count("Epoch") == 8


def test_predict_gives_classes_and_prints_the_share_that_is_right(capsys):
    W, b = np.random.default_rng(0).normal(size=(2, 3)), np.array([0.1, -0.2])
    found = course.predict(X, Y, W, b[:, np.newaxis], MAP)
    expected = [int(np.argmax(W @ plain_average(sentence) + b)) for sentence in X]
    assert found.shape == (5, 1) and found[:, 0].tolist() == expected
    assert float(capsys.readouterr().out.split()[-1]) == pytest.approx(np.mean(np.array(expected) == Y))


def test_indices_pass_over_unknown_words_and_refuse_what_does_not_fit():
    numbers = {word: number for number, word in enumerate(MAP, 1)}
    got = course.sentences_to_indices(X, numbers, 4)
    assert got.tolist() == [[1, 3, 5, 0], [2, 4, 6, 0], [2, 3, 0, 0], [4, 6, 0, 0], [0, 0, 0, 0]]
    with pytest.raises(InputError, match="max_len is 2"):
        course.sentences_to_indices(X, numbers, 2)


def test_the_embedding_has_each_vector_in_its_row_and_is_frozen():
    numbers = {word: number for number, word in enumerate(MAP, 1)}
    layer = course.pretrained_embedding_layer(MAP, numbers)
    (matrix,) = layer.get_weights()
    assert matrix.shape == (7, 3) and not layer.trainable and not matrix[0].any()
    assert all(np.allclose(matrix[number], MAP[word]) for word, number in numbers.items())


def test_the_network_takes_indices_and_gives_five_probabilities():
    numbers = {word: number for number, word in enumerate(MAP, 1)}
    network = course.Emojify_V2((4,), MAP, numbers)
    p = np.asarray(network(course.sentences_to_indices(X, numbers, 4).astype(int)))
    assert p.shape == (5, 5) and np.allclose(p.sum(axis=1), 1)


def test_the_helpers_of_the_notebook(tmp_path, without_course):
    (tmp_path / "some.csv").write_text('I eat,4,,\n"play\t",1,, [2]\n')
    texts, labels = read_csv(tmp_path / "some.csv")
    assert texts.tolist() == ["I eat", "play\t"] and labels.tolist() == [4, 1]
    (tmp_path / "some.txt").write_text("the 0.1 0.25\nant -1 2\n")
    numbers, words, vectors = read_glove_vecs(str(tmp_path / "some.txt"))
    assert numbers == {"ant": 1, "the": 2} and words == {1: "ant", 2: "the"}
    assert vectors["the"].dtype == np.float64 and vectors["the"].tolist() == [0.1, 0.25]
    assert convert_to_one_hot(np.array([1, 0]), C=3).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert label_to_emoji(4) == "🍴"
    with pytest.raises(InputError, match=r"other\.csv"):
        read_csv("data/other.csv")
    assert {"model", "predict", "Emojify_V2", "sentence_to_avg"} <= set(functions())


def test_the_course_s_network_has_its_layers_and_parameters():
    from common.sentence_classifier.model import build_model
    from week2.emojify.model import course_config

    model = build_model(course_config(50, 10), np.zeros((11, 50)))
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["InputLayer", "Embedding", "LSTM", "Dropout", "LSTM", "Dropout", "Dense", "Activation"]
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == 223_877
