"""The cache: the same vectors as the file's, used only while everything fits, never in the way."""

import errno
import hashlib
import json
import os
import random
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from glove_oracle import made_up, plain_read, same

from common.errors import InputError
from common.glove import cache, load_vectors, loading
from common.glove.vectors import Skipped

PROJECT = Path(__file__).resolve().parents[3]
CONTENT = made_up(500, 6)


@pytest.fixture
def reads(monkeypatch):
    """Counts how often a file is really read."""
    seen = []
    read = loading.read_vectors
    monkeypatch.setattr(loading, "read_vectors", lambda path, **options: seen.append(path) or read(path, **options))
    return seen


def load(path, **options):
    return load_vectors(path, cache_from=0, **options)


def the_file(cache_home):
    files = list(cache_home.iterdir())
    assert len(files) == 1
    return files[0]


def test_the_second_time_comes_from_the_cache(put, reads, cache_home):
    path = put(CONTENT)
    first, second = load(path), load(path)
    assert len(reads) == 1
    for vectors in (first, second):
        assert same(vectors, *plain_read(CONTENT, 6))
        assert vectors.sha256 == hashlib.sha256(CONTENT).hexdigest() and vectors.source == str(path)
    assert not second.matrix.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        second.matrix[0, 0] = 1
    assert second.matrix.ctypes.data % cache.PAGE == 0, "the matrix begins on a page of its own"
    assert the_file(cache_home).suffix == ".vectors"


def test_packed_files_are_cached_with_the_hash_of_the_file(put, reads):
    import gzip
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", CONTENT)
    for content in (gzip.compress(CONTENT), buffer.getvalue()):
        path = put(content)
        os.utime(path, ns=(0, len(content)))
        load(path)
        vectors = load(path)
        assert vectors.sha256 == hashlib.sha256(content).hexdigest() and same(vectors, *plain_read(CONTENT, 6))
    assert len(reads) == 2


def test_small_files_and_cache_off_leave_nothing(put, reads, cache_home):
    path = put(CONTENT)
    load_vectors(path), load_vectors(path)
    load(path, cache=False), load(path, cache=False)
    assert len(reads) == 4 and not cache_home.exists()
    assert load(path, cache=False).sha256 == ""


def test_what_was_skipped_is_kept(put, reads):
    path = put(CONTENT + b"bad 1 2\nw0 1 2 3 4 5 6\n")
    with pytest.raises(InputError):
        load(path)
    first, second = load(path, lenient=True), load(path, lenient=True)
    assert len(reads) == 2 and first.skipped == second.skipped
    assert second.skipped == (Skipped("too few numbers", 1, (501,)), Skipped("repeated word", 1, (502,)))
    with pytest.raises(InputError, match="line 501"):
        load(path)


def test_a_changed_source_is_read_anew(put, reads, cache_home):
    path = put(CONTENT)
    load(path)
    changed = CONTENT.replace(b"w7", b"v7")
    put(changed)
    os.utime(path, ns=(1, 1))
    assert same(load(path), *plain_read(changed, 6)) and len(reads) == 2
    put(changed + made_up(501, 6).splitlines()[-1] + b"\n")
    os.utime(path, ns=(1, 1))
    assert len(load(path)) == 501 and len(reads) == 3
    the_file(cache_home)


def test_another_source_of_the_same_name_has_its_own(put, tmp_path, reads, cache_home):
    (tmp_path / "other").mkdir()
    one, two = put(CONTENT), put(made_up(20, 3), "other/vectors.txt")
    assert len(load(one)) == len(load(one)) == 500 and len(load(two)) == len(load(two)) == 20
    assert len(reads) == 2 and len(list(cache_home.iterdir())) == 2


def test_the_path_may_be_relative(put, reads, tmp_path, monkeypatch):
    path = put(CONTENT)
    load(path)
    monkeypatch.chdir(tmp_path)
    assert len(load("vectors.txt")) == 500 and len(reads) == 1


# ---- damage


def rebuilt(path, reads):
    """Loads rightly although the cache is damaged, and leaves a good one."""
    before = len(reads)
    right = same(load(path), *plain_read(CONTENT, 6))
    again = same(load(path), *plain_read(CONTENT, 6))
    return right and again and len(reads) == before + 1


def test_any_flipped_byte_is_noticed(put, reads, cache_home):
    path = put(CONTENT)
    load(path)
    good = the_file(cache_home).read_bytes()
    header_end = struct.unpack_from("<I", good, 12)[0] + 20
    used = np.flatnonzero(np.frombuffer(good, np.uint8))
    draw = random.Random(1)
    places = list(range(0, header_end, 7)) + draw.sample(used[used > header_end].tolist(), 60)
    for place in places:
        damaged = bytearray(good)
        damaged[place] ^= 1 << draw.randrange(8)
        the_file(cache_home).write_bytes(damaged)
        assert rebuilt(path, reads), place


