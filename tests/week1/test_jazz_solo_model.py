"""The network: one LSTM against thirty unrolled cells, Keras against NumPy, training, and the weights file."""

from dataclasses import replace

import numpy as np
import pytest

from common.errors import InputError
from week1.jazz_solo.compose import compose
from week1.jazz_solo.network import SoloNetwork
from week1.jazz_solo.piece import piece_of
from week1.jazz_solo.train import TrainConfig, train, train_as_the_course

WORDS = ("C,0.500", "C,1.000,<P4,m-2>", "R,0.500", "S,0.250,<P1,d-5>", "|")
STEPS, N_A = 6, 8


@pytest.fixture(scope="module")
def models():
    """The course's unrolled models and ours, with the same weights, and the weights."""
    import keras

    from week1.jazz_solo import course
    from week1.jazz_solo.model import ModelConfig, build_inference_model, build_model, get_parameters, set_parameters

    keras.utils.set_random_seed(1)
    values = len(WORDS)
    cell, densor = keras.layers.LSTM(N_A, return_state=True), keras.layers.Dense(values, activation="softmax")
    unrolled = course.djmodel(STEPS, cell, densor, keras.layers.Reshape((1, values)))
    ours = build_model(ModelConfig(values, N_A, STEPS))
    rng = np.random.default_rng(0)
    weights = [rng.normal(0, 0.7, array.shape).astype(np.float32) for array in get_parameters(ours).values()]
    cell.set_weights(weights[:3])
    densor.set_weights(weights[3:])
    names = list(get_parameters(ours))
    set_parameters(ours, dict(zip(names, weights, strict=True)))
    return {
        "unrolled": unrolled,
        "ours": ours,
        "course inference": course.music_inference_model(cell, densor, 7),
        "inference": build_inference_model(ours, steps=7),
        "network": SoloNetwork(WORDS, get_parameters(ours), {}),
    }


def batch(m):
    rng = np.random.default_rng(2)
    x = np.eye(len(WORDS), dtype=np.float32)[rng.integers(0, len(WORDS), (m, STEPS))]
    x[:, 0] = 0
    return [x, *rng.normal(0, 1, (2, m, N_A)).astype(np.float32)]


def test_one_lstm_is_the_unrolled_cells(models):
    inputs = batch(3)
    unrolled = np.stack([np.asarray(one) for one in models["unrolled"](inputs, training=False)], axis=1)
    ours = np.asarray(models["ours"](inputs, training=False))
    assert len(models["unrolled"].outputs) == STEPS and unrolled.shape == ours.shape == (3, STEPS, len(WORDS))
    np.testing.assert_allclose(ours, unrolled, atol=1e-6)
    assert models["unrolled"].count_params() == models["ours"].count_params()


def test_their_gradients_agree_too(models):
    import tensorflow as tf

    from week1.jazz_solo.model import course_cross_entropy, summed_cross_entropy

    inputs = batch(4)
    targets = np.eye(len(WORDS), dtype=np.float32)[np.random.default_rng(3).integers(0, len(WORDS), (4, STEPS))]
    targets[:, -1] = 0

    def plain(target, row):
        return -tf.reduce_sum(target * tf.math.log(row), axis=-1)

    for whole, single in (
        (summed_cross_entropy, plain),
        (course_cross_entropy, tf.keras.losses.categorical_crossentropy),
    ):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(whole(targets, models["ours"](inputs)))
        ours = tape.gradient(loss, models["ours"].trainable_variables)
        with tf.GradientTape() as tape:
            rows = models["unrolled"](inputs)
            total = tf.add_n([tf.reduce_mean(single(targets[:, t], row)) for t, row in enumerate(rows)])
        theirs = tape.gradient(total, models["unrolled"].trainable_variables)
        np.testing.assert_allclose(float(loss), float(total), rtol=1e-5)
        by_shape = {tuple(one.shape): one for one in theirs}
        for one in ours:
            np.testing.assert_allclose(one, by_shape[tuple(one.shape)], atol=1e-5)


def test_a_target_of_zeros_costs_nothing_but_keras_gives_it_a_gradient(models):
    import tensorflow as tf

    from week1.jazz_solo.model import course_cross_entropy, summed_cross_entropy

    inputs, targets = batch(1), np.zeros((1, STEPS, len(WORDS)), np.float32)
    bias = models["ours"].get_layer("output").bias
    for loss, pulls in ((summed_cross_entropy, False), (course_cross_entropy, True)):
        with tf.GradientTape() as tape:
            probabilities = models["ours"](inputs)
            cost = tf.reduce_mean(loss(targets, probabilities))
        wanted = np.asarray(probabilities)[0].sum(axis=0) if pulls else np.zeros(len(WORDS))
        assert float(cost) == 0
        np.testing.assert_allclose(tape.gradient(cost, bias), wanted, atol=1e-5)


