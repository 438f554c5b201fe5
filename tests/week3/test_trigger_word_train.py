"""Training: examples and batches, the same in any process and after an interruption; the course's network goes on."""

import argparse
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from common.audio import Signal, write_wav
from common.errors import InputError
from week3.trigger_word import sources, train
from week3.trigger_word.data import Clip, ClipSet
from week3.trigger_word.examples import batches, ends_of, example_arrays, labels_at, make_examples, masked, step_times
from week3.trigger_word.front_end import LOG_MEL, SPECTROGRAM
from week3.trigger_word.generation import GenerationConfig, Generator
from week3.trigger_word.model import OWN, ModelConfig
from week3.trigger_word.shipped_clips import shipped_folder
from week3.trigger_word.train import TrainConfig
from week3.trigger_word.weights import load_notes, load_parameters, save_parameters

WHERE = "week3.trigger_word"
TINY = TrainConfig(examples=8, epochs=2, batch_size=4, generation=GenerationConfig(activates=(1, 2)))


def tone(name, seconds, pitch, rate=16_000):
    time = np.arange(int(seconds * rate)) / rate
    return Clip(name, (8000 * np.sin(2 * np.pi * pitch * time)).astype(np.int16), rate)


def clips(rate=16_000):
    words = [tone("yes", 0.4, 1500, rate), tone("yes2", 0.5, 1700, rate)]
    return ClipSet(tuple(words), (tone("no", 0.3, 400, rate),), sources.background_clips(2, 0, rate, kinds=("rain",)))


# ---- examples


def test_examples_are_the_generators_in_any_number_of_processes():
    generator = Generator(clips(), TINY.generation, seed=2)
    x, y = make_examples(generator, LOG_MEL, OWN, 55)
    assert x.shape == (55, 998, 40) and y.shape == (55, 332) and x.dtype == np.float16
    for number in (0, 54):
        example = generator[number]
        np.testing.assert_allclose(x[number], LOG_MEL.features(example.samples), atol=0.01)
        ends = [(event.end_ms + 1) / 1000 for event in example.events if event.kind == "activate"]
        assert ends == ends_of(example.events) and ends
        # a step is known 65 ms after it begins, every 30 ms
        expected = [int(any(end < 0.065 + 0.03 * step <= end + 0.36 for end in ends)) for step in range(332)]
        assert y[number].tolist() == expected and sum(expected) > 0
    again = make_examples(generator, LOG_MEL, OWN, 55, workers=2)
    np.testing.assert_array_equal(x, again[0])
    np.testing.assert_array_equal(y, again[1])


def test_the_courses_examples_have_its_steps():
    x, y = example_arrays(Generator(clips(44_100), TINY.generation), SPECTROGRAM, ModelConfig(), [3], np.float32)
    assert x.shape == (1, 5511, 101) and y.shape == (1, 1375)
    assert step_times(SPECTROGRAM, ModelConfig(), 2) == pytest.approx([1320 / 44_100, 1640 / 44_100])
    assert 49 <= labels_at(step_times(SPECTROGRAM, ModelConfig(), 1375), [4.0]).sum() <= 50


def test_batches_hold_every_example_once_and_depend_on_seed_and_epoch():
    x = np.repeat(np.arange(10, dtype=np.float16)[:, None, None] * 10, 6, axis=1).repeat(4, axis=2)
    y = np.arange(10, dtype=np.uint8)[:, None].repeat(3, axis=1)

    def labels(seed, epoch):
        return [batch_y[:, 0, 0].astype(int).tolist() for _, batch_y in batches(x, y, 4, seed, epoch)]

    assert [len(batch) for batch in labels(0, 0)] == [4, 4]
    assert len({one for batch in labels(0, 0) for one in batch}) == 8
    assert labels(0, 0) == labels(0, 0) != labels(0, 1) != labels(1, 1)
    for batch_x, batch_y in batches(x, y, 4, 0, 0):
        assert batch_x.dtype == batch_y.dtype == np.float32 and batch_y.shape == (4, 3, 1)
        np.testing.assert_allclose(batch_x.mean(axis=(1, 2)), 10 * batch_y[:, 0, 0], atol=1.5)
    assert [len(one) for one, _ in batches(x[:3], y[:3], 4, 0, 0)] == [3]


