"""The verbs from the shell, on small texts: what they print, what they leave, how they refuse."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from common.glove import load_vectors

PROJECT = Path(__file__).resolve().parents[2]
MODULE = "week2.learning_embeddings"
ALGORITHMS = ("skip-gram", "cbow", "glove", "window")


@pytest.fixture
def text(tmp_path):
    """A tiny language: two kinds of animals that do two kinds of things."""
    rng = np.random.default_rng(0)
    kinds = [
        (["cat", "dog", "mouse", "fox"], ["runs", "jumps", "sleeps"]),
        (["crow", "owl", "wren", "gull"], ["flies", "sings", "nests"]),
    ]
    lines = []
    for _ in range(400):
        nouns, verbs = kinds[rng.integers(2)]
        lines.append(f"the {rng.choice(nouns)} {rng.choice(verbs)} and the {rng.choice(nouns)} {rng.choice(verbs)}")
    path = tmp_path / "animals.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text(": pairs\ncat dog crow owl\ncat runs crow flies\ncat dog crow phoenix\n")
    judged = tmp_path / "judged.tsv"
    judged.write_text("cat\tdog\t9\ncat\tcrow\t3\ncat\tflies\t1\n")
    return ["--questions", path, "--similarities", judged]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_train_leaves_vectors_that_evaluate_reads(shell, text, questions, tmp_path, algorithm):
    options = ["--dimensions", "8", "--window", "3", "--epochs", "3", "--min-count", "1"]
    done = shell(MODULE, "train", "--algorithm", algorithm, "--text", text, *options)
    assert done.returncode == 0, done.stderr
    assert f"{algorithm}: 16 vectors of 8 numbers from 2800 words" in done.stdout
    folder = tmp_path / "out" / "week2" / "learning_embeddings" / "train"
    assert {"vectors.txt", "nearest.txt", "loss.png", "config.json", "metrics.json"} <= set(os.listdir(folder))
    assert not (folder / "work").exists()
    vectors = load_vectors(folder / "vectors.txt")
    assert vectors.matrix.shape == (16, 8) and np.isfinite(vectors.matrix).all()
    asked = shell(MODULE, "evaluate", *questions)
    assert asked.returncode == 0, asked.stderr
    assert "trained last" in asked.stderr
    assert "all analogies" in asked.stdout and "Spearman's rho" in asked.stdout
    assert asked.stdout.splitlines()[1].split()[2:4] == ["3", "1"]  # asked, of these one with an unknown word


def test_all_four_in_one_table(shell, text, questions, tmp_path):
    done = shell(
        MODULE, "compare-algorithms", "--text", text, "--epochs", "1", "--dimensions", "4", "--seeds", "2", *questions
    )
    assert done.returncode == 0, done.stderr
    rows = done.stdout.splitlines()
    assert rows[0].startswith("algorithm") and {row.split()[0] for row in rows[1:]} == set(ALGORITHMS)
    assert all("+-" in row for row in rows[1:])
    folder = tmp_path / "out" / "week2" / "learning_embeddings" / "compare-algorithms"
    metrics = json.loads((folder / "metrics.json").read_text())
    assert len(metrics["metrics"]) == 8 and {"algorithms.png", "sections.png"} <= set(os.listdir(folder))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "--algorithm", "glove", "--negatives", "3"], "--negatives is no setting of glove"),
        (["train", "--text", "nowhere.txt"], "nowhere.txt: no such file"),
        (["train", "--min-count", "1000000"], "lower --min-count"),
        (["train", "--text", "empty.txt"], "empty.txt: is empty"),
        (["evaluate", "--vectors", "nowhere.txt"], "nowhere.txt"),
        (["evaluate", "--questions", "empty.txt"], "empty.txt: is empty"),
        (["train", "--window", "0"], "out of range"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(shell, tmp_path, arguments, sentence):
    (tmp_path / "empty.txt").touch()
    done = shell(MODULE, *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("vectors.txt"))


def test_interrupted_training_goes_on_and_ends_with_the_same_bits(shell, text, tmp_path):
    options = ["--text", text, "--min-count", "1", "--dimensions", "8", "--kernel", "numpy", "--epochs", "4000"]
    command = [sys.executable, "-m", MODULE, "train", *map(str, options), "--out", "broken"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(PROJECT)}, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "broken" / "work" / "corpus.ids").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert "goes on from there" in said
    assert list((tmp_path / "broken" / "work" / "checkpoints").glob("checkpoint-*.npz"))
    again = shell(MODULE, "train", *options, "--out", "broken")
    whole = shell(MODULE, "train", *options, "--out", "whole")
    assert again.returncode == 0 and whole.returncode == 0, again.stderr + whole.stderr
    assert (tmp_path / "broken/vectors.txt").read_bytes() == (tmp_path / "whole/vectors.txt").read_bytes()


def test_the_same_command_with_other_settings_is_refused_while_work_is_there(shell, text, tmp_path):
    work = tmp_path / "out" / "week2" / "learning_embeddings" / "train" / "work" / "checkpoints"
    work.mkdir(parents=True)
    (work / "checkpoint-00000001.json").write_text("{}")
    done = shell(MODULE, "train", "--text", text, "--epochs", "1", "--min-count", "1")
    assert done.returncode == 0 and "warning" in done.stderr  # damaged: told, and begun anew
