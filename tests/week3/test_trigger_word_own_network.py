"""Our own network: its size, NumPy against Keras, streams against the whole, weights with notes, rules in time."""

import json

import numpy as np
import pytest

from common.audio import Signal, write_wav
from common.errors import InputError
from common.mixing import match_loudness
from common.spectrogram import log_mel
from week3.trigger_word.chimes import COURSE_STEP, Consecutive, Gap, Hysteresis, make_rule
from week3.trigger_word.detect import Detector, RateConverter
from week3.trigger_word.front_end import LOG_MEL, SPECTROGRAM, front_end_named
from week3.trigger_word.model import OWN, build_model
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.weights import (
    from_keras,
    load_notes,
    load_parameters,
    save_parameters,
    to_keras,
)

NOTES = {"front end": "log-mel", "stride": 3, "threshold": 0.85, "word": "activate"}


def parameters(seed=0):
    rng, made = np.random.default_rng(seed), {}
    for name, shape in OWN.parameter_shapes().items():
        spread = 1.5 / np.sqrt(np.prod(shape[:-1])) if len(shape) > 1 else 0.2
        made[name] = rng.normal(0, spread, shape).astype(np.float32)
        if name.endswith(("gamma", "variance")):
            made[name] = rng.uniform(0.5, 1.5, shape).astype(np.float32)
    return made


def sound(seconds=5.0, seed=0):
    rng = np.random.default_rng(seed)
    count = int(seconds * LOG_MEL.rate)
    return (
        (6000 * rng.normal(size=count) * (0.2 + np.sin(np.arange(count) / 3000) ** 2))
        .clip(-32768, 32767)
        .astype(np.int16)
    )


@pytest.fixture(scope="module")
def network():
    return TriggerNetwork(OWN, parameters(), LOG_MEL, NOTES)


@pytest.fixture(scope="module")
def keras_model():
    model = build_model(OWN)
    to_keras(model, parameters())
    return model


def test_it_has_few_parameters_and_named_layers(keras_model):
    counted = sum(int(np.prod(shape)) for shape in OWN.parameter_shapes().values())
    assert keras_model.count_params() == counted <= 200_000
    names = {layer.name for layer in keras_model.layers}
    assert {"conv", "norm_1", "relu", "gru_1", "norm_2", "gru_2", "norm_3", "dense"} <= names
    assert keras_model.get_layer("norm_1").momentum == OWN.momentum


def test_numpy_is_keras_on_real_features(network, keras_model):
    frames = network.features(match_loudness(sound()))
    expected = keras_model.predict(frames[None], verbose=0)[0, :, 0]
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(network.forward(frames), expected, atol=1e-5)
    assert len(expected) == OWN.steps(len(frames)) == (len(frames) - 5) // 3 + 1


def test_a_stream_of_sound_is_the_whole_whatever_the_pieces(network):
    samples, rng, detector = sound(), np.random.default_rng(1), Detector(network)
    whole = detector.detect(samples)
    offline = network.forward(network.features(match_loudness(samples)))
    np.testing.assert_allclose(whole.probabilities, offline, atol=1e-5)
    for most in (300, 5000, 40_000):
        live, at = detector.listen(gain_db=whole.gain_db), 0
        while at < len(samples):
            size = int(rng.integers(0, most))
            live.push(samples[at : at + size])
            at += size
        np.testing.assert_allclose(live.probabilities, offline, atol=1e-5)


def test_a_step_knows_nothing_of_what_follows(network):
    detector, samples = Detector(network), sound(2.0)
    step = 30
    end = round(detector.seconds_of(step) * network.rate)
    changed = samples.copy()
    changed[end:] = 0
    one, other = (detector.listen(gain_db=0.0) for _ in range(2))
    one.push(samples), other.push(changed)
    np.testing.assert_array_equal(one.probabilities[: step + 1], other.probabilities[: step + 1])
    assert (one.probabilities[step + 1 :] != other.probabilities[step + 1 :]).any()
    changed[end - 40 : end] = 9000  # the last samples of the last frame that the step looks at
    third = detector.listen(gain_db=0.0)
    third.push(changed)
    assert third.probabilities[step] != one.probabilities[step]


def test_the_front_end_scales_log_mel_features():
    samples = sound(1.0)
    np.testing.assert_allclose(LOG_MEL.features(samples), (log_mel(samples) + 8) / 3, atol=1e-6)
    assert LOG_MEL.frames(16_000) == len(LOG_MEL.features(samples)) == 98
    assert SPECTROGRAM.frames(441_000) == 5511 and SPECTROGRAM.frames(100) == 0
    assert front_end_named("log-mel") is LOG_MEL
    with pytest.raises(InputError, match="no front end 'mfcc'"):
        front_end_named("mfcc")


