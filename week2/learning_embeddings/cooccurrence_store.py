"""Counted blocks on disk: what has been counted of which text, and the merging of all blocks into one file.

    counts.json              which text and settings, the blocks, and how many cells there are in the end
    block-BEGIN-END.cells    the cells of one part of the text, in sections, each sorted by key
    cells.cells              all cells, sorted; when it is there, the blocks are gone

A block counts only when the manifest names it, and the manifest is written after the block; so whatever happens, what
is named is whole, and counting goes on after it. Every 16 blocks are merged into a larger one, and 16 of those again,
so that there are never too many to merge at once.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

from common.atomic import atomic_path, read_json, write_json
from common.errors import InputError
from week2.learning_embeddings.cooccurrence_pairs import CELL_BYTES, KEY, merge_cells

_FORMAT = "sequence-models co-occurrence counts 1"
_MANIFEST, _ALL = "counts.json", "cells.cells"
FAN_IN = 16


@dataclass(frozen=True)
class Block:
    """The counts of ids[begin:end] in one file: `sections` are the cells of each; `level` how often it was merged."""

    begin: int
    end: int
    level: int
    sections: list[int]

    @property
    def name(self) -> str:
        """Of its file."""
        return f"block-{self.begin:012d}-{self.end:012d}.cells"


@dataclass
class CountStore:
    """The folder of one text's counts.

    Args:
        folder: of these counts alone.
        identity: the text and the settings.
        memory: bytes that merging may take.

    Attributes:
        blocks: of consecutive parts of the text.
        cells: how many there are in the file of all; None before it is there.
    """

    folder: Path
    identity: Mapping[str, Any]
    memory: int
    blocks: list[Block] = field(default_factory=list)
    cells: int | None = None

    @property
    def position(self) -> int:
        """How many ids have been counted into blocks."""
        return self.blocks[-1].end if self.blocks else 0

    @classmethod
    def open(cls, folder: Path, identity: Mapping[str, Any], *, memory: int) -> CountStore:
        """What the folder holds of these counts; empty where there are none yet.

        Raises:
            InputError: the folder holds counts of another text, or with other settings.
        """
        store = cls(Path(folder), dict(identity), memory)
        with store.writing():
            store.folder.mkdir(parents=True, exist_ok=True)
        path = store.folder / _MANIFEST
        if path.exists():
            store._take(path, read_json(path))
        store._tidy()
        return store

    def _take(self, path: Path, manifest: Any) -> None:
        if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
            raise InputError(f"{path}: is no list of co-occurrence counts; name another folder, or delete it")
        there = manifest["identity"]
        different = sorted(key for key in {*there, *self.identity} if there.get(key) != self.identity.get(key))
        if different:
            raise InputError(
                f"{self.folder}: holds counts of another text or with other settings ({', '.join(different)}); "
                "name another folder, or delete it"
            )
        if manifest["cells"] is not None and self._size(_ALL) == manifest["cells"] * CELL_BYTES:
            self.cells = manifest["cells"]
            return
        for described in manifest["blocks"]:
            block = Block(**described)
            if self._size(block.name) != sum(block.sections) * CELL_BYTES:
                break  # damaged or gone: counted anew, with all that came after it
            self.blocks.append(block)

    def _size(self, name: str) -> int:
        path = self.folder / name
        return path.stat().st_size if path.exists() else -1

    def _tidy(self) -> None:
        """Remove what no longer counts: merged blocks, and leavings of a process that was killed while it wrote."""
        named = {block.name for block in self.blocks}
        for pattern in ("block-*.cells", ".block-*.cells", ".cells.*.cells", ".counts.*.json"):
            for path in self.folder.glob(pattern):
                if path.name not in named:
                    path.unlink(missing_ok=True)

    def add_block(self, sections: Iterable[Iterable[np.ndarray]], end: int) -> None:
        """Keep the counts of the text from `position` to `end`; every section comes in parts and is sorted.

        Raises:
            InputError: it cannot be written; what was there before still is.
        """
        self._write_block(self.position, end, 0, sections, replaces=0)

    def consolidate(self) -> None:
        """Merge blocks where there are many of a size.

        Raises:
            InputError: the larger one cannot be written; the smaller ones are still there.
        """
        while len(alike := self._last_of_a_level()) >= FAN_IN:
            merged = merge_sorted(self._sections(alike), self.memory)
            self._write_block(alike[0].begin, self.position, alike[0].level + 1, [merged], replaces=len(alike))

    def _last_of_a_level(self) -> list[Block]:
        return [block for block in self.blocks if block.level == self.blocks[-1].level]

    def _write_block(
        self, begin: int, end: int, level: int, sections: Iterable[Iterable[np.ndarray]], *, replaces: int
    ) -> None:
        """Write a block, which takes the place of the last `replaces` ones."""
        block = Block(begin, end, level, [])
        with self.writing():
            with atomic_path(self.folder / block.name) as temporary, open(temporary, "wb") as stream:
                block.sections.extend(_write(section, stream) for section in sections)
            self.blocks = [*self.blocks[: len(self.blocks) - replaces], block]
            self._write_manifest()
        self._tidy()

    def finish(self) -> None:
        """Make one sorted file of all blocks, reading and writing a part at a time, and remove the blocks.

        Raises:
            InputError: it cannot be written; the blocks are still there.
        """
        with self.writing():
            with atomic_path(self.folder / _ALL) as temporary, open(temporary, "wb") as stream:
                cells = _write(merge_sorted(self._sections(self.blocks), self.memory), stream)
            self.blocks, self.cells = [], cells
            self._write_manifest()
        self._tidy()

    def _sections(self, blocks: Iterable[Block]) -> list[Section]:
        sections = []
        for block in blocks:
            edges = itertools.accumulate(block.sections, initial=0)
            path = self.folder / block.name
            sections += [Section(path, first, last) for first, last in itertools.pairwise(edges)]
        return sections

    def merged(self) -> np.ndarray:
        """All cells, mapped into memory."""
        if not self.cells:  # an empty file cannot be mapped
            return np.empty((0, 2), dtype=np.int64)
        return np.memmap(self.folder / _ALL, dtype=np.int64, mode="r", shape=(self.cells, 2))

    def _write_manifest(self) -> None:
        content = {
            "format": _FORMAT,
            "identity": dict(self.identity),
            "blocks": [asdict(block) for block in self.blocks],
            "cells": self.cells,
        }
        write_json(self.folder / _MANIFEST, content)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """What goes wrong with the disk, in one sentence."""
        try:
            yield
        except OSError as error:
            raise InputError(
                f"{self.folder}: the co-occurrence counts cannot be written ({error.strerror or error}); make room "
                "there and give the same command again, which goes on from what is counted, or name another folder"
            ) from error


def _write(parts: Iterable[np.ndarray], stream: IO[bytes]) -> int:
    """Write cells; returns how many."""
    count = 0
    for cells in parts:
        cells.tofile(stream)
        count += len(cells)
    return count


@dataclass
class Section:
    """A sorted stretch of cells in a file, read part by part."""

    path: Path
    begin: int
    end: int

    def read(self, count: int) -> np.ndarray:
        """The next cells, at most `count`; none at the end."""
        count = min(count, self.end - self.begin)
        cells = np.fromfile(self.path, np.int64, count=2 * count, offset=self.begin * CELL_BYTES)
        self.begin += count
        return cells.reshape(-1, 2)


def merge_sorted(sections: list[Section], memory: int) -> Iterator[np.ndarray]:
    """All cells of the sections by rising key, equal keys added up, in parts of bounded size.

    Of every section some cells are at hand. Up to the smallest of their last keys nothing can be missing: those are
    merged and handed on, and sections that have run out are read further.
    """
    at_once = max(memory // (6 * CELL_BYTES * max(len(sections), 1)), 64)
    waiting = [(section, cells) for section in sections if len(cells := section.read(at_once))]
    while waiting:
        boundary = min(cells[:, KEY][-1] for _, cells in waiting)
        parts, rest = [], []
        for section, cells in waiting:
            cut = int(np.searchsorted(cells[:, KEY], boundary, side="right"))
            parts.append(cells[:cut])
            cells = cells[cut:] if cut < len(cells) else section.read(at_once)
            if len(cells):
                rest.append((section, cells))
        yield merge_cells(parts)
        waiting = rest
