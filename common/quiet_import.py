"""Import TensorFlow without its notes on the machine, and NumPy with one thread.

TensorFlow's native part writes several lines about processors and drivers to standard error whenever it is loaded, and
no setting keeps the first of them back. `hush_tensorflow()` has them thrown away, when and if it is loaded; where
loading fails, they are shown after all.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any


def hush_tensorflow() -> None:
    """Have the next `import tensorflow` of this process keep its notes to itself; nothing is imported here."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "tensorflow" not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds tensorflow as Python would, and has it loaded quietly."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Python's own answer for tensorflow, its loader wrapped; None for everything else."""
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


class _QuietLoader:
    """A loader that throws away what is written to standard error while the module is executed."""

    def __init__(self, loader: Any):
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """As the wrapped loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As the wrapped loader does, quietly."""
        with _standard_error_kept():
            self._loader.exec_module(module)


@contextmanager
def _standard_error_kept() -> Iterator[None]:
    """Send file descriptor 2 to a file; on an error show what it holds."""
    sys.stderr.flush()
    before = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(before, 2)
            kept.seek(0)
            sys.stderr.write(kept.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(before, 2)
            os.close(before)


def use_one_blas_thread() -> None:
    """To be called before NumPy is imported: a second one slows small products, above all where cores are busy."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
