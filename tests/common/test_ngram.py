import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError, MissingFileError
from common.ngram import KneserNey, tune
from common.ngram_counts import discounts_from
from common.sampling import restrict
from common.vocabulary import Vocabulary

COURSE = os.environ.get("SEQUENCE_MODELS_COURSE")
WORDS = [
    line.split() for line in ("the cat saw the dog", "the dog saw a cat", "a dog ran", "the cat ran", "dogs ran", "")
]
TEXTS = st.lists(st.text("abc", max_size=5), min_size=1, max_size=6)


class FromTheEquations:
    """Interpolated Kneser-Ney by recursion and by searching the text, nothing kept: slow, and a different program."""

    def __init__(self, sequences, order, vocabulary, discounts):
        self.lines = [["<s>", *sequence, "</s>"] for sequence in sequences]
        self.order, self.vocabulary, self.discounts = order, vocabulary, discounts

    def c(self, ngram, highest):
        """The count of the equations: occurrences, or the different tokens that were seen on the left."""
        size, left, occurrences = len(ngram), set(), 0
        for line in self.lines:
            for i in range(len(line) - size + 1):
                if line[i : i + size] == list(ngram):
                    occurrences += 1
                    left.add(line[i - 1] if i else "nothing")
        return occurrences if highest or ngram[0] == "<s>" else len(left)

    def p(self, w, h):
        k = len(h) + 1
        lower = self.p(w, h[1:]) if h else 1 / len(self.vocabulary)
        c = {v: self.c([*h, v], k == self.order) for v in self.vocabulary}
        total = sum(c.values())
        if total == 0:
            return lower
        d1, d2, d3 = self.discounts[k - 1]
        n1 = sum(1 for v in c if c[v] == 1)
        n2 = sum(1 for v in c if c[v] == 2)
        n3 = sum(1 for v in c if c[v] >= 3)
        d = 0 if c[w] == 0 else d1 if c[w] == 1 else d2 if c[w] == 2 else d3
        return max(c[w] - d, 0) / total + (d1 * n1 + d2 * n2 + d3 * n3) / total * lower

    def score(self, w, context):
        return self.p(w, ["<s>", *context][len(context) + 1 - min(self.order - 1, len(context) + 1) :])

    def counts_of_order(self, k):
        """c of every n-gram of one order that ends in a predicted token."""
        seen = {tuple(line[i - k : i]) for line in self.lines for i in range(max(k, 2), len(line) + 1)}
        return [self.c(list(ngram), k == self.order) for ngram in seen]


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(1, 4), st.booleans(), st.text("abcd", max_size=5))
def test_it_is_the_equations(texts, order, modified, context):
    model = KneserNey.fit(texts, order=order, vocabulary="abcd", modified=modified)
    reference = FromTheEquations(texts, order, model.tokens, model.discounts)
    expected = [reference.score(token, list(context)) for token in model.tokens]
    np.testing.assert_allclose(model.distribution(context), expected, rtol=1e-11)
    np.testing.assert_allclose(
        [math.exp(model.log_probability(w, context)) for w in model.tokens], expected, rtol=1e-11
    )


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(1, 4))
def test_the_discounts_come_from_the_counts_of_counts(texts, order):
    model = KneserNey.fit(texts, order=order, vocabulary="abc")
    reference = FromTheEquations(texts, order, model.tokens, model.discounts)
    for k in range(1, order + 1):
        counts = reference.counts_of_order(k)
        n = [counts.count(j) for j in range(5)]
        np.testing.assert_array_equal(model.discounts[k - 1], discounts_from(np.array(n), modified=True))


def test_words_by_hand():
    """Two sequences, "a" and "a b"; bigrams; all discounts 1/2; worked out on paper from the equations.

    Continuation counts: a 1 (after the beginning), end 2 (after a, b), b 1 (after a); together 4, for three tokens.
    gamma() = 3/2 / 4 = 3/8, so p(a) = (1/2)/4 + 3/8 * 1/3 = 1/4, p(end) = (3/2)/4 + 1/8 = 1/2, p(b) = 1/4.
    After the beginning: a twice, gamma = 1/4. After a: end and b once each, gamma = 1/2.
    After b: end once, gamma = 1/2.
    """
    model = KneserNey.fit([["a"], ["a", "b"]], order=2, discounts=0.5)
    assert model.tokens == ("</s>", "a", "b")
    np.testing.assert_allclose(model.distribution([]), [1 / 8, 3 / 4 + 1 / 16, 1 / 16], rtol=1e-15)
    np.testing.assert_allclose(model.distribution(["a"]), [1 / 4 + 1 / 4, 1 / 8, 1 / 4 + 1 / 8], rtol=1e-15)
    np.testing.assert_allclose(model.distribution(["a", "b"]), [1 / 2 + 1 / 4, 1 / 8, 1 / 8], rtol=1e-15)
    assert model.sequence_log_probability(["a", "b"]) == pytest.approx(math.log(13 / 16 * 3 / 8 * 3 / 4), rel=1e-14)
    assert model.cross_entropy([["a"], ["a", "b"]]) == pytest.approx(
        -(math.log(13 / 16 * 1 / 2) + math.log(13 / 16 * 3 / 8 * 3 / 4)) / 5, rel=1e-14
    )
    assert model.perplexity([[]]) == pytest.approx(8, rel=1e-14)


