"""The synthesizer: tones against the plain sum of partials, clean spectra and ends, and what a score asks for."""

from dataclasses import replace

import numpy as np
import pytest

from common.errors import InputError
from common.midi import DRUM_CHANNEL, Bend, Control, Note, Program, Score, Tempo, Track
from common.synthesizer import synthesize, timbres
from common.synthesizer.drums import DRUMS, hit
from common.synthesizer.performance import parts_of
from common.synthesizer.room import convolve, room_response
from common.synthesizer.timbres import timbre_of
from common.synthesizer.tones import Tone, partials, read_between

RATE = 44100
HELD = {"organ": 16, "violin": 40, "strings": 48, "trumpet": 56, "clarinet": 71, "flute": 73}
STRUCK = {"piano": 0, "vibraphone": 11, "guitar": 26, "bass": 33, "harp": 46}
PROGRAMS = {**HELD, **STRUCK}


def score_of(*notes, program=0, controls=(), bends=(), tempos=()):
    channel = notes[0].channel
    track = Track(tuple(notes), programs=(Program(0.0, channel, program),), controls=controls, bends=bends)
    return Score((track,), tempos=tempos)


def mono(score, **options):
    signal = synthesize(score, room=0, **options)
    return signal.samples.astype(np.float64).sum(axis=1)


def spectrum(sound, rate=RATE):
    """Frequencies in Hz and power."""
    return np.fft.rfftfreq(len(sound), 1 / rate), np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2


def strongest(sound, low=0, high=RATE / 2, rate=RATE):
    hertz, power = spectrum(sound, rate)
    inside = (hertz >= low) & (hertz <= high)
    return hertz[inside][power[inside].argmax()]


def rms(sound):
    return float(np.sqrt(np.mean(np.square(sound))))


# ---- one tone


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("pitch", [33, 60, 91])
def test_the_matrix_product_equals_the_plain_sum(program, pitch):
    timbre, frames, velocity = timbre_of(program), 5000, 0.6
    number, frequency, amplitude, decay, phase = partials(timbre, pitch, RATE)
    weight = velocity**1.6 * np.exp(-timbre.darkness * (1 - velocity) * np.maximum(number - 1, 0) / 9) * amplitude
    time = np.arange(frames)
    plain = sum(
        w * np.exp(-d * time) * np.sin(2 * np.pi * f * time / RATE + p)
        for w, d, f, p in zip(weight, decay, frequency, phase, strict=True)
    )
    tone = Tone(timbre, pitch, RATE)
    np.testing.assert_allclose(tone.render(700, velocity), plain[:700], atol=2e-5)
    np.testing.assert_allclose(tone.render(frames, velocity), plain, atol=2e-5)  # after growing


@pytest.mark.parametrize("rate", [8000, 22050, 44100])
def test_no_partial_reaches_half_the_rate(rate):
    for program in range(128):
        for pitch in (21, 60, 96, 127):
            found = partials(timbre_of(program), pitch, rate)
            assert (found.frequency < 0.44 * rate).all() and (found.decay >= 0).all()


def test_a_plucked_string_lacks_the_partials_with_a_node_at_the_finger():
    half = partials(replace(timbres.GUITAR, pluck=0.5), 45, RATE)
    assert np.abs(half.amplitude[half.number % 2 == 0]).max() < 1e-12 * half.amplitude.max()
    stiff = partials(timbres.PIANO, 45, RATE)
    tenth = stiff.frequency[stiff.number == 10][0] / stiff.frequency[0]
    assert tenth == pytest.approx(10 * np.sqrt((1 + 3e-4 * 100) / (1 + 3e-4)), rel=1e-3)


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("pitch", [45, 69, 96, 115])
def test_a_tone_has_its_pitch_and_neither_aliases_nor_dc(program, pitch):
    sound = mono(score_of(Note(pitch, 110, 0.0, 2.0), program=program))
    fundamental = 440 * 2 ** ((pitch - 69) / 12)
    assert strongest(sound, 0.8 * fundamental, 1.25 * fundamental) == pytest.approx(fundamental, rel=0.006)
    hertz, power = spectrum(sound)
    assert power[hertz > 0.46 * RATE].sum() < 1e-6 * power.sum()
    assert abs(sound.mean()) < 5e-3 * rms(sound)  # a short decaying sine has some
    if not timbre_of(program).breath:
        lowest = fundamental * min(1.0, *(ratio for ratio, _ in timbre_of(program).ratios or [(1, 1)]))
        assert power[hertz < 0.6 * lowest].sum() < 3e-4 * power.sum()


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_tones_begin_and_end_without_a_click(program):
    sound = mono(score_of(Note(57, 110, 0.5, 2.5), program=program))
    begin = round(0.25 * RATE)
    assert not sound[:begin].any() and abs(sound[begin]) < 1e-3
    assert abs(sound[-1]) < 2e-3
    # A click is broad: compare what is far above the partials at the end of the note with its middle.
    hertz = np.fft.rfftfreq(1024, 1 / RATE)

    def high(at):
        block = sound[at - 512 : at + 512] * np.hanning(1024)
        return np.sum(np.abs(np.fft.rfft(block))[hertz > 15000] ** 2)

    ends = [round(1.25 * RATE), min(len(sound) - 512, round((1.25 + timbre_of(program).release) * RATE))]
    assert max(map(high, ends)) < 2 * high(round(0.6 * RATE)) + 1e-7 * np.sum(sound**2) / len(sound) * 1024


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_held_tones_stay_and_struck_ones_die_away(program):
    sound = mono(score_of(Note(60, 100, 0.0, 4.0), program=program))
    early, late = rms(sound[13000:22000]), rms(sound[70000:79000])
    assert late > 0.5 * early if program in HELD.values() else late < 0.6 * early


