"""What the first lines of a vectors file tell: numbers a word, and word2vec's header line where there is one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from common.glove.lines import count_numbers, tidy

TELLING_LINES = 100
_HEADER = re.compile(rb"([0-9]{1,18}) ([0-9]{1,9})")


@dataclass(frozen=True)
class Shape:
    """What a file's beginning says.

    Attributes:
        dimensions: numbers a word, as most of the first lines have them; 0 where none has any.
        header: (words, numbers a word) as the header line announces them, or None.
    """

    dimensions: int
    header: tuple[int, int] | None


def look(block: bytes) -> Shape:
    """The shape of a file that begins with these lines.

    The most common count wins, so that neither a word with spaces nor a defect in the first line misleads. Two whole
    numbers in the first line are a header, unless the file has one number a word and they are a word and its number.
    """
    lines = [tidy(line + b"\n")[:-1] for line in block.split(b"\n", TELLING_LINES)[:TELLING_LINES]]
    counts = [count_numbers(line) for line in lines]
    match = _HEADER.fullmatch(lines[0])
    if match:
        announced = (int(match[1]), int(match[2]))
        usual = _most_common(counts[1:])
        if usual != 1 or announced[1] == 1:
            return Shape(usual, announced)
    return Shape(_most_common(counts), None)


def is_binary(block: bytes) -> bool:
    """Whether the bytes are not text in UTF-8 (the last character may be cut)."""
    if b"\0" in block:
        return True
    try:
        block[: block.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _most_common(counts: Iterable[int]) -> int:
    found = Counter(count for count in counts if count).most_common(1)
    return found[0][0] if found else 0
