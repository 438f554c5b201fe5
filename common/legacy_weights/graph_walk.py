"""Finding the references inside a call's arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from common.legacy_weights.architecture import Reference


def references(value: Any) -> Iterator[Reference]:
    """Every Reference inside nested lists and dicts."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from references(item)
