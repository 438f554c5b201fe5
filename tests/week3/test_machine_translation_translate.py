"""Decoding is exact, confidence is calibrated, odd texts are answered with a remark, files are checked."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

from common.errors import InputError
from week3.machine_translation import calibration
from week3.machine_translation.course_decoding import best_dates, best_texts, decode, is_date, run
from week3.machine_translation.data import Task
from week3.machine_translation.dates import TASK, draw_dates
from week3.machine_translation.evaluate import alignment, parts_of
from week3.machine_translation.measures import (
    by_kind,
    exact_match,
    matches,
    reliability,
)
from week3.machine_translation.model import ModelConfig
from week3.machine_translation.trained import TrainedTranslator, find_weights
from week3.machine_translation.translate import TranslateConfig, translate


def log_softmax(x):
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


@pytest.fixture(scope="module")
def untrained():
    """The course's network with random parameters: it writes anything."""
    config, rng = ModelConfig(), np.random.default_rng(0)
    shapes = config.parameter_shapes().items()
    parameters = {name: (0.7 * rng.normal(size=shape)).astype("f4") for name, shape in shapes}
    return TrainedTranslator("dates", config, parameters)


@pytest.fixture(scope="module")
def shipped():
    return TrainedTranslator.load(find_weights("dates").path)


# ---- search without feedback


def test_greedy_is_the_best_of_all_texts_where_nothing_is_fed_back():
    """Every text of three symbols, scored: none is better than the likeliest symbol at each place."""
    rng, vocabulary = np.random.default_rng(1), TASK.target
    for _ in range(5):
        likely = log_softmax(rng.normal(size=(3, len(vocabulary))))
        scores = {
            "".join(vocabulary.tokens[one] for one in ids): sum(likely[place, one] for place, one in enumerate(ids))
            for ids in itertools.product(range(len(vocabulary)), repeat=3)
        }
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        assert ranked[0][0] == vocabulary.text(likely.argmax(axis=-1))
        found = best_texts(likely, vocabulary, 40)
        assert [text for text, _ in found] == [text for text, _ in ranked[:40]]
        np.testing.assert_allclose([score for _, score in found], [score for _, score in ranked[:40]])


@pytest.fixture(scope="module")
def every_date():
    """All days of the years 1 to 9999 as digits (days, 8), by NumPy's calendar."""
    days = np.arange("0001-01-01", "10000-01-01", dtype="datetime64[D]")
    months = days.astype("datetime64[M]")
    numbers = (
        months.astype("datetime64[Y]").astype(int) + 1970,
        months.astype(int) % 12 + 1,
        (days - months).astype(int) + 1,
    )
    columns = [
        number // 10**power % 10
        for number, count in zip(numbers, (4, 2, 2), strict=True)
        for power in range(count)[::-1]
    ]
    return np.stack(columns, axis=1).astype(np.int8)


@pytest.mark.parametrize("leaning", [None, "02-29", "02-30", "0000"])
def test_the_best_dates_are_the_best_of_all_that_exist(leaning, every_date):
    rng, digits = np.random.default_rng(2), every_date
    columns = np.array([TASK.target.ids[digit] for digit in "0123456789"])
    for _ in range(2):
        scores = rng.normal(size=(10, len(TASK.target)))
        for place, digit in enumerate({"02-29": "    -02-29", "02-30": "    -02-30", "0000": "0000"}.get(leaning, "")):
            if digit in "0123456789":
                scores[place, TASK.target.ids[digit]] += 6
        likely = log_softmax(scores)
        places = [0, 1, 2, 3, 5, 6, 8, 9]
        totals = sum(likely[place, columns[digits[:, number]]] for number, place in enumerate(places))
        totals = totals + likely[4, TASK.target.ids["-"]] + likely[7, TASK.target.ids["-"]]
        order = np.argsort(-totals)[:12]
        expected = ["{}{}{}{}-{}{}-{}{}".format(*digits[row]) for row in order]
        found = best_dates(likely, TASK.target, 12)
        assert [text for text, _ in found] == expected
        np.testing.assert_allclose([score for _, score in found], totals[order])
        assert all(is_date(text) for text, _ in found)