def test_masks_hide_a_few_bands_of_half_of_the_examples():
    features = np.random.default_rng(0).normal(size=(200, 30, 40)).astype(np.float32)
    changed = masked(features.copy(), np.random.default_rng(1))
    still = changed.std(axis=1) < 1e-5
    assert 70 < still.any(axis=1).sum() < 130 and still.sum(axis=1).max() <= 8
    moved = (changed - features)[~still.any(axis=1)]
    assert np.ptp(moved, axis=(1, 2)).max() < 1e-5 and 0.15 < moved[:, 0, 0].std() < 0.35


# ---- training


def test_an_interrupted_training_ends_with_the_same_bits(tmp_path, monkeypatch):
    whole, result = train.train(clips(), TINY, folder=tmp_path / "whole", workers=1, progress=False)
    assert len(result.history["loss"]) == 2 and result.steps == 4
    assert (tmp_path / "whole" / "loss.png").is_file()

    def interrupted(x, y, size, seed, epoch):
        for number, batch in enumerate(batches(x, y, size, seed, epoch)):
            if (epoch, number) == (1, 0):
                os.kill(os.getpid(), signal.SIGINT)
            yield batch

    monkeypatch.setattr(train, "batches", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train.train(clips(), TINY, folder=tmp_path / "parts", workers=1, progress=False)
    monkeypatch.undo()
    parts, result = train.train(clips(), TINY, folder=tmp_path / "parts", workers=1, progress=False)
    assert 2 <= result.resumed_at <= 3
    for name, value in whole.parameters.items():
        np.testing.assert_array_equal(parts.parameters[name], value, err_msg=name)
    with pytest.raises(InputError, match="checkpoints of another run"):
        train.train(clips(), replace(TINY, learning_rate=0.1), folder=tmp_path / "parts", workers=1, progress=False)
    assert whole.notes["front end"] == "log-mel" and whole.notes["stride"] == 3
    assert whole.notes["training"]["examples"] == 8


def test_later_rounds_are_shorter_on_other_examples_varied_more():
    first, second = TrainConfig(), TrainConfig().in_round(1)
    assert first.in_round(0) is first
    assert (second.epochs, second.learning_rate, second.seed) == (6, first.learning_rate / 2, 1)
    assert second.generation.semitones == (-3.0, 3.0) and second.generation.ratio_db == first.generation.ratio_db


def test_going_on_with_the_courses_network_leaves_its_batch_norm_alone(tmp_path):
    config = replace(TrainConfig.for_course(), examples=2, epochs=1, batch_size=2, freeze_batch_norm=True)
    rng, first = np.random.default_rng(0), {}
    for name, shape in ModelConfig().parameter_shapes().items():
        first[name] = rng.normal(0, 0.05, shape).astype(np.float32)
        if name.endswith(("gamma", "variance")):
            first[name] = np.ones(shape, np.float32)
    path = save_parameters(tmp_path / "first.npz", first)
    network, _ = train.train(clips(44_100), config, start=path, progress=False)
    moved = {name for name, value in network.parameters.items() if (value != first[name]).any()}
    assert moved == {name for name in first if not name.startswith("norm_")}
    assert max(np.abs(network.parameters[name] - first[name]).max() for name in moved) < 0.01
    assert network.front_end is SPECTROGRAM and network.config.stride == 4


def test_what_does_not_fit_is_refused(tmp_path):
    with pytest.raises(InputError, match="44100 samples a second; load them at 16000"):
        train.train(clips(44_100), TINY)
    own = {name: np.ones(shape, np.float32) for name, shape in OWN.parameter_shapes().items()}
    path = save_parameters(tmp_path / "own.npz", own, {"stride": 3})
    with pytest.raises(InputError, match="not weights of the network 'course'"):
        train.train(clips(44_100), TrainConfig.for_course(), start=path)
    with pytest.raises(InputError, match="not weights of the network 'own'"):
        train.train(clips(), TINY, start=save_parameters(tmp_path / "other.npz", own, {"stride": 4}))
    with pytest.raises(InputError, match="no network 'theirs'"):
        TrainConfig(network="theirs")


# ---- which clips and weights


def options(**given):
    names = ("activates", "negatives", "backgrounds", "course", "weights")
    return argparse.Namespace(**(dict.fromkeys(names) | {"seed": 0} | given))


def test_a_fifth_of_ones_own_clips_is_held_out():
    group = [tone(str(number), 0.3, 400) for number in range(20)]
    learnt, held = sources.held_out(group, 1)
    assert len(held) == 4 and {clip.name for clip in (*learnt, *held)} == {clip.name for clip in group}
    assert sources.held_out(group, 1)[1] == held != sources.held_out(group, 2)[1]
    assert sources.held_out(group[:9], 1) == (tuple(group[:9]), ())


def test_clips_come_from_the_option_or_from_what_ships(tmp_path, capsys):
    shipped = sources.load_words(options(), 16_000, "dev")
    assert shipped.shipped and len(shipped.activates) == 24
    write_wav(tmp_path / "yes.wav", Signal(tone("yes", 0.4, 1500).samples, 16_000))
    mixed = sources.load_words(options(activates=tmp_path), 16_000, "dev")
    assert not mixed.shipped and len(mixed.activates) == 1 and len(mixed.negatives) == 64
    assert str(tmp_path) in capsys.readouterr().err
    assert sources.load_words(options(activates=shipped_folder("dev", "activates")), 16_000, "dev").shipped
    made = sources.load_backgrounds(options(), 16_000, mixed.negatives, count=3, seed=0)
    assert [clip.name for clip in made] == ["babble 0", "rain 1", "babble 2"]


def test_weights_come_from_the_option_the_last_training_or_what_ships(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert sources.weights_path(options()).name == "weights.npz" and "assets" in sources.weights_path(options()).parts
    sources.TRAINED.parent.mkdir(parents=True)
    sources.TRAINED.write_bytes(b"x")
    assert sources.weights_path(options()) == sources.TRAINED
    assert sources.weights_path(options(weights=Path(sources.TRAINED))) == sources.TRAINED


def test_the_course_listens_where_it_is_named_and_not_because_the_environment_knows_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    model = tmp_path / "course/W3A2/models/model.h5"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(2000))
    named, known = (options(course=tmp_path / "course", course_named=given) for given in (True, False))
    assert sources.weights_path(named) == model
    assert "assets" in sources.weights_path(known).parts
    assert "the course's own listen with --course DIR" in capsys.readouterr().err
    assert sources.load_words(known, 16_000, "dev").shipped
    sources.TRAINED.parent.mkdir(parents=True)
    sources.TRAINED.write_bytes(b"x")
    assert sources.weights_path(named) == model and sources.weights_path(known) == sources.TRAINED


# ---- the shell


def folders(base, activates=1):
    for kind, pitch, count in (("yes", 1500, activates), ("no", 400, 2)):
        for number in range(count):
            samples = tone(kind, 0.4 + 0.01 * number, pitch + 50 * number).samples
            write_wav(base / kind / f"{kind}{number}.wav", Signal(samples, 16_000))


def test_a_word_of_ones_own_is_trained_and_then_heard(shell, tmp_path, without_course):
    folders(tmp_path, activates=11)
    small = ["--examples", "4", "--epochs", "1", "--rounds", "2", "--batch-size", "4", "--choice-minutes", "2"]
    done = shell(WHERE, "train", "--activates", "yes", "--negatives", "no", *small)
    assert done.returncode == 0, done.stderr
    assert "1 and 1 epochs of 4 examples" in done.stdout and "on held-out words at 10 dB" in done.stdout
    folder = tmp_path / "out/week3/trigger_word/train"
    config, _ = load_parameters(folder / "weights.npz")
    assert config.parameter_shapes() == OWN.parameter_shapes()
    assert 0 < load_notes(folder / "weights.npz")["threshold"] < 1
    write_wav(tmp_path / "a.wav", Signal(tone("yes", 1.0, 1500).samples, 16_000))
    heard = shell(WHERE, "detect", "a.wav", "--no-picture")
    assert heard.returncode == 0 and "trained last" in heard.stderr
    few = shell(WHERE, "train", "--activates", "no", "--negatives", "no", *small, "--out", "few")
    assert few.returncode == 0 and "threshold 0.5: too few clips" in few.stdout


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda base: (base / "yes").mkdir(), "yes: holds no sound files"),
        (lambda base: None, "yes: is not a folder"),
        (lambda base: write_wav(base / "yes/long.wav", Signal(tone("", 12, 400).samples, 16_000)), "cut the word out"),
        (lambda base: write_wav(base / "yes/still.wav", Signal(np.zeros(999, np.int16), 16_000)), "is silent"),
    ],
    ids=["no clips", "no folder", "longer than a background", "silent"],
)
def test_clips_that_will_not_do_are_named_in_a_sentence(shell, tmp_path, without_course, make, message):
    folders(tmp_path, activates=0)
    make(tmp_path)
    for verb in ("train", "evaluate") if "background" not in message and "cut" not in message else ("train",):
        done = shell(WHERE, verb, "--activates", "yes", "--negatives", "no", "--out", "here")
        assert done.returncode == 2 and message in done.stderr, done.stderr
        assert "Traceback" not in done.stderr and not list(tmp_path.glob("here/*.npz"))
