"""What the verbs do: find weights and clips, call the stages, print results, leave the run folder."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from common.assets import find
from common.audio import Signal, read_audio, write_wav
from common.cli import named_course, say
from common.errors import InputError, MissingFileError
from common.mixing import to_mono
from common.plots import save_figure
from common.run_folder import RunFolder
from week3.trigger_word import outputs
from week3.trigger_word.chimes import make_chime
from week3.trigger_word.data import RATE, at_rate
from week3.trigger_word.detect import Detection, Detector, RateConverter, file_blocks, pcm_blocks, sound_files
from week3.trigger_word.generation import GenerationConfig, Generator
from week3.trigger_word.pictures import PICTURED_SECONDS, clip_block, draw_detection, draw_example, write_spectrogram
from week3.trigger_word.shards import write_shards
from week3.trigger_word.sources import ASSIGNMENT, RECORDING, load_clips, load_network, workers_of

_SOUNDS = 3  # examples that `synthesize` also writes as sound
_FEWEST_BACKGROUNDS, _MOST_BACKGROUNDS = 5, 50  # that `synthesize` makes up where none are given, one for ten examples


def load_detector(arguments: argparse.Namespace) -> Detector:
    """The detector that the options describe; the threshold is the weights' own where none is given."""
    network = load_network(arguments)
    threshold = network.threshold if arguments.threshold is None else arguments.threshold
    return Detector(network, arguments.rule, threshold=threshold)


def load_chime(arguments: argparse.Namespace) -> np.ndarray:
    """The chime of --chime, the course's with --course, else the project's own; int16, mono, 44,100 Hz."""
    path = arguments.chime
    if path is None:
        try:
            path = find("trigger-word-example-chime", course=named_course(arguments)).path
        except MissingFileError:
            return make_chime(RATE)
    return to_mono(at_rate(read_audio(path, dtype="int16"), RATE))


def run_detect(arguments: argparse.Namespace) -> int:
    """Listen to files, folders or standard input; print the events and leave sound, picture and labels."""
    if [str(path) for path in arguments.files] == ["-"]:
        return _listen_to_input(arguments)
    files = sound_files(arguments.files or [find(RECORDING).path])
    detector = load_detector(arguments)
    chime = load_chime(arguments)
    found, problems = [], []
    with RunFolder(ASSIGNMENT, "detect", arguments, folder=arguments.out) as run:
        for path, name in zip(files, _names(files), strict=True):
            try:
                began = time.perf_counter()
                detection = detector.detect_file(path, match_level=not arguments.keep_level)
                seconds = time.perf_counter() - began
                _leave(run, detector, detection, path, name, chime, picture=not arguments.no_picture)
            except InputError as error:
                if len(files) == 1:
                    raise
                problems.append(str(error))
                say(f"error: {error}")
                continue
            found.append(outputs.as_json(str(path), detector, detection))
            if not arguments.json:
                print(describe(path, detection, seconds))
        run.metric("files", len(found))
        run.metric("events", sum(len(one["events"]) for one in found))
    if arguments.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    return 2 if problems else 0


def _names(files: list[Path]) -> list[str]:
    """A name for each file's results: its own, with a number where two are alike."""
    names: list[str] = []
    for path in files:
        name, number = path.stem, 2
        while name in names:
            name, number = f"{path.stem}_{number}", number + 1
        names.append(name)
    return names


def _leave(
    run: RunFolder, detector: Detector, detection: Detection, path: Path, name: str, chime: np.ndarray, *, picture: bool
) -> None:
    """The results of one file in the run folder."""
    rate = detector.network.rate
    outputs.write_events(
        run.file(f"{name}_events.json", title=f"events in {path.name}"), str(path), detector, detection
    )
    outputs.write_labels(run.file(f"{name}_labels.txt", title="Audacity label track"), detection)
    chimed = outputs.with_chimes(file_blocks(path, rate), outputs.chime_frames(detector, detection), chime)
    outputs.write_blocks(run.sound(f"{name}_chimed.wav", title=f"{path.name} with chimes"), chimed)
    if picture:
        start = (
            max(0.0, detection.events[0].start - PICTURED_SECONDS / 2)
            if detection.seconds > PICTURED_SECONDS and (detection.events)
            else 0.0
        )
        samples = _stretch_of(path, rate, start)
        if detection.seconds <= PICTURED_SECONDS:
            image = run.figure(f"{name}_spectrogram.png", title="Spectrogram", alt="frequencies over time, no margins")
            write_spectrogram(image, samples)
            run.show(clip_block(detector, detection, f"{name}_chimed.wav", image.name, title=path.name))
        words = f"{path.name}: the trigger word, heard {_times(len(detection.events))}"
        alt = "waveform, spectrogram and probability over time, with the events marked"
        save_figure(
            draw_detection(detector, detection, samples, start, words),
            run.figure(f"{name}.png", title=words, alt=alt),
        )


