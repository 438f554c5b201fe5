"""The comparison: what a missing or partial GloVe file leaves open, and that it would be compared where it is there."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from common.course_figures import Context, Figure, compare, load_figures
from common.seeding import legacy_numpy_seed
from week2.emojify import compare_inputs
from week2.emojify.compare import COMPARISON
from week2.emojify.course_notebook import functions

FULL, SUBSET = "full GloVe 6B 50d", "shared subset (unknown words left out)"
TRAIN = [
    ("we eat rice", 4),
    ("play the ball", 1),
    ("I love you", 0),
    ("so sad", 3),
    ("very funny", 2),
    ("rice again", 4),
]
TEST = [("love rice", 4), ("the sad ball", 1)]
WORDS = sorted({word for text, _ in TRAIN + TEST for word in text.lower().split()}) + ["!"]


def write_folder(folder, words):
    """A course folder with a vectors file of that name that holds these words, every number to 4 decimals."""
    rng = np.random.default_rng(0)
    vectors = {word: rng.normal(size=50).round(4) for word in WORDS}
    for name, rows in (("train_emoji.csv", TRAIN), ("tesss.csv", TEST)):
        (folder / name).write_text("".join(f"{text},{label}\n" for text, label in rows))
    lines = (" ".join([word, *(f"{number:.4f}" for number in vectors[word])]) for word in words)
    (folder / "glove.6B.50d.txt").write_text("\n".join(lines) + "\n")
    return vectors


def plain_run(vectors, passes):
    """[(cost of the last sentence, accuracy)] after each pass, and W, b, by the notebook's own loop."""

    def average(text):
        return np.mean([vectors[word] for word in text.lower().split()], axis=0)

    with legacy_numpy_seed(1):
        W, b = np.random.randn(5, 50) / np.sqrt(50), np.zeros(5)
    seen = []
    for _ in range(passes):
        for text, label in TRAIN:
            z = W @ average(text) + b
            a = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
            cost, dz = -np.log(a[label]), a - np.eye(5)[label]
            W, b = W - 0.01 * np.outer(dz, average(text)), b - 0.01 * dz
        seen.append((cost, np.mean([np.argmax(W @ average(text) + b) == label for text, label in TRAIN])))
    return seen, lambda text: int(np.argmax(W @ average(text) + b))


def figure(function, expected, what="", tolerance=None, **inputs):
    tolerance = {"rtol": 1e-6} if tolerance is None else tolerance
    base = {"seed": 1, "data": "train_emoji.csv in file order", "map": FULL, "scalars": {"learning_rate": 0.01}}
    note = "needs the full GloVe file"
    return Figure("stand-in", function, what, base | inputs, expected, ("2018",), tolerance, False, note)


def status(one, folder):
    (outcome,) = compare(COMPARISON, [one], Context(functions(), folder))
    return outcome.status_text


def figures_of_the_whole_file(vectors):
    """Right figures of version 1, computed apart."""
    seen, given = plain_run(vectors, 400)
    answers = [given(text) for text, _ in TEST]
    matrix = np.zeros((5, 5), int)
    for (_, label), answer in zip(TEST, answers, strict=True):
        matrix[label, answer] += 1
    accuracy = float(np.mean([answer == label for answer, (_, label) in zip(answers, TEST, strict=True)]))
    first = float(np.mean([vectors[word][0] for word in ("love", "rice")]))
    return [
        figure("model", list(map(float, seen[0])), **{"pass": 0}),
        figure("model", list(map(float, seen[30])), **{"pass": 30}),
        figure("predict", accuracy, "test 2018", passes=400),
        figure("predict", [float(seen[-1][1]), accuracy], "[training, test (tesss.csv) accuracy]", passes=400),
        figure("predict", answers[0], "own", "exact", sentence="love rice"),
        figure("confusion", matrix.tolist(), "rows true label", "exact", passes="400 (2018)"),
        figure("sentence_to_avg", [first], "elements 0..0", sentence="Love rice"),
    ]


def test_with_a_stand_in_file_of_that_name_they_are_compared(tmp_path):
    vectors = write_folder(tmp_path, WORDS)
    figures = figures_of_the_whole_file(vectors)
    assert [status(one, tmp_path) for one in figures] == ["match"] * len(figures)
    for one in figures:
        wrong = replace(one, expected=(np.array(one.expected) + 1).tolist())
        assert status(wrong, tmp_path) == "mismatch", one


def test_with_a_part_of_the_file_they_need_the_whole(tmp_path):
    vectors = write_folder(tmp_path, WORDS)
    figures = figures_of_the_whole_file(vectors)
    write_folder(tmp_path, [word for word in WORDS if word not in {"rice", "love"}])
    assert {status(one, tmp_path) for one in figures} == {"needs glove.6B.50d.txt"}


def test_the_course_s_own_figures_are_compared_with_a_stand_in(tmp_path):
    """The shipped figures file: what the course printed cannot come out of other vectors, and that must be seen."""
    write_folder(tmp_path, WORDS)
    own = [
        one for one in load_figures(COMPARISON.expected) if one.function == "model" and one.inputs.get("map") == FULL
    ]
    assert len(own) >= 10
    assert {status(one, tmp_path) for one in own[:3]} == {"mismatch"}
    assert {status(one, None) for one in own[:3]} == {"needs train_emoji.csv"}


