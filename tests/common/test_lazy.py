"""Lazy exports: found when asked for, listed, and an unknown name is an AttributeError."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = [
    "common.legacy_weights",
    "week1.building_rnn",
    "week1.dinosaur_island",
    "week1.jazz_solo",
    "week1.shakespeare",
]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_exported_name_is_there(name):
    package = importlib.import_module(name)
    for exported in package.__all__:
        assert getattr(package, exported) is not None
    assert dir(package) == sorted(package.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        package.no_such_name  # noqa: B018 - asking is the test


@pytest.mark.parametrize("name", PACKAGES)
def test_importing_the_package_loads_nothing_heavy(name):
    code = (
        f"import sys, {name}; print(sorted({{'numpy', 'keras', 'tensorflow', 'music21', 'h5py'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
