"""Sentences of tokens and tags -> ids of words and of characters, padded batches; CoNLL files; text to tokens.

A word is looked up in lower case; capital letters are seen by the characters. Id 0 is padding in all vocabularies.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from common.errors import InputError
from common.text_files import read_text
from common.vocabulary import Vocabulary
from common.words import normalize
from week1.language_models.tagging.spans import spans_of

PADDING, UNKNOWN = "<pad>", "<unk>"
CHARACTERS = 16
"""Characters of a word that are looked at: its first ones."""
_TOKEN = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*|[^\w\s]")

Tagged = list[tuple[str, str]]


class TagBatch(NamedTuple):
    """words int32 (sentences, steps), characters int32 (sentences, steps, 16), tags int32, mask float32."""

    words: np.ndarray
    characters: np.ndarray
    tags: np.ndarray
    mask: np.ndarray


class Vocabularies(NamedTuple):
    """Words (in lower case), characters and tags, each with padding as id 0."""

    words: Vocabulary
    characters: Vocabulary
    tags: Vocabulary


def tokenize(text: str) -> list[str]:
    """Words with their capital letters, and punctuation marks as tokens of their own.

    Raises InputError where there are none.
    """
    tokens = _TOKEN.findall(normalize(text, lower=False))
    if not tokens:
        raise InputError(f"the sentence {text!r} has no words; give some letters or digits")
    return tokens


def build_vocabularies(sentences: Sequence[Tagged]) -> Vocabularies:
    """Of training sentences; InputError where no name is tagged in them."""
    tokens = [[word for word, _ in sentence] for sentence in sentences]
    tags = sorted({tag for sentence in sentences for _, tag in sentence} | {"O"})
    if tags == ["O"]:
        raise InputError("no sentence has a name in it; give sentences with B-TYPE and I-TYPE tags")
    special = {"padding": PADDING, "unknown": UNKNOWN}
    return Vocabularies(
        Vocabulary.build(([word.lower() for word in one] for one in tokens), **special),
        Vocabulary.build(("".join(one) for one in tokens), **special),
        Vocabulary([PADDING, *tags], padding=PADDING),
    )


def encode(sentences: Sequence[Tagged], vocabularies: Vocabularies) -> TagBatch:
    """All sentences as one padded batch; InputError where a tag is not among the vocabulary's."""
    words, characters, tags = vocabularies
    steps = max(map(len, sentences))
    batch = TagBatch(
        np.zeros((len(sentences), steps), np.int32),
        np.zeros((len(sentences), steps, CHARACTERS), np.int32),
        np.zeros((len(sentences), steps), np.int32),
        np.zeros((len(sentences), steps), np.float32),
    )
    for row, sentence in enumerate(sentences):
        batch.words[row, : len(sentence)] = words.encode([word.lower() for word, _ in sentence])
        batch.tags[row, : len(sentence)] = tags.encode([tag for _, tag in sentence])
        batch.mask[row, : len(sentence)] = 1
        for step, (word, _) in enumerate(sentence):
            head = characters.encode(word[:CHARACTERS])
            batch.characters[row, step, : len(head)] = head
    return batch


def read_conll(path: str | os.PathLike[str]) -> list[Tagged]:
    """Sentences of a file with a token and its tag on a line, an empty line between sentences.

    The first column is the token, the last one the tag (O, B-TYPE, I-TYPE). Raises InputError that names the line where
    it is another form.
    """
    sentences: list[Tagged] = [[]]
    for number, line in enumerate(read_text(path).split("\n"), 1):
        columns = line.split()
        if not columns or columns[0] == "-DOCSTART-":
            sentences.append([])
            continue
        if len(columns) < 2:
            raise InputError(f"{path}: line {number} has no tag; write a token, a space and its tag on every line")
        try:
            spans_of(columns[-1:])
        except InputError as error:
            raise InputError(f"{path}: line {number}: {error}") from None
        sentences[-1].append((columns[0], columns[-1]))
    return [sentence for sentence in sentences if sentence]


def unseen_words(sentences: Iterable[Tagged], vocabularies: Vocabularies) -> float:
    """The share of names (first words of spans) that the vocabulary of words lacks."""
    names = [word.lower() for sentence in sentences for word, tag in sentence if tag.startswith("B-")]
    return sum(name not in vocabularies.words for name in names) / max(len(names), 1)
