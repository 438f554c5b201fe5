"""Names, intervals, chords and scales, against music21, whose conventions they follow."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from week1.jazz_solo import theory
from week1.jazz_solo.harmony import QUALITIES, chord, course_chord, read_changes, recognise
from week1.jazz_solo.theory import MINOR_THIRD, interval_name, named_interval, parse_interval, plain_interval


def test_intervals_and_their_bounds_have_music21s_names():
    from music21 import interval, pitch

    third, rng = interval.Interval("m3"), random.Random(0)
    for _ in range(150):
        low, high = rng.randrange(36, 90), rng.randrange(36, 90)
        oracle = interval.Interval(pitch.Pitch(low), pitch.Pitch(high))
        ours = named_interval(low, high)
        assert interval_name(ours) == oracle.directedName
        assert interval_name(ours.plus(MINOR_THIRD)) == interval.add([oracle, third]).directedName
        assert interval_name(ours.minus(MINOR_THIRD)) == interval.subtract([oracle, third]).directedName


def test_qualities_and_scales_are_music21s():
    from music21 import chord as chords
    from music21 import pitch, scale

    rng = random.Random(1)
    for _ in range(150):
        pitches = [rng.randrange(40, 80) for _ in range(rng.randrange(2, 8))]
        oracle = chords.Chord([pitch.Pitch(number) for number in pitches])
        assert theory.chord_quality(pitches) == oracle.quality, pitches
        kind = scale.MajorScale if oracle.quality == "major" else scale.DorianScale
        names = {one.name for one in kind().derive(oracle).getPitches()}
        assert set(theory.fitting_scale(pitches)) == names, pitches


@given(st.integers(0, 127), st.integers(0, 127))
def test_names_read_back(low, high):
    for spell in (named_interval, plain_interval):
        way = spell(low, high)
        assert way.semitones == high - low
        assert parse_interval(interval_name(way)) == way


@pytest.mark.parametrize("name", ["", "P", "P2", "M4", "m5", "Q3", "P0", "P-1", "AAAAAAA4", "M3 ", "3M"])
def test_what_is_no_interval_is_refused(name):
    with pytest.raises(InputError, match="not the name of an interval"):
        parse_interval(name)


@pytest.mark.parametrize(
    "symbol", ["C7", "Fm7", "B-7", "Am7b5", "Gdim7", "D+", "Em", "Dbmaj7", "C6", "Cm6", "Bbm9", "A9"]
)
def test_symbols_have_music21s_tones(symbol):
    from music21 import harmony

    if symbol == "B-7":  # ours is a minor seventh on B, as players write it; music21 reads B flat
        assert chord(symbol).tones == chord("Bm7").tones
        return
    figure = symbol[0] + symbol[1:].replace("b", "-", 1) if symbol[1:2] == "b" else symbol
    oracle = harmony.ChordSymbol(figure)
    assert chord(symbol).tones == {one.pitchClass for one in oracle.pitches}
    assert chord(symbol).root == oracle.root().pitchClass


def test_every_quality_is_recognised_or_at_least_its_scale_holds_its_tones():
    assert chord("C7/E").bass == 4 and chord("C6/9").tones == chord("C69").tones
    assert chord("F♯ø").tones == chord("F#m7b5").tones == chord("Gbh7").tones
    for name, quality in QUALITIES.items():
        assert set(quality.tones) - set(quality.scale) <= {7, 8, 11}, name
        for root in ("C", "F#", "Bb"):
            harmony = chord(root + name)
            assert all(harmony.inside(60 + tone) for tone in harmony.tones)


@pytest.mark.parametrize("name", ["maj7", "7", "m7", "m7b5", "dim7", "7b9", "mMaj7", "", "m"])
@pytest.mark.parametrize("root", range(12))
def test_a_chord_in_root_position_is_recognised_in_every_key(name, root):
    pitches = {48 + root + tone: 1.0 for tone in QUALITIES[name].tones}
    found = recognise(pitches)
    assert (found.root, found.tones) == (root, frozenset(pitch % 12 for pitch in pitches))


def test_unknown_symbols_are_named_with_the_known_ones():
    for text in ("Dm7 Hm7", "Dm7 Cfoo G7", "7"):
        with pytest.raises(InputError, match="is not a chord symbol.*Cmaj7.*Cm7b5"):
            read_changes(text)
    for text in ("", "|", "% C7"):
        with pytest.raises(InputError, match="chord"):
            read_changes(text)


def test_changes_in_time():
    changes = read_changes("Dm7,G7 | Cmaj7 | % A7,%,Dm7")
    assert changes.starts == (0, 24, 48, 96, 144, 160, 176)
    assert [one.symbol for one in changes.chords] == ["Dm7", "G7", "Cmaj7", "Cmaj7", "A7", "A7", "Dm7"]
    assert [changes.at(time).symbol for time in (0, 23, 24, 143, 500)] == ["Dm7", "Dm7", "G7", "Cmaj7", "Dm7"]
    part = changes.excerpt(30, 150)
    assert part.starts == (0, 18, 66, 114) and part.at(0).symbol == "G7"


def test_the_kinds_of_a_pitch():
    dominant = chord("G7")
    kinds = {name: dominant.kind(pitch) for name, pitch in (("B", 71), ("A", 69), ("Bb", 70), ("Db", 73))}
    assert kinds == {"B": "C", "A": "S", "Bb": "A", "Db": "A"}
    assert chord("C").kind(70) == "X"
    assert course_chord((43, 47, 50)).tones == {7, 11, 2}
