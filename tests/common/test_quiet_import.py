"""TensorFlow's notes are kept back, everything else is as before; on a stand-in of that name, so that it is quick."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def run(folder, code):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{PROJECT}"},
    )


@pytest.fixture
def stand_in(tmp_path):
    (tmp_path / "tensorflow").mkdir()
    module = tmp_path / "tensorflow/__init__.py"
    module.write_text("import os\nos.write(2, b'a note on the machine\\n')\nfrom tensorflow import part\nvalue = 3\n")
    (tmp_path / "tensorflow/part.py").write_text("x = 4\n")
    return module


def test_notes_are_kept_back_and_later_messages_are_not(tmp_path, stand_in):
    code = (
        "from common.quiet_import import hush_tensorflow\nhush_tensorflow()\nhush_tensorflow()\n"
        "import tensorflow, sys\nimport tensorflow.part\nprint(tensorflow.value, tensorflow.part.x)\n"
        "print('a warning', file=sys.stderr)\n"
    )
    done = run(tmp_path, code)
    assert done.stdout == "3 4\n" and done.stderr == "a warning\n"


def test_without_it_the_notes_are_there(tmp_path, stand_in):
    assert "a note" in run(tmp_path, "import tensorflow").stderr


def test_a_failing_import_shows_everything(tmp_path, stand_in):
    stand_in.write_text("import os\nos.write(2, b'libsomething is missing\\n')\nraise ImportError('no')\n")
    done = run(tmp_path, "from common.quiet_import import hush_tensorflow\nhush_tensorflow()\nimport tensorflow")
    assert done.returncode == 1
    assert "libsomething is missing" in done.stderr and "ImportError: no" in done.stderr
