"""Sentences of the grammar, the voices that ship, sentences put together from them, frames, a person's recordings."""

import pickle

import numpy as np
import pytest

from common.assets import find
from common.audio import Signal, read_audio, write_wav
from common.errors import InputError
from common.espeak import LANGUAGES, VARIANTS
from common.resampling import resample
from common.seeding import make_rng
from common.spectrogram import LogMel, log_mel
from week3.speech_recognition import make_clips
from week3.speech_recognition.data import (
    ASSETS,
    RATE,
    RECORDED,
    SPLITS,
    VOICES,
    features,
    load_recordings,
    read_recording,
    read_table,
)
from week3.speech_recognition.utterances import Composer, Delivery, dev_composer, training_composer
from week3.speech_recognition.words import DIGITS, command_words, phrase, spelled, vocabulary


@pytest.fixture(scope="module")
def table():
    return read_table()


# ---- words


def test_digit_strings_have_one_to_seven_digits():
    rng = make_rng(0, "digits")
    strings = [phrase("digits", rng).split() for _ in range(400)]
    assert {len(one) for one in strings} == set(range(1, 8))
    assert {word for one in strings for word in one} == set(DIGITS)
    assert len(phrase("digits", rng, most_digits=1).split()) == 1


def test_commands_follow_the_grammar_and_use_every_word():
    rng = make_rng(0, "commands")
    commands = [phrase("commands", rng) for _ in range(2000)]
    assert {word for one in commands for word in one.split()} == set(vocabulary())
    plain = {one.removesuffix(" please") for one in commands}
    assert {"turn on the light", "turn off the music", "close the window", "volume up", "go left"} <= plain
    timers = [one.split() for one in plain if one.startswith("set timer")]
    assert all(one[-1] == "minutes" and 1 <= len(one) - 3 <= 2 and set(one[2:-1]) <= set(DIGITS) for one in timers)
    assert 0.15 < np.mean([one.endswith(" please") for one in commands]) < 0.25
    assert not set(command_words()) & set(DIGITS) and 18 <= len(command_words()) <= 26
    with pytest.raises(InputError, match="no kind of sentences 'songs'"):
        phrase("songs", rng)


def test_transcripts_are_written_as_the_network_writes():
    assert spelled("Call 31-4, PLEASE!") == "call three one four please"
    assert spelled("  don’t\tstop_now ") == "don't stop now"
    assert spelled("...") == ""
    with pytest.raises(InputError, match="holds 'é'"):
        spelled("café")


# ---- the voices that ship


def test_the_table_lists_the_files_and_they_are_few_bytes(table):
    files = {path.relative_to(VOICES).as_posix() for path in VOICES.rglob("*.ogg")}
    assert {row.file for row in table} == files
    assert sum(path.stat().st_size for path in ASSETS.rglob("*.ogg")) <= 1_200_000
    assert find("speech-voices").variant is not None and find("speech-language-model").variant is not None


def test_every_voice_says_every_word_and_a_few_sentences(table):
    counts = {split: set() for split in SPLITS}
    for row in table:
        counts[row.split].add(row.voice)
    assert {split: len(voices) for split, voices in counts.items()} == make_clips.COUNTS
    for split, voices in counts.items():
        for voice in voices:
            texts = [row.text for row in table if row.voice == voice]
            assert len(set(texts)) == len(texts) and set(vocabulary()) <= set(texts)
            assert sum(" " in text for text in texts) == make_clips.SENTENCES[split]


def test_who_speaks_in_one_split_speaks_in_no_other(table):
    timbres = {split: {row.voice.split("+")[1] for row in table if row.split == split} for split in SPLITS}
    assert not timbres["train"] & timbres["test"] and not timbres["train"] & timbres["dev"]
    assert not timbres["dev"] & timbres["test"]
    for split in SPLITS:
        assert timbres[split] <= set(VARIANTS[split].split())
    languages = {split: {row.voice.split("+")[0] for row in table if row.split == split} for split in SPLITS}
    assert languages["test"] == set(LANGUAGES["test"]) and len(languages["test"] - languages["train"]) == 2


def test_the_table_is_what_the_script_plans(table):
    planned = [one for sayings in make_clips.plan().values() for one in sayings]
    assert [(one.file, one.text, one.speed, one.pitch, one.mark) for one in planned] == [
        (one.file, one.text, one.speed, one.pitch, one.mark) for one in table
    ]


def test_words_are_where_the_table_says(table):
    """Loud within, silent between."""
    for file in sorted({row.file for row in table})[::6]:
        samples = read_audio(VOICES / file).samples
        rows = [row for row in table if row.file == file]
        assert rows[-1].end + make_clips.GAP == len(samples)
        quieter = []
        for row, after in zip(rows, rows[1:], strict=False):
            assert after.start - row.end == make_clips.GAP and 0.1 < (row.end - row.start) / RATE < 4
            power = np.mean(samples[row.start : row.end] ** 2)
            assert 0.003 < power < 0.015
            middle = (row.end + after.start) // 2
            quieter.append(np.mean(samples[middle - 40 : middle + 40] ** 2) / power)
        assert np.median(quieter) < 0.01 and np.mean(np.array(quieter) < 0.1) > 0.9


