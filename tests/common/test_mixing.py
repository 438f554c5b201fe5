"""Gain, level and overlay: bit for bit what pydub computes; positions in frames and milliseconds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.audio import Signal
from common.errors import InputError
from common.mixing import (
    apply_gain,
    energy,
    fit_length,
    frames_of,
    from_segment,
    level,
    level_of_energy,
    match_loudness,
    milliseconds_of,
    overlay,
    to_mono,
    to_segment,
)


def sound(frames, channels=2, seed=0, peak=32768):
    rng = np.random.default_rng(seed)
    return rng.integers(-peak, peak, (frames, channels) if channels > 1 else frames).astype(np.int16)


def pydub(samples, rate=44_100):
    return to_segment(Signal(samples, rate))


@settings(max_examples=60, deadline=None)
@given(decibels=st.floats(-60, 30), peak=st.integers(1, 32768), channels=st.integers(1, 2))
def test_gain_and_level_are_pydubs(decibels, peak, channels):
    samples = sound(700, channels, peak=peak)
    assert level(samples) == pydub(samples).dBFS
    expected = from_segment(pydub(samples).apply_gain(decibels)).samples
    np.testing.assert_array_equal(apply_gain(samples, decibels), expected)


def test_every_value_is_rounded_as_pydub_does():
    samples = np.arange(-32768, 32768).astype(np.int16)
    for decibels in (-20, -6.02, -1e-9, 0, 0.3, 11.7):
        expected = from_segment(pydub(samples).apply_gain(decibels)).samples
        np.testing.assert_array_equal(apply_gain(samples, decibels), expected)


@settings(max_examples=60, deadline=None)
@given(
    frames=st.integers(1, 3000),
    clip_frames=st.integers(1, 4000),
    channels=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    share=st.floats(0, 1),
)
def test_overlay_is_pydubs(frames, clip_frames, channels, share):
    rate = 10_000  # a tenth of a millisecond a frame, so that milliseconds begin at frames
    background, clip = sound(frames * 10, channels[0]), sound(clip_frames, channels[1], seed=1)
    position = int(share * frames)
    expected = from_segment(pydub(background, rate).overlay(pydub(clip, rate), position=position)).samples
    np.testing.assert_array_equal(overlay(background, clip, frames_of(position, rate)), expected)


def test_overlay_clips_and_leaves_its_input_alone():
    background, clip = np.array([30000, -30000, 5], np.int16), np.array([10000, -10000], np.int16)
    assert overlay(background, clip, 0).tolist() == [32767, -32768, 5]
    assert overlay(background, clip, 2).tolist() == [30000, -30000, 10005]
    assert background.tolist() == [30000, -30000, 5]


@pytest.mark.parametrize(
    ("background", "clip", "start", "message"),
    [
        (np.zeros(5, np.int16), np.zeros(2, np.float32), 0, "int16 samples are mixed"),
        (np.zeros(5, np.int16), np.zeros(2, np.int16), 6, "outside 0 to 5"),
        (np.zeros(5, np.int16), np.zeros(2, np.int16), -1, "outside 0 to 5"),
        (np.zeros((5, 2), np.int16), np.zeros((2, 3), np.int16), 0, "do not fit"),
    ],
)
def test_what_can_not_be_mixed_is_refused(background, clip, start, message):
    with pytest.raises(InputError, match=message):
        overlay(background, clip, start)


@given(milliseconds=st.integers(0, 10_000_000), rate=st.sampled_from([8000, 11025, 16000, 44100, 48000]))
def test_positions_are_pydubs(milliseconds, rate):
    segment = pydub(np.zeros(1, np.int16), rate)
    assert frames_of(milliseconds, rate) == segment._parse_position(milliseconds)
    assert abs(milliseconds_of(frames_of(milliseconds, rate), rate) - milliseconds) <= 1


@given(frames=st.integers(1, 50_000), rate=st.sampled_from([8000, 11025, 16000, 44100, 48000]))
def test_lengths_are_pydubs(frames, rate):
    assert milliseconds_of(frames, rate) == len(pydub(np.zeros(frames, np.int16), rate))


def test_loudness_is_matched_and_silence_refused():
    samples = sound(5000, peak=300)
    assert level(match_loudness(samples, -20)) == pytest.approx(-20, abs=0.02)
    assert level(match_loudness(samples / np.float32(32768), -33.0)) == pytest.approx(-33, abs=1e-4)
    with pytest.raises(InputError, match="silent"):
        match_loudness(np.zeros(10, np.int16))


def test_a_square_wave_of_full_scale_has_level_zero():
    assert level(np.tile(np.array([1.0, -1.0], np.float32), 50)) == pytest.approx(0, abs=1e-6)
    assert level(np.zeros(3, np.int16)) == -np.inf == level_of_energy(0.0, 0)
    assert energy(np.full(3, 0.5, np.float32)) == pytest.approx(3 * 16384**2)


def test_length_is_cut_or_filled_with_silence():
    samples = sound(5)
    np.testing.assert_array_equal(fit_length(samples, 3), samples[:3])
    longer = fit_length(samples, 8)
    np.testing.assert_array_equal(longer[:5], samples)
    assert longer.shape == (8, 2) and longer.dtype == np.int16 and not longer[5:].any()


@pytest.mark.parametrize("channels", [1, 2])
def test_segments_carry_the_samples_both_ways(channels):
    samples = sound(50, channels)
    back = from_segment(pydub(samples, 16_000))
    assert back.rate == 16_000
    np.testing.assert_array_equal(back.samples, samples)
    np.testing.assert_array_equal(from_segment(pydub(samples).set_sample_width(4)).samples, samples)
    floats = to_segment(Signal(samples.astype(np.float32) / 32768, 16_000))
    np.testing.assert_array_equal(from_segment(floats).samples, samples)
    np.testing.assert_array_equal(to_mono(samples), samples if channels == 1 else samples[:, 0])


@pytest.mark.parametrize("wrong", [np.zeros(0, np.int16), np.zeros(3, np.int32)])
def test_samples_of_another_kind_are_refused(wrong):
    with pytest.raises(InputError, match="int16 or floats"):
        level(wrong)
