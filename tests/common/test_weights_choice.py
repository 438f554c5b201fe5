"""Which weights a verb takes: the user's before those trained last before the shipped ones; what is told."""

import pytest

from common.assets import find
from common.errors import MissingFileError
from common.weights_choice import choose_weights

NAME = "name-tagger"


def test_the_users_file_comes_first(tmp_path, capsys):
    mine, trained = tmp_path / "mine.npz", tmp_path / "trained.npz"
    mine.write_bytes(b"weights")
    trained.write_bytes(b"weights")
    assert choose_weights(NAME, option=mine, trained=trained, shipped="x") == mine
    assert capsys.readouterr().err == f"weights: {mine}\n"


def test_then_what_was_trained_last(tmp_path, capsys):
    trained = tmp_path / "trained.npz"
    trained.write_bytes(b"weights")
    assert choose_weights(NAME, option=None, trained=trained) == trained
    assert capsys.readouterr().err == f"weights: trained last, {trained}\n"


def test_then_the_shipped_file(tmp_path, capsys):
    wanted = find(NAME).path
    assert choose_weights(NAME, option=None, trained=tmp_path / "none.npz", shipped="of composed sentences") == wanted
    assert capsys.readouterr().err == "weights: shipped, of composed sentences\n"
    assert choose_weights(NAME, option=None, trained=tmp_path / "none.npz") == wanted
    assert str(wanted) in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="nowhere.npz"):
        choose_weights(NAME, option=tmp_path / "nowhere.npz", trained=tmp_path / "none.npz")
