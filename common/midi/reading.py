"""MIDI bytes to a `Score`: one walk over the bytes that checks and reads at once.

Why not a library: the checks that make a hang and a silent misreading impossible must walk every byte themselves,
and having done so they know the events; a second walk by `mido` would only add time (several times as much) and a
requirement. The tests hold this reader against mido and music21.

Format: Standard MIDI Files 1.0 (MIDI Manufacturers Association, 1996). The time is bounded by the size of the file (see
`events`), which is bounded too: two million bytes of anything take about a second.
"""

from __future__ import annotations

import bisect
import os
from collections import defaultdict
from pathlib import Path

from common.errors import InputError
from common.midi.events import NEXT_STEP, Problem, TrackEvents, walk_track
from common.midi.score import Bend, Control, KeySignature, Note, Program, Score, Tempo, TimeSignature, Track
from common.text_files import content_problem, read_bytes

MAX_BYTES = 2_000_000
ALL_NOTES_OFF = (120, 123)


def read_midi(path: str | os.PathLike[str]) -> Score:
    """Read a MIDI file of format 0 or 1.

    A note-on is paired with the first later note-off of its pitch and channel that no earlier note has taken. A note
    that never ends is ended by the channel's next all-notes-off, else by its track's end, with a remark.

    Raises:
        MissingFileError: there is no such file.
        InputError: it is no MIDI file, is cut off or damaged, or is of a kind that is not read (format 2, SMPTE time).
    """
    path = Path(path)
    if path.is_file() and path.stat().st_size > MAX_BYTES:
        size = path.stat().st_size
        raise InputError(f"{path}: is too large for a MIDI file ({size:,} bytes, at most {MAX_BYTES:,}); give another")
    if path.exists() and not path.is_dir() and not path.is_file():
        raise InputError(f"{path}: is no ordinary file; give a MIDI file")
    return parse_midi(read_bytes(path), str(path))


def parse_midi(content: bytes, name: str = "MIDI data") -> Score:
    """The `Score` in a MIDI file's bytes; `name` stands in the sentences of errors and remarks."""
    problem = content_problem(content)
    if problem:
        raise InputError(f"{name}: {problem}")
    try:
        return _parse(content, name)
    except Problem as found:
        raise InputError(f"{name}: {found}") from None


# ---- chunks


def _parse(content: bytes, name: str) -> Score:
    if len(content) > MAX_BYTES:
        raise Problem(f"is too large for MIDI data ({len(content):,} bytes, at most {MAX_BYTES:,}); give another")
    at, declared, ticks_per_quarter = _header(content)
    chunks, remarks = _track_chunks(content, at, declared)
    events = []
    for number, (start, end) in enumerate(chunks):
        try:
            events.append(walk_track(content[start:end], ticks_per_quarter))
        except Problem as problem:
            raise Problem(f"track {number}: {problem}") from None
    return _score(events, ticks_per_quarter, name, remarks)


def _header(content: bytes) -> tuple[int, int, int]:
    """Where the tracks begin, how many are declared, and the ticks per quarter."""
    if content[:4] != b"MThd":
        raise Problem(f"is no MIDI file (it begins with {content[:4]!r}, not with b'MThd'); give a .mid file")
    length = int.from_bytes(content[4:8], "big")
    if len(content) < 14 or 8 + length > len(content):
        raise Problem(f"ends within its header ({len(content)} bytes); {NEXT_STEP}")
    if length < 6:
        raise Problem(f"has a header of {length} bytes where 6 are needed; {NEXT_STEP}")
    kind, tracks, division = (int.from_bytes(content[at : at + 2], "big") for at in (8, 10, 12))
    if kind > 1:
        raise Problem(f"is of MIDI format {kind}, and only 0 and 1 are read; export it as format 1")
    if division & 0x8000:
        raise Problem("counts time in SMPTE frames, not in parts of a quarter; export it with ticks per quarter")
    if division == 0:
        raise Problem(f"divides a quarter into 0 ticks; {NEXT_STEP}")
    if tracks == 0:
        raise Problem(f"holds no track; {NEXT_STEP}")
    return 8 + length, tracks, division


