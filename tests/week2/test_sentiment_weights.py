"""The shipped weights: their noted figures, the network against the average and a linear model, the lecture example."""

import numpy as np
import pytest

from common.assets import PROJECT, find
from common.sentence_classifier.evaluate import evaluate
from common.sentence_classifier.finding import no_vectors
from common.sentence_classifier.labelled import ORDER, PLAIN
from common.sentence_classifier.making import NOTED
from common.sentence_classifier.predict import predict
from common.sentence_classifier.trained import AVERAGE, LSTM, TrainedModel
from week2.sentiment.data import load_reviews
from week2.sentiment.evaluate import MEAN_ERROR, measures
from week2.sentiment.run import TASK

ASSETS = PROJECT / "week2" / "sentiment" / "assets"
EXAMPLE = "Completely lacking in good taste, good service, and good ambience."


@pytest.fixture(scope="module")
def test():
    return load_reviews(ASSETS / "sentences_test.csv")


@pytest.fixture(scope="module")
def models():
    return {version: TrainedModel.load(find(TASK.weights[version]).path) for version in (AVERAGE, LSTM)}


@pytest.fixture(scope="module")
def found(models, test):
    return {version: evaluate(model, no_vectors(model), test) for version, model in models.items()}


def test_the_weights_do_what_is_noted_in_them(models, found):
    for version, model in models.items():
        noted = model.notes[NOTED]
        assert found[version].accuracy == pytest.approx(noted["all"], abs=0.005)
        for kind in (PLAIN, ORDER):
            assert found[version].by_kind[kind][0] == pytest.approx(noted[kind], abs=0.01)


def test_the_average_fails_where_order_decides_and_the_network_does_not(found, test):
    average, network = (found[version].by_kind for version in (AVERAGE, LSTM))
    assert average[ORDER][0] < 0.6 and network[ORDER][0] >= average[ORDER][0] + 0.25
    assert network[PLAIN][0] >= 0.9 and network[PLAIN][0] >= average[PLAIN][0]
    errors = [measures(found[version], test.table)[MEAN_ERROR] for version in (AVERAGE, LSTM)]
    assert errors[1] < 0.5 * errors[0]


def test_the_network_beats_a_linear_model_of_words_and_pairs_of_words(found, test):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import RidgeClassifier
    from sklearn.pipeline import make_pipeline

    train = load_reviews(ASSETS / "sentences_train.csv")
    baseline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2), RidgeClassifier())
    baseline.fit(train.sentences, train.labels)
    right = baseline.predict(test.sentences) == test.labels
    order = np.array(test.kinds) == ORDER
    assert right.mean() > 0.6  # a baseline that has learnt something
    network = found[LSTM]
    assert network.accuracy > right.mean() + 0.1 and network.by_kind[ORDER][0] > right[order].mean() + 0.2


def test_the_lecture_s_example_gets_one_star_from_the_network_and_not_from_the_average(models):
    answers = {
        version: predict(model, no_vectors(model), [EXAMPLE], weights=True)[0] for version, model in models.items()
    }
    assert answers[LSTM].answer.name == "1" and answers[LSTM].unknown == ()
    assert answers[AVERAGE].answer.name in {"4", "5"}
    by_word = {weight.text: weight.nats for weight in answers[LSTM].weights}
    assert max(by_word, key=by_word.get) in {"lacking", "Completely"}


def test_stars_follow_what_a_not_or_a_but_does(models):
    pairs = {
        "the food was awful but the service was wonderful": "4",
        "the food was wonderful but the service was awful": "2",
        "I expected the film to be boring but it was wonderful": "5",
        "I expected the film to be wonderful but it was boring": "1",
        "the soup was anything but delicious": "1",
        "nothing but delicious soup in this restaurant": "5",
    }
    model = models[LSTM]
    answers = predict(model, no_vectors(model), list(pairs))
    assert [one.answer.name for one in answers] == list(pairs.values())
