"""Error rates by condition, voice and background, alignments, confusions; trainings of several seeds."""

import argparse
import json

import numpy as np
import pytest

from common.error_rate import error_rate
from common.errors import InputError
from week3.speech_recognition import run_evaluate, run_train
from week3.speech_recognition.alignment import alignment
from week3.speech_recognition.data import Utterance, features
from week3.speech_recognition.evaluate import (
    Condition,
    Result,
    confusions,
    evaluate,
    made_up_conditions,
    methods_for,
)
from week3.speech_recognition.language import fit, grammar_phrases, next_symbols
from week3.speech_recognition.model import ModelConfig
from week3.speech_recognition.train import TrainConfig, begin
from week3.speech_recognition.trained import TrainedRecognizer
from week3.speech_recognition.transcribe import Search, Transcriber


def said(text, voice="en-us+a", background=""):
    return Utterance(np.zeros(16, np.int16), text, voice, "digits", background)


SENTENCES = (
    said("three one four", "en-us+a", "rain"),
    said("one", "en-us+b", "rain"),
    said("two two", "en-us+a", "wind"),
)
HEARD = ("three nine", "one", "two two two")


def result(heard=HEARD, method="CTC, greedy", name="digits, quiet"):
    return Result(method, Condition(name, SENTENCES), heard)


def tiny(kind):
    model = ModelConfig(kind, n_filters=8, n_units=6, n_layers=1, n_decoder=6, n_embedding=4, n_attention=4)
    return TrainedRecognizer(model, begin(model, TrainConfig()).parameters)


# ---- results


def test_rates_are_those_of_all_sentences_together():
    one = result()
    counts = one.words.counts
    assert (counts.substitutions, counts.deletions, counts.insertions, counts.reference_length) == (1, 1, 1, 6)
    assert float(one.words) == 0.5 and one.words.wrong_sentences == 2
    assert float(one.characters) == float(error_rate(one.said, HEARD, unit="characters"))


def test_rates_by_voice_and_background_come_from_their_own_sentences():
    one = result()
    assert one.by(lambda utterance: utterance.voice) == {"en-us+b": 0.0, "en-us+a": 3 / 5}
    by_background = one.by(lambda utterance: utterance.background)
    assert by_background == {"rain": 2 / 4, "wind": 1 / 2}


def test_the_worst_sentences_come_first_and_right_ones_never():
    assert [(one.text, heard) for one, heard in result().worst(5)] == [
        ("three one four", "three nine"),
        ("two two", "two two two"),
    ]
    assert result().worst(1)[0][0].text == "three one four" and result().worst(0) == []
    assert result(tuple(one.text for one in SENTENCES)).worst(3) == []


def test_an_alignment_shows_what_is_substituted_missing_and_too_many():
    shown = alignment("three one four one", "three nine one one two")
    rows = [line[6:] for line in shown.splitlines()]
    assert rows[0].split() == ["three", "one", "four", "one", "***"]
    assert rows[1].split() == ["three", "nine", "one", "one", "two"]
    assert rows[2].split() == ["S", "S", "I"]
    for mark in ("S", "I"):
        assert rows[0][rows[2].index(mark)] != rows[1][rows[2].index(mark)]
    deleted = alignment("two one", "one").splitlines()
    assert deleted[1].split()[1:] == ["***", "one"] and deleted[2].split() == ["D"]
    assert alignment("one", "one").split("\n")[2] == "" and len(alignment("one", "").split("\n")) == 3


def test_words_taken_for_one_another_are_counted():
    found = confusions([result(), result()], 10)
    assert set(found) == {("one", "nine", 2), ("four", "", 2), ("", "two", 2)}
    assert len(confusions([result()], 1)) == 1 and confusions([], 5) == []


def test_a_condition_needs_sentences():
    with pytest.raises(InputError, match="no sentences for 'empty'"):
        Condition("empty", ())


# ---- conditions and methods


