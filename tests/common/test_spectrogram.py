"""Spectrograms against matplotlib and SciPy, log-mel features against a plain implementation, frames cut anywhere."""

import matplotlib.mlab
import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.spectrogram import (
    FrameStream,
    Framing,
    LogMel,
    hertz,
    log_mel,
    mel,
    mel_filters,
    power_frames,
    spectrogram,
    speech_features,
)


def noise(count, seed=0, peak=9000):
    rng = np.random.default_rng(seed)
    return (peak * np.tanh(rng.normal(size=count))).astype(np.int16)


def test_ten_seconds_are_what_matplotlibs_figure_returns():
    from matplotlib.figure import Figure

    samples = noise(441_000)
    expected, *_ = Figure().subplots().specgram(samples, NFFT=200, Fs=8000, noverlap=120)
    found = spectrogram(samples)
    assert found.shape == (101, 5511) and found.dtype == np.float64
    assert np.abs(found - expected).max() <= 1e-12 * expected.max()


@pytest.mark.filterwarnings("ignore:Only one segment is calculated")
@pytest.mark.parametrize("count", [1, 7, 199, 200, 201, 279, 280, 281, 5000, 41_000])
@pytest.mark.parametrize(
    ("window", "overlap", "rate"),
    [
        (200, 120, 8000),
        (64, 0, 44100),
        (25, 24, 1.5),
        (600, 100, 8),
        (64, 56, 2),
        (128, 78, 9),
        (8, 5, 10),
        (4, 3, 1),
        (30, 7, 3),
    ],
)
def test_other_lengths_and_settings_are_matplotlibs_too(count, window, overlap, rate):
    samples = noise(count, seed=count)
    padded = np.pad(samples, (0, max(0, window - count)))
    expected, *_ = matplotlib.mlab.specgram(padded, window, rate, noverlap=overlap)
    found = spectrogram(samples, window=window, overlap=overlap, rate=rate)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * expected.max())
    quick = spectrogram(samples, window=window, overlap=overlap, rate=rate, dtype=np.float32)
    assert quick.dtype == np.float32
    frames = power_frames(samples, Framing(window, window - overlap, rate), np.float32)
    for one in (quick, frames.T):
        assert (np.abs(one - expected).max(axis=0) <= 1e-6 * expected.sum(axis=0)).all()


def test_scipy_agrees_with_the_symmetric_window_only():
    samples = noise(20_000)
    options = {"fs": 8000, "nperseg": 200, "noverlap": 120, "detrend": False}
    found = spectrogram(samples)
    same = scipy.signal.spectrogram(samples.astype(float), window=np.hanning(200), **options)[2]
    other = scipy.signal.spectrogram(samples.astype(float), **options)[2]
    np.testing.assert_allclose(found, same, rtol=0, atol=1e-12 * same.max())
    assert np.abs(np.linalg.norm(found) / np.linalg.norm(other) - 1) > 1e-4


def test_a_sine_has_its_power_at_its_frequency():
    amplitude, rate = 1000.0, 8000
    time = np.arange(4000) / rate
    density = power_frames(amplitude * np.sin(2 * np.pi * 1000 * time))
    assert (density.argmax(axis=1) == 25).all()  # 40 Hz a bin
    np.testing.assert_allclose(density.sum(axis=1) * 40, amplitude**2 / 2, rtol=1e-6)


def test_the_input_is_left_as_it_was():
    samples = noise(1000).astype(np.float64)
    before = samples.copy()
    spectrogram(samples)
    np.testing.assert_array_equal(samples, before)


@pytest.mark.parametrize("samples", [np.zeros((50, 2)), np.zeros(0), np.float64(3)])
def test_what_is_no_channel_is_refused(samples):
    with pytest.raises(InputError, match="one channel"):
        spectrogram(samples)


@pytest.mark.parametrize(("window", "hop", "rate"), [(2, 1, 8), (200, 0, 8), (200, 201, 8), (200, 80, 0)])
def test_settings_out_of_bounds_are_refused(window, hop, rate):
    with pytest.raises(InputError, match="must be"):
        Framing(window, hop, rate)


