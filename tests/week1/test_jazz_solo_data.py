"""Reading any MIDI file: which track is what, the chords under the line, what is refused and how."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.midi import Note, Score, TimeSignature, Track, midi_bytes, write_midi
from week1.jazz_solo.compose import BAR, compose
from week1.jazz_solo.course_corpus import course_arrays, read_course_corpus
from week1.jazz_solo.data import build_vocabulary, encode, split_bars, windows
from week1.jazz_solo.grammar import Tone, parse_bars, read_tokens, unparse
from week1.jazz_solo.harmony import chord
from week1.jazz_solo.parts import describe_parts
from week1.jazz_solo.piece import piece_of, read_bars, read_line, read_piece


@pytest.fixture(scope="module")
def composed():
    return compose(0)


@pytest.fixture(scope="module")
def piece(composed):
    return piece_of(composed[0], "composed")


def test_the_composition_is_seeded_and_the_shipped_file_is_its_own(composed):
    from common.assets import find

    assert midi_bytes(compose(0)[0]) == midi_bytes(composed[0]) != midi_bytes(compose(1)[0])
    assert find("jazz-piece").path.read_bytes() == midi_bytes(composed[0])


def test_the_composition_has_what_a_solo_has(composed, piece):
    score, changes, bars = composed
    assert bars >= 64 and len(score.tracks) == 3
    notes = piece.notes
    rests = sum(tone.length for tone in piece.tones if tone.pitch is None)
    assert 0.1 < rests / piece.bars[-1] < 0.5
    syncopated = [tone for tone in notes if tone.start % 12 == 6 and tone.length > 6]
    assert len(syncopated) > 30
    strong = [tone for tone in notes if tone.start % 24 == 0]
    assert np.mean([changes.at(tone.start).kind(tone.pitch) == "C" for tone in strong]) > 0.95
    steps = [abs(b.pitch - a.pitch) for a, b in zip(notes, notes[1:], strict=False)]
    assert np.mean(np.array(steps) <= 4) > 0.7
    assert 0.9 < np.mean([changes.at(tone.start).inside(tone.pitch) for tone in notes]) < 1


def test_tracks_are_found_by_what_their_notes_are_like(composed, piece):
    assert piece.parts == "melody: track 0, chords: track 1, bass: track 2"
    score = composed[0]
    shuffled = Score(tuple(score.tracks[number] for number in (2, 1, 0)), tempos=score.tempos)
    assert piece_of(shuffled, "x").parts == "melody: track 2, chords: track 1, bass: track 0"
    assert piece_of(shuffled, "x").tones == piece.tones


def test_a_single_track_is_split_into_its_channels(composed, piece, tmp_path):
    score = composed[0]
    notes = sorted((note for track in score.tracks for note in track.notes), key=lambda note: note.start)
    whole = read_piece(write_midi(Score((Track(tuple(notes)),), tempos=score.tempos), tmp_path / "one.mid"))
    assert whole.tones == piece.tones and whole.changes == piece.changes


def test_the_chords_are_recognised(composed, piece):
    _, changes, bars = composed
    halves = range(0, bars * BAR, BAR // 2)
    same = [changes.at(time).tones == piece.changes.at(time).tones for time in halves]
    assert np.mean(same) > 0.97


def test_a_piece_goes_to_tokens_and_back(piece):
    tokens = piece.tokens()
    assert sum(token.kind == "|" for token in tokens) == len(piece.bars) - 2
    assert tuple(unparse(tokens, piece.changes.at, previous=piece.notes[0].pitch)) == piece.tones
    assert piece.transposed(3).tokens(spelling="named") != piece.tokens(spelling="named")


def test_bars_and_tracks_can_be_named(composed, piece):
    part = piece_of(composed[0], "x", bars=(33, 41))
    assert len(part.bars) == 9 and part.changes.at(0) == piece.changes.at(32 * BAR)
    assert [tone.pitch for tone in part.notes] == [
        tone.pitch for tone in piece.notes if 32 * BAR <= tone.start < 40 * BAR
    ]
    assert piece_of(composed[0], "x", melody_track=2, chord_tracks=[1]).parts.startswith("melody: track 2")
    assert read_bars("120:138") == (120, 138)
    for text in ("", "1", "0:4", "5:5", "9:3", "a:b"):
        with pytest.raises(InputError, match="two bar numbers"):
            read_bars(text)
    with pytest.raises(InputError, match="has 196 bars"):
        piece_of(composed[0], "x", bars=(500, 510))
    with pytest.raises(InputError, match="track 7 has no notes; the piece holds track 0"):
        piece_of(composed[0], "x", melody_track=7)


def line_of(*pitches, channel=0):
    return Track(tuple(Note(pitch, 80, place / 2, place / 2 + 0.5, channel) for place, pitch in enumerate(pitches)))


CHORDS = Track(tuple(Note(pitch, 60, bar * 4.0, bar * 4.0 + 4, 1) for bar in range(8) for pitch in (48, 52, 55, 59)))
MELODY = line_of(*[60 + step % 13 for step in range(60)])


@pytest.mark.parametrize(
    ("tracks", "words"),
    [
        ((Track(),), "no melody was found.*no notes at all"),
        ((CHORDS,), "no melody was found.*track 0: 32 notes, chords"),
        ((MELODY,), "no chords were found.*one line.*--chord-track"),
        ((line_of(*[30 + step % 5 for step in range(40)]), CHORDS), "no melody was found"),
        ((line_of(60, 62), CHORDS), "the melody is too short .*2 notes, one line.*at least 8 are needed"),
    ],
)
def test_what_is_missing_is_said_with_what_was_found(tracks, words):
    with pytest.raises(InputError, match=words):
        piece_of(Score(tracks), "x.mid")


@st.composite
def scores(draw):
    """A line and some chords in any metre, on any grid."""
    melody, now = [], 0.0
    for _ in range(draw(st.integers(1, 40))):
        now += draw(st.sampled_from([0, 0.1, 0.25, 0.5, 1 / 3, 3]))
        length = draw(st.sampled_from([0, 0.05, 0.5, 2, 9]))
        melody.append(Note(draw(st.integers(40, 100)), 80, now, now + length))
    step = draw(st.sampled_from([1, 4]))
    places = [float(place) for place in range(0, int(now) + 1, step)]
    chords = [
        Note(pitch, 60, at, at + 2, 1) for at in places for pitch in draw(st.sets(st.integers(40, 80), max_size=5))
    ]
    times = draw(st.lists(st.integers(0, 40), max_size=2, unique=True))
    metres = [TimeSignature(time / 2, draw(st.integers(1, 13)), 2 ** draw(st.integers(0, 6))) for time in sorted(times)]
    grid = draw(st.sampled_from([7, 24, 96, 480]))
    return Score((Track(tuple(melody)), Track(tuple(chords))), grid, (), tuple(metres))


@given(scores(), st.booleans(), st.one_of(st.none(), st.tuples(st.integers(1, 5), st.integers(6, 9))))
@settings(max_examples=60, deadline=2000)
def test_any_piece_is_read_whole_or_refused(score, named, bars):
    tracks = {"melody_track": 0, "chord_tracks": [1]} if named else {}
    try:
        piece = piece_of(score, "x", bars=bars, **tracks)
    except InputError as refused:
        assert str(refused).startswith("x: ")
        return
    assert all(before.end == after.start for before, after in zip(piece.tones, piece.tones[1:], strict=False))
    assert piece.tones[0].start == 0 and piece.tones[-1].end == piece.bars[-1]
    assert list(piece.bars) == sorted(set(piece.bars))
    back = unparse(piece.tokens(), piece.changes.at, previous=piece.notes[0].pitch, lowest=0, highest=127)
    assert tuple(back) == piece.tones


def test_other_metres_have_their_own_bars():
    waltz = piece_of(Score((MELODY, CHORDS), time_signatures=(TimeSignature(0.0, 3, 4),)), "waltz")
    assert waltz.bars[:3] == (0, 36, 72) and waltz.tones[-1].end == waltz.bars[-1]
    assert waltz.changes.at(0) == chord("Cmaj7")


def test_a_line_alone_can_be_read_to_be_continued(tmp_path):
    moved = Track(tuple(note._replace(start=note.start + 9, end=note.end + 9) for note in MELODY.notes[:5]))
    path = write_midi(Score((moved,)), tmp_path / "primer.mid")
    piece = read_line(path, chord_changes := piece_of(Score((MELODY, CHORDS)), "x").changes)
    assert piece.bars == (0, 48) and [tone.pitch for tone in piece.notes] == [60, 61, 62, 63, 64]
    assert piece.notes[0].start == 12 and piece.changes == chord_changes


def test_windows_are_shifted_by_one_step_and_start_empty():
    ids = np.arange(7)
    x, y = windows([ids], 7, steps=4, stride=2)
    assert x.shape == y.shape == (2, 4, 7)
    assert y.argmax(-1).tolist() == [[0, 1, 2, 3], [2, 3, 4, 5]]
    assert x[0, 0].sum() == 0 and x[0, 1:].argmax(-1).tolist() == [0, 1, 2] and x[1].argmax(-1).tolist() == [1, 2, 3, 4]
    with pytest.raises(InputError, match="has 7 tokens, too few for one window of 8"):
        windows([ids], 7, steps=8)
    x, y = windows([ids], 7, steps=9, pad=True)
    assert (
        x.shape == (1, 9, 7)
        and y[0].sum(-1).tolist() == [1] * 7 + [0, 0]
        and x[0].sum(-1).tolist() == [0] + [1] * 7 + [0]
    )


def test_the_last_bars_are_held_out():
    tokens = read_tokens("C,4.000 | C,2.000 C,2.000 | R,4.000 | C,4.000 | C,4.000")
    first, last = split_bars(tokens, held_out=0.4)
    assert first + last == tokens and len(last) == 4
    assert split_bars(tokens, held_out=0.0) == (tokens, [])
    assert encode(first, build_vocabulary([tokens])).max() < len(build_vocabulary([tokens])) == 5 - 1
    with pytest.raises(InputError, match="never saw the token X,1.000"):
        encode(read_tokens("X,1.000"), ["|"])


def test_the_courses_arrays():
    ids = np.random.default_rng(0).integers(0, 9, 50)
    X, Y, starts = course_arrays(ids, 9, m=5, Tx=12, seed=0)
    assert X.shape == (5, 12, 9) and Y.shape == (12, 5, 9)
    np.random.seed(0)
    assert starts.tolist() == [np.random.choice(38) for _ in range(5)]
    assert not X[:, 0].any() and not Y[-1].any()
    assert np.array_equal(X[:, 1:], np.swapaxes(Y, 0, 1)[:, :-1])
    assert X[2, 1:].argmax(-1).tolist() == ids[starts[2] : starts[2] + 11].tolist()
    with pytest.raises(InputError, match="too few for a window"):
        course_arrays(ids[:12], 9, Tx=12)


def test_the_courses_reading_in_its_two_versions():
    """On a small score that can be done by hand: two overlapping notes, a gap, a chord that a note joins late."""
    line = ((60, 0, 1), (64, 0.5, 0.9), (67, 2, 3), (68, 3.29, 4))
    melody = Track(tuple(Note(pitch, 80, start, end) for pitch, start, end in line))
    chords = Track(tuple(Note(pitch, 60, start, 4, 1) for pitch, start in ((48, 0), (52, 0.02), (55, 0.06), (90, 3))))
    score = Score((melody, chords), ticks_per_quarter=96)
    read = {v: read_course_corpus(score, v, melody=0, accompaniment=1, window=(0, 4)) for v in ("2018", "2021")}
    first, second, third, last = "C,1.000", "C,0.333,<P5,A1>", "C,1.000,<d5,P1>", "A,0.750,<M3,d-3>"
    assert read["2018"].words == [first, second, third, last]
    assert read["2021"].words == [first, second, "R,1.000", third, "R,0.250", last]
    with pytest.raises(InputError, match="no corpus '2017'"):
        read_course_corpus(score, "2017")
    with pytest.raises(InputError, match="no track 11"):
        read_course_corpus(score)


def test_parts_have_their_facts():
    part = describe_parts(Score((Track(), MELODY, CHORDS)))
    assert [one.number for one in part] == [1, 2]
    assert (part[0].alone, part[0].together, part[1].alone, part[1].together) == (1.0, 0.0, 0.0, 1.0)
    tones = [Tone(0, 6, 60)]
    assert len(parse_bars(tones, piece_of(Score((MELODY, CHORDS)), "x").changes, (0,))) == 1
