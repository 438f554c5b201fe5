"""The shipped clips and their table; how they are spoken; backgrounds as clips; parts of words."""

import shutil

import numpy as np
import pytest

from common import espeak
from common.audio import read_audio
from common.errors import InputError
from common.mixing import level
from week3.trigger_word import make_clips
from week3.trigger_word.clip_words import ALIKE_IN_TEST_ONLY, TRIGGER, words_of
from week3.trigger_word.data import ClipSet, load_folder
from week3.trigger_word.generation import GenerationConfig, Generator, part_of
from week3.trigger_word.shipped_clips import CLIPS, SPLITS, read_table, shipped_folder
from week3.trigger_word.sources import KINDS, background_clips

RATE = 16_000


# ---- the clips that ship


@pytest.fixture(scope="module")
def table():
    return read_table()


def test_the_table_lists_the_files_and_they_are_few_bytes(table):
    assert {row.file for row in table} == {path.relative_to(CLIPS).as_posix() for path in CLIPS.rglob("*.ogg")}
    size = sum(path.stat().st_size for path in CLIPS.parent.rglob("*") if path.is_file())
    assert size <= 2_000_000
    assert sum(row.kind == "activates" for row in table) >= 40
    assert sum(row.kind == "negatives" for row in table) >= 80
    assert all(row.word == TRIGGER for row in table if row.kind == "activates")
    assert not any(row.word.startswith(TRIGGER) for row in table if row.kind == "negatives")


def test_who_speaks_in_one_split_speaks_in_no_other(table):
    timbres = {split: {row.voice.split("+")[1] for row in table if row.split == split} for split in SPLITS}
    assert not timbres["train"] & timbres["test"] and not timbres["train"] & timbres["dev"]
    assert not timbres["dev"] & timbres["test"]
    languages = {split: {row.voice.split("+")[0] for row in table if row.split == split} for split in SPLITS}
    assert len(languages["test"] - languages["train"] - languages["dev"]) == 2
    assert {len(timbres[split]) for split in SPLITS} == {44, 11, 17}


def test_some_words_are_spoken_in_the_test_only(table):
    elsewhere = {row.word for row in table if row.split != "test"}
    new = {row.word for row in table if row.split == "test"} - elsewhere
    assert new >= set(ALIKE_IN_TEST_ONLY.split(", "))
    assert {"captivate", "deactivate", "activity", "motivate"} <= elsewhere
    assert {row.word for row in table if row.split == "train" and row.kind == "negatives"} == set(words_of("train"))


def test_the_table_is_what_the_script_plans(table):
    planned = make_clips.plan()
    assert [one.file for one in planned] == [row.file for row in table]
    assert [(one.speed, one.pitch, one.mark) for one in planned] == [(row.speed, row.pitch, row.mark) for row in table]
    assert [one.file for one in make_clips.plan(1)] != [one.file for one in planned]


