"""Every layer kind, with random settings and weights: the upgraded model answers as Keras 2 (tf_keras) does."""

from __future__ import annotations

import historical
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.legacy_weights import upgrade

k2 = pytest.importorskip("tf_keras")
L = k2.layers
EXAMPLES = settings(
    max_examples=5,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEEDS = st.integers(0, 2**31)
ACTIVATIONS = [
    "linear",
    "relu",
    "relu6",
    "elu",
    "selu",
    "gelu",
    "swish",
    "softplus",
    "softsign",
    "tanh",
    "sigmoid",
    "hard_sigmoid",
    "exponential",
    "mish",
    "leaky_relu",
    "log_softmax",
    "softmax",
]
MERGES = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]


def check(scratch, seed, shapes, make, *, integers=0):
    """Build with Keras 2, save in today's or (odd seeds) Keras 2.0's layout, upgrade, compare on random inputs."""
    rng = np.random.default_rng(seed)
    k2.backend.clear_session()
    inputs = [L.Input(shape) for shape in shapes]
    model = historical.randomise(k2.Model(inputs, make(*inputs)), rng)
    data = [draw(rng, shape, integers) for shape in shapes]
    path = scratch / "model.h5"
    config, groups = historical.saved(model, path)
    if seed % 2:
        historical.write(path, config=historical.in_layout_20(config), groups=groups, version="2.2.4")
    historical.assert_same_outputs(model, upgrade(path), *data)


def draw(rng, shape, integers):
    lengths = [4 if length is None else length for length in shape]
    if integers:
        return (rng.integers(0, integers, (3, *lengths)) * (rng.random((3, *lengths)) < 0.7)).astype("float32")
    return rng.normal(size=(3, *lengths)).astype("float32")


@EXAMPLES
@given(SEEDS, st.lists(st.sampled_from(ACTIVATIONS), min_size=4, max_size=4, unique=True), st.booleans())
def test_dense_and_activations(scratch, seed, names, bias):
    def make(x):
        return [L.Activation(name)(L.Dense(4, activation=name, use_bias=bias)(x)) for name in names]

    check(scratch, seed, [(5, 3)], make)


@EXAMPLES
@given(SEEDS, st.floats(0.01, 0.9), st.sampled_from([[1], [2], None]), st.sampled_from([1, 2, -1]))
def test_advanced_activations(scratch, seed, slope, shared, axis):
    def make(x):
        x = L.PReLU(shared_axes=shared)(L.LeakyReLU(alpha=slope)(x))
        x = L.ELU(alpha=slope)(L.Dense(4, activation=L.LeakyReLU(alpha=slope / 2))(x))
        return L.Softmax(axis=axis)(L.ReLU(3.0, slope, slope / 3)(x) + L.ThresholdedReLU(slope)(x))

    check(scratch, seed, [(5, 4)], make)


@EXAMPLES
@given(SEEDS, st.sampled_from([1, 2, 3]), st.integers(1, 3), st.integers(1, 2), st.sampled_from(["same", "valid"]))
def test_convolutions(scratch, seed, rank, kernel, stride, padding):
    def make(x):
        layer = getattr(L, f"Conv{rank}D")
        x = layer(4, kernel, strides=stride, padding=padding, activation="relu")(x)
        return layer(4, 2, padding="same", groups=2 if rank < 3 else 1, use_bias=False)(x)

    check(scratch, seed, [(*(6, 5, 4)[:rank], 2)], make)


@EXAMPLES
@given(SEEDS, st.integers(1, 3), st.integers(1, 2), st.sampled_from(["same", "valid"]), st.integers(1, 2))
def test_separable_and_depthwise_convolutions(scratch, seed, kernel, stride, padding, multiplier):
    def make(x, y):
        x = L.SeparableConv2D(3, kernel, strides=stride, padding=padding, depth_multiplier=multiplier)(x)
        x = L.DepthwiseConv2D(2, padding="same", depth_multiplier=multiplier, activation="elu")(x)
        y = L.SeparableConv1D(3, kernel, padding=padding, depth_multiplier=multiplier)(y)
        return [x, y, L.Conv1D(3, kernel, padding="causal", dilation_rate=multiplier)(y)]

    check(scratch, seed, [(7, 6, 3), (7, 3)], make)


