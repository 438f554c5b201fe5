"""Opening a stranger's HDF5 file: nothing outside the file is followed, nothing is allocated on its word alone.

HDF5 can point at other files (external links, external and virtual datasets), declare arrays of any size, and name
filters that are loaded as plug-ins. `open_checked` looks at every object first and refuses these, so that what is read
afterwards is in the file and of a size that the file could hold.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import InputError, MissingFileError

if TYPE_CHECKING:
    import h5py
    import numpy as np

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MOST_COMPRESSED_BYTES = 2**31  # of all compressed arrays together, once read
COMPRESSED_BYTES = 2**26  # as much as this is believed of any file
COMPRESSION = 100  # beyond it, this many times the file's size; trained weights shrink by far less
MAX_OBJECTS = 200_000
MAX_DEPTH = 64
KNOWN_FILTERS = {1, 2, 3, 4, 32000}  # deflate, shuffle, fletcher32, szip, lzf: built into h5py
# What h5py raises for a damaged file, by the place where it notices.
DAMAGE = (
    OSError,
    RuntimeError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    MemoryError,
    IndexError,
)


@contextlib.contextmanager
def open_checked(path: str | os.PathLike[str]) -> Iterator[h5py.File]:
    """Give the open, checked file; InputError where it is not a sound HDF5 file or reaches outside itself.

    Any error that h5py raises inside the `with` body is taken as damage to the file and becomes an InputError too.
    """
    path = Path(path)
    _check_beginning(path)
    import h5py

    try:
        with h5py.File(path, "r") as file:
            _Check(path, path.stat().st_size).everything(file)
            yield file
    except InputError:
        raise
    except DAMAGE as error:
        raise InputError(_describe_damage(path, error)) from error


def _describe_damage(path: Path, error: Exception) -> str:
    text = " ".join(str(error).split())
    if "truncated file" in text:
        return f"{path}: the file is cut off (HDF5 says: {text[:120]}); copy or download it again"
    return f"{path}: the HDF5 file is damaged ({type(error).__name__}: {text[:160]}); copy or download it again"


def _check_beginning(path: Path) -> None:
    """Refuse what is not HDF5 by its first bytes, with a word on what it seems to be."""
    if not path.exists():
        raise MissingFileError(f"{path}: there is no such file; check the name", name=path.name)
    if not path.is_file():
        raise InputError(f"{path}: not a regular file; give the .h5 file itself")
    with path.open("rb") as file:
        head = file.read(64)
        size = os.fstat(file.fileno()).st_size
        signed = any(_at(file, offset, size) for offset in (0, 512, 1024, 2048, 4096))
    if not signed:
        raise InputError(f"{path}: {_what_it_is(head)}")


def _at(file, offset: int, size: int) -> bool:
    if offset >= size:
        return False
    file.seek(offset)
    return file.read(len(SIGNATURE)) == SIGNATURE


def _what_it_is(head: bytes) -> str:
    if not head:
        return "the file is empty; copy or download it again"
    if head.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer, not the file itself; fetch it with `git lfs pull`"
    if head.startswith(b"PK"):
        return "a zip archive, not HDF5; a Keras 3 .keras file needs no upgrade, keras.models.load_model opens it"
    if head.lstrip()[:1] in (b"{", b"["):
        return "JSON text, not HDF5; an architecture goes to --architecture, beside the weights file"
    if head.lstrip()[:1] == b"<":
        return "a web page, not HDF5; download the raw file"
    return "not an HDF5 file (its first bytes are not HDF5's); give a Keras .h5 file"


class _Check:
    """One walk over every object of a file, with the sums that the bounds need."""

    def __init__(self, path: Path, size: int):
        self.path, self.size = path, size
        self.seen: set[int] = set()
        self.plain_bytes = 0
        self.compressed_bytes = 0

    def refuse(self, where: str, problem: str, step: str = "do not trust this file") -> InputError:
        return InputError(f"{self.path}: {where} {problem}; {step}")

    def everything(self, file: h5py.File) -> None:
        self.group(file, "/", 0)

    def group(self, group: h5py.Group, where: str, depth: int) -> None:
        import h5py

        if depth > MAX_DEPTH or len(self.seen) > MAX_OBJECTS:
            raise self.refuse(where, f"nests deeper than {MAX_DEPTH} groups or the file holds too many objects")
        if self.already(group):
            return
        self.attributes(group, where)
        for name in group:
            inner = f"{where.rstrip('/')}/{name}"
            self.link(group, name, inner)
            item = group[name]
            if isinstance(item, h5py.Group):
                self.group(item, inner, depth + 1)
            elif isinstance(item, h5py.Dataset):
                self.dataset(item, inner)

    def already(self, item) -> bool:
        import h5py

        address = h5py.h5o.get_info(item.id).addr
        known = address in self.seen
        self.seen.add(address)
        return known

    def link(self, group: h5py.Group, name: str, where: str) -> None:
        """Hard links stay in the file by nature; a soft one must end at something in it, any other kind leaves it."""
        import h5py

        link = group.get(name, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            raise self.refuse(where, f"is an external link to {link.filename!r}, outside the file")
        if isinstance(link, h5py.SoftLink):
            if self._leaves(group, link.path):
                raise self.refuse(where, f"is a soft link to {link.path!r}, which leaves the file or leads nowhere")
        elif not isinstance(link, h5py.HardLink):
            raise self.refuse(where, "is a link of a kind that Keras never writes")

    @staticmethod
    def _leaves(group: h5py.Group, target: str) -> bool:
        """Whether walking `target` meets anything but hard links, or nothing at all."""
        import h5py

        place = group.file if target.startswith("/") else group
        for part in filter(None, target.split("/")):
            if part == ".":
                continue
            if not isinstance(place, h5py.Group) or part not in place:
                return True
            if not isinstance(place.get(part, getlink=True), h5py.HardLink):
                return True
            place = place[part]
        return False

    def attributes(self, item, where: str) -> None:
        import h5py

        for index in range(h5py.h5a.get_num_attrs(item.id)):
            attribute = h5py.h5a.open(item.id, index=index)
            name = attribute.name.decode("utf-8", "replace")
            if attribute.dtype.kind not in "SOfiub":
                raise self.refuse(f"attribute {name!r} of {where}", f"is of type {attribute.dtype}, not Keras's")
            declared = _product(attribute.shape) * max(attribute.dtype.itemsize, 1)
            if declared > self.size:
                raise self.refuse(f"attribute {name!r} of {where}", f"declares {declared} bytes, more than the file")

    def dataset(self, dataset: h5py.Dataset, where: str) -> None:
        import h5py

        if self.already(dataset):
            return
        self.attributes(dataset, where)
        settings = dataset.id.get_create_plist()
        layout = settings.get_layout()
        if settings.get_external_count() or dataset.external:
            raise self.refuse(where, "keeps its numbers in another file (an external dataset)")
        if layout == h5py.h5d.VIRTUAL or dataset.is_virtual:
            raise self.refuse(where, "is put together from other files (a virtual dataset)")
        self.size_of(dataset, where, settings, chunked=layout == h5py.h5d.CHUNKED)

    def size_of(self, dataset: h5py.Dataset, where: str, settings, *, chunked: bool) -> None:
        """Refuse an array whose declared size cannot be in the file, or that is too large once decompressed."""
        declared = _product(dataset.shape or ()) * dataset.dtype.itemsize
        stored = dataset.id.get_storage_size()
        filters = {settings.get_filter(index)[0] for index in range(settings.get_nfilters())}
        if filters - KNOWN_FILTERS:
            raise self.refuse(where, f"needs an HDF5 plug-in (filters {sorted(filters - KNOWN_FILTERS)})")
        if filters:
            self.compressed_bytes += declared
            limit = compressed_bound(self.size) - self.compressed_bytes + declared
        else:
            self.plain_bytes += declared
            limit = min(stored if chunked else self._room(dataset), 2 * self.size - self.plain_bytes + declared)
        if declared > limit:
            raise self.refuse(
                where, f"declares {declared} bytes ({dataset.shape} of {dataset.dtype}), more than the file can hold"
            )

    def _room(self, dataset: h5py.Dataset) -> int:
        """Bytes between the place where a contiguous array begins and the end of the file."""
        offset = dataset.id.get_offset()
        return min(dataset.id.get_storage_size(), self.size - (offset or 0))


def compressed_bound(size: int) -> int:
    """How many bytes the compressed arrays of a file of `size` bytes may take in all, once read."""
    return min(max(COMPRESSED_BYTES, COMPRESSION * size), MOST_COMPRESSED_BYTES)


def _product(shape: tuple[int, ...]) -> int:
    total = 1
    for length in shape:
        total *= int(length)
    return total


def read_numbers(dataset: h5py.Dataset, *, values: bool = True) -> np.ndarray:
    """The array of a checked dataset in native byte order; TypeError where it does not hold numbers.

    `values=False` reads nothing: a read-only array of zeros of the same shape and dtype, which takes no memory.
    """
    import numpy as np

    dtype = dataset.dtype
    if dtype.kind not in "fiub":
        raise TypeError(f"{dataset.name} holds {dtype}, not numbers")
    if not values:
        return np.broadcast_to(np.zeros((), dtype.newbyteorder("=")), dataset.shape or ())
    array = np.asarray(dataset[()])
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{dataset.name} holds nothing")
    return array if dtype.isnative else array.astype(dtype.newbyteorder("="))


def read_text(value) -> str:
    """An attribute's text: bytes (Keras 1 and 2) or str (tf.keras); TypeError for anything else."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, str):
        return value
    if hasattr(value, "item") and getattr(value, "size", 0) == 1:
        return read_text(value.item())
    raise TypeError(f"expected text, found {type(value).__name__}")


def read_names(group: h5py.Group, name: str) -> list[str] | None:
    """The texts of attribute `name`, put together again where Keras split it (`name0`, `name1` ...); None if absent."""
    if name in group.attrs:
        return [read_text(value) for value in _flat(group.attrs[name])]
    parts: list[str] = []
    for index in range(sys.maxsize):
        if f"{name}{index}" not in group.attrs:
            break
        parts += [read_text(value) for value in _flat(group.attrs[f"{name}{index}"])]
    return parts or None


def _flat(value) -> list:
    if isinstance(value, (bytes, str)):
        return [value]
    return value.ravel().tolist() if hasattr(value, "ravel") else []
