"""Many examples on disk: shards of sound with labels, and a manifest that lists them with their events.

    write_shards(folder, generator, count=1000, per_shard=50, workers=2)
    for samples, labels, events in read_shards(folder): ...

A shard is an .npz with `samples` int16 (n, 441000) and `labels` uint8 (n, 1375); `manifest.json` says how all were made
and, for each shard, its file, hash and events. Shards are written whole or not at all; a call that was interrupted goes
on with those that are missing. Whoever makes a shard, in whatever order, its bytes are the same.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import atomic_path, read_json, write_json
from common.cli import progress
from common.errors import InputError
from week3.trigger_word.data import TY, example_frames
from week3.trigger_word.generation import Generator

MANIFEST = "manifest.json"
_FORMAT = 1


def write_shards(
    folder: str | os.PathLike[str], generator: Generator, *, count: int, per_shard: int = 50, workers: int = 1
) -> dict[str, Any]:
    """Make `count` examples in shards of `per_shard` each; returns the manifest.

    Raises:
        InputError: the folder holds examples that were made otherwise (other clips, settings, seed or shard size).
    """
    folder = Path(folder)
    if count < 1 or per_shard < 1:
        raise InputError(f"{count} examples in shards of {per_shard}: give at least one of each")
    made = recipe(generator, per_shard)
    manifest = _resumed(folder, made)
    spans = [(start, min(start + per_shard, count)) for start in range(0, count, per_shard)]
    missing = [span for span in spans if not _is_done(folder, manifest, span)]
    folder.mkdir(parents=True, exist_ok=True)
    for record in progress(_made(folder, generator, missing, workers), total=len(missing), unit="shard"):
        manifest["shards"] = sorted(
            [one for one in manifest["shards"] if one["first"] != record["first"]] + [record],
            key=lambda one: one["first"],
        )
        write_json(folder / MANIFEST, manifest)
    return manifest


def recipe(generator: Generator, per_shard: int) -> dict[str, Any]:
    """All that decides what the examples are: settings, seed, and the clips by name and hash."""
    clips = {
        kind: [{"name": clip.name, "sha256": hashlib.sha256(clip.samples.tobytes()).hexdigest()} for clip in group]
        for kind, group in (*generator.clips.items(), ("background", generator.backgrounds))
    }
    settings = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(generator.config).items()}
    return {
        "seed": generator.seed,
        "per_shard": per_shard,
        "rate": generator.rate,
        "settings": settings,
        "clips": clips,
    }


def _resumed(folder: Path, made: dict[str, Any]) -> dict[str, Any]:
    """The folder's manifest, or a new one."""
    if not (folder / MANIFEST).is_file():
        return {"format": _FORMAT, "made": made, "shards": []}
    manifest = read_manifest(folder)
    if manifest["made"] != made:
        differing = sorted(key for key in made if manifest["made"].get(key) != made[key])
        raise InputError(
            f"{folder}: holds examples made otherwise ({', '.join(differing)} differ); give another folder with --out"
        )
    return manifest


def _is_done(folder: Path, manifest: dict[str, Any], span: tuple[int, int]) -> bool:
    return any(
        (record["first"], record["first"] + record["count"]) == span and (folder / record["file"]).is_file()
        for record in manifest["shards"]
    )


def _made(folder: Path, generator: Generator, spans: list[tuple[int, int]], workers: int) -> Iterator[dict[str, Any]]:
    """Records of shards as they are finished."""
    if workers == 1 or len(spans) < 2:
        yield from (_make_shard(folder, generator, *span) for span in spans)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(_make_shard, folder, generator, *span) for span in spans]
        try:
            for finished in as_completed(waiting):
                yield finished.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _make_shard(folder: Path, generator: Generator, start: int, stop: int) -> dict[str, Any]:
    """Write one shard; returns its record in the manifest."""
    samples = np.empty((stop - start, example_frames(generator.rate)), np.int16)
    labels = np.empty((stop - start, TY), np.uint8)
    events = []
    for row, example in enumerate(generator.range(start, stop)):
        samples[row], labels[row] = example.samples, example.labels
        events.append({"background": example.background, "events": [asdict(event) for event in example.events]})
    path = folder / f"examples_{start:07d}.npz"
    with atomic_path(path) as temporary:
        np.savez(temporary, samples=samples, labels=labels)
    digest = hashlib.sha256(samples.tobytes() + labels.tobytes()).hexdigest()
    return {"file": path.name, "first": start, "count": stop - start, "sha256": digest, "examples": events}


def read_manifest(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """The manifest of a folder of shards; InputError where it is none."""
    path = Path(folder) / MANIFEST
    manifest = read_json(path)
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT or "shards" not in manifest:
        raise InputError(f"{path}: is no manifest of examples; make them with the verb synthesize")
    return manifest


def read_shards(
    folder: str | os.PathLike[str],
) -> Iterator[tuple[np.ndarray, np.ndarray, list[dict[str, Any]]]]:
    """(samples int16 (441000,), labels uint8 (1375,), events) of every example, in order; a shard at a time in memory.

    Raises:
        InputError: there is no manifest, or a shard is missing or is not what the manifest says.
    """
    for record in read_manifest(folder)["shards"]:
        samples, labels = read_shard(folder, record)
        for row, example in enumerate(record["examples"]):
            yield samples[row], labels[row], example["events"]


def read_shard(folder: str | os.PathLike[str], record: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """(samples (n, 441000), labels (n, 1375)) of the shard that a record of the manifest describes, checked."""
    path = Path(folder) / record["file"]
    try:
        with np.load(path, allow_pickle=False) as content:
            samples, labels = content["samples"], content["labels"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: can not be read ({error}); delete it and synthesize again") from None
    if hashlib.sha256(samples.tobytes() + labels.tobytes()).hexdigest() != record["sha256"]:
        raise InputError(f"{path}: is not what the manifest says; delete it and synthesize again")
    return samples, labels
