"""Files of sentences with any labels: names of columns, names of classes, forms that an assignment brings."""

import pytest

from common.errors import InputError
from common.sentence_classifier.classes import ClassTable
from common.sentence_classifier.labelled import LabelForm, is_whole, load_sentences


def write(folder, content):
    path = folder / "mine.csv"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", ["text", "Review", "sentence", "phrase"])
@pytest.mark.parametrize("label", ["label", "Stars", "rating", "sentiment", "emoji", "class"])
def test_columns_are_found_by_their_usual_names(tmp_path, text, label):
    data = load_sentences(write(tmp_path, f"id,{label},{text}\n1,yes,fine\n2,no,bad\n3,yes,good\n"))
    assert data.sentences == ("fine", "bad", "good") and data.table.names == ["yes", "no"]
    assert data.labels.tolist() == [0, 1, 0]


def test_a_form_says_how_labels_are_read(tmp_path):
    form = LabelForm(lambda written: ClassTable.of_labels(sorted(set(written))), plain=lambda one: one.strip("!"))
    data = load_sentences(write(tmp_path, "one,b\ntwo,a!!\nthree,a\n"), table=ClassTable.of_labels("ab"), form=form)
    assert data.labels.tolist() == [1, 0, 0]


def test_a_number_is_the_number_of_a_class_only_where_classes_are_counted(tmp_path):
    path, table = write(tmp_path, "one,a\ntwo,1\n"), ClassTable.of_labels("ab")
    assert load_sentences(path, table=table, form=LabelForm(counted=True)).labels.tolist() == [0, 1]
    with pytest.raises(InputError, match=r"line 2 has the label '1', which is none of a, b; correct it"):
        load_sentences(path, table=table)


def test_many_classes_are_not_all_listed(tmp_path):
    table = ClassTable.of_labels("abcdefghijkl")
    with pytest.raises(InputError, match=r"none of a, b, c, d, e, f, g, h and 4 more;"):
        load_sentences(write(tmp_path, "one,z\n"), table=table)


def test_whole_numbers():
    assert [is_whole(text) for text in ("3", " -1 ", "4.0", "4.5", "", "x")] == [True, True, True, False, False, False]


def test_how_long_a_sentence_may_be_is_the_form_s(tmp_path):
    path = write(tmp_path, "a " * 1500 + ",x\nshort,y\n")
    assert len(load_sentences(path, form=LabelForm(most_characters=3000))) == 2
    with pytest.raises(InputError, match="line 1 has a cell of 3,000 characters, and at most 2,000 are read"):
        load_sentences(path)
