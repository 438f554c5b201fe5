"""Scores to sound: every part's tones, drums and bends onto the stage, then the room."""

from __future__ import annotations

import os
from typing import NamedTuple

import numpy as np

from common.audio import Signal
from common.cli import progress
from common.errors import InputError
from common.midi import Score
from common.seeding import make_rng
from common.synthesizer.drums import band_noise, hit
from common.synthesizer.performance import Curve, Part, parts_of
from common.synthesizer.room import convolve, room_response
from common.synthesizer.timbres import Timbre, timbre_of
from common.synthesizer.tones import Tone, read_between, shape_ends

PEAK = 0.89  # -1 dBFS
MAX_SECONDS = 1200  # at 48,000 Hz
MAX_NOTE_SECONDS = 200_000  # of all notes together: a damaged file may have thousands that never end
MIN_RATE, MAX_RATE = 8000, 192_000
PLACES = (0.0, -0.35, 0.35, -0.6, 0.6, -0.2, 0.2)  # of the parts between left (-1) and right (1), where none is given
VIBRATO_HZ, VIBRATO_DELAY, VIBRATO_RISE = 5.4, 0.28, 0.3
LAST_FRAMES = 500_000  # of the stage, in which its silent end is looked for
GLIDE = 0.004  # seconds that a jump of bend or volume takes
BREATH_SECONDS = 3
BREATH_BAND = (700.0, 6000.0)


def synthesize(
    score: Score,
    *,
    rate: int = 44100,
    room: float = 0.25,
    room_seconds: float = 0.9,
    seed: int = 0,
    soundfont: str | os.PathLike[str] | None = None,
) -> Signal:
    """The score as sound: stereo, samples (frames, 2) float32 with a peak of 0.89 (-1 dBFS), at `rate` Hz.

    Programs choose the timbre by General MIDI's families, channel 10 drums; tempo changes, velocities, pedal, volume,
    panorama and bends are obeyed. No partial reaches half the rate. The same arguments give the same samples.

    Args:
        rate: 8,000 to 192,000 Hz.
        room: amplitude of the room's answer beside the dry sound, 0 (none) to 1.
        room_seconds: in which the room's answer falls by 60 dB, 0.1 to 5.
        seed: of the room's noise and of breath.
        soundfont: an SF2 file to be played by the FluidSynth library instead of this synthesizer.

    Raises:
        InputError: no notes, longer than about 20 minutes, an argument out of range; with `soundfont`, also where the
            library or the file is missing.
    """
    _check(score, rate, room, room_seconds)
    if soundfont is not None:
        from common.synthesizer.soundfont import render_soundfont

        return render_soundfont(score, soundfont, rate=rate)
    parts = parts_of(score)
    stage = np.zeros((2, round((max(part.end.max() for part in parts) + 2.5) * rate)), np.float32)
    breath = band_noise(BREATH_SECONDS * rate, BREATH_BAND, rate, make_rng(seed, "breath")).astype(np.float32)
    for number, part in enumerate(progress(parts, description="synthesizing", unit="part")):
        place = PLACES[number % len(PLACES)] if part.place is None else part.place
        angles = np.pi / 4 * (1 + 0.8 * np.array([place, -place]))
        (_drums if part.drums else _tones)(
            part, rate, breath, _Ears(stage, *np.cos(angles).tolist(), part.volume, rate)
        )
    if room:
        stage = convolve(stage, room_response(rate, seconds=room_seconds, share=room, rng=make_rng(seed, "room")))
    return Signal(_trimmed(stage), rate)


def _check(score: Score, rate: int, room: float, room_seconds: float) -> None:
    notes = [note for track in score.tracks for note in track.notes]
    if not notes:
        raise InputError("the piece has no notes to sound; give one that has.")
    if not MIN_RATE <= rate <= MAX_RATE:
        raise InputError(f"a rate of {rate} Hz can not be made; choose {MIN_RATE:,} to {MAX_RATE:,}.")
    if not 0 <= room <= 1 or not 0.1 <= room_seconds <= 5:
        raise InputError(f"room {room} of {room_seconds} s: choose 0 to 1, and 0.1 to 5 seconds.")
    starts, ends = (score.seconds([note[at] for note in notes]) for at in (2, 3))
    if ends.max() * max(rate, 44100) > MAX_SECONDS * 48000:
        raise InputError(f"the piece lasts {ends.max() / 60:,.0f} minutes, too long at {rate:,} Hz; give an excerpt.")
    if (ends - starts).sum() > MAX_NOTE_SECONDS:
        hours = (ends - starts).sum() / 3600
        raise InputError(f"the {len(notes):,} notes last {hours:,.0f} hours together, too long; give an excerpt.")


def _trimmed(stage: np.ndarray) -> np.ndarray:
    """(frames, 2) with the wanted peak, without the silence at the end."""
    peak = max(float(stage.max()), -float(stage.min()))
    loud = np.flatnonzero(np.abs(stage[:, -LAST_FRAMES:]).max(axis=0) > 1e-4 * peak)
    last = stage.shape[1] - min(LAST_FRAMES, stage.shape[1]) + (int(loud[-1]) + 1 if len(loud) else 0)
    samples = np.empty((last, 2), np.float32)
    for ear in range(2):
        np.multiply(stage[ear, :last], np.float32(PEAK / peak if peak else 1), out=samples[:, ear])
    return samples