def test_figures_about_the_vocabulary_need_all_its_words(tmp_path, monkeypatch):
    vectors = write_folder(tmp_path, WORDS)
    ordered = sorted(WORDS)
    of_words = [
        figure("read_glove_vecs", ordered.index("rice") + 1, tolerance="exact", word="rice"),
        figure("pretrained_embedding_layer", [len(WORDS) + 1, 50], tolerance="exact"),
        figure(
            "sentences_to_indices", [[ordered.index("so") + 1, ordered.index("sad") + 1, 0]], tolerance="exact",
            sentences=["So sad"], max_len=3, word_to_index="full GloVe: sorted, from 1",
        ),
        figure("pretrained_embedding_layer", float(vectors[ordered[4]][2]), row=5, column=2),
    ]  # fmt: skip
    mark = figure("pretrained_embedding_layer", float(vectors["!"][3]), row=1, column=3)
    assert {status(one, tmp_path) for one in of_words} == {"needs glove.6B.50d.txt"}
    assert status(mark, tmp_path) == "match"
    monkeypatch.setattr(compare_inputs, "WHOLE", len(WORDS))
    assert [status(one, tmp_path) for one in of_words] == ["match"] * 4
    assert status(replace(of_words[0], expected=1), tmp_path) == "mismatch"


def test_figures_of_the_shared_subset_are_not_asked_of_another_file(tmp_path):
    write_folder(tmp_path, [word for word in WORDS if word != "rice"])
    assert status(figure("model", [1.0, 1.0], map=SUBSET, **{"pass": 0}), tmp_path).startswith("needs the 5,080 words")


def test_an_unseeded_training_is_held_against_its_range_and_settles_nothing(tmp_path):
    write_folder(tmp_path, WORDS)
    one = figure(
        "Emojify_V2 fit", {"test_accuracy": 0.9, "last_loss": 0.1}, "fit 0", "test accuracy 0.0..1.0",
        epochs=1, batch_size=4, optimizer="adam", loss="categorical_crossentropy",
    )  # fmt: skip
    assert status(one, tmp_path) == "match"
    assert status(replace(one, tolerance="test accuracy 1.1..1.2"), tmp_path) == "explained"


def test_without_a_course_folder_all_that_needs_none_is_compared(shell, without_course):
    done = shell("week2.emojify", "compare", "--json")
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert counts["mismatch"] == 0 and counts["match"] >= 17 and counts["needs"] > 40


NOTEBOOK = """
import numpy as np
from emo_utils import *
import emoji
import matplotlib.pyplot as plt
from test_utils import *

X_train, Y_train = read_csv('data/train_emoji.csv')

def sentence_to_avg(sentence, word_to_vec_map):
    any_word = list(word_to_vec_map.keys())[0]
    words = sentence.{lower}split()
    avg, count = np.zeros(word_to_vec_map[any_word].shape), 0
    for w in words:
        if w in word_to_vec_map:
            avg += word_to_vec_map[w]
            count += 1
    return avg / count if count else avg

def model(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    np.random.seed(1)
    m, n_y = Y.shape[0], len(np.unique(Y))
    n_h = word_to_vec_map[list(word_to_vec_map.keys())[0]].shape[0]
    W = np.random.randn(n_y, n_h) / np.sqrt(n_h)
    b = np.zeros((n_y,))
    Y_oh = convert_to_one_hot(Y, C=n_y)
    for t in range(num_iterations):
        for i in range(m):
            avg = sentence_to_avg(X[i], word_to_vec_map)
            a = softmax(np.dot(W, avg) + b)
            cost = -np.sum(Y_oh[i] * np.log(a))
            dz = a - Y_oh[i]
            W = W - learning_rate * np.dot(dz.reshape(n_y, 1), avg.reshape(1, n_h))
            b = b {sign} learning_rate * dz
        if t % 10 == 0:
            print("Epoch: " + str(t) + " --- cost = " + str(cost))
            pred = predict(X, Y, W, b, word_to_vec_map)
    return pred, W, b

def sentences_to_indices(X, word_to_index, max_len):
    X_indices = np.zeros((X.shape[0], max_len))
    for i in range(X.shape[0]):
        j = 0
        for w in X[i].lower().split():
            if w in word_to_index:
                X_indices[i, j] = word_to_index[w]
                j += 1
    return X_indices

pred, W, b = model(X_train, Y_train, word_to_vec_map)
"""


def wrong_functions(shell, path, figures, **changes):
    path.write_text(NOTEBOOK.format(**({"sign": "-", "lower": "lower()."} | changes)))
    done = shell("week2.emojify", "compare", "--solution", path, "--figures", figures, "--json")
    assert done.returncode in (0, 1), done.stderr
    return {row["function"] for row in json.loads(done.stdout)["figures"] if row["status"] == "mismatch"}


@pytest.fixture
def some_figures(tmp_path) -> Path:
    """Those of the functions that the notebook defines and that need no file."""
    content = json.loads(COMPARISON.expected.read_text(encoding="utf-8"))
    wanted = {"sentence_to_avg", "model", "sentences_to_indices"}
    content["figures"] = [
        row for row in content["figures"]
        if row["function"] in wanted and not isinstance(row["inputs"].get("map", {}), str)
    ]  # fmt: skip
    path = tmp_path / "figures.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_notebook_is_held_against_the_figures_and_its_wrong_function_named(shell, tmp_path, some_figures):
    """Its own seed of 1, as in 2018, does not spoil the figures of another seed."""
    assert wrong_functions(shell, tmp_path / "right.py", some_figures) == set()
    assert wrong_functions(shell, tmp_path / "sign.py", some_figures, sign="+") == {"model"}
