"""Text to sentences, tokens, batches; vocabulary; spelling; splits; refusals."""

import gzip
import math

import numpy as np
import pytest

from common.errors import InputError
from common.ngram import KneserNey
from common.vocabulary import Vocabulary
from week1.language_models.data import (
    batches,
    build_vocabulary,
    characters_in,
    encode,
    load_text,
    pad,
    paragraphs_of,
    plain,
    rare_words,
    split,
    tokens_of,
)
from week1.language_models.spelling import CODE_POINTS, Speller

TEXT = "Cats sleep, don't they? The cat sat.\n\nDogs bark! Dogs run.\n"


def test_a_sentence_ends_at_its_mark_and_at_the_line_end():
    assert plain("Cats sleep,  DON\u2019T they?") == "cats sleep don't they"
    assert paragraphs_of(TEXT) == [["cats sleep don't they", "the cat sat"], ["dogs bark", "dogs run"]]
    assert paragraphs_of("μῆνιν ἄειδε\nθεά") == [["μῆνιν ἄειδε"], ["θεά"]]
    assert paragraphs_of("one two three.\nfour five.\nsix", words=4) == [["one two three"], ["four five"]]


def test_a_text_without_full_stops_is_cut_into_pieces():
    words = [f"word{number}" for number in range(450)]
    (pieces,) = paragraphs_of(" ".join(words))
    assert [len(piece.split()) for piece in pieces] == [200, 200, 50] and " ".join(pieces).split() == words
    assert [len(part) for part in split(" ".join(words))] == [1, 1, 1]


def test_both_levels_spell_the_same_string():
    sentence = "the cat sat"
    assert " ".join(tokens_of(sentence, "word")) == "".join(tokens_of(sentence, "character")) == sentence
    assert characters_in([sentence, "a"]) == 12 + 2


def test_split_keeps_lines_together_loses_nothing_and_is_the_same_always():
    text = "\n".join(f"line {number} begins. line {number} ends." for number in range(50))
    parts = split(text)
    assert [len(part) for part in parts] == [80, 10, 10]
    everything = [sentence for part in parts for sentence in part]
    assert len(set(everything)) == 100
    for part in parts:
        assert {one.split()[1] for one in part if one.endswith("begins")} == {one.split()[1] for one in part}
    assert parts == split(text)


@pytest.mark.parametrize("text", ["", "...\n!!!\n", "one.", "one. two."])
def test_a_text_with_too_few_sentences_is_refused(text):
    with pytest.raises(InputError, match="sentences with words"):
        split(text, what="here.txt")


def test_words_seen_once_are_unknown_ones_and_characters_are_kept():
    sentences = ["the cat sat", "the cat ran", "the dog ran"]
    vocabulary = build_vocabulary(sentences, "word")
    assert vocabulary.tokens == ("<unk>", "</s>", "the", "cat", "ran")
    assert rare_words(sentences, vocabulary) == ["dog", "sat"]
    assert vocabulary.decode(encode(["the dog ran"], vocabulary, "word")[0]) == ["the", "<unk>", "ran", "</s>"]
    assert set(build_vocabulary(sentences, "character")) == {"<unk>", "</s>", *"thecasrndog "}
    with pytest.raises(InputError, match="no word occurs 2 times"):
        build_vocabulary(["one", "two"], "word")


def test_a_batch_begins_with_the_end_mark_and_is_padded():
    batch = pad([np.array([5, 6, 1]), np.array([7, 1])], 1)
    assert batch.inputs.tolist() == [[1, 5, 6], [1, 7, 1]]
    assert batch.targets.tolist() == [[5, 6, 1], [7, 1, 1]]
    assert batch.mask.tolist() == [[1, 1, 1], [1, 1, 0]]


def test_batches_hold_every_sentence_once_and_little_padding():
    rng = np.random.default_rng(0)
    ids = [np.append(np.full(length, number + 2), 1) for number, length in enumerate(rng.integers(1, 40, 200))]
    made = list(batches(ids, 16, 1, rng=np.random.default_rng(3)))
    assert sorted(row[0] for one in made for row in one.targets) == list(range(2, 202))
    assert sum(one.mask.sum() for one in made) / sum(one.mask.size for one in made) > 0.85
    again = list(batches(ids, 16, 1, rng=np.random.default_rng(3)))
    assert all(np.array_equal(one.inputs, other.inputs) for one, other in zip(made, again, strict=True))
    other = list(batches(ids, 16, 1, rng=np.random.default_rng(4)))
    assert any(not np.array_equal(one.targets[:, 0], two.targets[:, 0]) for one, two in zip(made, other, strict=True))


def test_packed_text_is_read_and_damaged_packages_are_refused(tmp_path):
    path = tmp_path / "text.gz"
    path.write_bytes(gzip.compress("ä b\r\nc".encode()))
    assert load_text(path) == "ä b\nc"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match=r"text\.gz: is no whole gzip file"):
        load_text(path)
    path.write_bytes(gzip.compress(b"\xff\xfe\x00"))
    with pytest.raises(InputError, match=r"text\.gz: holds no UTF-8"):
        load_text(path)
    binary = tmp_path / "picture.txt"
    binary.write_bytes(b"\x00\x01\x02")
    with pytest.raises(InputError, match=r"picture\.txt: is a binary file"):
        load_text(binary)


def test_an_unknown_word_costs_its_spelling():
    """Against the n-gram it is made of; and no more than 1 in all over short strings."""
    words = ["brook", "book", "boot"]
    speller = Speller("word", words)
    alphabet = sorted(set("abcdefghijklmnopqrstuvwxyz"))
    oracle = KneserNey.fit(words, order=4, vocabulary=alphabet, unknown="\ufffd")
    assert speller.nats("broot") == pytest.approx(-oracle.sequence_log_probability("broot"))
    assert speller.nats("boot") < speller.nats("zyxw")
    assert speller.nats("brö") > math.log(CODE_POINTS)
    total = sum(
        math.exp(-speller.nats(one + two)) for one in ["", *alphabet] for two in ["", *alphabet] if one or not two
    )
    assert 0 < total < 1
    assert Speller("character").nats("ö") == math.log(CODE_POINTS)
    assert Speller("word", []).nats("ab") > 0


def test_the_vocabulary_that_the_ngram_shares_has_the_same_unknown_and_end():
    vocabulary = build_vocabulary(["a a b b"], "word")
    ngram = KneserNey.fit([["a", "c"]], vocabulary=vocabulary, end=vocabulary.end, unknown=vocabulary.unknown, order=2)
    assert isinstance(vocabulary, Vocabulary) and ngram.tokens == vocabulary.tokens