def test_the_recordings_that_ship_are_those_of_the_script():
    found = load_recordings(RECORDED)
    assert [(one.name, one.text) for one in found] == [(name, text) for name, text, *_ in make_clips.RECORDINGS]
    assert {voice for _, _, voice, *_ in make_clips.RECORDINGS} <= set(Composer("test").voices)
    assert all(1 < one.seconds < 6 and one.kind == "recording" for one in found)


# ---- sentences put together


def test_a_sentence_depends_on_its_number_alone():
    composer = Composer("train", ratio_db=(3, 30), quiet_share=0.3, seed=4)
    expected = [composer.utterance(number) for number in range(6)]
    copy = pickle.loads(pickle.dumps(composer))
    fresh = Composer("train", ratio_db=(3, 30), quiet_share=0.3, seed=4)
    for number in (5, 0, 3):
        for other in (copy, fresh):
            again = other.utterance(number)
            np.testing.assert_array_equal(again.samples, expected[number].samples)
            assert (again.text, again.voice, again.spans) == tuple(
                getattr(expected[number], name) for name in ("text", "voice", "spans")
            )
    other_seed = Composer("train", ratio_db=(3, 30), quiet_share=0.3, seed=5).utterances(6)
    assert [one.text for one in other_seed] != [one.text for one in expected]
    assert [one.text for one in composer.utterances(2, first=4)] == [one.text for one in expected[4:]]


def test_test_sentences_are_the_words_as_they_were_spoken(table):
    composer = Composer("test", kinds=("digits",))
    for one in composer.utterances(5):
        assert one.kind == "digits" and one.background == "" and one.samples.dtype == np.int16
        assert len(one.spans) == len(one.text.split())
        for word, (start, end) in zip(one.text.split(), one.spans, strict=True):
            row = next(row for row in table if row.voice == one.voice and row.text == word)
            clip = read_audio(VOICES / row.file).samples[row.start : row.end]
            heard = one.samples[start:end] / 32768
            assert len(heard) == len(clip) and np.corrcoef(heard, clip)[0, 1] > 0.99
        assert one.spans[0][0] >= 0.08 * RATE and len(one.samples) - one.spans[-1][1] >= 0.08 * RATE


@pytest.mark.parametrize("ratio", [0.0, 10.0, 25.0])
def test_the_ratio_is_the_one_that_is_wanted(ratio):
    quiet, noisy = (Composer("test", ratio_db=one, seed=1) for one in (None, ratio))
    for number in range(6):
        clean, mixed = quiet.utterance(number), noisy.utterance(number)
        assert (clean.text, clean.spans) == (mixed.text, mixed.spans) and mixed.background
        spoken = np.concatenate([clean.samples[start:end] / 32768 for start, end in clean.spans])
        noise = (mixed.samples.astype(float) - clean.samples) / 32768
        measured = 10 * np.log10(np.mean(spoken**2) / np.mean(noise**2))
        assert measured == pytest.approx(ratio, abs=0.6)


def test_quiet_is_nearly_silent_between_the_words_and_a_share_of_training_is_quiet():
    one = next(one for one in Composer("test").utterances(20) if len(one.spans) >= 3)
    pause = one.samples[: one.spans[0][0]].astype(float) / 32768
    assert 10 * np.log10(np.mean(pause**2)) == pytest.approx(-65, abs=2)
    quiet = np.mean([not one.background for one in training_composer().utterances(60)])
    assert 0.08 < quiet < 0.4


def test_training_is_varied_and_dev_is_not():
    varied = Composer("train", kinds=("digits",), delivery=Delivery(speed=(1.2, 1.2), paces=((0.1, 0.1),)))
    plain = Composer("train", kinds=("digits",), delivery=Delivery(paces=((0.1, 0.1),)))
    for number in range(4):
        fast, slow = varied.utterance(number), plain.utterance(number)
        assert fast.text == slow.text and fast.voice == slow.voice
        lengths = [sum(end - start for start, end in one.spans) for one in (fast, slow)]
        assert lengths[0] == pytest.approx(lengths[1] / 1.2, rel=0.02)
    assert dev_composer().delivery == Delivery() != training_composer().delivery
    whole = [one for one in training_composer(3).utterances(80) if " " in one.text and not one.spans]
    assert whole and all(one.text in training_composer(3).in_one_go(one.voice, one.kind) for one in whole)


def test_sentences_said_in_one_go_are_all_there(table):
    found = Composer("test", kinds=("digits", "commands")).said_in_one_go()
    assert sorted(one.text for one in found) == sorted(
        row.text for row in table if row.split == "test" and " " in row.text
    )
    assert {one.kind for one in found} == {"digits", "commands"} and not any(one.spans for one in found)