def _stretch_of(path: Path, rate: int, start: float) -> np.ndarray:
    """At most a minute of a file's first channel, from `start` seconds on."""
    first, last, at, parts = round(start * rate), round((start + PICTURED_SECONDS) * rate), 0, []
    for signal in file_blocks(path, rate):
        parts.append(to_mono(signal.samples)[max(0, first - at) : max(0, last - at)])
        at += len(signal.samples)
        if at >= last:
            break
    return np.concatenate(parts)


def describe(path: Path, detection: Detection, seconds: float) -> str:
    """What was heard in a file, for people."""
    events = ", ".join(f"{event.start:.2f} s" for event in detection.events) or "never"
    peak = float(np.max(detection.probabilities, initial=0.0))
    return (
        f"{path}: {detection.seconds:.1f} s of sound, trigger word heard: {events} (highest probability {peak:.2f}; "
        f"{seconds:.2f} s, {detection.seconds / seconds:.0f} times real time)"
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _listen_to_input(arguments: argparse.Namespace) -> int:
    """Hear raw PCM from standard input; a line for each chime as soon as it is known."""
    detector = load_detector(arguments)
    live = detector.listen(gain_db=0.0 if arguments.keep_level else None)
    converter, frames = RateConverter(arguments.rate, detector.network.rate), 0
    for block in pcm_blocks(sys.stdin.buffer, arguments.channels, rate=arguments.rate):
        frames += len(block)
        for step in live.push(converter.push(block)):
            if not arguments.json:
                print(f"trigger word at {detector.seconds_of(step):.2f} s", flush=True)
    if not frames:
        raise InputError("standard input is empty; pipe 16-bit little-endian PCM into it")
    detection = Detection(
        live.probabilities, live.chimes, detector.events(live.probabilities, live.chimes), frames / arguments.rate, 0.0
    )
    with RunFolder(ASSIGNMENT, "detect", arguments, folder=arguments.out) as run:
        outputs.write_events(run.file("input_events.json", title="events"), "standard input", detector, detection)
        outputs.write_labels(run.file("input_labels.txt", title="Audacity label track"), detection)
        run.metric("events", len(detection.events))
    if arguments.json:
        print(json.dumps([outputs.as_json("standard input", detector, detection)], indent=2))
    return 0


def run_synthesize(arguments: argparse.Namespace) -> int:
    """Make training examples in shards, with a manifest; goes on where an earlier call was interrupted."""
    config = GenerationConfig.plain() if arguments.plain else GenerationConfig()
    backgrounds = min(_MOST_BACKGROUNDS, max(_FEWEST_BACKGROUNDS, arguments.count // 10))
    generator = Generator(load_clips(arguments, RATE, backgrounds=backgrounds), config, seed=arguments.seed)
    with RunFolder(ASSIGNMENT, "synthesize", arguments, folder=arguments.out) as run:
        began = time.perf_counter()
        manifest = write_shards(
            run.folder, generator, count=arguments.count, per_shard=arguments.per_shard, workers=workers_of(arguments)
        )
        seconds = time.perf_counter() - began
        first = generator[0]
        words = "the first training example: waveform, spectrogram and labels over 10 s"
        save_figure(draw_example(first, RATE), run.figure("example.png", title="The first example", alt=words))
        for number in range(min(_SOUNDS, arguments.count)):
            path = run.sound(f"example_{number}.wav", title=f"training example {number}")
            write_wav(path, Signal(generator[number].samples, RATE))
        examples = [one for record in manifest["shards"] for one in record["examples"]]
        spoken = sum(event["kind"] == "activate" for one in examples for event in one["events"])
        run.metric("examples", len(examples))
        run.metric("trigger words", spoken)
        run.metric("time", seconds, unit="s")
    print(
        f"{len(examples)} examples with {spoken} trigger words in {len(manifest['shards'])} shards; "
        f"{seconds:.1f} s; {run.folder / 'manifest.json'}"
    )
    return 0
