"""The course's trigger word figures, its sounds bit for bit, its weights in NumPy and in Keras, users' notebooks."""

import json
from dataclasses import replace

import numpy as np
import pytest

from common.audio import read_audio
from common.course_figures import Context, compare, load_figures
from common.mixing import match_loudness
from common.seeding import legacy_numpy_seed
from week3.trigger_word import course as course_functions
from week3.trigger_word.compare import COMPARISON, EXPECTED
from week3.trigger_word.data import ClipSet, load_clip
from week3.trigger_word.detect import Detector
from week3.trigger_word.model import build_model
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.synthesis import CourseSynthesis, features
from week3.trigger_word.weights import from_keras, load_parameters, load_weights

WHERE = "week3.trigger_word"


@pytest.fixture
def weights(course):
    return course / "W3A2/models/model.h5"


@pytest.fixture
def outcomes(course, tmp_path):
    """`outcomes(records)`: the figures of a file that holds these records, compared with the course's files at hand."""

    def run(records):
        usual = {"source": ["rebuilt"], "tolerance": "exact", "verified": True}
        path = tmp_path / "figures.json"
        path.write_text(json.dumps({"figures": [usual | record for record in records]}))
        return compare(COMPARISON, load_figures(path), Context(COMPARISON.functions(), course))

    return run


def test_every_figure(shell, course):
    done = shell(WHERE, "compare", "--figures", course / "figures" / "w3a2.json")
    assert done.returncode == 0, done.stdout + done.stderr
    counts = "56 figures compared: 56 match, 0 explained, 0 mismatch. Not compared: 2 need a file, 0 other."
    assert counts in done.stdout


def test_the_shipped_figures_are_the_courses(course):
    theirs = {figure.id: figure for figure in load_figures(course / "figures" / "w3a2.json")}
    ours = load_figures(EXPECTED)
    assert {figure.id for figure in ours} == theirs.keys()
    for figure in ours:
        assert replace(figure, note="") == replace(theirs[figure.id], note="")