class _Ears(NamedTuple):
    """Where a part is heard: the stage (2, frames), its share in each ear, and its volume."""

    stage: np.ndarray
    left: float
    right: float
    volume: Curve
    rate: int

    def add(self, sound: np.ndarray, at: int) -> None:
        """Add a note's sound from frame `at` on; it may be changed."""
        level: float = 1.0
        start, end = at / self.rate, (at + len(sound)) / self.rate
        if self.volume.jumps(start, end):
            _set_volume(sound, at, self.volume, self.rate)
        else:
            level = float(self.volume.at(start))
        self.stage[0, at : at + len(sound)] += sound * np.float32(self.left * level)
        self.stage[1, at : at + len(sound)] += sound * np.float32(self.right * level)


def _tones(part: Part, rate: int, breath: np.ndarray, ears: _Ears) -> None:
    """Add the part's notes."""
    tones: dict[tuple[Timbre, int], Tone] = {}
    for index, (pitch, program) in enumerate(zip(part.pitch.tolist(), part.program.tolist(), strict=True)):
        timbre = timbre_of(program)
        tone = tones.get((timbre, pitch)) or tones.setdefault((timbre, pitch), Tone(timbre, pitch, rate))
        ears.add(_note(tone, part, index, rate, breath), round(part.start[index] * rate))


def _note(tone: Tone, part: Part, index: int, rate: int, breath: np.ndarray) -> np.ndarray:
    """One note from its beginning to the end of its release, (frames,) float32."""
    timbre, velocity = tone.timbre, part.velocity[index] / 127
    start, end = part.start[index], part.end[index]
    frames = round((end - start + timbre.release) * rate)
    if tone.frames is not None:
        frames = min(frames, tone.frames)
    places = _places(timbre, part.bend, start, frames, rate)
    if places is None:
        note = tone.render(frames, velocity)
    else:
        note = read_between(tone.render(int(places[-1]) + 3, velocity), places)
    if timbre.breath:
        level = timbre.level * timbre.breath * velocity**1.6
        begin = (index * 7919) % (len(breath) // 2)
        note[: len(breath) - begin] += np.float32(level) * breath[begin : begin + frames]
    return shape_ends(note, round(timbre.attack * rate), round(timbre.release * rate))


def _places(timbre: Timbre, bend: Curve, start: float, frames: int, rate: int) -> np.ndarray | None:
    """Where in the unbent tone each sample is to be read, or None where nothing bends it."""
    bent = bend.changes(start, start + frames / rate)
    shaken = timbre.vibrato and frames > (VIBRATO_DELAY + 0.5 * VIBRATO_RISE + timbre.release) * rate
    if not (bent or shaken):
        return None
    time = np.arange(frames) / rate
    semitones = np.zeros(frames)
    if bent:
        semitones += _smooth(bend.at(start + time), round(GLIDE * rate))
    if shaken:
        depth = timbre.vibrato / 100 * np.clip((time - VIBRATO_DELAY) / VIBRATO_RISE, 0, 1)
        semitones += depth * np.sin(2 * np.pi * VIBRATO_HZ * (time - VIBRATO_DELAY))
    return 1 + np.cumsum(np.exp2(semitones / 12)) - 1


def _smooth(values: np.ndarray, frames: int) -> np.ndarray:
    """The running mean of the last `frames` values; before the first, the first holds."""
    total = np.cumsum(np.concatenate([np.full(frames, values[0]), values]))
    return (total[frames:] - total[:-frames]) / frames


def _drums(part: Part, rate: int, breath: np.ndarray, ears: _Ears) -> None:
    """Add the part's strokes. A stroke sounds to its end whatever the note's length."""
    del breath
    hits = {key: hit(key, rate) for key in np.unique(part.pitch).tolist()}
    for key, velocity, start in zip(part.pitch.tolist(), part.velocity.tolist(), part.start.tolist(), strict=True):
        ears.add(hits[key] * np.float32((velocity / 127) ** 1.6), round(start * rate))


def _set_volume(sound: np.ndarray, first: int, volume: Curve, rate: int) -> None:
    """Multiply the sound, which begins at frame `first`, by the volume's curve, in place, gliding over its jumps."""
    start, end = first / rate, (first + len(sound)) / rate
    times = volume.times[(volume.times > start) & (volume.times < end)]
    places = [0, *(np.round(times * rate).astype(int) - first).tolist(), len(sound)]
    values = [float(volume.at(start)), *volume.at(times).tolist()]
    level, longest = values[0], max(round(GLIDE * rate), 1)
    for value, here, after in zip(values, places, places[1:], strict=False):
        glide = min(longest, after - here)
        sound[here : here + glide] *= np.linspace(level, value, glide, endpoint=False, dtype=np.float32)
        level += (value - level) * glide / longest if glide < longest else value - level
        sound[here + glide : after] *= np.float32(level)
