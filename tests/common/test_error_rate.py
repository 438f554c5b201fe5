import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.error_rate import EditCounts, align, count_edits, error_rate
from common.errors import InputError

SHORT = st.text("abc", max_size=8)


def distance(reference, hypothesis):
    """The definition, by recursion: (edits, gaps) of the best alignment, in this order."""

    @functools.cache
    def best(i, j):
        if i == 0 or j == 0:
            return i + j, i + j
        edits, gaps = best(i - 1, j - 1)
        options = [(edits + (reference[i - 1] != hypothesis[j - 1]), gaps)]
        options += [(edits + 1, gaps + 1) for edits, gaps in (best(i - 1, j), best(i, j - 1))]
        return min(options)

    return best(len(reference), len(hypothesis))


@settings(max_examples=300)
@given(SHORT, SHORT)
def test_edits_are_the_fewest_and_of_those_with_the_fewest_gaps(reference, hypothesis):
    found = count_edits(reference, hypothesis)
    assert (found.edits, found.deletions + found.insertions) == distance(reference, hypothesis)
    assert found.reference_length == len(reference)
    assert found.hits + found.substitutions + found.insertions == len(hypothesis)


@given(st.text("abcd ", max_size=40), st.text("abcd ", max_size=40))
def test_the_alignment_holds_both_texts_in_order(reference, hypothesis):
    pairs = align(reference, hypothesis)
    assert "".join(here for here, _ in pairs if here is not None) == reference
    assert "".join(there for _, there in pairs if there is not None) == hypothesis
    assert (None, None) not in pairs
    found = count_edits(reference, hypothesis)
    assert found.hits == sum(here == there for here, there in pairs)


def test_every_short_pair():
    texts = ["".join(letters) for length in range(4) for letters in itertools.product("ab", repeat=length)]
    for reference, hypothesis in itertools.product(texts, texts):
        assert count_edits(reference, hypothesis).edits == distance(reference, hypothesis)[0]


@pytest.mark.parametrize(
    ("reference", "hypothesis", "counts"),
    [
        ("kitten", "sitting", EditCounts(4, 2, 0, 1)),
        ("intention", "execution", EditCounts(4, 5, 0, 0)),
        ("ab", "ba", EditCounts(0, 2, 0, 0)),
        ("", "abc", EditCounts(0, 0, 0, 3)),
        ("abc", "", EditCounts(0, 0, 3, 0)),
        ("", "", EditCounts()),
        ("same", "same", EditCounts(4)),
    ],
)
def test_known_pairs(reference, hypothesis, counts):
    assert count_edits(reference, hypothesis) == counts


def test_an_alignment_shows_what_went_wrong():
    pairs = align(["turn", "the", "red", "light", "on"], ["turn", "red", "lights", "on", "now"])
    assert pairs == [
        ("turn", "turn"), ("the", None), ("red", "red"), ("light", "lights"), ("on", "on"), (None, "now"),
    ]  # fmt: skip


def test_long_texts_are_aligned_in_rows_of_numbers():
    rng = np.random.default_rng(0)
    reference = rng.integers(0, 5, 600).tolist()
    wrong = sorted(rng.choice(600, 30, replace=False).tolist())
    hypothesis = [token + 5 if place in wrong else token for place, token in enumerate(reference)]
    assert count_edits(reference, hypothesis) == EditCounts(570, 30, 0, 0)


def test_word_and_character_error_rates():
    references, hypotheses = ["turn the light on", "stop"], ["turn light on", "shop"]
    words = error_rate(references, hypotheses)
    assert words.counts == EditCounts(3, 1, 1, 0)
    assert float(words) == pytest.approx(2 / 5)
    characters = error_rate(references, hypotheses, unit="characters")
    assert characters.counts == EditCounts(16, 1, 4, 0)
    assert float(characters) == pytest.approx(5 / 21)
    assert (words.sentences, words.wrong_sentences) == (2, 2)
    for part in ("word error rate 40.00 %", "1 substituted", "1 missing", "0 too many", "5 words", "2 of 2"):
        assert part in str(words)


def test_rates_come_from_summed_counts_and_may_exceed_one():
    assert error_rate(["a", "b c d"], ["a", "x"]).counts.rate == pytest.approx(3 / 4)
    assert error_rate(["a"], ["b c d"]).counts.rate == 3
    assert EditCounts().rate == 0
    assert EditCounts(insertions=1).rate == float("inf")


@pytest.mark.parametrize(
    ("references", "hypotheses", "unit", "message"),
    [
        (["a", "b"], ["a"], "words", "2 references and 1 hypotheses"),
        ([], [], "words", "no references"),
        ("text", "text", "words", "one text"),
        (["a"], ["a"], "phones", "unit"),
    ],
)
def test_what_does_not_fit_together_is_refused(references, hypotheses, unit, message):
    with pytest.raises(InputError, match=message):
        error_rate(references, hypotheses, unit=unit)
