"""Damaged MIDI files: each is refused with one sentence or read, soon, and never wrong where its structure shows it."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.midi import Note, Program, Score, Tempo, Track, midi_bytes, parse_midi, read_midi, reading

END = b"\0\xff\x2f\0"
SECONDS = 2.0


def chunk(body, end=END, length=None):
    body += end
    return b"MTrk" + (len(body) if length is None else length).to_bytes(4, "big") + body


def file(*chunks, kind=1, declared=None, division=96):
    head = [(6, 4), (kind, 2), (len(chunks) if declared is None else declared, 2), (division, 2)]
    return b"MThd" + b"".join(value.to_bytes(size, "big") for value, size in head) + b"".join(chunks)


NOTE = b"\0\x90\x3c\x40" + b"\x60\x80\x3c\x40"
WHOLE = file(chunk(NOTE))


def judged(content):
    """The score, or None where it was refused; checks the sentence and the time."""
    began = time.process_time()
    try:
        score = parse_midi(content, "song.mid")
    except InputError as error:
        assert str(error).startswith("song.mid: ") and "\n" not in str(error) and len(str(error)) < 300
        score = None
    assert time.process_time() - began < SECONDS
    return score


def piece():
    rng = np.random.default_rng(5)
    tracks = []
    for channel in range(3):
        starts = np.sort(rng.integers(0, 4000, 150))
        notes = tuple(
            Note(int(rng.integers(40, 90)), 80, float(start) / 96, float(start + 40) / 96, channel) for start in starts
        )
        tracks.append(Track(notes, f"Part {channel}", programs=(Program(0, channel, 26),)))
    return Score(tuple(tracks), 96, tempos=(Tempo(0, 500_000),))


def test_the_smallest_file_is_read():
    assert parse_midi(WHOLE).tracks[0].notes == (Note(60, 64, 0, 1, 0),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"just some text, no music in it", "is no MIDI file"),
        (b"MThd\0\0\0\6", "ends within its header"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git-LFS pointer"),
        (WHOLE[:4] + b"\0\0\0\4" + WHOLE[8:], "header of 4 bytes"),
        (file(chunk(NOTE), kind=2), "format 2"),
        (file(chunk(NOTE), division=0xE728), "SMPTE"),
        (file(chunk(NOTE), division=0), "0 ticks"),
        (file(chunk(NOTE), declared=65535), "should hold 65,535 tracks and holds 1"),
        (file(), "holds no track"),
        (file(chunk(NOTE, length=10_000)), "cut off or damaged"),
        (file(chunk(NOTE, end=b"")), "without an end-of-track"),
        (file(chunk(NOTE, end=END + b"\0\x90\x3c\x40")), "4 bytes follow its end-of-track"),
        (file(chunk(b"\0\x3c\x40")), "without a status byte"),
        (file(chunk(b"\x81\x81\x81\x81\x01\x90\x3c\x40")), "longer than four bytes"),
        (file(chunk(b"\xff\xff\xff\x7f\x90\x3c\x40")), "at most 100,000"),
        (file(chunk(b"\0\x90\x3c\x80")), "over 127"),
        (file(chunk(b"\0\xb0\x80\x01")), "over 127"),
        (file(chunk(b"\0\xf1\x01")), "has no place in a file"),
        (file(chunk(b"\0\xff\x01\x7fabc")), "does not fit"),
        (file(chunk(b"\0\xff\x51\x03\0\0\0")), "tempo"),
        (file(chunk(b"\0\xff\x51\x02\1\1")), "tempo"),
        (file(chunk(b"\0\xff\x58\x04\0\x02\x18\x08")), "time signature"),
        (file(chunk(b"\0\xff\x58\x04\x04\x60\x18\x08")), "time signature"),
        (file(chunk(NOTE), b"\0\0\0\0\0\0\0\0", declared=2), "a chunk named"),
    ],
)
def test_refused_with_one_sentence(tmp_path, content, message):
    (tmp_path / "bad.mid").write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        read_midi(tmp_path / "bad.mid")
    assert "bad.mid" in str(error.value) and "\n" not in str(error.value)


def test_a_giant_delta_time_in_35_bytes():
    content = file(chunk(b"\0\xc0\5\0\xc0\5", end=b"\xff\xff\xff\x7f\xff\x2f\0"))
    assert len(content) == 35 and judged(content) is None


@pytest.mark.parametrize(
    ("content", "remark", "notes"),
    [
        (file(chunk(b"\0\x90\x3c\x40\x60\xb0\x07\x40")), "a note never ends", (Note(60, 64, 0, 1),)),
        (file(chunk(b"\0\x90\x3c\x40\x30\xb0\x7b\0\x60\xb0\x07\x40")), "a note never", (Note(60, 64, 0, 0.5),)),
        (file(chunk(b"\0\x80\x3c\x40" + NOTE)), "an end without a note", (Note(60, 64, 0, 1),)),
        (WHOLE + b"rubbish at the end", "18 bytes after the last track", (Note(60, 64, 0, 1),)),
        (file(b"XFIH\0\0\0\2ab", chunk(NOTE), declared=1), "XFIH is no track", (Note(60, 64, 0, 1),)),
        (file(chunk(NOTE), chunk(NOTE), declared=1), "1 track was announced, 2 were found", (Note(60, 64, 0, 1),)),
        (file(chunk(b"\0\xff\x59\x02\x0c\0" + NOTE)), "key signature", (Note(60, 64, 0, 1),)),
    ],
)
def test_read_with_a_word(content, remark, notes):
    score = judged(content)
    assert score.tracks[0].notes == notes
    assert len(score.remarks) == 1 and remark in score.remarks[0] and score.remarks[0].startswith("song.mid: ")


@pytest.mark.parametrize(
    "body",
    [
        b"\0\x90\x3c\x40" + b"\x60\x3c\0",  # running status, and velocity 0 as the end
        b"\0\x90\x3c\x40" + b"\0\xff\x01\x02hi" + b"\x60\x3c\0",  # running status goes on after a text
        b"\0\xf0\x03abc" + NOTE + b"\0\xf7\x01a" + b"\0\xd0\x05" + b"\0\xa0\x3c\x05",
        b"\0\x90\x3c\x40" + b"\x80\x60\x80\x3c\x40",  # a delta time longer than it need be
    ],
)
def test_lawful_oddities_are_read_without_a_word(body):
    score = judged(file(chunk(body)))
    assert score.tracks[0].notes == (Note(60, 64, 0, 1),) and score.remarks == ()


def test_a_file_cut_at_any_byte_is_refused():
    whole = midi_bytes(Score((Track((Note(60, 80, 0, 1),), "Solo"), Track((Note(48, 80, 0, 4),), "Chords"))))
    assert parse_midi(whole).remarks == ()
    for length in range(len(whole)):
        assert judged(whole[:length]) is None, length


def test_flipped_bytes_are_refused_or_read_soon():
    rng = np.random.default_rng(0)
    content = np.frombuffer(midi_bytes(piece()), np.uint8)
    refused = 0
    for _ in range(150):
        flipped = content.copy()
        places = rng.integers(0, len(content), 20)
        flipped[places] ^= rng.integers(1, 256, 20, dtype=np.uint8)
        refused += judged(flipped.tobytes()) is None
    assert refused > 75  # twenty flips rarely leave the structure whole


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120))
def test_any_bytes_in_a_track(body):
    judged(file(chunk(body)))
    judged(file(chunk(NOTE + body, end=b"")))


@pytest.mark.parametrize(
    "start, event",
    [
        (b"\0\x90\x3c\x40", b"\0\x3c\x40"),
        (b"\0\x90\x3c\x40", b"\0\x3c\x40\1\x3c\0"),
        (b"\0\xc0\1", b"\0\1"),
        (b"", b"\0\xff\x03\0"),
        (b"", b"\0\xff\x51\3\1\0\0"),
        (b"", b"\0\xff\x58\2\1\6"),
    ],
    ids=["beginnings", "notes", "programs", "names", "tempos", "signatures"],
)
def test_a_large_file_of_anything_is_read_soon(start, event):
    body = start + event * ((reading.MAX_BYTES // 2 - 100) // len(event))
    score = judged(file(chunk(body)))
    assert score is not None
    score.bar_lines()
    assert score.duration >= 0


def test_ends_of_many_notes_by_many_silences_are_found_soon():
    body = b"\0\xb0" + b"\x7b\0\0" * 150_000 + b"\x90" + b"\x3c\x40\0" * 150_000
    assert len(judged(file(chunk(body, end=END[1:]))).tracks[0].notes) == 150_000


def test_a_file_that_is_too_large_is_not_even_read(tmp_path):
    with open(tmp_path / "huge.mid", "wb") as huge:
        huge.truncate(reading.MAX_BYTES + 1)
    with pytest.raises(InputError, match="too large"):
        read_midi(tmp_path / "huge.mid")


@pytest.mark.course
def test_the_course_file_cut_and_flipped(course):
    content = (course / "W1A3/data/original_metheny.mid").read_bytes()
    rng = np.random.default_rng(1)
    for length in rng.integers(0, len(content), 25):
        assert judged(content[:length]) is None
    for _ in range(25):
        flipped = bytearray(content)
        for place in rng.integers(0, len(content), 20):
            flipped[place] ^= int(rng.integers(1, 256))
        judged(bytes(flipped))