@pytest.mark.parametrize("program", [0, 26, 56, 66])
def test_louder_is_brighter(program):
    centres, levels = [], []
    for velocity in (40, 110):
        sound = mono(score_of(Note(55, velocity, 0.0, 1.0), Note(55, 127, 3.0, 4.0), program=program))[: RATE // 2]
        hertz, power = spectrum(sound)
        centres.append((hertz * power).sum() / power.sum())
        levels.append(rms(sound))
    assert levels[1] > 2 * levels[0] and centres[1] > 1.03 * centres[0]


def test_reading_between_samples():
    tone = np.sin(2 * np.pi * 0.02 * np.arange(400)).astype(np.float32)
    places = np.linspace(1, 397, 1111)
    np.testing.assert_allclose(read_between(tone, places), np.sin(2 * np.pi * 0.02 * places), atol=1e-4)
    np.testing.assert_array_equal(read_between(tone, np.arange(1.0, 398.0)), tone[1:398])


# ---- drums and room


def test_drums_are_noise_or_falling_tones_and_die_away():
    sounds = {key: hit(key, RATE) for key in (*DRUMS, 0, 127)}
    for sound in sounds.values():
        assert sound[0] == 0 and abs(sound[-1]) < 1e-4 and np.abs(sound).max() < 4
        assert abs(sound.mean()) < 0.02 * rms(sound)
        assert rms(sound[-len(sound) // 4 :]) < 0.05 * rms(sound[: len(sound) // 4])
    assert strongest(sounds[36]) < 110 < strongest(sounds[38], 120) and strongest(sounds[42]) > 4000
    np.testing.assert_array_equal(sounds[38], hit(38, RATE))


def test_the_drum_channel_plays_drums():
    kick = mono(score_of(Note(36, 127, 0.0, 0.1, DRUM_CHANNEL)))
    expected = hit(36, RATE)
    np.testing.assert_allclose(
        kick[: len(expected)] / np.abs(kick).max(), (expected / np.abs(expected).max())[: len(kick)], atol=1e-3
    )


def test_convolution_equals_numpys():
    rng = np.random.default_rng(0)
    signal = rng.standard_normal((2, 5000)).astype(np.float32)
    response = rng.standard_normal((2, 300)).astype(np.float32)
    expected = [np.convolve(s.astype(float), r.astype(float)) for s, r in zip(signal, response, strict=True)]
    np.testing.assert_allclose(convolve(signal, response), expected, atol=2e-4)


def test_the_room_answers_late_softly_and_without_dc():
    response = room_response(RATE, seconds=0.9, share=0.25, rng=np.random.default_rng(0))
    assert np.abs(response.sum(axis=1)).max() < 1e-3
    tail = response[:, 1:]
    assert np.abs(response[:, 0] - 1).max() < 1e-3
    np.testing.assert_allclose(np.sqrt(np.sum(tail**2, axis=1)), 0.25, rtol=0.01)
    assert np.abs(tail[:, : round(0.01 * RATE)]).max() < 1e-3
    early, late = (rms(tail[:, round(at * RATE) : round((at + 0.1) * RATE)]) for at in (0.02, 0.45))
    assert 15 < 20 * np.log10(early / late) < 45
    assert abs(np.corrcoef(tail)[0, 1]) < 0.1  # the ears hear different tails


# ---- what the score asks for


def test_notes_begin_when_the_tempo_map_says():
    score = score_of(
        *(Note(72, 100, at, at + 0.1) for at in (0.0, 2.0, 4.0, 5.0)),
        program=16,
        tempos=(Tempo(0.0, 500_000), Tempo(4.0, 1_000_000)),
    )
    loud = np.abs(mono(score)) > 0.02
    begins = [at for at in np.flatnonzero(loud) if not loud[max(0, at - 4000) : at].any()]
    np.testing.assert_allclose(np.array(begins) / RATE, [0, 1, 2, 3], atol=0.01)


def test_bends_bend():
    note = Note(69, 100, 0.0, 2.0)
    up = mono(score_of(note, program=16, bends=(Bend(0.0, 0, 8191),)))
    assert strongest(up, 300, 700) == pytest.approx(440 * 2 ** (2 / 12), rel=0.003)
    wide = tuple(Control(0.0, 0, number, value) for number, value in ((101, 0), (100, 0), (6, 12)))
    down = mono(score_of(note, program=16, bends=(Bend(0.0, 0, -8192),), controls=wide))
    assert strongest(down, 180, 300) == pytest.approx(220, rel=0.003)
    late = mono(score_of(note, program=16, bends=(Bend(1.0, 0, 8191),)))
    assert strongest(late[: RATE // 2], 300, 700) == pytest.approx(440, rel=0.006)
    assert strongest(late[RATE * 11 // 20 : RATE], 300, 700) == pytest.approx(440 * 2 ** (2 / 12), rel=0.006)


def test_the_pedal_holds_until_it_rises_or_the_note_comes_again():
    controls = (Control(0.0, 0, 64, 127), Control(4.0, 0, 64, 0))
    notes = (Note(60, 100, 0.0, 0.5), Note(64, 100, 1.0, 1.5), Note(60, 100, 2.0, 2.5), Note(67, 100, 5.0, 5.5))
    (part,) = parts_of(score_of(*notes, controls=controls))
    assert part.end.tolist() == [1.0, 2.0, 2.0, 2.75]  # seconds; a quarter lasts half a second


def test_volume_and_expression_scale_without_jumps():
    pair = (Note(60, 100, 0.0, 1.0), Note(60, 100, 4.0, 5.0))
    controls = (Control(0.0, 0, 7, 100), Control(3.0, 0, 7, 50))
    sound = mono(score_of(*pair, program=16, controls=controls))
    first, second = (rms(sound[at : at + RATE // 2]) for at in (0, 2 * RATE))
    assert second / first == pytest.approx(0.25, rel=0.01)
    swell = mono(score_of(Note(60, 100, 0.0, 4.0), program=16, controls=(Control(2.0, 0, 11, 20),)))
    plain = mono(score_of(Note(60, 100, 0.0, 4.0), program=16))
    swell, plain = (sound / rms(sound[: RATE // 2]) for sound in (swell, plain))
    assert np.abs(np.diff(swell)).max() < 1.1 * np.abs(np.diff(plain)).max()
    assert rms(swell[RATE * 6 // 5 : RATE * 9 // 5]) < 0.1 * rms(swell[: RATE * 9 // 10])


def test_panorama_and_the_parts_places():
    left = synthesize(score_of(Note(60, 100, 0.0, 1.0), controls=(Control(0.0, 0, 10, 0),)), room=0).samples
    assert rms(left[:, 0]) > 5 * rms(left[:, 1])
    one = Track((Note(60, 100, 0.0, 1.0, 0),))
    two = Track((Note(60, 100, 4.0, 5.0, 1),))
    both = synthesize(Score((one, two)), room=0).samples
    np.testing.assert_allclose(both[: RATE // 2, 0], both[: RATE // 2, 1], atol=1e-6)
    assert rms(both[2 * RATE :, 0]) > 1.2 * rms(both[2 * RATE :, 1])


def test_programs_change_within_a_piece():
    notes = (Note(60, 100, 0.0, 1.0), Note(60, 100, 4.0, 5.0))
    track = Track(notes, programs=(Program(0.0, 0, 16), Program(2.0, 0, 46)))
    sound = mono(Score((track,)))
    flat = [rms(sound[at + 15000 : at + 20000]) / rms(sound[at + 1000 : at + 6000]) for at in (0, 2 * RATE)]
    assert flat[0] > 0.8 > 0.6 > flat[1]


def test_the_same_arguments_give_the_same_sound_and_another_seed_another_room():
    score = score_of(Note(60, 100, 0.0, 1.0), Note(36, 100, 0.5, 1.0), program=73)
    first, again, other = (synthesize(score, seed=seed).samples for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert first.dtype == np.float32 and first.shape[1] == 2 and first.flags.c_contiguous
    assert np.abs(first).max() == pytest.approx(0.89, abs=1e-4)
    assert not np.array_equal(first[:1000], other[:1000])


@pytest.mark.parametrize("rate", [8000, 16000, 96000])
def test_other_rates_sound_the_same_pitch(rate):
    sound = mono(score_of(Note(69, 100, 0.0, 1.0), program=40), rate=rate)
    assert strongest(sound, 300, 700, rate) == pytest.approx(440, rel=0.006)
    top = synthesize(score_of(Note(127, 100, 0.0, 0.2)), rate=rate)
    assert np.isfinite(top.samples).all()


@pytest.mark.parametrize(
    ("score", "options", "message"),
    [
        (Score((Track(),)), {}, "has no notes"),
        (score_of(Note(60, 80, 0, 1)), {"rate": 100}, "rate of 100 Hz"),
        (score_of(Note(60, 80, 0, 1)), {"room": 2}, "room 2"),
        (score_of(Note(60, 80, 0, 1)), {"room_seconds": 60}, "room 0.25 of 60 s"),
        (score_of(Note(60, 80, 0, 9000)), {}, "lasts 75 minutes"),
        (score_of(Note(60, 80, 0, 2000)), {"rate": 192_000}, "lasts 17 minutes, too long at 192,000 Hz"),
        (score_of(*[Note(60, 80, 0, 2000)] * 300), {}, "300 notes last 83 hours together"),
    ],
)
def test_what_can_not_be_sounded(score, options, message):
    with pytest.raises(InputError, match=message):
        synthesize(score, **options)
