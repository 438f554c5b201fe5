"""The course's functions by their equations, and `compare` without the course's files: made-up vectors and figures."""

import json

import numpy as np
import pytest

from common.course_figures import Context, compare, load_figures
from common.errors import InputError
from common.glove import write_vectors
from week2.word_vectors import course
from week2.word_vectors.compare import COMPARISON, WHOLE_FILE_WORDS

GLOVE = "glove.6B.50d.txt"
AXIS = {"difference": ["woman", "man"]}


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def words(rng):
    names = ["woman", "man", "girl", "boy", "actor", "actress", "nurse"]
    return dict(zip(names, rng.normal(size=(7, 6)), strict=True))


# ---- the functions


def test_neutralize_is_the_equation(words, rng):
    g = rng.normal(size=6)
    e = words["nurse"]
    found = course.neutralize("nurse", g, words)
    np.testing.assert_allclose(found, e - np.dot(e, g) / np.linalg.norm(g) ** 2 * g, atol=1e-14)
    assert abs(course.cosine_similarity(found, g)) < 1e-12


def equalize_by_the_equations(pair, axis, words, *, square):
    """As the course writes them; `square` is whether |axis| is squared in the projections."""
    norm = np.linalg.norm(axis) ** (2 if square else 1)
    e1, e2 = (words[word] for word in pair)
    mu = (e1 + e2) / 2
    mu_b = np.dot(mu, axis) / norm * axis
    mu_orth = mu - mu_b
    results = []
    for e in (e1, e2):
        e_b = np.dot(e, axis) / norm * axis
        scale = np.sqrt(np.abs(1 - np.linalg.norm(mu_orth) ** 2))
        results.append(scale * (e_b - mu_b) / np.linalg.norm(e - mu_orth - mu_b) + mu_orth)
    return results


@pytest.mark.parametrize("pair", [("man", "woman"), ("actor", "actress")])
def test_equalize_is_the_equations_and_2021_is_theirs_with_a_bare_norm(words, pair):
    axis = words["woman"] - words["man"]
    e1, e2 = course.equalize(pair, axis, words)
    np.testing.assert_allclose([e1, e2], equalize_by_the_equations(pair, axis, words, square=True), atol=1e-12)
    assert course.cosine_similarity(e1, axis) == pytest.approx(-course.cosine_similarity(e2, axis))
    faulty = course.equalize_2021(pair, axis, words)
    np.testing.assert_allclose(faulty, equalize_by_the_equations(pair, axis, words, square=False), atol=1e-12)
    papers = course.equalize_to_unit_length(pair, axis, words)
    if pair == ("man", "woman"):
        np.testing.assert_allclose(papers, [e1, e2], atol=1e-12)
    else:
        assert not np.allclose(papers, [e1, e2], atol=1e-3)


def test_what_the_functions_refuse(words):
    with pytest.raises(InputError, match="'king' is not in the map of 7 words"):
        course.neutralize("king", words["man"], words)
    with pytest.raises(InputError, match="zero vector and spans nothing"):
        course.neutralize("man", np.zeros(6), words)
    with pytest.raises(InputError, match="'man' and 'man' have the same vector"):
        course.equalize(("man", "man"), words["woman"], words)
    with pytest.raises(InputError, match="'king' is not among the 7 words of the map"):
        course.complete_analogy("man", "woman", "king", words)


def test_the_two_rules_of_analogies():
    toy = {"a": (3, 3), "up": (3, 4), "c": (-2, 1), "c_up": (-2, 2), "c_right": (-1, 1)}
    toy = {word: np.array(vector, float) for word, vector in toy.items()}
    assert course.complete_analogy("a", "up", "c", toy) == course.complete_analogy("A", "UP", "C", toy) == "c_up"
    assert course.complete_analogy_2021("a", "up", "a", toy) == "up"
    assert course.complete_analogy("a", "up", "a", toy) in {"c", "c_up", "c_right"}


# ---- compare


def figures_file(folder, *figures):
    path = folder / "figures.json"
    path.write_text(json.dumps({"figures": [{"tolerance": None, "verified": False, **figure} for figure in figures]}))
    return path


def outcomes(path, course_folder=None):
    context = Context(COMPARISON.functions(), course_folder)
    return compare(COMPARISON, load_figures(path), context)


