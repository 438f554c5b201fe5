"""The figures of an evaluation against scikit-learn's, and sentences of each kind counted apart."""

import numpy as np
import pytest
from sklearn import metrics

from common.glove import WordVectors
from common.sentence_classifier.classes import ClassTable, LabelClass
from common.sentence_classifier.evaluate import class_scores, confusion, describe, describe_mistakes, evaluate
from common.sentence_classifier.labelled import LabelledSentences
from common.sentence_classifier.model import ModelConfig
from common.sentence_classifier.trained import AVERAGE, TrainedModel

PAIRS = ("❤️", "heart"), ("⚾", "ball"), ("😄", "smile"), ("😞", "disappointed"), ("🍴", "fork")
TABLE = ClassTable(LabelClass(*pair) for pair in PAIRS)


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_scikit_learn_s(seed):
    rng = np.random.default_rng(seed)
    labels, predicted = rng.integers(0, 4, 60), rng.integers(0, 3, 60)  # class 3 is never given, class 4 not there
    matrix = confusion(labels, predicted, 5)
    assert np.array_equal(matrix, metrics.confusion_matrix(labels, predicted, labels=range(5)))
    expected = metrics.precision_recall_fscore_support(labels, predicted, labels=range(5), zero_division=0)
    got = np.array([(one.precision, one.recall, one.f1, one.count) for one in class_scores(matrix)]).T
    assert np.allclose(got, expected)


def identity_model():
    """Gives class k to a sentence whose words mostly are word k."""
    member = {"dense/kernel": 10 * np.eye(5, dtype=np.float32), "dense/bias": np.zeros(5, np.float32)}
    return TrainedModel(AVERAGE, TABLE, ModelConfig(5, 5), [member], {})


def test_an_evaluation_counts_what_it_should():
    vectors = WordVectors(list("abcde"), np.eye(5, dtype=np.float32))
    sentences = ("a a", "b b", "c xyzzy", "a", "e d e")
    data = LabelledSentences(sentences, np.array([0, 1, 2, 3, 4]), ("plain", "plain", "order", "order", "plain"), TABLE)
    found = evaluate(identity_model(), vectors, data)
    assert found.accuracy == pytest.approx(0.8)
    assert found.by_kind == {"plain": (1.0, 3), "order": (0.5, 2)}
    assert [(one.sentence, one.label, one.predicted, one.kind) for one in found.mistakes] == [("a", 3, 0, "order")]
    assert found.unknown == ("xyzzy",) and found.known_share == pytest.approx(5 / 6)
    assert found.macro_f1 == pytest.approx((2 / 3 + 1 + 1 + 0 + 1) / 5)
    text = describe(found, data.table)
    assert "accuracy 0.800" in text and "order 0.500 of 2" in text and "disappointed" in text
    assert describe_mistakes(found, data.table) == "😞 -> ❤️  p 1.00  a"


def test_pictures_are_drawn(tmp_path):
    from common.sentence_classifier.pictures import draw_confusions, draw_weights
    from common.sentence_classifier.predict import predict

    vectors = WordVectors(list("abcde"), np.eye(5, dtype=np.float32))
    data = LabelledSentences(("a a", "b"), np.array([0, 1]), ("", ""), TABLE)
    found = evaluate(identity_model(), vectors, data)
    draw_confusions(tmp_path / "one.png", {"version 1": found, "version 2": found}, data.table)
    draw_weights(tmp_path / "two.png", predict(identity_model(), vectors, ["a b a", "c d", "xyzzy"], weights=True))
    for name in ("one.png", "two.png"):
        assert (tmp_path / name).read_bytes()[:4] == b"\x89PNG" and (tmp_path / name).stat().st_size > 5000