def test_wrong_settings_of_a_composer_are_refused():
    for wrong, words in (
        ({"split": "exam"}, "no split 'exam'"),
        ({"split": "test", "kinds": ("songs",)}, "songs"),
        ({"split": "test", "kinds": ()}, "no kinds"),
        ({"split": "test", "ratio_db": (20, 10)}, "lower first"),
        ({"split": "test", "ratio_db": 500.0}, "from -30"),
    ):
        with pytest.raises(InputError, match=words):
            Composer(**wrong)


# ---- frames


def test_frames_are_log_mel_of_the_sound_at_one_level():
    one = Composer("test", ratio_db=20.0).utterance(0)
    loud = features(one.samples)
    assert loud.dtype == np.float32 and loud.shape == ((len(one.samples) - 400) // 160 + 1, 40)
    np.testing.assert_allclose(features(one.samples // 4), loud, atol=0.3)
    samples = one.samples / np.sqrt(np.mean((one.samples / 32768.0) ** 2)) * 0.1 / 32768
    expected = (log_mel(samples.astype(np.float32), LogMel()) + 8) / 3
    np.testing.assert_allclose(loud, expected, atol=1e-3)


def test_silence_and_less_than_a_frame_have_no_frames():
    with pytest.raises(InputError, match="silent"):
        features(np.zeros(16_000, np.int16))
    with pytest.raises(InputError, match="silent"):
        features(np.resize(np.array([1, -1], np.int16), 16_000))
    with pytest.raises(InputError, match="lasts 25 ms, less than one frame"):
        features(np.full(399, 1000, np.int16))


# ---- a person's recordings


def recording(path, rate=RATE, channels=1, seconds=1.0):
    time = np.arange(round(seconds * rate)) / rate
    tone = (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    samples = tone if channels == 1 else np.stack([tone, np.zeros_like(tone)], axis=1)
    write_wav(path, Signal(samples, rate))
    return tone


def test_recordings_of_any_rate_and_width_are_read(tmp_path):
    tone = recording(tmp_path / "a.wav", rate=44_100, channels=2)
    samples = read_recording(tmp_path / "a.wav")
    assert samples.dtype == np.int16 and samples.shape == (16_000,)
    expected = resample(tone, 44_100, RATE)
    np.testing.assert_allclose(samples[200:-200] / 32768, expected[200:-200], atol=2e-4)
    recording(tmp_path / "b.wav")
    assert read_recording(tmp_path / "b.wav").shape == (16_000,)


@pytest.mark.parametrize("suffix,comma", [("csv", ","), ("tsv", "\t")])
def test_a_folder_of_recordings_is_read_with_its_table(tmp_path, suffix, comma):
    recording(tmp_path / "one.wav")
    recording(tmp_path / "two.wav", rate=8000)
    rows = (("file", "text"), ("two.wav", "Call 3 1 4!"), ("one.wav", "yes"))
    (tmp_path / f"transcripts.{suffix}").write_text("\r\n".join(comma.join(row) for row in rows), encoding="utf-8-sig")
    found = load_recordings(tmp_path)
    assert [(one.name, one.text) for one in found] == [("two.wav", "call three one four"), ("one.wav", "yes")]
    assert all(len(one.samples) == RATE for one in found)


def test_what_is_wrong_with_a_folder_is_told(tmp_path):
    def refused(words):
        with pytest.raises(InputError, match=words):
            load_recordings(tmp_path)

    with pytest.raises(InputError, match="is not a folder"):
        load_recordings(tmp_path / "none")
    refused("holds no transcripts.csv")
    table = tmp_path / "transcripts.csv"
    for content, words in (
        ("name,words\na.wav,yes\n", "columns file and text"),
        ("file,text\n", "columns file and text"),
        ("file,text\na.wav,\n", "line 2 has no text"),
        ("file,text\na.wav\n", "line 2 has no text"),
        ("file,text\na.wav,...\n", "line 2 has no text"),
        ("file,text\n,yes\n", "line 2 has no file"),
        ("file,text\na.wav,über\n", "line 2: the transcript 'über' holds 'ü'"),
        ("file,text\na.wav,yes\n", "a.wav: no such file"),
    ):
        table.write_text(content, encoding="utf-8")
        refused(words)
    write_wav(tmp_path / "a.wav", Signal(np.zeros(16_000, np.int16), RATE))
    refused("a.wav: is silent")
    recording(tmp_path / "a.wav", seconds=121, rate=8000)
    refused("lasts 121 s; at most 120 s")
    (tmp_path / "a.wav").write_bytes((tmp_path / "a.wav").read_bytes()[:5000])
    refused("a.wav: is cut off")
    (tmp_path / "a.wav").write_bytes(b"no sound at all, but some text")
    refused("a.wav: can not be read as sound")
