"""Files by name, and tokens -> vocabulary -> windows of one-hot rows to learn from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from common.assets import Asset, check, find
from common.errors import InputError
from week1.jazz_solo.grammar import BAR, Token


def find_piece(*, option: str | os.PathLike[str] | None = None, course: str | os.PathLike[str] | None = None) -> Asset:
    """The MIDI file to learn from: the user's, the course's, or the piece that ships."""
    return find("jazz-piece", option=option, course=course)


def find_weights(path: str | os.PathLike[str] | None = None) -> Asset:
    """The weights: the user's, or those that ship."""
    return find("jazz-weights") if path is None else check("jazz-weights", Path(path), "option")


class Windows(NamedTuple):
    """Training examples: inputs and targets as one-hot rows, float32 (examples, steps, n_values)."""

    x: np.ndarray
    y: np.ndarray


def build_vocabulary(lines: Sequence[Sequence[Token]]) -> list[str]:
    """The distinct words of some lines of tokens in alphabetical order, the bar line among them."""
    return sorted({str(token) for line in lines for token in line} | {BAR})


def encode(tokens: Sequence[Token], words: Sequence[str]) -> np.ndarray:
    """Ids int64; InputError names a token that is not among the words."""
    ids = {word: number for number, word in enumerate(words)}
    unknown = next((str(token) for token in tokens if str(token) not in ids), None)
    if unknown is not None:
        raise InputError(f"the model never saw the token {unknown}; train it on a piece that holds it")
    return np.array([ids[str(token)] for token in tokens], np.int64)


def windows(
    lines: Sequence[np.ndarray],
    n_values: int,
    *,
    steps: int = 30,
    stride: int = 1,
    pad: bool = False,
    name: str = "",
) -> Windows:
    """Every window of `steps` tokens of the lines, `stride` tokens apart; the input is the target one step later.

    A window's first input is the token before it, or a zero row at the beginning of a line. With `pad`, a line that is
    shorter than a window makes one, too, with zero rows behind it, which do not count in the loss.

    Raises:
        InputError: without `pad`, no line is as long as one window.
    """
    longest = max(map(len, lines), default=0)
    if longest < steps and not pad:
        raise InputError(
            f"{name or 'the piece'} has {longest} tokens, too few for one window of {steps}; "
            "give a longer piece, more bars or more files"
        )
    table = np.vstack([np.eye(n_values, dtype=np.float32), np.zeros((1, n_values), np.float32)])
    x, y = [], []
    for line in lines:
        if len(line) < steps and pad:
            line = np.append(line, np.full(steps - len(line), n_values))
        shifted = np.append(n_values, line[:-1])
        for start in range(0, len(line) - steps + 1, stride):
            x.append(shifted[start : start + steps])
            y.append(line[start : start + steps])
    return Windows(table[np.array(x)], table[np.array(y)])


def split_bars(tokens: Sequence[Token], *, held_out: float = 0.125) -> tuple[list[Token], list[Token]]:
    """(the first bars, the last bars) of a line: the last `held_out` share of its bars is held out, at least two."""
    lines = [0, *(place for place, token in enumerate(tokens) if token.kind == BAR)]
    kept = len(lines) - max(2, round(held_out * len(lines)))
    if held_out <= 0 or kept < 2:
        return list(tokens), []
    return list(tokens[: lines[kept]]), list(tokens[lines[kept] :])