def test_clips_are_loud_and_begin_and_end_with_the_word(table):
    for row in table[::7]:
        samples, rate = read_audio(CLIPS / row.file)
        assert rate == RATE and samples.ndim == 1
        assert len(samples) / rate == pytest.approx(row.seconds, abs=0.001) and 0.15 < row.seconds < 2
        # The coarser coding of the training's clips leaves out some of what hisses.
        assert level(samples) == pytest.approx(-20, abs=2.5 if row.split == "train" else 1.0)
        for end in (samples[: rate // 20], samples[-rate // 20 :]):
            assert np.abs(end).max() > 0.008 * np.abs(samples).max(), row.file


def test_clips_load_at_any_rate():
    clips = load_folder(shipped_folder("dev", "activates"), rate=RATE)
    assert len(clips) == 24 and all(clip.rate == RATE for clip in clips)
    at_course_rate = load_folder(shipped_folder("dev", "activates"))
    for one, other in zip(clips, at_course_rate, strict=True):
        assert abs(one.milliseconds - other.milliseconds) <= 1 and other.rate == 44_100


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_clip_is_spoken_alike_every_time():
    one = make_clips.plan()[200]
    said = {"voice": one.voice, "speed": one.speed, "pitch": one.pitch}
    samples = espeak.speak(one.word + one.mark, **said)
    np.testing.assert_array_equal(samples, espeak.speak(one.word + one.mark, **said))
    if espeak.check_synthesizer() == espeak.VERSION:
        shipped = read_audio(CLIPS / one.file, dtype="int16").samples
        assert np.corrcoef(samples, shipped)[0, 1] > 0.9


# ---- backgrounds


def test_background_clips_fit_into_a_clip_set():
    clips = background_clips(6, 3, RATE)
    assert [clip.name.split()[0] for clip in clips] == list(KINDS[:6])
    assert all(level(clip.samples) == pytest.approx(-26, abs=0.5) for clip in clips)
    again = background_clips(2, 3, RATE)
    np.testing.assert_array_equal(clips[1].samples, again[1].samples)
    words = load_folder(shipped_folder("dev", "activates"), rate=RATE)
    assert ClipSet(words, words, clips).rate == RATE
    with pytest.raises(InputError, match="a background has 160000"):
        ClipSet(words, words, background_clips(1, 0, 8000))


# ---- examples at another rate


def test_examples_are_made_at_the_clips_rate():
    words = load_folder(shipped_folder("dev", "activates"), rate=RATE)
    clips = ClipSet(words, words, background_clips(2, 0, RATE))
    example = Generator(clips, GenerationConfig(activates=(2, 2), negatives=(0, 0)), seed=0)[0]
    assert example.samples.shape == (160_000,) and len(example.events) == 2
    quiet = Generator(clips, GenerationConfig(activates=(1, 1), negatives=(0, 0), ratio_db=(40, 40)), seed=0)[0]
    (event,) = quiet.events
    power = quiet.samples.astype(float) ** 2
    inside = power[event.start_ms * 16 : event.end_ms * 16]
    assert inside.mean() > 100 * power[: event.start_ms * 16].mean()
    assert quiet.labels[int(event.end_ms * 1375 / 10_000) + 1] == 1


def test_a_generator_that_was_used_makes_the_same_elsewhere():
    import pickle

    words = load_folder(shipped_folder("dev", "activates"), rate=RATE)
    clips = ClipSet(words[:3], words[3:6], background_clips(2, 0, RATE))
    generator = Generator(clips, seed=5)
    expected = [generator[number].samples for number in range(6)]
    copy = pickle.loads(pickle.dumps(generator))
    for number, samples in enumerate(expected):
        np.testing.assert_array_equal(copy[number].samples, samples)
    assert all(isinstance(key, tuple) for key in copy._mono)  # by place, not by address, which another process reuses


def test_parts_of_words_are_beginnings_and_ends():
    word, rng = np.arange(1, 1001, dtype=np.float32), np.random.default_rng(0)
    kinds = set()
    for _ in range(40):
        part = part_of(word, rng)
        assert 350 <= len(part) <= 650
        if part[0] == 1:
            kinds.add("beginning")
            np.testing.assert_array_equal(part[: len(part) // 2], word[: len(part) // 2])
            assert part[-1] == 0
        else:
            kinds.add("end")
            np.testing.assert_array_equal(part[len(part) // 2 :], word[-len(part) :][len(part) // 2 :])
            assert part[0] == 0
    assert kinds == {"beginning", "end"}
    assert len(part_of(word[:1], rng)) == 1


def test_parts_stand_in_for_other_words():
    words = load_folder(shipped_folder("dev", "activates"), rate=RATE)
    clips = ClipSet(words, words, background_clips(1, 0, RATE))
    config = GenerationConfig(activates=(0, 0), negatives=(3, 3), part_chance=1.0)
    example = Generator(clips, config)[0]
    assert example.events and all(event.clip.startswith("part of activate") for event in example.events)
    assert not example.labels.any()
