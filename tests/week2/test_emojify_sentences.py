"""The shipped sentences: enough of them, balanced, train and test apart, their words known to the shipped vectors."""

from collections import Counter

import numpy as np
import pytest

from common.assets import PROJECT, catalogue
from common.sentence_classifier.labelled import ORDER, PLAIN
from common.sentence_classifier.likeness import near_pairs
from common.words import words_of
from week2.emojify.data import load_sentences

ASSETS = PROJECT / "week2" / "emojify" / "assets"


@pytest.fixture(scope="module")
def train():
    return load_sentences(ASSETS / "sentences_train.csv")


@pytest.fixture(scope="module")
def test():
    return load_sentences(ASSETS / "sentences_test.csv")


def test_there_are_enough_and_they_are_balanced(train, test):
    assert len(train) + len(test) >= 500 and len(test) >= 150
    for data in (train, test):
        assert set(np.bincount(data.labels, minlength=5)) == {len(data) // 5}
        for kind in (PLAIN, ORDER):
            of_kind = np.bincount(data.labels[[one == kind for one in data.kinds]], minlength=5)
            assert len(set(of_kind)) == 1
    assert test.kinds.count(ORDER) >= 60 and set(test.kinds) == set(train.kinds) == {PLAIN, ORDER}


def test_no_sentence_is_there_twice(train, test):
    counts = Counter(" ".join(words_of(sentence)) for sentence in train.sentences + test.sentences)
    assert counts.most_common(1)[0][1] == 1


def test_no_test_sentence_has_the_template_of_a_training_sentence(train, test):
    asked, learnt = ([words_of(sentence) for sentence in data.sentences] for data in (test, train))
    shared = [(" ".join(asked[i]), " ".join(learnt[j])) for i, j in near_pairs(asked, learnt)]
    assert not shared


def test_many_order_sentences_have_a_twin_of_the_same_words_and_another_emoji(test):
    twins = {}
    for sentence, label, kind in zip(test.sentences, test.labels, test.kinds, strict=True):
        if kind == ORDER:
            twins.setdefault(tuple(sorted(words_of(sentence))), set()).add(int(label))
    assert sum(len(labels) for labels in twins.values() if len(labels) > 1) >= 20


def test_the_shipped_vectors_know_nearly_all_words(train, test):
    from common.glove import load_vectors
    from common.sentence_classifier.reading import Reader

    vectors = load_vectors(PROJECT / catalogue()["glove-50d"]["shipped"])
    words = {word for sentence in train.sentences + test.sentences for word in words_of(sentence)}
    assert len(words) <= 1000
    assert sum(word in vectors for word in words) >= 0.98 * len(words)
    reader = Reader(vectors)
    assert sum(bool(reader.read(word).unknown) for word in words) <= 0.02 * len(words)
