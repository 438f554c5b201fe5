"""The verbs from the shell: what they print and leave, and what they say about bad input."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest

from common.audio import Signal, read_audio, write_wav
from common.ngram import KneserNey
from week3.speech_recognition.data import RATE, RECORDED, load_recordings
from week3.speech_recognition.language import fit, grammar_phrases
from week3.speech_recognition.model import ModelConfig
from week3.speech_recognition.train import TrainConfig, begin
from week3.speech_recognition.trained import TrainedRecognizer

WHERE = "week3.speech_recognition"
TIMER = RECORDED / "timer.ogg"


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Small networks that know nothing: enough to see what the verbs do with what is heard."""
    folder = tmp_path_factory.mktemp("weights")
    for kind in ("ctc", "attention"):
        model = ModelConfig(kind, n_filters=8, n_units=6, n_layers=1, n_decoder=6, n_embedding=4, n_attention=4)
        TrainedRecognizer(model, begin(model, TrainConfig()).parameters).save(folder / f"{kind}.npz")
    return folder


def metrics(folder):
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


# ---- compose


def test_compose_writes_sound_and_a_table_that_evaluate_reads(shell, tmp_path, weights):
    done = shell(WHERE, "compose", "--count", "3", "--ratio", "10", "--seed", "5", "--out", "made")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "made"
    rows = list(csv.DictReader((folder / "transcripts.csv").open(encoding="utf-8")))
    lines = done.stdout.splitlines()
    assert len(rows) == len(lines) == 3
    for row, line in zip(rows, lines, strict=True):
        samples, rate = read_audio(folder / row["file"], dtype="int16")
        assert rate == RATE and line.split()[0] == row["file"] and line.endswith(row["text"])
        assert float(line.split()[1]) == pytest.approx(len(samples) / rate, abs=0.006)
    page = json.loads((folder / "page.json").read_text(encoding="utf-8"))
    clips = [block for block in page["blocks"] if block["kind"] == "clip"]
    assert [[mark[2] for mark in block["marks"]] for block in clips] == [row["text"].split() for row in rows]
    found = load_recordings(folder)
    assert [one.text for one in found] == [row["text"] for row in rows]
    done = shell(
        WHERE, "evaluate", "--recordings", "made", "--network", "ctc", "--weights", weights / "ctc.npz", "--json",
        "--language-model", "none",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert [one["method"] for one in results] == ["CTC, greedy", "CTC, prefix beam"]
    assert [one["said"] for one in results[0]["sentences"]] == [row["text"] for row in rows]


# ---- transcribe and align


@pytest.mark.parametrize("network", ["ctc", "attention"])
def test_transcribe_leaves_texts_times_and_pictures(shell, tmp_path, weights, network):
    done = shell(
        WHERE, "transcribe", "--network", network, "--weights", weights / f"{network}.npz", "--out", "heard", "--json"
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [row["file"] for row in rows] == sorted(path.name for path in RECORDED.glob("*.ogg"))
    for row in rows:
        assert row["text"] == " ".join(word["word"] for word in row["words"]) and row["log_probability"] < 0
        begins = [word["begin"] for word in row["words"]]
        assert network == "attention" or begins == sorted(begins)
    left = {path.name for path in (tmp_path / "heard").iterdir()}
    for stem in ("digits", "music", "timer"):
        assert left >= {f"{stem}{end}" for end in (".wav", "_labels.txt", "_frames.png", "_alignment.png")}
    assert metrics(tmp_path / "heard")["status"] == "done"
    assert "tensorflow" not in done.stderr.lower()


def test_transcribe_reads_folders_and_files_of_one_name(shell, tmp_path, weights):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_wav(tmp_path / folder / "one.wav", read_audio(TIMER))
    done = shell(WHERE, "transcribe", "a", "b/one.wav", "--method", "greedy", "--weights", weights / "ctc.npz")
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()[::2]] == ["one.wav", "one.wav"]
    left = {path.name for path in (tmp_path / "out/week3/speech_recognition/transcribe").glob("*.wav")}
    assert left == {"0_one.wav", "1_one.wav"}


def test_a_language_model_of_the_users_takes_part(shell, tmp_path, weights):
    fit(grammar_phrases(100), order=4).save(tmp_path / "model.json")
    arguments = (WHERE, "transcribe", TIMER, "--weights", weights / "ctc.npz", "--language-model")
    done = shell(*arguments, "model.json", "--language-weight", "1.5", "--width", "4")
    assert done.returncode == 0, done.stderr
    assert "language model: model.json" in done.stderr
    with_shipped = shell(*arguments, "commands", "--width", "4")
    assert with_shipped.returncode == 0 and "language model: shipped" in with_shipped.stderr
    KneserNey.fit([["two", "words"]], order=2).save(tmp_path / "words.json")
    done = shell(*arguments, "words.json")
    assert done.returncode == 2 and "words.json: is no model over the characters" in done.stderr


def test_align_gives_each_word_and_character_its_time(shell, tmp_path, weights):
    text = "Set timer 25 minutes, please"
    done = shell(WHERE, "align", TIMER, text, "--weights", weights / "ctc.npz", "--out", "aligned")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()[1:-1]]
    assert [row[0] for row in rows] == "set timer two five minutes please".split()  # noqa: SIM905
    times = [float(value) for row in rows for value in row[1:3]]
    assert times == sorted(times) and times[-1] <= 2.7
    assert all("".join(row[3::2]) == row[0] for row in rows)
    labels = (tmp_path / "aligned" / "labels.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[2] for line in labels] == [row[0] for row in rows]


# ---- train, evaluate, language-model


def test_a_short_training_leaves_weights_that_are_used_next(shell, tmp_path):
    (tmp_path / "own").mkdir()
    write_wav(tmp_path / "own" / "mine.wav", read_audio(TIMER))
    (tmp_path / "own" / "transcripts.csv").write_text("file,text\nmine.wav,set timer 25 minutes please\n")
    options = ("--examples", "8", "--epochs", "2", "--batch-size", "4", "--units", "6", "--layers", "1")
    done = shell(WHERE, "train", *options, "--processes", "1", "--recordings", "own")
    assert done.returncode == 0, done.stderr
    assert "8 composed sentences, 1 recordings of yours; 8 of other voices" in done.stderr
    path = tmp_path / "out/week3/speech_recognition/train/ctc.npz"
    trained = TrainedRecognizer.load(path)
    assert trained.config.n_units == 6 and trained.notes["examples"] == 9
    assert f"{trained.config.n_parameters:,} parameters" in done.stdout
    assert not list(path.parent.glob("*checkpoint*"))
    assert {one["name"] for one in metrics(path.parent)["metrics"]} == {"loss", "dev loss"}
    done = shell(WHERE, "transcribe", TIMER)
    assert done.returncode == 0 and "weights: trained last" in done.stderr


def test_evaluate_trains_with_seeds_and_prints_their_mean(shell, tmp_path):
    options = ("--examples", "6", "--epochs", "1", "--units", "6", "--layers", "1", "--processes", "1")
    done = shell(WHERE, "evaluate", "--count", "1", "--network", "ctc", "--seeds", "2", "--width", "2", *options)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("word error rate, %") and "mean of 2 trainings with other seeds" in done.stdout
    assert [line.split("  ")[0] for line in lines[1:4]] == [
        "CTC, greedy", "CTC, prefix beam", "CTC, prefix beam + language model",
    ]  # fmt: skip
    assert lines[1].count("+-") == 5
    folder = tmp_path / "out/week3/speech_recognition/evaluate"
    assert (folder / "seed_0/ctc.npz").is_file() and (folder / "seed_1/ctc.npz").is_file()
    names = [one["name"] for one in metrics(folder)["metrics"]]
    assert "word error rate, digits, quiet" in names and len(names) == 5


def test_a_language_model_is_fitted_on_a_text(shell, tmp_path):
    (tmp_path / "text.txt").write_text("open the gate\nclose the gate\n" * 20, encoding="utf-8")
    done = shell(WHERE, "language-model", "--text", "text.txt", "--order", "4")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4-gram over the characters of 36 sentences:")
    model = KneserNey.load(tmp_path / "out/week3/speech_recognition/language-model/language_model.json")
    assert model.sequence_log_probability("open the gate") > model.sequence_log_probability("gate the open") + 5


def test_score_counts_in_texts_and_in_files(shell, tmp_path):
    done = shell(WHERE, "score", "call three one four", "Hall three four one.")
    assert done.returncode == 0, done.stderr
    said, heard, marks = done.stdout.splitlines()[:3]
    assert said.split()[1:] == ["call", "three", "one", "four"] and heard.split()[1:] == [
        "hall",
        "three",
        "four",
        "one",
    ]
    assert marks.split() == ["S", "S", "S"] and "word error rate 75.00 % (3 substituted" in done.stdout
    (tmp_path / "said.txt").write_text("one two\nthree\nfour\n")
    (tmp_path / "heard.txt").write_text("one\nthree\n\n")
    done = shell(WHERE, "score", "said.txt", "heard.txt", "--out", "scored")
    assert "word error rate 50.00 % (0 substituted, 2 missing and 0 too many, of 4 words; 2 of 3 sentences wrong)" in (
        done.stdout
    )
    assert metrics(tmp_path / "scored")["metrics"][0]["value"] == 50
    (tmp_path / "less.txt").write_text("one\n")
    for arguments, words in (
        (("said.txt", "less.txt"), "said.txt has 3 sentences and less.txt has 1"),
        (("...", "one"), "holds no words"),
    ):
        done = shell(WHERE, "score", *arguments)
        assert done.returncode == 2 and words in done.stderr


# ---- bad input


def test_bad_input_is_one_sentence_and_nothing_is_left(shell, tmp_path, weights):
    write_wav(tmp_path / "silent.wav", Signal(np.zeros(RATE, np.int16), RATE))
    write_wav(tmp_path / "short.wav", Signal(np.full(300, 9000, np.int16), RATE))
    tone = (9000 * np.sin(np.arange(4000) * 0.2)).astype(np.int16)
    write_wav(tmp_path / "quarter.wav", Signal(tone, RATE))
    write_wav(tmp_path / "tiny.wav", Signal(tone[:800], RATE))
    (tmp_path / "cut.ogg").write_bytes(TIMER.read_bytes()[:3000])
    (tmp_path / "text.wav").write_text("this is no sound")
    (tmp_path / "empty").mkdir()
    (tmp_path / "few.txt").write_text("one\ntwo\n")
    ctc, attention = ("--weights", weights / "ctc.npz"), ("--weights", weights / "attention.npz")
    cases = [
        (("transcribe", "silent.wav", *ctc), "silent.wav: is silent; record it again"),
        (("transcribe", "short.wav", *ctc), "short.wav: "),
        (("transcribe", "cut.ogg", *ctc), "cut.ogg: is cut off"),
        (("transcribe", "text.wav", *ctc), "text.wav: can not be read as sound"),
        (("transcribe", "none.wav", *ctc), "none.wav: no such file"),
        (("transcribe", "empty", *ctc), "empty: holds no sound files"),
        (("transcribe", TIMER, *attention), "holds a network of the kind attention; give --network attention"),
        (("transcribe", TIMER, "--weights", "text.wav"), "text.wav"),
        (
            ("transcribe", TIMER, "--method", "greedy", "--language-model", "commands", *ctc),
            "leave --language-model out",
        ),
        (("align", TIMER, "", *ctc), "empty"),
        (("align", TIMER, "naïve", *ctc), "holds 'ï'"),
        (("align", "quarter.wav", "one two three four five six seven eight nine", *ctc), "quarter.wav: transcript"),
        (("transcribe", TIMER, "tiny.wav", *ctc), "tiny.wav: "),
        (("evaluate", "--recordings", "empty"), "empty: holds no transcripts.csv"),
        (("evaluate", "--seeds", "1", *ctc), "leave --weights and --attention-weights out"),
        (("language-model", "--text", "few.txt"), "few.txt: has 2 sentences"),
        (("train", "--recordings", "none"), "none: is not a folder"),
    ]
    for arguments, words in cases:
        done = shell(WHERE, *arguments)
        assert done.returncode == 2, (arguments, done.stdout, done.stderr)
        assert words in done.stderr and "Traceback" not in done.stderr, (arguments, done.stderr)
        assert done.stderr.splitlines()[-1].startswith("error: ")


def test_help_is_fast_and_loads_nothing_heavy():
    code = (
        "import sys; from week3.speech_recognition import __main__ as shell\n"
        "from common.cli import build_parser\n"
        "build_parser('x', shell.DESCRIPTION, shell.VERBS).format_help()\n"
        "print(sorted({'numpy', 'keras', 'tensorflow', 'matplotlib', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
