"""Which vectors file to use."""

from __future__ import annotations

import os

from common.assets import Asset, locate


def find_vectors(
    *, option: str | os.PathLike[str] | None = None, course: str | os.PathLike[str] | None = None
) -> Asset:
    """The vectors: the user's, the course's, those in the cache folder, or those that ship; `describe()` says which.

    The file is found and its beginning looked at; it is not read through, which takes long at the size people have.

    Raises:
        MissingFileError: there is none.
        InputError: what was found is empty, cut or a pointer.
    """
    return locate("glove-50d", option=option, course=course)
