"""Which weights and which clips a verb works with: the option's, the course's, those that ship; each is said.

The course's are taken where --course is given. A folder that only the environment names changes nothing here.

Backgrounds that nobody gives are made up. Clips of a person's own are split, so that a threshold is chosen on some that
training did not hear; the shipped ones are split already, by voices.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.assets import find
from common.audio import to_int16
from common.backgrounds import make_background
from common.cli import named_course, say
from common.errors import MissingFileError
from common.mixing import to_mono
from common.run_folder import OUT
from common.seeding import make_rng
from week3.trigger_word.data import EXAMPLE_MS, Clip, ClipSet, check_words, course_folder, load_folder
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.shipped_clips import CLIPS, shipped_folder

ASSIGNMENT = "week3/trigger_word"
WEIGHTS = "trigger-word-weights"
RECORDING = "trigger-word-recording"
TRAINED = OUT / ASSIGNMENT / "train" / "weights.npz"  # where `train` leaves its weights
KINDS = ("babble", "rain", "babble", "hum", "babble", "traffic", "room")  # of voices a word is hardest to tell from
_LEVEL = 0.05  # root mean square of a background that is made up, of full scale
_WORDS = ("activates", "negatives")
_FEWEST_TO_SPLIT, _HELD_OUT = 10, 0.2


def workers_of(arguments: argparse.Namespace) -> int:
    """The processes of --workers, or as many as there are processors."""
    return arguments.workers or os.cpu_count() or 1


def weights_path(arguments: argparse.Namespace) -> Path:
    """The weights of --weights, the course's with --course, those trained last, or those that ship; says which."""
    course = named_course(arguments)
    if arguments.weights is None and course is None and TRAINED.is_file():
        say(f"{WEIGHTS}: trained last {TRAINED}")
        return TRAINED
    asset = find(WEIGHTS, option=arguments.weights, course=course)
    other = "" if course or arguments.weights or not arguments.course else "; the course's own listen with --course DIR"
    say(asset.describe() + other)
    return asset.path


def load_network(arguments: argparse.Namespace) -> TriggerNetwork:
    """The network of `weights_path`."""
    return TriggerNetwork.load(weights_path(arguments))


@dataclass(frozen=True)
class Words:
    """Clips of the trigger word and of other words, and whether they are the shipped ones."""

    activates: tuple[Clip, ...]
    negatives: tuple[Clip, ...]
    shipped: bool


def load_words(arguments: argparse.Namespace, rate: int, split: str = "train") -> Words:
    """The words of --activates and --negatives, the course's, or a split of those that ship, at a rate."""
    folders = [word_folder(arguments, kind, split) for kind in _WORDS]
    groups = [load_folder(folder, rate=rate) for folder, _ in folders]
    for group in groups:
        check_words(group)
    return Words(*groups, shipped=all(shipped for _, shipped in folders))


def word_folder(arguments: argparse.Namespace, kind: str, split: str) -> tuple[Path, bool]:
    """(the folder of "activates" or "negatives", whether it is one that ships); says which."""
    folder = getattr(arguments, kind)
    if folder is None and named_course(arguments) is not None:
        try:
            folder = course_folder(kind, named_course(arguments))
        except MissingFileError:
            folder = None
    if folder is None:
        folder = shipped_folder(split, kind)
    say(f"{kind}: {folder}")
    return folder, CLIPS in folder.resolve().parents


def load_backgrounds(
    arguments: argparse.Namespace,
    rate: int,
    voices: Sequence[Clip],
    *,
    count: int,
    seed: int,
) -> tuple[Clip, ...]:
    """The backgrounds of --backgrounds, the course's, or `count` that are made up, with a babble of `voices`."""
    folder = arguments.backgrounds
    if folder is None and named_course(arguments) is not None:
        try:
            folder = course_folder("backgrounds", named_course(arguments))
        except MissingFileError:
            folder = None
    if folder is None:
        say(f"backgrounds: {count} made up ({', '.join(dict.fromkeys(KINDS))})")
        return background_clips(count, seed, rate, voices=as_voices(voices))
    say(f"backgrounds: {folder}")
    return load_folder(folder, background=True, rate=rate)


def background_clips(
    count: int,
    seed: int,
    rate: int,
    *,
    kinds: Sequence[str] = KINDS,
    voices: Sequence[np.ndarray] = (),
) -> tuple[Clip, ...]:
    """So many backgrounds of 10 s as clips, of the kinds in turn, seeded."""
    clips = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        rng = make_rng(seed, "background", number)
        samples = make_background(kind, rng, EXAMPLE_MS / 1000, rate, voices=voices)
        clips.append(Clip(f"{kind} {number}", to_int16(_LEVEL * samples), rate))
    return tuple(clips)


def load_clips(arguments: argparse.Namespace, rate: int, *, backgrounds: int) -> ClipSet:
    """All clips that examples are made of; so many backgrounds where they are made up."""
    words = load_words(arguments, rate)
    return ClipSet(
        words.activates,
        words.negatives,
        load_backgrounds(arguments, rate, words.negatives, count=backgrounds, seed=arguments.seed),
    )


def as_voices(clips: Sequence[Clip]) -> list[np.ndarray]:
    """Clips as the floats that a babble is made of."""
    return [to_mono(clip.samples) / np.float32(32768) for clip in clips]


def held_out(clips: Sequence[Clip], seed: int) -> tuple[tuple[Clip, ...], tuple[Clip, ...]]:
    """(clips to learn from, clips to choose settings on): a fifth is held out, of fewer than ten none."""
    if len(clips) < _FEWEST_TO_SPLIT:
        return tuple(clips), ()
    order = make_rng(seed, "held out").permutation(len(clips))
    last = set(order[: round(_HELD_OUT * len(clips))].tolist())
    return (
        tuple(clip for number, clip in enumerate(clips) if number not in last),
        tuple(clip for number, clip in enumerate(clips) if number in last),
    )
