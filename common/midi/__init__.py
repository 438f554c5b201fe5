"""MIDI files: read them strictly into plain values, write them whole.

    score = read_midi("piece.mid")            # Score; InputError with one sentence where the file is damaged
    score.tracks[11].notes                    # tuple of Note(pitch, velocity, start, end, channel), in quarters
    score.remarks                             # sentences about what was odd and how it was taken; print them
    score.tempos, score.time_signatures, score.key_signatures, score.ticks_per_quarter
    score.seconds(quarters)                   # quarters -> seconds through the tempo map
    score.bar_lines()                         # where each bar begins, in quarters
    score.excerpt(476, 548)                   # the notes that begin in [476, 548), moved to begin at 0
    score.split_channels()                    # one track a track and channel (format 0 files become parts)

    solo = Track(notes, name="Solo", programs=(Program(0.0, 0, 26),))
    write_midi(Score((solo, chords), tempos=(Tempo(0.0, 500_000),)), "new.mid")

`parse_midi(bytes, name)` reads from memory, `midi_bytes(score)` writes to it. `track.program`, `track.channels`,
`track.only(channel)`, `track.end`, `note.duration`, `tempo.per_minute` and `signature.bar` are derived values.
The names are in `score`, `reading` (with `events`) and `writing`; what others need is here.
"""

from common.midi.reading import parse_midi, read_midi
from common.midi.score import (
    DRUM_CHANNEL,
    Bend,
    Control,
    KeySignature,
    Note,
    Program,
    Score,
    Tempo,
    TimeSignature,
    Track,
)
from common.midi.writing import midi_bytes, write_midi

__all__ = [
    "DRUM_CHANNEL",
    "Bend",
    "Control",
    "KeySignature",
    "Note",
    "Program",
    "Score",
    "Tempo",
    "TimeSignature",
    "Track",
    "midi_bytes",
    "parse_midi",
    "read_midi",
    "write_midi",
]
