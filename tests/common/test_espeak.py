"""Spoken words: what is said where the program is missing, silence cut off, sound files written, who speaks where."""

import shutil

import numpy as np
import pytest

from common import espeak
from common.audio import read_audio
from common.errors import InputError
from common.mixing import level

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def test_without_espeak_the_script_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="apt-get install espeak-ng"):
        espeak.check_synthesizer()


def test_silence_is_cut_off_with_a_margin():
    samples = np.zeros(1000, np.float32)
    samples[300], samples[600] = 1.0, -0.02
    cut = espeak.without_silence(samples, 1000)
    assert len(cut) == 321 and np.argmax(cut) == 10
    assert len(espeak.without_silence(samples, 1000, below_db=30)) == 21


def test_nobody_speaks_in_two_splits():
    variants = [set(names.split()) for names in espeak.VARIANTS.values()]
    assert sum(map(len, variants)) == len(set.union(*variants)) == 72
    own = [set(espeak.LANGUAGES[split]) - set(espeak.LANGUAGES["train"]) for split in ("dev", "test")]
    assert own[0] and own[1] and not own[0] & own[1]


@needs_espeak
def test_words_are_spoken_at_one_level_without_silence_around_them():
    said = espeak.speak("seven", voice="en-gb+f2", speed=160, pitch=50)
    assert said.dtype == np.int16 and 0.2 < len(said) / espeak.RATE < 1
    assert level(said) == pytest.approx(espeak.LEVEL_DBFS, abs=0.3)
    np.testing.assert_array_equal(said, espeak.speak("seven", voice="en-gb+f2", speed=160, pitch=50))
    slower = espeak.speak("seven", voice="en-gb+f2", speed=100, pitch=50)
    assert len(slower) > 1.2 * len(said)


@needs_espeak
def test_a_voice_that_does_not_exist_is_told():
    with pytest.raises(InputError, match="says nothing for espeak-ng -v xx"):
        espeak.speak("seven", voice="xx")


def test_opus_keeps_the_place_of_every_sound(tmp_path):
    rng = np.random.default_rng(0)
    samples = (rng.normal(0, 3000, 16_000) * np.repeat([0, 1, 0, 1], 4000)).astype(np.int16)
    sizes = []
    for compression in (0.95, 1.0):
        espeak.write_opus(tmp_path / "folder" / "one.ogg", samples, compression=compression)
        sizes.append((tmp_path / "folder" / "one.ogg").stat().st_size)
        again, rate = read_audio(tmp_path / "folder" / "one.ogg", dtype="int16")
        assert rate == espeak.RATE and len(again) == len(samples)
        loud = np.abs(again.astype(float)).reshape(-1, 200).mean(axis=1) > 300
        expected = np.repeat([False, True, False, True], 20)
        assert np.mean(loud == expected) > 0.95
    assert sizes[1] < 0.7 * sizes[0]
