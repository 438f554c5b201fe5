"""Sentences into words of a vocabulary: case, punctuation, apostrophes, hyphens, endings, emoji."""

import pytest

from common.sentence_classifier.reading import Reader

VOCABULARY = {
    "i", "do", "n't", "not", "ca", "can", "will", "is", "it", "'s", "'m", "am", "are", "ice", "cream", "email", "cake",
    "bake", "hop", "cry", "like", "box", "city", "john", "happy", "eat", "ball", "glass", "don", "salt", "pepper",
    "u.s.",
}  # fmt: skip


def words(sentence, vocabulary=frozenset(VOCABULARY)):
    return list(Reader(vocabulary).read(sentence).words)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("I EAT Cake", ["i", "eat", "cake"]),
        ("Happy, (happy) happy!!! -- 'happy'", ["happy"] * 4),
        ("salt/pepper", ["salt", "pepper"]),
        ("the U.S.", ["u.s."]),
        ("I'm", ["i", "'m"]),
        ("don't", ["do", "n't"]),
        ("Don\u2019t", ["do", "n't"]),
        ("can't", ["ca", "n't"]),
        ("cannot", ["can", "not"]),
        ("it's", ["it", "'s"]),
        ("John's", ["john", "'s"]),
        ("ice-cream", ["ice", "cream"]),
        ("E-mail", ["email"]),
        ("cakes boxes cities", ["cake", "box", "city"]),
        ("baking baked", ["bake", "bake"]),
        ("hopping hopped hops", ["hop", "hop", "hop"]),
        ("cried cries crying", ["cry", "cry", "cry"]),
        ("glass", ["glass"]),
        ("", []),
        ("... !? -", []),
    ],
)
def test_how_words_are_found(sentence, expected):
    assert words(sentence) == expected


def test_the_word_itself_comes_before_any_other_way():
    assert words("don't", VOCABULARY | {"don't"}) == ["don't"]
    assert words("cakes", VOCABULARY | {"cakes"}) == ["cakes"]
    assert words("ICE", VOCABULARY | {"ICE"}) == ["ICE"]


def test_a_negation_is_never_lost():
    """Whatever way the vocabulary writes it, "not" must not become its opposite."""
    assert words("don't", VOCABULARY - {"n't"}) == ["do", "not"]
    assert words("can't", VOCABULARY - {"n't"}) == ["can", "not"]
    assert words("won't", VOCABULARY - {"n't"}) == ["will", "not"]
    assert words("won't", {"wont"}) == ["wont"]
    assert words("hadn't", {"not", "x"}) == ["not"]
    assert words("hadn't", {"had"}) == []


def test_unknown_words_are_told_as_they_were_written():
    reading = Reader(VOCABULARY).read("Eat Xyzzy-Plugh, plover!")
    assert reading.unknown == ("Xyzzy-Plugh", "plover") and reading.words == ("eat",)
    assert [piece.text for piece in reading.pieces] == ["Eat", "Xyzzy-Plugh", "plover"]


@pytest.mark.parametrize("emoji", ["😄", "❤️", "👍🏽", "👩‍👧", "⚾"])
def test_emoji_are_set_aside(emoji):
    reading = Reader(VOCABULARY).read(f"eat{emoji}cake {emoji}")
    assert reading.words == ("eat", "cake") and reading.unknown == ()
    assert len(reading.emoji) >= 2


def test_short_stems_are_not_guessed():
    assert words("bed is sing", {"b", "s", "is"}) == ["is"]


def test_any_mapping_is_a_vocabulary():
    assert list(Reader({"eat": 1.0}).read("eating").words) == ["eat"]
