"""The process that opens the HDF5 file, so that a damaged one can crash or exhaust this process and nothing else.

libhdf5 trusts what it reads: on a damaged file it may crash or ask for gigabytes. `run_reader` starts this module in a
process of its own, with bounds on memory and processor time, and gets back one line of JSON (the file's attributes and
the name, dtype and shape of every array) and then the arrays' bytes, in the same order. Keras is not imported.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from common.errors import InputError, MissingFileError
from common.legacy_weights.hdf5 import DAMAGE, compressed_bound, open_checked, read_names, read_numbers, read_text

if TYPE_CHECKING:
    import h5py
    import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; sys.path[:0] = [sys.argv[1]]; from common.legacy_weights.reader import main; main(*sys.argv[2:])"
MEMORY_BESIDE_FILE = 256 * 2**20
SECONDS = 0.5  # of processor time for reading (imports apart), more for a large file; a usual file takes 0.01
BYTES_PER_SECOND = 20 * 2**20
NOT_A_MODEL = "an HDF5 file, but not one of Keras's (no layer names, no architecture); give a model or weights file"
NEW_WEIGHTS = "a Keras 3 .weights.h5 file, which is not a legacy file; load it with model.load_weights"


def run_reader(path: Path, *, values: bool) -> tuple[dict[str, Any], list[np.ndarray]]:
    """The header and the arrays of the file, read in a process of its own (`values=False`: no bytes, arrays of zeros).

    Raises InputError for whatever the reader refuses, and where it crashes or runs out of its bounds.
    """
    command = [sys.executable, "-P", "-c", PROGRAM, str(ROOT), os.fspath(path), "values" if values else "shapes"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "HDF5_PLUGIN_PRELOAD": "::"}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        header = _read_header(process.stdout)
        arrays = None if header is None or "error" in header else _read_arrays(process.stdout, header, values)
    if arrays is None:
        raise _refusal(path, header, process.returncode)
    return header, arrays


def _read_header(stream: BinaryIO) -> dict[str, Any] | None:
    line = stream.readline()
    return json.loads(line) if line.endswith(b"\n") else None


def _read_arrays(stream: BinaryIO, header: dict[str, Any], values: bool) -> list[np.ndarray] | None:
    """The arrays in the header's order; None where the bytes end too early."""
    import numpy as np

    arrays = []
    for _, dtype, shape in (
        weight for part in ("layers", "stray") for _, weights in header[part] for weight in weights
    ):
        if not values:
            arrays.append(np.broadcast_to(np.zeros((), dtype), shape))
            continue
        array = np.empty(shape, dtype)
        if array.size and stream.readinto(memoryview(array).cast("B")) != array.nbytes:
            return None
        arrays.append(array)
    return arrays


def _refusal(path: Path, header: dict[str, Any] | None, status: int) -> InputError:
    if header and "missing" in header:
        return MissingFileError(header["error"], name=header["missing"])
    if header and "error" in header:
        return InputError(header["error"])
    return InputError(
        f"{path}: the HDF5 library fails on this file (reading it ended with status {status}), so it is damaged; "
        "copy or download it again"
    )


def main(path: str, mode: str) -> None:
    """What the reading process does: the header and the arrays of `path` go to standard output."""
    out = sys.stdout.buffer
    try:
        _bound_resources(Path(path))
        header, arrays = collect(Path(path), values=mode == "values")
    except InputError as error:
        header, arrays = {"error": str(error)}, []
        if isinstance(error, MissingFileError):
            header["missing"] = error.name
    out.write(json.dumps(header).encode() + b"\n")
    if mode == "values":
        for array in arrays:
            out.write(array.tobytes())
    out.flush()
    os._exit(0)


def _bound_resources(path: Path) -> None:
    """Bound this process's memory and processor time by the size of the file (where the system can)."""
    try:
        import resource
        import signal

        import h5py  # noqa: F401  (loaded first, so that the bound is on top of what the libraries take)

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        size = path.stat().st_size
    except (ImportError, OSError):
        return
    memory = pages * resource.getpagesize() + MEMORY_BESIDE_FILE + 4 * size + 2 * compressed_bound(size)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, SECONDS + size / BYTES_PER_SECOND)
    for kind, limit in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        most = resource.getrlimit(kind)[1]
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (limit, most))


def collect(path: Path, *, values: bool) -> tuple[dict[str, Any], list[np.ndarray]]:
    """The header (see the module's text) and the arrays of a file, read in this process."""
    with open_checked(path) as file:
        group = file.get("model_weights", file)
        names = read_names(group, "layer_names")
        if names is None and "model_config" not in file.attrs:
            new = "layers" in file or "_layer_checkpoint_dependencies" in file
            raise InputError(f"{path}: {NEW_WEIGHTS if new else NOT_A_MODEL}")
        header: dict[str, Any] = {
            "keras_version": _text(file, group, "keras_version"),
            "backend": _text(file, group, "backend"),
            "model_config": _text(file, group, "model_config"),
            "training_config": _text(file, group, "training_config"),
        }
        arrays: list[np.ndarray] = []
        header["layers"] = _collect_layers(path, group, list(dict.fromkeys(names or [])), arrays, values)
        stray = "top_level_model_weights"
        rest = [stray] if stray in group and stray not in (names or []) else []
        header["stray"] = _collect_layers(path, group, rest, arrays, values)
        return header, arrays


def _text(file: h5py.File, group: h5py.Group, name: str) -> str | None:
    for place in (file, group):
        if name in place.attrs:
            return read_text(place.attrs[name])
    return None


def _collect_layers(path: Path, group: h5py.Group, names: list[str], arrays: list, values: bool) -> list[list[Any]]:
    layers = []
    for name in names:
        if name not in group:
            raise InputError(f"{path}: layer {name!r} is listed but its group is missing; the file is damaged")
        weights = []
        for weight in read_names(group[name], "weight_names") or []:
            array = _read_weight(path, group[name], name, weight, values)
            arrays.append(array)
            weights.append([weight, array.dtype.str, list(array.shape)])
        layers.append([name, weights])
    return layers


def _read_weight(path: Path, group: h5py.Group, layer: str, weight: str, values: bool) -> np.ndarray:
    try:
        return read_numbers(group[weight], values=values)
    except DAMAGE as error:
        raise InputError(
            f"{path}: weight {weight!r} of layer {layer!r} cannot be read ({str(error)[:100]}); the file is damaged"
        ) from error
