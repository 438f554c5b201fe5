import math

import numpy as np
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from common.bleu import (
    SMOOTHINGS,
    Bleu,
    BleuSettings,
    bleu_of,
    bleu_statistics,
    brevity_penalty,
    corpus_bleu,
    sentence_bleu,
)
from common.errors import InputError

WORDS = ["the", "cat", "is", "on", "a", "mat", "there", "."]


def peer(settings, tokenize="none"):
    return sacrebleu.BLEU(
        tokenize=tokenize,
        force=True,
        smooth_method=settings.smoothing,
        smooth_value=settings.value,
        max_ngram_order=settings.order,
        effective_order=settings.effective_order,
    )


def draw_corpus(rng, *, sentences, vocabulary=8, longest=14, most_references=3):
    """Hypotheses that share a good part of their n-grams with the references; some are empty, short or unrelated."""

    def sentence():
        return [WORDS[i] for i in rng.integers(0, vocabulary, rng.integers(0, longest + 1))]

    def spoiled(tokens):
        kept = [token if rng.random() < 0.8 else WORDS[rng.integers(vocabulary)] for token in tokens]
        return kept[rng.integers(0, 3) :] if rng.random() < 0.5 else kept

    references = [[sentence() for _ in range(rng.integers(1, most_references + 1))] for _ in range(sentences)]
    hypotheses = [spoiled(group[0]) if rng.random() < 0.9 else sentence() for group in references]
    return [" ".join(one) for one in hypotheses], [[" ".join(one) for one in group] for group in references]


def draw_settings(rng):
    smoothing = SMOOTHINGS[rng.integers(len(SMOOTHINGS))]
    value = float(rng.choice([0.01, 0.5, 1.0, 2.0])) if smoothing in ("floor", "add-k") and rng.random() < 0.5 else None
    return BleuSettings(int(rng.integers(1, 7)), smoothing, value, bool(rng.random() < 0.5))


def check_against_peer(ours: Bleu, theirs):
    assert ours.score == pytest.approx(theirs.score, abs=1e-6)
    assert ours.precisions == pytest.approx(theirs.precisions, abs=1e-6)
    assert ours.brevity_penalty == pytest.approx(theirs.bp, abs=1e-9)
    assert (ours.statistics.length, ours.statistics.reference_length) == (theirs.sys_len, theirs.ref_len)


def test_thousands_of_corpora_score_as_with_sacrebleu():
    rng = np.random.default_rng(0)
    scores = []
    for _ in range(1500):
        hypotheses, references = draw_corpus(rng, sentences=int(rng.integers(1, 6)))
        settings = draw_settings(rng)
        ours = corpus_bleu(hypotheses, references, settings)
        streams = [
            [group[i] if i < len(group) else None for group in references] for i in range(max(map(len, references)))
        ]
        check_against_peer(ours, peer(settings).corpus_score(hypotheses, streams))
        scores.append(ours.score)
    assert sum(score > 0 for score in scores) > 900, "most of the cases must have something to compare"


def test_thousands_of_sentences_score_as_with_sacrebleu():
    rng = np.random.default_rng(1)
    for _ in range(2500):
        (hypothesis,), (references,) = draw_corpus(rng, sentences=1)
        settings = draw_settings(rng)
        check_against_peer(
            sentence_bleu(hypothesis, references, settings), peer(settings).sentence_score(hypothesis, references)
        )


def test_characters_as_tokens_score_as_with_sacrebleu():
    rng, settings = np.random.default_rng(2), BleuSettings(tokens="characters")
    for _ in range(100):
        hypotheses, references = draw_corpus(rng, sentences=2, most_references=1)
        theirs = peer(settings, "char").corpus_score(hypotheses, [[group[0] for group in references]])
        assert corpus_bleu(hypotheses, references, settings).score == pytest.approx(theirs.score, abs=1e-6)


