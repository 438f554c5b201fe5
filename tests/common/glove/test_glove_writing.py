"""What is written is read back to the bit, and what could not be is refused."""

import gzip
import hashlib

import numpy as np
import pytest
from glove_oracle import same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.glove import load_vectors, write_vectors, writing

WORDS = ["a", ".", "new york", "名前", "7", "\u00a0", "x\ty", "\r"]


def bits(shape, seed=0):
    """Finite float32 numbers of random bits: all sizes, both signs."""
    numbers = np.random.default_rng(seed).integers(0, 2**32, shape, dtype=np.uint64).astype(np.uint32).view(np.float32)
    return np.where(np.isfinite(numbers), numbers, np.float32(-0.0))


@pytest.mark.parametrize("name", ["v.txt", "v.txt.gz", "v.GZ"])
@pytest.mark.parametrize("header", [False, True])
def test_writing_and_reading_keep_every_bit(tmp_path, name, header):
    words = WORDS + [f"word{number}" for number in range(3000)]
    matrix = bits((len(words), 5))
    matrix[100:] = np.random.default_rng(1).normal(size=(len(words) - 100, 5))
    path = write_vectors(tmp_path / name, words, matrix, header=header)
    assert path == tmp_path / name and same(load_vectors(path), words, matrix)
    content = path.read_bytes()
    assert content.startswith(b"\x1f\x8b") == name.lower().endswith("gz")
    assert write_vectors(tmp_path / "again" / name, words, matrix, header=header).read_bytes() == content
    content = gzip.decompress(content) if name.lower().endswith("gz") else content
    assert content.startswith(b"3008 5\na " if header else b"a ")


def test_vectors_of_a_file_are_written_as_they_stood(put, tmp_path):
    content = b"a 0.418 -0.00066023 12.0\nb 1e-05 -0.5 0.1\n"
    vectors = load_vectors(put(content))
    assert write_vectors(tmp_path / "again.txt", vectors.words, vectors.matrix).read_bytes() == content


WORD = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.text("01. -ea\n\0\ufeff", max_size=6)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORD, min_size=1, max_size=6), st.integers(1, 3), st.booleans(), st.integers(0, 2**32))
def test_either_refused_or_read_back(tmp_path, words, dimensions, header, seed):
    matrix = bits((len(words), dimensions), seed)
    try:
        path = write_vectors(tmp_path / "v.txt", words, matrix, header=header)
    except InputError:
        assert any(
            word != word.strip(" ") or not word or {"\n", "\0", "\ufeff", " "} & set(word) or words.count(word) > 1
            for word in words
        )
    else:
        assert same(load_vectors(path), words, matrix)


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("", "is empty"),
        (" a", "begins or ends with a space"),
        ("a ", "begins or ends with a space"),
        ("a\nb", "a line end or a NUL"),
        ("a\0b", "a line end or a NUL"),
        ("room 101", "ends in a number"),
        ("not nan", "ends in a number"),
        ("\ud800", "is not Unicode"),
        ("x", "is there twice"),
    ],
)
def test_words_that_would_not_come_back_are_refused(tmp_path, word, says):
    with pytest.raises(InputError, match=says) as error:
        write_vectors(tmp_path / "v.txt", ["x", word], np.ones((2, 3)))
    assert f"{tmp_path / 'v.txt'}: word 2, " in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e39])
def test_numbers_that_would_not_come_back_are_refused(tmp_path, number):
    matrix = np.ones((3000, 3))
    matrix[2500, 1] = number
    with np.errstate(over="ignore"), pytest.raises(InputError, match="word 2501, 'w2500', holds nan or infinity"):
        write_vectors(tmp_path / "v.txt", [f"w{row}" for row in range(3000)], matrix)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shape", [(2, 3), (0, 3), (1, 0), (1,), (1, 1, 1)])
def test_shapes_that_do_not_fit_are_refused(tmp_path, shape):
    words = ["a"] if shape[0] else []
    with pytest.raises(InputError, match="give a row of numbers a word"):
        write_vectors(tmp_path / "v.txt", words, np.ones(shape))


@pytest.mark.parametrize("name", ["v.txt", "v.txt.gz"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interruption_leaves_what_was_there(tmp_path, monkeypatch, name, error):
    words, matrix = [f"w{row}" for row in range(5000)], bits((5000, 3))
    path = write_vectors(tmp_path / name, words[:10], matrix[:10])
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    calls = []
    decimals_of = writing.decimals_of

    def stop(rows):
        calls.append(len(rows))
        if len(calls) == 3:
            raise error
        return decimals_of(rows)

    monkeypatch.setattr(writing, "decimals_of", stop)
    with pytest.raises(error):
        write_vectors(path, words, matrix)
    assert [path] == list(tmp_path.iterdir()) and hashlib.sha256(path.read_bytes()).hexdigest() == before