def test_the_sentences_are_the_same_in_quiet_and_over_noise_and_of_test_voices():
    conditions = {one.name: one.utterances for one in made_up_conditions(5, ratio_db=10.0)}
    assert list(conditions) == [
        "digits, quiet", "digits, 10 dB", "commands, quiet", "commands, 10 dB", "in one go, quiet",
    ]  # fmt: skip
    for kind in ("digits", "commands"):
        quiet, noisy = conditions[f"{kind}, quiet"], conditions[f"{kind}, 10 dB"]
        assert [one.text for one in quiet] == [one.text for one in noisy] and len(quiet) == 5
        assert all(one.kind == kind and not one.background for one in quiet) and all(one.background for one in noisy)
    assert all(" " in one.text for one in conditions["in one go, quiet"])


def test_every_method_writes_what_its_transcriber_writes():
    networks = {"ctc": tiny("ctc"), "attention": tiny("attention")}
    model = next_symbols(fit(grammar_phrases(50), order=3))
    methods = methods_for(networks, language_model=model, width=3)
    assert [one.name for one in methods] == [
        "CTC, greedy", "CTC, prefix beam", "CTC, prefix beam + language model", "attention, greedy", "attention, beam",
        "its encoder by CTC, greedy",
    ]  # fmt: skip
    conditions = made_up_conditions(2)[:2]
    results = evaluate(methods, conditions)
    assert [(one.method, one.condition.name) for one in results] == [
        (method.name, condition.name) for method in methods for condition in conditions
    ]
    frames = [features(one.samples) for one in conditions[0].utterances]
    expected = [one.text for one in Transcriber(networks["ctc"], Search("beam", width=3)).transcribe(frames)]
    assert list(results[2].heard) == expected
    assert [one.name for one in methods_for({"ctc": networks["ctc"]})] == ["CTC, greedy", "CTC, prefix beam"]


# ---- several trainings


def test_tables_show_mean_and_spread_over_trainings():
    right = tuple(one.text for one in SENTENCES)
    single = run_evaluate.rate_table([[result()]], "words").splitlines()
    assert single[0].split("  ")[0] == "word error rate, %" and single[1].split()[-1] == "50.00"
    several = run_evaluate.rate_table([[result()], [result(right)]], "words").splitlines()
    assert several[1].endswith("25.00 +- 35.36")
    text = "\n".join(run_evaluate.report([[result(method="CTC, prefix beam")]], 1))
    assert "50.00 % of the words wrong, at most 5 % are wanted: not reached" in text
    assert "by background: rain 50.0, wind 50.0" in text and "three one  four" in text
    text = "\n".join(run_evaluate.report([[result(right, method="CTC, prefix beam")]] * 2, 1))
    assert "0.00 +- 0.00 % of the words wrong, at most 5 % are wanted: reached" in text
    rows = json.loads(json.dumps(run_evaluate.as_json([[result()]])))
    assert rows[0]["word_error_rate"] == 0.5 and rows[0]["sentences"][1] == {"said": "one", "heard": "one"}


def options(**changes):
    names = ("examples", "epochs", "batch_size", "learning_rate", "units", "layers", "dropout", "recordings")
    defaults = dict.fromkeys(names) | {
        "examples": 6, "epochs": 1, "batch_size": 4, "units": 6, "layers": 1, "processes": 1, "network": "both",
    }  # fmt: skip
    return argparse.Namespace(**(defaults | changes))


def test_networks_of_a_seed_are_trained_once_and_again_when_the_options_change(tmp_path, monkeypatch):
    calls = []
    real = run_train.train

    def counted(*arguments, **named):
        calls.append((named["model"].kind, named["config"].seed, named["start"]))
        return real(*arguments, **named)

    monkeypatch.setattr(run_train, "train", counted)
    found = run_train.trained_with_seed(options(), 3, ("ctc", "attention"), tmp_path)
    assert [(kind, seed) for kind, seed, _ in calls] == [("ctc", 3), ("attention", 3)]
    assert calls[0][2] is None and calls[1][2] is found["ctc"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["attention.npz", "ctc.npz"]
    again = run_train.trained_with_seed(options(), 3, ("attention",), tmp_path)
    assert len(calls) == 2 and list(again) == ["attention"]
    for name, value in again["attention"].parameters.items():
        np.testing.assert_array_equal(value, found["attention"].parameters[name])
    run_train.trained_with_seed(options(epochs=2), 3, ("ctc",), tmp_path)
    assert len(calls) == 3