def test_valid_dates_changes_only_what_is_no_date(untrained):
    texts = draw_dates(40, None).sources
    plain = translate(untrained, texts)
    valid = translate(untrained, texts, TranslateConfig(valid_dates=True))
    assert not all(is_date(one.text) for one in plain)
    for one, other in zip(plain, valid, strict=True):
        assert is_date(other.text) and other.log_probability <= one.log_probability + 1e-6
        assert other.text == one.text or not is_date(one.text)


def test_alternatives_come_best_first_and_the_first_is_the_translation(untrained):
    (one,) = translate(untrained, ["3 May 1979"], TranslateConfig(count=7))
    scores = [other.log_probability for other in one.alternatives]
    assert len(one.alternatives) == 7 == len({other.text for other in one.alternatives})
    assert one.alternatives[0].text == one.text and scores == sorted(scores, reverse=True)
    assert one.log_probability == pytest.approx(scores[0])
    assert one.attention.shape == (10, 30) and one.attention.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_chunks_threads_and_batches_make_no_difference(untrained, monkeypatch):
    ids = TASK.encode(draw_dates(90, None).sources)
    whole = untrained.network.forward(ids)
    for threads in ("1", "2"):
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", threads)
        parts = run(untrained.network, ids, chunk=13)
        np.testing.assert_allclose(parts.log_probabilities, whole.log_probabilities, atol=2e-4)
        np.testing.assert_allclose(parts.attention, whole.attention, atol=1e-4)
    one = decode(untrained, ids[5:6], TranslateConfig())[0][0]
    assert one.text == decode(untrained, ids, TranslateConfig())[5][0].text


# ---- what ships


def test_the_examples_of_the_page(shipped):
    texts = ["3 May 1979", "5 April 09", "21th of August 2016", "Tue 10 Jul 2007", "Saturday May 9 2018"]
    found = translate(shipped, texts)
    assert [one.text for one in found] == ["1979-05-03", "2009-04-05", "2016-08-21", "2007-07-10", "2018-05-09"]
    assert all(one.confidence > 0.9 and not one.remarks for one in found)


def test_held_out_days_are_translated(shipped):
    pairs = draw_dates(2000, "test", seed=11, formats="wide")
    assert exact_match([one.text for one in translate(shipped, pairs.sources)], pairs.targets) >= 0.998


def test_an_ambiguous_date_is_month_first_and_flagged_with_its_readings(shipped):
    (one,) = translate(shipped, ["03/04/05"])
    assert one.text == "2005-03-04" and one.readings == ("2005-03-04", "2005-04-03", "2003-04-05")
    assert any("ambiguous" in remark for remark in one.remarks)
    (clear,) = translate(shipped, ["12/31/1999"])
    assert clear.text == "1999-12-31" and not clear.readings and not clear.remarks


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3 May 1979 " + "x" * 489, "cut: only the first 30"),
        ("\u0442\u0440\u0435\u0442\u044c\u0435 \u043c\u0430\u044f", "does not know: '\u0430'"),
        ("\u4e00\u4e5d\u4e03\u4e5d", "no digits"),
        ("19790503", "cannot be told apart"),
        ("31 February 2001", "no calendar has such a day"),
        ("1 January 0", "no calendar"),
        ("3 May 0000", "outside the years"),
        ("3 May 1579", "outside the years"),
        ("\U0001f389 5 May 2005", "does not know"),
        ("3 May\x001979", "does not know"),
    ],
)
def test_odd_texts_are_answered_with_a_remark(shipped, text, words):
    (one,) = translate(shipped, [text])
    assert any(words in remark for remark in one.remarks), one.remarks
    assert len(one.text) == 10 and 0 <= one.confidence <= 1
    assert json.dumps(one.to_dict())


def test_a_day_that_does_not_exist_is_named_and_can_be_ruled_out(shipped):
    (one,) = translate(shipped, ["31 February 2001"])
    (valid,) = translate(shipped, ["31 February 2001"], TranslateConfig(valid_dates=True))
    assert is_date(valid.text)
    if not is_date(one.text):
        assert any("--valid-dates" in remark for remark in one.remarks)


def test_two_digit_years_are_of_1970_to_2069(shipped):
    found = translate(shipped, ["5/3/79", "1/1/70", "12/31/69", "05.03.00"])
    assert [one.text for one in found] == ["1979-05-03", "1970-01-01", "2069-12-31", "2000-03-05"]


