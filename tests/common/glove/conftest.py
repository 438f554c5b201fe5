"""Every test has a cache folder of its own; and small blocks, whose ends fall anywhere in a file."""

import pytest

from common.glove import reading, sources


@pytest.fixture(autouse=True)
def cache_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "sequence-models" / "vectors"


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(sources, "BLOCK_BYTES", 64)
    monkeypatch.setattr(reading, "TELLING_LINES", 4)


@pytest.fixture
def put(tmp_path):
    """`put(content)` writes a file and returns its path."""

    def write(content, name="vectors.txt"):
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write
