"""SoundFonts: what is asked of FluidSynth, on a stand-in for it, and the real library where it is installed."""

import ctypes
import struct

import numpy as np
import pytest

from common.errors import InputError, MissingFileError
from common.midi import Bend, Control, Note, Program, Score, Tempo, Track
from common.synthesizer import soundfont, synthesize

RATE = 8000
SCORE = Score(
    (
        Track(
            (Note(69, 100, 0.0, 1.0), Note(69, 90, 1.0, 2.0)),
            programs=(Program(0.0, 0, 5),),
            controls=(Control(0.5, 0, 7, 90),),
            bends=(Bend(1.5, 0, -8192),),
        ),
    ),
    tempos=(Tempo(0.0, 1_000_000),),
)


class Library:
    """Stands in for FluidSynth: notes what is asked, and sounds a constant while a note is held."""

    def __init__(self, loads=True):
        self.loads, self.calls, self.written, self.held, self.open = loads, [], 0, set(), 0

    def new_fluid_settings(self):
        self.open += 1
        return 1

    def new_fluid_synth(self, settings):
        self.open += 1
        return 2

    def delete_fluid_settings(self, settings):
        self.open -= 1

    delete_fluid_synth = delete_fluid_settings

    def fluid_settings_setnum(self, settings, name, value):
        assert (name, value.value) == (b"synth.sample-rate", RATE)
        return 0

    def fluid_synth_sfload(self, synth, path, reset):
        assert path.endswith(b".sf2") and reset == 1
        return 1 if self.loads else -1

    def fluid_synth_write_float(self, synth, frames, left, left_at, left_step, right, right_at, right_step):
        values = np.ctypeslib.as_array(ctypes.cast(left, ctypes.POINTER(ctypes.c_float)), (2 * frames,))
        assert left.value == right.value
        values[left_at::left_step] = 0.5 * len(self.held)
        values[right_at::right_step] = 0.25 * len(self.held)
        self.written += frames

    def __getattr__(self, name):
        def note_down(synth, *values):
            self.calls.append((self.written / RATE, name.removeprefix("fluid_synth_"), *values))
            if name == "fluid_synth_noteon":
                self.held.add(values[:2])
            if name == "fluid_synth_noteoff":
                self.held.discard(values)
            return 0

        return note_down


def soundfont_bytes(rate=22050, root=69, frequency=440.0):
    """A SoundFont 2 file of one looped tone for all keys of preset 0 (SoundFont 2.04 specification)."""
    tone = (16000 * np.sin(2 * np.pi * frequency * np.arange(rate) / rate)).astype("<i2").tobytes() + bytes(92)

    def chunk(name, content):
        return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)

    def record(name, *rest):
        return name.ljust(20, b"\0") + struct.pack(*rest)

    parts = {
        b"phdr": record(b"Tone", "<HHHIII", 0, 0, 0, 0, 0, 0) + record(b"EOP", "<HHHIII", 0, 0, 1, 0, 0, 0),
        b"pbag": struct.pack("<4H", 0, 0, 1, 0),
        b"pmod": bytes(10),
        b"pgen": struct.pack("<4H", 41, 0, 0, 0),  # instrument 0
        b"inst": record(b"Tone", "<H", 0) + record(b"EOI", "<H", 1),
        b"ibag": struct.pack("<4H", 0, 0, 2, 0),
        b"imod": bytes(10),
        b"igen": struct.pack("<6H", 54, 1, 53, 0, 0, 0),  # loop, sample 0
        b"shdr": record(b"Tone", "<5IBbHH", 0, rate, 0, rate, rate, root, 0, 0, 1)
        + record(b"EOS", "<5IBbHH", *[0] * 9),
    }
    info = chunk(b"ifil", struct.pack("<HH", 2, 1)) + chunk(b"isng", b"EMU8000\0") + chunk(b"INAM", b"Tone\0\0")
    body = chunk(b"LIST", b"INFO" + info) + chunk(b"LIST", b"sdta" + chunk(b"smpl", tone))
    body += chunk(b"LIST", b"pdta" + b"".join(chunk(*part) for part in parts.items()))
    return chunk(b"RIFF", b"sfbk" + body)


@pytest.fixture
def font(tmp_path):
    (tmp_path / "tone.sf2").write_bytes(soundfont_bytes())
    return tmp_path / "tone.sf2"


def test_events_arrive_at_their_times(font):
    library = Library()
    signal = soundfont.render_soundfont(SCORE, font, rate=RATE, library=library)
    assert library.calls == [
        (0.0, "program_change", 0, 5),
        (0.0, "noteon", 0, 69, 100),
        (0.5, "cc", 0, 7, 90),
        (1.0, "noteoff", 0, 69),  # before the next note of the same pitch begins
        (1.0, "noteon", 0, 69, 90),
        (1.5, "pitch_bend", 0, 0),
        (2.0, "noteoff", 0, 69),
    ]
    assert signal.rate == RATE and signal.samples.shape == (4 * RATE, 2)
    np.testing.assert_array_equal(signal.samples[: 2 * RATE], np.tile([[0.5, 0.25]], (2 * RATE, 1)))
    assert not signal.samples[2 * RATE :].any()
    assert library.open == 0


def test_a_font_that_the_library_refuses(font):
    library = Library(loads=False)
    with pytest.raises(InputError, match="tone.sf2: FluidSynth can not load"):
        soundfont.render_soundfont(SCORE, font, rate=RATE, library=library)
    assert library.open == 0


def test_no_font_and_no_library(tmp_path, font, monkeypatch):
    with pytest.raises(MissingFileError, match="no such file"):
        synthesize(SCORE, soundfont=tmp_path / "none.sf2")
    (tmp_path / "text.sf2").write_text("not a font")
    with pytest.raises(InputError, match="text.sf2: is no SoundFont"):
        synthesize(SCORE, soundfont=tmp_path / "text.sf2")
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    with pytest.raises(InputError, match="FluidSynth library, which is not installed; install it"):
        synthesize(SCORE, soundfont=font)


def test_a_library_that_can_not_be_loaded(tmp_path, font, monkeypatch):
    (tmp_path / "libfluidsynth.so").write_text("no library")
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: str(tmp_path / "libfluidsynth.so"))
    with pytest.raises(InputError, match="can not be loaded"):
        synthesize(SCORE, soundfont=font)


def test_the_real_library(font):
    try:
        soundfont.find_library()
    except InputError:
        pytest.skip("the FluidSynth library is not installed")
    signal = synthesize(SCORE, rate=RATE, soundfont=font)
    first = signal.samples[RATE // 10 : RATE, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(first * np.hanning(len(first))))
    assert spectrum.argmax() * RATE / len(first) == pytest.approx(440, abs=3)
    assert np.abs(signal.samples[: RATE // 2]).max() > 10 * np.abs(signal.samples[-RATE // 4 :]).max()
