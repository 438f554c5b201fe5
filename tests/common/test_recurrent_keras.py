"""The fast recurrent layers against Keras's with the same weights: states, and gradients by tf.GradientTape."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.recurrent import recurrent_layer

KINDS = [("rnn", True), ("lstm", True), ("gru", True), ("gru", False)]
SLOW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def keras_layer(kind, reset_after, units, dtype):
    import keras

    options = {"return_sequences": True, "return_state": True, "dtype": dtype}
    if kind == "gru":
        return keras.layers.GRU(units, reset_after=reset_after, **options)
    return {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM}[kind](units, **options)


def by_keras(layer, weights, x, state, mask, dh, dstate):
    """h, final state, and the gradients of sum(dh h) + sum(dstate state) by the weights, x and the first state."""
    import tensorflow as tf

    x, state = tf.constant(x.swapaxes(0, 1)), [tf.constant(part) for part in state]
    layer.build(x.shape)
    layer.set_weights(list(weights.values()))
    variables = [variable.value for variable in layer.trainable_weights]
    with tf.GradientTape() as tape:
        tape.watch([x, *state])
        h, *final = layer(x, initial_state=state, mask=None if mask is None else tf.constant(mask.T))
        loss = tf.reduce_sum(h * dh.swapaxes(0, 1))
        loss += tf.add_n([tf.reduce_sum(end * d) for end, d in zip(final, dstate, strict=True)])
    dweights, dx, dfirst = tape.gradient(loss, [variables, x, state])
    return (
        h.numpy().swapaxes(0, 1),
        [end.numpy() for end in final],
        [d.numpy() for d in dweights],
        dx.numpy().swapaxes(0, 1),
        [d.numpy() for d in dfirst],
    )


def compare(kind, reset_after, steps, batch, n_inputs, units, seed, *, masked, dtype="float64", tolerance=1e-10):
    rng = np.random.default_rng(seed)
    layer = recurrent_layer(kind, n_inputs, units, dtype=dtype, reset_after=reset_after)

    def draw(*shape):
        return rng.standard_normal(shape).astype(dtype)

    weights = {name: 0.5 * draw(*shape) for name, shape in layer.parameter_shapes().items()}
    x, dh = draw(steps, batch, n_inputs), draw(steps, batch, units)
    state, dstate = ([draw(batch, units) for _ in range(layer.states)] for _ in range(2))
    mask = rng.random((steps, batch)) < 0.7 if masked else None
    if masked:
        mask[0] = True  # before the first step that counts Keras gives zeros, we give the first state
    ours = layer.forward(weights, x, state=tuple(state), mask=mask)
    gradients = layer.backward(dh, ours.cache, dstate=tuple(dstate))
    h, final, dweights, dx, dfirst = by_keras(
        keras_layer(kind, reset_after, units, dtype), weights, x, state, mask, dh, dstate
    )
    pairs = [(ours.h, h), (gradients.x, dx)]
    pairs += [*zip(ours.state, final, strict=True), *zip(gradients.state, dfirst, strict=True)]
    pairs += zip((gradients.parameters[name] for name in weights), dweights, strict=True)
    for mine, theirs in pairs:
        assert mine.shape == theirs.shape
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance * max(1, np.abs(theirs).max()))


@pytest.mark.parametrize(("kind", "reset_after"), KINDS)
@SLOW
@given(
    steps=st.integers(1, 6),
    batch=st.integers(1, 4),
    n_inputs=st.integers(1, 4),
    units=st.integers(1, 5),
    seed=st.integers(0, 99),
    masked=st.booleans(),
)
def test_any_shape_agrees_with_keras(kind, reset_after, steps, batch, n_inputs, units, seed, masked):
    compare(kind, reset_after, steps, batch, n_inputs, units, seed, masked=masked)


@pytest.mark.parametrize(("kind", "reset_after"), KINDS)
def test_single_precision_agrees_with_keras(kind, reset_after):
    compare(kind, reset_after, 20, 8, 6, 16, 1, masked=False, dtype="float32", tolerance=2e-5)
