"""Which sentences share a template: against an edit distance written out, and all pairs at once against each alone."""

import numpy as np

from common.sentence_classifier.likeness import near, near_pairs


def edit_distance(first, second):
    """Insertions, removals and replacements of words that turn one into the other."""
    row = list(range(len(second) + 1))
    for count, word in enumerate(first, 1):
        before, row = row, [count]
        for place, other in enumerate(second, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (word != other)))
    return row[-1]


def drawn(count, seed):
    rng = np.random.default_rng(seed)
    return [list(rng.choice(list("abcdef"), size=rng.integers(1, 12))) for _ in range(count)]


def test_near_is_at_most_two_words_or_two_fifths_of_the_longer_one():
    for first, second in zip(drawn(300, 0), drawn(300, 1), strict=True):
        limit = max(2, int(0.4 * max(len(first), len(second))))
        assert near(first, second) == near(second, first) == (edit_distance(first, second) <= limit)


def test_what_it_means_for_sentences():
    assert near(["we", "like", "red", "cakes"], ["we", "eat", "hot", "cakes"])
    assert not near(["we", "like", "red", "cakes"], ["cakes", "are", "what", "they", "eat"])
    assert not near(["a", "b", "c", "d"], ["d", "c", "b", "a"])  # the same words in another order


def test_all_pairs_at_once_are_those_that_are_near_alone():
    first, second = drawn(40, 2), drawn(50, 3)
    expected = [(i, j) for i in range(40) for j in range(50) if near(first[i], second[j])]
    assert near_pairs(first, second) == expected and 0 < len(expected) < 2000
