"""Chime rules against plain loops; detection in pieces, from files and from standard input; what a run leaves."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.audio import Signal, read_audio, write_wav
from common.errors import InputError
from common.mixing import apply_gain, level, match_loudness
from week3.trigger_word import course, outputs
from week3.trigger_word.chimes import RULES, Hysteresis, make_chime, make_rule, spans_above
from week3.trigger_word.detect import Detector, LiveLevel, file_blocks, pcm_blocks, sound_files
from week3.trigger_word.model import ModelConfig
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.weights import save_parameters

WHERE = "week3.trigger_word"
PROJECT = Path(__file__).resolve().parents[2]
PROBABILITIES = st.lists(st.sampled_from([0.1, 0.45, 0.5, 0.55, 0.9]), max_size=400)


def burst_parameters():
    """A network made by hand that says yes to loud sound: the mean power, smoothed by the GRUs, over a threshold."""
    config = ModelConfig()
    p = {name: np.zeros(shape, np.float32) for name, shape in config.parameter_shapes().items()}
    for name in p:
        if name.endswith(("gamma", "variance")):
            p[name][:] = 1
    p["conv/kernel"][..., 0] = 1e-3 / 15
    for gru in ("gru_1", "gru_2"):
        p[f"{gru}/bias"][0, :128] = -1  # the update gate: a quarter is kept
        p[f"{gru}/kernel"][0, 256] = 1
    p["dense/kernel"][0, 0], p["dense/bias"][0] = 12, -6
    return p


@pytest.fixture(scope="module")
def network():
    return TriggerNetwork(ModelConfig(), burst_parameters())


def recording(seconds=6.0, bursts=(1.5, 4.0), rate=44_100, seed=0):
    rng = np.random.default_rng(seed)
    sound = 40 * rng.normal(size=int(seconds * rate))
    for start in bursts:
        first = int(start * rate)
        part = sound[first : first + rate // 3]
        part += 9000 * rng.normal(size=len(part))
    return np.clip(sound, -32768, 32767).astype(np.int16)


# ---- rules


@settings(max_examples=100)
@given(probabilities=PROBABILITIES)
def test_the_courses_rules_are_the_plain_loops(probabilities):
    since, expected = 0, []
    for step, probability in enumerate(probabilities):
        since += 1
        if probability > 0.5 and since > 75:
            expected.append(step)
            since = 0
    assert make_rule("2018").push(probabilities) == expected
    row, expected = 0, []
    for step, probability in enumerate(probabilities):
        row += 1
        if row > 20:
            expected.append(step)
            row = 0
        if probability < 0.5:
            row = 0
    assert make_rule("2021").push(probabilities) == expected


@settings(max_examples=60)
@given(probabilities=PROBABILITIES, cut=st.integers(0, 400), name=st.sampled_from(RULES))
def test_rules_go_on_where_they_were(probabilities, cut, name):
    rule = make_rule(name)
    assert rule.push(probabilities[:cut]) + rule.push(probabilities[cut:]) == make_rule(name).push(probabilities)


def test_the_step_that_2021s_rule_chimes_at_may_be_below():
    assert make_rule("2021").push([0.9] * 20 + [0.1] * 30) == [20]
    assert make_rule("2021").push([0.9] * 19 + [0.1] * 30) == []
    assert make_rule("2021").push([0.9] * 45) == [20, 41]


def test_hysteresis_chimes_once_an_event_and_again_after_rest():
    wavering = [0.1] * 10 + [0.6, 0.6, 0.6, 0.6, 0.6, 0.45, 0.7] * 5 + [0.45] * 30
    assert Hysteresis().push(wavering) == [14]
    assert Hysteresis().push(wavering + [0.1] * 15 + [0.9] * 5) == [14, 94]
    assert Hysteresis().push(wavering + [0.1] * 14 + [0.9] * 5) == [14]
    assert Hysteresis().push([0.9] * 4 + [0.1] * 20) == []


@given(probabilities=PROBABILITIES)
def test_spans_are_the_stretches_above(probabilities):
    covered = [step for span in spans_above(probabilities, 0.5) for step in range(span.first, span.last + 1)]
    assert covered == [step for step, probability in enumerate(probabilities) if probability > 0.5]
    for one, other in zip(spans := spans_above(probabilities, 0.5), spans[1:], strict=False):
        assert one.last + 1 < other.first


def test_wrong_rules_are_refused():
    for name, threshold in (("2020", 0.5), ("2018", 0.0), ("hysteresis", 1.0)):
        with pytest.raises(InputError):
            make_rule(name, threshold)
    with pytest.raises(InputError, match="exchange them"):
        Hysteresis(0.5, low=0.6)


# ---- detection


@pytest.mark.parametrize("rule", RULES)
def test_words_are_heard_where_they_are(network, rule):
    detector = Detector(network, rule)
    detection = detector.detect(recording())
    assert [round(event.start, 1) for event in detection.events] == [1.5, 4.0]
    for event in detection.events:
        assert event.start <= event.chime <= event.end and event.probability > 0.9
        assert event.start == pytest.approx((320 * event.start_step + 1320) / 44_100)
        assert event.end - event.start == pytest.approx(1 / 3, abs=0.1)
    assert detection.seconds == 6.0 and detection.gain_db == pytest.approx(-20 - level(recording()))
    assert not Detector(network, rule).detect(recording(bursts=()), match_level=False).events


def test_pieces_of_any_size_are_heard_alike(network):
    samples, rng = recording(), np.random.default_rng(1)
    detector = Detector(network)
    whole = detector.detect(samples)
    for most in (1500, 100_000):
        for gain in (whole.gain_db, None):
            live, at, chimes = detector.listen(gain_db=gain), 0, []
            while at < len(samples):
                size = int(rng.integers(0, most + 1))
                chimes += live.push(samples[at : at + size])
                at += size
            assert chimes == live.chimes
            if gain is None:
                once = detector.listen()
                once.push(samples)
                np.testing.assert_allclose(live.probabilities, once.probabilities, atol=1e-5)
                assert once.chimes == chimes
            else:
                np.testing.assert_allclose(live.probabilities, whole.probabilities, atol=1e-5)
                assert chimes == whole.chimes


def test_live_levels_follow_the_last_ten_seconds():
    live, quiet = LiveLevel(1000, -20.0), np.tile(np.array([100, -100], np.int16), 5000)
    louder = live.push(quiet)
    assert len(louder) == 10_000 and level(louder) == pytest.approx(-20, abs=0.1)
    one, other = LiveLevel(1000, -20.0), LiveLevel(1000, -20.0)
    parts = np.concatenate([other.push(quiet[at : at + 37]) for at in range(0, len(quiet), 37)])
    np.testing.assert_array_equal(one.push(quiet)[: len(parts)], parts)
    assert len(parts) == 10_000
    assert not LiveLevel(1000, -20.0).push(np.zeros(500, np.int16)).any()


def test_files_of_any_kind_are_heard_block_by_block(network, tmp_path):
    samples = recording(24.0, bursts=(2.0, 11.0, 20.5))
    stereo = np.stack([samples, samples], axis=1)
    detector = Detector(network)
    write_wav(tmp_path / "stereo.wav", Signal(stereo, 44_100))
    blocks = list(file_blocks(tmp_path / "stereo.wav", 44_100))
    assert max(len(block.samples) for block in blocks) == 441_000 and len(blocks) == 3
    whole = detector.detect(stereo)
    found = detector.detect_file(tmp_path / "stereo.wav")
    assert found.gain_db == whole.gain_db and found.chimes == whole.chimes and len(found.events) == 3
    np.testing.assert_allclose(found.probabilities, whole.probabilities, atol=1e-6)
    write_wav(tmp_path / "other.wav", Signal(np.repeat(samples[::2], 1), 22_050))
    assert [int(event.start) for event in detector.detect_file(tmp_path / "other.wav").events] == [2, 11, 20]


def test_sound_too_short_for_a_step_has_no_events(network):
    detection = Detector(network).detect(recording(0.02, bursts=()))
    assert len(detection.probabilities) == 0 and detection.events == [] and detection.seconds == pytest.approx(0.02)
    assert len(Detector(network).detect(recording(0.1, bursts=())).probabilities) == 10


def test_silence_and_floats_are_refused(network, tmp_path):
    write_wav(tmp_path / "still.wav", Signal(np.zeros(5000, np.int16), 44_100))
    with pytest.raises(InputError, match="still.wav: is silent"):
        Detector(network).detect_file(tmp_path / "still.wav")
    with pytest.raises(InputError, match="give int16"):
        Detector(network).listen(gain_db=0.0).push(np.zeros(5, np.float32))


def test_raw_samples_come_in_whole_frames():
    samples = recording(0.5, bursts=())
    parts = list(pcm_blocks(io.BytesIO(samples.astype("<i2").tobytes())))
    np.testing.assert_array_equal(np.concatenate(parts), samples)
    pairs = np.concatenate(list(pcm_blocks(io.BytesIO(samples.tobytes()), channels=2)))
    np.testing.assert_array_equal(pairs.reshape(-1), samples)
    with pytest.raises(InputError, match="within a sample"):
        list(pcm_blocks(io.BytesIO(samples.tobytes() + b"\1")))


# ---- what is left behind


def test_chimes_are_added_across_blocks(network, tmp_path):
    samples, chime = recording(3.0, bursts=()), make_chime()
    frames = [1000, 60_000, 131_000]
    expected = samples.astype(int)
    for frame in frames:
        part = expected[frame : frame + len(chime)]
        part += chime[: len(part)]
    for size in (500, 44_100, 200_000):
        blocks = (Signal(samples[at : at + size], 44_100) for at in range(0, len(samples), size))
        path = outputs.write_blocks(tmp_path / "a.wav", outputs.with_chimes(blocks, frames, chime))
        np.testing.assert_array_equal(read_audio(path, dtype="int16").samples, np.clip(expected, -32768, 32767))


def test_the_chime_sounds_and_ends(tmp_path):
    chime = make_chime()
    assert len(chime) == 39_690 and 8000 < np.abs(chime).max() < 12_000 and np.abs(chime[-200:]).max() < 60


def test_the_courses_chime_function_puts_them_where_it_says(tmp_path):
    write_wav(tmp_path / "a.wav", Signal(recording(10.0, bursts=()), 44_100))
    predictions = np.zeros((1, 1375, 1))
    predictions[0, 300:330] = 0.9
    for version, step in (("2021", 320), ("2018", 300)):
        steps = course.chime_on_activate(tmp_path / "a.wav", predictions, target=tmp_path / "out.wav", version=version)
        assert steps == [step]
        before, after = (
            read_audio(tmp_path / name, dtype="int16").samples.astype(int) for name in ("a.wav", "out.wav")
        )
        first = np.flatnonzero(before != after)[0]
        assert first / 44_100 == pytest.approx(step / 1375 * 10, abs=0.002)


def test_the_courses_detection_brings_the_level_to_twenty(tmp_path):
    class Listening:
        def predict(self, x, verbose):
            self.seen = x
            return np.zeros((1, 1375, 1))

    samples, model = recording(10.0), Listening()
    write_wav(tmp_path / "a.wav", Signal(samples, 44_100))
    for version, heard in (("2021", match_loudness(samples)), ("2018", apply_gain(samples, 0))):
        course.detect_triggerword(tmp_path / "a.wav", model, version=version)
        write_wav(tmp_path / "b.wav", Signal(heard, 44_100))
        np.testing.assert_array_equal(model.seen[0].T, course.graph_spectrogram(tmp_path / "b.wav"))


def test_preprocessing_cuts_or_fills_to_ten_seconds(tmp_path):
    write_wav(tmp_path / "a.wav", Signal(recording(12.0), 44_100))
    write_wav(tmp_path / "b.wav", Signal(recording(2.0, rate=22_050), 22_050))
    for name, filled in (("a.wav", 441_000), ("b.wav", 88_200)):
        signal = course.preprocess_audio(tmp_path / name, tmp_path / "out.wav")
        assert signal.rate == 44_100 and len(signal.samples) == 441_000
        assert signal.samples[:filled].any() and not signal.samples[filled:].any()
        np.testing.assert_array_equal(read_audio(tmp_path / "out.wav", dtype="int16").samples, signal.samples)


# ---- the shell


@pytest.fixture
def weights(tmp_path):
    return save_parameters(tmp_path / "weights.npz", burst_parameters())


def test_detect_leaves_sound_picture_events_and_labels(shell, tmp_path, weights):
    write_wav(tmp_path / "talk.wav", Signal(recording(), 44_100))
    done = shell(WHERE, "detect", "talk.wav", "--weights", weights)
    assert done.returncode == 0, done.stderr
    assert "trigger word heard: 1.5" in done.stdout and ", 4.0" in done.stdout
    folder = tmp_path / "out/week3/trigger_word/detect"
    events = json.loads((folder / "talk_events.json").read_text())
    assert len(events["events"]) == len(events["chimes"]) == 2 and events["events"][0]["start"] == pytest.approx(
        1.5, abs=0.1
    )
    labels = [line.split("\t") for line in (folder / "talk_labels.txt").read_text().splitlines()]
    assert (
        len(labels) == 2 and float(labels[1][0]) == pytest.approx(4.0, abs=0.1) and labels[0][2].startswith("trigger")
    )
    assert (folder / "talk.png").read_bytes()[:4] == b"\x89PNG"
    chimed = read_audio(folder / "talk_chimed.wav", dtype="int16").samples.astype(int)
    first = np.flatnonzero(chimed != recording())[0] / 44_100
    assert first == pytest.approx(events["chimes"][0]["seconds"], abs=0.01)


def test_a_folder_is_heard_file_by_file_and_a_bad_one_does_not_stop_it(shell, tmp_path, weights):
    for name in ("a/one.wav", "b/one.wav"):
        write_wav(tmp_path / "sounds" / name, Signal(recording(3.0, bursts=(1.0,)), 44_100))
    (tmp_path / "sounds/bad.wav").write_text("no sound at all, only words")
    done = shell(WHERE, "detect", "sounds", "--weights", weights, "--json", "--no-picture")
    assert done.returncode == 2
    assert "bad.wav: can not be read" in done.stderr and "Traceback" not in done.stderr
    assert [len(one["events"]) for one in json.loads(done.stdout)] == [1, 1]
    names = {path.name for path in (tmp_path / "out/week3/trigger_word/detect").glob("*_chimed.wav")}
    assert names == {"one_chimed.wav", "one_2_chimed.wav"}


def test_standard_input_is_heard(tmp_path, weights):
    command = [
        sys.executable,
        "-m",
        WHERE,
        "detect",
        "-",
        "--weights",
        str(weights),
        "--rate",
        "22050",
        "--channels",
        "2",
        "--keep-level",
    ]
    samples = recording(5.0, bursts=(2.0,), rate=22_050)
    done = subprocess.run(
        command,
        input=np.stack([samples, samples], axis=1).tobytes(),
        capture_output=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROJECT), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().startswith("trigger word at 2.")
    empty = subprocess.run(command, input=b"", capture_output=True, cwd=tmp_path, env={"PYTHONPATH": str(PROJECT)})
    assert empty.returncode == 2 and b"standard input is empty" in empty.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("detect", "a.wav", "--weights", "nowhere.npz"), "nowhere.npz: no such file"),
        (("detect", "nowhere.wav"), "nowhere.wav"),
        (("synthesize", "--activates", "nowhere"), "nowhere: is not a folder"),
    ],
)
def test_what_is_missing_is_named_in_a_sentence(shell, tmp_path, without_course, arguments, named):
    write_wav(tmp_path / "a.wav", Signal(recording(1.0), 44_100))
    done = shell(WHERE, *arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert named in done.stderr
    assert not list(tmp_path.glob("out/**/*.wav"))


def test_synthesize_makes_shards_of_ones_own_clips(shell, tmp_path):
    for kind, seconds, count in (("activates", 0.5, 2), ("negatives", 0.4, 1), ("backgrounds", 3.0, 1)):
        for number in range(count):
            clip = recording(seconds, bursts=(0.1,) if kind != "backgrounds" else (), seed=number)
            write_wav(tmp_path / kind / f"{number}.wav", Signal(clip, 44_100))
    options = [word for kind in ("activates", "negatives", "backgrounds") for word in (f"--{kind}", kind)]
    done = shell(WHERE, "synthesize", *options, "--count", "3", "--per-shard", "2", "--workers", "1", "--out", "made")
    assert done.returncode == 0, done.stderr
    assert "3 examples with" in done.stdout and "in 2 shards" in done.stdout
    manifest = json.loads((tmp_path / "made/manifest.json").read_text())
    assert [one["count"] for one in manifest["shards"]] == [2, 1]
    assert (tmp_path / "made/example.png").is_file()
    with np.load(tmp_path / "made/examples_0000000.npz") as shard:
        np.testing.assert_array_equal(
            shard["samples"][0], read_audio(tmp_path / "made/example_0.wav", dtype="int16").samples
        )
    other = shell(WHERE, "synthesize", *options, "--count", "3", "--seed", "1", "--per-shard", "2", "--out", "made")
    assert other.returncode == 2 and "made otherwise" in other.stderr


def test_folders_without_sound_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds no sound files"):
        sound_files([tmp_path])
