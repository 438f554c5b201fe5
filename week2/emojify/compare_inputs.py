"""What the Emojify figures are computed from: sentences by file name, word vectors by what a figure calls them.

A figure of the whole GloVe file can be computed from a part of it that has every word which the figure needs, except
where it is about the vocabulary itself (numbers of words, sizes).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from common.agreement import SelectionError
from common.assets import Asset, find, find_by_file_name
from common.course_figures import Context, Figure
from common.errors import MissingFileError
from common.glove import load_vectors
from common.sentence_classifier.labelled import LabelledSentences
from week2.emojify.data import load_sentences

GLOVE = "glove.6B.50d.txt"
WHOLE = 400_000
_LAST_MAP = "the map of a figure before"
TRAIN_FILE, TEST_FILE = "train_emoji.csv", "tesss.csv"
_CSV = re.compile(r"[\w.-]+\.csv")

Map = Mapping[str, np.ndarray]


def sentences(context: Context, name: str) -> LabelledSentences:
    """The course's sentences in the file of this name."""
    path = find_by_file_name(name, context.course) if context.course else None
    if path is None:
        raise MissingFileError(f"{name} is needed, one of the course's files; name its folder with --course", name=name)
    return context.once(("sentences", name), lambda: load_sentences(path))


def named_file(text: Any, otherwise: str) -> str:
    """The name of a CSV file in a figure's words."""
    match = _CSV.search(str(text))
    return match.group(0) if match else otherwise


def vectors(figure: Figure, context: Context, *needed: Iterable[str]) -> Map:
    """The figure's map: given in it or in a figure before, the file's, or the shared part of the file.

    Args:
        figure: its `map` is a mapping, "the same toy map", the whole GloVe file or the shared subset.
        context: with the course folder.
        needed: sentences whose words the figure depends on.

    Raises MissingFileError where the file does not have what the figure needs.
    """
    given = figure.inputs.get("map")
    if isinstance(given, Mapping):
        found = {word: np.array(vector, dtype=np.float64) for word, vector in given.items()}
        context.memory[_LAST_MAP] = found
        return found
    if _LAST_MAP in context.memory and re.search(r"\b(toy|same|before)\b", str(given)):
        return context.memory[_LAST_MAP]
    if "subset" in str(given):
        found, asset = file_vectors(context), _asset(context)
        return found if not _missing(found, needed) else _subset(found, asset)
    return vectors_with(context, *needed)


def vectors_with(context: Context, *needed: Iterable[str]) -> Map:
    """The file's vectors; MissingFileError where it is a part without some of the sentences' words."""
    found = file_vectors(context)
    missing = _missing(found, needed)
    if missing and len(found) < WHOLE:
        raise needs_glove(f"{len(found)} words, without {', '.join(missing[:3])}{' ...' if len(missing) > 3 else ''}")
    return found


def _missing(found: Map, needed: Iterable[Iterable[str]]) -> list[str]:
    return sorted({word for texts in needed for text in texts for word in text.lower().split()} - set(found))


def _subset(found: Map, asset: Asset) -> Map:
    """The shared part of the file, in which words that it lacks are left out."""
    if asset.variant is None or len(found) >= WHOLE:
        raise MissingFileError(
            f"this figure was computed from the shared part of {GLOVE} (5,080 words), and {asset.path} is another",
            name=f"the 5,080 words of {GLOVE}",
        )
    return found


def whole_vocabulary(context: Context) -> tuple[Mapping[str, int], Map]:
    """(word -> number from 1 in the order of code points, word -> vector) of the whole file."""
    found = file_vectors(context)
    if len(found) < WHOLE:
        raise needs_glove(f"{len(found)} words")
    return numbered(context, found), found


def numbered(context: Context, found: Map) -> Mapping[str, int]:
    """Word -> number, from 1 in the order of code points."""
    return context.once("numbered", lambda: {word: number for number, word in enumerate(sorted(found), 1)})


def file_vectors(context: Context) -> Map:
    """The vectors of the file that is there, whatever part it is."""
    return context.once(("vectors", GLOVE), lambda: load_vectors(_asset(context).path).word_to_vec_map())


def needs_glove(what: str) -> MissingFileError:
    """The error that says what is there instead of the whole file."""
    return MissingFileError(
        f"the whole {GLOVE} of 400,000 words is needed, and the file here has {what}; put it into the course folder",
        name=GLOVE,
    )


def _asset(context: Context) -> Asset:
    return context.once(("asset", GLOVE), lambda: find("glove-50d", course=context.course, shipped=False))


def helper(context: Context, name: str, ours: Callable[..., Any]) -> Callable[..., Any]:
    """A function that the course gives: the user's where the file defines it, else ours."""
    return context.functions.get(name, ours)


def stand_in(words: int, dimensions: int) -> Map:
    """A map of so many made-up words, all with the same vector; networks are counted with it."""
    if words < 1:
        raise SelectionError(f"the figure has {words} words")
    vector = np.ones(dimensions)
    names = ["cucumber", *(f"word{number}" for number in range(1, words))]
    return dict.fromkeys(names, vector)