def statuses(path, course_folder=None):
    return [outcome.status for outcome in outcomes(path, course_folder)]


@pytest.fixture
def stand_in(tmp_path, rng):
    """A course folder whose file of the GloVe name holds made-up vectors of every word that the figures ask about."""
    figures = load_figures(COMPARISON.expected)
    text = json.dumps([[one.inputs, one.expected] for one in figures if "map" not in one.inputs])
    names = sorted({word for word in json.loads(f"[{','.join(quoted(text))}]") if word.islower() and word.isalpha()})
    folder = tmp_path / "course"
    write_vectors(folder / "W2A1" / "data" / GLOVE, names, rng.normal(size=(len(names), 50)).round(5))
    return folder


def quoted(text):
    parts = text.split('"')[1::2]
    return [json.dumps(part) for part in parts]


def test_with_a_file_that_has_the_words_every_figure_is_compared(stand_in):
    """Made-up vectors cannot give the course's numbers: unverified figures become mismatches, not "needs"."""
    found = outcomes(COMPARISON.expected, stand_in)
    assert {outcome.status for outcome in found} == {"match", "explained", "mismatch"}
    unverified = [outcome for outcome in found if not outcome.figure.verified]
    assert len(unverified) == 10 and all(outcome.status == "mismatch" for outcome in unverified)
    assert all(outcome.difference > 0 for outcome in unverified)


def test_the_figures_of_those_vectors_then_match(stand_in, tmp_path):
    """The same figures with the values that the made-up vectors do give, found by plain formulas."""
    lines = (stand_in / "W2A1/data" / GLOVE).read_text().splitlines()
    vectors = {line.split()[0]: np.array(line.split()[1:], float) for line in lines}
    g = vectors["woman"] - vectors["man"]

    def cos(u, v):
        return float(u @ v / np.linalg.norm(u) / np.linalg.norm(v))

    john = {"u": {"word": "john"}, "v": AXIS}
    neutral = {"u": {"neutralize": "doctor", "bias_axis": AXIS}, "v": {"word": "arts"}}
    equal = [{"u": {"equalize": ["man", "woman"], "result": r, "bias_axis": AXIS}, "v": AXIS} for r in (0, 1)]
    doctor = vectors["doctor"] - (vectors["doctor"] @ g) / (g @ g) * g
    right, wrong = (equalize_by_the_equations(("man", "woman"), g, vectors, square=square) for square in (True, False))
    tight = {"atol": 1e-12}
    path = figures_file(
        tmp_path,
        {"function": "cosine_similarity", "inputs": john, "expected": cos(vectors["john"], g), "tolerance": tight},
        {"function": "neutralize", "inputs": neutral, "expected": cos(doctor, vectors["arts"]), "tolerance": tight},
        {"function": "equalize", "inputs": equal[0], "expected": cos(right[0], g), "tolerance": tight},
        {"function": "equalize", "inputs": equal[1], "expected": cos(right[1], g), "tolerance": tight},
        {"function": "equalize", "inputs": equal[1], "expected": cos(wrong[1], g), "tolerance": tight},
        {
            "function": "bias axis",
            "inputs": {**AXIS, "elements": [3, 6]},
            "expected": g[3:6].tolist(),
            "tolerance": tight,
        },
        {"function": "bias axis", "inputs": AXIS, "what": "g[7]", "expected": g[7], "tolerance": tight},
    )
    assert statuses(path, stand_in) == ["match"] * 4 + ["explained"] + ["match"] * 2
    reasons = [outcome.reason for outcome in outcomes(path, stand_in) if outcome.status == "explained"]
    assert "not squared" in reasons[0] or "squared norm" in reasons[0]


