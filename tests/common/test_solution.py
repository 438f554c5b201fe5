"""Loading a student's functions from files as students write them."""

import json

import pytest

from common.errors import InputError
from common.solution import load_solution

HELPERS = {"rnn_utils": {"softmax": lambda x: ("our softmax", x)}}


def notebook(path, *cells):
    content = {"cells": [{"cell_type": "markdown", "source": ["# Title"]}], "nbformat": 4, "nbformat_minor": 5}
    content["cells"] += [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def load(path, **options):
    return load_solution(path, HELPERS, **options)


def test_a_notebook_with_magics_plots_tests_and_training(tmp_path):
    path = notebook(
        tmp_path / "work.ipynb",
        "import numpy as np\nfrom rnn_utils import *\nimport matplotlib.pyplot as plt",
        "%matplotlib inline\n!ls\nnp.sin?",
        "%%time\nraise_if_run = 1 / 0\nplt.plot([1, 2])\nwhile True:\n    pass",
        "def f(x):\n    return softmax(np.add(x, OFFSET))",
        "OFFSET = BASE + 1\nBASE_UNUSED = 1 / 0",
        "BASE = 1",
        "from public_tests import *\nf_test(f)",
        "%%bash\nrm -rf everything",
    )
    solution = load(path)
    assert set(solution.functions) == {"f"}
    # Statements run in the notebook's order: OFFSET stands before BASE, so a run from top to bottom fails there too.
    assert any("OFFSET" in problem and "NameError" in problem for problem in solution.problems)


def test_assignments_are_kept_only_where_a_function_needs_them(tmp_path):
    path = tmp_path / "work.py"
    path.write_text(
        "import numpy as np\n"
        "BASE = 1\n"
        "TABLE = {}\n"
        "TABLE['x'] = BASE\n"
        "BOOM = 1 / 0\n"
        "print(BOOM)\n"
        "def f(x):\n    return TABLE['x'] + x\n"
        "def g(x):\n    return f(x)\n"
        "if __name__ == '__main__':\n    raise SystemExit\n"
    )
    solution = load(path)
    assert solution.problems == []
    assert solution.functions["g"](2) == 3


def test_wildcard_and_named_imports_of_the_helper_module(tmp_path):
    path = tmp_path / "work.py"
    path.write_text(
        "from rnn_utils import softmax as s\nimport rnn_utils\n"
        "def f(x):\n    return s(x)\n"
        "def g(x):\n    from rnn_utils import softmax\n    return rnn_utils.softmax(x) == softmax(x)\n"
    )
    functions = load(path).functions
    assert functions["f"](1) == ("our softmax", 1)
    assert functions["g"](1)


def test_a_name_that_our_helper_module_lacks_matters_only_when_used(tmp_path):
    path = tmp_path / "work.py"
    path.write_text(
        "from rnn_utils import softmax, adam\ndef f(x):\n    return softmax(x)\ndef g():\n    return adam(1)\n"
    )
    functions = load(path).functions
    assert functions["f"](1) == ("our softmax", 1)
    with pytest.raises(ImportError, match="rnn_utils.adam"):
        functions["g"]()


def test_an_unfinished_cell_is_left_out_and_named(tmp_path):
    path = notebook(tmp_path / "work.ipynb", "def f(x):\n    return x", "def g(x):\n    a = # YOUR CODE\n    return a")
    solution = load(path)
    assert set(solution.functions) == {"f"}
    assert "code cell 2" in solution.problems[0] and "line 2" in solution.problems[0]


def test_a_percent_sign_in_an_expression_is_no_magic(tmp_path):
    path = notebook(tmp_path / "work.ipynb", "def f(x):\n    return ('%d'\n            % x)")
    assert load(path).functions["f"](3) == "3"


def test_plots_inside_functions_do_nothing(tmp_path):
    path = tmp_path / "work.py"
    path.write_text(
        "import matplotlib.pyplot as plt\n"
        "def f(x):\n    fig, ax = plt.subplots()\n    ax.plot(x)\n    plt.show()\n    return x\n"
    )
    assert load(path).functions["f"](1) == 1


def test_a_module_that_is_not_there_matters_only_when_used(tmp_path):
    path = tmp_path / "work.py"
    path.write_text(
        "from keras.no.such.place import Thing\nimport no_such_module\n"
        "def f(x):\n    return x\ndef g(x):\n    return Thing(x)\n"
    )
    functions = load(path).functions
    assert functions["f"](1) == 1
    with pytest.raises(ImportError, match="Thing"):
        functions["g"](1)


def test_a_students_own_module_beside_the_file(tmp_path):
    (tmp_path / "mine.py").write_text("print('not run')\ndef h(x):\n    return x + 1\n")
    path = tmp_path / "work.py"
    path.write_text("from mine import h\ndef f(x):\n    return h(x)\n")
    assert load(path).functions["f"](1) == 2


def test_a_data_file_is_found_where_the_course_keeps_it(tmp_path):
    data = tmp_path / "elsewhere.txt"
    data.write_text("hello")
    path = tmp_path / "work.py"
    path.write_text("def f():\n    with open('dinos.txt') as file:\n        return file.read()\n")
    found = load(path, find_file=lambda name: data if name == "dinos.txt" else None)
    assert found.functions["f"]() == "hello"
    with pytest.raises(FileNotFoundError):
        load(path).functions["f"]()


def test_definitions_in_try_and_if_blocks_count(tmp_path):
    path = tmp_path / "work.py"
    path.write_text(
        "try:\n    import numpy as np\nexcept ImportError:\n    np = None\n"
        "if True:\n    def f():\n        return np.pi\n"
    )
    assert load(path).functions["f"]() == pytest.approx(3.14159, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ipynb", "{}", "is not a Jupyter notebook"),
        ("a.ipynb", "nonsense", "is not a Jupyter notebook"),
        ("a.py", "def f(:\n", "line 1 is not Python"),
        ("a.py", "", "is empty"),
    ],
)
def test_files_that_are_not_what_they_are_called(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        load(path)
