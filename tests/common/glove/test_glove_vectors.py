"""Words, rows, spellings and the course's dictionary, over vectors from a list, a file or the cache."""

import random
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from glove_oracle import made_up, plain_read
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.glove import WordVectors, load_vectors, word_index
from common.glove.decimals import decimals_of
from common.glove.spelling import nearest_spellings
from common.glove.word_index import WordList, hash_of, hashes_of, index_of

CONTENT = made_up(300, 4)


@pytest.fixture(params=["list", "file", "cache"])
def vectors(request, put):
    words, matrix = plain_read(CONTENT, 4)
    if request.param == "list":
        return WordVectors(words, matrix)
    path = put(CONTENT)
    load_vectors(path, cache_from=0)
    return load_vectors(path, cache=request.param == "cache", cache_from=0)


def test_a_mapping_of_words_to_rows(vectors):
    words, matrix = plain_read(CONTENT, 4)
    assert isinstance(vectors, Mapping) and len(vectors) == 300 and vectors.dimensions == 4
    assert vectors.matrix.dtype == np.float32 and np.array_equal(vectors.matrix, matrix)
    assert list(vectors) == list(vectors.ids) == list(vectors.words) == words
    for row, word in enumerate(words):
        assert vectors.ids[word] == vectors.row(word) == row and vectors.words[row] == word
        assert np.array_equal(vectors[word], matrix[row]) and np.array_equal(vectors.vector(word), matrix[row])
    assert isinstance(vectors.words, Sequence) and isinstance(vectors.ids, Mapping)
    assert vectors.words[-1] == words[-1] and vectors.words[5:9] == words[5:9] and vectors.words[::-7] == words[::-7]
    assert vectors.words[9:5] == [] and words[3] in vectors.words
    with pytest.raises(IndexError):
        vectors.words[300]


@pytest.mark.parametrize("unknown", ["zebra", "", "w1\n", "\ud800", "w" * 10_000, "W1", None, 7, ("w1",)])
def test_what_is_not_there(vectors, unknown):
    assert unknown not in vectors and unknown not in vectors.ids
    assert vectors.get(unknown) is None
    with pytest.raises(KeyError):
        vectors[unknown]


def test_many_rows_at_once(vectors):
    words, _ = plain_read(CONTENT, 4)
    asked = [*words, "zebra", "", "\ud800", "x" * 500, *words[::-1]]
    expected = [words.index(word) if word in words else -1 for word in asked]
    assert vectors.rows(asked).tolist() == expected
    assert vectors.rows([*asked, "w1\nw2"]).tolist() == [*expected, -1]
    assert vectors.rows([]).tolist() == []


def test_an_unknown_word_is_answered_with_the_nearest(vectors):
    with pytest.raises(InputError, match=r"'w12q' is not among the 300 words of .*; the nearest spellings are w12é?"):
        vectors.vector("w12q")
    with pytest.raises(InputError, match="nothing is spelled like it"):
        vectors.row("zzzzzzzz")


def test_the_matrix_is_read_only_and_the_givers_array_is_not():
    matrix = np.ones((2, 3), dtype=np.float32)
    vectors = WordVectors(["a", "b"], matrix)
    with pytest.raises(ValueError, match="read-only"):
        vectors["a"][0] = 5
    matrix[0, 0] = 5
    with pytest.raises(InputError, match="3 words for 2 vectors"):
        WordVectors(["a", "b", "c"], matrix)


# ---- the index


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_the_index_is_a_dictionary(words):
    unique = list(dict.fromkeys(words))
    listed = WordList.of(unique)
    index, repeated = index_of(listed, hashes_of(listed.blob, listed.starts))
    assert dict(index) == {word: row for row, word in enumerate(unique)} and repeated == []
    assert [hash_of(word.encode()) for word in unique] == hashes_of(listed.blob, listed.starts).tolist()


def test_words_of_one_hash_are_told_apart(monkeypatch):
    """With powers that are all one, anagrams have the same hash."""
    monkeypatch.setattr(word_index, "_powers", lambda: np.array([1] * 256 + [0], dtype=np.uint64))
    monkeypatch.setattr(word_index, "_power_list", lambda: [1] * 256 + [0])
    words = ["abc", "x", "cab", "bca", "y", "acb"]
    listed = WordList.of(words)
    index, repeated = index_of(listed, hashes_of(listed.blob, listed.starts))
    assert len(set(index.hashes.tolist())) == 3 and repeated == []
    assert [index[word] for word in words] == list(range(6)) and "cba" not in index
    assert index.rows([*words, "cba"]).tolist() == [0, 1, 2, 3, 4, 5, -1]
    twice = WordList.of(["abc", "cab", "bca", "cab", "abc", "cab"])
    assert index_of(twice, hashes_of(twice.blob, twice.starts))[1] == [(3, 1), (4, 0), (5, 1)]


