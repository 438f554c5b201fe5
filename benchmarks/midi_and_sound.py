"""MIDI files to notes and tokens, and scores to sound.

    python -m benchmarks.midi_and_sound reading       # against mido (raw events) and music21 (parsing alone)
    python -m benchmarks.midi_and_sound sound         # against the plain sum of partials, and against the clock

Without a word, both. "reading" reads the course's piece where its folder is given (SEQUENCE_MODELS_COURSE), else one of
the same size that it writes itself, and then without tokens. "sound" plays two parts for 64 seconds; the contestant
"a fiftieth of real time" only waits for as long.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import Target, Work, main
from common.cli import course_folder_of_environment
from common.midi import DRUM_CHANNEL, Note, Program, Score, Tempo, Track, read_midi, write_midi
from common.run_folder import OUT

COURSE_FILE = "W1A3/data/original_metheny.mid"
WAITING = "a fiftieth of real time"
BARS = 32
REAL_TIME = 50


# ---- reading


def piece_file() -> Path:
    """The course's file, or one of about its size: 16 tracks of 760 notes."""
    course = course_folder_of_environment()
    if course and (course / COURSE_FILE).is_file():
        return course / COURSE_FILE
    rng = np.random.default_rng(0)
    tracks = [
        Track(tuple(Note(int(rng.integers(40, 80)), 80, at / 2, at / 2 + 0.4, channel) for at in range(760)))
        for channel in range(16)
        if channel != DRUM_CHANNEL
    ]
    return write_midi(Score(tuple(tracks), 96), OUT / "benchmarks/piece.mid")


def reader(read: Callable[[Path], Any], pitches: Callable[[Any], Sequence[int]]) -> Work:
    """Read the file; what all must agree on is the lowest and the highest pitch."""
    path, last = piece_file(), []

    def run() -> None:
        last[:] = [read(path)]

    def digest() -> list[float]:
        found = pitches(last[0])
        return [min(found), max(found)]

    return Work(run, digest)


def make_music21() -> Work:
    """music21's own parsing, every time anew (it keeps what it has parsed otherwise)."""
    import music21

    return reader(
        lambda path: music21.converter.parse(path, format="midi", forceSource=True),
        lambda piece: [pitch.midi for part in piece.parts for pitch in part.pitches],
    )


def make_mido() -> Work:
    """mido's raw events; notes are not paired."""
    import mido

    return reader(
        mido.MidiFile,
        lambda file: [message.note for track in file.tracks for message in track if message.type == "note_on"],
    )


def make_score() -> Work:
    """This project's reader: notes, maps and checks."""
    return reader(read_midi, lambda score: [note.pitch for note in score.notes()])


def make_tokens() -> Work:
    """From the file to the course's tokens."""
    from week1.jazz_solo.course_corpus import read_course_corpus

    def read(path: Path) -> Score:
        score = read_midi(path)
        if not read_course_corpus(score, "2021").words:
            raise ValueError("the piece has no tokens")
        return score

    return reader(read, lambda score: [note.pitch for note in score.notes()])


# ---- sound


def two_parts() -> Score:
    """A solo of changing lengths over a chord of four a bar, 32 bars at 120 a minute: 64 seconds."""
    rng = np.random.default_rng(0)
    solo, at = [], 0.0
    while at < 4 * BARS - 1:
        length = float(rng.choice([0.25, 0.5, 0.5, 1.0]))
        solo.append(Note(int(rng.integers(60, 84)), int(rng.integers(60, 115)), at, at + length, 0))
        at += length
    chords = [
        Note(48 + step + bar % 4, 70, 4.0 * bar, 4.0 * bar + 3.9, 1) for bar in range(BARS) for step in (0, 4, 7, 10)
    ]
    parts = (Track(tuple(solo), programs=(Program(0, 0, 26),)), Track(tuple(chords), programs=(Program(0, 1, 0),)))
    return Score(parts, tempos=(Tempo(0.0, 500_000),))


def make_synthesizer() -> Work:
    """The synthesizer with its room."""
    from common.synthesizer import synthesize

    score = two_parts()
    return Work(lambda: synthesize(score), lambda: [])


def make_plain_sum() -> Work:
    """The same sound with every tone as a sum of sines, partial by partial."""
    from common.synthesizer import render, synthesize
    from common.synthesizer.tones import Tone, partials

    class PlainTone(Tone):
        def __init__(self, timbre, pitch, rate):
            super().__init__(timbre, pitch, rate)
            self.rate, self.found = rate, partials(timbre, pitch, rate)

        def render(self, frames, velocity):
            """As `Tone.render`."""
            at = np.arange(frames, dtype=np.float32)
            sound = np.zeros(frames, np.float32)
            for number, frequency, amplitude, decay, phase in zip(*self.found, strict=True):
                weight = velocity**1.6 * amplitude * np.exp(-self.timbre.darkness * (1 - velocity) * (number - 1) / 9)
                sine = np.sin(np.float32(2 * np.pi * frequency / self.rate) * at + np.float32(phase))
                sound += np.float32(weight) * np.exp(np.float32(-decay) * at) * sine
            return sound

    render.Tone = PlainTone
    score = two_parts()
    return Work(lambda: synthesize(score), lambda: [])


def make_waiting() -> Work:
    """As long as a fiftieth of the piece lasts."""
    seconds = two_parts().duration / REAL_TIME
    return Work(lambda: time.sleep(seconds), lambda: [])


WORKLOADS = {
    "reading": (
        "a MIDI file of 92 KB and 12,000 notes to notes and tokens",
        {"music21": make_music21, "mido": make_mido, "score": make_score, "tokens": make_tokens},
        [Target("tokens", "music21", 20), Target("score", "music21", 20), Target("score", "mido", 2)],
    ),
    "sound": (
        "two parts of 64 seconds to sound",
        {WAITING: make_waiting, "plain sum": make_plain_sum, "synthesizer": make_synthesizer},
        [Target("synthesizer", WAITING, 1), Target("synthesizer", "plain sum", 5)],
    ),
}


def run(arguments: list[str]) -> int:
    """The workload that is named, the one of a contestant's process, or all."""
    names = [name for name in WORKLOADS if name in arguments[:1]]
    if "--contestant" in arguments:
        contestant = arguments[arguments.index("--contestant") + 1]
        names = [name for name, (_, contestants, _) in WORKLOADS.items() if contestant in contestants]
    status = 0
    for name in names or WORKLOADS:
        workload, contestants, targets = WORKLOADS[name]
        if "tokens" in contestants and piece_file().name != Path(COURSE_FILE).name:
            contestants = {key: make for key, make in contestants.items() if key != "tokens"}
        options = [argument for argument in arguments if argument not in WORKLOADS]
        status = max(status, main("benchmarks.midi_and_sound", workload, contestants, targets, argv=options))
    return status


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
