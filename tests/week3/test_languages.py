import datetime
import re

import numpy as np
import pytest
from babel.dates import format_date, format_skeleton

from common.errors import InputError
from week3.machine_translation import languages
from week3.machine_translation.data import SPLITS, arrays, find_task
from week3.machine_translation.languages import (
    FORMATS,
    LANGUAGES,
    LONGEST_TARGET,
    SPAN,
    TAGS,
    TASK,
    TX,
    DateWriter,
    ceiling,
    clean,
    draw,
    sources_for,
    split_of,
    watch,
    with_tag,
    writers,
)

# Every weekday with every day and month of the year, and every year of the span.
DAYS = [datetime.date(2001 + number % 7, 1, 1) + datetime.timedelta(number // 7) for number in range(7 * 364)]
DAYS += [datetime.date(year, 12, 31) for year in range(SPAN[0], SPAN[1] + 1)]


@pytest.fixture(scope="module")
def written():
    targets, sources = writers()
    return {writer: [writer.write(day) for day in DAYS] for writer in (*targets.values(), *sources)}


def babel(locale, form, day):
    if form in ("short", "medium", "long", "full"):
        return format_date(day, form, locale=locale)
    return format_skeleton(form, day, locale=locale)


def test_dates_are_written_as_babel_writes_them(written):
    rng = np.random.default_rng(0)
    for writer, texts in written.items():
        for number in rng.choice(len(DAYS), 25):
            assert texts[number] == babel(writer.locale, writer.form, DAYS[number])


def test_the_vocabularies_hold_what_is_written_and_nothing_else(written):
    targets, sources = writers()
    letters = {letter for writer in sources for text in written[writer] for letter in text.lower()}
    assert letters == {token for token in TASK.source if len(token) == 1 and ord(token) < 0xE000}
    letters = {letter for writer in targets.values() for text in written[writer] for letter in text}
    assert letters == {token for token in TASK.target if len(token) == 1}


def test_every_text_fits(written):
    targets, sources = writers()
    assert max(len(text) for writer in targets.values() for text in written[writer]) + 1 == LONGEST_TARGET
    assert max(len(text) for writer in sources for text in written[writer]) + 2 <= TX


def test_two_digits_mean_one_year():
    assert SPAN[1] - SPAN[0] < 100
    assert len({year % 100 for year in range(SPAN[0], SPAN[1] + 1)}) == SPAN[1] - SPAN[0] + 1


def test_sources_tell_what_the_translation_says_and_the_whole_date():
    targets, _ = writers()
    for tag in TAGS:
        assert len(sources_for(tag)) >= 5
        for source in sources_for(tag):
            assert source.tells >= targets[tag].tells | {"day", "month", "year"}
    assert targets["de-full"].tells == {"weekday", "day", "month", "year"}
    assert targets["fr-yQQQQ"].tells == {"month", "year"}
    assert targets["nl-MMMMd"].tells == {"day", "month"}


def test_pairs_are_what_their_kind_says():
    pairs = draw(400, "train", seed=3)
    for source, target, kind, ordinal in zip(*vars(pairs).values(), strict=True):
        day = datetime.date.fromordinal(int(ordinal))
        tag, _, origin = kind.partition(" from ")
        locale, _, form = origin.rpartition("-")
        assert source == f"{tag}: {babel(locale.replace('-', '_'), form, day)}"
        assert target == babel(*tag.split("-"), day)


def test_slips_of_the_finger_are_in_the_words_of_the_text_alone():
    plain, slipped = (draw(600, "train", seed=4, slips=share) for share in (0.0, 1.0))
    assert plain.targets == slipped.targets
    changed = 0
    for one, other in zip(plain.sources, slipped.sources, strict=True):
        assert one.partition(": ")[0] == other.partition(": ")[0]
        assert re.sub("[a-zA-Z]", "", one) == re.sub("[a-zA-Z]", "", other)
        changed += one != other
    with_words = sum(any(letter.isalpha() for letter in text.partition(": ")[2]) for text in plain.sources)
    assert 0.85 * with_words < changed <= with_words < 600
    assert max(len(clean(text)) for text in slipped.sources) <= TX


def test_draws_depend_on_seed_and_split_alone():
    assert draw(50, "test", seed=1).sources == draw(50, "test", seed=1).sources
    assert draw(50, "test", seed=1).sources != draw(50, "test", seed=2).sources
    assert draw(50, "test", seed=1).targets != draw(50, "validation", seed=1).targets


def test_held_out_dates_are_never_learned():
    days = split_of()
    assert sum(map(len, days.values())) == len(set(np.concatenate(list(days.values())).tolist()))
    assert sum(map(len, days.values())) == (datetime.date(SPAN[1] + 1, 1, 1) - datetime.date(SPAN[0], 1, 1)).days
    for split in SPLITS:
        assert set(draw(2000, split).days.tolist()) <= set(days[split].tolist())
    learned = {text.partition(": ")[2] for text in draw(20_000, "train").sources}
    tested = {text.partition(": ")[2] for text in draw(5000, "test").sources}
    assert not learned & tested, "no text of a held-out date is learned, in no format"


def test_every_language_and_format_is_drawn():
    kinds = draw(6000, "train").kinds
    assert {kind.partition(" from ")[0] for kind in kinds} == set(TAGS)
    assert len(set(kinds)) == sum(len(sources_for(tag)) for tag in TAGS)


def test_nothing_is_ambiguous():
    assert ceiling(draw(3000, "test")) == 1


def test_ambiguity_lowers_the_ceiling(monkeypatch):
    """With American (M/d/y) and British (dd/MM/y) figures side by side, 12/10/1979 has two readings."""
    targets, _ = writers()
    figures = (DateWriter("en_US", "yMd"), DateWriter("en_GB", "yMd"))
    monkeypatch.setattr(languages, "writers", lambda: (targets, figures))
    monkeypatch.setattr(languages, "sources_for", lambda tag: figures)
    pairs = draw(500, "test", seed=5)
    clear = []
    for source, kind in zip(pairs.sources, pairs.kinds, strict=True):
        text, tag = source.partition(": ")[2], kind.partition(" ")[0]
        # Only what has two figures both ways, neither with a 0 in front, can have been written by either.
        either = len(text) == 10 and text[0] != "0" and text[3] != "0"
        days = [_day(text, "%m/%d/%Y"), _day(text, "%d/%m/%Y")] if either else []
        clear.append(len({targets[tag].write(day) for day in days if day}) <= 1)
    assert 0.5 < np.mean(clear) < 1
    assert ceiling(pairs) == pytest.approx(np.mean(clear))


def _day(text, form):
    try:
        return datetime.datetime.strptime(text, form).date()
    except ValueError:
        return None


def test_a_tag_becomes_two_symbols_and_the_text_lower_case():
    first = clean("fr-full: Wednesday,  September 12, 1979 ")
    assert first[2:] == "wednesday, september 12, 1979"
    assert clean("FR-FULL:wednesday, september 12, 1979") == first
    assert clean("fr-long: x")[0] == first[0] != clean("de-full: x")[0]
    assert clean("de-full: x")[1] == first[1] != clean("fr-long: x")[1]
    assert len({clean(f"{tag}: 1")[:2] for tag in TAGS}) == len(LANGUAGES) * len(FORMATS)
    assert set(clean("pt-yMMMEd: x")) <= {*TASK.source, "x"}


@pytest.mark.parametrize("text", ["12 September 1979", "fr: 1", "full: 1", "fr-full 1", "xx-full: 1", "fr-mini: 1", ""])
def test_a_text_without_its_tag_is_refused(text):
    with pytest.raises(InputError, match="does not say what to translate to.*fr-full: Wednesday"):
        clean(text)


def test_a_tag_can_be_given_apart():
    assert with_tag("1 May 1979", "de-full") == "de-full: 1 May 1979"
    assert with_tag("de-full: 1 May 1979", None) == "de-full: 1 May 1979"
    with pytest.raises(InputError, match="does not say"):
        with_tag("1 May 1979", "de")


def test_the_task_turns_pairs_into_arrays_and_back():
    assert find_task("languages") is TASK
    pairs = draw(200, "validation")
    found = arrays(TASK, pairs, feedback=True)
    source, before = found["x"]
    assert source.shape == (200, TX)
    assert not (source == TASK.source.unknown_id).any()
    assert TASK.decode(found["y"]) == pairs.targets
    np.testing.assert_array_equal(before[:, 1:], found["y"][:, :-1])
    np.testing.assert_array_equal(before[:, 0], TASK.target.end_id)
    np.testing.assert_array_equal(found["sample_weight"].sum(axis=1), [len(text) + 1 for text in pairs.targets])


@pytest.mark.parametrize(
    "text", ["fr-full: 31 February 1979", "de-short: 0", "nl-yMd: 5月3日", f"it-long: {'1' * 500}"]
)
def test_odd_texts_become_ids_all_the_same(text):
    assert TASK.encode([text]).shape == (1, TX)


def test_a_split_that_is_none_is_refused():
    with pytest.raises(InputError, match="no split 'dev'"):
        draw(1, "dev")


@pytest.mark.parametrize(
    ("text", "translation", "remark"),
    [
        ("de-long: 3 May 1979", "3. Mai 1979", ""),
        ("de-long: Thursday, May 3, 1979", "3. Mai 1979", ""),
        ("de-full: Thu, 5/3/1979", "Donnerstag, 3. Mai 1979", ""),
        ("DE-FULL : 3 May 1979", "Donnerstag, 3. Mai 1979", "no day of the week.*invented"),
        ("de-full: Friday, May 3, 1979", "Freitag, 3. Mai 1979", "1979-05-03 is another day of the week"),
        ("de-long: 3 May 1979", "3. Juni 1979", "by rule it is 3. Mai 1979"),
        ("de-long: 5/3/55", "3. Mai 1955", ""),
        ("fr-short: 31 February 1979", "31/02/1979", "no calendar"),
        ("fr-short: 3 May 1749", "03/05/1749", "1749 is outside the years that were learned, 1951 to 2049"),
        ("fr-short: tomorrow", "01/01/2000", "no digits"),
    ],
)
def test_a_translation_comes_with_remarks_on_what_its_text_lacks(text, translation, remark):
    readings, remarks = watch(text, translation, {})
    assert readings == ()
    if remark:
        assert len(remarks) == 1
        assert re.search(remark, remarks[0])
    else:
        assert remarks == []
