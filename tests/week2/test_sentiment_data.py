"""Stars and other labels: the ways people write them, and what classes they make."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error

from common.errors import InputError
from week2.sentiment.data import load_reviews, plain_label, star_table
from week2.sentiment.evaluate import MEAN_ERROR, mean_error, measures


def write(folder, labels, header="review,stars"):
    path = folder / "mine.csv"
    rows = [f"text {number},{label}" for number, label in enumerate(labels)]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "plain"),
    [("4", "4"), (" 4.0 ", "4"), ("4 stars", "4"), ("1 Star", "1"), ("★★★★", "4"), ("★★★★☆", "4"), ("-1", "-1"),
     ("+1", "1"), ("positive", "positive"), ("4.5", "4.5"), ("Starsky", "Starsky")],
)  # fmt: skip
def test_labels_as_people_write_them(written, plain):
    assert plain_label(written) == plain


@pytest.mark.parametrize(
    ("labels", "names", "numbers"),
    [
        (["5", "1", "3"], ["1", "2", "3", "4", "5"], [4, 0, 2]),
        (["5.0", "★☆☆☆☆", "3 stars"], ["1", "2", "3", "4", "5"], [4, 0, 2]),
        (["1", "0", "1"], ["0", "1"], [1, 0, 1]),
        (["2", "1"], ["1", "2"], [1, 0]),
        (["1", "-1", "0"], ["-1", "0", "1"], [2, 0, 1]),
        (["10", "9", "2"], ["2", "9", "10"], [2, 1, 0]),
        (["positive", "negative"], ["negative", "positive"], [1, 0]),
        (["pos", "neg", "neu", "pos"], ["neg", "neu", "pos"], [2, 0, 1, 2]),
        (["happy", "angry", "Happy"], ["happy", "angry"], [0, 1, 0]),
        (["4.5", "1", "4.5"], ["4.5", "1"], [0, 1, 0]),
    ],
)
def test_what_classes_labels_make(tmp_path, labels, names, numbers):
    data = load_reviews(write(tmp_path, labels))
    assert data.table.names == names and data.labels.tolist() == numbers


def test_a_label_that_the_classes_lack(tmp_path):
    with pytest.raises(InputError, match=r"mine.csv: line 3 has the label '6', which is none of ★☆☆☆☆ \(1\), "):
        load_reviews(write(tmp_path, ["5", "6"]), table=star_table())
    with pytest.raises(InputError, match="mine.csv: there are 1 different labels; at least two"):
        load_reviews(write(tmp_path, ["good", "good"]))


def test_the_mean_error_is_scikit_learn_s(tmp_path):
    rng = np.random.default_rng(0)
    labels, given, values = rng.integers(0, 4, 80), rng.integers(0, 4, 80), np.array([-2.0, 0, 1, 10])
    confusion = np.zeros((4, 4), int)
    np.add.at(confusion, (labels, given), 1)
    assert mean_error(confusion, values) == pytest.approx(mean_absolute_error(values[labels], values[given]))


def test_only_classes_that_are_numbers_have_distances(tmp_path):
    from types import SimpleNamespace

    found = SimpleNamespace(confusion=np.array([[3, 1], [0, 2]]))
    numbers = load_reviews(write(tmp_path, ["0", "5", "0"])).table
    assert measures(found, numbers) == {MEAN_ERROR: pytest.approx(5 / 6)}
    assert measures(found, load_reviews(write(tmp_path, ["positive", "negative"])).table) == {}
