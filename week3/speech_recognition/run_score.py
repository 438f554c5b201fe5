"""What `score` does: the error rates of any two texts, or of two files line by line, with the alignment."""

from __future__ import annotations

import argparse
from pathlib import Path

from common.error_rate import UNITS, error_rate
from common.errors import InputError
from common.page_blocks import text as text_block
from common.run_folder import RunFolder
from common.text_files import read_text
from common.words import words_of
from week3.speech_recognition.alignment import alignment
from week3.speech_recognition.data import ASSIGNMENT

_MOST_SHOWN = 20


def run_score(arguments: argparse.Namespace) -> int:
    """Print word and character error rate, and the sentences that differ, aligned."""
    said, heard = _sentences(arguments.said), _sentences(arguments.heard)
    if len(said) != len(heard):
        raise InputError(
            f"{arguments.said} has {len(said)} sentences and {arguments.heard} has {len(heard)}; give as many of one "
            "as of the other, in the same order"
        )
    different = [pair for pair in zip(said, heard, strict=True) if pair[0] != pair[1]]
    parts = [alignment(*pair) for pair in different[:_MOST_SHOWN]]
    if len(different) > _MOST_SHOWN:
        parts.append(f"{len(different) - _MOST_SHOWN} more sentences differ")
    rates = [error_rate(said, heard, unit=unit) for unit in UNITS]
    text = "\n\n".join([*parts, "\n".join(map(str, rates))])
    print(text)
    with RunFolder(ASSIGNMENT, "score", arguments, folder=arguments.out) as run:
        run.text("score.txt", text + "\n", title="said above heard")
        run.show(text_block("Said above heard", text, look="code"))
        for rate in rates:
            run.metric(f"{rate.unit.removesuffix('s')} error rate", 100 * float(rate), unit="%", better="lower")
    return 0


def _sentences(given: str) -> list[str]:
    """The lines of a file of this name, or the text itself, as words with one space between.

    Raises:
        InputError: there are no words in it.
    """
    is_file = len(given) < 256 and Path(given).is_file()
    found = [" ".join(words_of(line)) for line in (read_text(given).splitlines() if is_file else [given])]
    if not any(found):
        raise InputError(f"{given!r} holds no words; give a text, or a file with a sentence a line")
    return found