@EXAMPLES
@given(SEEDS, st.integers(1, 5), st.integers(1, 3), st.sampled_from(["same", "valid"]), st.booleans())
def test_transposed_convolutions(scratch, seed, kernel, stride, padding, extra):
    output_padding = stride - 1 if extra and stride > 1 and kernel > stride else None

    def make(x):
        return L.Conv2DTranspose(3, kernel, strides=stride, padding=padding, output_padding=output_padding)(x)

    check(scratch, seed, [(4, 3, 2)], make)


@EXAMPLES
@given(SEEDS, st.sampled_from([1, 2, 3]), st.integers(1, 3), st.integers(1, 3), st.booleans(), st.booleans())
def test_pooling(scratch, seed, rank, size, stride, same, keep):
    def make(x):
        options = {"strides": stride, "padding": "same" if same else "valid"}
        pooled = [getattr(L, f"{kind}Pooling{rank}D")(size, **options)(x) for kind in ("Max", "Average")]
        return pooled + [getattr(L, f"Global{kind}Pooling{rank}D")(keepdims=keep)(x) for kind in ("Max", "Average")]

    check(scratch, seed, [(*(6, 5, 4)[:rank], 2)], make)


@EXAMPLES
@given(SEEDS, st.integers(0, 2), st.integers(0, 2), st.integers(1, 3), st.sampled_from(["nearest", "bilinear"]))
def test_padding_cropping_upsampling_and_shapes(scratch, seed, before, after, size, interpolation):
    def make(x, y):
        x = L.ZeroPadding2D(((before, after), (1, before)))(x)
        x = L.UpSampling2D((size, 2), interpolation=interpolation)(L.Cropping2D(((0, 1), (after, 0)))(x))
        y = L.Cropping1D((0, 1))(L.UpSampling1D(size)(L.ZeroPadding1D((before, after))(y)))
        z = L.RepeatVector(2)(L.Flatten()(L.Reshape((-1, 2))(L.Permute((2, 1))(y))))
        return [x, y, L.GaussianNoise(0.1)(L.SpatialDropout1D(0.2)(L.Dropout(0.3)(z)))]

    check(scratch, seed, [(5, 6, 2), (4, 2)], make)


