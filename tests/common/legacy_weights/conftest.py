"""Fixtures of the loader's tests: a random generator, and a check that goes through a saved file."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def scratch(tmp_path_factory) -> Path:
    """One folder for a whole session: hypothesis runs a test many times within one `tmp_path`."""
    return tmp_path_factory.mktemp("legacy")


@pytest.fixture(scope="session")
def strangers() -> Path:
    """The folder of published models: SEQUENCE_MODELS_LEGACY_MODELS, or `legacy_models` beside the course's files."""
    named = os.environ.get("SEQUENCE_MODELS_LEGACY_MODELS", "")
    course = os.environ.get("SEQUENCE_MODELS_COURSE", "")
    folder = Path(named) if named else Path(course).parent / "legacy_models" if course else None
    if folder is None or not folder.is_dir():
        pytest.skip("the published models are not here: set SEQUENCE_MODELS_LEGACY_MODELS to their folder")
    return folder
