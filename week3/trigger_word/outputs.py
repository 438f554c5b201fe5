"""What a detection leaves: the sound with chimes in it, the events as JSON and as labels for Audacity."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import atomic_path, write_json, write_text
from common.audio import Signal
from common.errors import InputError
from common.mixing import overlay_onto
from week3.trigger_word.detect import Detection, Detector


def chime_frames(detector: Detector, detection: Detection) -> list[int]:
    """The sound frames at which the chimes begin: when the step that rings is known."""
    net = detector.network
    return [round(detector.seconds_of(step) * net.rate) for step in detection.chimes]


def with_chimes(blocks: Iterable[Signal], frames: Sequence[int], chime: np.ndarray) -> Iterator[Signal]:
    """The blocks of a sound with the chime (int16, mono) added at these frames; one that begins near the end is cut."""
    begin = 0
    for signal in blocks:
        samples = signal.samples.copy()
        for frame in frames:
            start, skipped = max(frame - begin, 0), max(begin - frame, 0)
            if start < len(samples) and skipped < len(chime):
                overlay_onto(samples, chime[skipped:], start)
        begin += len(samples)
        yield Signal(samples, signal.rate)


def write_blocks(path: str | os.PathLike[str], blocks: Iterable[Signal]) -> Path:
    """Write int16 blocks as one 16-bit WAV, whole or not at all, in constant memory; returns the path."""
    import soundfile

    blocks = iter(blocks)
    first = next(blocks, None)
    if first is None:
        raise InputError(f"{path}: there is no sound to write")
    channels = 1 if first.samples.ndim == 1 else first.samples.shape[1]
    kind = {"subtype": "PCM_16", "format": "WAV"}
    with atomic_path(path) as temporary, soundfile.SoundFile(temporary, "w", first.rate, channels, **kind) as file:
        file.write(first.samples)
        for signal in blocks:
            file.write(signal.samples)
    return Path(path)


def as_json(name: str, detector: Detector, detection: Detection) -> dict[str, Any]:
    """A detection as plain values; times in seconds from the beginning."""
    return {
        "file": name,
        "seconds": round(detection.seconds, 3),
        "rule": detector.rule,
        "threshold": detector.threshold,
        "gain_db": round(detection.gain_db, 3),
        "highest_probability": float(np.max(detection.probabilities, initial=0.0)),
        "chimes": [{"step": step, "seconds": round(detector.seconds_of(step), 3)} for step in detection.chimes],
        "events": [
            {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(event).items()}
            for event in detection.events
        ],
    }


def write_events(path: str | os.PathLike[str], name: str, detector: Detector, detection: Detection) -> Path:
    """Write the events as JSON; returns the path."""
    return write_json(path, as_json(name, detector, detection))


def write_labels(path: str | os.PathLike[str], detection: Detection) -> Path:
    """Write the events as an Audacity label track: start, end and text, with tabs between; returns the path."""
    rows = [f"{event.start:.6f}\t{event.end:.6f}\ttrigger {event.probability:.2f}\n" for event in detection.events]
    return write_text(path, "".join(rows))
