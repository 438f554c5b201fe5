"""The comparison on a made-up assignment: every status, judged for our functions and for a user's."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from common.compare_verb import as_json, run
from common.course_figures import (
    Comparison,
    Context,
    Explanation,
    Figure,
    NotCompared,
    compare,
    count,
    draw_inputs,
    load_figures,
)
from common.errors import InputError, MissingFileError


def figure(function="double", expected=2.0, **fields) -> Figure:
    defaults = {
        "id": f"{function}.{expected}",
        "what": "",
        "inputs": {"scalars": {"x": 1.0}},
        "source": ("2021",),
        "tolerance": {"atol": 1e-9},
        "verified": True,
        "note": "",
    }
    return Figure(function=function, expected=expected, **(defaults | fields))


def needs_a_file(figure, context):
    raise MissingFileError("dinos.txt is needed", name="dinos.txt")


def not_printed(figure, context):
    raise NotCompared("not printed by this loop")


COMPARISON = Comparison(
    assignment="week9/made_up",
    expected=Path("none"),
    values={
        "double": lambda figure, context: context.function("double")(figure.scalar("x")),
        "read": needs_a_file,
        "model": not_printed,
    },
    functions=lambda: {"double": lambda x: 2 * x},
    explain=lambda figure, context: [Explanation(3 * figure.scalar("x"), "The course trebles.")],
)
OURS = Context(COMPARISON.functions())


def statuses(figures, context=OURS):
    return [outcome.status_text for outcome in compare(COMPARISON, figures, context)]


def test_every_status():
    figures = [
        figure(expected=2.0),
        figure(expected=3.0),
        figure(expected=4.0),
        figure(expected=4.0, verified=False, note="a run of another machine"),
        figure(expected=4.0, tolerance="do not test"),
        figure("read"),
        figure("model"),
        figure("another assignment's"),
    ]
    assert statuses(figures) == ["match", "explained", "mismatch", "explained", "explained", "needs dinos.txt", "other"]
    counts = count(compare(COMPARISON, figures, OURS), len(figures))
    assert counts == {"match": 1, "explained": 3, "needs": 1, "mismatch": 1, "other": 2}


def test_an_explanation_must_give_the_figure_itself():
    outcomes = compare(COMPARISON, [figure(expected=3.0), figure(expected=3.1)], OURS)
    assert [outcome.status for outcome in outcomes] == ["explained", "mismatch"]
    assert outcomes[0].recomputed == 3.0 and "trebles" in outcomes[0].reason


def test_a_users_wrong_value_is_not_explained_away():
    def user(function):
        return Context({"double": function}, solution=Path("mine.py"))

    figures = [figure(expected=2.0), figure(expected=3.0)]
    assert statuses(figures, user(lambda x: x + x)) == ["match", "explained"]
    assert statuses(figures, user(lambda x: 2.5 * x)) == ["mismatch", "mismatch"]
    faulty = compare(COMPARISON, figures, user(lambda x: 3 * x))
    assert [outcome.status for outcome in faulty] == ["mismatch", "match"]
    assert "known faulty rule" in faulty[0].reason and "trebles" in faulty[0].reason


def test_what_a_users_function_raises_is_the_finding():
    def broken(x):
        raise ZeroDivisionError("oh")

    (outcome,) = compare(COMPARISON, [figure()], Context({"double": broken}, solution=Path("mine.py")))
    assert outcome.status == "mismatch" and "ZeroDivisionError: oh" in outcome.reason
    (outcome,) = compare(COMPARISON, [figure()], Context({}, solution=Path("mine.py")))
    assert outcome.status == "mismatch" and "mine.py does not define double" in outcome.reason


def test_inputs_are_the_legacy_draws_and_the_global_generator_is_left_alone():
    np.random.seed(5)
    expected_next = np.random.RandomState(5).randn()
    arrays = draw_inputs(figure(inputs={"seed": 1, "draws": [["xt", [3, 2]], ["b", [2, 1]]]}))
    reference = np.random.RandomState(1)
    assert np.array_equal(arrays["xt"], reference.randn(3, 2))
    assert np.array_equal(arrays["b"], reference.randn(2, 1))
    assert np.random.randn() == expected_next


def test_scalars_are_copies():
    given = figure(inputs={"scalars": {"X": [1, 2]}, "iteration": 3})
    given.scalar("X").append(9)
    assert given.scalar("X") == [1, 2]
    assert given.scalar("iteration") == 3 and given.scalar("none", 7) == 7


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ("[]", 'no list called "figures"'),
        ('{"figures": [{"function": "f"}]}', 'figure 0 has no "expected"'),
        ('{"figures": [3]}', 'figure 0 has no "function"'),
        ("", "is empty"),
    ],
)
def test_a_bad_figures_file_is_named(tmp_path, content, message):
    path = tmp_path / "figures.json"
    path.write_text(content)
    with pytest.raises(InputError, match=message) as error:
        load_figures(path)
    assert "figures.json" in str(error.value)


def options(out, figures, *, json):
    return argparse.Namespace(out=out, figures=figures, json=json, solution=None, course=None)


def test_the_verb_prints_json_keeps_it_and_exits_1_on_a_mismatch_only(tmp_path, capsys):
    path = tmp_path / "figures.json"
    records = [{"id": "one", "function": "double", "inputs": {"x": 1}, "expected": 2, "tolerance": "exact"}]
    path.write_text(json.dumps({"figures": records}))
    assert run(COMPARISON, options(tmp_path / "out", path, json=True)) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["counts"]["match"] == 1
    assert set(printed["figures"][0]) == {
        "id", "function", "what", "status", "expected", "got", "difference", "reason",
    }  # fmt: skip
    assert json.loads((tmp_path / "out/figures.json").read_text()) == printed
    records[0]["expected"] = 5
    path.write_text(json.dumps({"figures": records}))
    assert run(COMPARISON, options(tmp_path / "out", path, json=True)) == 1


def test_the_table_ends_with_the_counts_and_names_what_is_wrong(tmp_path, capsys):
    path = tmp_path / "figures.json"
    records = [{"id": "one", "function": "double", "inputs": {"x": 1}, "expected": 5, "tolerance": "exact"}]
    path.write_text(json.dumps({"figures": records}))
    arguments = options(tmp_path / "out", path, json=False)
    assert run(COMPARISON, arguments) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("one") and "mismatch" in lines[1]
    assert "1 figures compared: 0 match, 0 explained, 1 mismatch" in lines[-2]
    assert lines[-1] == "Mismatches in: double"


def test_json_form():
    outcomes = compare(COMPARISON, [figure(expected=3.0)], OURS)
    row = as_json(outcomes, count(outcomes, 1))["figures"][0]
    assert row["status"] == "explained" and row["got"] == 2.0 and row["difference"] == 1.0
    assert "gives 3.0" in row["reason"]
