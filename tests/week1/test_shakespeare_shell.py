"""The verbs as a person uses them: training at a tiny size, the shipped weights, the refusals."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from common.assets import find
from week1.shakespeare.course import build_data, sample
from week1.shakespeare.data import digest, encode, find_weights, load_text, split_three
from week1.shakespeare.evaluate import fit_ngram, ngram_score, score, score_windows
from week1.shakespeare.generate import GenerateConfig, generate
from week1.shakespeare.trained import TrainedModel

TINY = ("--epochs", 2, "--units", 8, "--batch-size", 64, "--learning-rate", 0.02)
WHERE = "week1.shakespeare"


@pytest.fixture
def greek(tmp_path):
    path = tmp_path / "greek.txt"
    path.write_text("μῆνιν ἄειδε, θεά\n" * 60, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shipped():
    return TrainedModel.load(find_weights())


def test_train_then_generate_then_evaluate(shell, greek, tmp_path, without_course):
    trained = shell(WHERE, "train", "--text", greek, *TINY)
    assert trained.returncode == 0, trained.stderr
    assert "2 epochs" in trained.stdout and "nats per character" in trained.stdout
    folder = tmp_path / "out/week1/shakespeare/train"
    assert {"weights.npz", "losses.csv", "losses.png", "sample.txt", "config.json"} <= set(os.listdir(folder))
    assert json.loads((folder / "metrics.json").read_text())["status"] == "done"

    wrote = shell(WHERE, "generate", "--start", "μῆνιν", "--length", 30, "--count", 2)
    assert wrote.returncode == 0, wrote.stderr
    assert "trained last" in wrote.stderr
    first, second = wrote.stdout.split("\n--- 2 of 2 ---\n")
    assert first.startswith("μῆνιν") and len(first) == 36 and second.startswith("μῆνιν")

    refused = shell(WHERE, "evaluate")
    assert refused.returncode == 2 and "--text FILE" in refused.stderr
    figures = shell(WHERE, "evaluate", "--text", greek, "--written", 100)
    assert figures.returncode == 0, figures.stderr
    assert "Kneser-Ney" in figures.stdout and "another text" not in figures.stdout
    other = tmp_path / "other.txt"
    other.write_text("sing, o goddess\n" * 60)
    refused = shell(WHERE, "evaluate", "--text", other)
    assert refused.returncode == 2 and "other.txt: holds" in refused.stderr and "never saw" in refused.stderr


def test_generate_from_the_shipped_weights_at_once_and_without_tensorflow(tmp_path, without_course):
    """The first character is there long before TensorFlow would be imported, and the rest comes after it."""
    began = time.perf_counter()
    command = [sys.executable, "-X", "importtime", "-m", WHERE, "generate", "--start", "O", "--length", "20000"]
    project = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    with (
        open(tmp_path / "imports.txt", "w+") as imports,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=imports, cwd=tmp_path, env={**os.environ, "PYTHONPATH": project}
        ) as process,
    ):
        first = process.stdout.read(2)
        seconds, running = time.perf_counter() - began, process.poll() is None
        process.kill()
        imports.seek(0)
        imported = imports.read()
    assert first[:1] == b"O" and len(first) == 2 and running
    assert "numpy" in imported and "tensorflow" not in imported and "keras" not in imported
    assert seconds < 5


def test_the_shipped_weights_score_what_they_say(shipped, without_course):
    text = load_text(find("shakespeare-text").path)
    assert shipped.notes["text"] == digest(text)
    parts = split_three(text, held_out=shipped.notes["training"]["held_out"], window=40)
    found = score(shipped.network(), encode(parts.held_out, shipped.vocabulary))
    assert found.cross_entropy == pytest.approx(shipped.notes["held-out cross-entropy (nats per character)"], abs=2e-3)
    assert found.cross_entropy < 1.75
    assert found.bits == pytest.approx(np.log2(found.perplexity))


@pytest.mark.parametrize("name", ["shakespeare-text", "shakespeare-model"])
def test_what_ships_is_known_and_small(name, without_course):
    asset = find(name)
    assert asset.source == "shipped" and asset.variant is not None
    assert asset.path.stat().st_size < 1_500_000


def test_cross_entropy_by_hand(shipped):
    """Window by window, one prediction each, against the whole in one pass."""
    ids = encode("when dusk comes limping down the harbour stair", shipped.vocabulary)
    network = shipped.network(dtype=np.float64)
    log_p = [network.predict(ids[np.newaxis, place - 40 : place])[0, ids[place]] for place in range(40, len(ids))]
    assert score(network, ids).cross_entropy == pytest.approx(-np.mean(log_p))
    assert score(network, ids).characters == len(ids) - 40
    strided, accuracy = score_windows(network, ids, stride=2, offset=1)
    assert strided == pytest.approx(-np.mean(log_p[1::2])) and 0 <= accuracy <= 1


def test_the_ngram_is_scored_on_the_same_characters(shipped):
    """The mean over the characters after the first window, context included, end left out."""
    training, held_out = "the owl and the yew\n" * 20, "the yew and the owl\n" * 3
    ngram = fit_ngram(training, held_out, shipped.vocabulary)
    found = ngram_score(ngram, held_out, 40)
    whole = [
        np.log(ngram.distribution(list(held_out[:place])))[ngram.tokens.index(held_out[place])]
        for place in range(40, 60)
    ]
    assert found.characters == 20 and found.cross_entropy == pytest.approx(-np.mean(whole))


def test_start_and_weights_that_do_not_fit_are_refused(shell, tmp_path, without_course):
    refused = shell(WHERE, "generate", "--start", "caf\u00e9 9")
    assert refused.returncode == 2 and "\u00e9" in refused.stderr and "never saw" in refused.stderr
    poem = tmp_path / "poem.txt"
    poem.write_text("not weights")
    refused = shell(WHERE, "generate", "--weights", poem)
    assert refused.returncode == 2 and "poem.txt: is not a weights file" in refused.stderr
    refused = shell(WHERE, "train", "--text", poem)
    assert refused.returncode == 2 and "poem.txt: has 11 characters" in refused.stderr
    for done in (refused,):
        assert "Traceback" not in done.stderr


def test_compare_without_the_course_names_the_files(shell, without_course):
    done = shell(WHERE, "compare", "--json", env={"SEQUENCE_MODELS_COURSE": ""})
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert counts["needs"] == 7 and counts["match"] == 1 and counts["mismatch"] == 0


def test_temperature_zero_is_the_same_for_every_seed(shipped):
    config = GenerateConfig(length=60, temperature=0)
    assert generate(shipped, "the ", config, seed=1) == generate(shipped, "the ", config, seed=2)


def test_the_courses_helpers():
    assert build_data("abcdefgh", Tx=3, stride=2) == (["abc", "cde", "efg"], ["d", "f", "h"])
    np.random.seed(0)
    drawn = [sample(np.array([0.1, 0.9]), 1.0) for _ in range(300)]
    assert 0.84 < np.mean(drawn) < 0.96
    sharp = [sample(np.array([0.4, 0.6, 0.0]), 0.1) for _ in range(100)]
    assert np.mean(sharp) > 0.9 and max(sharp) == 1
