"""The small world that ships: composed anew it is the same, and it holds what is asked, but not the questions."""

from __future__ import annotations

import csv
import gzip
import random
import re
from collections import Counter

import pytest

from common.assets import PROJECT, find
from common.glove import find_vectors, load_vectors
from common.word_questions import read_questions, read_similarities
from common.words import sentences_of, words_of
from week2.learning_embeddings.evaluate import evaluate, load_questions
from week2.learning_embeddings.make_corpus import make_corpus
from week2.learning_embeddings.small_world.compose import compose, subjects
from week2.learning_embeddings.small_world.compose_draw import Draw
from week2.learning_embeddings.small_world.compose_pattern import fill, finish, parse
from week2.learning_embeddings.small_world.world import questions, relations
from week2.learning_embeddings.small_world.world_countries import countries
from week2.learning_embeddings.small_world.world_life import LISTS

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


def test_articles_go_with_the_next_word(text):
    """Spelled apart from the composer: a word that sounds with a vowel has "an" before it, no other has."""
    sounds = re.compile(r"(?!eu|uni|one|use|ukr|ukulele)[aeiou]|hour|honest|honou?r|heir")
    wrong = {
        f"{article} {word}"
        for article, word in re.findall(r"\b([Aa]n?) (\w+)", text)
        if (len(article) == 2) != bool(sounds.match(word.lower())) or word in ("a", "an", "the", "his", "her")
    }
    assert not wrong


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


def test_sentences_of_the_emoji_are_not_taken_from_the_text_but_their_words_are_known(text, counts):
    sentences = {tuple(words_of(sentence)) for line in text.splitlines() for sentence in sentences_of(line)}
    words: Counter = Counter()
    alike = []
    for path in SENTENCES:
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            words.update(words_of(row["sentence"]))
            alike += [path.name] * (tuple(words_of(row["sentence"])) in sentences)
    assert not alike
    known = sum(count for word, count in words.items() if word in counts)
    assert known >= 0.98 * sum(words.values())


def test_every_word_that_is_asked_stands_in_varied_company(text):
    running = words_of(text)
    company: dict[str, set] = {}
    for before, word, after in zip(running, running[1:], running[2:], strict=False):
        company.setdefault(word, set()).add((before, after))
    asked = {word for rows in relations().values() for pair in rows for word in pair}
    assert not [word for word in asked if len(company[word]) < 8]


def test_the_questions_are_of_the_facts_and_none_is_asked_twice():
    pairs = relations()
    for name, rows in questions().items():
        assert len(set(rows)) == len(rows)
        for a, b, c, d in rows:
            assert (a, b) in pairs[name] and (c, d) in pairs[name] and len({a, b, c, d}) == 4


def test_the_facts_of_the_countries_do_not_contradict_each_other():
    for field in ("name", "capital", "adjective", "river", "city", "region"):
        values = [getattr(country, field) for country in countries()]
        assert len(set(values)) == len(values), field
    for field, each in (("foods", 2), ("boys", 2), ("girls", 2)):
        values = [value for country in countries() for value in getattr(country, field)]
        assert len(set(values)) == len(values) == each * len(countries()), field


def test_every_slot_of_every_pattern_has_a_value():
    person = {"Name", "Friend", "he", "his", "him", "himself", "boy", "man"}

    def slots_of(tree):
        for piece in tree:
            if isinstance(piece, tuple) and piece[0] == "slot":
                yield piece[1]
            elif isinstance(piece, tuple):
                for inner in piece[1]:
                    yield from slots_of(inner)

    for subject in subjects():
        known = set(subject.slots) | set(LISTS) | person
        for pattern in (*subject.patterns, *subject.openings):
            missing = {
                slot for slot in slots_of(parse(pattern)) if slot not in known and slot.rstrip("12345") not in known
            }
            assert not missing, pattern


def test_a_pattern_is_filled_in():
    draw, cast = Draw(3), {}
    slots = {"pet": ("cat", "dog"), "deed": "[ran|{way} away]", "way": "went"}
    assert fill("{pet1} and {pet2}", slots, cast, draw) in {"cat and dog", "dog and cat"}
    assert fill("{pet1}", slots, cast, draw) == cast["pet1"]
    assert {fill("it {deed}", slots, {}, draw) for _ in range(50)} == {"it ran", "it went away"}
    assert {fill("a[|b[c|d]]", slots, {}, draw) for _ in range(80)} == {"a", "abc", "abd"}


@pytest.mark.parametrize("broken", ["a [b|c", "a] b", "a | b"])
def test_a_pattern_whose_brackets_do_not_pair_up_is_refused(broken):
    with pytest.raises(ValueError, match="pair up|not closed"):
        parse(broken)


def test_a_sentence_is_finished():
    assert finish("a apple  and a hour, a pear and a university.") == "An apple and an hour, a pear and a university."
    assert finish('"is it?" asked Ann.') == '"Is it?" asked Ann.'


def test_draws_use_nothing_of_random_but_its_stream():
    stream = random.Random(5)
    draw = Draw(5)
    assert [draw.below(7) for _ in range(50)] == [int(stream.random() * 7) for _ in range(50)]
    assert sorted(draw.several("abcdef", 9)) == list("abcdef")
    firsts = Counter(tuple(draw.several((0, 1, 2), 2)) for _ in range(3000))
    assert len(firsts) == 6 and min(firsts.values()) > 400
