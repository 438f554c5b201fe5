"""What the verb `listen` does: hear the microphone, chime as the trigger word is spoken, until Ctrl-C."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import numpy as np

from common.cli import say
from common.run_folder import RunFolder
from week3.trigger_word import outputs
from week3.trigger_word.chimes import make_chime
from week3.trigger_word.detect import Detection, Detector, Listening
from week3.trigger_word.microphone import load_sounddevice, microphone_blocks, play
from week3.trigger_word.run import load_detector
from week3.trigger_word.sources import ASSIGNMENT


def run_listen(arguments: argparse.Namespace) -> int:
    """Hear until Ctrl-C, or for --seconds; a line and a chime for each trigger word."""
    sounddevice = load_sounddevice()
    detector = load_detector(arguments)
    net = detector.network
    device = int(arguments.device) if arguments.device and arguments.device.isdigit() else arguments.device
    blocks = microphone_blocks(net.rate, device=device, sounddevice=sounddevice)
    chime = None if arguments.silent else make_chime(net.rate)
    live = detector.listen()
    with RunFolder(ASSIGNMENT, "listen", arguments, folder=arguments.out) as run:
        try:
            seconds = _follow(detector, live, blocks, arguments.seconds, chime, sounddevice)
        except KeyboardInterrupt:
            seconds = len(live.probabilities) * detector.step_seconds
        detection = Detection(
            live.probabilities, live.chimes, detector.events(live.probabilities, live.chimes), seconds, 0
        )
        outputs.write_events(run.file("heard_events.json", title="events"), "microphone", detector, detection)
        run.metric("events", len(detection.events))
    print(f"{seconds:.0f} s heard, trigger word {len(live.chimes)} times")
    return 0


def _follow(
    detector: Detector,
    live: Listening,
    blocks: Iterable[np.ndarray],
    most: float | None,
    chime: np.ndarray | None,
    sounddevice: object,
) -> float:
    """Hear block by block; the seconds that were heard when `most` are over."""
    frames, rate = 0, detector.network.rate
    for block in blocks:
        if not frames:
            say("listening; Ctrl-C ends")
        frames += len(block)
        for step in live.push(block):
            print(f"trigger word at {detector.seconds_of(step):.2f} s", flush=True)
            if chime is not None:
                play(chime, rate, sounddevice)
        if most is not None and frames >= most * rate:
            break
    return frames / rate