def test_words_that_differ_late():
    words = ["x" * 255 + "a", "x" * 255 + "b", "x" * 300 + "a", "x" * 300 + "b", "x" * 300]
    listed = WordList.of(words)
    index, repeated = index_of(listed, hashes_of(listed.blob, listed.starts))
    assert [index[word] for word in words] == index.rows(words).tolist() == [0, 1, 2, 3, 4] and not repeated


# ---- spellings


def plain_distance(one: bytes, other: bytes) -> int:
    """Optimal string alignment, by its recurrence."""
    cost = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            change = cost[i - 1, j - 1] + (one[i - 1] != other[j - 1])
            cost[i, j] = min(cost[i - 1, j] + 1, cost[i, j - 1] + 1, change)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                cost[i, j] = min(cost[i, j], cost[i - 2, j - 2] + 1)
    return cost[len(one), len(other)]


def test_the_nearest_spellings_are_those_of_the_plain_recurrence():
    draw = random.Random(3)
    words = list(dict.fromkeys("".join(draw.choices("abcé", k=draw.randrange(1, 9))) for _ in range(800)))
    listed = WordList.of(words)
    for _ in range(40):
        wanted = "".join(draw.choices("abcé", k=draw.randrange(1, 9))).encode()
        ranked = sorted((plain_distance(wanted, word.encode()), row) for row, word in enumerate(words))
        expected = [words[row] for distance, row in ranked[:5] if distance <= 1 + len(wanted) // 5]
        assert nearest_spellings(wanted.decode(), listed, 5) == expected


def test_what_people_mistype():
    words = ["the", "happy", "unhappy", "receive", "king", "kings", "café", "naïve", "Paris", "queen"]
    vectors = WordVectors(words, np.ones((len(words), 1)))
    assert vectors.suggest("hapy")[0] == "happy" and vectors.suggest("recieve") == ["receive"]
    assert vectors.suggest("KING") == ["king", "kings"] and vectors.suggest("paris") == ["Paris"]
    assert vectors.suggest("cafe") == [] and vectors.suggest("naive") == ["naïve"]
    assert vectors.suggest("king", 1) == ["kings"] and vectors.suggest("") == vectors.suggest("x" * 1000) == []


# ---- decimals


@pytest.mark.parametrize("form", ["%.1g", "%.3g", "%.5g", "%.6g", "%.5f", "%.3f", "%.0f"])
def test_decimals_of_up_to_six_digits_come_back_exactly(form):
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, 20_000) * 10.0 ** rng.integers(-30, 30, 20_000)
    values = values if "g" in form else np.clip(rng.normal(0, 1, 20_000), -9, 9)
    texts = [form % value for value in values.tolist()]
    exact = np.array([float(text) for text in texts])
    assert decimals_of(exact.astype(np.float32)).tobytes() == exact.tobytes()


def test_decimals_of_seven_digits_come_back_where_float32_tells_them_apart():
    rng = np.random.default_rng(2)
    texts = [f"{value:.7g}" for value in (rng.uniform(1.0, 9.5, 20_000) * rng.choice([1, 0.1, 0.01], 20_000)).tolist()]
    exact = np.array([float(text) for text in texts])
    found = decimals_of(exact.astype(np.float32))
    numbers = exact.astype(np.float32)
    alone = (np.nextafter(exact, 0) != exact) & (
        (exact - 10.0 ** (np.floor(np.log10(exact)) - 6)).astype(np.float32) != numbers
    )
    alone &= (exact + 10.0 ** (np.floor(np.log10(exact)) - 6)).astype(np.float32) != numbers
    assert alone.mean() > 0.9 and np.array_equal(found[alone], exact[alone])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_every_float32_comes_back_as_the_decimal_of_its_shortest_text(numbers):
    array = np.array(numbers, dtype=np.float32)
    found = decimals_of(array)
    assert np.array_equal(found.astype(np.float32).view(np.uint32), array.view(np.uint32))
    assert [float(f"{x:.9g}") for x in found] == found.tolist()


def test_the_courses_dictionary(vectors):
    view = vectors.word_to_vec_map()
    lines = [line.rsplit(" ", 4) for line in CONTENT.decode().split("\n") if line]
    course = {word: np.array(numbers, dtype=np.float64) for word, *numbers in lines}
    order = [*course, *random.Random(1).sample(list(course), 200)]
    assert len(view) == len(course) and list(view) == list(view.keys()) == list(course)
    assert all(view[word].tobytes() == course[word].tobytes() for word in order)
    assert all(np.array_equal(row, course[word]) for word, row in view.items())
    assert "w0" in view and "zebra" not in view and view["w0"].dtype == np.float64
    with pytest.raises(KeyError):
        view["zebra"]
    with pytest.raises(ValueError, match="read-only"):
        view["w0"][0] = 1
