"""The course's Emojify figures on its own files and the shared part of the GloVe file."""

import json

import numpy as np
import pytest

from common.course_figures import Context, compare, load_figures
from week2.emojify.compare import COMPARISON
from week2.emojify.course_notebook import functions, read_csv
from week2.emojify.data import load_sentences


@pytest.mark.parametrize(
    ("name", "count", "by_class"),
    [
        ("train_emoji.csv", 132, [22, 19, 38, 36, 17]),
        ("tesss.csv", 56, [7, 8, 18, 16, 7]),
        ("test_emoji.csv", 56, [12, 5, 18, 15, 6]),
        ("emojify_data.csv", 183, [33, 19, 56, 52, 23]),
    ],
)
def test_the_course_s_files_are_read(course, name, count, by_class):
    data = load_sentences(next(course.rglob(name)))
    assert len(data) == count and np.bincount(data.labels).tolist() == by_class
    texts, labels = read_csv(f"data/{name}")
    assert texts.tolist() == list(data.sentences) and np.array_equal(labels, data.labels)


def test_outer_spaces_are_kept_as_pandas_would_keep_them(course):
    tests = load_sentences(next(course.rglob("tesss.csv"))).sentences
    assert sum(text.endswith("\t") for text in tests) > 40


def test_every_figure_matches_or_needs_the_whole_file(course):
    figures = load_figures(COMPARISON.expected)
    outcomes = compare(COMPARISON, figures, Context(functions(), course))
    by_status = {}
    for outcome in outcomes:
        by_status.setdefault(outcome.status, []).append(outcome)
    assert set(by_status) == {"match", "needs"} and len(by_status["match"]) >= 35
    for outcome in by_status["needs"]:
        assert outcome.missing == "glove.6B.50d.txt" and "400,000 words" in outcome.reason
        assert not outcome.figure.verified


def test_our_sentences_are_not_the_course_s(course):
    from common.assets import PROJECT
    from common.words import words_of

    theirs = {tuple(words_of(text)) for path in course.rglob("*emoji*.csv") for text in load_sentences(path).sentences}
    for name in ("train", "test"):
        data = load_sentences(PROJECT / "week2" / "emojify" / "assets" / f"sentences_{name}.csv")
        assert not theirs & {tuple(words_of(text)) for text in data.sentences}


def test_the_command_exits_with_0(shell, course, tmp_path):
    few = json.loads(COMPARISON.expected.read_text(encoding="utf-8"))
    few["figures"] = [row for row in few["figures"] if not row["function"].startswith("Emojify_V2")]
    (tmp_path / "figures.json").write_text(json.dumps(few), encoding="utf-8")
    done = shell("week2.emojify", "compare", "--course", course, "--figures", "figures.json", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["mismatch"] == 0
