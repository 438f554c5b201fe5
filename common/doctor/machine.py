"""Processors, accelerators, sound, MIDI, microphone, cache and disk."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from common.assets import cache_folder
from common.doctor.findings import NOTE, OK, PROBLEM, SKIPPED, Finding
from common.run_folder import OUT

_DEVICES, _SOUND, _DISK = "Devices", "Sound and music", "Cache and disk"
_ENOUGH = 1 << 30  # bytes


def look_at_devices(*, full: bool) -> Iterator[Finding]:
    """Processors, memory, and what TensorFlow sees where it may be imported (`full`)."""
    cores = os.cpu_count() or 1
    yield Finding(_DEVICES, "processors", OK, f"{cores}{_memory()}")
    if full:
        yield from _tensorflow_devices()
        return
    card = shutil.which("nvidia-smi") is not None or Path("/dev/nvidia0").exists()
    seen = "an NVIDIA driver is here" if card else "no NVIDIA driver is here"
    yield Finding(_DEVICES, "accelerators", SKIPPED, f"{seen}; TensorFlow was not imported (--full does, some 5 s)")


def _memory() -> str:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return ""
    return f", {total / 2**30:.1f} GiB of memory"


def _tensorflow_devices() -> Iterator[Finding]:
    from common.quiet_import import hush_tensorflow

    hush_tensorflow()
    try:
        import tensorflow as tf

        devices = tf.config.list_physical_devices()
    except Exception as error:  # whatever a broken installation throws
        advice = "install it anew: pip install --force-reinstall -r requirements.txt"
        yield Finding(_DEVICES, "tensorflow", PROBLEM, f"cannot be imported: {_first_line(error)}", advice)
        return
    for device in devices:
        yield Finding(_DEVICES, device.device_type, OK, device.name)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def look_at_sound() -> Iterator[Finding]:
    """Sound files, converters, MIDI, microphone."""
    yield _soundfile()
    yield _pydub()
    ffmpeg = shutil.which("ffmpeg") or shutil.which("avconv")
    text = ffmpeg or "not installed; only formats beyond WAV, FLAC, OGG and MP3 need it"
    yield Finding(_SOUND, "ffmpeg", OK if ffmpeg else NOTE, text)
    yield Finding(_SOUND, "MIDI", OK, "read, written and played by the project itself")
    yield _microphone()


def _soundfile() -> Finding:
    """The package is small, and only its import tells whether its library can be loaded."""
    if importlib.util.find_spec("soundfile") is None:
        return Finding(_SOUND, "sound files", PROBLEM, "soundfile is not installed", "pip install -r requirements.txt")
    try:
        import soundfile
    except OSError as error:
        advice = "install libsndfile (Debian: apt-get install libsndfile1)"
        return Finding(_SOUND, "sound files", PROBLEM, f"libsndfile cannot be loaded: {_first_line(error)}", advice)
    return Finding(_SOUND, "sound files", OK, f"libsndfile {soundfile.__libsndfile_version__}")


def _pydub() -> Finding:
    if importlib.util.find_spec("pydub") is None:
        return Finding(_SOUND, "pydub", PROBLEM, "is not installed", "pip install -r requirements.txt")
    if sys.version_info >= (3, 13) and importlib.util.find_spec("audioop") is None:
        return Finding(_SOUND, "pydub", PROBLEM, "needs audioop-lts on Python 3.13", "pip install audioop-lts")
    return Finding(_SOUND, "pydub", OK, "is here, for the course's own functions")


def _microphone() -> Finding:
    advice = "pip install sounddevice, to listen live; files and standard input work without"
    if importlib.util.find_spec("sounddevice") is None:
        return Finding(_SOUND, "microphone", NOTE, "sounddevice is not installed", advice)
    try:
        import sounddevice

        device = sounddevice.query_devices(kind="input")
    except OSError as error:
        text = f"PortAudio cannot be loaded: {_first_line(error)}"
        return Finding(_SOUND, "microphone", NOTE, text, "Debian: apt-get install libportaudio2")
    except Exception as error:  # sounddevice has an error class of its own
        return Finding(_SOUND, "microphone", NOTE, f"none: {_first_line(error)}", "plug one in, to listen live")
    return Finding(_SOUND, "microphone", OK, str(device.get("name", "an input")))


def look_at_disk(project: Path) -> Iterator[Finding]:
    """The folders for downloads and results: can they be written to, and how much room is left."""
    yield _folder("cache", cache_folder(), "point XDG_CACHE_HOME to a folder that can be written to")
    yield _folder("results", project / OUT, "give results a folder with --out DIR")


def _folder(name: str, folder: Path, advice: str) -> Finding:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir() or not _can_write(there):
        return Finding(_DISK, name, PROBLEM, f"{folder}: {there} cannot be written to", advice)
    free = shutil.disk_usage(there).free
    held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
    text = f"{folder}: {held / 1e6:,.0f} MB in it, {free / 1e9:,.1f} GB free"
    if free < _ENOUGH:
        return Finding(_DISK, name, PROBLEM, text, "make room: 1 GB is needed")
    return Finding(_DISK, name, OK, text)


def _can_write(folder: Path) -> bool:
    """Whether a file can be made there; asked by making one, as permissions do not tell everything."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
