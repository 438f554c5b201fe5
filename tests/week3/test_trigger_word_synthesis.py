"""Examples as the course makes them, bit for bit at speed; any number of others, seeded; shards that can be resumed."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import variation
from common.audio import Signal, write_wav
from common.errors import InputError
from common.mixing import level, to_segment
from common.seeding import legacy_numpy_seed
from week3.trigger_word import course
from week3.trigger_word.data import EXAMPLE_FRAMES, Clip, ClipSet, at_rate, label_after, load_clip, load_folder
from week3.trigger_word.generation import GenerationConfig, Generator
from week3.trigger_word.shards import MANIFEST, read_shards, write_shards
from week3.trigger_word.synthesis import CourseSynthesis, find_place, has_room, overlaps, random_segment


def sound(milliseconds, channels, seed, peak=3000):
    frames = milliseconds * 441 // 10
    rng = np.random.default_rng(seed)
    return rng.integers(-peak, peak, (frames, channels) if channels > 1 else frames).astype(np.int16)


def clips(channels=(1, 2, 2), words=3):
    activates = [Clip(f"a{i}", sound(400 + 137 * i, channels[0], i, 20_000)) for i in range(words)]
    negatives = [Clip(f"n{i}", sound(350 + 99 * i, channels[1], 50 + i, 32_000)) for i in range(words)]
    backgrounds = [Clip(f"b{i}", sound(10_000, channels[2], 100 + i)) for i in range(2)]
    return ClipSet(tuple(activates), tuple(negatives), tuple(backgrounds))


def segment(clip):
    return to_segment(Signal(clip.samples, 44_100))


# ---- the course's rule


@settings(max_examples=200)
@given(
    one=st.tuples(st.integers(0, 60), st.integers(0, 20)),
    others=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=4),
)
def test_overlapping_is_sharing_a_millisecond(one, others):
    spans = [(start, start + length) for start, length in (one, *others)]
    milliseconds = [set(range(first, last + 1)) for first, last in spans]
    expected = any(milliseconds[0] & other for other in milliseconds[1:])
    assert course.is_overlapping(spans[0], spans[1:]) is expected


@given(end_ms=st.integers(0, 10_000), steps=st.integers(1, 1500))
def test_the_fifty_steps_after_a_word_are_ones(end_ms, steps):
    y, plain = np.zeros((1, steps)), np.zeros((1, steps))
    last = int(end_ms * steps / 10_000.0)
    for step in range(last + 1, last + 51):
        if step < steps:
            plain[0, step] = 1
    assert course.insert_ones(y, end_ms) is y
    np.testing.assert_array_equal(y, plain)


@pytest.mark.parametrize("channels", [(1, 1, 1), (1, 2, 2), (2, 1, 1), (2, 2, 2)])
@pytest.mark.parametrize("version", ["2021", "2018"])
def test_the_fast_example_is_the_courses_bit_for_bit(tmp_path, channels, version, monkeypatch):
    given = clips(channels)
    fast = CourseSynthesis(given.backgrounds, given.activates, given.negatives, version=version)
    parts = [[segment(clip) for clip in group] for group in (given.activates, given.negatives)]
    words = 0
    for seed in (18,) if version == "2018" else range(4):
        with legacy_numpy_seed(seed):
            x, y = course.create_training_example(
                segment(given.backgrounds[seed % 2]), *parts, 1375, version=version, audio=tmp_path / "train.wav"
            )
        with legacy_numpy_seed(seed):
            example = fast.example(seed % 2, np.random.randint)
        with legacy_numpy_seed(seed):
            quick, labels = fast.features(seed % 2, np.random.randint)
        assert x.shape == (101, 5511) and y.shape == (1, 1375)
        written = load_clip(tmp_path / "train.wav").samples
        np.testing.assert_array_equal(example.samples, written)
        np.testing.assert_array_equal(example.features().T, x)
        np.testing.assert_array_equal(quick.T, x)
        for one in (example.labels, labels):
            np.testing.assert_array_equal(one, y[0])
        words += len(example.events)
    assert words > 0


def test_a_clip_is_put_where_the_place_says():
    background, clip = to_segment(Signal(np.zeros(441_000, np.int16), 44_100)), segment(clips().activates[0])
    taken = [(0, 3000)]
    with legacy_numpy_seed(3):
        mixed, place = course.insert_audio_clip(background, clip, taken)
    assert taken == [(0, 3000), place] and place[0] > 3000 and place[1] - place[0] == len(clip) - 1
    heard = np.flatnonzero(np.array(mixed.get_array_of_samples()))
    assert abs(heard[0] - place[0] * 44.1) < 3 and abs(heard[-1] - place[1] * 44.1) < 50


def test_without_room_2021_gives_up_after_seven_draws_and_2018_says_so():
    background, clip = segment(clips((1, 1, 1)).backgrounds[0]), segment(clips().activates[0])
    taken = [(0, 9999)]
    with legacy_numpy_seed(1):
        same, place = course.insert_audio_clip(background, clip, taken)
        after = np.random.randint(1000)
    with legacy_numpy_seed(1):
        np.random.randint(0, 9600, size=7)
        assert np.random.randint(1000) == after
    assert same is background and place == (10_000, 10_000) and taken == [(0, 9999)]
    with pytest.raises(InputError, match="no free place"):
        course.insert_audio_clip(background, clip, taken, version="2018")


@settings(max_examples=100)
@given(length=st.integers(1, 9999), taken=st.lists(st.tuples(st.integers(0, 9999), st.integers(1, 4000)), max_size=4))
def test_room_is_where_a_place_can_be_drawn(length, taken):
    spans = [(start, start + size) for start, size in taken]
    starts = np.arange(10_000 - length)
    free = np.ones(len(starts), bool)
    for first, last in spans:
        free &= (starts > last) | (starts + length - 1 < first)
    assert has_room(length, spans) == bool(free.any())
    if free.any():
        place = find_place(length, spans, np.random.default_rng(0).integers, version="2018")
        assert not overlaps(place, spans)


@pytest.mark.parametrize("length", [0, 10_000, 10_001])
def test_a_clip_as_long_as_the_background_is_refused(length):
    with pytest.raises(InputError, match="does not fit"):
        random_segment(length, np.random.randint)


def first_number(low, high, size=None):
    """One word, and it is number 0."""
    return 1 if size is None else np.zeros(size, int)


def test_a_gap_in_a_list_and_an_unknown_version_are_refused():
    given = clips()
    with pytest.raises(InputError, match="list has a gap"):
        CourseSynthesis(given.backgrounds, [None], [None]).example(0, first_number)
    with pytest.raises(InputError, match="version '2020'"):
        CourseSynthesis(given.backgrounds, given.activates, given.negatives, version="2020")


# ---- clips


def test_folders_are_read_by_name_and_backgrounds_made_ten_seconds(tmp_path):
    for name, samples, rate in (
        ("b.wav", sound(500, 2, 0), 44_100), ("a.wav", sound(300, 1, 1), 22_050), ("c.wav", sound(400, 3, 2), 44_100)
    ):  # fmt: skip
        write_wav(tmp_path / name, Signal(samples, rate))
    (tmp_path / "notes.txt").write_text("no sound")
    found = load_folder(tmp_path)
    assert [clip.name for clip in found] == ["a.wav", "b.wav", "c.wav"]
    assert [clip.samples.ndim for clip in found] == [1, 2, 1] and found[0].milliseconds == 600
    background = load_clip(tmp_path / "b.wav", background=True)
    assert background.samples.shape == (EXAMPLE_FRAMES, 2)
    np.testing.assert_array_equal(background.samples[22_050:44_100], found[1].samples)


def test_sounds_of_other_rates_keep_their_pitch_and_level():
    time = np.arange(16_000) / 16_000
    tone = (8000 * np.sin(2 * np.pi * 1000 * time)).astype(np.int16)
    changed = at_rate(Signal(tone, 16_000), 44_100)
    assert len(changed) == 44_100 and np.abs(np.fft.rfft(changed)).argmax() == 1000
    assert level(changed) == pytest.approx(level(tone), abs=0.05)


def test_clips_that_no_example_can_be_made_of_are_refused(tmp_path):
    given = clips()
    with pytest.raises(InputError, match="as long as a background"):
        ClipSet((Clip("long", sound(10_000, 1, 0)),), given.negatives, given.backgrounds)
    with pytest.raises(InputError, match="there are no negatives"):
        ClipSet(given.activates, (), given.backgrounds)
    with pytest.raises(InputError, match="441000"):
        ClipSet(given.activates, given.negatives, (Clip("short", sound(9000, 1, 0)),))
    with pytest.raises(InputError, match="holds no sound files"):
        load_folder(tmp_path)
    with pytest.raises(InputError, match="is not a folder"):
        load_folder(tmp_path / "none")
    write_wav(tmp_path / "still.wav", Signal(np.zeros(100, np.int16), 8000))
    with pytest.raises(InputError, match="is silent"):
        load_folder(tmp_path)


# ---- any number of examples


def test_an_example_depends_on_its_number_and_the_seed_alone():
    generator = Generator(clips(), seed=3)
    one = generator[5]
    again = [*Generator(clips(), seed=3).range(4, 7)][1]
    np.testing.assert_array_equal(one.samples, again.samples)
    assert one.events == again.events and one.background == again.background
    assert not np.array_equal(one.samples, Generator(clips(), seed=4)[5].samples)


def test_labels_follow_the_trigger_words_and_levels_the_settings():
    generator = Generator(clips(), GenerationConfig(activates=(1, 3)), seed=1)
    for example in generator.range(0, 6):
        expected = np.zeros(1375)
        for event in example.events:
            if event.kind == "activate":
                label_after(expected, event.end_ms)
        np.testing.assert_array_equal(example.labels, expected)
        assert example.samples.dtype == np.int16 and example.samples.shape == (EXAMPLE_FRAMES,)
        spans = [(event.start_ms, event.end_ms) for event in example.events]
        assert not any(overlaps(span, spans[:place]) for place, span in enumerate(spans))
        assert -27 < level(example.samples) < -13.5


def test_words_stand_as_far_above_the_background_as_asked():
    config = GenerationConfig(
        activates=(1, 1),
        negatives=(0, 0),
        ratio_db=(12, 12),
        speed=(1, 1),
        semitones=(0, 0),
        room_chance=0,
        noise_chance=0,
    )
    example = Generator(clips((1, 1, 1)), config, seed=2)[0]
    (event,) = example.events
    first, last = (int(at * 44.1) for at in (event.start_ms, event.end_ms))
    inside = variation.power(example.samples[first:last].astype(float))
    outside = variation.power(np.delete(example.samples, slice(first - 50, last + 100)).astype(float))
    assert 10 * np.log10(inside / outside - 1) == pytest.approx(12, abs=0.3)


@pytest.mark.parametrize(
    "wrong",
    [{"speed": (2, 1)}, {"room_chance": 1.5}, {"activates": (0, 40)}, {"speed": (0.1, 1)}, {"semitones": (0, 20)}],
)
def test_settings_out_of_bounds_are_refused(wrong):
    with pytest.raises(InputError):
        GenerationConfig(**wrong)


# ---- shards


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_shards_are_resumed_and_the_same_in_parallel(tmp_path, monkeypatch):
    generator = Generator(clips(), GenerationConfig.plain(), seed=7)
    write_shards(tmp_path / "whole", generator, count=5, per_shard=2)
    made, original = [], Generator.range

    def breaking(self, start, stop):
        made.append(start)
        if len(made) == 3:
            raise KeyboardInterrupt
        return original(self, start, stop)

    monkeypatch.setattr(Generator, "range", breaking)
    with pytest.raises(KeyboardInterrupt):
        write_shards(tmp_path / "parts", generator, count=5, per_shard=2)
    assert len(json.loads((tmp_path / "parts" / MANIFEST).read_text())["shards"]) == 2
    write_shards(tmp_path / "parts", generator, count=5, per_shard=2)
    assert made == [0, 2, 4, 4]
    monkeypatch.undo()
    write_shards(tmp_path / "parallel", generator, count=5, per_shard=2, workers=2)
    whole = contents(tmp_path / "whole")
    assert whole == contents(tmp_path / "parts") == contents(tmp_path / "parallel")
    rows = list(read_shards(tmp_path / "whole"))
    assert len(rows) == 5
    for number, (samples, labels, events) in enumerate(rows):
        example = generator[number]
        np.testing.assert_array_equal(samples, example.samples)
        np.testing.assert_array_equal(labels, example.labels)
        assert [event["start_ms"] for event in events] == [event.start_ms for event in example.events]


def test_other_examples_are_not_mixed_in_and_damage_is_seen(tmp_path):
    write_shards(tmp_path, Generator(clips(), GenerationConfig.plain()), count=2, per_shard=2)
    with pytest.raises(InputError, match="made otherwise \\(seed differ"):
        write_shards(tmp_path, Generator(clips(), GenerationConfig.plain(), seed=1), count=4, per_shard=2)
    with pytest.raises(InputError, match="at least one"):
        write_shards(tmp_path, Generator(clips()), count=0)
    shard = tmp_path / "examples_0000000.npz"
    content = bytearray(shard.read_bytes())
    for damaged, message in ((content[:500], "can not be read"), (content[:900] + b"\1\1" + content[902:], "")):
        shard.write_bytes(damaged)
        with pytest.raises(InputError, match=message or "synthesize again"):
            list(read_shards(tmp_path))
    (tmp_path / MANIFEST).write_text("{}")
    with pytest.raises(InputError, match="no manifest of examples"):
        list(read_shards(tmp_path))
