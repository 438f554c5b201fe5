"""Texts, windows, splits and the refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from week1.shakespeare.copying import longest_copied
from week1.shakespeare.data import (
    COURSE_CHARACTERS,
    build_vocabulary,
    check_characters,
    cut_windows,
    encode,
    load_text,
    split_text,
    split_three,
)
from week1.shakespeare.network import BLANK
from week1.shakespeare.train import TrainConfig, examples

TEXT = "The owl is in the yew;\n" * 30


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("offset", [0, 2])
def test_windows_are_the_slices_and_the_targets_what_follows(stride, offset):
    ids = np.arange(60)
    windows = cut_windows(ids, length=40, stride=stride, offset=offset)
    begins = range(offset, len(ids) - 40, stride)
    assert windows.inputs.tolist() == [list(range(begin, begin + 40)) for begin in begins]
    assert windows.targets.tolist() == [begin + 40 for begin in begins]


def test_a_text_no_longer_than_a_window_is_refused(tmp_path):
    path = tmp_path / "short.txt"
    path.write_text("x" * 40)
    with pytest.raises(InputError, match="short.txt: has 40 characters.*41"):
        load_text(path)
    path.write_text("x" * 41)
    assert cut_windows(np.zeros(41, int)).targets.tolist() == [0]
    with pytest.raises(InputError, match="40 characters hold no window"):
        cut_windows(np.zeros(40, int))


@pytest.mark.parametrize(
    "script", ["Οὖλε τε καὶ μάλα χαῖρε, ", "春眠不覺曉,處處聞啼鳥。", "тиха українська ніч ", "🦉🌙 "]
)
def test_any_script(tmp_path, script):
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbf" + (script * 20).replace(" ", "\r\n").encode())
    text = load_text(path)
    vocabulary = build_vocabulary(text)
    assert "\r" not in vocabulary and text == text.lower()
    assert vocabulary.text(encode(text, vocabulary)) == text


def test_the_course_vocabulary_is_sorted_and_has_38():
    assert len(COURSE_CHARACTERS) == 38 and list(COURSE_CHARACTERS) == sorted(set(COURSE_CHARACTERS))


def test_unseen_characters_are_named():
    with pytest.raises(InputError, match=r"the start 'a é%': holds % é, which the model never saw"):
        check_characters("a é%", build_vocabulary("a b"), what="the start 'a é%'")


def test_the_split_keeps_everything_and_falls_on_an_empty_line():
    poems = "\n\n".join(f"poem {number}\n" + "la " * 20 for number in range(60))
    first, last = split_text(poems, held_out=0.1, first=41, last=41)
    assert first + last == poems and first.endswith("\n\n") and last.startswith("poem")
    assert 0.08 < len(last) / len(poems) < 0.12
    unbroken = split_text("x" * 1000, held_out=0.1, first=41, last=41)
    assert [len(part) for part in unbroken] == [900, 100]


@given(st.integers(123, 400), st.floats(0.01, 0.9))
def test_every_part_of_a_short_text_holds_a_window(length, held_out):
    parts = split_three("ab\n\n" * 100, held_out=held_out, window=40)
    assert min(map(len, parts)) > 40
    parts = split_three("x" * length, held_out=held_out, window=40)
    assert min(map(len, parts)) > 40 and "".join(parts) == "x" * length


def test_a_text_too_short_to_split_is_refused():
    with pytest.raises(InputError, match="at least 123"):
        split_three("x" * 122, held_out=0.1, window=40)


def test_examples_teach_every_character_and_blanked_windows_begin_a_line():
    vocabulary = build_vocabulary(TEXT.lower())
    ids = encode(TEXT.lower(), vocabulary)
    config = TrainConfig(blanked=1.0, missing=0.0)
    inputs, targets, weights = examples(ids, 40, config, line_end=vocabulary.ids["\n"], rng=np.random.default_rng(0))
    whole = cut_windows(ids)
    assert np.array_equal(targets[:, -1], whole.targets) and np.array_equal(targets[:, :-1], whole.inputs[:, 1:])
    blanks = (inputs == BLANK).sum(axis=1)
    for row, source, count, weight in zip(inputs, whole.inputs, blanks, weights, strict=True):
        assert source[count - 1] == vocabulary.ids["\n"] and np.array_equal(row[count:], source[count:])
        assert weight.tolist() == [0] * (count - 1) + [1] * (41 - count)
    plain, last, none = examples(ids, 40, TrainConfig(targets="last"))
    assert np.array_equal(plain, whole.inputs) and np.array_equal(last, whole.targets) and none is None


def test_missing_characters_are_that_share_and_nothing_else_changes():
    ids = encode(TEXT.lower(), build_vocabulary(TEXT.lower()))
    config = TrainConfig(blanked=0.0, missing=0.2)
    inputs, targets, weights = examples(ids, 40, config, rng=np.random.default_rng(0))
    whole = cut_windows(ids)
    missing = inputs == BLANK
    assert missing.mean() == pytest.approx(0.2, abs=0.02)
    assert np.array_equal(inputs[~missing], whole.inputs[~missing])
    assert np.array_equal(targets[:, -1], whole.targets) and (weights == 1).all()


@given(st.text("abc", max_size=30), st.text("abcd", max_size=40))
def test_the_longest_copied_passage_is_the_one_that_trying_all_finds(written, source):
    passages = {written[i:j] for i in range(len(written)) for j in range(i, len(written) + 1)} | {""}
    longest = max(len(passage) for passage in passages if passage in source)
    found = longest_copied(written, source)
    assert len(found.text) == longest
    assert written[found.place_in_written :].startswith(found.text)
    assert source[found.place_in_source :].startswith(found.text)