def test_the_continuation_count_and_not_the_frequency_decides_what_follows_an_unseen_context():
    """The example by which Kneser-Ney is taught: "francisco" is frequent but only ever follows "san"."""
    sentences = [["san", "francisco"]] * 9 + [[w, "glasses"] for w in ("my", "your", "reading")] + [["old"]]
    model = KneserNey.fit(sentences, order=2)
    assert model.log_probability("glasses", ["old"]) > model.log_probability("francisco", ["old"])


def test_discount_formulas():
    # n1 = 100, n2 = 50, n3 = 30, n4 = 20: Y = 1/2; D1 = 1 - 1/2; D2 = 2 - 3/2 * 3/5; D3 = 3 - 2 * 2/3.
    counts = np.array([0, 100, 50, 30, 20])
    np.testing.assert_allclose(discounts_from(counts, modified=True), [0.5, 1.1, 5 / 3], rtol=1e-15)
    np.testing.assert_allclose(discounts_from(counts, modified=False), [0.5, 0.5, 0.5], rtol=1e-15)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([0, 100, 50, 0, 20], [0.5] * 3),  # n3 = 0: the one-discount form
        ([0, 100, 10, 90, 20], [100 / 120] * 3),  # D2 would be negative
        ([0, 0, 50, 30, 20], [0.5, 1, 1.5]),  # n1 = 0
        ([0, 9, 0, 0, 0], [0.5, 1, 1.5]),  # n2 = 0: D1 would take whole counts
        ([0, 0, 0, 0, 0], [0.5, 1, 1.5]),
    ],
)
def test_discounts_on_little_data(counts, expected):
    np.testing.assert_allclose(discounts_from(np.array(counts), modified=True), expected, rtol=1e-15)


@given(TEXTS, st.integers(1, 7), st.text("abcz", max_size=8))
def test_probabilities_sum_to_one_and_none_is_zero(texts, order, context):
    model = KneserNey.fit(texts, order=order, vocabulary="abcz")
    distribution = model.distribution(context)
    assert abs(distribution.sum() - 1) < 1e-12
    assert distribution.min() > 0


def test_probabilities_sum_to_one_on_more_data():
    rng = np.random.default_rng(0)
    numbers = [rng.geometric(0.2, size=rng.integers(0, 20)).tolist() for _ in range(300)]
    model = KneserNey.fit(numbers, order=5, vocabulary=range(1, 80))
    for sequence in numbers[:50]:
        assert abs(model.distribution(sequence).sum() - 1) < 1e-12


def test_all_sequences_together_have_probability_one():
    """Summed over every sequence up to a length, the mass left is that of the longer ones."""
    model = KneserNey.fit(["ab", "b", "ba"], order=3)
    mass, prefixes = 0.0, [""]
    for _ in range(6):
        mass += sum(math.exp(model.sequence_log_probability(text)) for text in prefixes)
        prefixes = [text + letter for text in prefixes for letter in "ab"]
    rest = sum(
        math.exp(sum(model.log_probability(letter, text[:i]) for i, letter in enumerate(text))) for text in prefixes
    )
    assert mass + rest == pytest.approx(1, abs=1e-12)


def test_the_ways_to_score_agree():
    model = KneserNey.fit(WORDS, order=3)
    sentence = ["the", "dog", "ran"]
    steps = [model.log_probability(w, sentence[:i]) for i, w in enumerate([*sentence, model.end])]
    np.testing.assert_allclose(model.token_log_probabilities(sentence), steps, rtol=1e-14)
    assert model.sequence_log_probability(sentence) == pytest.approx(sum(steps), rel=1e-14)
    mean = (sum(steps) + model.sequence_log_probability([])) / -5
    assert model.cross_entropy([sentence, []]) == pytest.approx(mean, rel=1e-14)
    assert model.perplexity([sentence, []]) == pytest.approx(math.exp(mean), rel=1e-14)