# ---- weights files


def test_weights_tell_what_they_are_for(tmp_path, network):
    path = save_parameters(tmp_path / "weights.npz", parameters(), NOTES)
    loaded = TriggerNetwork.load(path)
    assert loaded.notes == NOTES and loaded.threshold == 0.85 and loaded.config.stride == 3
    assert (loaded.rate, loaded.window, loaded.hop) == (16_000, 400, 160)
    frames = network.features(sound(1.0))
    np.testing.assert_array_equal(loaded.forward(frames), network.forward(frames))
    halved = save_parameters(tmp_path / "half.npz", parameters(), NOTES, dtype=np.float16)
    assert halved.stat().st_size < 0.6 * path.stat().st_size
    np.testing.assert_allclose(TriggerNetwork.load(halved).forward(frames), network.forward(frames), atol=0.05)
    assert load_notes(save_parameters(tmp_path / "bare.npz", parameters())) == {}
    assert load_notes("model.h5") == {}


@pytest.mark.parametrize(
    "notes", [[1, 2], {"stride": "3"}, {"stride": 3, "threshold": 1.5}, {"stride": 3, "threshold": "high"}]
)
def test_damaged_notes_are_refused(tmp_path, notes):
    arrays = parameters() | {"notes": np.frombuffer(json.dumps(notes).encode(), np.uint8)}
    np.savez(tmp_path / "weights.npz", **arrays)
    with pytest.raises(InputError, match="notes can not be read"):
        TriggerNetwork.load(tmp_path / "weights.npz")
    np.savez(tmp_path / "weights.npz", **(arrays | {"notes": np.frombuffer(b"{", np.uint8)}))
    with pytest.raises(InputError, match="notes can not be read"):
        load_parameters(tmp_path / "weights.npz")


def test_a_network_and_a_front_end_that_do_not_fit_are_refused(tmp_path):
    path = save_parameters(tmp_path / "weights.npz", parameters(), {"front end": "spectrogram", "stride": 3})
    with pytest.raises(InputError, match="takes 40 numbers a frame and spectrogram gives 101"):
        TriggerNetwork.load(path)


def test_keras_weights_of_this_size_go_back_and_forth(keras_model):
    for name, value in from_keras(keras_model).items():
        np.testing.assert_array_equal(value, parameters()[name])


# ---- time


def test_rules_count_in_time_not_in_steps(network):
    assert Detector(network).step_seconds == pytest.approx(0.03)
    plain = make_rule("hysteresis", 0.5), make_rule("2021", 0.5), make_rule("2018", 0.5)
    assert vars(plain[0]) == vars(Hysteresis(0.5)) and vars(plain[1]) == vars(Consecutive(0.5))
    assert vars(plain[2]) == vars(Gap(0.5))
    slow = [make_rule(name, 0.5, step_seconds=0.03) for name in ("hysteresis", "2021", "2018")]
    assert (slow[0].hold, slow[0].rest, slow[1].count, slow[2].gap) == (1, 4, 5, 18)
    assert make_rule("2021", 0.5, step_seconds=COURSE_STEP / 2).count == 40
    assert make_rule("hysteresis", 0.5, step_seconds=1.0).hold == 1


def test_sound_of_another_rate_is_converted_as_it_arrives():
    samples = np.stack([sound(1.0), np.zeros(16_000, np.int16)], axis=1)
    same = RateConverter(16_000, 16_000)
    np.testing.assert_array_equal(same.push(samples), samples[:, 0])
    half = RateConverter(32_000, 16_000)
    time = np.arange(32_000) / 32_000
    pieces = [half.push((9000 * np.sin(2 * np.pi * 300 * part)).astype(np.int16)) for part in np.split(time, 50)]
    joined = np.concatenate(pieces)
    expected = 9000 * np.sin(2 * np.pi * 300 * np.arange(len(joined)) / 16_000)
    assert len(joined) > 15_900 and np.abs(joined - expected)[100:].max() < 20


def test_a_file_of_another_rate_is_heard(tmp_path, network):
    samples = np.repeat(sound(1.0), 2)  # 32,000 Hz, crudely
    write_wav(tmp_path / "a.wav", Signal(samples, 32_000))
    detection = Detector(network).detect_file(tmp_path / "a.wav")
    assert detection.seconds == pytest.approx(1.0, abs=0.001)
    assert len(detection.probabilities) == OWN.steps(98)
