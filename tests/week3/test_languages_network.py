from dataclasses import replace

import keras
import numpy as np
import pytest

from common.beam_search import BeamConfig
from common.errors import InputError
from week3.machine_translation import feedback_decoding
from week3.machine_translation.data import arrays
from week3.machine_translation.feedback_decoding import decode, score_targets, search
from week3.machine_translation.feedback_model import build_with_attention
from week3.machine_translation.feedback_network import FeedbackNetwork
from week3.machine_translation.languages import TASK, draw
from week3.machine_translation.model import ModelConfig, build_model, get_parameters, set_parameters
from week3.machine_translation.trained import TrainedTranslator
from week3.machine_translation.translate import TranslateConfig

CONFIG = ModelConfig(
    kind="feedback",
    n_source=len(TASK.source),
    n_target=len(TASK.target),
    source_length=TASK.source_length,
    target_length=12,
    n_a=6,
    n_s=9,
    n_attention=5,
    n_embedding=4,
    source_padding=TASK.source.padding_id,
)
END = TASK.target.end_id


def draw_parameters(config, seed=2, *, scale=1.0):
    """Large enough that attention is uneven and texts end at different lengths."""
    rng = np.random.default_rng(seed)
    parameters = {
        name: rng.normal(0, scale, shape).astype(np.float32) for name, shape in config.parameter_shapes().items()
    }
    parameters["output/kernel"] *= 2.5
    parameters["output/bias"][END] += 2.5
    return parameters


@pytest.fixture(scope="module")
def model():
    return TrainedTranslator("languages", CONFIG, draw_parameters(CONFIG))


@pytest.fixture(scope="module")
def ids():
    return TASK.encode(draw(30, "train").sources)


@pytest.fixture(scope="module")
def keras_model(model):
    built = build_with_attention(CONFIG)
    set_parameters(built, model.parameters, CONFIG)
    return built


@pytest.mark.parametrize("activation", ["sigmoid", "legacy_hard_sigmoid"])
def test_the_network_in_numpy_is_the_keras_model(activation):
    config = replace(CONFIG, recurrent_activation=activation)
    parameters = draw_parameters(config, 1)
    built = build_with_attention(config)
    set_parameters(built, parameters, config)
    found = arrays(TASK, draw(20, "train"), feedback=True)
    source, before = found["x"]
    probabilities, attention = built.predict([source, before], verbose=0)
    reading = FeedbackNetwork(config, parameters, dtype=np.float64).read(source)
    state = reading.start()
    for step in range(before.shape[1]):
        log_p, state, weights = reading.step(state, before[:, step])
        np.testing.assert_allclose(np.exp(log_p), probabilities[:, step], atol=2e-5)
        np.testing.assert_allclose(weights, attention[:, step], atol=2e-5)
    assert attention.max() > 0.2, "the attention of the test must be uneven"


def test_padding_is_not_attended_to_and_weights_sum_to_one(model, ids):
    reading = model.network.read(ids)
    weights = reading.step(reading.start(), np.full(len(ids), END))[2]
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
    assert (weights[ids == CONFIG.source_padding] == 0).all()
    assert (weights[ids != CONFIG.source_padding] > 0).all()


def test_parameters_go_into_the_keras_model_and_come_back(model):
    built = build_model(CONFIG, seed=1)
    assert {name: value.shape for name, value in get_parameters(built, CONFIG).items()} == CONFIG.parameter_shapes()
    set_parameters(built, model.parameters, CONFIG)
    for name, value in get_parameters(built, CONFIG).items():
        np.testing.assert_array_equal(value, model.parameters[name])


def test_the_keras_model_can_be_saved_and_opened(keras_model, ids, tmp_path):
    before = np.full((len(ids), 3), END)
    expected = keras_model.predict([ids, before], verbose=0)
    keras_model.save(tmp_path / "model.keras")
    opened = keras.models.load_model(tmp_path / "model.keras")
    for one, other in zip(opened.predict([ids, before], verbose=0), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_greedy_decoding_is_the_keras_model_fed_with_what_it_wrote(model, keras_model, ids):
    before = np.full((len(ids), 1), END)
    for _ in range(CONFIG.target_length):
        probabilities, attention = keras_model.predict([ids, before], verbose=0)
        before = np.concatenate([before, probabilities[:, -1:].argmax(axis=-1)], axis=1)
    found = decode(model, ids, TranslateConfig())
    assert len({len(one[0].text) for one in found}) > 2, "texts of several lengths"
    for row, (one,) in enumerate(found):
        assert one.text == TASK.target.text(before[row, 1:])
        symbols = min(len(one.text) + 1, CONFIG.target_length)
        picked = probabilities[row, np.arange(symbols), before[row, 1 : symbols + 1]]
        assert one.log_probability == pytest.approx(np.log(picked).sum(), abs=1e-4)
        assert one.score == one.log_probability
        np.testing.assert_allclose(one.attention, attention[row, : len(one.text)], atol=1e-5)


def test_alternatives_have_the_log_probability_that_the_model_gives_them(model, ids):
    for row, found in enumerate(decode(model, ids[:6], TranslateConfig(beam_width=8, count=4))):
        assert len({one.text for one in found}) == 4
        ended = [one for one in found if len(one.text) < CONFIG.target_length]
        assert found[: len(ended)] == sorted(ended, key=lambda one: -one.score), "best first, what is cut behind"
        targets = TASK.encode_targets([one.text for one in ended])
        scores = score_targets(model, np.repeat(ids[row : row + 1], len(ended), axis=0), targets)
        np.testing.assert_allclose(scores, [one.log_probability for one in ended], atol=1e-4)


def test_a_beam_scores_at_least_as_high_as_greedy_on_the_whole(model, ids):
    one, five = (search(model, ids, BeamConfig(width, maximum_length=12)).scores[:, 0] for width in (1, 5))
    assert five.mean() > one.mean()


def test_chunks_and_order_make_no_difference(model, ids, monkeypatch):
    config = TranslateConfig(beam_width=3, count=2, length_penalty=0.5, coverage_penalty=0.1)
    together = decode(model, ids, config)
    monkeypatch.setattr(feedback_decoding, "_ROWS_AT_ONCE", 10)
    apart = decode(model, ids[::-1], config)[::-1]
    for one, other in zip(together, apart, strict=True):
        assert [best.text for best in one] == [best.text for best in other]
        np.testing.assert_allclose([best.score for best in one], [best.score for best in other], atol=1e-5)


def test_penalties_change_what_translations_are_ranked_by(model, ids):
    plain, normalised, covered = (
        decode(model, ids, TranslateConfig(beam_width=4, **penalties))
        for penalties in ({}, {"length_penalty": 1.0}, {"coverage_penalty": 0.3})
    )
    for (one,), (other,), (third,) in zip(plain, normalised, covered, strict=True):
        length = min(len(other.text) + 1, CONFIG.target_length)
        assert one.score == one.log_probability
        assert other.score == pytest.approx(other.log_probability / ((5 + length) / 6))
        assert third.score < third.log_probability
    assert np.mean([len(one[0].text) for one in normalised]) > np.mean([len(one[0].text) for one in plain])


def test_no_texts_are_no_translations(model):
    assert decode(model, np.zeros((0, CONFIG.source_length), np.int32), TranslateConfig(beam_width=5)) == []


def test_a_beam_of_no_width_is_refused():
    with pytest.raises(InputError, match="beam width is 0"):
        TranslateConfig(beam_width=0)