@EXAMPLES
@given(
    SEEDS,
    st.sampled_from(["SimpleRNN", "LSTM", "GRU"]),
    st.sampled_from(["hard_sigmoid", "sigmoid"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_recurrent_layers(scratch, seed, kind, gates, backwards, bias, masked):
    options = {"use_bias": bias, "go_backwards": backwards, "return_sequences": True, "dropout": 0.2}
    if kind != "SimpleRNN":
        options["recurrent_activation"] = gates
    if kind == "GRU":
        options["reset_after"] = backwards

    def make(x):
        x = L.Masking(0.0)(x) if masked else x
        x = getattr(L, kind)(4, **options)(x)
        return getattr(L, kind)(3, return_sequences=True, return_state=True)(x)

    check(scratch, seed, [(None, 3)], make, integers=3)


@EXAMPLES
@given(
    SEEDS,
    st.sampled_from(["SimpleRNN", "LSTM", "GRU"]),
    st.sampled_from(["concat", "sum", "mul", "ave"]),
    st.booleans(),
    st.booleans(),
)
def test_bidirectional_embedding_and_masks(scratch, seed, kind, merge, masked, backwards):
    def make(x):
        x = L.Embedding(6, 4, mask_zero=masked)(x)
        first = getattr(L, kind)(3, return_sequences=True, go_backwards=backwards)
        x = L.Bidirectional(first, merge_mode=merge)(x)
        x = L.BatchNormalization()(L.TimeDistributed(L.Dense(3, activation="hard_sigmoid"))(x))
        return L.Bidirectional(getattr(L, kind)(2), merge_mode=merge)(x)

    check(scratch, seed, [(5,)], make, integers=6)


@EXAMPLES
@given(SEEDS, st.sampled_from(["LSTM", "GRU", "SimpleRNN"]), st.booleans())
def test_encoder_decoder_with_initial_state(scratch, seed, kind, both_ways):
    def make(x, y):
        encoder, decoder = getattr(L, kind)(3, return_state=True), getattr(L, kind)(3, return_sequences=True)
        if both_ways:
            encoder, decoder = L.Bidirectional(encoder), L.Bidirectional(decoder)
        _, *states = encoder(x)
        return L.Dense(4, activation="softmax")(decoder(y, initial_state=states))

    check(scratch, seed, [(None, 3), (None, 2)], make)


@EXAMPLES
@given(SEEDS, st.sampled_from(["hard_sigmoid", "sigmoid"]), st.booleans(), st.sampled_from(["same", "valid"]))
def test_convolutional_lstm_and_time_distributed(scratch, seed, gates, sequences, padding):
    def make(x):
        x = L.ConvLSTM2D(2, 2, recurrent_activation=gates, return_sequences=True, padding=padding)(x)
        x = L.TimeDistributed(L.BatchNormalization())(L.TimeDistributed(L.Conv2D(3, 2))(x))
        return L.LSTM(3, return_sequences=sequences)(L.TimeDistributed(L.Flatten())(x))

    check(scratch, seed, [(3, 5, 4, 2)], make)


@EXAMPLES
@given(SEEDS, st.sampled_from([1, 2, -1]), st.booleans(), st.booleans(), st.floats(1e-5, 0.1))
def test_normalization(scratch, seed, axis, scale, center, epsilon):
    def make(x):
        x = L.BatchNormalization(axis=axis, scale=scale, center=center, epsilon=epsilon)(x)
        return L.LayerNormalization(axis=axis, scale=scale, center=center, epsilon=epsilon)(L.Rescaling(0.5, 0.1)(x))

    check(scratch, seed, [(4, 5, 3)], make)


@EXAMPLES
@given(SEEDS, st.lists(st.sampled_from(MERGES), min_size=3, max_size=3), st.booleans(), st.booleans())
def test_merge_layers_with_masks(scratch, seed, kinds, masked, half):
    def make(x, y):
        words = L.Embedding(6, 4, mask_zero=masked)
        left, right = words(x), L.Dense(4)(L.Embedding(6, 3, mask_zero=masked and not half)(y))
        merged = [getattr(L, kind)()([left, right]) for kind in kinds]
        return [L.LSTM(2, return_sequences=True)(one) for one in merged]

    check(scratch, seed, [(5,), (5,)], make, integers=6)


@EXAMPLES
@given(SEEDS, st.sampled_from([(1, 1), (2, 1), (2, 2), (1, 2)]), st.booleans())
def test_dot(scratch, seed, axes, normalize):
    shapes = [(3, 4), (3, 4) if axes[0] == axes[1] else (4, 3)]
    check(scratch, seed, shapes, lambda x, y: L.Dot(axes=axes, normalize=normalize)([x, y]))


@EXAMPLES
@given(SEEDS, st.booleans(), st.integers(1, 3))
def test_attention(scratch, seed, causal, heads):
    def make(x, y):
        x = L.MultiHeadAttention(heads, 3, value_dim=2)(x, y, use_causal_mask=causal)
        return [L.Attention(use_scale=True)([x, L.Dense(4)(y)]), L.AdditiveAttention()([x, L.Dense(4)(y)])]

    check(scratch, seed, [(5, 4), (5, 3)], make)


@EXAMPLES
@given(SEEDS, st.booleans(), st.booleans())
def test_nested_models_whose_statistics_come_last(scratch, seed, frozen, twice):
    def make(x, y):
        layers = [L.Dense(4), L.BatchNormalization(), L.Dense(4), L.BatchNormalization()]
        layers[2].trainable = not frozen
        inner = k2.Sequential([L.Input((4,)), *layers], name="inner")
        left, right = inner(x), inner(inner(y)) if twice else inner(y)
        a, b = L.Input((4,)), L.Input((4,))
        outer = k2.Model([a, b], [L.Add()([L.Dense(4)(a), b]), L.BatchNormalization()(b)], name="outer")
        return [*outer([left, right]), left]

    check(scratch, seed, [(4,), (4,)], make)


@EXAMPLES
@given(SEEDS, st.floats(0.1, 3.0), st.integers(0, 2))
def test_tensorflow_functions_kept_as_layers(scratch, seed, factor, index):
    import tensorflow as tf

    def make(x, y):
        z = tf.concat([x * factor + 1.0, 3.0 - y / 2.0], axis=-1)
        z = tf.nn.relu(z[:, index]) - tf.reduce_mean(z, axis=1)
        return [z, tf.matmul(x, y, transpose_b=True), L.Add(name="add")([x, tf.math.l2_normalize(y, axis=-1)])]

    rng = np.random.default_rng(seed)
    k2.backend.clear_session()
    inputs = [L.Input((3, 4)), L.Input((3, 4))]
    model = k2.Model(inputs, make(*inputs))
    model.save(scratch / "operations.h5", include_optimizer=False)
    data = [rng.normal(size=(2, 3, 4)).astype("float32") for _ in inputs]
    historical.assert_same_outputs(model, upgrade(scratch / "operations.h5"), *data)
