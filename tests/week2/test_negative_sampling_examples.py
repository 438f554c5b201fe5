"""What negative sampling draws: noise, thinning out, windows and pairs, each against its formula."""

import numpy as np
import pytest
from scipy.stats import chisquare

from week2.learning_embeddings.data import LINE_END
from week2.learning_embeddings.negative_sampling_examples import draw_examples, draw_windows, pairs, thin_out
from week2.learning_embeddings.negative_sampling_noise import NoiseDistribution, alias_tables, keep_probabilities

COUNTS = {
    "two words": [3, 1],
    "one word": [5],
    "equal": [7] * 49,  # 49 * (1 / 49) is below 1 in floating point
    "one in the lead": [7, 7, 7, 1, 1, 1, 100],
    "Zipf": (1e6 / np.arange(1, 20_001)).astype(int),
    "wild": np.random.default_rng(0).pareto(0.3, 1000) + 1e-3,
}


@pytest.mark.parametrize("counts", COUNTS.values(), ids=COUNTS)
def test_alias_tables_hold_exactly_the_distribution(counts):
    wanted = np.asarray(counts) ** 0.75 / np.sum(np.asarray(counts) ** 0.75)
    own, alias = alias_tables(wanted)
    assert own.min() >= 0 and own.max() <= 1
    held = own / len(own)
    np.add.at(held, alias, (1 - own) / len(own))
    np.testing.assert_allclose(held, wanted, rtol=1e-6, atol=1e-14)
    np.testing.assert_allclose(NoiseDistribution(counts).probabilities, wanted, rtol=1e-12)


@pytest.mark.parametrize("words", [2, 37, 1000])
def test_noise_is_drawn_with_the_count_to_the_power_of_three_quarters(words):
    counts = 1000 // np.arange(1, words + 1)
    drawn = NoiseDistribution(counts).draw(np.random.default_rng(1), (1000, 400))
    assert drawn.shape == (1000, 400) and drawn.dtype == np.int32
    expected = counts**0.75 / np.sum(counts**0.75)
    assert chisquare(np.bincount(drawn.ravel(), minlength=words), expected * drawn.size).pvalue > 1e-3


def test_neighbouring_draws_are_independent():
    drawn = NoiseDistribution([4, 3, 2, 1]).draw(np.random.default_rng(2), (100_000, 2))
    expected = np.outer(*2 * [np.array([4, 3, 2, 1]) ** 0.75])
    seen = np.bincount(drawn[:, 0] * 4 + drawn[:, 1], minlength=16)
    assert chisquare(seen, expected.ravel() / expected.sum() * len(drawn)).pvalue > 1e-3


def test_keep_probabilities_are_word2vecs():
    counts, threshold = np.array([50_000, 3000, 40, 1]), 1e-3
    total = 53_041
    # The word2vec program: (sqrt(count / (t * total)) + 1) * (t * total) / count.
    plain = [(np.sqrt(count / (threshold * total)) + 1) * threshold * total / count for count in (50_000, 3000)]
    np.testing.assert_allclose(keep_probabilities(counts, threshold), [*plain, 1, 1], rtol=1e-6)
    assert keep_probabilities(counts, 0).tolist() == [1, 1, 1, 1]


def test_words_are_thinned_out_with_these_probabilities():
    rng = np.random.default_rng(3)
    ids = rng.integers(-1, 3, 300_000).astype(np.int32)
    keep = np.array([0.05, 0.5, 1.0], dtype=np.float32)
    words, lines = thin_out(ids, keep, rng)
    there, left = np.bincount(ids[ids >= 0]), np.bincount(words)
    np.testing.assert_allclose(left / there, keep, atol=0.006)
    assert left[2] == there[2]
    # Word 2 is always kept, so its lines are known.
    np.testing.assert_array_equal(lines[words == 2], np.cumsum(ids == LINE_END)[ids == 2])


def test_windows_are_uniform():
    window = 4
    first, last = draw_windows(np.zeros(60_000, dtype=np.int64), window, np.random.default_rng(4))
    places = np.arange(60_000)
    inner = slice(window, -window)
    np.testing.assert_array_equal((places - first)[inner], (last - 1 - places)[inner])
    assert chisquare(np.bincount((places - first)[inner])[1:]).pvalue > 1e-3
    assert first.min() == 0 and last.max() == 60_000


def plain_pairs(words, first, last):
    return [(words[t], words[j]) for t in range(len(words)) for j in range(first[t], last[t]) if j != t]


def test_pairs_are_those_of_a_plain_loop():
    rng = np.random.default_rng(5)
    lines = np.sort(rng.integers(0, 60, 200))
    words = rng.integers(0, 9, 200).astype(np.int32)
    first, last = draw_windows(lines, 3, rng)
    middle, begins, contexts = pairs(words, first, last)
    assert begins[0] == 0 and begins[-1] == len(contexts) and np.all(np.diff(begins) > 0)
    assert list(zip(np.repeat(middle, np.diff(begins)), contexts, strict=True)) == plain_pairs(words, first, last)


@pytest.mark.parametrize("for_pairs", [True, False])
def test_no_pair_over_a_line_end_and_shapes_as_documented(for_pairs):
    rng = np.random.default_rng(6)
    lengths = rng.integers(0, 7, 400)
    # The words of line n are all n, so a pair of two words would be one over a line end.
    ids = np.concatenate([[*[line] * length, LINE_END] for line, length in enumerate(lengths)]).astype(np.int32)
    counts = np.maximum(lengths, 1)
    examples = draw_examples(
        ids,
        keep=np.full(400, 0.8, dtype=np.float32),
        window=5,
        noise=NoiseDistribution(counts),
        negatives=3,
        for_pairs=for_pairs,
        rng=rng,
    )
    middle = np.repeat(examples.words, np.diff(examples.begins))
    np.testing.assert_array_equal(middle, examples.contexts)
    assert len(examples.contexts) > 500
    assert examples.negatives.shape == (len(examples.contexts if for_pairs else examples.words), 3)


@pytest.mark.parametrize("ids", [[], [LINE_END], [0, LINE_END], [0, LINE_END, 1, LINE_END]])
def test_text_without_pairs_gives_no_examples(ids):
    examples = draw_examples(
        np.array(ids, dtype=np.int32),
        keep=np.ones(2, dtype=np.float32),
        window=2,
        noise=NoiseDistribution([1, 1]),
        negatives=4,
        for_pairs=True,
        rng=np.random.default_rng(0),
    )
    assert len(examples.words) == len(examples.contexts) == 0
    assert examples.negatives.shape == (0, 4)