def _track_chunks(content: bytes, at: int, declared: int) -> tuple[list[tuple[int, int]], list[str]]:
    """First and last byte of each track chunk, and remarks."""
    chunks: list[tuple[int, int]] = []
    remarks = []
    while at < len(content):
        kind, start = content[at : at + 4], at + 8
        end = start + int.from_bytes(content[at + 4 : at + 8], "big")
        if len(chunks) >= declared and (len(kind) < 4 or not kind.isalnum() or end > len(content)):
            remarks.append(f"{len(content) - at:,} bytes after the last track are no MIDI and were left out")
            break
        if start > len(content) or end > len(content):
            raise Problem(
                f"is cut off or damaged: chunk {len(chunks)} should reach byte {end:,} of {len(content):,}; {NEXT_STEP}"
            )
        if kind == b"MTrk":
            chunks.append((start, end))
        elif not kind.isalnum():
            raise Problem(f"is damaged: a chunk named {kind!r} begins at byte {at:,}; {NEXT_STEP}")
        else:
            remarks.append(f"a chunk named {kind.decode('latin-1')} is no track and was left out")
        at = end
    if len(chunks) < declared:
        raise Problem(f"should hold {declared:,} tracks and holds {len(chunks):,}; {NEXT_STEP}")
    if len(chunks) > declared:
        were = "track was" if declared == 1 else "tracks were"
        remarks.append(f"{declared:,} {were} announced, {len(chunks):,} were found and read")
    return chunks, remarks


# ---- events to a score


def _score(events: list[TrackEvents], ticks: int, name: str, remarks: list[str]) -> Score:
    tracks, maps = [], {Tempo: [], TimeSignature: [], KeySignature: []}
    for number, track in enumerate(events):
        words = _end_open_notes(track)
        title = ""
        for time, kind, payload in track.meta:
            title = title or (_text(payload) if kind == 0x03 else "")
            word = _keep_map_event(maps, time, kind, payload)
            words += [word] if word else []
        remarks += [f"track {number}: {word}" for word in words]
        tracks.append(_track(track, title))
    for kind in maps:
        maps[kind].sort(key=lambda event: event.time)  # stable: of equal times the later track's holds
    return Score(tuple(tracks), ticks, *map(tuple, maps.values()), tuple(f"{name}: {remark}" for remark in remarks))


def _end_open_notes(track: TrackEvents) -> list[str]:
    """End the notes that no note-off ended; remarks about them."""
    unending = [note for note in track.notes if note[3] < 0]
    silences: defaultdict[int, list[float]] = defaultdict(list)
    for time, channel, controller, _ in track.channel[Control]:
        if controller in ALL_NOTES_OFF:
            silences[channel].append(time)
    for note in unending:
        times = silences[note[4]]
        place = bisect.bisect_left(times, note[2])
        note[3] = times[place] if place < len(times) else track.end
    ended, left_out = len(unending), track.stray
    words = [
        (ended, "a note never ends and was ended with it", f"{ended:,} notes never end and were ended with it"),
        (left_out, "an end without a note was left out", f"{left_out:,} ends without notes were left out"),
    ]
    return [one if count == 1 else many for count, one, many in words if count]


def _track(track: TrackEvents, title: str) -> Track:
    channel = (tuple(track.channel[kind]) for kind in (Program, Control, Bend))
    return Track(tuple(map(Note._make, track.notes)), title, *channel, track.end)


def _text(payload: bytes) -> str:
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        text = payload.decode("latin-1")
    return text.strip(" \t\r\n\0")


def _keep_map_event(maps: dict[type, list], time: float, kind: int, payload: bytes) -> str:
    """Put a tempo, time or key signature into its map; a remark where it was left out."""
    if kind == 0x51:
        value = int.from_bytes(payload, "big")
        if len(payload) != 3 or value == 0:
            raise Problem(f"is damaged: it has a tempo of {payload.hex() or 'no'} microseconds; {NEXT_STEP}")
        maps[Tempo].append(Tempo(time, value))
    elif kind == 0x58:
        if len(payload) < 2 or payload[0] == 0 or payload[1] > 6:
            raise Problem(f"is damaged: it has a time signature of bytes {payload.hex() or 'none'}; {NEXT_STEP}")
        maps[TimeSignature].append(TimeSignature(time, payload[0], 2 ** payload[1]))
    elif kind == 0x59:
        sharps = int.from_bytes(payload[:1], "big", signed=True)
        if len(payload) != 2 or abs(sharps) > 7 or payload[1] > 1:
            return f"a key signature of bytes {payload.hex() or 'none'} was left out"
        maps[KeySignature].append(KeySignature(time, sharps, bool(payload[1])))
    return ""
