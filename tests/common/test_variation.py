"""Speed, pitch, rooms and noise: each does what it says, measured."""

import numpy as np
import pytest

from common import variation
from common.errors import InputError


def dominant(samples, rate=44_100):
    return np.abs(np.fft.rfft(samples * np.hanning(len(samples)))).argmax() * rate / len(samples)


def test_speed_and_pitch_change_apart():
    time = np.arange(22_050) / 44_100
    tone = np.sin(2 * np.pi * 440 * time).astype(np.float32)
    faster = variation.stretch(tone, 1.25)
    assert len(faster) == 17_640 and dominant(faster) == pytest.approx(440, abs=4)
    assert variation.power(faster) == pytest.approx(0.5, rel=0.1)
    higher = variation.shift_pitch(tone, 12)
    assert abs(len(higher) - len(tone)) <= 2 and dominant(higher) == pytest.approx(880, abs=4)
    both = variation.change_rate(tone, 2.0)
    assert len(both) == 11_025 and dominant(both) == pytest.approx(880, abs=4)
    with pytest.raises(InputError, match="0.25 to 4"):
        variation.stretch(tone, 9)


def test_a_room_has_its_energy_and_dies_away():
    response = variation.room_response(np.random.default_rng(0), 8000, 0.4, 0.5)
    assert response[0] == 1 and np.sum(response[1:] ** 2) == pytest.approx(0.5, rel=1e-3)
    early, late = (np.sum(part**2) for part in (response[80:800], response[1600:2320]))
    assert 10 * np.log10(early / late) == pytest.approx(60 * 0.19 / 0.4, abs=3)
    signal = np.random.default_rng(1).normal(size=500).astype(np.float32)
    np.testing.assert_allclose(variation.convolve(signal, response), np.convolve(signal, response), atol=1e-4)


def test_noise_falls_as_it_should():
    noise = variation.coloured_noise(np.random.default_rng(0), 1 << 16, 6.0)
    power = np.abs(np.fft.rfft(noise)) ** 2
    assert variation.power(noise) == pytest.approx(1, rel=1e-3)
    assert 10 * np.log10(power[2000:4000].mean() / power[4000:8000].mean()) == pytest.approx(6, abs=0.5)
    assert variation.power(variation.to_ratio(noise, 4.0, -10)) == pytest.approx(0.4, rel=1e-3)
    assert not variation.to_ratio(np.zeros(3, np.float32), 1.0, 0).any()
