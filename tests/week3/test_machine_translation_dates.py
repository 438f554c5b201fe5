"""Dates as text: the course's formats and vocabularies, days held out, slips, what a text says by rule."""

import datetime
import subprocess
import sys

import numpy as np
import pytest
from babel.dates import format_date

from common.errors import InputError
from week3.machine_translation import dates
from week3.machine_translation.data import SPLITS, arrays, find_task, split_dates
from week3.machine_translation.dates import (
    COURSE_FORMATS,
    COURSE_SPAN,
    MORE_FORMATS,
    SHORT_SPAN,
    TASK,
    clean,
    draw_dates,
    slip,
    split_of,
    week_year_ceiling,
    write_date,
)
from week3.machine_translation.readings import problems, readings

COURSE_MIX = (
    ["short", "medium", "long"]
    + ["full"] * 10
    + ["d MMM YYY", "d MMMM YYY", "dd MMM YYY", "d MMM, YYY", "d MMMM, YYY", "dd, MMM YYY", "d MM YY", "d MMMM YYY"]
    + ["MMMM d YYY", "MMMM d, YYY", "dd.MM.YY"]
)


def test_the_course_mix_is_24_formats():
    ours = [form.pattern for form in COURSE_FORMATS for _ in range(form.weight)]
    assert sorted(ours) == sorted(COURSE_MIX) and len(ours) == 24


def test_with_the_week_year_texts_are_babels_own():
    pairs = draw_dates(500, None, span=COURSE_SPAN, week_year=True)
    for source, kind, day in zip(pairs.sources, pairs.kinds, pairs.days.tolist(), strict=True):
        assert source == format_date(datetime.date.fromordinal(day), format=kind, locale="en_US")


@pytest.mark.parametrize("formats", ["course", "more"])
def test_every_text_says_its_date_by_rule(formats):
    pairs = draw_dates(5000, None, formats=formats)
    assert {kind.split(" (")[0] for kind in pairs.kinds} == {
        form.pattern for form in (COURSE_FORMATS if formats == "course" else MORE_FORMATS)
    }
    for source, target in zip(pairs.sources, pairs.targets, strict=True):
        assert readings(source)[0] == target


def test_the_span_of_two_digit_years_makes_them_clear():
    assert SHORT_SPAN[1] - SHORT_SPAN[0] < 100
    years = {day.year for day in map(datetime.date.fromordinal, draw_dates(20_000, None).days.tolist())}
    assert (min(years), max(years)) == dates.SPAN
    short = draw_dates(3000, None, formats="course")
    two = [target for target, kind in zip(short.targets, short.kinds, strict=True) if kind in ("short", "dd.MM.YY")]
    assert two and all(SHORT_SPAN[0] <= int(target[:4]) <= SHORT_SPAN[1] for target in two)


def test_the_week_years_ceiling_counts_the_texts_that_name_another_year():
    day = datetime.date(2018, 12, 31)
    form = next(form for form in COURSE_FORMATS if form.pattern == "d MMM YYY")
    assert write_date(day, form) == "31 Dec 2018"
    assert write_date(day, form, week_year=True) == "31 Dec 2019"
    pairs = draw_dates(20_000, None, span=COURSE_SPAN, week_year=True)
    wrong = sum(readings(source)[:1] != (target,) for source, target in zip(pairs.sources, pairs.targets, strict=True))
    assert week_year_ceiling(pairs) == pytest.approx(1 - wrong / 20_000)
    assert 0.99 < week_year_ceiling(pairs) < 0.999
    assert week_year_ceiling(draw_dates(2000, None)) == 1


def test_ordinal_days_are_spelled_as_people_do():
    form = next(form for form in MORE_FORMATS if form.ordinal)
    texts = [write_date(datetime.date(2001, 5, day), form) for day in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31)]
    assert texts[:3] == ["May 1st, 2001", "May 2nd, 2001", "May 3rd, 2001"]
    assert [text.split()[1][-3:-1] for text in texts[3:]] == ["th", "th", "th", "th", "st", "nd", "rd", "st"]


