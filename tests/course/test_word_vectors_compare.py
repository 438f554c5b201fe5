"""Every figure on word vectors that the course prints, by its own part of the GloVe file."""

import json

import pytest

from common.assets import find
from common.course_figures import Context, compare, load_figures
from common.glove import load_vectors
from common.vector_space import VectorSpace
from week2.word_vectors.compare import COMPARISON
from week2.word_vectors.course import cosine_similarity, neutralize


def by_status(shell, *options):
    done = shell("week2.word_vectors", "compare", "--json", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    content = json.loads(done.stdout)
    return content["counts"], content["figures"]


def test_every_figure(shell, course):
    counts, figures = by_status(shell, "--figures", course / "figures" / "w2a1.json")
    assert counts == {"match": 24, "explained": 2, "needs": 10, "mismatch": 0, "other": 0}
    missing = [row for row in figures if row["status"] == "needs glove.6B.50d.txt"]
    assert len(missing) == 10 and all("the whole glove.6B.50d.txt" in row["reason"] for row in missing)
    explained = {row["function"]: row["reason"] for row in figures if row["status"] == "explained"}
    assert set(explained) == {"complete_analogy", "equalize"}
    assert all("That rule gives" in reason for reason in explained.values())


def test_the_shipped_figures_are_the_courses(course):
    shipped, theirs = (load_figures(path) for path in (COMPARISON.expected, course / "figures" / "w2a1.json"))
    assert shipped == theirs


def test_without_the_course_folder_what_needs_the_file_says_so(shell, without_course):
    counts, _ = by_status(shell)
    assert counts == {"match": 5, "explained": 1, "needs": 30, "mismatch": 0, "other": 0}


@pytest.fixture
def vectors(course):
    return load_vectors(find("glove-50d", course=course, shipped=False).path)


def test_father_and_mother(vectors):
    words = vectors.word_to_vec_map()
    assert cosine_similarity(words["father"], words["mother"]) == pytest.approx(0.89090384, abs=1e-6)
    assert VectorSpace(vectors).similarity("father", "mother") == pytest.approx(0.89090384, abs=1e-6)


def test_nothing_is_left_along_the_axis(vectors):
    words = vectors.word_to_vec_map()
    g = words["woman"] - words["man"]
    for word in ("receptionist", "doctor", "computer"):
        assert abs(cosine_similarity(neutralize(word, g, words), g)) < 1e-12


def test_other_words_and_other_rules_are_explained_or_match(vectors, course, tmp_path):
    """Figures of the same form about other words, made here by the course's loop over its own file."""
    import numpy as np

    words = {word: np.array(vector) for word, vector in vectors.word_to_vec_map().items()}
    records = []
    for triple in (("man", "woman", "boy"), ("france", "french", "germany"), ("big", "bigger", "small")):
        a, b, c = (words[word] for word in triple)
        for skipped in (triple, triple[2:]):
            scores = {word: cosine_similarity(b - a, row - c) for word, row in words.items() if word not in skipped}
            best = max(scores, key=scores.get)
            records.append({"function": "complete_analogy", "inputs": {"words": triple}, "expected": best})
    path = tmp_path / "figures.json"
    path.write_text(json.dumps({"figures": [{"tolerance": None, **record} for record in records]}))
    found = compare(COMPARISON, load_figures(path), Context(COMPARISON.functions(), course))
    assert [outcome.status for outcome in found[::2]] == ["match"] * 3
    assert {outcome.status for outcome in found[1::2]} <= {"match", "explained"}
