"""Recordings to be tested on, the count of hits and false alarms against brute force, curves, frame accuracy."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from common.errors import InputError
from week3.trigger_word import evaluate
from week3.trigger_word.data import Clip
from week3.trigger_word.evaluate import Heard, chimes_of, curve, frame_accuracy, hear, mistaken, score
from week3.trigger_word.examples import labels_at
from week3.trigger_word.front_end import LOG_MEL
from week3.trigger_word.generation import GenerationConfig
from week3.trigger_word.model import ModelConfig
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.pictures import draw_curve
from week3.trigger_word.recordings import Recorder, RecordingConfig
from week3.trigger_word.scoring import Score, best_threshold, match, total

RATE = 16_000
PLAIN = RecordingConfig(seconds=30, activates_per_minute=6, negatives_per_minute=8, varied=GenerationConfig.plain())
TIMES = st.lists(st.integers(0, 300).map(lambda tenth: tenth / 20), max_size=6).map(sorted)


def tone(name, seconds, pitch):
    time = np.arange(int(seconds * RATE)) / RATE
    return Clip(name, (8000 * np.sin(2 * np.pi * pitch * time)).astype(np.int16), RATE)


WORDS = [tone("yes", 0.4, 1500), tone("yes2", 0.6, 1700)]
OTHERS = [tone("no", 0.3, 400), tone("no2", 0.5, 500)]


# ---- recordings


def test_recordings_have_their_words_apart_and_at_the_ratio():
    recorder = Recorder(WORDS, OTHERS, config=replace(PLAIN, kinds=("room",)), seed=3)
    recording = recorder.recording(0)
    assert recording.samples.dtype == np.int16 and recording.samples.shape == (30 * RATE,)
    assert sorted(event.kind for event in recording.events) == ["activate"] * 3 + ["negative"] * 4
    spans = [(0, 0), *((event.start_ms, event.end_ms) for event in recording.events), (30_000, 30_000)]
    assert all(before[1] + 249 <= after[0] for before, after in zip(spans, spans[1:], strict=False))
    assert recording.ends() == [(event.end_ms + 1) / 1000 for event in recording.events if event.kind == "activate"]
    power = recording.samples.astype(float) ** 2
    outside = np.ones(len(power), bool)
    for event in recording.events:
        outside[event.start_ms * 16 - 20 : event.end_ms * 16 + 40] = False
    for event in recording.events:
        inside = power[event.start_ms * 16 : event.end_ms * 16].mean()
        ratio = 10 * np.log10(inside / power[outside].mean() - 1)
        assert ratio == pytest.approx(10, abs=1.5)


def test_a_recording_depends_on_seed_and_number_alone():
    one, other = (Recorder(WORDS, OTHERS, config=PLAIN, seed=3) for _ in range(2))
    one.recording(0)
    first, second = one.recording(4), other.recording(4)
    np.testing.assert_array_equal(first.samples, second.samples)
    assert first.events == second.events and first.background == second.background == "room"
    assert (one.recording(5).samples != first.samples).any()
    assert (Recorder(WORDS, OTHERS, config=PLAIN, seed=4).recording(4).samples != first.samples).any()


def test_words_come_so_often_a_minute_over_all_recordings():
    config = replace(PLAIN, seconds=10, activates_per_minute=2.5, negatives_per_minute=1.0)
    events = [
        event for number in range(24) for event in Recorder(WORDS, OTHERS, config=config).recording(number).events
    ]
    assert sum(event.kind == "activate" for event in events) == 10
    assert sum(event.kind == "negative" for event in events) == 4


def test_given_backgrounds_go_round():
    hiss = Clip("hiss", np.random.default_rng(0).integers(-900, 900, 10 * RATE).astype(np.int16), RATE)
    config = replace(PLAIN, activates_per_minute=2, negatives_per_minute=0)
    recording = Recorder(WORDS, [], backgrounds=[hiss], config=config).recording(0)
    (event,) = recording.events
    start = 0 if event.start_ms > 1100 else 20
    heard = recording.samples[start * RATE : (start + 1) * RATE].astype(float)
    assert recording.background == "hiss" and np.corrcoef(heard, hiss.samples[:RATE])[0, 1] > 0.999


def test_too_many_words_and_none_at_all_are_refused():
    with pytest.raises(InputError, match="no free place for 60 words in 30 s"):
        Recorder(WORDS, OTHERS, config=replace(PLAIN, activates_per_minute=120, negatives_per_minute=0)).recording(0)
    with pytest.raises(InputError, match="no clips of the trigger word"):
        Recorder([], OTHERS)


# ---- counting


def most_pairs(ends, chimes):
    """The largest matching, by trying all."""
    fits = [(w, c) for w, end in enumerate(ends) for c, chime in enumerate(chimes) if -0.15 <= chime - end <= 0.6]
    for size in range(min(len(ends), len(chimes)), 0, -1):
        for pairs in combinations(fits, size):
            if len({w for w, _ in pairs}) == len({c for _, c in pairs}) == size:
                return size
    return 0


@settings(max_examples=150, deadline=None)
@given(ends=TIMES, chimes=TIMES)
def test_matching_finds_as_many_pairs_as_there_can_be(ends, chimes):
    pairs = match([end + 0.001 for end in ends], chimes)
    assert len(pairs) == most_pairs([end + 0.001 for end in ends], chimes)
    assert len({word for word, _ in pairs}) == len({chime for _, chime in pairs}) == len(pairs)
    for word, chime in pairs:
        assert -0.15 <= chimes[chime] - ends[word] - 0.001 <= 0.6


@settings(max_examples=50, deadline=None)
@given(hits=st.integers(0, 9), misses=st.integers(0, 9), alarms=st.integers(0, 9))
def test_scores_are_sklearns(hits, misses, alarms):
    truth = [1] * (hits + misses) + [0] * alarms
    found = [1] * hits + [0] * misses + [1] * alarms
    one = Score(0.5, hits, misses, alarms, hours=2.0)
    assert one.false_alarms_per_hour == alarms / 2 and one.recall + one.miss_rate == 1
    if truth:
        for ours, function in ((one.precision, precision_score), (one.recall, recall_score), (one.f1, f1_score)):
            assert ours == pytest.approx(function(truth, found, zero_division=1.0))


def test_totals_add_up():
    assert total(0.4, [(2, 3, 4, 1800.0), (1, 1, 1, 5400.0)]) == Score(0.4, 3, 1, 2, 2.0)
    assert total(0.4, []).f1 == 1.0


def test_the_best_threshold_lies_in_the_middle_of_its_plateau():
    def scores(hits):
        return [Score(number / 10, one, 10 - one, 0, 1.0) for number, one in enumerate(hits, 1)]

    assert best_threshold(scores([5, 8, 9, 9, 9, 7])) == 0.4
    assert best_threshold(scores([9, 1, 9, 9, 9, 9, 2])) == 0.4
    assert best_threshold(scores([3])) == 0.1


def test_the_best_threshold_keeps_false_alarms_few():
    rows = [Score(0.1, 10, 0, 8, 1.0), Score(0.2, 9, 1, 4, 1.0), Score(0.3, 7, 3, 3, 1.0)]
    assert best_threshold(rows) == 0.2
    assert best_threshold(rows, most_false_alarms=3.5) == 0.3
    assert best_threshold(rows, most_false_alarms=0) == 0.2
    silent = [*rows, Score(0.4, 1, 9, 0, 1.0)]
    assert best_threshold(silent, most_false_alarms=0) == 0.2


# ---- what is heard


def network():
    """Never trained: only its timing matters here."""
    config = ModelConfig(40, 8, 5, 3, 8)
    rng = np.random.default_rng(0)
    made = {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in config.parameter_shapes().items()}
    return TriggerNetwork(config, {name: np.abs(v) if "variance" in name else v for name, v in made.items()}, LOG_MEL)


def heard_with(spans, ends, others=(), steps=400):
    probabilities = np.full(steps, 0.02, np.float32)
    for first, last, value in spans:
        probabilities[first:last] = value
    return Heard(probabilities, list(ends), list(others), "room", steps * 0.03)


def test_chimes_are_counted_at_each_threshold():
    net = network()
    # a step is 30 ms and can be known 65 ms after it begins
    one = heard_with([(100, 110, 0.9), (200, 210, 0.6), (300, 310, 0.7)], [3.0, 6.0], [(8.6, 9.0, "no.ogg")])
    assert chimes_of(one, net, 0.5) == pytest.approx([3.065, 6.065, 9.065])
    low, high = curve([one], net, [0.5, 0.8])
    assert (low.hits, low.misses, low.false_alarms) == (2, 0, 1)
    assert (high.hits, high.misses, high.false_alarms) == (1, 1, 0)
    assert mistaken([one], net, 0.5) == {"no.ogg": 1} and mistaken([one], net, 0.8) == {}
    assert mistaken([heard_with([(50, 60, 0.9)], [])], net, 0.5) == {"nothing": 1}
    assert score([one, one], net, 0.5).hours == pytest.approx(2 * 12 / 3600)


def test_frame_accuracy_and_the_share_of_zeros():
    net = network()
    one = heard_with([(101, 120, 0.9)], [3.0])
    labels = np.array([3.0 < 0.065 + 0.03 * step <= 3.36 for step in range(400)])
    right = np.mean((one.probabilities >= 0.5) == labels)
    accuracy, zeros = frame_accuracy([one], net)
    assert accuracy == pytest.approx(right) and zeros == pytest.approx(1 - labels.mean())
    assert frame_accuracy([], net) == (1.0, 1.0)


@settings(deadline=None)
@given(ends=st.lists(st.floats(0, 9), max_size=4))
def test_labels_last_for_their_time_after_each_end(ends):
    times = np.arange(0.02, 10, 0.03)
    expected = [int(any(end < time <= end + 0.36 for end in ends)) for time in times.tolist()]
    assert labels_at(times, ends).tolist() == expected


def test_hearing_in_processes_is_hearing_one_by_one():
    recorder = Recorder(WORDS, OTHERS, config=replace(PLAIN, seconds=12), seed=1)
    alone, together = hear(network(), recorder, 3), hear(network(), recorder, 3, workers=2)
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
        assert (one.ends, one.others, one.background) == (other.ends, other.others, other.background)
    live = evaluate.hear_one(network(), recorder, 0, live=True)
    assert abs(len(live.probabilities) - len(alone[0].probabilities)) <= 1
    assert (live.probabilities[:100] != alone[0].probabilities[:100]).any()


def test_the_curve_is_drawn(tmp_path):
    scores = [Score(number / 10, 10 - number, number, 10 - number, 1.0) for number in range(1, 10)]
    figure = draw_curve(scores, scores[6], "nothing")
    left, right = figure.axes
    assert {line.get_label() for line in left.lines} == {"precision", "recall", "F1", "chosen: 0.7"}
    np.testing.assert_allclose(right.lines[0].get_xdata(), [9, 8, 7, 6, 5, 4, 3, 2, 1])
