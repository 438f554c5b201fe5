"""What `transcribe` and `align` do: find files and weights, call the stages, print, leave the run folder."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.assets import find
from common.audio import Signal, write_wav
from common.cli import say
from common.ctc_decoding import LanguageModel
from common.errors import InputError
from common.page_blocks import pairs
from common.plots import save_figure
from common.run_folder import OUT, RunFolder
from common.weights_choice import choose_weights
from week3.speech_recognition import language, outputs
from week3.speech_recognition.alphabet import encode
from week3.speech_recognition.data import ASSIGNMENT, RATE, RECORDED, SOUND_SUFFIXES, features, read_recording
from week3.speech_recognition.trained import TrainedRecognizer
from week3.speech_recognition.transcribe import Search, Transcriber, Transcription, align_text

SHIPPED_MODEL = "commands"  # --language-model of this name is the one that ships
_MOST_PICTURES = 12
_MAPPED_SECONDS = 10  # of what the page shows frames against characters of


def trained_path(network: str) -> Path:
    """Where `train` leaves the weights of "ctc" or "attention"."""
    return OUT / ASSIGNMENT / "train" / f"{network}.npz"


def load_network(network: str, weights: Path | None = None) -> TrainedRecognizer:
    """The user's weights, those trained last, or the shipped ones; says which.

    Raises:
        InputError: the file is missing or damaged, or holds the other kind of network.
    """
    path = choose_weights(f"speech-{network}", option=weights, trained=trained_path(network), shipped=network)
    trained = TrainedRecognizer.load(path)
    if trained.kind != network:
        raise InputError(f"{path}: holds a network of the kind {trained.kind}; give --network {trained.kind}")
    return trained


def load_language_model(name: str | None) -> LanguageModel | None:
    """A saved model over characters, or the one that ships where the name is "commands"; None without a name."""
    if name is None:
        return None
    path = find("speech-language-model").path if name == SHIPPED_MODEL else Path(name)
    say(f"language model: {'shipped' if name == SHIPPED_MODEL else path}")
    return language.next_symbols(language.load(path))


def search_of(arguments: argparse.Namespace) -> Search:
    """How the options want the output to be searched."""
    if arguments.language_model is not None and (arguments.method, arguments.network) != ("beam", "ctc"):
        raise InputError("a language model takes part in CTC's prefix-beam search only; leave --language-model out")
    return Search(
        method=arguments.method, width=arguments.width, language_model=load_language_model(arguments.language_model),
        language_weight=arguments.language_weight, symbol_bonus=arguments.symbol_bonus,
    )  # fmt: skip


def sound_files(paths: Sequence[Path]) -> list[Path]:
    """The files, and the sound files of folders among them; without any, the recordings that ship.

    Raises:
        InputError: a folder has no sound files.
    """
    found: list[Path] = []
    for path in paths or [RECORDED]:
        inside = sorted(one for one in path.iterdir() if one.suffix.lower() in SOUND_SUFFIXES) if path.is_dir() else []
        if path.is_dir() and not inside:
            raise InputError(f"{path}: holds no sound files ({', '.join(SOUND_SUFFIXES)}); put recordings there")
        found += inside or [path]
    return found


def run_transcribe(arguments: argparse.Namespace) -> int:
    """Write down what is said in sound files."""
    paths = sound_files(arguments.files)
    sounds = [read_recording(path) for path in paths]
    frames = [_frames_of(path, samples) for path, samples in zip(paths, sounds, strict=True)]
    trained = load_network(arguments.network, arguments.weights)
    _check_lengths(trained, paths, frames)
    found = Transcriber(trained, search_of(arguments)).transcribe(frames)
    with RunFolder(ASSIGNMENT, "transcribe", arguments, folder=arguments.out) as run:
        for number, (path, one) in enumerate(zip(paths, found, strict=True)):
            name = path.stem if [other.stem for other in paths].count(path.stem) == 1 else f"{number}_{path.stem}"
            if not arguments.json:
                print(outputs.described(path.name, one))
            outputs.write_labels(run.file(f"{name}_labels.txt", title=f"{path.name}: Audacity label track"), one)
            if number < _MOST_PICTURES:
                _leave(run, name, trained, sounds[number], frames[number], one)
        rows = [outputs.as_json(path.name, one) for path, one in zip(paths, found, strict=True)]
        text = json.dumps(rows, indent=2)
        run.text("transcripts.json", text + "\n", title="transcripts with times")
        run.show(pairs("What was heard", [(path.name, one.text) for path, one in zip(paths, found, strict=True)]))
        if arguments.json:
            print(text)
    return 0


def run_align(arguments: argparse.Namespace) -> int:
    """Find out when each word and each character of a known text is said."""
    samples = read_recording(arguments.file)
    frames = _frames_of(arguments.file, samples)
    trained = load_network("ctc", arguments.weights)
    _check_lengths(trained, [arguments.file], [frames])
    encode(arguments.text)  # what is wrong with the text is no fault of the file's
    try:
        found = align_text(trained, frames, arguments.text)
    except InputError as error:
        raise InputError(f"{arguments.file}: {error}") from None
    with RunFolder(ASSIGNMENT, "align", arguments, folder=arguments.out) as run:
        text = outputs.aligned_table(found)
        print(text)
        print(f"log-probability of the text: {found.log_probability:.2f}")
        run.text("alignment.txt", text + "\n", title="when each word is said")
        outputs.write_labels(run.file("labels.txt", title="Audacity label track"), found)
        _leave(run, arguments.file.stem, trained, samples, frames, found)
        run.metric("log-probability", found.log_probability, unit="nats", better="higher")
    return 0


def _frames_of(path: Path, samples: np.ndarray) -> np.ndarray:
    """The frames of a file's sound; what is wrong with it is said with its name."""
    try:
        return features(samples)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _check_lengths(trained: TrainedRecognizer, paths: Sequence[Path], frames: Sequence[np.ndarray]) -> None:
    """Refuse what is too short for the network."""
    for path, one in zip(paths, frames, strict=True):
        if trained.config.places(len(one)) < 1:
            fewest = trained.config.frames_for(1)
            raise InputError(f"{path}: has {len(one)} frames of 10 ms, the network needs {fewest}; record it longer")


def _leave(
    run: RunFolder,
    name: str,
    trained: TrainedRecognizer,
    samples: np.ndarray,
    frames: np.ndarray,
    found: Transcription,
) -> None:
    """The sound, its frames, and the picture of frames against characters."""
    from week3.speech_recognition.pictures import draw_attention, draw_ctc

    write_wav(run.sound(f"{name}.wav", title=found.text or name), Signal(samples, RATE))
    picture = run.figure(f"{name}_frames.png", title="Frames", alt="log-mel frames over time, no margins")
    outputs.write_frames(picture, frames)
    run.show(outputs.heard_block(f"{name}: {found.text}", f"{name}.wav", picture.name, len(samples) / RATE, found))
    draw = draw_ctc if trained.kind == "ctc" else draw_attention
    alt = "frames from left to right, characters from top to bottom: how likely each is at each time"
    title = f"{name}: frames against characters"
    save_figure(draw(trained, frames, found), run.figure(f"{name}_alignment.png", title=title, alt=alt))
    if len(samples) <= _MAPPED_SECONDS * RATE:
        run.show(outputs.map_block(trained.kind, title, found))
