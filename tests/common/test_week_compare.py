"""`python -m weekN compare`: a line an assignment, what is needed, and the exit status of the worst."""

from __future__ import annotations

import pytest

from common.errors import InputError
from common.week_compare import compare_week, needs_of

# A module whose `compare` leaves these figures and this exit status.
MODULE = """
import json, sys
from pathlib import Path
folder = Path(sys.argv[sys.argv.index("--out") + 1])
folder.mkdir(parents=True, exist_ok=True)
figures = [{{"status": status}} for status in {statuses!r}]
kinds = ("match", "explained", "mismatch", "needs")
counts = {{kind: sum(one.startswith(kind) for one in {statuses!r}) for kind in kinds}}
(folder / "figures.json").write_text(json.dumps({{"figures": figures, "counts": counts}}))
print("course" if "--course" in sys.argv else "none")
sys.exit({code})
"""


@pytest.fixture
def week(tmp_path, monkeypatch):
    """`week(name=(statuses, exit status))` makes the assignments of a week and goes to its folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def make(**assignments) -> list[str]:
        for name, (statuses, code) in assignments.items():
            (tmp_path / f"{name}.py").write_text(MODULE.format(statuses=statuses, code=code))
        return list(assignments)

    return make


def rows(text: str) -> dict[str, list[int]]:
    lines = [line.split() for line in text.splitlines()]
    return {parts[0]: [int(part) for part in parts[1:]] for parts in lines if len(parts) == 5 and parts[1].isdigit()}


def test_a_line_each_the_sum_and_what_is_needed(week, tmp_path, capsys):
    names = week(one=(["match", "match", "explained"], 0), two=(["match", "needs model.h5", "needs model.h5"], 0))
    assert compare_week(names, course=None) == 0
    printed = capsys.readouterr().out
    assert rows(printed) == {"one": [2, 1, 0, 0], "two": [1, 0, 0, 2], "all": [3, 1, 0, 2]}
    assert "model.h5 (2 figures)" in printed and "--course DIR" in printed
    assert (tmp_path / "out/one/compare/figures.json").is_file()
    assert compare_week(names, course=tmp_path, out=tmp_path / "other") == 0
    assert "lay them into the course folder" in capsys.readouterr().out
    assert (tmp_path / "other/two/compare/figures.json").is_file()


def test_the_exit_status_is_the_worst(week, capsys):
    names = week(good=(["match"], 0), bad=(["mismatch"], 1), fine=(["match"], 0))
    assert compare_week(names, course=None) == 1
    assert rows(capsys.readouterr().out)["all"] == [2, 0, 1, 0]
    (broken,) = week(broken=([], "'error: the file is damaged\\n' and 2"))
    assert compare_week([broken, *names], course=None) == 2
    captured = capsys.readouterr()
    assert "broken: the comparison could not be done" in captured.err and "good" in captured.out
    assert "wait" not in captured.out and "Not compared" not in captured.out


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(InputError, match="is not a folder"):
        compare_week(["x"], course=tmp_path / "none")


def test_files_that_figures_need_are_counted():
    statuses = ["match", "needs a.h5", "needs b.mid", "needs a.h5"]
    assert needs_of([{"status": status} for status in statuses]) == {"a.h5": 2, "b.mid": 1}


def test_every_weeks_comparisons_together_without_the_course_folder(shell, tmp_path, without_course):
    """Week 2 for all: exit status 0, and what is needed is said."""
    done = shell("week2", "compare")
    assert done.returncode == 0, done.stderr
    found = rows(done.stdout)
    assert {"week2.word_vectors", "week2.emojify", "all"} <= found.keys() and found["all"][2] == 0
    assert "name the course's folder with --course DIR" in done.stdout
