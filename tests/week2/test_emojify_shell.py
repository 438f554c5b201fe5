"""The verbs from the shell, on a person's own sentences, emoji and vectors; and what they say to bad input."""

import json
import subprocess
import sys

import numpy as np
import pytest

from common.assets import PROJECT

ROWS = [
    ("la la song", "🎵"),
    ("sing a song", "🎵"),
    ("sun and sea", "☀️"),
    ("warm sun", "☀️"),
    ("sing la", "🎵"),
    ("sea", "☀️"),
]
WORDS = ("la", "song", "sing", "a", "sun", "and", "sea", "warm")


@pytest.fixture
def folder(tmp_path, without_course):
    """Sentences, test sentences with kinds, vectors and a table of emoji of a person's own."""
    rng = np.random.default_rng(0)
    lines = (" ".join([word, *(f"{number:.5f}" for number in rng.normal(size=12))]) for word in WORDS)
    (tmp_path / "vectors.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = "".join(f"{text},{label}\n" for text, label in ROWS)
    (tmp_path / "mine.csv").write_text("text,emoji\n" + rows, encoding="utf-8")
    (tmp_path / "emoji.txt").write_text("🎵,music\n☀️,sun\n", encoding="utf-8")
    (tmp_path / "test.csv").write_text(
        'sentence,label,kind\n"Sing, la!",music,plain\n"warm sea",1,plain\n"Xyzzy song",0,order\n', encoding="utf-8"
    )
    return tmp_path


def test_train_predict_and_evaluate_with_everything_of_one_s_own(shell, folder):
    mine = ("--sentences", "mine.csv", "--labels", "emoji.txt", "--vectors", "vectors.txt")
    for options in (("--version", "1"), ("--epochs", "3", "--units", "8")):
        done = shell("week2.emojify", "train", *mine, *options)
        assert done.returncode == 0, done.stderr
        assert "on the 6 training sentences" in done.stdout and "weights: out" in done.stdout
    results = folder / "out" / "week2" / "emojify" / "train"
    names = {path.name for path in results.iterdir()}
    assert {"average_weights.npz", "lstm_weights.npz", "losses-1.csv", "losses-1.png", "metrics.json"} <= names
    assert not any("checkpoint" in name for name in names)

    for version in ("1", "2"):
        done = shell(
            "week2.emojify", "predict", "Sing", "a", "Xyzzy", "song", "☀️", "--json", "--version", version,
            "--vectors", "vectors.txt", "--picture",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        (one,) = json.loads(done.stdout)
        assert set(one["probabilities"]) == {"music", "sun"} and one["unknown"] == ["Xyzzy"]
        assert [word["word"] for word in one["words"]] == ["Sing", "a", "song"] and one["ignored_emoji"] == ["☀"]
        assert "Xyzzy" in done.stderr and "emoji" in done.stderr
        assert version == "2" or one["emoji"] == "🎵"
    assert (folder / "out" / "week2" / "emojify" / "predict" / "words.png").is_file()

    done = shell("week2.emojify", "evaluate", "--test", "test.csv", "--vectors", "vectors.txt")
    assert done.returncode == 0, done.stderr
    for part in ("version 1: accuracy", "version 2: accuracy", "of 2", "music", "not xyzzy", "plain", "order"):
        assert part in done.stdout, part
    results = folder / "out" / "week2" / "emojify" / "evaluate"
    assert (results / "confusion.png").read_bytes()[:4] == b"\x89PNG" and (results / "errors.txt").is_file()
    metrics = json.loads((results / "metrics.json").read_text(encoding="utf-8"))
    assert {"version 1: accuracy", "version 2: order"} <= {row["name"] for row in metrics["metrics"]}


def predict(folder, *arguments, stdin=b""):
    return subprocess.run(
        [sys.executable, "-m", "week2.emojify", "predict", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=folder,
        env={"PYTHONPATH": str(PROJECT), "PATH": "", "PYTHONUTF8": "1"},
        check=False,
    )


@pytest.fixture
def trained(shell, folder):
    done = shell(
        "week2.emojify", "train", "--version", "1", "--sentences", "mine.csv", "--labels", "emoji.txt",
        "--vectors", "vectors.txt", "--out", "own",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, ("--version", "1", "--weights", "own/average_weights.npz", "--vectors", "vectors.txt")


def test_many_sentences_from_a_file_or_standard_input_get_a_line_each(trained):
    folder, own = trained
    (folder / "some.txt").write_text("la song\n\nwarm sea\n", encoding="utf-8")
    from_file = predict(folder, "--file", "some.txt", *own)
    from_input = predict(folder, *own, stdin=b"la song\r\n\r\nwarm sea\r\n")
    assert from_file.returncode == from_input.returncode == 0, from_file.stderr + from_input.stderr
    assert from_file.stdout == from_input.stdout
    lines = from_file.stdout.decode("utf-8").splitlines()
    assert [line.split("\t")[0] for line in lines] == ["🎵", "☀️"] and lines[1].endswith("warm sea")
    table = predict(folder, "--file", "test.csv", "--words", *own).stdout.decode("utf-8")
    assert table.count("words:") == 3 and "Sing, la! 🎵" in table


@pytest.mark.parametrize(
    ("arguments", "stdin", "what"),
    [
        ((), b"", "there is no sentence"),
        (("  ",), b"", "there is no sentence"),
        (("one", "--file", "mine.csv"), b"", "not both"),
        ((), b"ok\ncaf\xe9\n", "standard input: line 2 is not UTF-8"),
        (("x" * 5000,), b"", "5,000 characters"),
        (("--file", "nothing.txt"), b"", "nothing.txt: no such file"),
        (("la", "--weights", "mine.csv"), b"", "mine.csv: is not a weights file"),
        (("la", "--vectors", "other.txt"), b"", "other.txt: these weights were trained with other word vectors"),
    ],
)
def test_predict_says_what_is_wrong_in_one_line(trained, arguments, stdin, what):
    folder, own = trained
    text = (folder / "vectors.txt").read_text(encoding="utf-8")
    (folder / "other.txt").write_text(text.replace(" -", " +").replace(" +", " "), encoding="utf-8")
    done = predict(folder, *own, *arguments, stdin=stdin)
    said = done.stderr.decode("utf-8").splitlines()[-1]
    assert done.returncode == 2 and said.startswith("error: ") and what in said
    assert done.stdout == b"" and b"Traceback" not in done.stderr


def test_train_refuses_a_bad_file_and_leaves_nothing(shell, folder):
    (folder / "bad.csv").write_text("fine,0\nwrong,9\n", encoding="utf-8")
    done = shell("week2.emojify", "train", "--version", "1", "--sentences", "bad.csv", "--vectors", "vectors.txt")
    assert done.returncode == 2 and "bad.csv: line 2 has the label 9" in done.stderr and "Traceback" not in done.stderr
    assert not (folder / "out").exists()
