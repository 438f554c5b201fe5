"""The shipped verse: as large, as varied and as plain as it says."""

import re

import pytest

from week1.shakespeare.data import COURSE_CHARACTERS, find_text


@pytest.fixture(scope="module")
def verse() -> str:
    return find_text().path.read_bytes().decode("ascii")


def test_size_and_lines(verse, without_course):
    lines = [line for line in verse.split("\n") if line]
    assert len(verse) >= 40_000
    assert len(lines) == len(set(lines)), "a line stands there twice"
    assert max(map(len, lines)) <= 60
    assert not any(line != line.rstrip() for line in lines)


def test_hardly_any_five_words_come_twice(verse):
    words = re.findall(r"[a-z']+", verse.lower())
    fives = [tuple(words[place : place + 5]) for place in range(len(words) - 4)]
    assert len(set(fives)) / len(fives) >= 0.95


def test_it_needs_no_character_that_the_course_does_not_have(verse):
    assert set(verse.lower()) <= set(COURSE_CHARACTERS)