def test_a_vocabulary_sets_the_order_of_the_distribution():
    names = ["ab", "b"]
    vocabulary = Vocabulary.build(names, end="\n")
    model = KneserNey.fit(names, vocabulary=vocabulary, end="\n")
    assert model.tokens == vocabulary.tokens == ("\n", "a", "b")
    assert KneserNey.fit([["b", 1]], vocabulary=None).tokens == ("</s>", "b", 1)


def test_unknown_tokens():
    model = KneserNey.fit(WORDS, order=3, vocabulary=["the", "dog"], unknown="<unk>")
    assert set(model.tokens) == {"</s>", "<unk>", "the", "dog"}
    assert model.log_probability("emu", ["the", "gnu"]) == model.log_probability("<unk>", ["the", "<unk>"])
    with pytest.raises(InputError, match="'emu'"):
        KneserNey.fit(WORDS).log_probability("emu", ["the"])
    with pytest.raises(InputError, match="'emu'"):
        KneserNey.fit(WORDS).log_probability("the", ["emu"])


def test_an_order_beyond_the_longest_sequence_changes_nothing_below():
    model = KneserNey.fit(["ab"], order=9)
    assert abs(model.distribution("ab").sum() - 1) < 1e-12
    assert KneserNey.fit([""], order=1).tokens == ("</s>",)
    assert KneserNey.fit([""], order=4).sequence_log_probability("") == pytest.approx(0)


def test_more_training_text_of_the_same_kind_helps():
    rng = np.random.default_rng(5)
    texts = ["".join(rng.choice(list("aab"), size=8)).replace("ab", "abc") for _ in range(400)]
    entropies = [KneserNey.fit(texts[:n], order=3, vocabulary="abc").cross_entropy(texts[300:]) for n in (3, 30, 300)]
    assert entropies == sorted(entropies, reverse=True)


def test_samples_follow_the_distribution():
    model = KneserNey.fit(["ab", "b", "ba"], order=2)
    rng = np.random.default_rng(0)
    drawn = ["".join(model.sample(rng)) for _ in range(4000)]
    for text in ("", "b", "ab"):
        assert drawn.count(text) / 4000 == pytest.approx(math.exp(model.sequence_log_probability(text)), abs=0.03)


def test_sampling_options():
    model = KneserNey.fit(["abc", "abc", "b"], order=3)
    assert model.sample(np.random.default_rng(0), temperature=0) == ["a", "b", "c"]
    assert model.sample(np.random.default_rng(0), prefix="ab", top_k=1) == ["a", "b", "c"]
    assert len(model.sample(np.random.default_rng(0), prefix="abcabc", maximum_length=3)) == 6
    seeded = [model.sample(np.random.default_rng(7), temperature=2.0, top_p=0.9) for _ in range(2)]
    assert seeded[0] == seeded[1]
    # The first drawn token is the one that the cumulative distribution gives for the first uniform number.
    p = np.exp(restrict(np.log(model.distribution())))
    first = np.random.default_rng(3).choice(len(p), p=p)
    assert model.sample(np.random.default_rng(3), maximum_length=1) == [model.tokens[first]][: int(first != 0)]


def test_saving_and_loading(tmp_path):
    model = KneserNey.fit(WORDS, order=3, unknown="<unk>", discount_scale=0.8)
    loaded = KneserNey.load(model.save(tmp_path / "model.json"))
    assert (loaded.order, loaded.tokens, loaded.end, loaded.unknown) == (3, model.tokens, "</s>", "<unk>")
    np.testing.assert_array_equal(loaded.discounts, model.discounts)
    for sentence in (*WORDS, ["emu", "the"]):
        assert loaded.sequence_log_probability(sentence) == model.sequence_log_probability(sentence)


def test_whole_numbers_stay_whole_numbers(tmp_path):
    model = KneserNey.fit([[3, 1, 2], [3]], order=2, end=0)
    assert KneserNey.load(model.save(tmp_path / "model.json")).tokens == (0, 1, 2, 3)


