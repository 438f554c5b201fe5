"""A text in any script -> sentences in one plain form -> tokens (characters or words) -> padded batches of ids.

The plain form of a sentence is its words in lower case with one space between them, as `common/words.py` finds words;
punctuation is left out. A model over words and a model over characters read the same strings, so that the bits which
they need for them can be compared. A sentence ends after . ! ? and at the end of a line.

The ids of a sentence w_1 .. w_T: inputs (end, w_1, .., w_T), targets (w_1, .., w_T, end); the end mark of one sentence
is the beginning of the next.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from common.assets import Asset, find
from common.errors import InputError
from common.seeding import make_rng
from common.text_files import read_bytes, read_text
from common.vocabulary import Vocabulary
from common.words import sentences_of, words_of

LEVELS = ("character", "word")
UNKNOWN, END = "<unk>", "</s>"
CORPORA = {"world": "world-corpus", "verse": "shakespeare-text", "names": "dinosaur-names"}
"""Texts that ship, by the name that the shell knows them by."""
LONGEST = 200
"""Words after which a sentence is cut: a text without full stops is no single sentence."""
SPLIT_SEED = 0
_FEW_LINES = 20


class Parts(NamedTuple):
    """Sentences to train on, to watch the training by, and to evaluate on."""

    training: list[str]
    validation: list[str]
    held_out: list[str]


class Batch(NamedTuple):
    """Sentences side by side, padded on the right: inputs, targets int32 and mask float32, (sentences, steps)."""

    inputs: np.ndarray
    targets: np.ndarray
    mask: np.ndarray


def find_text(*, option: str | os.PathLike[str] | None = None, corpus: str = "world") -> Asset:
    """The user's text, or one of those that ship."""
    return find(CORPORA[corpus], option=option)


def load_text(path: str | os.PathLike[str]) -> str:
    """The file's text, unpacked where its name ends in .gz; InputError where it is not text."""
    if Path(path).suffix != ".gz":
        return read_text(path)
    try:
        text = gzip.decompress(read_bytes(path)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: holds no UTF-8 text; pack a text file (UTF-8)") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: is no whole gzip file ({error}); copy or pack it again") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def plain(sentence: str) -> str:
    """The plain form of a sentence: "Cats sleep, don't they?" is "cats sleep don't they"."""
    return " ".join(words_of(sentence))


def paragraphs_of(text: str, *, words: int | None = None) -> list[list[str]]:
    """The sentences of every line in plain form, empty ones left out; whole lines until there are `words` words."""
    found, count = [], 0
    for line in text.split("\n"):
        sentences = [piece for sentence in sentences_of(line) for piece in _pieces(plain(sentence))]
        if sentences:
            found.append(sentences)
            count += sum(one.count(" ") + 1 for one in sentences)
        if words is not None and count >= words:
            break
    return found


def _pieces(sentence: str) -> list[str]:
    """A sentence in plain form, cut after every 200 words; nothing of an empty one."""
    words = sentence.split()
    return [" ".join(words[begin : begin + LONGEST]) for begin in range(0, len(words), LONGEST)]


def split(text: str, *, words: int | None = None, held_out: float = 0.1, what: str = "the text") -> Parts:
    """The sentences of `text` in three parts, the last two of the share `held_out` each.

    Whole lines go into a part, so that sentences of a paragraph stay together; single sentences where the text has few
    lines. The choice is drawn, with the same seed always.

    Raises InputError where there are fewer than three sentences.
    """
    lines = paragraphs_of(text, words=words)
    if len(lines) < _FEW_LINES:
        lines = [[sentence] for line in lines for sentence in line]
    if len(lines) < 3:
        raise InputError(
            f"{what}: has {len(lines)} sentences with words in them, and training, validation and evaluation need at "
            "least one each; give a longer text"
        )
    order = make_rng(SPLIT_SEED, "split").permutation(len(lines))
    share = max(1, round(held_out * len(lines)))
    chosen = order[2 * share :], order[share : 2 * share], order[:share]
    return Parts(*([sentence for line in sorted(part) for sentence in lines[line]] for part in chosen))


def tokens_of(sentence: str, level: str) -> list[str]:
    """The characters or the words of a sentence in plain form."""
    return list(sentence) if level == "character" else sentence.split(" ")


def build_vocabulary(
    sentences: Iterable[str], level: str, *, minimum_count: int | None = None, maximum_size: int | None = None
) -> Vocabulary:
    """Unknown, end, then the tokens by falling frequency.

    Words are kept that were seen twice, so that the unknown word has been seen in training; characters all. InputError
    where that leaves only the special tokens.
    """
    if minimum_count is None:
        minimum_count = 1 if level == "character" else 2
    vocabulary = Vocabulary.build(
        (tokens_of(sentence, level) for sentence in sentences),
        unknown=UNKNOWN,
        end=END,
        minimum_count=minimum_count,
        maximum_size=maximum_size,
        by_frequency=True,
    )
    if len(vocabulary) <= 2:
        raise InputError(
            f"no {level} occurs {minimum_count} times in the text; give a longer text, or a lower --min-count"
        )
    return vocabulary


def rare_words(sentences: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """The different words that the vocabulary lacks, sorted."""
    counts = Counter(word for sentence in sentences for word in sentence.split(" "))
    return sorted(word for word in counts if word not in vocabulary)


def encode(sentences: Iterable[str], vocabulary: Vocabulary, level: str) -> list[np.ndarray]:
    """The ids of each sentence with the end mark after them, int64 (tokens + 1,)."""
    return [vocabulary.encode(tokens_of(sentence, level), add_end=True) for sentence in sentences]


def pad(ids: Sequence[np.ndarray], end_id: int) -> Batch:
    """Sentences of ids (each with its end) as one batch."""
    steps = max(map(len, ids))
    inputs = np.full((len(ids), steps), end_id, np.int32)
    targets, mask = inputs.copy(), np.zeros((len(ids), steps), np.float32)
    for row, one in enumerate(ids):
        inputs[row, 1 : len(one)], targets[row, : len(one)], mask[row, : len(one)] = one[:-1], one, 1
    return Batch(inputs, targets, mask)


def batches(
    ids: Sequence[np.ndarray], batch_size: int, end_id: int, *, rng: np.random.Generator | None = None
) -> Iterator[Batch]:
    """Batches of sentences of nearly the same length; with `rng` another choice and order in every call."""
    lengths = np.array([len(one) for one in ids], np.float64)
    if rng is not None:
        lengths += rng.uniform(0, 0.1 * lengths + 1)
    order = np.argsort(lengths, kind="stable")
    starts = np.arange(0, len(ids), batch_size)
    for start in starts if rng is None else rng.permutation(starts):
        yield pad([ids[index] for index in order[start : start + batch_size]], end_id)


def characters_in(sentences: Iterable[str]) -> int:
    """Characters of the sentences, the end of each counted as one: what bits per character are divided by."""
    return sum(len(sentence) + 1 for sentence in sentences)


def digest(sentences: Iterable[str]) -> str:
    """SHA-256 of the sentences, which a trained model keeps to tell its training text from others."""
    return hashlib.sha256("\n".join(sentences).encode()).hexdigest()