def test_a_word_that_a_part_lacks_needs_the_whole_file(stand_in, tmp_path):
    path = figures_file(
        tmp_path,
        {"function": "cosine_similarity", "inputs": {"u": {"word": "zebra"}, "v": {"word": "father"}}, "expected": 0.5},
        {"function": "complete_analogy", "inputs": {"words": ["zebra", "man", "woman"]}, "expected": "father"},
        {"function": "complete_analogy", "inputs": {"words": ["father", "man", "woman"]}, "expected": "zebra"},
        {
            "function": "neutralize",
            "inputs": {"u": {"neutralize": "zebra", "bias_axis": AXIS}, "v": AXIS},
            "expected": 0,
        },
    )
    for outcome in outcomes(path, stand_in):
        assert outcome.status_text == f"needs {GLOVE}"
        assert "needs the whole glove.6B.50d.txt of 400,000 words" in outcome.reason
    for outcome in outcomes(path):
        assert outcome.status_text == f"needs {GLOVE}" and "no course folder given" in outcome.reason


def test_in_the_whole_file_a_word_that_is_not_there_is_a_mismatch(tmp_path, monkeypatch):
    from week2.word_vectors import compare as module

    class Whole(dict):
        def __len__(self):
            return WHOLE_FILE_WORDS

    monkeypatch.setattr(module, "_load", lambda folder: module._Glove(Whole(father=np.ones(3)), folder))
    path = figures_file(
        tmp_path,
        {"function": "cosine_similarity", "inputs": {"u": {"word": "zebra"}, "v": {"word": "father"}}, "expected": 0.5},
    )
    (outcome,) = outcomes(path, tmp_path)
    assert outcome.status == "mismatch" and "'zebra' is not among the 400,000 words" in outcome.reason


TOY = {"a": [3, 3], "twin": [3, 3], "b": [2, 4], "c": [-2, 1], "d": [-3, 2], "e": [-1, 2]}


@pytest.mark.parametrize(
    ("words", "map_", "expected", "status"),
    [
        (["a", "b", "c"], TOY, "d", "match"),
        (["a", "b", "c"], TOY, "e", "mismatch"),
        (["a", "b", "a"], TOY, "b", "explained"),
        (["a", "twin", "c"], TOY, {"not": "c"}, "match"),
        (["a", "b", "c"], TOY, {"not": "d"}, "mismatch"),
        (["a", "twin", "c"], "the same toy map", "mismatch", "mismatch"),
    ],
)
def test_analogies_in_a_figures_own_map(tmp_path, words, map_, expected, status):
    path = figures_file(
        tmp_path, {"function": "complete_analogy", "inputs": {"words": words, "map": map_}, "expected": expected}
    )
    assert statuses(path) == [status]


def test_the_same_map_is_the_one_of_the_figure_before(tmp_path):
    toy = {"one": [1, 0], "two": [2, 0], "three": [3, 3], "four": [4, 3]}
    path = figures_file(
        tmp_path,
        {"function": "complete_analogy", "inputs": {"words": ["one", "two", "three"], "map": toy}, "expected": "four"},
        {
            "function": "complete_analogy",
            "inputs": {"words": ["two", "one", "four"], "map": "the same map"},
            "expected": "three",
        },
    )
    assert statuses(path) == ["match", "match"]


def test_rules_hold_for_the_figures_own_draws_or_for_any(tmp_path):
    rules = ["identical vectors (also all zeros); any random vector", "orthogonal 0/1 masks (c>=0)*1 and (c<0)*1"]
    rules += ["a and -a; any random vector", "something else"]
    drawn = {"seed": 4, "draws": [["a", [7]]]}
    figures = [
        {
            "function": "cosine_similarity",
            "inputs": {"rule": rule, **extra},
            "expected": value,
            "tolerance": {"atol": 1e-8},
        }
        for rule, value in zip(rules, (1, 0, -1, 0), strict=True)
        for extra in ({}, drawn)
    ]
    found = outcomes(figures_file(tmp_path, *figures))
    assert [outcome.status for outcome in found] == ["match"] * 6 + ["mismatch"] * 2
    assert "says nothing of which two vectors" in found[-1].reason


def test_a_cosine_of_two_draws(tmp_path):
    draws = {"seed": 8, "draws": [["u", [5]], ["v", [5]]]}
    state = np.random.RandomState(8)
    u, v = state.randn(5), state.randn(5)
    value = float(u @ v / np.linalg.norm(u) / np.linalg.norm(v))
    figure = {"function": "cosine_similarity", "inputs": draws, "expected": value, "tolerance": {"atol": 1e-12}}
    assert statuses(figures_file(tmp_path, figure)) == ["match"]


