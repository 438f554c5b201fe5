"""The encoder for XLA: Keras's bidirectional LSTM in its numbers, gradients, weights and names."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from week3.machine_translation.joined_lstm import JoinedBidirectional, run_lstm
from week3.machine_translation.model import ModelConfig, build_model

LSTM = keras.layers.LSTM


def layers():
    """The joined layer and Keras's own, with the same weights."""
    pair = [kind(LSTM(5, return_sequences=True)) for kind in (JoinedBidirectional, keras.layers.Bidirectional)]
    for layer in pair:
        layer.build((None, 7, 4))
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=weight.shape).astype(np.float32) for weight in pair[0].get_weights()]
    for layer in pair:
        layer.set_weights(weights)
    return pair


@pytest.mark.parametrize("compiled", [False, True], ids=["graph", "xla"])
def test_numbers_and_gradients_are_keras_own(compiled):
    x = tf.constant(np.random.default_rng(1).normal(size=(3, 7, 4)).astype(np.float32))
    weighting = tf.constant(np.random.default_rng(2).normal(size=(3, 7, 10)).astype(np.float32))

    def derive(layer):
        @tf.function(jit_compile=compiled)
        def step(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                h = layer(x)
                loss = tf.reduce_sum(weighting * h)
            return h, *tape.gradient(loss, [x, *layer.trainable_weights])

        return [np.asarray(one) for one in step(x)]

    for ours, theirs in zip(*map(derive, layers()), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=3e-5)


def test_the_gradient_against_finite_differences():
    rng = np.random.default_rng(3)
    z, recurrent = rng.normal(size=(4, 2, 3, 8)), rng.normal(size=(2, 2, 8))
    weighting = rng.normal(size=(4, 2, 3, 2))

    def loss(z, recurrent):
        return float(tf.reduce_sum(weighting * run_lstm(tf.constant(z), tf.constant(recurrent))))

    with tf.GradientTape() as tape:
        operands = tf.constant(z), tf.constant(recurrent)
        tape.watch(operands)
        total = tf.reduce_sum(weighting * run_lstm(*operands))
    for number, gradient in enumerate(tape.gradient(total, operands)):
        for place in rng.permutation(list(np.ndindex(*gradient.shape)))[:30]:
            shifted = [[z.copy(), recurrent.copy()] for _ in range(2)]
            shifted[0][number][tuple(place)] += 1e-6
            shifted[1][number][tuple(place)] -= 1e-6
            slope = (loss(*shifted[0]) - loss(*shifted[1])) / 2e-6
            assert float(gradient[tuple(place)]) == pytest.approx(slope, abs=1e-7)


def test_both_arrangements_start_from_the_same_parameters_and_answer_alike():
    one, other = (build_model(ModelConfig(), seed=4, for_xla=for_xla) for for_xla in (False, True))
    assert isinstance(other.get_layer("encoder"), JoinedBidirectional)
    for mine, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    ids = np.random.default_rng(1).integers(0, 37, (6, 30)).astype("int32")
    np.testing.assert_allclose(one(ids), other(ids), atol=1e-6)
    hard = build_model(ModelConfig(recurrent_activation="hard_sigmoid"), for_xla=True)
    assert type(hard.get_layer("encoder")) is keras.layers.Bidirectional


@pytest.mark.parametrize(
    "layer",
    [
        LSTM(3),
        LSTM(3, return_sequences=True, recurrent_activation="hard_sigmoid"),
        LSTM(3, return_sequences=True, dropout=0.1),
        LSTM(3, return_sequences=True, use_bias=False),
    ],
)
def test_what_it_cannot_do_is_refused(layer):
    with pytest.raises(ValueError, match="plain LSTM layers"):
        JoinedBidirectional(layer)
