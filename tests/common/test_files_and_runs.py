"""Atomic writing, reading people's text files, run folders, seeding."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from common.atomic import atomic_path, write_text
from common.errors import InputError, MissingFileError
from common.run_folder import RunFolder
from common.seeding import legacy_numpy_seed, make_rng
from common.text_files import read_text


def test_a_failed_write_leaves_what_was_there(tmp_path):
    path = write_text(tmp_path / "deep/file.txt", "old")
    with pytest.raises(RuntimeError), atomic_path(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["file.txt"]


def test_the_file_has_ordinary_permissions_and_keeps_its_suffix(tmp_path):
    with atomic_path(tmp_path / "a.npz") as temporary:
        assert temporary.suffix == ".npz"
        np.savez(temporary, x=np.ones(3))
    plain = tmp_path / "plain"
    plain.write_text("")
    assert (tmp_path / "a.npz").stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize(
    "content", [b"one\ntwo", b"one\r\ntwo", b"one\rtwo", b"\xef\xbb\xbfone\ntwo"], ids=["lf", "crlf", "cr", "bom"]
)
def test_text_of_any_line_ending(tmp_path, content):
    (tmp_path / "f.txt").write_bytes(content)
    assert read_text(tmp_path / "f.txt") == "one\ntwo"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a\0b", "is a binary file"),
        ("one\nzwölf".encode("latin-1"), "line 2 is not UTF-8"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git-LFS pointer"),
    ],
)
def test_text_that_is_none(tmp_path, content, message):
    (tmp_path / "f.txt").write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        read_text(tmp_path / "f.txt")
    assert "f.txt" in str(error.value)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        read_text(tmp_path / "none.txt")
    with pytest.raises(InputError, match="is a folder"):
        read_text(tmp_path)


def test_a_run_leaves_its_settings_and_its_numbers(tmp_path):
    with RunFolder("week1/x", "train", {"seed": 3, "run": print, "texts": [Path("a"), 1]}, folder=tmp_path) as run:
        run.metric("loss", np.float32(0.5), unit="nats", reference=1, better="lower")
        run.figure("loss.png", title="Loss", alt="falls").write_bytes(b"png")
        run.text("names.txt", "Rex\n", title="Names")
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["settings"] == {"seed": 3, "texts": ["a", 1]} and config["versions"]["numpy"] == np.__version__
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["status"] == "done" and metrics["metrics"][0]["value"] == 0.5
    assert metrics["figures"][0]["alt"] == "falls" and (tmp_path / "names.txt").read_text() == "Rex\n"


def test_a_failed_run_says_so(tmp_path):
    with pytest.raises(InputError), RunFolder("week1/x", "train", {}, folder=tmp_path):
        raise InputError("bad file")
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["status"] == "failed" and "bad file" in metrics["problem"]


def test_generators_of_one_seed_and_different_purposes_are_independent():
    assert make_rng(1).random() == make_rng(1).random()
    assert make_rng(1, "split", 0).random() == make_rng(1, "split", 0).random()
    assert len({make_rng(1, "split", index).random() for index in range(5)} | {make_rng(1).random()}) == 6
    generator = np.random.default_rng(0)
    assert make_rng(generator) is generator


def test_the_legacy_seed_is_put_back_also_after_an_error():
    np.random.seed(7)
    expected = np.random.RandomState(7).random_sample()
    with pytest.raises(ValueError), legacy_numpy_seed(1):
        assert np.random.random_sample() == np.random.RandomState(1).random_sample()
        raise ValueError
    assert np.random.random_sample() == expected
