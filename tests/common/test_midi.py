"""MIDI files: what is read equals what mido and music21 read, what is written comes back, times and bars."""

import mido
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import InputError, MissingFileError
from common.midi import (
    Bend,
    Control,
    KeySignature,
    Note,
    Program,
    Score,
    Tempo,
    TimeSignature,
    Track,
    midi_bytes,
    parse_midi,
    read_midi,
    write_midi,
)

TICKS = 96
ticks = st.integers(0, 4000)
channels = st.integers(0, 15)
seven_bits = st.integers(0, 127)


def times(draw, kind, *rest, most=5):
    found = sorted(draw(st.lists(ticks, max_size=most)))
    return tuple(kind(tick / TICKS, *(draw(one) for one in rest)) for tick in found)


@st.composite
def notes(draw):
    """Notes of which none lies inside another of its pitch and channel: they begin and end in the same order."""
    spans = draw(st.lists(st.tuples(seven_bits, channels, ticks, ticks), max_size=12))
    found = []
    for pitch, channel in {span[:2] for span in spans}:
        mine = [span[2:] for span in spans if span[:2] == (pitch, channel)]
        starts, ends = sorted(min(span) for span in mine), sorted(max(span) for span in mine)
        if len(set(starts)) == len(starts):
            found += [
                Note(pitch, draw(st.integers(1, 127)), start / TICKS, end / TICKS, channel)
                for start, end in zip(starts, ends, strict=True)
            ]
    return tuple(sorted(found, key=lambda note: note.start))


@st.composite
def tracks(draw):
    name = st.text(st.characters(exclude_categories=("C", "Z")), max_size=12)
    last = draw(st.integers(4000, 9000)) / TICKS
    return Track(
        notes=draw(notes()),
        name=draw(name),
        programs=times(draw, Program, channels, seven_bits),
        controls=times(draw, Control, channels, seven_bits, seven_bits),
        bends=times(draw, Bend, channels, st.integers(-8192, 8191)),
        end=last,
    )


@st.composite
def scores(draw):
    return Score(
        tracks=tuple(draw(st.lists(tracks(), min_size=1, max_size=3))),
        ticks_per_quarter=TICKS,
        tempos=times(draw, Tempo, st.integers(1, 2**24 - 1)),
        time_signatures=times(draw, TimeSignature, st.integers(1, 255), st.sampled_from([1, 2, 4, 8, 16, 32, 64])),
        key_signatures=times(draw, KeySignature, st.integers(-7, 7), st.booleans()),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scores())
def test_a_score_survives_writing_and_reading(score):
    content = midi_bytes(score)
    assert parse_midi(content) == score
    assert parse_midi(content).remarks == ()
    assert midi_bytes(parse_midi(content)) == content


# ---- against mido and music21


def notes_by_mido(path):
    """Per track (pitch, velocity, start, end, channel) in ticks, each on paired with the first free off."""
    file = mido.MidiFile(path)
    found = []
    for track in file.tracks:
        now, mine = 0, []
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                mine.append([message.note, message.velocity, now, None, message.channel])
            elif message.type in ("note_on", "note_off"):
                waiting = [n for n in mine if n[3] is None and (n[0], n[4]) == (message.note, message.channel)]
                if waiting:
                    waiting[0][3] = now
        found.append([tuple(note) for note in mine])
    return file.ticks_per_beat, found


def ours_in_ticks(score):
    per = score.ticks_per_quarter
    return [[(p, v, round(s * per), round(e * per), c) for p, v, s, e, c in track.notes] for track in score.tracks]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(scores())
def test_mido_reads_the_same_from_what_we_write(tmp_path, score):
    path = write_midi(score, tmp_path / "a.mid")
    per, found = notes_by_mido(path)
    assert per == TICKS
    assert found == ours_in_ticks(score)
    events = [message for track in mido.MidiFile(path).tracks for message in track]
    assert [m.tempo for m in events if m.type == "set_tempo"] == [tempo.microseconds for tempo in score.tempos]
    assert [(m.numerator, m.denominator) for m in events if m.type == "time_signature"] == [
        signature[1:] for signature in score.time_signatures
    ]
    written = [(m.channel, m.pitch) for m in events if m.type == "pitchwheel"]
    assert written == [bend[1:] for track in score.tracks for bend in track.bends]


