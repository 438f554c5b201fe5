"""Training the recognizer on made-up sounds; going on after an interruption; files; what is read from the outcome."""

import dataclasses
import json

import numpy as np
import pytest

from common.ctc import ctc_loss
from common.errors import InputError
from week3.speech_recognition.alphabet import SYMBOLS, decode, encode
from week3.speech_recognition.examples import Example, Variation, batches, vary
from week3.speech_recognition.gradients import Halves, Task
from week3.speech_recognition.model import ModelConfig
from week3.speech_recognition.network import Encoder, ctc_logits
from week3.speech_recognition.train import TrainConfig, begin, describe, train
from week3.speech_recognition.trained import TrainedRecognizer
from week3.speech_recognition.transcribe import Search, Transcriber, align_text, tidy

WORDS = ("sit", "tea", "east")
SIZES = {"n_features": 8, "kernel_size": 3, "stride": 2, "n_filters": 24, "n_units": 24, "n_layers": 1, "dropout": 0.1}
CTC = ModelConfig("ctc", **SIZES)
ATTENTION = ModelConfig("attention", n_embedding=8, n_decoder=32, n_attention=16, n_location=4, **SIZES)
MILD = Variation(
    speed=(0.95, 1.05), gain_db=1, tilt_db=1, shift_bands=0, time_masks=0, time_share=0, band_masks=0, bands=0
)
_SOUNDS = np.random.default_rng(0).normal(size=(len(SYMBOLS), 8))


def made_up(count, seed=0):
    """Sentences of one to three words; each character has a sound of its own that lasts 6 or 7 frames."""
    rng, examples = np.random.default_rng(seed), []
    for _ in range(count):
        symbols = encode(" ".join(rng.choice(WORDS, rng.integers(1, 4))))
        frames = np.concatenate([np.repeat(_SOUNDS[symbol][np.newaxis], rng.integers(6, 8), 0) for symbol in symbols])
        silence = np.zeros((4, 8))
        heard = np.concatenate([silence, frames, silence]) + rng.normal(0, 0.3, (len(frames) + 8, 8))
        examples.append(Example(heard.astype(np.float32), tuple(symbols)))
    return examples


@pytest.fixture(scope="module")
def by_ctc():
    config = TrainConfig(epochs=15, batch_size=12, learning_rate=1e-2, variation=MILD)
    return train(made_up(240), made_up(30, 1), model=CTC, config=config)


@pytest.fixture(scope="module")
def by_attention(by_ctc):
    config = TrainConfig.for_attention(epochs=15, batch_size=12, learning_rate=1e-2, variation=MILD)
    return train(made_up(240), made_up(30, 1), model=ATTENTION, config=config, start=by_ctc[0])


def wrong(trained, search=None, seed=2):
    test = made_up(40, seed)
    found = Transcriber(trained, search).transcribe([one.features for one in test])
    return sum(one.text != decode(example.symbols) for one, example in zip(found, test, strict=True))


def test_ctc_learns_to_write_down(by_ctc):
    trained, result = by_ctc
    assert result.history["loss"][-1] < result.history["loss"][0] / 10
    assert result.best_epoch == 1 + np.argmin(result.history["dev loss"])
    assert wrong(trained) <= 4
    assert wrong(trained, Search("beam", width=6)) <= 4
    assert f"kept epoch {result.best_epoch}" in describe(result)


def test_attention_learns_to_write_down(by_attention):
    trained, _ = by_attention
    assert wrong(trained) <= 8
    assert wrong(trained, Search("beam", width=4)) <= 8


def test_attention_begins_with_the_encoder_it_is_given(by_ctc):
    state = begin(ATTENTION, TrainConfig(), by_ctc[0])
    assert set(state.parameters) == set(ATTENTION.parameter_shapes())
    for name, value in by_ctc[0].parameters.items():
        np.testing.assert_array_equal(state.parameters[name], value)


def test_attention_keeps_a_ctc_output(by_attention):
    part = by_attention[0].ctc_part()
    assert part.kind == "ctc" and set(part.parameters) == set(CTC.parameter_shapes())
    assert wrong(part) <= 8


def same(one, other):
    return all(np.array_equal(value, other.parameters[name]) for name, value in one.parameters.items())


