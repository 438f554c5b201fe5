"""Checkpoints: whole or not at all, hashed, one in reserve, refused to other runs. No network in here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common.errors import InputError
from common.training import Checkpoints, Saved, load_checkpoint, save_checkpoint

PROJECT = Path(__file__).resolve().parents[2]
RUN = {"seed": 0, "model": "a", "rates": (0.1, 0.2)}


def state(value: float) -> Saved:
    return Saved({"w": np.full((50, 40), value, np.float32), "seed": np.array([3, 7], np.uint32)}, {"epoch": value})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path):
    """Two checkpoints, of epochs 1 and 2."""
    for value in (1, 2):
        save_checkpoint(tmp_path, state(value), identity=RUN)
    return tmp_path


def newest(folder: Path, suffix: str) -> Path:
    return sorted(folder.glob(f"*{suffix}"))[-1]


def test_what_is_saved_comes_back_to_the_bit(tmp_path):
    saved = Saved(
        {"nan": np.array([np.nan, -0.0, 1e-45], np.float32), "whole": np.arange(5), "none": np.zeros((0, 3))},
        {"history": {"loss": [0.1, float("inf")]}, "text": "é"},
    )
    save_checkpoint(tmp_path / "new", saved, identity=RUN)
    loaded = load_checkpoint(tmp_path / "new", identity=RUN)
    assert loaded.notes == saved.notes
    assert loaded.arrays.keys() == saved.arrays.keys()
    for name, array in saved.arrays.items():
        assert loaded.arrays[name].tobytes() == array.tobytes()
        assert (loaded.arrays[name].dtype, loaded.arrays[name].shape) == (array.dtype, array.shape)


def test_the_newest_counts_and_as_many_are_kept_as_asked(tmp_path):
    for value in range(1, 6):
        save_checkpoint(tmp_path, state(value), identity=RUN, keep=3)
    assert load_checkpoint(tmp_path, identity=RUN).notes["epoch"] == 5
    assert names(tmp_path) == [f"checkpoint-{n:08d}.{suffix}" for n in (3, 4, 5) for suffix in ("json", "npz")]


def test_an_empty_or_missing_folder_has_none(tmp_path):
    assert load_checkpoint(tmp_path, identity=RUN) is None
    assert load_checkpoint(tmp_path / "missing", identity=RUN) is None


def empty(path):
    path.write_bytes(b"")


def truncate(path):
    path.write_bytes(path.read_bytes()[:-200])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lose(path):
    path.unlink()


def other_json(path):
    path.write_text("[]")


@pytest.mark.parametrize("damage", [empty, truncate, flip, lose])
@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_the_one_before_a_damaged_one_is_used(folder, capsys, suffix, damage):
    path = newest(folder, suffix)
    damage(path)
    assert load_checkpoint(folder, identity=RUN).notes["epoch"] == 1
    warning = capsys.readouterr().err
    # A missing manifest leaves nothing to warn of: the arrays were never announced.
    assert (path.name in warning and "warning" in warning) or (damage is lose and suffix == ".json")
    save_checkpoint(folder, state(3), identity=RUN)
    save_checkpoint(folder, state(4), identity=RUN)
    assert load_checkpoint(folder, identity=RUN).notes["epoch"] == 4
    newest(folder, ".npz").write_bytes(b"damaged again")
    assert load_checkpoint(folder, identity=RUN).notes["epoch"] == 3


@pytest.mark.parametrize("damage", [empty, truncate, other_json])
def test_with_all_damaged_it_begins_anew_and_says_so(folder, capsys, damage):
    for path in folder.glob("*.json"):
        damage(path)
    assert load_checkpoint(folder, identity=RUN) is None
    assert "beginning anew" in capsys.readouterr().err


def test_another_run_is_refused_in_one_sentence_and_left_alone(folder):
    before = names(folder)
    with pytest.raises(InputError, match=r"another run \(seed 0 there and 1 here\); name another folder") as error:
        load_checkpoint(folder, identity={**RUN, "seed": 1})
    assert str(folder) in str(error.value) and "\n" not in str(error.value)
    with pytest.raises(InputError, match="batch None there and 32 here"):
        load_checkpoint(folder, identity={**RUN, "batch": 32})
    assert names(folder) == before


def test_another_format_is_refused(folder):
    path = newest(folder, ".json")
    from common.training.checkpoints import _hash_json

    content = json.loads(path.read_text()) | {"format": "sequence-models checkpoint 99"}
    content.pop("sha256")
    path.write_text(json.dumps({"sha256": _hash_json(content), **content}))
    with pytest.raises(InputError, match="another version"):
        load_checkpoint(folder, identity=RUN)


def test_what_a_killed_process_left_is_cleared_away(folder):
    (folder / ".checkpoint-00000003.abc.npz").write_bytes(b"half")
    (folder / "checkpoint-00000003.npz").write_bytes(b"arrays without a manifest")
    (folder / "mine.txt").write_text("not ours")
    assert load_checkpoint(folder, identity=RUN).notes["epoch"] == 2
    save_checkpoint(folder, state(3), identity=RUN)
    assert load_checkpoint(folder, identity=RUN).notes["epoch"] == 3
    assert names(folder) == [
        *(f"checkpoint-{n:08d}.{suffix}" for n in (2, 3) for suffix in ("json", "npz")),
        "mine.txt",
    ]


FILL = """
import sys
import numpy as np
from common.training import Saved, save_checkpoint
folder = sys.argv[1]
{limit}
for value in range(1, 100):
    size = 1000 * 4 ** min(value, 6)
    try:
        save_checkpoint(folder, Saved({{"w": np.full(size, value, np.float32)}}, {{"epoch": value}}), identity={{}})
    except OSError as error:
        print(value - 1, error.strerror)
        break