@settings(max_examples=50, deadline=None)
@given(
    pieces=st.lists(st.integers(0, 700), max_size=20),
    window=st.integers(3, 260),
    hop=st.integers(1, 260),
    dtype=st.sampled_from([np.float64, np.float32]),
)
def test_frames_are_the_same_however_the_sound_arrives(pieces, window, hop, dtype):
    framing = Framing(window, min(window, hop))
    samples, stream, found, at = noise(sum(pieces)), FrameStream(window, framing.hop), [], 0
    for piece in pieces:
        ready = stream.push(samples[at : at + piece])
        at += piece
        if ready is not None:
            found.append(power_frames(ready, framing, dtype))
    if len(samples) < window:
        assert not found
        return
    whole = power_frames(samples, framing, dtype)
    assert sum(map(len, found)) == framing.frames(len(samples)) == len(whole)
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    np.testing.assert_allclose(np.concatenate(found), whole, rtol=0, atol=tolerance * max(whole.max(), 1e-30))


# ---- log-mel


def plain_log_mel(samples, config):
    """The same in plain loops: a slow DFT, the triangles by their definition."""
    x = np.asarray(samples, float) / (32768 if samples.dtype == np.int16 else 1)
    points = [700 * (10 ** (m / 2595) - 1) for m in np.linspace(
        2595 * np.log10(1 + config.low / 700), 2595 * np.log10(1 + config.high / 700), config.bands + 2
    )]  # fmt: skip
    w = np.hanning(config.window)
    rows = []
    for start in range(0, len(x) - config.window + 1, config.hop):
        frame, row = x[start : start + config.window] * w, []
        power = [
            abs(sum(frame * np.exp(-2j * np.pi * k * np.arange(config.window) / config.size))) ** 2 / sum(w * w)
            for k in range(config.size // 2 + 1)
        ]
        for left, middle, right in zip(points, points[1:], points[2:], strict=False):
            total = 0.0
            for k, value in enumerate(power):
                f = k * config.rate / config.size
                if left < f <= middle:
                    total += value * (f - left) / (middle - left)
                elif middle < f < right:
                    total += value * (right - f) / (right - middle)
            row.append(np.log(max(total, config.floor)))
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_log_mel_features_are_the_plain_ones(kind):
    config = LogMel(rate=4000, window=100, hop=40, bands=12, low=50, high=1900)
    samples = noise(500) if kind == np.int16 else (noise(500) / 32768).astype(np.float32)
    np.testing.assert_allclose(log_mel(samples, config), plain_log_mel(samples, config), atol=2e-4)


def test_mel_is_one_thousand_at_one_thousand_hertz_and_turns_back():
    assert mel(1000) == pytest.approx(1000, abs=0.02)
    np.testing.assert_allclose(hertz(mel(np.linspace(0, 8000, 50))), np.linspace(0, 8000, 50), atol=1e-9)


def test_the_default_features_and_their_floor():
    filters = mel_filters(LogMel())
    assert filters.shape == (257, 40) and filters.max() <= 1 and (filters.max(axis=0) > 0.3).all()
    silent = log_mel(np.zeros(16_000, np.int16))
    assert silent.shape == (98, 40) and silent.dtype == np.float32
    np.testing.assert_allclose(silent, np.log(1e-8), rtol=1e-6)


@pytest.mark.parametrize("wrong", [{"high": 9000}, {"low": 8000}, {"hop": 500}, {"bands": 0}, {"floor": 0}])
def test_wrong_features_are_refused(wrong):
    with pytest.raises(InputError):
        LogMel(**wrong)
    with pytest.raises(InputError, match="take fewer"):
        mel_filters(LogMel(bands=300))


def test_speech_features_are_scaled_log_mel():
    samples = (3000 * np.random.default_rng(0).standard_normal(8000)).astype(np.int16)
    np.testing.assert_allclose(speech_features(samples), (log_mel(samples) + 8) / 3, atol=1e-6)
    settings = LogMel(bands=20)
    assert speech_features(samples, settings).shape == (len(log_mel(samples, settings)), 20)
