"""One MIDI track's bytes to its events, and every way in which they can be wrong.

Every step of the walk moves forward by at least one byte of the chunk and can not leave it, so its time is bounded by
the chunk's size.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import NamedTuple

from common.midi.score import Bend, Control, Program

MAX_QUARTERS = 100_000  # 14 hours at 120 a minute
NEXT_STEP = "copy or export the file again"


class Problem(Exception):
    """What is wrong with the bytes, without the file's name."""


class TrackEvents(NamedTuple):
    """What a track's bytes say."""

    notes: list[list]  # [pitch, velocity, start, end or -1, channel], in quarters
    channel: dict[type, list]  # Program, Control, Bend
    meta: list[tuple[float, int, bytes]]  # quarters, kind, payload
    end: float  # quarters
    stray: int  # note-offs that end nothing


def walk_track(body: bytes, ticks: int) -> TrackEvents:
    """All events of a track chunk at `ticks` per quarter."""
    notes: list[list] = []
    sounding: defaultdict[int, deque[list]] = defaultdict(deque)
    channel: dict[type, list] = {Program: [], Control: [], Bend: []}
    meta: list[tuple[float, int, bytes]] = []
    at = now = running = stray = 0
    time = 0.0
    try:
        while True:
            delta = body[at]
            at += 1
            if delta >= 0x80:
                delta, at = _number(body, at - 1)
            if delta:
                now += delta
                time = now / ticks
            status = body[at]
            if status < 0x80:
                status = running
            else:
                at += 1
            if 0x80 <= status < 0xA0:
                running, pitch, velocity = status, body[at], body[at + 1]
                if (pitch | velocity) > 0x7F:
                    raise _damaged(at, "a note has a byte over 127")
                at += 2
                key = (status & 15) << 7 | pitch
                if velocity and status >= 0x90:
                    note = [pitch, velocity, time, -1, status & 15]
                    notes.append(note)
                    sounding[key].append(note)
                elif sounding[key]:
                    sounding[key].popleft()[3] = time
                else:
                    stray += 1
            elif 0xA0 <= status < 0xF0:
                running, at = status, _channel_event(body, at, status, time, channel)
            elif status >= 0xF0:
                kind, payload, at = _long_event(body, at, status)
                if kind == 0x2F:
                    break
                meta.append((time, kind, payload))
            else:
                raise _damaged(at, "an event without a status byte has none before it to go by")
    except IndexError:
        raise Problem(f"is cut off or damaged: it ends without an end-of-track event; {NEXT_STEP}") from None
    if at < len(body):
        raise _damaged(at, f"{len(body) - at:,} bytes follow its end-of-track event")
    if time > MAX_QUARTERS:
        raise Problem(f"lasts {time:,.0f} quarters, at most {MAX_QUARTERS:,} are read; {NEXT_STEP}")
    return TrackEvents(notes, channel, meta, time, stray)


def _damaged(at: int, what: str) -> Problem:
    return Problem(f"is damaged at byte {at:,} of its chunk: {what}; {NEXT_STEP}")


def _number(body: bytes, at: int) -> tuple[int, int]:
    """The variable-length number at `at`, at most four bytes of seven bits, and where it ends."""
    value = 0
    for place in range(at, at + 4):
        byte = body[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    raise _damaged(at, "a variable-length number is longer than four bytes")


def _channel_event(body: bytes, at: int, status: int, time: float, found: dict[type, list]) -> int:
    """Keep a control, program or bend event; returns where it ends. Pressure is read over."""
    kind, channel = status & 0xF0, status & 15
    end = at + (1 if kind in (0xC0, 0xD0) else 2)
    first, last = body[at], body[end - 1]
    if (first | last) > 0x7F:
        raise _damaged(at, "an event has a data byte over 127")
    if kind == 0xB0:
        found[Control].append(Control(time, channel, first, last))
    elif kind == 0xC0:
        found[Program].append(Program(time, channel, first))
    elif kind == 0xE0:
        found[Bend].append(Bend(time, channel, (last << 7 | first) - 8192))
    return end


def _long_event(body: bytes, at: int, status: int) -> tuple[int, bytes, int]:
    """A meta event's kind (-1 for system-exclusive data), payload, and where it ends."""
    if status not in (0xF0, 0xF7, 0xFF):
        raise _damaged(at, f"status {status:#x} has no place in a file")
    kind = -1
    if status == 0xFF:
        kind, at = body[at], at + 1
    length, start = _number(body, at)
    if start + length > len(body):
        raise _damaged(at, f"an event of {length:,} bytes does not fit into it")
    return kind, body[start : start + length], start + length
