"""The verbs from the shell: on what ships, on a person's own reviews and vectors; and what they say to bad input."""

import csv
import io
import json

import numpy as np
import pytest

from common.assets import PROJECT

SHIPPED = PROJECT / "week2" / "sentiment" / "assets"
GOOD, BAD = ("lovely soup", "a lovely film", "lovely"), ("nasty soup", "a nasty film", "nasty")


@pytest.fixture
def folder(tmp_path, without_course):
    """Reviews with two names for labels, test reviews, and vectors that lack the words that matter."""
    rows = [(text, "positive") for text in GOOD] + [(text, "negative") for text in BAD]
    written = "".join(f"{text},{label}\n" for text, label in rows * 4)
    (tmp_path / "mine.csv").write_text("text,sentiment\n" + written, encoding="utf-8")
    (tmp_path / "test.csv").write_text(
        "text,sentiment\nThe lovely soup!,positive\nnasty nasty film,negative\n", encoding="utf-8"
    )
    rng = np.random.default_rng(0)
    lines = (
        " ".join([word, *(f"{number:.5f}" for number in rng.normal(size=8))]) for word in ("soup", "film", "a", "the")
    )
    (tmp_path / "vectors.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_own_reviews_with_two_names_are_learnt_answered_and_evaluated(shell, folder):
    for model in ("average", "network"):
        done = shell(
            "week2.sentiment", "train", "--sentences", "mine.csv", "--vectors", "vectors.txt", "--model", model,
            "--units", "8", "--epochs", "30",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "accuracy 1.000 on the 24 training sentences" in done.stdout
        done = shell("week2.sentiment", "predict", "a lovely soup", "--model", model, "--json")
        assert done.returncode == 0, done.stderr
        (one,) = json.loads(done.stdout)
        assert one["stars"] == one["name"] == "positive" and [word["word"] for word in one["words"]] == [
            "a",
            "lovely",
            "soup",
        ]
        assert max(one["words"], key=lambda word: word["nats"])["word"] == "lovely"
    done = shell("week2.sentiment", "evaluate", "--test", "test.csv")
    assert done.returncode == 0, done.stderr
    assert "average: accuracy 1.000" in done.stdout and "recurrent network: accuracy 1.000" in done.stdout
    assert "mean error" not in done.stdout  # names have no distance
    # "The" stood in no training sentence: it is left out, or read with the vectors that are named.
    for options, unknown in (((), ["The"]), (("--vectors", "vectors.txt"), [])):
        done = shell("week2.sentiment", "predict", "The lovely soup", "--json", *options)
        assert json.loads(done.stdout)[0]["unknown"] == unknown


def test_stars_of_one_s_own_and_how_far_off_they_are(shell, folder):
    rows = [("lovely", 5), ("fine", 4), ("nasty", 1)] * 5
    (folder / "stars.csv").write_text("review,rating\n" + "".join(f"{a},{b}\n" for a, b in rows), encoding="utf-8")
    done = shell(
        "week2.sentiment", "evaluate", "--sentences", "stars.csv", "--test", "stars.csv", "--vectors", "vectors.txt",
        "--units", "8", "--epochs", "2", "--out", "here",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "mean error" in done.stdout and "macro F1" in done.stdout
    metrics = json.loads((folder / "here" / "metrics.json").read_text(encoding="utf-8"))["metrics"]
    better = {row["name"]: row["better"] for row in metrics}
    assert better["average: mean error"] == "lower" and better["recurrent network: accuracy"] == "higher"
    blocks = json.loads((folder / "here" / "page.json").read_text(encoding="utf-8"))["blocks"]
    assert [block["kind"] for block in blocks] == ["heatmap", "heatmap"]
    assert blocks[0]["rows"] == ["1", "2", "3", "4", "5"]


def test_composed_reviews_are_printed_or_written(shell, folder):
    done = shell("week2.sentiment", "compose", "--count", "12", "--part", "test", "--seed", "3")
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert done.returncode == 0 and rows[0] == ["sentence", "stars", "kind"] and len(rows) == 13
    assert shell("week2.sentiment", "compose", "--count", "12", "--part", "test", "--seed", "3", "--file", "x.csv")
    assert (folder / "x.csv").read_text(encoding="utf-8") == done.stdout


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("predict", "  "), "there is no sentence"),
        (("predict", "fine", "--model", "tree"), "there is no model 'tree'; choose average or network"),
        (("predict", "x" * 60_000), "60,000 characters, and at most 50,000 are read"),
        (("predict", "fine", "--file", "mine.csv"), "not both"),
        (("predict", "--file", "nothing.csv"), "nothing.csv: no such file"),
        (("predict", "fine", "--weights", "mine.csv"), "mine.csv: is not a weights file"),
        (
            ("predict", "fine", "--vectors", "vectors.txt"),
            "vectors.txt: these weights were trained with other word vectors",
        ),
        (("evaluate", "--test", "mine.csv"), "mine.csv: line 2 has the label 'positive', which is none of ★☆☆☆☆ (1)"),
        (("train", "--sentences", "one.csv"), "one.csv: there are 1 different labels"),
        (
            ("train", "--sentences", "header.csv"),
            "header.csv: line 1 is a header (review, place) without a column 'label'",
        ),
        (("train", "--sentences", "mine.csv", "--no-masking"), "leave masking on"),
        (("train", "--epochs", "0"), "must be at least 1"),
    ],
)
def test_bad_input_is_told_in_one_sentence(shell, folder, arguments, what):
    (folder / "one.csv").write_text("good,5\nfine,5\n", encoding="utf-8")
    (folder / "header.csv").write_text("review,place\ngood,here\n", encoding="utf-8")
    done = shell("week2.sentiment", *arguments)
    assert done.returncode == 2 and what in done.stderr.splitlines()[-1], done.stderr
    assert done.stdout == "" and "Traceback" not in done.stderr
    assert not list(folder.glob("out/**/*.npz"))
