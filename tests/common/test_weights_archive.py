"""Files of weights: there and back, and what is no such file."""

import numpy as np
import pytest

from common.errors import InputError
from common.weights_archive import checked, load_archive, save_archive

KIND = "sequence-models test 1"


def save(path, **options):
    arrays = {"a/kernel": np.linspace(-1, 1, 6).reshape(2, 3), "b": np.arange(4.0)}
    return save_archive(path, KIND, {"config": {"n": 3}, "notes": ["é"]}, arrays, **options), arrays


def load(path, wanted=KIND):
    return load_archive(path, wanted, kind="thing", maker="make-thing")


def test_header_and_arrays_come_back(tmp_path):
    path, arrays = save(tmp_path / "x.npz")
    header, found = load(path)
    assert header["config"] == {"n": 3} and header["notes"] == ["é"]
    assert list(found) == list(arrays)
    for name, value in checked(found, {"a/kernel": (2, 3), "b": (4,)}).items():
        assert value.dtype == np.float32
        np.testing.assert_array_equal(value, arrays[name].astype(np.float32))


def test_float16_is_written_as_such(tmp_path):
    path, _ = save(tmp_path / "x.npz", dtype=np.float16)
    assert all(array.dtype == np.float16 for array in load(path)[1].values())


def test_the_same_content_gives_the_same_bytes(tmp_path):
    one, other = save(tmp_path / "x.npz")[0], save(tmp_path / "y.npz")[0]
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("damage", [lambda b: b[:200], lambda b: b"", lambda b: b"text", lambda b: b[:-40]])
def test_what_is_no_such_file_is_refused_by_name(tmp_path, damage):
    path, _ = save(tmp_path / "x.npz")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=r"x\.npz"):
        load(path)


def test_another_kind_is_refused(tmp_path):
    path, _ = save(tmp_path / "x.npz")
    with pytest.raises(InputError, match="is not a thing.*make-thing"):
        load(path, "sequence-models test 2")
    np.savez(tmp_path / "y.npz", a=np.arange(3))
    with pytest.raises(InputError, match="is not a thing"):
        load(tmp_path / "y.npz")


@pytest.mark.parametrize(
    ("shapes", "problem"), [({"c": (1,)}, "c is missing"), ({"b": (3,)}, r"shape \(4,\)"), ({"n": (1,)}, "not finite")]
)
def test_arrays_that_do_not_fit(shapes, problem):
    with pytest.raises(ValueError, match=problem):
        checked({"b": np.arange(4), "n": np.array([np.nan])}, shapes)