def test_draws_are_the_same_today_and_in_another_process():
    pairs = draw_dates(20, "train", seed=3, formats="wide", slips=0.5)
    again = subprocess.run(
        [
            sys.executable,
            "-c",
            "from week3.machine_translation.dates import draw_dates\n"
            "print(*draw_dates(20, 'train', seed=3, formats='wide', slips=0.5).sources, sep='\\n')",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=dates.__file__.split("week3")[0],
    )
    assert again.stdout.splitlines() == pairs.sources
    assert draw_dates(20, "train", seed=4, formats="wide", slips=0.5).sources != pairs.sources


def test_days_are_held_out_in_every_format_and_span():
    parts = split_of()
    days = np.concatenate([parts[name] for name in SPLITS])
    assert len(set(days.tolist())) == len(days) == (datetime.date(2099, 12, 31) - datetime.date(1899, 12, 31)).days
    assert len(parts["test"]) == round(0.1 * len(days)) and len(parts["validation"]) == round(0.05 * len(days))
    for span in (dates.SPAN, COURSE_SPAN):
        learned = set(draw_dates(5000, "train", formats="wide", span=span).days.tolist())
        tested = set(draw_dates(5000, "test", formats="wide", span=span).days.tolist())
        assert not learned & set(parts["test"].tolist()) and tested <= set(parts["test"].tolist())


def test_splits_differ_by_seed_and_cover_everything():
    first, last = datetime.date(2000, 1, 1), datetime.date(2000, 12, 31)
    one, other = split_dates(first, last), split_dates(first, last, seed=1)
    assert sorted(np.concatenate(list(one.values())).tolist()) == list(range(first.toordinal(), last.toordinal() + 1))
    assert one["test"].tolist() != other["test"].tolist()


def test_texts_become_the_courses_ids():
    ids = TASK.encode(["9 may 1998", "", "3, MAY 1979 k\u00e9", "x" * 500])
    assert ids.dtype == np.int32 and ids.shape == (4, 30)
    assert ids[0].tolist() == [12, 0, 24, 13, 34, 0, 4, 12, 12, 11] + [36] * 20
    assert set(ids[1].tolist()) == {36} and set(ids[3].tolist()) == {35}
    assert ids[2, :12].tolist() == [6, 0, 24, 13, 34, 0, 4, 12, 10, 12, 0, 35] and ids[2, 12:14].tolist() == [35, 36]
    assert (len(TASK.source), len(TASK.target)) == (37, 11)


def test_ids_are_those_of_the_plain_loop():
    pairs = draw_dates(300, None, formats="wide", slips=0.5)
    for row, source in zip(TASK.encode(pairs.sources), pairs.sources, strict=True):
        plain = [TASK.source.ids.get(letter, TASK.source.unknown_id) for letter in clean(source)[:30]]
        assert row.tolist() == plain + [TASK.source.padding_id] * (30 - len(plain))


def test_targets_go_both_ways_and_others_are_refused():
    texts = ["1979-05-03", "0000-99-99"]
    assert TASK.decode(TASK.encode_targets(texts)) == texts
    for wrong in ("1979-5-3", "1979/05/03", ""):
        with pytest.raises(InputError, match="no translation"):
            TASK.encode_targets([wrong])


def test_every_wide_text_fits_and_only_strokes_in_the_middle_are_unknown():
    pairs = draw_dates(20_000, None, formats="wide", slips=0.3)
    assert max(len(clean(source)) for source in pairs.sources) <= TASK.source_length
    unknown = {letter for source in pairs.sources for letter in clean(source)} - TASK.source.ids.keys()
    assert unknown == {"-"}


def test_slips_touch_letters_only(capsys):
    rng = np.random.default_rng(0)
    for text in draw_dates(500, None, formats="wide").sources:
        slipped = slip(text, rng)
        assert [letter for letter in slipped if not letter.isalpha()] == [one for one in text if not one.isalpha()]
        assert abs(len(slipped) - len(text)) <= 1
    assert slip("12/31/99", rng) == "12/31/99"


def test_arrays_with_feedback_are_shifted_by_the_end_token():
    from dataclasses import replace

    from common.vocabulary import Vocabulary

    target = Vocabulary([*"0123456789-", "<end>", "<pad>"], end="<end>", padding="<pad>")
    task = replace(TASK, target=target, target_length=None, longest_target=12, _tables={})
    pairs = draw_dates(3, None)
    found = arrays(task, pairs, feedback=True)
    (_, before), after, weights = found["x"], found["y"], found["sample_weight"]
    assert task.decode(after) == pairs.targets
    assert (before[:, 0] == 11).all() and (before[:, 1:] == after[:, :-1]).all()
    assert (after[:, 10] == 11).all() and (after[:, 11] == 12).all()
    assert weights.tolist() == [[1.0] * 11 + [0.0]] * 3
    plain = arrays(TASK, pairs)
    assert plain["x"].shape == (3, 30) and plain["y"].shape == (3, 10) and plain["sample_weight"] is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/04/05", ("2005-03-04", "2005-04-03", "2003-04-05")),
        ("03.04.05", ("2005-04-03", "2005-03-04", "2003-04-05")),
        ("31/12/2001", ("2001-12-31",)),
        ("2016/08/21", ("2016-08-21",)),
        ("5 April 09", ("2009-04-05",)),
        ("21th of August 2016", ("2016-08-21",)),
        ("1 1 70", ("1970-01-01",)),
        ("12/31/69", ("2069-12-31",)),
        ("31 February 2001", ()),
        ("29 February 2001", ()),
        ("29 February 2000", ("2000-02-29",)),
        ("12345", ()),
        ("3 May", ()),
        ("3 May 0000", ()),
        ("hello", ()),
    ],
)
def test_readings(text, expected):
    assert readings(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3 May 1812", "1812 is outside"),
        ("3 May 0000", "0000 is outside"),
        ("31 February 2001", "no calendar"),
        ("30/30/2001", "no calendar"),
        ("12345", "cannot be told apart"),
        ("\u043f\u0440\u0438\u0432\u0435\u0442", "no digits"),
        ("1 January 0", "no calendar"),
    ],
)
def test_what_cannot_be_is_said(text, words):
    assert any(words in problem for problem in problems(text, dates.SPAN))


def test_nothing_is_said_of_a_good_date():
    assert problems("Saturday, May 9, 2018", dates.SPAN) == []


def test_wrong_words_are_refused():
    with pytest.raises(InputError, match="no formats 'klingon'"):
        draw_dates(1, None, formats="klingon")
    with pytest.raises(InputError, match="no split 'exam'"):
        draw_dates(1, "exam")
    with pytest.raises(InputError, match="no days to draw"):
        draw_dates(50, None, span=(1900, 1901))
    with pytest.raises(InputError, match="no task 'verse'"):
        find_task("verse")