def test_the_papers_examples():
    # Papineni et al. 2002, section 2.1: example 2, and the two candidates of example 1.
    clipped = bleu_statistics(
        "the the the the the the the", ["the cat is on the mat", "there is a cat on the mat"], BleuSettings(order=1)
    )
    assert (clipped.matches, clipped.ngrams) == ((2,), (7,))
    references = [
        "It is a guide to action that ensures that the military will forever heed Party commands",
        "It is the guiding principle which guarantees the military forces always being under the command of the Party",
        "It is the practical guide for the army always to heed the directions of the party",
    ]
    first = "It is a guide to action which ensures that the military always obeys the commands of the party"
    second = "It is to insure the troops forever hearing the activity guidebook that party direct"
    assert bleu_statistics(first, references, BleuSettings(order=2)).matches == (17, 10)
    assert bleu_statistics(second, references, BleuSettings(order=2)).matches == (8, 1)


TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12)


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_a_corpus_against_itself_is_perfect(sentences):
    found = corpus_bleu(sentences, [[one] for one in sentences], BleuSettings(effective_order=True))
    assert found.score == pytest.approx(100)
    assert found.brevity_penalty == 1


@given(TEXT, TEXT, TEXT)
def test_another_reference_never_lowers_the_clipped_matches(hypothesis, reference, another):
    one = bleu_statistics(hypothesis, [reference], BleuSettings())
    two = bleu_statistics(hypothesis, [reference, another], BleuSettings())
    assert all(more >= less for more, less in zip(two.matches, one.matches, strict=True))


def test_a_corpus_score_comes_from_summed_statistics():
    pairs = [("the cat is on the mat", "the cat is on a mat"), ("there is a mat .", "there is a mat .")]
    settings = BleuSettings()
    summed = bleu_statistics(*pairs[0], settings) + bleu_statistics(*pairs[1], settings)
    assert corpus_bleu(*zip(*pairs, strict=True)) == bleu_of(summed, settings)
    mean = np.mean([sentence_bleu(*pair, settings).score for pair in pairs])
    assert corpus_bleu(*zip(*pairs, strict=True)).score != pytest.approx(mean)


def test_the_brevity_penalty():
    assert brevity_penalty(10, 10) == brevity_penalty(12, 10) == brevity_penalty(0, 0) == 1
    assert brevity_penalty(5, 10) == pytest.approx(math.exp(-1))
    assert brevity_penalty(0, 10) == 0


def test_words_split_punctuation_off():
    split = BleuSettings(tokens="words")
    assert bleu_statistics("3. Mai", ["3 . Mai"], split) == bleu_statistics("3 . Mai", "3 . Mai", BleuSettings())


def test_a_score_carries_and_prints_its_parts():
    found = corpus_bleu(["the cat is on the mat"], ["the cat is on a mat ."], BleuSettings(smoothing="exp"))
    assert found.statistics.matches == (5, 3, 2, 1)
    assert float(found) == found.score
    text = str(found)
    for part in (f"{found.score:.2f}", "83.3/60.0/50.0/33.3", "0.846", "6 tokens for 7", "exp", "4-grams", "spaces"):
        assert part in text


def test_lists_of_tokens_need_no_cutting():
    tokens = [["a b", "c"], ["d"]]
    assert corpus_bleu(tokens, [[one] for one in tokens]).statistics.ngrams[0] == 3


@pytest.mark.parametrize(
    ("hypotheses", "references", "message"),
    [
        (["a", "b"], ["a"], "2 hypotheses and 1 references"),
        (["a"], [], "1 hypotheses and 0 references"),
        ([], [], "no hypotheses"),
        (["a"], [[]], "no reference"),
        ("a text", "a text", "one text"),
        ([["a", "b"]], [["a", "b"]], "tokens together"),
        (["a b"], [[["a", "b"]]], "tokens together"),
    ],
)
def test_what_does_not_fit_together_is_refused(hypotheses, references, message):
    with pytest.raises(InputError, match=message):
        corpus_bleu(hypotheses, references)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": 0}, "order"), ({"order": 2.5}, "order"), ({"smoothing": "chen"}, "smoothing"),
        ({"value": 1.0}, "value"), ({"smoothing": "exp", "value": 1.0}, "value"), ({"tokens": "13a"}, "tokens"),
        ({"smoothing": "floor", "value": 0.0}, "value"), ({"smoothing": "add-k", "value": math.nan}, "value"),
    ],
)  # fmt: skip
def test_nonsense_settings_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        BleuSettings(**options)