def random_mido_file(rng):
    """A file as mido writes it, with what real files have: running status, velocity 0 as the end, other events."""
    file = mido.MidiFile(type=int(rng.integers(2)), ticks_per_beat=int(rng.integers(1, 1000)), charset="utf-8")
    for _ in range(1 if file.type == 0 else int(rng.integers(1, 4))):
        track = mido.MidiTrack()
        track.append(mido.MetaMessage("track_name", name="Größe"))
        for _ in range(200):
            kind = rng.choice(["note_on", "note_off", "control_change", "sysex", "aftertouch", "polytouch", "text"])
            wait, pitch, channel = int(rng.integers(300)), int(rng.integers(58, 64)), int(rng.integers(3))
            if kind in ("note_on", "note_off"):
                message = mido.Message(kind, note=pitch, velocity=int(rng.integers(128)), channel=channel)
            elif kind == "sysex":
                message = mido.Message("sysex", data=rng.integers(0, 128, int(rng.integers(200))).tolist())
            elif kind == "text":
                message = mido.MetaMessage("text", text="x" * int(rng.integers(300)))
            else:
                message = mido.Message(str(kind), channel=channel)
            track.append(message.copy(time=wait))
        track.append(mido.MetaMessage("end_of_track", time=int(rng.integers(500))))
        file.tracks.append(track)
    return file


@pytest.mark.parametrize("seed", range(8))
def test_we_read_what_mido_writes(tmp_path, seed):
    random_mido_file(np.random.default_rng(seed)).save(tmp_path / "m.mid")
    score = read_midi(tmp_path / "m.mid")
    per, found = notes_by_mido(tmp_path / "m.mid")
    ended = [[note for note in track if note[3] is not None] for track in found]
    unending = sum(len(track) for track in found) - sum(len(track) for track in ended)
    ours = ours_in_ticks(score)
    assert score.ticks_per_quarter == per
    assert [track.name for track in score.tracks] == ["Größe"] * len(found)
    assert [len(track) for track in ours] == [len(track) for track in found]
    for mine, theirs in zip(ours, found, strict=True):
        assert all(a == b for a, b in zip(mine, theirs, strict=True) if b[3] is not None)
    assert unending == 0 or any("never end" in remark for remark in score.remarks)


def two_parts():
    solo = tuple(Note(60 + step, 80, step / 2, step / 2 + 0.5, 0) for step in range(12))
    chords = tuple(Note(pitch, 60, bar * 4, bar * 4 + 4, 1) for bar in range(2) for pitch in (48, 52, 55))
    return Score(
        tracks=(
            Track(solo, "Solo", programs=(Program(0, 0, 26),)),
            Track(chords, "Chords", programs=(Program(0, 1, 4),)),
        ),
        tempos=(Tempo(0, 400_000), Tempo(4, 600_000)),
        time_signatures=(TimeSignature(0, 4, 4),),
        key_signatures=(KeySignature(0, -3, True),),
    )


def test_music21_reads_the_same(tmp_path):
    import music21

    path = write_midi(two_parts(), tmp_path / "two.mid")
    piece = music21.converter.parse(path, format="midi", quantizePost=False, forceSource=True)
    assert len(piece.parts) == 2
    for part, track in zip(piece.parts, two_parts().tracks, strict=True):
        found = sorted(
            (pitch.midi, float(element.offset), float(element.offset + element.quarterLength))
            for element in part.flatten().stripTies().notes
            for pitch in element.pitches
        )
        assert found == sorted((note.pitch, note.start, note.end) for note in track.notes)
    tempos = [mark.number for mark in piece.flatten().getElementsByClass(music21.tempo.MetronomeMark)]
    assert tempos == [150, 100]


@pytest.mark.course
def test_the_course_file_equals_mido(course):
    path = course / "W1A3/data/original_metheny.mid"
    score = read_midi(path)
    per, found = notes_by_mido(path)
    assert (score.ticks_per_quarter, len(score.tracks)) == (per, len(found)) == (96, 25)
    assert ours_in_ticks(score) == found
    assert (len(score.tracks[6].notes), len(score.tracks[11].notes)) == (2221, 1330)
    assert score.duration == pytest.approx(mido.MidiFile(path).length)
    assert parse_midi(midi_bytes(score)) == score


# ---- derived values


