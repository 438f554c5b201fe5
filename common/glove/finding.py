"""Which vectors file to use."""

from __future__ import annotations

import os

from common.assets import Asset, find


def find_vectors(*, option: str | os.PathLike[str] | None = None, course: str | os.PathLike[str] | None = None) -> Asset:
    """The vectors: the user's, the course's, those in the cache, or those that ship."""
    return find("glove-50d", option=option, course=course)
