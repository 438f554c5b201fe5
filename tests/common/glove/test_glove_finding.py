"""Which vectors file is used: the user's, the course's, the cache folder's, the shipped one; none is read through."""

import hashlib

import pytest

from common import assets
from common.errors import InputError, MissingFileError
from common.glove import find_vectors

SUBSET = b"the 0.1 0.2\n" * 200
SHIPPED = b"world 0.3 0.4\n"


@pytest.fixture(autouse=True)
def catalogue(monkeypatch, tmp_path):
    head = hashlib.sha256(SUBSET[: assets.HEAD_BYTES]).hexdigest()
    known = {"sha256": hashlib.sha256(SUBSET).hexdigest(), "bytes": len(SUBSET), "head": head, "origin": "a subset"}
    record = {
        "what": "vectors",
        "file": "glove.6B.50d.txt",
        "paths": ["W2A1/data/glove.6B.50d.txt"],
        "variants": [known],
        "shipped": "shipped.txt",
    }
    monkeypatch.setattr(assets, "catalogue", lambda: {"glove-50d": record})
    monkeypatch.setattr(assets, "PROJECT", tmp_path)
    (tmp_path / "shipped.txt").write_bytes(SHIPPED)
    return record


def put_at(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_the_order(tmp_path, cache_home):
    course = tmp_path / "course"
    assert find_vectors().source == "shipped" and find_vectors().path == tmp_path / "shipped.txt"
    cached = put_at(cache_home.parent / "glove.6B.50d.txt", b"the 0.5 0.6\n")
    assert (find_vectors().source, find_vectors().path) == ("cache", cached)
    in_course = put_at(course / "week 2/glove.6B.50d.txt", b"the 0.7 0.8\n")
    assert (find_vectors(course=course).source, find_vectors(course=course).path) == ("course", in_course)
    mine = put_at(tmp_path / "mine.txt", b"anything")
    found = find_vectors(option=mine, course=course)
    assert (found.source, found.path) == ("option", mine)
    assert found.describe() == f"glove-50d: your file {mine}"


def test_nothing_is_read_through(tmp_path, monkeypatch):
    """A file of the real size (sparse) in the course folder: only its first bytes are asked for."""
    path = put_at(tmp_path / "course/glove.6B.50d.txt", b"the 0.1 0.2\n")
    with open(path, "r+b") as file:
        file.truncate(171_350_079)
    asked = []
    monkeypatch.setattr(assets, "read_bytes", lambda path, most=-1: asked.append(most) or b"the 0.1 0.2\n")
    found = find_vectors(course=tmp_path / "course")
    assert found.path == path and asked == [assets.HEAD_BYTES]
    assert found.sha256 == "" and found.variant is None and "warning" not in found.describe()


def test_a_known_variant_is_known_by_its_beginning_and_size(tmp_path):
    put_at(tmp_path / "course/glove.6B.50d.txt", SUBSET)
    assert find_vectors(course=tmp_path / "course").variant["origin"] == "a subset"
    put_at(tmp_path / "course/glove.6B.50d.txt", SUBSET + b"more 0.1 0.2\n")
    assert find_vectors(course=tmp_path / "course").variant is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "Git-LFS pointer"),
        (SUBSET[:-50], "is cut short"),
    ],
)
def test_what_is_no_vectors_file_is_said_at_once(tmp_path, content, says):
    put_at(tmp_path / "course/glove.6B.50d.txt", content)
    with pytest.raises(InputError, match=says):
        find_vectors(course=tmp_path / "course")


def test_what_is_not_there(tmp_path, catalogue):
    with pytest.raises(MissingFileError, match="no such file"):
        find_vectors(option=tmp_path / "nothing.txt")
    with pytest.raises(InputError, match="is not a folder"):
        find_vectors(course=tmp_path / "nowhere")
    del catalogue["shipped"]
    with pytest.raises(MissingFileError, match="glove.6B.50d.txt .* is needed and was not found"):
        find_vectors()
