"""Question and similarity files: read in all their dialects, scored as a plain loop would, damaged ones refused."""

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from common.errors import InputError, MissingFileError
from common.glove import WordVectors
from common.vector_space import VectorSpace
from common.word_questions import (
    Section,
    ranks,
    read_questions,
    read_similarities,
    score_questions,
    score_similarities,
    spearman,
    total,
)


@pytest.fixture
def space():
    """A grid: towns beside their lands, so that analogies come out."""
    places = {"paris": (1, 1), "france": (1, 2), "rome": (4, 1), "italy": (4, 2), "oslo": (7, 1), "norway": (7, 2)}
    others = {"far": (9, -9), "near": (1.1, 1.1), "none": (0, 0)}
    words = {**places, **others}
    return VectorSpace(WordVectors(list(words), np.array(list(words.values()), np.float32)))


def write(tmp_path, text, name="questions.txt", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def test_questions_in_sections(tmp_path):
    text = "\ufeff: capital-common\r\nParis France Rome Italy\r\n\r\n:towns\r\na  b\tc d\r\n: empty\r\n"
    assert read_questions(write(tmp_path, text)) == [
        Section("capital-common", [("Paris", "France", "Rome", "Italy")]),
        Section("towns", [("a", "b", "c", "d")]),
    ]
    assert read_questions(write(tmp_path, "a b c d")) == [Section("no section", [("a", "b", "c", "d")])]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (": towns\na b c d\na b c\n", "questions.txt: line 3 has 3 words, a question has 4"),
        (": towns\na b c d e\n", "questions.txt: line 2 has 5 words"),
        (": towns\n", "questions.txt: holds no question"),
        ("", "questions.txt: is empty"),
        ("a b\0 c d", "questions.txt: is a binary file"),
    ],
)
def test_questions_that_cannot_be_read(tmp_path, text, problem):
    with pytest.raises(InputError, match=problem):
        read_questions(write(tmp_path, text))


def test_questions_that_are_not_there(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        read_questions(tmp_path / "none.txt")
    with pytest.raises(InputError, match="latin.txt: line 2 is not UTF-8"):
        read_questions(write(tmp_path, "a b c d\ncaf\u00e9 b c d\n", "latin.txt", "latin-1"))


@pytest.mark.parametrize(
    "text",
    [
        "tiger\tcat\t7.35\nbook\tpaper\t7.46\n",
        "Word 1,Word 2,Human (mean)\ntiger,cat,7.35\nbook,paper,7.46\n",
        "# word word score\n\ntiger cat 7.35\nbook paper 7.46",
        'word1\tword2\tPOS\tSimLex999\tconc\n"tiger"\tcat\tN\t7.35\t2\nbook\tpaper\tN\t7.46\t1\n',
        "tiger; cat; 7.35\r\nbook; paper; 7.46\r\n",
    ],
)
def test_similarities_in_every_dialect(tmp_path, text):
    assert read_similarities(write(tmp_path, text)) == [("tiger", "cat", 7.35), ("book", "paper", 7.46)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tiger\tcat\t7\nbook\tpaper\n", "line 2 is not two words and a number"),
        ("tiger\tcat\t7\nbook\t\t3\n", "line 2 is not two words and a number"),
        ("tiger\tcat\t7\nbook\tpaper\tnan\n", "line 2 is not two words and a number"),
        ("word\tword\tscore\n", "holds no pair"),
        ("", "is empty"),
    ],
)
def test_similarities_that_cannot_be_read(tmp_path, text, problem):
    with pytest.raises(InputError, match=f"pairs.tsv: {problem}"):
        read_similarities(write(tmp_path, text, "pairs.tsv"))


@pytest.mark.parametrize("method", ["difference", "add", "multiply"])
def test_the_score_counts_what_one_analogy_after_the_other_answers(space, method):
    sections = [
        Section("lands", [("paris", "france", "rome", "italy"), ("Rome", "Italy", "Oslo", "Norway")]),
        Section("wrong", [("paris", "france", "rome", "far"), ("paris", "france", "rome", "atlantis")]),
        Section("unknown", [("x", "y", "z", "w")]),
    ]
    scores = score_questions(space, sections, method=method)
    for section, score in zip(sections, scores, strict=True):
        known = [[word.lower() for word in question] for question in section.questions]
        known = [question for question in known if all(word in space for word in question)]
        right = [space.analogies([question[:3]], method=method)[0][0][0] == question[3] for question in known]
        assert (score.correct, score.answered) == (sum(right), len(known))
        assert score.skipped == len(section.questions) - len(known)
    assert scores[2].accuracy is None and scores[2].coverage == 0 and scores[1].coverage == 0.5
    everything = total(scores)
    assert (everything.answered, everything.skipped) == (3, 2)
    if method == "difference":
        assert scores[0].accuracy == 1 and scores[1].accuracy == 0 and everything.accuracy == pytest.approx(2 / 3)


def test_the_rule_of_2021_may_answer_a_query_word(space):
    section = Section("same", [("paris", "france", "paris", "france")])
    assert score_questions(space, [section])[0].correct == 0
    assert score_questions(space, [section], exclude="c")[0].correct == 1


def test_similarity_is_scipys_spearman(space):
    pairs = [("paris", "near", 9), ("Paris", "rome", 7), ("paris", "far", 0), ("rome", "oslo", 7), ("paris", "x", 5)]
    score = score_similarities(space, pairs)
    known = [pair for pair in pairs if pair[1] != "x"]
    cosines = [space.similarity(one.lower(), other.lower()) for one, other, _ in known]
    assert score.rho == pytest.approx(spearmanr(cosines, [pair[2] for pair in known]).statistic)
    assert (score.used, score.skipped, score.coverage) == (4, 1, 0.8)


def test_spearman_and_ranks_with_ties():
    rng = np.random.default_rng(1)
    for _ in range(20):
        x, y = rng.integers(0, 6, (2, 30)).astype(float)
        np.testing.assert_allclose(ranks(x), rankdata(x))
        assert spearman(x, y) == pytest.approx(spearmanr(x, y).statistic)
    assert spearman(np.ones(5), np.arange(5.0)) is None and spearman(np.ones(1), np.ones(1)) is None


def test_no_known_pair_has_no_correlation(space):
    score = score_similarities(space, [("x", "y", 1.0)])
    assert score.rho is None and score.coverage == 0
