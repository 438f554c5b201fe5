"""Predictions: which words weighed, what was not read, and what a person is told."""

import numpy as np
import pytest

from common.glove import WordVectors
from common.sentence_classifier.classes import ClassTable, LabelClass
from common.sentence_classifier.model import ModelConfig
from common.sentence_classifier.predict import predict
from common.sentence_classifier.trained import AVERAGE, LSTM, TrainedModel

PAIRS = ("❤️", "heart"), ("⚾", "ball"), ("😄", "smile"), ("😞", "disappointed"), ("🍴", "fork")
TABLE = ClassTable(LabelClass(*pair) for pair in PAIRS)
WORDS = ["i", "am", "not", "happy", "cake", "do", "n't"]
VECTORS = WordVectors(WORDS, np.random.default_rng(0).normal(size=(7, 6)).astype(np.float32))


def make(version):
    config = ModelConfig(n_inputs=6, n_units=6, window=4)
    shapes = config.parameter_shapes()
    if version == AVERAGE:
        shapes = {name: shape for name, shape in shapes.items() if name.startswith("dense")}
    rng = np.random.default_rng(3)
    members = [{name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}]
    return TrainedModel(version, TABLE, config, members, {})


@pytest.fixture(params=[AVERAGE, LSTM])
def model(request):
    return make(request.param)


def test_a_word_s_weight_is_what_leaving_it_out_changes(model):
    (found,) = predict(model, VECTORS, ["Happy? Don't!"], weights=True)
    p = model.probabilities([["happy", "do", "n't"], ["do", "n't"], ["happy"]], VECTORS)
    assert found.label == int(p[0].argmax()) and np.allclose(found.probabilities, p[0])
    expected = np.log(p[0, found.label] / p[1:, found.label])
    assert [weight.text for weight in found.weights] == ["Happy", "Don't"]
    assert np.allclose([weight.nats for weight in found.weights], expected, atol=1e-5)


def test_many_sentences_at_once_get_what_each_gets_alone(model):
    sentences = ["I am happy", "cake", "not happy", "do not cake", "xyzzy"]
    together = predict(model, VECTORS, sentences)
    for sentence, one in zip(sentences, together, strict=True):
        (alone,) = predict(model, VECTORS, [sentence])
        assert alone.label == one.label and np.allclose(alone.probabilities, one.probabilities, atol=1e-6)
        assert one.weights == ()


def test_unknown_words_and_emoji_are_left_out_and_said(model):
    (found,) = predict(model, VECTORS, ["happy 😄 Xyzzy cake"])
    (plain,) = predict(model, VECTORS, ["happy cake"])
    assert found.probabilities == plain.probabilities
    assert found.unknown == ("Xyzzy",) and found.ignored == ("😄",)
    assert len(found.notices()) == 2 and "Xyzzy" in found.notices()[0] and "😄" in found.notices()[1]
    assert plain.notices() == []


@pytest.mark.parametrize("sentence", ["", "  ", "😄😄", "xyzzy plugh", "?!"])
def test_where_there_is_nothing_to_go_by_there_is_no_emoji(model, sentence):
    (found,) = predict(model, VECTORS, [sentence], weights=True)
    assert found.label is None and found.answer is None and found.weights == () == found.probabilities
    assert "nothing to go by" in found.notices()[0]


def test_what_lies_beyond_the_window_is_said_and_not_read():
    model = make(LSTM)
    (long,) = predict(model, VECTORS, ["I am not happy cake cake"], weights=True)
    (short,) = predict(model, VECTORS, ["I am not happy"], weights=True)
    assert long.probabilities == short.probabilities and long.unread == ("cake", "cake")
    assert "longer than the window" in long.notices()[0]
    assert [weight.text for weight in long.weights] == ["I", "am", "not", "happy"]
    (whole,) = predict(make(AVERAGE), VECTORS, ["I am not happy cake cake"])
    assert whole.unread == ()


def test_a_word_of_two_parts_is_not_cut_by_the_window():
    (found,) = predict(make(LSTM), VECTORS, ["I am cake don't"], weights=True)
    assert found.unread == ("don't",) and [weight.text for weight in found.weights] == ["I", "am", "cake"]


def test_of_a_very_long_end_only_the_beginning_is_told():
    (found,) = predict(make(LSTM), VECTORS, ["I am not happy" + " cake" * 30])
    assert len(found.unread) == 30 and found.notices()[0].endswith("cake cake ...")
    assert found.notices()[0].count("cake") == 20
