"""The small world that ships: composed anew it is the same, and it holds what is asked, but not the questions."""

from __future__ import annotations

import csv
import gzip
from collections import Counter

import pytest

from common.assets import PROJECT, find
from common.glove import find_vectors, load_vectors
from common.word_questions import read_questions, read_similarities
from common.words import words_of
from week2.learning_embeddings.compose import compose
from week2.learning_embeddings.evaluate import evaluate, load_questions
from week2.learning_embeddings.make_corpus import make_corpus
from week2.learning_embeddings.world import relations

ASSETS = PROJECT / "week2" / "learning_embeddings" / "assets"
SENTENCES = sorted((PROJECT / "week2" / "emojify" / "assets").glob("sentences_*.csv"))


@pytest.fixture(scope="module")
def text() -> str:
    return compose()


@pytest.fixture(scope="module")
def counts(text) -> Counter:
    return Counter(words_of(text))


def test_composed_anew_it_is_the_same(tmp_path, text):
    """The text is compared, not the packed bytes, which are another matter with another zlib."""
    make_corpus(tmp_path)
    assert gzip.decompress(find("world-corpus").path.read_bytes()).decode() == text
    for name in ("world-analogies.txt", "world-similarities.tsv"):
        assert (tmp_path / name).read_bytes() == (ASSETS / name).read_bytes()


def test_its_size(text, counts):
    assert sum(counts.values()) > 500_000
    assert 3_000 < len(counts) < 4_500


def test_no_sentence_is_made_twice(text):
    sentences = [sentence for line in text.splitlines() for sentence in line.split(". ") if len(sentence.split()) > 6]
    assert len(set(sentences)) / len(sentences) > 0.995


def test_what_is_asked_is_spoken_of(counts):
    asked = {
        word for section in read_questions(ASSETS / "world-analogies.txt") for one in section.questions for word in one
    }
    asked |= {word for pair in read_similarities(ASSETS / "world-similarities.tsv") for word in pair[:2]}
    rare = {word: counts[word] for word in asked if counts[word] < 12}
    assert not rare


def test_the_questions_do_not_stand_in_the_text(text):
    running = " ".join(words_of(text))
    for section in read_questions(ASSETS / "world-analogies.txt"):
        for question in section.questions:
            assert f" {' '.join(question)} " not in running
            assert "{} is to {} as".format(*question[:2]) not in running


def test_relations_have_one_answer_each():
    for name, pairs in relations().items():
        answers = [answer for _, answer in pairs]
        assert len(set(answers)) == len(answers), name
        assert len(pairs) >= 10, name


def test_sections_and_questions_are_many():
    sections = read_questions(ASSETS / "world-analogies.txt")
    assert len(sections) >= 12 and sum(len(one.questions) for one in sections) >= 400


def test_no_test_sentence_of_the_emoji_stands_in_the_text(text):
    running = " ".join(words_of(text))
    for path in SENTENCES:
        if "test" in path.name:
            rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
            found = [row["sentence"] for row in rows if f" {' '.join(words_of(row['sentence']))} " in running]
            assert not found


def test_the_shipped_vectors_answer_nine_tenths_of_the_analogies():
    vectors = load_vectors(find_vectors().path, cache=False)
    quality = evaluate(vectors, load_questions())
    assert quality.asked >= 200 and not any(one.skipped for one in quality.sections)
    assert quality.accuracy >= 0.9
    assert min(one.accuracy for one in quality.sections) >= 0.6
    assert quality.rho >= 0.5


def test_the_shipped_vectors_are_of_the_shipped_text(counts):
    vectors = load_vectors(find_vectors().path, cache=False)
    assert set(vectors.words) == set(counts)
    assert list(vectors.words) == sorted(counts, key=lambda word: (-counts[word], word))