def test_the_shipped_confidence_is_calibrated(shipped):
    pairs = draw_dates(4000, "test", seed=5, formats="wide", slips=0.5)
    found = translate(shipped, pairs.sources)
    right = matches([one.text for one in found], pairs.targets)
    sure = np.array([one.confidence for one in found])
    assert reliability(sure, right).error < 0.02
    assert sure[~right].mean() < sure[right].mean() - 0.1


@pytest.mark.parametrize("texts", [[""], ["3 May 1979", "  \t"]])
def test_an_empty_text_is_refused(untrained, texts):
    with pytest.raises(InputError, match=f"text {len(texts)} is empty"):
        translate(untrained, texts)


@pytest.mark.parametrize(("name", "words"), [("beam_width", "beam width is 0"), ("count", "alternatives is 0")])
def test_numbers_below_one_are_refused(name, words):
    with pytest.raises(InputError, match=words):
        TranslateConfig(**{name: 0})


# ---- files


def test_a_file_comes_back_as_it_was_saved(untrained, tmp_path):
    untrained.notes["span"] = [1970, 2017]
    again = TrainedTranslator.load(untrained.save(tmp_path / "w.npz"), task="dates")
    assert again.config == untrained.config and again.notes == untrained.notes
    assert all((again.parameters[name] == value).all() for name, value in untrained.parameters.items())
    half = TrainedTranslator.load(untrained.save(tmp_path / "half.npz", dtype=np.float16))
    assert all((half.parameters[name] == value.astype("f2")).all() for name, value in untrained.parameters.items())


def rewrite(path, change):
    with np.load(path) as archive:
        arrays = dict(archive)
    header = json.loads(str(arrays["header"]))
    change(header, arrays)
    np.savez(path, **{**arrays, "header": np.array(json.dumps(header))})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda header, arrays: header.update(format="another"), "is not a weights file"),
        (lambda header, arrays: header["config"].update(n_s=65), "do not fit together"),
        (lambda header, arrays: header["config"].update(surprise=1), "do not fit together"),
        (lambda header, arrays: header["target"].reverse(), "target vocabulary is not the task's"),
        (lambda header, arrays: header.update(task="verse"), "do not fit together"),
        (lambda header, arrays: arrays.pop("output/bias"), "do not fit together"),
        (lambda header, arrays: arrays["output/bias"].fill(np.nan), "not finite"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(untrained, tmp_path, change, words):
    path = untrained.save(tmp_path / "w.npz")
    rewrite(path, change)
    with pytest.raises(InputError, match=words) as refused:
        TrainedTranslator.load(path)
    assert "w.npz" in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PK", b"not weights at all", b"\x89HDF\r\n\x1a\n" + b"0" * 100])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "w.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"w\.npz"):
        TrainedTranslator.load(path)


def test_a_cut_file_is_refused(untrained, tmp_path):
    path = untrained.save(tmp_path / "w.npz")
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(InputError, match="damaged"):
        TrainedTranslator.load(path)


def test_weights_of_the_other_task_are_refused(untrained, tmp_path):
    path = untrained.save(tmp_path / "w.npz")
    with pytest.raises(InputError, match="of the task dates; give --task dates"):
        TrainedTranslator.load(path, task="languages")


def test_dates_that_exist_are_only_for_dates(untrained):
    other = replace(untrained, task_name="languages")
    with pytest.raises(InputError, match="only the task dates"):
        translate(other, ["fr-full: 3 May 1979"], TranslateConfig(valid_dates=True))


# ---- measures


def test_matches_in_all_and_by_kind():
    texts, references = ["1979-05-03", "1979-05-3", "x"], ["1979-05-03", "1979-05-03", "1979-05-03"]
    assert matches(texts, references).tolist() == [True, False, False]
    assert exact_match(texts, references) == pytest.approx(1 / 3)
    assert by_kind(np.array([True, False, True]), ["b", "a", "b"]) == {"a": (0, 1), "b": (2, 2)}