def test_without_the_course_folder_figures_name_their_files(shell, without_course):
    done = shell(WHERE, "compare", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert counts["mismatch"] == 0 and counts["needs"] == 39 and counts["match"] == 19


def test_fast_examples_of_the_courses_clips_are_pydubs(course):
    clips = ClipSet.of_course(course)
    assert [len(group) for group in (clips.activates, clips.negatives, clips.backgrounds)] == [10, 10, 2]
    fast = CourseSynthesis(clips.backgrounds, clips.activates, clips.negatives)
    activates, negatives, backgrounds = course_functions.load_raw_audio(course / "W3A2/raw_data")
    for seed in range(4):
        with legacy_numpy_seed(seed):
            x, y = course_functions.create_training_example(backgrounds[seed % 2], activates, negatives)
        with legacy_numpy_seed(seed):
            example = fast.example(seed % 2, np.random.randint)
        np.testing.assert_array_equal(example.features().T, x)
        np.testing.assert_array_equal(example.labels, y[0])


@pytest.mark.parametrize(
    ("sound", "starts"),
    [
        ("raw_data/dev/1.wav", [372]),
        ("audio_examples/insert_reference.wav", [436]),
        ("audio_examples/train_reference.wav", [342, 511]),
        ("raw_data/backgrounds/1.wav", []),
        ("raw_data/backgrounds/2.wav", []),
    ],
)
def test_what_the_courses_weights_hear(course, weights, sound, starts):
    detection = Detector(TriggerNetwork.load(weights)).detect_file(course / "W3A2" / sound)
    assert len(detection.events) == len(detection.chimes) == len(starts)
    for event, start in zip(detection.events, starts, strict=True):
        assert abs(event.start_step - start) <= 10


def test_keras_numpy_and_the_old_json_agree_on_the_weights(course, weights):
    from common.legacy_weights import load_legacy_weights, upgrade

    _, parameters = load_parameters(weights)
    assert sum(value.size for value in parameters.values()) == 523_329
    model = build_model(frames=5511)
    load_weights(model, weights)
    other = build_model(frames=5511)
    report = load_legacy_weights(other, weights)
    assert report.complete
    for name, value in from_keras(other).items():
        np.testing.assert_array_equal(value, parameters[name])
    x = features(match_loudness(load_clip(course / "W3A2/raw_data/dev/1.wav").samples))[None]
    expected = model.predict(x, verbose=0)
    found = TriggerNetwork.load(weights).predict(x)
    np.testing.assert_allclose(found, expected, atol=2e-5)
    old = upgrade(weights, architecture=weights.with_name("model.json"))
    np.testing.assert_allclose(old.predict(x, verbose=0), expected, atol=2e-5)


def test_streaming_is_the_whole_on_real_sound(course, weights):
    network, rng = TriggerNetwork.load(weights), np.random.default_rng(0)
    samples = read_audio(course / "W3A2/audio_examples/my_audio.wav", dtype="int16").samples
    detector = Detector(network)
    whole = detector.detect(samples)
    assert [event.start_step for event in whole.events] == [870, 1164]
    live, at = detector.listen(gain_db=whole.gain_db), 0
    while at < len(samples):
        size = int(rng.integers(1, 9000))
        live.push(samples[at : at + size])
        at += size
    np.testing.assert_allclose(live.probabilities, whole.probabilities, atol=1e-5)
    offline = network.forward(features(match_loudness(samples)))
    np.testing.assert_allclose(whole.probabilities, offline, atol=1e-5)


def test_other_figures_of_the_same_form_are_computed_from_their_inputs(outcomes, course):
    segments = {"previous_segments": [[100, 200], [300, 400]]}
    sum_of_three = {"y": "zeros (1,100)", "segment_end_ms": [1000, 5000, 9900]}
    figures = [
        {"function": "is_overlapping", "inputs": segments | {"segment_time": [200, 250]}, "expected": True},
        {"function": "is_overlapping", "inputs": segments | {"segment_time": [201, 299]}, "expected": False},
        {"function": "insert_ones", "what": "sum", "inputs": sum_of_three, "expected": 89.0},
        {"function": "insert_ones", "what": "y[0][11]", "inputs": sum_of_three, "expected": 1.0},
        {"function": "data", "inputs": {"file": "chime.wav"}, "expected": 41358, "tolerance": {"atol": 20}},
        {"function": "data", "what": "channels", "expected": {"insert_reference": True, "train_reference": False}},
        {"function": "load_raw_audio", "inputs": {"clip": "negatives[0]=4_0.wav"}, "expected": 1337},
        {"function": "modelf", "inputs": {"input_shape": [215, 101]}, "expected": 523329},
        {"function": "detect_triggerword", "what": "runs above 0.9", "inputs": {"file": "bg2"}, "expected": []},
        {
            "function": "chime_on_activate",
            "what": "2018 rule",
            "inputs": {"file": "my_audio", "preparation": "to -20 dBFS", "threshold": 0.99},
            "expected": [],
        },
        {"function": "no such thing", "expected": 1},
    ]  # fmt: skip
    found = outcomes(figures)
    assert [outcome.status for outcome in found] == ["match"] * 10, found


def test_wrong_figures_are_mismatches_and_unknown_files_are_named(outcomes):
    dev = {"file": "dev1", "preparation": "to -20 dBFS"}
    figures = [
        {"function": "is_overlapping", "inputs": {"segment_time": [1, 2], "previous_segments": []}, "expected": True},
        {"function": "modelf", "what": "params", "expected": 523330},
        {"function": "modelf", "what": "summary", "expected": [["GRU", [None, 3], 1]]},
        {"function": "detect_triggerword", "what": "largest", "inputs": dev, "expected": 0.9},
        {"function": "graph_spectrogram", "what": "norm", "inputs": {"file": "nowhere.wav"}, "expected": 1.0},
    ]  # fmt: skip
    found = outcomes(figures)
    assert [outcome.status_text for outcome in found] == ["mismatch"] * 4 + ["needs nowhere.wav"]


NOTEBOOK = """
import numpy as np
from pydub import AudioSegment
import random, os, sys, io
from td_utils import *
%matplotlib inline
Ty = 1375

def get_random_time_segment(segment_ms):
    start = np.random.randint(low=0, high=10000 - segment_ms)
    return (start, start + segment_ms - 1)

def is_overlapping(segment_time, previous_segments):
    return any(segment_time[0] <= last and segment_time[1] >= first for first, last in previous_segments)

def insert_audio_clip(background, audio_clip, previous_segments):
    place = get_random_time_segment(len(audio_clip))
    tries = TRIES
    while is_overlapping(place, previous_segments) and tries > 0:
        place, tries = get_random_time_segment(len(audio_clip)), tries - 1
    if is_overlapping(place, previous_segments):
        return background, (10000, 10000)
    previous_segments.append(place)
    return background.overlay(audio_clip, position=place[0]), place

def insert_ones(y, segment_end_ms):
    end = int(segment_end_ms * Ty / 10000.0)
    y[0, end + 1 : end + ONES] = 1
    return y

def create_training_example(background, activates, negatives, Ty):
    background, y, places = background - 20, np.zeros((1, Ty)), []
    for number in np.random.randint(len(activates), size=np.random.randint(0, 5)):
        background, place = insert_audio_clip(background, activates[number], places)
        y = insert_ones(y, place[1])
    for number in np.random.randint(len(negatives), size=np.random.randint(0, 3)):
        background, _ = insert_audio_clip(background, negatives[number], places)
    background = match_target_amplitude(background, -20.0)
    background.export("train" + ".wav", format="wav")
    return graph_spectrogram("train.wav"), y
"""


@pytest.mark.parametrize(
    ("ones", "tries", "mismatches", "others"),
    [("51", "6", 0, 0), ("50", "6", 3, 0), ("51", "10**9", 0, 1)],
    ids=["right", "one step too few", "2018's endless loop"],
)
def test_a_notebooks_functions_are_checked(shell, tmp_path, ones, tries, mismatches, others):
    source = NOTEBOOK.replace("ONES", ones).replace("TRIES", tries)
    (tmp_path / "mine.ipynb").write_text(
        json.dumps({"cells": [{"cell_type": "code", "source": source}], "nbformat": 4})
    )
    done = shell(WHERE, "compare", "--solution", "mine.ipynb", "--json")
    found = json.loads(done.stdout)
    wrong = [one for one in found["figures"] if one["status"] == "mismatch" and one["function"] != "modelf"]
    assert len(wrong) == mismatches, wrong
    statuses = {one["id"]: one["status"] for one in found["figures"]}
    assert statuses["w3a2.create_training_example.seed18.norm"] == "match"
    assert (statuses["w3a2.insert_audio_clip.no_room"] == "other") == bool(others)
    assert statuses["w3a2.detect.dev1.max"] == "other"
    assert not list(tmp_path.glob("*.wav"))
