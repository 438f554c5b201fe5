"""The shipped weights: their noted figures, version 2 against version 1 and a TF-IDF baseline, quick answers."""

import json
import subprocess
import sys

import numpy as np
import pytest

from common.assets import PROJECT, catalogue, find
from common.glove import load_vectors
from common.sentence_classifier.evaluate import evaluate
from common.sentence_classifier.labelled import ORDER, PLAIN
from common.sentence_classifier.predict import predict
from common.sentence_classifier.trained import AVERAGE, LSTM, TrainedModel
from week2.emojify.data import load_sentences
from week2.emojify.run import TASK

ASSETS = PROJECT / "week2" / "emojify" / "assets"


@pytest.fixture(scope="module")
def vectors():
    return load_vectors(PROJECT / catalogue()["glove-50d"]["shipped"])


@pytest.fixture(scope="module")
def test():
    return load_sentences(ASSETS / "sentences_test.csv")


@pytest.fixture(scope="module")
def found(vectors, test):
    models = {version: TrainedModel.load(find(TASK.weights[version]).path) for version in (AVERAGE, LSTM)}
    assert all(model.fits(vectors) for model in models.values())
    return models, {version: evaluate(model, vectors, test) for version, model in models.items()}


def test_the_weights_do_what_is_noted_in_them(found):
    models, figures = found
    for version, model in models.items():
        noted = model.notes["accuracy on the test sentences"]
        assert figures[version].accuracy == pytest.approx(noted["all"], abs=0.007)
        for kind in (PLAIN, ORDER):
            assert figures[version].by_kind[kind][0] == pytest.approx(noted[kind], abs=0.013)


def test_version_2_is_better_where_order_matters_and_no_worse_elsewhere(found):
    _, figures = found
    first, second = (figures[version].by_kind for version in (AVERAGE, LSTM))
    assert second[ORDER][0] >= first[ORDER][0] + 0.10
    assert second[PLAIN][0] >= first[PLAIN][0]


def test_version_2_beats_a_tf_idf_baseline(found, test):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    train = load_sentences(ASSETS / "sentences_train.csv")
    baseline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=2000))
    baseline.fit(train.sentences, train.labels)
    right = baseline.predict(test.sentences) == test.labels
    order = np.array(test.kinds) == ORDER
    second = found[1][LSTM]
    assert second.accuracy > right.mean() and second.by_kind[ORDER][0] > right[order].mean()


def test_the_course_s_example_of_what_averages_cannot_see(found, vectors):
    (answer,) = predict(found[0][LSTM], vectors, ["not feeling happy"])
    assert answer.answer.name == "disappointed"


def test_an_answer_needs_no_tensorflow(tmp_path, without_course):
    program = (
        "import sys\n"
        "from common.cli import main\n"
        "from week2.emojify.__main__ import DESCRIPTION, VERBS\n"
        "status = main('week2.emojify', DESCRIPTION, VERBS, ['predict', 'I love you', '--json'])\n"
        "sys.exit(status or ('tensorflow' in sys.modules) or ('matplotlib' in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8",
        env={"PYTHONPATH": str(PROJECT), "PATH": "", "PYTHONUTF8": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["name"] == "heart"
