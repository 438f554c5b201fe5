"""Reading a stranger's file: what it holds, and what is refused before it can do harm."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time

import h5py
import historical
import numpy as np
import pytest

from common.errors import InputError, MissingFileError
from common.legacy_weights import read_weights

CONFIG = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "dense", "units": 2}}]}
KERNEL = np.arange(6, dtype="float32").reshape(3, 2)


@pytest.fixture
def good(tmp_path):
    groups = {"dense": [("dense/kernel:0", KERNEL), ("dense/bias:0", np.ones(2, "float32"))], "empty": []}
    return historical.write(tmp_path / "good.h5", config=CONFIG, groups=groups, version="2.1.3")


def test_what_a_file_holds(good):
    file = read_weights(good)
    assert (file.keras.text, file.keras.number, file.backend) == ("2.1.3", (2, 1, 3), "tensorflow")
    assert file.architecture == CONFIG
    assert list(file.layers) == ["dense", "empty"]
    np.testing.assert_array_equal(file.layers["dense"]["dense/kernel:0"], KERNEL)
    assert file.parameters == 8
    unread = read_weights(good, values=False)
    assert unread.layers["dense"]["dense/kernel:0"].shape == (3, 2)
    assert not unread.layers["dense"]["dense/kernel:0"].any()


@pytest.mark.parametrize("dtype", ["float16", "float64", "int32", ">f4"])
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
def test_dtypes_and_shapes_come_through(tmp_path, dtype, shape):
    array = np.arange(np.prod(shape, dtype=int), dtype=dtype).reshape(shape)
    path = historical.write(tmp_path / "f.h5", config=CONFIG, groups={"dense": [("w:0", array)]})
    got = read_weights(path).layers["dense"]["w:0"]
    assert (got.shape, got.dtype) == (shape, np.dtype(dtype).newbyteorder("="))
    np.testing.assert_array_equal(got, array)


def test_a_weight_name_listed_twice_is_kept_twice(tmp_path):
    groups = {"dense": [("w:0", KERNEL), ("w:0", KERNEL)]}
    path = historical.write(tmp_path / "f.h5", config=CONFIG, groups=groups)
    assert list(read_weights(path).layers["dense"]) == ["w:0", "w:0#2"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\x89HDF\r\n\x1a\n", "damaged"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
        (b"PK\x03\x04rest", "zip"),
        (b'{"class_name": "Sequential"}', "--architecture"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (bytes(range(256)) * 9, "not an HDF5 file"),
    ],
)
def test_what_is_not_hdf5_is_named(tmp_path, content, word):
    path = tmp_path / "old.h5"
    path.write_bytes(content)
    with pytest.raises(InputError, match=word) as caught:
        read_weights(path)
    assert "old.h5" in str(caught.value)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        read_weights(tmp_path / "none.h5")
    with pytest.raises(InputError, match="regular file"):
        read_weights(tmp_path)


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_truncated_files(good, keep):
    content = good.read_bytes()
    good.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(InputError, match="cut off|damaged"):
        read_weights(good)


def test_hdf5_that_is_not_keras(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["numbers"] = KERNEL
    with pytest.raises(InputError, match="not one of Keras's"):
        read_weights(tmp_path / "other.h5")


def test_keras3_weights_are_told_apart(tmp_path):
    with h5py.File(tmp_path / "new.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = KERNEL
    with pytest.raises(InputError, match="load_weights"):
        read_weights(tmp_path / "new.weights.h5")


def test_an_external_dataset_is_refused(good, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(KERNEL.tobytes())
    _replace_kernel(good, lambda group: group.create_dataset("k", (3, 2), "f4", external=[(str(secret), 0, 24)]))
    with pytest.raises(InputError, match="external dataset"):
        read_weights(good)


def test_an_external_link_is_refused(good, tmp_path):
    _replace_kernel(good, lambda group: group.__setitem__("k", h5py.ExternalLink(str(tmp_path / "x.h5"), "/w")))
    with pytest.raises(InputError, match="external link"):
        read_weights(good)


def test_a_soft_link_may_stay_but_not_leave(good, tmp_path):
    _replace_kernel(good, lambda group: group.__setitem__("k", h5py.SoftLink("/model_weights/dense/dense/bias:0")))
    assert read_weights(good).layers["dense"]["k"].shape == (2,)
    with h5py.File(good, "a") as file:
        del file["model_weights/dense/k"]
        file["model_weights/dense/k"] = h5py.SoftLink("/nowhere/else")
    with pytest.raises(InputError, match="soft link"):
        read_weights(good)


def test_a_virtual_dataset_is_refused(good, tmp_path):
    with h5py.File(tmp_path / "source.h5", "w") as file:
        file["w"] = KERNEL

    def virtual(group):
        layout = h5py.VirtualLayout((3, 2), "f4")
        layout[:] = h5py.VirtualSource(str(tmp_path / "source.h5"), "w", (3, 2))
        group.create_virtual_dataset("k", layout)

    _replace_kernel(good, virtual)
    with pytest.raises(InputError, match="virtual dataset"):
        read_weights(good)


@pytest.mark.parametrize("options", [{}, {"chunks": (1000,)}, {"chunks": (1000,), "compression": "gzip"}])
def test_an_array_larger_than_the_file_is_refused_before_it_is_read(good, options):
    _replace_kernel(good, lambda group: group.create_dataset("k", (10**11,), "f4", **options))
    begun = time.monotonic()
    with pytest.raises(InputError, match="more than the file can hold"):
        read_weights(good)
    assert time.monotonic() - begun < 10


def test_a_compression_bomb_is_refused(tmp_path):
    groups = {"dense": [("w:0", np.zeros(10**8, "uint8"))]}
    options = {"compression": "gzip", "chunks": (10**7,)}
    path = historical.write(tmp_path / "bomb.h5", config=CONFIG, groups=groups, **options)
    assert path.stat().st_size < 10**6
    with pytest.raises(InputError, match="more than the file can hold"):
        read_weights(path)


def test_text_where_numbers_belong(good):
    _replace_kernel(good, lambda group: group.create_dataset("k", data=["text", "more"]))
    with pytest.raises(InputError, match=r"weight 'k' of layer 'dense'"):
        read_weights(good)


@pytest.mark.parametrize("attribute", ["model_config", "training_config"])
@pytest.mark.parametrize("text", ["{not json", "[" * 100_000])
def test_a_configuration_that_is_not_json(good, attribute, text):
    with h5py.File(good, "a") as file:
        file.attrs.pop(attribute, None)
        file.attrs.create(attribute, text, dtype=h5py.string_dtype())
    with pytest.raises(InputError, match="not valid JSON"):
        read_weights(good)


def test_a_listed_layer_without_its_group(good):
    with h5py.File(good, "a") as file:
        del file["model_weights/dense"]
    with pytest.raises(InputError, match="'dense' is listed but its group is missing"):
        read_weights(good)


def test_a_hundred_flipped_bits_are_read_or_refused_and_nothing_crashes(good, tmp_path):
    """One bit anywhere in the file: the arrays that the file lists, or one sentence; never a crash or a hang."""
    draw, content = random.Random(5), good.read_bytes()
    begun, refused = time.monotonic(), 0
    for number in range(100):
        damaged = bytearray(content)
        damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
        path = tmp_path / f"flipped{number}.h5"
        path.write_bytes(damaged)
        try:
            file = read_weights(path)
        except InputError as error:
            refused += 1
            assert path.name in str(error)
        else:
            assert all(array.dtype.kind in "fiu" for arrays in file.layers.values() for array in arrays.values())
    assert 0 < refused < 100
    assert time.monotonic() - begun < 100


def test_a_file_on_which_the_library_never_ends_is_refused_soon(tmp_path):
    """One bit in the size of a heap object: libhdf5 goes round in a circle."""
    config, groups = {"class_name": "Sequential", "config": []}, {"d": [("w:0", KERNEL)]}
    path = historical.write(tmp_path / "f.h5", config=config, groups=groups, text=str)
    content, begun, slowest = path.read_bytes(), time.monotonic(), 0.0
    start = content.index(b"GCOL")
    for position in range(start + 16, start + 80, 8):
        path.write_bytes(content[: position + 8] + b"\0" * 8 + content[position + 16 :])
        before = time.monotonic()
        try:
            read_weights(path)
        except InputError as error:
            assert "f.h5" in str(error)
        slowest = max(slowest, time.monotonic() - before)
    assert time.monotonic() - begun < 60 and slowest < 20


def test_a_crash_of_the_reading_process_is_an_input_error(good, monkeypatch):
    from common.legacy_weights import reader

    monkeypatch.setattr(reader, "PROGRAM", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(InputError, match="damaged"):
        read_weights(good)


def test_reading_imports_no_tensorflow_and_no_keras(good):
    program = (
        "import sys; from common.legacy_weights import read_weights, inspect_file\n"
        f"read_weights({str(good)!r}); inspect_file({str(good)!r})\n"
        "sys.exit(any(name.split('.')[0] in ('tensorflow', 'keras', 'h5py') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_lambda_code_in_a_file_is_only_text(tmp_path):
    config = json.loads(json.dumps(CONFIG))
    config["config"].append({"class_name": "Lambda", "config": {"name": "code", "function": ["4wEAAA==", None, None]}})
    path = historical.write(tmp_path / "lambda.h5", config=config, groups={"dense": [("w:0", KERNEL)]})
    assert read_weights(path).architecture["config"][1]["config"]["function"][0] == "4wEAAA=="


def _replace_kernel(path, make):
    """Let the layer's only weight be `k`, which `make` puts into its group."""
    with h5py.File(path, "a") as file:
        group = file["model_weights/dense"]
        group.attrs["weight_names"] = [b"k"]
        make(group)