@pytest.mark.parametrize("measure", [exact_match, matches])
def test_different_counts_are_refused(measure):
    with pytest.raises(InputError, match="2 translations and 1 references"):
        measure(["a", "b"], ["a"])
    with pytest.raises(InputError, match="nothing to measure"):
        measure([], [])


def test_reliability_of_the_honest_and_of_the_boastful():
    rng = np.random.default_rng(0)
    sure = rng.random(40_000)
    right = rng.random(40_000) < sure
    honest = reliability(sure, right)
    assert honest.error < 0.01 and honest.counts.tolist() == [4000] * 10
    assert (np.diff(honest.confidence) > 0).all()
    assert reliability(np.full(1000, 0.9), np.arange(1000) % 2 == 0).error == pytest.approx(0.4)


def test_calibration_finds_the_curve_that_made_the_data():
    rng = np.random.default_rng(0)
    nats = -rng.exponential(0.7, 60_000)
    odds = nats - np.log(-np.expm1(nats))
    right = rng.random(60_000) < 1 / (1 + np.exp(-(0.6 * odds - 0.4)))
    scale, shift = calibration.fit(nats, right)
    assert scale == pytest.approx(0.6, abs=0.02) and shift == pytest.approx(-0.4, abs=0.03)
    assert reliability(calibration.confidences(nats, (scale, shift)), right).error < 0.01
    assert reliability(calibration.confidences(nats), right).error > 0.05


def test_calibration_equals_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(3)
    nats = -rng.exponential(0.5, 5000)
    odds = nats - np.log(-np.expm1(nats))
    right = rng.random(5000) < 1 / (1 + np.exp(-(0.8 * odds + 0.2)))
    peer = LogisticRegression(C=1e8).fit(odds[:, None], right)
    np.testing.assert_allclose(calibration.fit(nats, right), [peer.coef_[0, 0], peer.intercept_[0]], atol=5e-3)


@pytest.mark.parametrize("right", [True, False])
def test_calibration_of_all_right_or_all_wrong_stays_finite(right):
    nats = -np.random.default_rng(0).exponential(0.1, 500)
    sure = calibration.confidences(nats, calibration.fit(nats, np.full(500, right)))
    assert np.isfinite(sure).all() and (sure.mean() > 0.98 if right else sure.mean() < 0.02)


def test_uncalibrated_confidence_is_the_probability_and_keeps_the_order():
    nats = np.array([-1e-9, -1e-4, -0.5, -3.0, -200.0])
    sure = calibration.confidences(nats)
    np.testing.assert_allclose(sure[1:4], np.exp(nats[1:4]), rtol=1e-6)
    assert (np.diff(sure) < 0).all() and sure.min() >= 0 and sure.max() < 1


# ---- where the parts of a text stand


@pytest.mark.parametrize(
    ("plain", "kind", "expected"),
    [
        ("3 may 1979", "d MMMM YYY", "22111100000"),
        ("thursday may 3 1979", "full", "333333333111122000003"),
        ("5/3/79", "short", "1122000"),
        ("03.05.79", "dd.MM.YY", "222111000"),
        ("2016-08-21", "yyyy-MM-dd", "00000111222"),
        ("3 05 79", "d MM YY", "22111000"),
        ("1979 may 3", "yyyy MMMM d", "00000111122"),
        ("21st of august 2016", "d 'of' MMMM yyyy (ordinal)", "22233333111111100000"),
    ],
)
def test_parts_of_a_text(plain, kind, expected):
    found = "".join(map(str, parts_of(plain, kind, 30)))
    assert found == expected.ljust(30, "3")


def test_alignment_of_a_perfect_reader_is_the_identity():
    pairs = draw_dates(50, None)
    attentions = []
    for source, kind in zip(pairs.sources, pairs.kinds, strict=True):
        where = parts_of(TASK.clean(source), kind, 30)
        rows = np.stack([(where == part) / (where == part).sum() for part in (0, 0, 0, 0, 3, 1, 1, 3, 2, 2)])
        attentions.append(rows)
    np.testing.assert_allclose(alignment(pairs, attentions), np.eye(3, 4), atol=1e-9)


def test_a_task_without_watcher_says_nothing():
    task = Task("x", TASK.source, TASK.target, 30, 10, 10, str.lower, draw_dates)
    assert task.watch("a", "b", {}) == ((), [])