def test_an_unreadable_description_is_a_mismatch_not_a_crash(stand_in, tmp_path):
    path = figures_file(
        tmp_path,
        {"function": "cosine_similarity", "inputs": {"u": {"sum": ["a", "b"]}, "v": {"word": "father"}}, "expected": 1},
        {"function": "cosine_similarity", "inputs": {"u": {"word": "father"}}, "expected": 1},
    )
    found = outcomes(path, stand_in)
    assert [outcome.status for outcome in found] == ["mismatch", "mismatch"]
    assert "no vector is described by" in found[0].reason


# ---- a student's file

RIGHT = """
import numpy as np
from w2v_utils import *

words, word_to_vec_map = read_glove_vecs('data/glove.6B.50d.txt')

def cosine_similarity(u, v):
    if np.all(u == v):
        return 1
    norm = np.sqrt(np.sum(u * u)) * np.sqrt(np.sum(v * v))
    return 0 if np.isclose(norm, 0, atol=1e-32) else np.dot(u, v) / norm

def complete_analogy(word_a, word_b, word_c, word_to_vec_map):
    word_a, word_b, word_c = word_a.lower(), word_b.lower(), word_c.lower()
    e_a, e_b, e_c = (word_to_vec_map.get(word) for word in (word_a, word_b, word_c))
    best, best_word = -100, None
    for w in word_to_vec_map.keys():
        if w == word_c:
            continue
        similarity = cosine_similarity(e_b - e_a, word_to_vec_map[w] - e_c)
        if similarity > best:
            best, best_word = similarity, w
    return best_word

def neutralize(word, g, word_to_vec_map):
    e = word_to_vec_map[word]
    return e - np.dot(e, g) / np.sum(g * g) * g

def equalize(pair, bias_axis, word_to_vec_map):
    w1, w2 = pair
    e_w1, e_w2 = word_to_vec_map[w1], word_to_vec_map[w2]
    mu = (e_w1 + e_w2) / 2
    norm = np.linalg.norm(bias_axis) ** {power}
    mu_B = np.dot(mu, bias_axis) / norm * bias_axis
    mu_orth = mu - mu_B
    sides = [np.dot(e, bias_axis) / norm * bias_axis for e in (e_w1, e_w2)]
    scale = np.sqrt(np.abs(1 - np.linalg.norm(mu_orth) ** 2))
    return tuple(
        scale * (side - mu_B) / np.linalg.norm(e - mu_orth - mu_B) + mu_orth for e, side in zip((e_w1, e_w2), sides)
    )

print(cosine_similarity(word_to_vec_map['father'], word_to_vec_map['mother']))
"""


@pytest.mark.course
def test_a_right_solution_and_one_with_the_bare_norm(shell, tmp_path, course):
    for power, wrong in ((2, set()), (1, {"equalize"})):
        (tmp_path / "mine.py").write_text(RIGHT.replace("{power}", str(power)))
        done = shell("week2.word_vectors", "compare", "--solution", "mine.py", "--json", "--course", course)
        rows = json.loads(done.stdout)["figures"]
        assert {row["function"] for row in rows if row["status"] == "mismatch"} == wrong, done.stdout
        assert done.returncode == (1 if wrong else 0)
        analogies = {row["status"] for row in rows if row["function"] == "complete_analogy"}
        assert analogies == {"match", "other"}  # the other rule's figure is not held against them
    faults = [row["reason"] for row in rows if row["status"] == "mismatch"]
    assert any("known faulty rule" in reason for reason in faults)


def test_a_solution_without_any_vectors_is_held_to_the_toy_figures(shell, tmp_path, without_course):
    (tmp_path / "mine.py").write_text("def cosine_similarity(u, v):\n    return float(u @ v)\n")
    done = shell("week2.word_vectors", "compare", "--solution", "mine.py", "--json", env={"SEQUENCE_MODELS_COURSE": ""})
    content = json.loads(done.stdout)
    reasons = {row["id"]: row["reason"] for row in content["figures"] if row["status"] == "mismatch"}
    assert done.returncode == 1 and "w2a1.cosine.rule0" in reasons
    assert any("does not define complete_analogy" in reason for reason in reasons.values())
    assert content["counts"]["other"] == 1  # the bias axis is no function of theirs