"""


def fill(*command: str, folder: Path, limit: str = "") -> tuple[int, str]:
    """Save ever larger checkpoints until it fails; returns the last one that was written, and the error."""
    done = subprocess.run(
        [*command, sys.executable, "-c", FILL.format(limit=limit), str(folder)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    last, problem = done.stdout.strip().split(" ", 1)
    return int(last), problem


@pytest.mark.skipif(os.name != "posix", reason="the system has no limit on the size of files")
def test_a_limit_on_the_size_of_files_leaves_the_last_good_one(tmp_path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    last, problem = fill(folder=tmp_path, limit=limit)
    assert last >= 2 and "too large" in problem
    assert load_checkpoint(tmp_path, identity={}).notes["epoch"] == last
    assert not list(tmp_path.glob(".checkpoint-*"))


def test_a_full_disk_leaves_the_last_good_one(tmp_path):
    """A file system of one megabyte, in a mount namespace of its own."""
    mounting = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    try:
        allowed = subprocess.run([*mounting, f"mount -t tmpfs -o size=1m tmpfs {tmp_path}"], capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no unshare command here")
    if allowed.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {allowed.stderr.decode().strip()}")
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    script = f'mount -t tmpfs -o size=1m tmpfs {disk} && "$@" && cp -r {disk} {kept}'
    last, problem = fill(*mounting, script, "sh", folder=disk)
    assert last >= 2 and "No space left" in problem
    assert load_checkpoint(kept, identity={}).notes["epoch"] == last
    assert not list(kept.glob(".checkpoint-*"))


@pytest.mark.parametrize("bad", [{"keep": 1}, {"every_seconds": -1}, {"every_steps": 0}, {"every_epochs": -3}])
def test_bad_rules_are_refused(tmp_path, bad):
    with pytest.raises(InputError, match=next(iter(bad))):
        Checkpoints(tmp_path, **bad)


def test_importing_loads_neither_tensorflow_nor_keras():
    code = (
        "import sys, common.training; sys.exit(bool({'tensorflow', 'keras', 'matplotlib', 'tqdm'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT).returncode == 0
