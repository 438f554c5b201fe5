"""A `Score` to MIDI bytes and files (Standard MIDI Files 1.0, format 1)."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

from common.atomic import write_bytes
from common.errors import InputError
from common.midi.score import Note, Score, Track

LONGEST_DELTA = 0x0FFFFFFF
# Of events at one tick: ends before beginnings, so that a repeated note's old tone ends before the new one begins.
_OFF, _META, _CHANNEL, _ON, _OFF_AT_ONCE, _END = range(6)
_Event = tuple[int, int, bytes]  # tick, rank among those of the tick, bytes without the delta time


def write_midi(score: Score, path: str | os.PathLike[str]) -> Path:
    """Write the score as a MIDI file, whole or not at all; returns the path. Errors as `midi_bytes`."""
    return write_bytes(path, midi_bytes(score))


def midi_bytes(score: Score) -> bytes:
    """The score as the bytes of a format 1 MIDI file; the same score gives the same bytes.

    Times are rounded to the score's ticks; a note that is longer than nothing stays at least one tick long. Reading
    them again gives an equal score where all times are whole ticks. (A note that lies inside another of the same
    pitch, channel and track changes ends with it: MIDI can not tell them apart.)

    Raises:
        InputError: a value that MIDI does not have: no tracks, a pitch over 127, a negative time, ...
    """
    if not 1 <= len(score.tracks) <= 0xFFFF:
        raise InputError(f"a MIDI file has 1 to 65,535 tracks, and the score has {len(score.tracks):,}; add one.")
    ticks = _within("ticks_per_quarter", score.ticks_per_quarter, 1, 0x7FFF)
    header = b"MThd" + b"".join(number.to_bytes(size, "big") for number, size in ((6, 4), (1, 2)))
    header += len(score.tracks).to_bytes(2, "big") + ticks.to_bytes(2, "big")
    maps = [*_map_events(score)]
    place = _place_of_maps(score)
    chunks = [_chunk(track, ticks, maps if number == place else []) for number, track in enumerate(score.tracks)]
    return header + b"".join(chunks)


def _place_of_maps(score: Score) -> int:
    """The track that carries the maps: the first, unless it is too short for them and another is not."""
    last = max((event.time for event in (*score.tempos, *score.time_signatures, *score.key_signatures)), default=0)
    return next((number for number, track in enumerate(score.tracks) if track.end >= last), 0)


def _chunk(track: Track, ticks: int, maps: list[_Event]) -> bytes:
    events = sorted([*maps, *_track_events(track, ticks)], key=lambda event: event[:2])
    events.append((max(events[-1][0] if events else 0, _tick(track.end, ticks)), _END, b"\xff\x2f\x00"))
    body, now = bytearray(), 0
    for tick, _, content in events:
        body += variable_length(tick - now) + content
        now = tick
    return b"MTrk" + len(body).to_bytes(4, "big") + bytes(body)


def variable_length(number: int) -> bytes:
    """`number` (0 to 2**28 - 1) as MIDI's variable-length number: seven bits a byte, all but the last with bit 7."""
    if not 0 <= number <= LONGEST_DELTA:
        raise InputError(f"{number:,} ticks or bytes are more than MIDI can say in one number; make the piece shorter.")
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.insert(0, number & 0x7F | 0x80)
    return bytes(parts)


def _meta(kind: int, payload: bytes) -> bytes:
    return bytes([0xFF, kind]) + variable_length(len(payload)) + payload


def _map_events(score: Score) -> Iterator[_Event]:
    ticks = score.ticks_per_quarter
    for tempo in score.tempos:
        value = _within("a tempo's microseconds", tempo.microseconds, 1, 0xFFFFFF)
        yield _tick(tempo.time, ticks), _META, _meta(0x51, value.to_bytes(3, "big"))
    for time, numerator, denominator in score.time_signatures:
        _within("a time signature's numerator", numerator, 1, 255)
        if denominator not in (1, 2, 4, 8, 16, 32, 64):
            raise InputError(f"a time signature's denominator is {denominator}; MIDI has powers of two up to 64.")
        payload = bytes([numerator, denominator.bit_length() - 1, 24, 8])
        yield _tick(time, ticks), _META, _meta(0x58, payload)
    for time, sharps, minor in score.key_signatures:
        payload = _within("a key signature's sharps", sharps, -7, 7).to_bytes(1, "big", signed=True)
        yield _tick(time, ticks), _META, _meta(0x59, payload + bytes([minor]))


def _track_events(track: Track, ticks: int) -> Iterator[_Event]:
    if track.name:
        yield 0, _META, _meta(0x03, track.name.encode("utf-8"))
    for time, channel, program in track.programs:
        content = bytes([0xC0 | _channel(channel), _within("a program", program, 0, 127)])
        yield _tick(time, ticks), _CHANNEL, content
    for time, channel, *values in track.controls:
        pair = [_within("a controller or its value", value, 0, 127) for value in values]
        yield _tick(time, ticks), _CHANNEL, bytes([0xB0 | _channel(channel), *pair])
    for time, channel, value in track.bends:
        raw = _within("a bend", value, -8192, 8191) + 8192
        yield _tick(time, ticks), _CHANNEL, bytes([0xE0 | _channel(channel), raw & 0x7F, raw >> 7])
    for note in track.notes:
        yield from _note_events(note, ticks)


def _note_events(note: Note, ticks: int) -> Iterator[_Event]:
    if not note.end >= note.start:
        raise InputError(f"{note} ends before it begins; give it an end that is not before its start.")
    pitch, velocity = _within("a pitch", note.pitch, 0, 127), _within("a velocity", note.velocity, 1, 127)
    channel, start, end = _channel(note.channel), _tick(note.start, ticks), _tick(note.end, ticks)
    if note.end > note.start:
        end = max(end, start + 1)
    yield start, _ON, bytes([0x90 | channel, pitch, velocity])
    yield end, _OFF if end > start else _OFF_AT_ONCE, bytes([0x80 | channel, pitch, 64])


def _channel(channel: int) -> int:
    return _within("a channel", channel, 0, 15)


def _within(what: str, value: int, low: int, high: int) -> int:
    if not (isinstance(value, int) or hasattr(value, "__index__")) or not low <= value <= high:
        raise InputError(f"{what} is {value!r}; MIDI has whole numbers from {low} to {high} there.")
    return int(value)


def _tick(time: float, ticks: int) -> int:
    if not (math.isfinite(time) and time >= 0):
        raise InputError(f"a time is {time!r} quarters; MIDI begins at 0.")
    return round(time * ticks)
