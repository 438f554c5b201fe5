"""Resampling: sines stay sines, nothing folds back, pieces make no difference, SciPy filters the same way."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.resampling import Resampler, kernel, resample

RATES = [(48_000, 44_100), (22_050, 44_100), (8_000, 44_100), (44_100, 16_000), (96_000, 44_100), (44_099, 44_100)]


def decibels(value):
    return 20 * np.log10(value + 1e-30)


def sine(frequency, rate, count, phase=0.3):
    return np.sin(2 * np.pi * frequency * np.arange(count) / rate + phase)


@pytest.mark.parametrize(("rate", "new_rate"), RATES)
@pytest.mark.parametrize(("share", "limit"), [(0.05, -95), (0.5, -95), (0.85, -80)])
def test_a_sine_is_the_same_sine_at_the_other_rate(rate, new_rate, share, limit):
    frequency = share * min(rate, new_rate) / 2
    found = resample(sine(frequency, rate, rate // 2), rate, new_rate)
    assert found.dtype == np.float32 and len(found) == -(-(rate // 2) * new_rate // rate)
    error = found - sine(frequency, new_rate, len(found))
    assert decibels(np.abs(error[new_rate // 20 : -new_rate // 20]).max()) < limit


@pytest.mark.parametrize(("rate", "new_rate"), [(48_000, 44_100), (44_100, 16_000), (96_000, 44_100), (44_100, 44_099)])
def test_what_the_new_rate_can_not_hold_does_not_fold_back(rate, new_rate):
    highest = min(1.1 * new_rate / 2, rate / 2 - 1)
    found = resample(sine(highest, rate, rate // 2), rate, new_rate)
    assert decibels(np.abs(found[new_rate // 20 : -new_rate // 20]).max()) < (-95 if rate > 1.2 * new_rate else 0)


@pytest.mark.parametrize(("rate", "new_rate"), RATES[:4])
def test_scipy_gives_the_same_with_the_same_filter(rate, new_rate):
    stream = Resampler(rate, new_rate)
    up, down, reach = stream.up, stream.down, stream.half * stream.up
    taps = kernel(np.arange(-reach, reach + 1) / up, stream.cutoff)
    signal = np.random.default_rng(0).normal(size=3000)
    expected = scipy.signal.resample_poly(signal, up, down, window=taps / taps.sum())
    found = resample(signal, rate, new_rate)
    assert len(found) == len(expected)
    np.testing.assert_allclose(found, expected, atol=2e-4)


@settings(max_examples=40, deadline=None)
@given(pieces=st.lists(st.integers(0, 3000), max_size=8), rates=st.sampled_from([*RATES, (3, 7), (16_000, 8_000)]))
def test_pieces_of_any_size_give_the_same(pieces, rates):
    signal = np.random.default_rng(1).normal(size=sum(pieces)).astype(np.float32)
    stream, found, at = Resampler(*rates), [], 0
    for piece in pieces:
        found.append(stream.push(signal[at : at + piece]))
        at += piece
    whole = resample(signal, *rates)
    np.testing.assert_allclose(np.concatenate([*found, stream.finish()]), whole, atol=1e-6)
    assert len(whole) == -(-len(signal) * rates[1] // rates[0])


def test_channels_are_resampled_apart_and_integers_keep_their_range():
    signal = np.random.default_rng(2).integers(-9000, 9000, (2000, 2)).astype(np.int16)
    both = resample(signal, 48_000, 44_100)
    assert both.shape == (1838, 2)
    for channel in range(2):
        np.testing.assert_allclose(both[:, channel], resample(signal[:, channel], 48_000, 44_100), atol=1e-2)
    np.testing.assert_array_equal(resample(signal, 44_100, 44_100), signal)


def test_a_constant_stays_what_it_is():
    for rates in RATES:
        found = resample(np.full(4000, 0.5), *rates)
        np.testing.assert_allclose(found[len(found) // 4 : -len(found) // 4], 0.5, atol=1e-5)


def test_there_is_nothing_in_nothing():
    assert len(resample(np.zeros(0), 48_000, 44_100)) == 0
    assert len(Resampler(48_000, 44_100).finish()) == 0


@pytest.mark.parametrize("rates", [(0, 44_100), (44_100, 0), (44_100, 10**9), (44_100.5, 8000)])
def test_rates_out_of_bounds_are_refused(rates):
    with pytest.raises(InputError, match="samples a second"):
        resample(np.zeros(10), *rates)
