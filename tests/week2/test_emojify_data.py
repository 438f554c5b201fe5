"""Files of labelled sentences: the ways people write them, and what is refused with its line."""

import csv

import numpy as np
import pytest

from common.errors import InputError
from common.sentence_classifier.classes import ClassTable, LabelClass, read_table
from common.sentence_classifier.labelled import LabelledSentences, load_texts, split_places
from week2.emojify.data import load_sentences
from week2.emojify.emoji_table import course_table


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


PLAIN = [["I love you", 0], ["play ball, now", 1], ["we eat", 4]]


@pytest.mark.parametrize(
    "content",
    [
        'I love you,0\n"play ball, now",1\nwe eat,4\n',
        'sentence,label\nI love you,0\n"play ball, now",1\nwe eat,4',
        '\ufeffsentence,label,kind\nI love you,0,plain\n"play ball, now",1,order\nwe eat,4,plain\n',
        'I love you,0\r\n"play ball, now",1\r\nwe eat,4\r\n',
        'I love you,0,, [3]\n"play ball, now",1,,\n\n,,,\nwe eat,4,,\n',
        'Label,Text\n0,I love you\n1,"play ball, now"\n4,we eat\n',
        "sentence;label\nI love you;0\nplay ball, now;1\nwe eat;4\n",
        "sentence\tlabel\nI love you\t0\nplay ball, now\t1\nwe eat\t4\n",
        'I love you,❤\n"play ball, now",⚾\nwe eat,🍴\n',
        'I love you,heart\n"play ball, now",Baseball\nwe eat, fork and knife\n',
        'I love you,0.0\n"play ball, now",1.0\nwe eat,4.0\n',
    ],
)
def test_every_usual_way_to_write_it_reads_the_same(tmp_path, content):
    data = load_sentences(write(tmp_path / "mine.csv", content))
    assert [[text, label] for text, label in zip(data.sentences, data.labels.tolist(), strict=True)] == PLAIN
    assert data.table == course_table() and data.labels.dtype == np.int64


def test_sentences_keep_their_outer_spaces_and_a_quoted_tab(tmp_path):
    data = load_sentences(write(tmp_path / "mine.csv", '"I want to eat\t",4\r\ntoo long ,3\r\n'))
    assert data.sentences == ("I want to eat\t", "too long ")


def test_python_s_own_csv_writer_is_read_back(tmp_path):
    rows = [['she said "no", twice', "3"], ["two\nlines", "2"], ["a;b", "0"]]
    with open(tmp_path / "mine.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    data = load_sentences(tmp_path / "mine.csv")
    assert list(data.sentences) == [row[0] for row in rows] and data.labels.tolist() == [3, 2, 0]


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("good,2\nbad,9\n", 2, "the label 9, and labels go from 0 to 4"),
        ("good,2\nbad,-1\n", 2, "the label -1"),
        ("good,2\nbad,1.5\n", 2, "'1.5', which is no whole number"),
        ("good,2\nbad,sad\n", 2, "'sad'"),
        ("good,2\n,1\n", 2, "an empty sentence"),
        ("good,2\n  ,1\n", 2, "an empty sentence"),
        ("good,2\nbad,\n", 2, "an empty label"),
        ("good,2\n\nbad\n", 3, "no label"),
        ("sentence,label\ngood,2\nbad\n", 3, "no label"),
        ("text,number\ngood,2\n", 1, "without a column 'label'"),
        ("good,2\ncaf\xe9,4\n".encode("latin-1"), 2, "not UTF-8"),
        ("good,2\nbad,3\n".encode("utf-16"), 1, "UTF-16"),
        ("good,2\nb\0ad,3\n", 2, "NUL"),
        ("good,2\n" + "x" * 1_000_000 + ",3\n", 2, "at most 2,000"),
        ("good,2\n" + "x" * 3_000 + ",3\n", 2, "3,000 characters"),
        ('good,2\n"bad,3\nworse,3\n', 2, "a quote in it does not close"),
        ('good,2\n"bad" really,3\n', 2, "not CSV"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, content, line, what):
    path = write(tmp_path / "mine.csv", content)
    with pytest.raises(InputError) as caught:
        load_sentences(path)
    sentence = str(caught.value)
    assert sentence.startswith(str(path)) and f"line {line} " in sentence and what in sentence
    assert "\n" not in sentence and len(sentence) < 400


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "empty"),
        ("\n\n,,\n", "holds no sentences"),
        ("sentence,label\n", "holds no sentences"),
        ("one,happy\ntwo,happy\n", "at least two"),
    ],
)
def test_files_without_anything_to_learn(tmp_path, content, what):
    with pytest.raises(InputError, match=what):
        load_sentences(write(tmp_path / "mine.csv", content))


def test_a_file_s_own_labels_become_the_classes_in_the_order_of_their_coming(tmp_path):
    data = load_sentences(write(tmp_path / "mine.csv", "la la,🎵\nshine,☀️\nsing,🎵\nsunny,☀\n"))
    assert [entry.symbol for entry in data.table.entries] == ["🎵", "☀️"]
    assert data.labels.tolist() == [0, 1, 0, 1]


def test_a_table_of_one_s_own(tmp_path):
    table = read_table(write(tmp_path / "emoji.txt", "🎵,music\n\n☀️ , sun\n🏠\n"))
    assert table.names == ["music", "sun", "🏠"]
    data = load_sentences(write(tmp_path / "mine.csv", "la la,0\nshine,sun\nhome,🏠\n"), table=table)
    assert data.labels.tolist() == [0, 1, 2]
    with pytest.raises(InputError, match="line 1 has the label 3, and labels go from 0 to 2"):
        load_sentences(write(tmp_path / "bad.csv", "la la,3\n"), table=table)
    assert ClassTable.from_list(table.to_list()) == table
    assert str(table[0]) == "🎵 (music)" and str(table[2]) == "🏠"


@pytest.mark.parametrize("content", ["🎵,music,loud\n", ",music\n", "🎵,music\n", "🎵,a\n☀,a\n", "🎵,a\n🎵,b\n"])
def test_tables_that_are_none(tmp_path, content):
    path = write(tmp_path / "emoji.txt", content)
    with pytest.raises(InputError, match="emoji.txt"):
        read_table(path)


def test_sentences_without_labels(tmp_path):
    lines = write(tmp_path / "mine.txt", "first one, here\n\n second \n")
    assert load_texts(lines) == ["first one, here", "second"]
    table = write(tmp_path / "mine.csv", 'label,sentence\n1,"first one, here"\n2,second\n')
    assert load_texts(table) == ["first one, here", "second"]
    assert load_texts(write(tmp_path / "bare.csv", "first,1\nsecond,2\n")) == ["first", "second"]


def test_a_split_takes_the_same_share_of_every_class():
    labels = np.repeat([0, 1, 2], [40, 20, 1])
    table = ClassTable(LabelClass(name, name) for name in "abc")
    data = LabelledSentences(tuple(map(str, range(61))), labels, ("",) * 61, table)
    held = split_places(data, share=0.25, seed=3)
    assert np.bincount(labels[held], minlength=3).tolist() == [10, 5, 0]
    assert np.array_equal(held, split_places(data, share=0.25, seed=3))
    assert not np.array_equal(held, split_places(data, share=0.25, seed=4))
    part = data.take(held)
    assert part.sentences == tuple(str(place) for place in held) and np.array_equal(part.labels, labels[held])