@pytest.mark.parametrize("model", [CTC, ATTENTION], ids=lambda model: model.kind)
def test_an_interrupted_training_ends_with_the_same_bits(tmp_path, model, monkeypatch):
    examples, dev, path = made_up(20), made_up(6, 1), tmp_path / "c.npz"
    config = TrainConfig(epochs=4, batch_size=8, variation=Variation(), ctc_weight=0.5)
    whole, result = train(examples, dev, model=model, config=config)
    from week3.speech_recognition import checkpoint

    save, count = checkpoint.Checkpoint.save, []

    def interrupted(self, state):
        save(self, state)
        count.append(state.epoch)
        if len(count) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint.Checkpoint, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(examples, dev, model=model, config=config, checkpoint=path)
    monkeypatch.setattr(checkpoint.Checkpoint, "save", save)
    again, resumed = train(examples, dev, model=model, config=config, checkpoint=path)
    assert count == [1, 2] and resumed.history == result.history
    assert same(whole, again)
    other = dataclasses.replace(config, seed=1)
    with pytest.raises(InputError, match="checkpoint of another training"):
        train(examples, dev, model=model, config=other, checkpoint=path)
    assert not same(whole, train(examples, dev, model=model, config=other)[0])


def test_two_processes_give_the_bits_of_one():
    examples, parameters = made_up(9), begin(ATTENTION, TrainConfig()).parameters
    task = Task(ATTENTION, 0.3, Variation(), seed=3, epoch=1)
    found = []
    for processes in (1, 2):
        with Halves(processes) as halves:
            found.append(halves.compute(task, parameters, examples, range(9)))
    assert found[0].losses == found[1].losses and found[0].symbols == found[1].symbols
    for name, gradient in found[0].gradients.items():
        np.testing.assert_array_equal(gradient, found[1].gradients[name])


def test_examples_without_room_for_their_text_are_left_out():
    short = Example(np.zeros((12, 8), np.float32), tuple(encode("east tea sit east")))
    tiny = Example(np.zeros((2, 8), np.float32), tuple(encode("tea")))
    examples, parameters = made_up(3), begin(CTC, TrainConfig()).parameters
    with Halves() as halves:
        alone = halves.compute(Task(CTC), parameters, [examples[0], examples[1]], [0, 1])
        more = halves.compute(Task(CTC), parameters, [examples[0], examples[1], short, tiny], [0, 1, 2, 3])
    assert more.losses == pytest.approx(alone.losses) and more.symbols == alone.symbols


def test_no_examples():
    with pytest.raises(InputError, match="no examples"):
        train([], [])


def test_variation_keeps_the_bands_and_is_the_draws_own():
    features = made_up(1)[0].features
    one, other = (vary(features, Variation(), np.random.default_rng(seed)) for seed in (0, 0))
    np.testing.assert_array_equal(one, other)
    assert one.shape[1] == 8 and one.dtype == np.float32
    still = Variation((1, 1), 0, 0, 0, 0, 0, 0, 0)
    np.testing.assert_allclose(vary(features, still, np.random.default_rng(0)), features, atol=1e-6)
    faster = vary(features, dataclasses.replace(still, speed=(2, 2)), np.random.default_rng(0))
    assert len(faster) == round(len(features) / 2)
    np.testing.assert_allclose(faster[[0, -1]], features[[0, -1]], atol=1e-6)


def test_batches_hold_everything_once_and_alike():
    lengths = np.random.default_rng(0).integers(10, 400, 101)
    for rng, ascending in ((None, False), (np.random.default_rng(1), False), (np.random.default_rng(1), True)):
        found = list(batches(lengths, 16, rng, ascending=ascending))
        assert sorted(np.concatenate(found)) == list(range(101))
        assert np.mean([np.ptp(lengths[one]) for one in found]) < 100
        means = [lengths[one].mean() for one in found]
        assert (means == sorted(means)) == (rng is None or ascending)


def test_the_likeliest_text_and_its_probability(by_ctc):
    trained, example = by_ctc[0], made_up(1, 5)[0]
    greedy, beam = (Transcriber(trained, Search(method, width=8)).transcribe([example.features])[0]
                    for method in ("greedy", "beam"))  # fmt: skip
    encoding = Encoder(CTC).encode(trained.parameters, example.features[np.newaxis], [len(example.features)])
    logits = ctc_logits(trained.parameters, encoding.h).transpose(1, 0, 2)
    for one in (greedy, beam):
        loss = ctc_loss(logits, encoding.places, [encode(one.text)]).losses[0]
        assert one.log_probability == pytest.approx(-loss)
    assert beam.log_probability >= greedy.log_probability


