"""Text -> examples of skip-gram and CBOW: thinned out, each word with the words around it, and drawn negatives.

Everything is done by operations on whole arrays, for thousands of words at once:

1. each word of the text is kept with its probability (`keep_probabilities`), so the lines become shorter;
2. each word t that is left draws its window b_t uniformly from 1 .. window, and its context are the words up to b_t
   places before and after it, on its line;
3. negatives are drawn for each pair of a word and a context word (skip-gram) or for each word (CBOW).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from week2.learning_embeddings.data import LINE_END
from week2.learning_embeddings.negative_sampling_noise import NoiseDistribution


class Examples(NamedTuple):
    """Words with their contexts and negatives; T words, P pairs of a word and one of its context words, K negatives.

    words: the word in the middle, int32 (T,); only words that have a context.
    begins: where each word's contexts begin in `contexts`, int64 (T + 1,); the last is P.
    contexts: int32 (P,).
    negatives: int32 (P, K) for skip-gram, (T, K) for CBOW.
    """

    words: np.ndarray
    begins: np.ndarray
    contexts: np.ndarray
    negatives: np.ndarray


def draw_examples(
    ids: np.ndarray,
    *,
    keep: np.ndarray,
    window: int,
    noise: NoiseDistribution,
    negatives: int,
    for_pairs: bool,
    rng: np.random.Generator,
) -> Examples:
    """The examples of a piece of text.

    Args:
        ids: word ids, `LINE_END` between lines.
        keep: the chance of each word to be kept, float32 (words,).
        window: the largest number of context words on one side.
        noise, negatives: what wrong answers are drawn from, and how many for an answer.
        for_pairs: negatives for each pair (skip-gram), or for each word (CBOW).
        rng: draws everything.
    """
    words, lines = thin_out(ids, keep, rng)
    words, begins, contexts = pairs(words, *draw_windows(lines, window, rng))
    drawn = noise.draw(rng, (len(contexts) if for_pairs else len(words), negatives))
    return Examples(words, begins, contexts, drawn)


def thin_out(ids: np.ndarray, keep: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The words that are kept, and the number of each one's line in this text, counted from 0."""
    is_word = ids != LINE_END
    lines = np.cumsum(~is_word)[is_word]
    words = ids[is_word]
    kept = rng.random(len(words), dtype=np.float32) < keep.take(words)
    return words[kept], lines[kept]


def draw_windows(lines: np.ndarray, window: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(first, last): the context of word t are the words first[t] .. last[t] - 1 of its line, without t itself."""
    lengths = np.bincount(lines, minlength=1)
    line_ends = np.cumsum(lengths)
    places = np.arange(len(lines))
    reach = rng.integers(1, window, size=len(lines), endpoint=True)
    first = np.maximum(places - reach, (line_ends - lengths).take(lines))
    last = np.minimum(places + reach + 1, line_ends.take(lines))
    return first, last


def pairs(words: np.ndarray, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows -> (words, begins, contexts) as in `Examples`; words alone on their line are left out."""
    counts = last - first - 1
    places = np.flatnonzero(counts)
    counts, first = counts[places], first[places]
    begins = np.concatenate([[0], np.cumsum(counts)])
    context_places = np.arange(begins[-1]) + np.repeat(first - begins[:-1], counts)
    context_places += context_places >= np.repeat(places, counts)
    return words[places], begins, words[context_places]
