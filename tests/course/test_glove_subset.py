"""The course folder's vectors, read by us, are what a plain loop makes of the file."""

import numpy as np
import pytest

from common.glove import find_vectors, load_vectors, write_vectors


@pytest.fixture
def subset(course, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = find_vectors(course=course)
    assert found.source == "course" and found.variant is not None
    return found.path


@pytest.fixture
def plain(subset):
    """The course's dictionary: word -> float64."""
    with open(subset, encoding="utf-8") as lines:
        split = [line.rstrip("\n").split(" ") for line in lines]
    return {word: np.array(numbers, dtype=np.float64) for word, *numbers in split}


def test_it_is_the_plain_loops_result_to_the_bit(subset, plain, tmp_path):
    first, cached, apart = load_vectors(subset), load_vectors(subset), load_vectors(subset, cache=False)
    assert any((tmp_path / "cache").rglob("*.vectors")) and cached.sha256
    expected = np.array(list(plain.values())).astype(np.float32)
    for vectors in (first, cached, apart):
        assert list(vectors) == list(plain) and vectors.skipped == ()
        assert vectors.matrix.tobytes() == expected.tobytes()
        assert vectors.rows(list(plain)).tolist() == list(range(len(plain)))


def test_the_courses_dictionary_is_the_courses_dictionary(subset, plain):
    view = load_vectors(subset).word_to_vec_map()
    assert list(view) == list(plain)
    assert all(view[word].tobytes() == plain[word].tobytes() for word in plain)


def test_written_and_read_it_is_the_same(subset, tmp_path):
    vectors = load_vectors(subset)
    path = write_vectors(tmp_path / "again.txt.gz", vectors.words, vectors.matrix)
    again = load_vectors(path)
    assert again.words[:] == vectors.words[:] and again.matrix.tobytes() == vectors.matrix.tobytes()