def test_times_follow_the_sound(by_ctc, by_attention):
    rng = np.random.default_rng(0)
    symbols = encode("tea sit")
    frames = [np.zeros((10, 8)), *(np.repeat(_SOUNDS[one][np.newaxis], 8, 0) for one in symbols), np.zeros((6, 8))]
    features = (np.concatenate(frames) + rng.normal(0, 0.3, (16 + 8 * len(symbols), 8))).astype(np.float32)
    for trained in (by_ctc[0], by_attention[0]):
        found = Transcriber(trained).transcribe([features])[0]
        assert found.text == "tea sit"
        for place, one in enumerate(found.characters):
            middle = 0.1 + (place + 0.5) * 0.08
            near = 0.09 if trained.kind == "ctc" else 0.3  # attention may look beside what it writes
            assert abs((one.begin + one.end) / 2 - middle) < near, (trained.kind, place)
        assert [word.text for word in found.words] == ["tea", "sit"]
        assert found.words[0].begin < found.words[1].begin
    known = align_text(by_ctc[0], features, "tea sit")
    assert known.text == "tea sit" and known.log_probability <= 0


def test_what_can_not_be_aligned(by_ctc):
    features = made_up(1)[0].features
    with pytest.raises(InputError, match="frames"):
        align_text(by_ctc[0], features[:9], "sit tea east")
    with pytest.raises(InputError, match="empty"):
        align_text(by_ctc[0], features, " . ")
    with pytest.raises(InputError, match="'é'"):
        align_text(by_ctc[0], features, "thé")
    with pytest.raises(InputError, match="at least 3"):
        align_text(by_ctc[0], features[:2], "sit")


def test_searches_that_are_none(by_attention):
    with pytest.raises(InputError, match="no search"):
        Search("widest")
    with pytest.raises(InputError, match="0 wide"):
        Search("beam", width=0)
    with pytest.raises(InputError, match="no language model"):
        Transcriber(by_attention[0], Search("beam", language_model=lambda symbols: np.zeros(len(SYMBOLS) + 1)))


def test_tidy():
    space = SYMBOLS.index(" ")
    assert tidy([space, 3, space, space, 4, space]) == (3, space, 4)
    assert tidy([space]) == tidy([]) == ()


def test_text_to_symbols_and_back():
    assert decode(encode("Call 2-1, please!")) == "call two one please"
    with pytest.raises(InputError, match="is empty"):
        encode("  ")


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_the_file_keeps_everything(tmp_path, by_attention, dtype):
    trained = by_attention[0]
    again = TrainedRecognizer.load(trained.save(tmp_path / "w.npz", dtype=dtype))
    assert (again.config, again.kind, again.notes["examples"]) == (trained.config, "attention", 240)
    for name, value in trained.parameters.items():
        np.testing.assert_allclose(again.parameters[name], value, rtol=1e-3 if dtype == np.float16 else 0, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda arrays, header: arrays.pop("symbols/bias"), "symbols/bias is missing"),
        (lambda arrays, header: arrays["symbols/bias"].fill(np.nan), "not finite"),
        (lambda arrays, header: header["config"].update(n_units=7), "has shape"),
        (lambda arrays, header: header["config"].update(kind="rnn"), "rnn"),
        (lambda arrays, header: header.update(symbols=["a"]), "other symbols"),
    ],
)
def test_files_that_do_not_fit_together(tmp_path, by_ctc, change, words):
    path = by_ctc[0].save(tmp_path / "w.npz")
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    header = json.loads(str(arrays.pop("header")))
    change(arrays, header)
    np.savez(path, header=np.array(json.dumps(header)), **arrays)
    with pytest.raises(InputError, match=words):
        TrainedRecognizer.load(path)


def test_pictures(tmp_path, by_ctc, by_attention):
    from common.plots import save_figure
    from week3.speech_recognition.pictures import draw_attention, draw_ctc

    features = made_up(1, 3)[0].features
    for trained, draw in ((by_ctc[0], draw_ctc), (by_attention[0], draw_attention)):
        found = Transcriber(trained).transcribe([features])[0]
        assert save_figure(draw(trained, features, found), tmp_path / "x.png").stat().st_size > 5000
