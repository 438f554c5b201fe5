"""The composed reviews: drawn by seed, balanced, train and test apart; and that what ships is what is composed."""

import re
from collections import Counter

import numpy as np
import pytest

from common.assets import PROJECT
from common.error_rate import count_edits
from common.sentence_classifier.labelled import ORDER, PLAIN
from common.sentence_classifier.likeness import near, near_pairs
from common.words import words_of
from week2.sentiment.composing import frames_test, frames_training, lexicon
from week2.sentiment.composing.compose import TEST, TRAINING, compose, pair_part
from week2.sentiment.composing.words import vocabulary
from week2.sentiment.data import load_reviews
from week2.sentiment.run import as_csv
from week2.sentiment.settings import COMPOSED, TESTED

ASSETS = PROJECT / "week2" / "sentiment" / "assets"
EXAMPLE = words_of("Completely lacking in good taste, good service, and good ambience")


@pytest.fixture(scope="module")
def train():
    return load_reviews(ASSETS / "sentences_train.csv")


@pytest.fixture(scope="module")
def test():
    return load_reviews(ASSETS / "sentences_test.csv")


def frames(part):
    pools = [part.PLAIN, part.PLAIN_WORDS, part.PLAIN_QUALITIES, *part.ORDER.values()]
    return [frame for pool in pools for frame in pool]


def test_what_ships_is_composed_anew_to_the_letter():
    for name, part, count in (("train", TRAINING, COMPOSED), ("test", TEST, TESTED)):
        shipped = (ASSETS / f"sentences_{name}.csv").read_text(encoding="utf-8")
        assert as_csv(compose(count, part=part)) == shipped


def test_another_seed_composes_others():
    first, again, other = ([one.sentence for one in compose(50, part=TEST, seed=seed)] for seed in (1, 1, 2))
    assert first == again and len(set(first) & set(other)) < 5


def test_stars_and_kinds_are_balanced_and_no_sentence_is_there_twice(train, test):
    for data in (train, test):
        for kind in (PLAIN, ORDER):
            chosen = [one == kind for one in data.kinds]
            assert set(np.bincount(data.labels[chosen], minlength=5)) == {len(data) // 10}
    sentences = Counter(" ".join(words_of(sentence)) for sentence in train.sentences + test.sentences)
    assert sentences.most_common(1)[0][1] == 1


def test_frames_belong_to_one_part():
    assert not set(frames(frames_training)) & set(frames(frames_test))
    assert not set(frames_training.OPENERS + frames_training.TAILS) & set(frames_test.OPENERS + frames_test.TAILS)


def test_no_test_sentence_is_near_to_a_training_sentence(train, test):
    asked, learnt = ([words_of(sentence) for sentence in data.sentences] for data in (test, train))
    assert near_pairs(asked, learnt) == []


def test_pairs_of_thing_and_adjective_belong_to_one_part(train, test):
    """Of sentences in which one stands right before the other, where the pair can be read off."""
    groups = [group for _, groups in lexicon.DOMAINS.values() for group in groups]
    things = sorted({name for group in groups for name in group.singular + group.plural}, key=len, reverse=True)
    adjectives = {word for levels in (lexicon.ADJECTIVES, *(group.adjectives for group in groups))
                  for words in levels.values() for word in words}  # fmt: skip
    pattern = re.compile(rf"\b({'|'.join(adjectives)}) ({'|'.join(things)})\b", re.IGNORECASE)
    pairs = {
        part: {(thing, adjective.lower()) for text in data.sentences for adjective, thing in pattern.findall(text)}
        for part, data in ((TRAINING, train), (TEST, test))
    }
    assert len(pairs[TRAINING]) > 500 and len(pairs[TEST]) > 100 and not pairs[TRAINING] & pairs[TEST]
    assert all(pair_part(*pair) == part for part, found in pairs.items() for pair in found)


def test_order_sentences_have_good_words_among_few_stars_and_bad_words_among_many(train):
    """At least as often as the other way round, so that counting good and bad words does not help."""
    order = np.array([kind == ORDER for kind in train.kinds])
    for levels, against, along in (((4, 5), (0, 1), (3, 4)), ((1, 2), (3, 4), (0, 1))):
        words = {word for level in levels for word in lexicon.ADJECTIVES[level]}
        there = np.array([bool(words & set(words_of(sentence))) for sentence in train.sentences])
        share = {side: np.mean(there[order & np.isin(train.labels, side)]) for side in (against, along)}
        assert share[against] >= share[along] > 0.3


def test_what_makes_an_order_sentence_is_there_in_training_with_stars_of_both_sides(train):
    for word in ("not", "but", "never", "no", "nothing", "anything", "far", "lacking", "although", "expected"):
        stars = {int(label) for sentence, label in zip(train.sentences, train.labels, strict=True)
                 if word in words_of(sentence)}  # fmt: skip
        assert stars & {0, 1} and stars & {3, 4}, word


def test_the_lecture_s_example_is_not_there_and_nothing_near_it(train, test):
    for sentence in train.sentences + test.sentences:
        words = words_of(sentence)
        assert not near(words, EXAMPLE)
        assert "lacking in good" not in " ".join(words)
    assert min(count_edits(words_of(sentence), EXAMPLE).edits for sentence in train.sentences) >= 6
    assert not any("completely lacking" in sentence.lower() for sentence in train.sentences)


def test_every_word_that_judges_is_seen_in_training(train):
    seen = {word for sentence in train.sentences for word in words_of(sentence)}
    past = set(lexicon.PAST.values())
    lacking = {word for word in vocabulary() if not set(words_of(word)) <= seen and word not in lexicon.PAST}
    assert not lacking and past <= seen
