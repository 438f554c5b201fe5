"""Packages that export names without importing what they are in (PEP 562), so that `--help` stays fast."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def lazy_exports(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The package's `__getattr__` and `__dir__`: each name of `homes` is imported from its module when first asked for.

    Args:
        package: the package's `__name__`.
        homes: public name -> the module that defines it, in the package or, with a dot, anywhere. A name must not be
            that of one of the package's own modules.
    """

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = homes[name] if "." in homes[name] else f"{package}.{homes[name]}"
        return getattr(importlib.import_module(home), name)

    return find, lambda: sorted(homes)
