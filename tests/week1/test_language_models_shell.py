"""Every verb as a person uses it, at a tiny size; and what is refused."""

import argparse
import json
import os

import pytest

from common.cli import main
from common.errors import InputError
from week1.language_models.__main__ import DESCRIPTION, MAIN_JOB, VERBS
from week1.language_models.run_tagging import load_sentences

TEXT = "The owl is in the yew. The cat sat on the hill.\nThe moon is on the hill. Peter wrote a poem.\n" * 15
TINY = ["--units", "8", "--embedding", "6", "--epochs", "2", "--batch-size", "8"]


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """Run a verb in this process, in an empty folder: exit status, output, errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(TEXT)

    def run(*arguments):
        capsys.readouterr()
        status = main("week1.language_models", DESCRIPTION, VERBS, [str(one) for one in arguments])
        found = capsys.readouterr()
        assert "Traceback" not in found.err
        return status, found.out, found.err

    return run


def metrics(folder):
    found = json.loads((folder / "metrics.json").read_text())
    assert found["status"] == "done"
    for kind in ("figures", "texts", "files"):
        assert all((folder / one["file"]).is_file() for one in found[kind])
    return {one["name"]: one for one in found["metrics"]}


@pytest.mark.parametrize("level", ["word", "character"])
def test_train_sample_probability_evaluate(here, tmp_path, level):
    status, out, _ = here("train", "--text", "text.txt", "--level", level, *TINY)
    assert status == 0 and "2 epochs" in out and f"{level} lstm" in out
    folder = tmp_path / "out/week1/language_models"
    assert {"weights.npz", "losses.csv", "losses.png", "config.json"} <= set(os.listdir(folder / "train"))
    assert metrics(folder / "train")["validation loss"]["value"] > 0

    status, out, err = here("sample", "--start", "the", "--count", 3, "--max-length", 9)
    assert status == 0 and "trained last" in err
    assert len(out.splitlines()) == 3 and all(line.startswith("the") for line in out.splitlines())
    assert here("sample", "--temperature", 0, "--seed", 1)[1] == here("sample", "--temperature", 0, "--seed", 2)[1]

    status, out, _ = here("probability", "The owl is in the yew.", "yew the zzyx")
    assert status == 0 and "likeliest first" in out and "bits per character" in out
    assert ("zzyx (<unk>)" in out) == (level == "word")
    metrics(folder / "probability")

    status, _, err = here("evaluate")
    assert status == 2 and "a text of yours (text.txt); name it with --text" in err
    status, out, _ = here("evaluate", "--text", "text.txt")
    assert status == 0 and "gram" in out and "sampled sentences stand in" in out and "other sentences" not in out
    assert metrics(folder / "evaluate")["held-out bits per character"]["reference"] > 0


def test_an_interrupted_training_goes_on(here, tmp_path, monkeypatch):
    import common.training

    whole = common.training.train

    def stops(*arguments, epochs, **options):
        whole(*arguments, epochs=1, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(common.training, "train", stops)
    assert here("train", "--text", "text.txt", *TINY)[0] == 130
    assert not (tmp_path / "out/week1/language_models/train/weights.npz").exists()
    seen = []

    def goes_on(*arguments, **options):
        seen.append(whole(*arguments, **options))
        return seen[-1]

    monkeypatch.setattr(common.training, "train", goes_on)
    assert here("train", "--text", "text.txt", *TINY)[0] == 0
    assert seen[0].resumed_at > 0 and seen[0].epochs == 2


def test_comparing_models_and_levels(here, tmp_path):
    folder = tmp_path / "out/week1/language_models"
    status, out, _ = here("compare-models", "--text", "text.txt", "--cells", "rnn", "--seeds", 1, *TINY)
    assert status == 1 and "-gram" in out
    assert "rnn, 1 layer" in out and "more than the word" in out and "mean of 1 seeds" in out
    metrics(folder / "compare-models")
    status, out, _ = here("compare-levels", "--text", "text.txt", "--cell", "rnn", *TINY)
    assert status == 0 and "word rnn" in out and "character rnn" in out and "bits/character" in out
    assert set(metrics(folder / "compare-levels")) >= {"word rnn", "character rnn"}


def test_kinds(here, tmp_path):
    status, out, _ = here("kinds")
    assert status == 0 and "many to many, different" in out and "counting which follows which" in out
    found = metrics(tmp_path / "out/week1/language_models/kinds")["one-to-one loss"]
    assert found["reference"] < found["value"] < found["reference"] + 0.01


def test_gradients(here, tmp_path):
    status, out, _ = here(
        "gradients", "--lengths", 4, 6, "--iterations", 3, "--units", 4, "--seeds", 1, "--processes", 1
    )
    assert status == 0 and out.count("0 of 1") == 24 and "copying" in out
    folder = tmp_path / "out/week1/language_models/gradients"
    metrics(folder)
    assert (folder / "long_range.png").stat().st_size > 10_000


def test_taggers(here, tmp_path):
    tiny = ("--count", 60, "--units", 4, "--epochs", 2)
    status, out, _ = here("train-tagger", *tiny)
    assert status == 0 and "precision" in out
    folder = tmp_path / "out/week1/language_models"
    metrics(folder / "train-tagger")
    status, out, err = here("tag", "Teddy bears are on sale", "\u039c\u03b1\u03c1\u03af\u03b1 smiled")
    assert status == 0 and "trained last" in err and out.count("names:") == 2
    status, out, _ = here("compare-taggers", *tiny, "--seeds", 1)
    assert status == 1 and "both directions" in out and "points of span F1" in out
    metrics(folder / "compare-taggers")


def test_tagged_sentences_of_the_users(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("Anna B-PER\nsmiled O\n\nwe O\nslept O\n\n" * 10)
    training, test = load_sentences(argparse.Namespace(sentences=path))
    assert len(training) == 18 and test == [[("Anna", "B-PER"), ("smiled", "O")], [("we", "O"), ("slept", "O")]]
    path.write_text("Anna B-PER\n")
    with pytest.raises(InputError, match="has 1 tagged sentences; give at least 12"):
        load_sentences(argparse.Namespace(sentences=path))


def test_bad_input_is_told_in_one_sentence(here, tmp_path):
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "word.txt").write_text("word")
    (tmp_path / "binary.txt").write_bytes(b"\0\1\2")
    for name, words in (("empty", "is empty"), ("word", "sentences with words"), ("binary", "is a binary file")):
        status, _, err = here("train", "--text", f"{name}.txt")
        assert status == 2 and f"{name}.txt: " in err and words in err and err.count("error:") == 1
        assert not (tmp_path / "out").exists()
    for verb in ("sample", "evaluate"):
        status, _, err = here(verb, "--weights", "word.txt")
        assert status == 2 and "word.txt: is not a language model" in err
    status, _, err = here("tag", "Anna smiled", "--weights", "word.txt")
    assert status == 2 and "word.txt: is not a name tagger" in err
    status, _, err = here("train-tagger", "--sentences", "word.txt")
    assert status == 2 and "line 1 has no tag" in err


def test_the_main_job_understands_itself():
    from common.cli import build_parser

    parser = build_parser("week1.language_models", DESCRIPTION, VERBS)
    for one in MAIN_JOB:
        assert parser.parse_args(one.arguments).verb == one.arguments[0]
    assert sum(one.seconds for one in MAIN_JOB) <= 20
