"""The numbers on recordings that training never saw: events found, missed and made up, over all thresholds.

heard = hear(network, recorder, 90, workers=2)          # probabilities of every recording, with what was said in it
scores = curve(heard, network)                          # a Score at each threshold
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.cli import progress
from common.workers import in_order
from week3.trigger_word.detect import Detector
from week3.trigger_word.examples import labels_at
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.recordings import Recorder
from week3.trigger_word.scoring import THRESHOLDS, Score, match, total


@dataclass(frozen=True)
class Heard:
    """What a network made of one recording.

    Attributes:
        probabilities: (steps,) float32.
        ends: when the trigger words end, in seconds.
        others: (start, end, clip) of the other words, seconds.
        background: its name.
        seconds: how long it lasts.
    """

    probabilities: np.ndarray
    ends: list[float]
    others: list[tuple[float, float, str]]
    background: str
    seconds: float


def hear(
    network: TriggerNetwork, recorder: Recorder, count: int, *, workers: int = 1, live: bool = False
) -> list[Heard]:
    """The first `count` recordings, heard in so many processes.

    `live` brings them to the level as a microphone's sound is, by the last ten seconds; else by the whole.
    """
    inputs = [(network, recorder, number, live) for number in range(count)]
    return list(progress(in_order(hear_one, inputs, workers), total=count, unit="recording"))


def hear_one(network: TriggerNetwork, recorder: Recorder, number: int, live: bool = False) -> Heard:
    """One recording, by its number."""
    recording = recorder.recording(number)
    detector = Detector(network)
    if live:
        listening = detector.listen()
        listening.push(recording.samples)
        probabilities = listening.probabilities
    else:
        probabilities = detector.detect(recording.samples).probabilities
    others = [
        (event.start_ms / 1000, (event.end_ms + 1) / 1000, event.clip)
        for event in recording.events
        if event.kind == "negative"
    ]
    seconds = len(recording.samples) / recorder.rate
    return Heard(probabilities, recording.ends(), others, recording.background, seconds)


def chimes_of(heard: Heard, network: TriggerNetwork, threshold: float, rule: str = "hysteresis") -> list[float]:
    """When it chimes in a recording, in seconds."""
    detector = Detector(network, rule, threshold=threshold)
    return [detector.seconds_of(step) for step in detector.new_rule().push(heard.probabilities)]


def score(heard: Sequence[Heard], network: TriggerNetwork, threshold: float, rule: str = "hysteresis") -> Score:
    """Hits, misses and false alarms at a threshold."""
    counted = []
    for one in heard:
        chimes = chimes_of(one, network, threshold, rule)
        counted.append((len(match(one.ends, chimes)), len(one.ends), len(chimes), one.seconds))
    return total(threshold, counted)


def curve(
    heard: Sequence[Heard],
    network: TriggerNetwork,
    thresholds: Sequence[float] = THRESHOLDS,
    rule: str = "hysteresis",
) -> list[Score]:
    """The score at each threshold."""
    return [score(heard, network, threshold, rule) for threshold in thresholds]


def mistaken(heard: Sequence[Heard], network: TriggerNetwork, threshold: float, within: float = 1.0) -> dict[str, int]:
    """What was said where it chimed wrongly: clip -> how often; "nothing" where no other word ended shortly before."""
    found: dict[str, int] = {}
    for one in heard:
        chimes = chimes_of(one, network, threshold)
        right = {chime for _, chime in match(one.ends, chimes)}
        for number, chime in enumerate(chimes):
            if number not in right:
                said = [clip for start, end, clip in one.others if start < chime <= end + within]
                name = said[-1] if said else "nothing"
                found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def frame_accuracy(heard: Sequence[Heard], network: TriggerNetwork, threshold: float = 0.5) -> tuple[float, float]:
    """(share of the steps that are right, share of the labels that are 0): what answering 0 always would reach."""
    right = zeros = count = 0
    detector = Detector(network)
    for one in heard:
        times = detector.seconds_of(0) + np.arange(len(one.probabilities)) * detector.step_seconds
        labels = labels_at(times, one.ends)
        right += int(np.sum((one.probabilities >= threshold) == labels))
        zeros += int(np.sum(labels == 0))
        count += len(labels)
    return (right / count, zeros / count) if count else (1.0, 1.0)
