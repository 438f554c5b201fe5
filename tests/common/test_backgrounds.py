"""Backgrounds made by signal processing: their power, their seeds, and whether they sound as they are called."""

import numpy as np
import pytest
from scipy import signal as scipy_signal

from common.backgrounds import TEST_KINDS, make_background
from common.errors import InputError

RATE = 16_000


def spectrum_centre(samples):
    frequencies, power = scipy_signal.welch(samples, RATE, nperseg=1024)
    return float((frequencies * power).sum() / power.sum())


@pytest.mark.parametrize("kind", TEST_KINDS)
def test_backgrounds_have_power_one_and_are_seeded(kind):
    voices = [np.sin(np.arange(5000) * 0.1).astype(np.float32)]
    made = [make_background(kind, np.random.default_rng(seed), 4, RATE, voices=voices) for seed in (0, 0, 1)]
    assert made[0].dtype == np.float32 and made[0].shape == (4 * RATE,) and np.isfinite(made[0]).all()
    assert np.mean(made[0].astype(float) ** 2) == pytest.approx(1, rel=1e-4)
    np.testing.assert_array_equal(made[0], made[1])
    assert abs(np.corrcoef(made[0], made[2])[0, 1]) < 0.5
    short = make_background(kind, np.random.default_rng(0), 0.1, RATE)
    assert len(short) == 1600


def test_backgrounds_sound_as_they_are_called():
    made = {
        kind: [make_background(kind, np.random.default_rng(seed), 6, RATE) for seed in range(6)]
        for kind in ("rain", "traffic", "hum")
    }
    assert min(map(spectrum_centre, made["rain"])) > max(map(spectrum_centre, made["hum"]))
    assert np.mean([spectrum_centre(one) for one in made["traffic"]]) < 1500
    for samples in made["hum"]:
        frequencies, power = scipy_signal.welch(samples, RATE, nperseg=8 * RATE // 4)
        peak = frequencies[np.argmax(power)]
        assert min(peak % 50, -peak % 50, peak % 60, -peak % 60) < 5
    loudness = [one.reshape(-1, RATE // 2) for one in made["traffic"]]
    assert max((block**2).mean(axis=1).max() / (block**2).mean(axis=1).min() for block in loudness) > 3


def test_a_babble_is_made_of_the_voices_given():
    tone = np.sin(2 * np.pi * 1000 * np.arange(8000) / RATE).astype(np.float32)
    babble = make_background("babble", np.random.default_rng(0), 4, RATE, voices=[tone])
    frequencies, power = scipy_signal.welch(babble, RATE, nperseg=1024)
    near = (frequencies > 800) & (frequencies < 1250)
    assert power[near].sum() > 0.5 * power.sum()


def test_unknown_and_too_short_backgrounds_are_refused():
    with pytest.raises(InputError, match="no background 'snow'"):
        make_background("snow", np.random.default_rng(0), 1, RATE)
    with pytest.raises(InputError, match="too short"):
        make_background("rain", np.random.default_rng(0), 0.05, RATE)
