"""Finding files by logical name: order, nesting, and what is wrong with a file said as what it is."""

import hashlib
import shutil

import pytest

from common import assets
from common.errors import InputError, MissingFileError

CONTENT = b"name\n" * 500


@pytest.fixture
def catalogue(monkeypatch, tmp_path):
    """A catalogue of two assets whose files have the same name, as the course's model.h5 have."""
    head = hashlib.sha256(CONTENT[: assets.HEAD_BYTES]).hexdigest()
    variant = {"sha256": hashlib.sha256(CONTENT).hexdigest(), "bytes": len(CONTENT), "head": head}
    records = {
        "names": {
            "what": "names",
            "file": "names.txt",
            "paths": ["W1/names.txt"],
            "variants": [variant],
            "shipped": "shipped.txt",
        },
        "one": {"what": "weights", "file": "model.h5", "paths": ["W1/models/model.h5"], "variants": []},
        "two": {"what": "weights", "file": "model.h5", "paths": ["W2/models/model.h5"], "variants": []},
    }
    monkeypatch.setattr(assets, "catalogue", lambda: records)
    monkeypatch.setattr(assets, "PROJECT", tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "shipped.txt").write_bytes(b"shipped")
    return records


def put(path, content=CONTENT):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_the_order_is_option_course_cache_shipped(catalogue, tmp_path):
    assert assets.find("names").source == "shipped"
    put(tmp_path / "cache/sequence-models/names.txt")
    assert assets.find("names").source == "cache"
    put(tmp_path / "course/W1/names.txt")
    assert assets.find("names", course=tmp_path / "course").source == "course"
    mine = put(tmp_path / "mine.txt", b"any")
    found = assets.find("names", option=mine, course=tmp_path / "course")
    assert (found.source, found.path) == ("option", mine)


@pytest.mark.parametrize("nesting", ["names.txt", "W1/names.txt", "week 1/deep/down/NAMES.txt"])
def test_the_course_folder_may_be_nested_in_any_way(catalogue, tmp_path, nesting):
    path = put(tmp_path / "course" / nesting)
    found = assets.find("names", course=tmp_path / "course")
    assert found.path == path and found.variant is not None
    assert "warning" not in found.describe()


def test_a_known_content_wins_over_a_likelier_path(catalogue, tmp_path):
    put(tmp_path / "course/W1/names.txt", b"edited by hand")
    path = put(tmp_path / "course/zz/names.txt")
    assert assets.find("names", course=tmp_path / "course").path == path


def test_an_unknown_content_is_used_with_a_warning(catalogue, tmp_path):
    put(tmp_path / "course/W1/names.txt", b"edited by hand")
    found = assets.find("names", course=tmp_path / "course")
    assert found.variant is None and "warning: unknown content" in found.describe()


def test_files_of_the_same_name_are_told_apart_by_their_folders(catalogue, tmp_path):
    put(tmp_path / "course/x/W2/models/model.h5")
    assert assets.find("two", course=tmp_path / "course").path.parts[-3] == "W2"
    with pytest.raises(MissingFileError) as error:
        assets.find("one", course=tmp_path / "course")
    assert error.value.name == "model.h5" and "--course" in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "Git-LFS pointer"),
        (CONTENT[:2000], "is cut short: 2000 of 2500 bytes"),
    ],
)
def test_a_damaged_file_is_diagnosed(catalogue, tmp_path, content, message):
    put(tmp_path / "course/W1/names.txt", content)
    with pytest.raises(InputError, match=message):
        assets.find("names", course=tmp_path / "course")


def test_what_is_not_there_is_said(catalogue, tmp_path):
    with pytest.raises(InputError, match="is not a folder"):
        assets.find("names", course=tmp_path / "nowhere")
    with pytest.raises(MissingFileError, match="no such file"):
        assets.find("names", option=tmp_path / "nothing.txt")
    with pytest.raises(MissingFileError, match="no course folder given"):
        assets.find("names", shipped=False)


def test_hidden_folders_are_not_searched(catalogue, tmp_path):
    put(tmp_path / "course/.git/W1/names.txt")
    with pytest.raises(MissingFileError):
        assets.find("names", course=tmp_path / "course", shipped=False)


def test_every_shipped_file_is_there_and_is_the_known_variant():
    shipped = [name for name, record in assets.catalogue().items() if "shipped" in record]
    assert shipped
    for name in shipped:
        record = assets.catalogue()[name]
        found = assets.check(name, assets.PROJECT / record["shipped"], "shipped")
        assert found.variant is not None, f"{found.path} has changed: its record in assets.json is {record['variants']}"


@pytest.mark.course
def test_every_course_file_is_found_and_known(course, tmp_path):
    missing = []
    for name in assets.catalogue():
        if assets.catalogue()[name]["paths"]:
            found = assets.find(name, course=course, shipped=False)
            if found.variant is None:
                missing.append(name)
    assert missing == []


@pytest.mark.course
def test_a_flattened_course_folder_still_tells_the_weights_apart(course, tmp_path):
    source = assets.find("date-translator-weights", course=course).path
    shutil.copy(source, tmp_path / "model.h5")
    assert assets.find("date-translator-weights", course=tmp_path).variant is not None
    with pytest.raises(MissingFileError):
        assets.find("trigger-word-weights", course=tmp_path, shipped=False)
