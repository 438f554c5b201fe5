"""The networks: ours is the course's, NumPy is Keras, attention is what its equations say, parameters go both ways."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from common.errors import InputError
from week3.machine_translation import course
from week3.machine_translation.attention import OneStepAttention
from week3.machine_translation.course_model import build_with_attention
from week3.machine_translation.model import (
    ACTIVATIONS,
    ModelConfig,
    build_model,
    gates,
    get_parameters,
    set_parameters,
)
from week3.machine_translation.network import CourseNetwork, Encoder, Gates
from week3.machine_translation.trained import from_course_arrays

SMALL = ModelConfig(
    n_source=9, n_target=5, source_length=6, target_length=4, n_a=3, n_s=7, n_attention=4, source_padding=8
)


def random_parameters(config, seed=0, scale=0.5):
    rng = np.random.default_rng(seed)
    return {
        name: (scale * rng.normal(size=shape)).astype(np.float32) for name, shape in config.parameter_shapes().items()
    }


def random_ids(config, count=12, seed=1):
    return np.random.default_rng(seed).integers(0, config.n_source, (count, config.source_length)).astype("int32")


def run(model, inputs):
    """The outputs as NumPy arrays, without compiling anything."""
    outputs = model(inputs, training=False)
    return [np.asarray(one) for one in outputs] if isinstance(outputs, (list, tuple)) else np.asarray(outputs)


def loaded(config, build=build_model, seed=0):
    parameters, model = random_parameters(config, seed), build(config)
    set_parameters(model, parameters, config)
    return model, parameters


def test_the_courses_sizes_give_its_number_of_parameters():
    config = ModelConfig()
    model = build_model(config)
    assert model.count_params() == 52960 == sum(int(np.prod(shape)) for shape in config.parameter_shapes().values())
    names = [layer.name for layer in model.layers]
    for name in ("encoder", "attention_keys", "one_step_attention", "decoder", "output"):
        assert name in names
    assert model.output_shape == (None, 10, 11)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("config", [SMALL, ModelConfig()], ids=["small", "course"])
def test_ours_computes_what_the_courses_arrangement_computes(config, activation):
    config = replace(config, recurrent_activation=activation, n_attention=10)
    model, parameters = loaded(config)
    theirs = course.modelf(
        config.source_length,
        config.target_length,
        config.n_a,
        config.n_s,
        config.n_source,
        config.n_target,
        recurrent_activation=activation,
    )
    for layer, arrays in course.course_parameters(parameters, config).items():
        theirs.get_layer(layer).set_weights(arrays)
    ids, zeros = random_ids(config), np.zeros((12, config.n_s), np.float32)
    expected = run(theirs, [np.eye(config.n_source, dtype="f4")[ids], zeros, zeros])
    np.testing.assert_allclose(run(model, ids), np.stack(expected, axis=1), atol=2e-5)
    back = from_course_arrays(config, list(course.course_parameters(parameters, config).values()))
    assert back.keys() == parameters.keys()
    for name in parameters:
        np.testing.assert_array_equal(back[name], parameters[name])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("config", [SMALL, ModelConfig()], ids=["small", "course"])
def test_numpy_computes_what_keras_computes(config, activation):
    config = replace(config, recurrent_activation=activation)
    model, parameters = loaded(config, build_with_attention)
    ids = random_ids(config, 20)
    probabilities, attention = run(model, ids)
    found = CourseNetwork(config, parameters).forward(ids)
    np.testing.assert_allclose(np.exp(found.log_probabilities), probabilities, atol=3e-5)
    np.testing.assert_allclose(found.attention, attention, atol=3e-5)
    np.testing.assert_allclose(found.attention.sum(axis=-1), 1, atol=1e-5)
    exact = CourseNetwork(config, parameters, dtype=np.float64).forward(ids)
    np.testing.assert_allclose(found.log_probabilities, exact.log_probabilities, atol=1e-3)
    one = CourseNetwork(config, parameters).forward(ids[:1])
    np.testing.assert_allclose(one.log_probabilities[0], found.log_probabilities[0], atol=1e-4)


@pytest.mark.parametrize("length", [0, 1, 3, 6])
def test_padding_behind_the_texts_is_read_as_keras_reads_it(length):
    """The states of the padding are shared by all texts; here the longest one ends early, or nothing is in any."""
    model, parameters = loaded(SMALL, build_with_attention)
    ids = random_ids(SMALL)
    ids[:, length:] = SMALL.source_padding
    ids[:5, length // 2 :] = SMALL.source_padding
    probabilities, attention = run(model, ids)
    found = CourseNetwork(SMALL, parameters).forward(ids)
    np.testing.assert_allclose(np.exp(found.log_probabilities), probabilities, atol=1e-5)
    np.testing.assert_allclose(found.attention, attention, atol=1e-5)


def test_the_encoders_last_states_are_keras_states():
    parameters, ids = random_parameters(SMALL), random_ids(SMALL)
    layers = keras.layers
    lstm = layers.LSTM(SMALL.n_a, return_sequences=True, return_state=True)
    encoder = layers.Bidirectional(lstm)
    rows = np.eye(SMALL.n_source, dtype="f4")[ids]
    encoder.build(rows.shape)
    encoder.set_weights([parameters[name] for name in SMALL.parameter_shapes() if name.startswith("encoder/")])
    a, h_forward, c_forward, h_backward, c_backward = encoder(rows)
    found = Encoder(SMALL, parameters).read(ids)
    np.testing.assert_allclose(found.a, a, atol=1e-5)
    np.testing.assert_allclose(found.h, np.stack([h_forward, h_backward]), atol=1e-5)
    np.testing.assert_allclose(found.c, np.stack([c_forward, c_backward]), atol=1e-5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gates_step_is_a_keras_cells(activation):
    parameters, rng = random_parameters(SMALL), np.random.default_rng(5)
    cell = keras.layers.LSTMCell(SMALL.n_s, recurrent_activation=gates(activation))
    x, h, c = (rng.normal(size=(5, size)).astype("f4") for size in (2 * SMALL.n_a, SMALL.n_s, SMALL.n_s))
    cell.build(x.shape)
    cell.set_weights([parameters[f"decoder/{part}"] for part in ("kernel", "recurrent_kernel", "bias")])
    expected, (_, expected_c) = cell(x, [h, c])
    ours = Gates(parameters, "decoder", activation)
    z = ours.kernel @ x.T + ours.recurrent @ h.T + ours.bias[:, np.newaxis]
    found, found_c = np.empty((SMALL.n_s, 5), "f4"), c.T.copy()
    ours.apply(z, found_c, found, np.empty_like(found))
    np.testing.assert_allclose(found.T, expected, atol=1e-5)
    np.testing.assert_allclose(found_c.T, expected_c, atol=1e-5)


def test_attention_is_what_its_equations_say():
    rng = np.random.default_rng(2)
    a, keys, s = (rng.normal(size=shape).astype("f4") for shape in ((3, 6, 4), (3, 6, 5), (3, 7)))
    layer = OneStepAttention()
    context, weights = map(np.asarray, layer(a, keys, s))
    state, energy, bias = layer.get_weights()
    for row in range(3):
        scores = [max(0.0, float(np.tanh(keys[row, t] + s[row] @ state) @ energy[:, 0] + bias[0])) for t in range(6)]
        alphas = np.exp(scores) / np.sum(np.exp(scores))
        np.testing.assert_allclose(weights[row], alphas, rtol=1e-5)
        np.testing.assert_allclose(context[row], sum(alphas[t] * a[row, t] for t in range(6)), atol=1e-5)


def test_attention_leaves_out_what_is_not_allowed():
    rng = np.random.default_rng(2)
    a, keys, s = (rng.normal(size=shape).astype("f4") for shape in ((2, 6, 4), (2, 6, 5), (2, 7)))
    layer, allowed = OneStepAttention(), np.array([[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1]], "f4")
    context, weights = map(np.asarray, layer(a, keys, s, allowed))
    assert (weights[0, 3:] == 0).all() and weights[0].sum() == pytest.approx(1)
    short, _ = layer(a[:, :3], keys[:, :3], s)
    np.testing.assert_allclose(context[0], np.asarray(short)[0], atol=1e-6)
    whole, _ = layer(a, keys, s)
    np.testing.assert_allclose(context[1], np.asarray(whole)[1], atol=1e-6)


def test_a_saved_model_opens_again(tmp_path):
    config = replace(SMALL, recurrent_activation="legacy_hard_sigmoid")
    model, _ = loaded(config)
    model.save(tmp_path / "model.keras")
    ids = random_ids(config)
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(run(model, ids), run(again, ids))


def test_parameters_come_back_and_a_seed_gives_the_same_ones():
    model, parameters = loaded(SMALL)
    back = get_parameters(model, SMALL)
    assert list(back) == list(parameters)
    for name in back:
        np.testing.assert_array_equal(back[name], parameters[name])
    one, other = (get_parameters(build_model(SMALL, seed=4), SMALL) for _ in range(2))
    assert all((one[name] == other[name]).all() for name in one)


def test_the_softmax_over_the_wrong_axis_gives_the_same_answer_for_every_text():
    """What the course's file does not say: with the last axis, of length 1, every weight is 1."""
    model, _ = loaded(SMALL, build_with_attention)
    weights = run(model, random_ids(SMALL))[1]
    assert weights.std(axis=-1).min() > 1e-3 and weights.max() < 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "transformer"}, "no translator of kind"),
        ({"n_a": 0}, "n_a is 0"),
        ({"n_s": 1.5}, "n_s is 1.5"),
        ({"recurrent_activation": "relu"}, "no recurrent activation 'relu'"),
        ({"source_padding": 9}, "padding's id 9 is none of the 9"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(changes, words):
    with pytest.raises(InputError, match=words):
        replace(SMALL, **changes)


def test_the_courses_function_gives_a_context_between_its_inputs():
    rng = np.random.default_rng(0)
    a, s_prev = rng.uniform(0.1, 0.9, (10, 30, 64)).astype("f4"), rng.uniform(0, 1, (10, 64)).astype("f4")
    context = np.asarray(course.one_step_attention(a, s_prev))
    assert context.shape == (10, 1, 64) and (context > 0.1).all() and (context < 0.9).all()
    np.testing.assert_array_equal(context, np.asarray(course.one_step_attention(a, s_prev)))


def test_the_courses_preprocessing():
    dataset, human, machine, inverse = course.load_dataset(40)
    assert dataset == course.load_dataset(40)[0] and dataset != course.load_dataset(40, seed=1)[0]
    assert all(source == source.lower() and "," not in source for source, _ in dataset)
    X, Y, Xoh, Yoh = course.preprocess_data(dataset, human, machine, 30, 10)
    assert (X.shape, Y.shape, Xoh.shape, Yoh.shape) == ((40, 30), (40, 10), (40, 30, 37), (40, 10, 11))
    assert (Xoh.argmax(-1) == X).all() and (Yoh.argmax(-1) == Y).all() and (Xoh.sum(-1) == 1).all()
    assert ["".join(course.int_to_string(row, inverse)) for row in Y] == [target for _, target in dataset]
    assert course.string_to_int("k, x", 6, human) == [35, 0, 35, 36, 36, 36]
    assert course.string_to_int("3 May 1979" * 9, 30, human) == course.string_to_int("3 may 1979" * 3, 30, human)


def test_the_courses_softmax_runs_over_the_times():
    x = np.random.default_rng(0).normal(size=(2, 5, 1)).astype("f4")
    found = np.asarray(course.softmax(x))
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(found, np.exp(x) / np.exp(x).sum(axis=1, keepdims=True), rtol=1e-5)


def test_the_courses_optimizer_slows_down_as_keras_2_did():
    optimizer = course.course_optimizer()
    optimizer.build([keras.Variable(np.zeros(1))])
    assert float(optimizer.learning_rate) == pytest.approx(0.005)
    optimizer.iterations.assign(100)
    assert float(optimizer.learning_rate) == pytest.approx(0.005 / 2)
