"""The compiled GRU against Keras's: states, gradients, a model of them; and what it is not for."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from week3.trigger_word.compiled_gru import CompiledGRU

M, T, INPUTS, UNITS = 3, 11, 5, 4


def layers(seed=0):
    """Both kinds with the same weights, none of which is zero."""
    rng, made = np.random.default_rng(seed), []
    for kind in (keras.layers.GRU, CompiledGRU):
        made.append(kind(UNITS, return_sequences=True))
        made[-1].build((None, None, INPUTS))
    values = [rng.normal(0, 0.5, value.shape).astype(np.float32) for value in made[0].get_weights()]
    for layer in made:
        layer.set_weights(values)
    return made


def loss_and_gradients(layer, x, target):
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        states = layer(x)
        loss = tf.reduce_sum((states - target) ** 2)
    return [states, *tape.gradient(loss, [x, *(weight.value for weight in layer.trainable_weights)])]


@pytest.mark.parametrize("steps", [1, 2, T])
@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
def test_states_and_gradients_are_kerass(steps, graph):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(M, steps, INPUTS)).astype(np.float32)
    target = rng.normal(size=(M, steps, UNITS)).astype(np.float32)
    found = []
    for layer in layers():
        run = tf.function(loss_and_gradients) if graph else loss_and_gradients
        found.append([one.numpy() for one in run(layer, x, target)])
    for expected, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-5)


def test_a_model_of_it_learns_as_one_of_kerass_and_takes_any_length():
    rng, losses = np.random.default_rng(2), []
    x, y = rng.normal(size=(8, T, INPUTS)), rng.normal(size=(8, T, UNITS))
    for layer in layers():
        model = keras.Sequential([keras.Input((None, INPUTS)), layer])
        model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
        losses.append(model.fit(x, y, epochs=5, batch_size=4, shuffle=False, verbose=0).history["loss"])
        assert model.predict(x[:, :3], verbose=0).shape == (8, 3, UNITS)
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-4)
    assert losses[0][-1] < losses[0][0]


@pytest.mark.parametrize(
    "settings",
    [{"return_sequences": False}, {"dropout": 0.1}, {"reset_after": False}, {"activation": "relu"}, {"stateful": True}],
)
def test_what_it_is_not_for_is_refused(settings):
    with pytest.raises(ValueError, match="usual GRU layers"):
        CompiledGRU(UNITS, **({"return_sequences": True} | settings))
    layer = CompiledGRU(UNITS, return_sequences=True)
    with pytest.raises(ValueError, match="no mask"):
        layer(np.zeros((1, 2, INPUTS), np.float32), mask=np.ones((1, 2), bool))