def test_seconds_follow_the_tempo_map(tmp_path):
    score = two_parts()
    np.testing.assert_allclose(score.seconds([0, 2, 4, 5, 8]), [0, 0.8, 1.6, 2.2, 4.0])
    assert score.duration == pytest.approx(mido.MidiFile(write_midi(score, tmp_path / "a.mid")).length) == 4.0
    assert Score((Track(),)).seconds(2.0) == 1.0  # 120 a minute where no tempo is given
    assert Score((Track(),), tempos=(Tempo(4.0, 1_000_000),)).seconds(5.0) == 3.0
    assert Tempo(0, 500_000).per_minute == 120


def test_bars_follow_the_time_signatures():
    score = Score((Track((Note(60, 80, 0, 17.5),)),))
    assert score.bar_lines().tolist() == [0, 4, 8, 12, 16]
    waltz = Score(score.tracks, time_signatures=(TimeSignature(0, 3, 4), TimeSignature(6, 7, 8)))
    assert waltz.bar_lines().tolist() == [0, 3, 6, 9.5, 13, 16.5]
    assert waltz.bar_lines(6).tolist() == [0, 3]
    assert Score((Track(),)).bar_lines().tolist() == [0]


def test_an_excerpt_begins_at_zero_with_what_holds_there():
    piece = two_parts().excerpt(4.5, 6)
    assert piece.tracks[0].notes[0] == Note(69, 80, 0, 0.5, 0) and len(piece.tracks[0].notes) == 3
    assert piece.tracks[1].notes == () and piece.end == 1.5
    assert piece.tempos == (Tempo(0, 600_000),) and piece.tracks[0].programs == (Program(0, 0, 26),)
    assert two_parts().excerpt(4, 6).tracks[1].notes[0] == Note(48, 60, 0, 2, 1)  # cut at the end
    assert two_parts().excerpt(0, 8) == two_parts()


def test_channels_become_tracks():
    mixed = Score((Track(two_parts().tracks[0].notes + two_parts().tracks[1].notes, "All"), Track()))
    assert mixed.tracks[0].channels == (0, 1)
    parts = mixed.split_channels().tracks
    assert [part.notes for part in parts] == [track.notes for track in two_parts().tracks]


def test_the_program_is_that_of_the_first_note():
    track = Track((Note(60, 80, 2, 3, 1),), programs=(Program(0, 0, 9), Program(0, 1, 5), Program(2, 1, 7)))
    assert track.program == 7
    assert Track((Note(60, 80, 0, 1),)).program == 0


# ---- writing what MIDI does not have


@pytest.mark.parametrize(
    ("score", "message"),
    [
        (Score(()), "1 to 65,535 tracks"),
        (Score((Track(),), 0), "ticks_per_quarter is 0"),
        (Score((Track((Note(128, 80, 0, 1),)),)), "a pitch is 128"),
        (Score((Track((Note(60.5, 80, 0, 1),)),)), "a pitch is 60.5"),
        (Score((Track((Note(60, 0, 0, 1),)),)), "a velocity is 0"),
        (Score((Track((Note(60, 80, 0, 1, 16),)),)), "a channel is 16"),
        (Score((Track((Note(60, 80, 2, 1),)),)), "ends before it begins"),
        (Score((Track((Note(60, 80, -1, 1),)),)), "begins at 0"),
        (Score((Track((Note(60, 80, 0, float("nan")),)),)), "ends before it begins"),
        (Score((Track((Note(60, 80, 1e9, 1e9),)),)), "more than MIDI can say"),
        (Score((Track(),), tempos=(Tempo(0, 2**24),)), "a tempo's microseconds"),
        (Score((Track(),), time_signatures=(TimeSignature(0, 3, 6),)), "denominator is 6"),
    ],
)
def test_what_midi_does_not_have_is_refused_and_the_old_file_stays(tmp_path, score, message):
    (tmp_path / "a.mid").write_text("old")
    with pytest.raises(InputError, match=message):
        write_midi(score, tmp_path / "a.mid")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.mid", "old")]


def test_times_between_ticks_are_rounded_and_no_note_vanishes():
    score = Score((Track((Note(60, 80, 1 / 3, 1 / 3 + 1e-4), Note(60, 80, 0.5, 2 / 3))),), 12)
    assert [note[2:4] for note in parse_midi(midi_bytes(score)).tracks[0].notes] == [(4 / 12, 5 / 12), (6 / 12, 8 / 12)]


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        read_midi(tmp_path / "none.mid")
    with pytest.raises(InputError, match="is a folder"):
        read_midi(tmp_path)