def test_tokens_that_json_has_not_are_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be saved"):
        KneserNey.fit([[(1, 2)]]).save(tmp_path / "model.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"format": "another"}, {"order": 0}, {"order": 10**9}, {"order": "2"}, {"order": 1}, {"tokens": []},
        {"tokens": ["a", "a", "a", "a"]}, {"tokens": [["a"]]}, {"end": 99}, {"end": "a"}, {"unknown": 99},
        {"discounts": None}, {"discounts": [[1, 2]]}, {"discounts": [[9, 9, 9]] * 2}, {"discounts": "x"},
        {"ngrams": []}, {"ngrams": None}, {"ngrams": [[0, 1, 2, 1]]}, {"ngrams": [[1, 1]]}, {"ngrams": [[0, 99, 1]]},
        {"ngrams": [[0, -1, 1]]}, {"ngrams": [[0, 1, 0]]}, {"ngrams": [[0, 1, 0.5]]}, {"ngrams": [[-1, 1]]},
        {"ngrams": [[0, 1, 10**30]]}, {"ngrams": [[]]}, {"ngrams": [[3]]}, {"ngrams": [3]}, {"ngrams": {"a": 1}},
    ],
)  # fmt: skip
def test_a_damaged_file_is_named(tmp_path, change):
    path = KneserNey.fit(["ab", "b"], order=2).save(tmp_path / "damaged.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=r"damaged\.json"):
        KneserNey.load(path)


def test_a_file_that_is_no_model_is_named(tmp_path):
    path = tmp_path / "other.json"
    for content in (b"", b"[]", b"{}", b"null", b"\x00\xff", b'{"format": "sequence-models kneser-ney 1"}'):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"other\.json"):
            KneserNey.load(path)
    with pytest.raises(MissingFileError, match=r"absent\.json"):
        KneserNey.load(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sequences": []}, "no sequences"), ({"sequences": "abc"}, "list of sequences"),
        ({"order": 0}, "order"), ({"order": 2.5}, "order"), ({"order": True}, "order"), ({"order": 101}, "order"),
        ({"vocabulary": "b"}, "'a'"), ({"vocabulary": "abb"}, "twice"), ({"end": "a"}, "marks the end"),
        ({"discounts": [0.5, 1]}, "shape"), ({"discounts": 0}, "above 0"), ({"discounts": [1, 1, 3.1]}, "above 0"),
        ({"discounts": math.nan}, "above 0"), ({"discount_scale": 0}, "scale"), ({"discount_scale": math.nan}, "scale"),
    ],
)  # fmt: skip
def test_nonsense_is_refused(arguments, message):
    options = {"sequences": ["ab"], **arguments}
    with pytest.raises(InputError, match=message):
        KneserNey.fit(options.pop("sequences"), **options)


def test_tuning_takes_the_best_of_what_it_tried():
    train, held_out = WORDS[:3], WORDS[3:5]
    vocabulary = sorted({word for sentence in WORDS for word in sentence})
    tuning = tune(train, held_out, orders=(1, 2, 3), scales=(0.5, 1.0), vocabulary=vocabulary, modified=False)
    assert set(tuning.table) == {(order, scale) for order in (1, 2, 3) for scale in (0.5, 1.0)}
    assert tuning.cross_entropy == min(tuning.table.values())
    for (order, scale), entropy in tuning.table.items():
        model = KneserNey.fit(train, order=order, discount_scale=scale, vocabulary=vocabulary, modified=False)
        assert model.cross_entropy(held_out) == pytest.approx(entropy, rel=1e-14)
    assert tuning.table[tuning.order, tuning.discount_scale] == tuning.cross_entropy
    with pytest.raises(InputError, match="nothing to tune"):
        tune(train, held_out, orders=(), vocabulary=vocabulary)


@pytest.mark.course
@pytest.mark.skipif(not COURSE, reason="needs the course's dinos.txt (SEQUENCE_MODELS_COURSE)")
def test_the_dinosaur_names_reach_the_known_cross_entropy():
    text = (Path(COURSE) / "W1A2" / "dinos.txt").read_text(encoding="utf-8")
    names = np.array(sorted({line.strip().lower() for line in text.splitlines() if line.strip()}))
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    order = np.random.default_rng(0).permutation(len(names))
    test, rest = names[order[: len(names) // 10]].tolist(), names[order[len(names) // 10 :]].tolist()
    tuning = tune(rest[len(rest) // 10 :], rest[: len(rest) // 10], vocabulary=letters)
    model = KneserNey.fit(rest, order=tuning.order, discount_scale=tuning.discount_scale, vocabulary=letters)
    assert 1.50 < model.cross_entropy(test) < 1.60