def test_improvising_is_the_same_in_all_forms(models):
    from week1.jazz_solo.course import predict_and_sample

    results, indices = predict_and_sample(models["course inference"])
    assert results.shape == (7, len(WORDS)) and indices.shape == (7, 1)
    assert np.array_equal(results.argmax(-1), indices[:, 0]) and results.sum() == 7
    zeros = [np.zeros((1, 1, len(WORDS)), np.float32), *np.zeros((2, 1, N_A), np.float32)]
    ours = np.asarray(models["inference"](zeros, training=False))[0].argmax(-1)
    assert ours.tolist() == indices[:, 0].tolist() == models["network"].greedy(7).tolist()
    first = np.eye(len(WORDS))[[3]][np.newaxis]
    _, primed = predict_and_sample(models["course inference"], first)
    assert primed[:, 0].tolist() == models["network"].greedy(7, first=3).tolist()


def test_both_models_share_their_weights(models):
    assert models["inference"].get_layer("lstm") is models["ours"].get_layer("lstm")
    assert models["inference"].get_layer("output") is models["ours"].get_layer("output")


def test_the_network_in_numpy_scores_as_keras(models):
    ids = [1, 0, 3, 4, 2]
    x = np.zeros((1, STEPS, len(WORDS)), np.float32)
    x[0, 1:] = np.eye(len(WORDS))[ids]
    keras_rows = np.log(np.asarray(models["ours"]([x, *np.zeros((2, 1, N_A), np.float32)], training=False)))[0]
    rows, _ = models["network"].read(ids)
    np.testing.assert_allclose(rows, keras_rows, atol=1e-5)
    np.testing.assert_allclose(models["network"].log_likelihoods(ids), keras_rows[range(5), ids], atol=1e-5)


def test_a_weights_file_comes_back_and_damage_is_refused(models, tmp_path):
    network = models["network"]
    network.notes["what"] = "a test"
    path = network.save(tmp_path / "weights.npz")
    back = SoloNetwork.load(path)
    assert back.words == network.words and back.notes == network.notes
    assert back.greedy(9).tolist() == network.greedy(9).tolist()
    content = path.read_bytes()
    for name, damaged in (("half", content[: len(content) // 2]), ("text", b"hello"), ("empty", b"")):
        bad = tmp_path / f"{name}.npz"
        bad.write_bytes(damaged)
        with pytest.raises(InputError, match=str(bad)):
            SoloNetwork.load(bad)
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with pytest.raises(InputError, match="holds no weights of a jazz solo"):
        SoloNetwork.load(tmp_path / "other.npz")
    with pytest.raises(InputError, match="do not fit together"):
        SoloNetwork(WORDS[:3], network.parameters, {})


@pytest.fixture(scope="module")
def excerpt():
    return piece_of(compose(0)[0], "composed", bars=(1, 25))


TINY = TrainConfig(epochs=3, n_units=8, steps=10, batch_size=64, learning_rate=0.02)


def test_training_learns_and_is_seeded(excerpt, tmp_path):
    network, result = train([excerpt], TINY, folder=tmp_path, progress=False)
    assert result.history["loss"][-1] < result.history["loss"][0] < 10 * 1.05 * np.log(len(network.words))
    assert (tmp_path / "loss.png").is_file()
    again, _ = train([excerpt], TINY, progress=False)
    np.testing.assert_allclose(again.parameters["kernel"], network.parameters["kernel"], atol=1e-6)
    assert network.notes["bars"] == [24] and network.notes["config"]["n_units"] == 8


def test_transposing_needs_named_intervals(excerpt):
    with pytest.raises(InputError, match="--spelling named"):
        TrainConfig(transpose=(1,))
    network, _ = train([excerpt], replace(TINY, epochs=1, spelling="named", transpose=(1, 6)), progress=False)
    plain, _ = train([excerpt], replace(TINY, epochs=1), progress=False)
    assert len(network.words) > len(plain.words)


def test_too_short_a_piece_says_what_it_needs(excerpt):
    with pytest.raises(InputError, match="composed has .* tokens, too few for one window of 400"):
        train([excerpt], replace(TINY, steps=400), progress=False)


def test_the_courses_recipe_runs():
    from week1.jazz_solo.course_corpus import course_arrays

    X, Y, _ = course_arrays(np.random.default_rng(0).integers(0, 7, 60), 7, m=20, Tx=8)
    model, losses = train_as_the_course(X, Y, n_units=16, epochs=12)
    assert len(losses) == 12 and losses[-1] < losses[0]
    assert losses[0] == pytest.approx(7 * np.log(7), rel=0.1)
    assert model.count_params() == 4 * 16 * (7 + 16 + 1) + 7 * 17


def test_a_notebook_of_2021_may_use_tensorflow_on_symbolic_tensors():
    import keras
    import tensorflow as tf

    from week1.jazz_solo.course_notebook import with_symbolic_tensors

    source = "def f(x):\n    return tf.one_hot(tf.math.argmax(x, axis=-1), depth=3)\n"
    names = {"tf": tf}
    exec(source, names)
    function = with_symbolic_tensors(names["f"])
    given = np.array([[0.1, 0.7, 0.2]], np.float32)
    symbolic = keras.Input((3,))
    model = keras.Model(symbolic, function(symbolic))
    assert np.asarray(model(given)).tolist() == np.asarray(function(given)).tolist() == [[0, 1, 0]]
    assert names["tf"].reduce_sum(given).shape == () and tf.one_hot.__module__.startswith("tensorflow")