def test_cut_and_foreign_files_are_noticed(put, reads, cache_home):
    path = put(CONTENT)
    load(path)
    good = the_file(cache_home).read_bytes()
    lengths = [0, 1, 7, 8, 19, 20, 21, 300, 4095, 4096, 5000, len(good) // 2, len(good) - 1]
    for content in [good[:length] for length in lengths] + [good + b"\0", b"\0" * len(good), b"junk" * 3000]:
        the_file(cache_home).write_bytes(content)
        assert rebuilt(path, reads), len(content)


HEADERS = [
    {"words": -500},
    {"words": 2**70},
    {"words": True},
    {"words": "500"},
    {"words": None},
    {"words": 499},
    {"dimensions": 0},
    {"dimensions": 5},
    {"dimensions": 6.0},
    {"word_bytes": 10**12},
    {"checksums": []},
    {"checksums": [0] * 5},
    {"checksums": None},
    {"skipped": [{}]},
    {"skipped": 3},
    {"source": {}},
    {"source": None},
]


@pytest.mark.parametrize("change", HEADERS, ids=str)
def test_a_header_that_is_wrong_in_itself_is_noticed(put, reads, cache_home, change):
    """With a right checksum, as a program of another version might write it."""
    path = put(CONTENT)
    load(path)
    good = the_file(cache_home).read_bytes()
    size = struct.unpack_from("<I", good, 12)[0]
    header = json.loads(good[20 : 20 + size])
    for value in ({**header, **change}, {key: value for key, value in header.items() if key not in change}, [1], None):
        content = json.dumps(value).encode()
        start = struct.pack("<8sIII", cache.MAGIC, cache.VERSION, len(content), zlib.crc32(content)) + content
        padded = start + b"\0" * (-len(start) % cache.PAGE)
        the_file(cache_home).write_bytes(padded + good[(20 + size + 4095) // 4096 * 4096 :])
        assert rebuilt(path, reads), value


def test_tables_that_lead_outside_are_noticed(put, reads, cache_home, monkeypatch):
    """Right checksums over wrong tables, as only a faulty program would write them."""
    path = put(CONTENT)
    for change in ("starts", "order"):
        write = cache._write

        def wrong(file, key, vectors, change=change, write=write):
            index = vectors.ids
            owner, name = (index.words, "starts") if change == "starts" else (index, "order")
            kept = getattr(owner, name)
            setattr(owner, name, kept + (kept == kept.max()) * 10**6)
            write(file, key, vectors)
            setattr(owner, name, kept)

        with monkeypatch.context() as patch:
            patch.setattr(cache, "_write", wrong)
            load(path)
        assert rebuilt(path, reads), change
        the_file(cache_home).unlink()


def test_another_version_is_rebuilt(put, reads, monkeypatch):
    path = put(CONTENT)
    load(path)
    monkeypatch.setattr(cache, "VERSION", cache.VERSION + 1)
    assert rebuilt(path, reads)


# ---- no room, no right, no luck


@pytest.mark.parametrize("after", [0, 1, 3, 9])
def test_a_full_disk_costs_a_warning_only(put, cache_home, monkeypatch, capsys, after):
    path = put(CONTENT)

    class Full:
        """A file on a disk that is full after some writes."""

        def __init__(self, file):
            self.file, self.left = file, after

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.file.close()

        def tell(self):
            return self.file.tell()

        def write(self, content):
            if not self.left:
                raise OSError(errno.ENOSPC, "No space left on device")
            self.left -= 1
            return self.file.write(content)

    def open_full(name, mode):
        file = open(name, mode)  # noqa: SIM115 - handed on
        return Full(file) if "w" in mode else file

    monkeypatch.setattr(cache, "open", open_full, raising=False)
    for _ in range(2):
        assert same(load(path), *plain_read(CONTENT, 6))
        said = capsys.readouterr().err
        assert said.startswith("warning: ") and said.count("\n") == 1 and "No space left" in said and str(path) in said
    assert list(cache_home.iterdir()) == []


def test_a_cache_folder_that_cannot_be_made(put, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert same(load(put(CONTENT)), *plain_read(CONTENT, 6))
    assert capsys.readouterr().err.count("warning: ") == 1


def test_a_user_without_a_home(put, monkeypatch, capsys):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(cache, "cache_folder", homeless)
    assert same(load(put(CONTENT)), *plain_read(CONTENT, 6))
    assert "Could not determine home directory" in capsys.readouterr().err


def test_an_interruption_while_writing_leaves_nothing(put, cache_home, monkeypatch):
    def interrupted(file, key, vectors):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(cache, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(put(CONTENT))
    assert list(cache_home.iterdir()) == []


def test_what_killed_processes_left_is_swept_away_after_a_day(put, cache_home):
    cache_home.mkdir(parents=True)
    old, new = cache_home / ".old.x1.vectors", cache_home / ".new.x2.vectors"
    for leftover in (old, new):
        leftover.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    load(put(CONTENT))
    assert not old.exists() and new.exists()


def test_two_processes_at_once(put, cache_home, reads):
    path = put(made_up(20_000, 20))
    code = (
        f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from common.glove import load_vectors\n"
        f"v = load_vectors({str(path)!r}, cache_from=0); print(len(v), v.words[-1], v['w0'].sum())"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = {process.communicate(timeout=60)[0] for process in running}
    assert all(process.returncode == 0 for process in running) and len(answers) == 1
    assert same(load(path), *plain_read(path.read_bytes(), 20)) and not reads
    the_file(cache_home)
