"""Which weights a verb answers with: the user's, those that the user trained last, or those that ship."""

from __future__ import annotations

from pathlib import Path

from common.assets import find
from common.cli import say


def choose_weights(name: str, *, option: Path | None, trained: Path, shipped: str = "") -> Path:
    """The weights file; tells the person which one it is.

    Args:
        name: of the shipped file, as in assets.json.
        option: what the user named.
        trained: where the verb `train` leaves its weights.
        shipped: what the shipped ones are, for the person.

    Raises:
        MissingFileError: the user's file, or the shipped one, is not there.
    """
    if option is not None:
        path = find(name, option=option).path
        say(f"weights: {path}")
        return path
    if trained.is_file():
        say(f"weights: trained last, {trained}")
        return trained
    asset = find(name)
    say(f"weights: shipped, {shipped}" if shipped else asset.describe())
    return asset.path
