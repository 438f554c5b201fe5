"""The loop against Keras's own `fit`: weights, masks, several inputs and outputs, callbacks, logs, early stopping."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from common.errors import InputError
from common.seeding import seed_keras
from common.training import (
    ArrayData,
    EarlyStopping,
    NotFiniteError,
    evaluate,
    inverse_time_decay,
    save_curves,
    train,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(45, 6, 3)).astype(np.float32)
Y = RNG.integers(0, 4, 45)
WEIGHTS = RNG.uniform(0.2, 2, 45).astype(np.float32)


def network(*, dropout: float = 0.0, units: int = 5, dense: bool = False):
    import keras

    seed_keras(0)
    inputs = keras.Input((6, 3))
    states = keras.layers.Flatten()(inputs) if dense else keras.layers.LSTM(units)(inputs)
    states = keras.layers.Dropout(dropout)(states)
    return keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(states))


def compiled(model, optimizer="adam", **options):
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def assert_same_weights(one, other):
    for first, second in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(first, second, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize(("weights", "jit_compile"), [(WEIGHTS, False), (None, True)], ids=["graph", "xla"])
def test_it_does_what_fit_does(weights, jit_compile):
    """Same weights, history and validation; 45 examples in batches of 8, the last one short."""
    ours, theirs = compiled(network()), compiled(network())
    result = train(
        ours, X, Y, sample_weight=weights, validation=(X[:7], Y[:7]), epochs=3, batch_size=8, shuffle=False,
        jit_compile=jit_compile,
    )  # fmt: skip
    expected = theirs.fit(
        X, Y, sample_weight=weights, validation_data=(X[:7], Y[:7]), epochs=3, batch_size=8, shuffle=False, verbose=0
    ).history
    assert_same_weights(ours, theirs)
    assert result.history.keys() == expected.keys() == {"loss", "accuracy", "val_loss", "val_accuracy"}
    for name, values in expected.items():
        np.testing.assert_allclose(result.history[name], values, rtol=2e-5)
    assert (result.epochs, result.steps, result.jit_compile) == (3, 18, jit_compile)


def test_several_inputs_and_outputs_by_name():
    import keras

    def build():
        seed_keras(1)
        left, right = keras.Input((3,), name="left"), keras.Input((2,), name="right")
        both = keras.layers.Concatenate()([left, right])
        kind = keras.layers.Dense(4, activation="softmax", name="kind")(both)
        size = keras.layers.Dense(1, name="size", kernel_regularizer="l2")(both)
        model = keras.Model({"left": left, "right": right}, {"kind": kind, "size": size})
        model.compile(
            keras.optimizers.SGD(0.1, global_clipnorm=0.5),
            {"kind": "sparse_categorical_crossentropy", "size": "mse"},
            loss_weights={"kind": 1.0, "size": 0.3},
            metrics={"kind": "accuracy"},
        )
        return model

    x = {"left": X[:, 0], "right": X[:, 1, :2]}
    y = {"kind": Y, "size": X[:, 2, :1]}
    ours, theirs = build(), build()
    result = train(ours, x, y, epochs=2, batch_size=10, shuffle=False)
    expected = theirs.fit(x, y, epochs=2, batch_size=10, shuffle=False, verbose=0).history
    assert_same_weights(ours, theirs)
    for name, values in expected.items():
        np.testing.assert_allclose(result.history[name], values, rtol=2e-5)
    assert {"kind_loss", "size_loss", "kind_accuracy"} <= result.history.keys()


def test_masks_reach_the_loss():
    import keras

    ids = RNG.integers(0, 9, (20, 7))

    def build():
        seed_keras(2)
        inputs = keras.Input((7,), dtype="int32")
        states = keras.layers.Embedding(9, 4, mask_zero=True)(inputs)
        states = keras.layers.LSTM(4, return_sequences=True)(states)
        return compiled(keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(states)))

    targets = RNG.integers(0, 4, (20, 7))
    ours, theirs = build(), build()
    result = train(ours, ids, targets, epochs=2, batch_size=8, shuffle=False)
    expected = theirs.fit(ids, targets, epochs=2, batch_size=8, shuffle=False, verbose=0).history
    assert_same_weights(ours, theirs)
    np.testing.assert_allclose(result.history["loss"], expected["loss"], rtol=2e-5)
    changed = np.where(ids == 0, 3, targets)
    assert (changed != targets).any()
    assert evaluate(ours, ids, targets)["loss"] == pytest.approx(evaluate(ours, ids, changed)["loss"], rel=1e-6)


def test_batches_of_the_callers_may_differ_in_length():
    """A function that gives batches, sequences of another length in each, is as good as arrays."""
    import keras

    def build():
        seed_keras(3)
        inputs = keras.Input((None, 3))
        model = keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(keras.layers.GRU(3)(inputs)))
        return compiled(model)

    def batches(epoch):
        return [(X[:9, :4], Y[:9]), (X[9:20], Y[9:20]), (X[20:31, :5], Y[20:31])]

    ours, theirs = build(), build()
    result = train(ours, batches, epochs=2)
    for _ in range(2):
        for x, y in batches(0):
            theirs.train_on_batch(x, y)
    assert_same_weights(ours, theirs)
    assert result.steps == 6


def test_a_tf_data_set_will_do():
    import tensorflow as tf

    ours, theirs = compiled(network(dense=True)), compiled(network(dense=True))
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(8)
    train(ours, lambda epoch: dataset, epochs=2)
    train(theirs, X, Y, epochs=2, batch_size=8, shuffle=False)
    assert_same_weights(ours, theirs)


def test_however_many_batches_a_call_runs_the_bits_are_the_same():
    models = []
    for steps_per_call in (1, 2, None):
        models.append(compiled(network(dropout=0.4)))
        train(models[-1], X, Y, epochs=3, batch_size=8, steps_per_call=steps_per_call)
    for model in models[1:]:
        for first, second in zip(models[0].get_weights(), model.get_weights(), strict=True):
            assert np.array_equal(first, second)


def test_the_seed_gives_the_order_of_the_examples():
    weights = []
    for seed in (1, 1, 2):
        model = compiled(network(dense=True))
        train(model, X, Y, epochs=1, batch_size=8, seed=seed)
        weights.append(model.get_weights()[0])
    assert np.array_equal(weights[0], weights[1]) and not np.array_equal(weights[0], weights[2])


def test_evaluate_agrees_with_keras():
    model = compiled(network())
    expected = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert evaluate(model, X, Y, batch_size=13) == pytest.approx(expected, rel=1e-5)


def test_keras_callbacks_see_what_fit_shows_them():
    import keras

    seen = []

    class Watch(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            seen.append(("train", self.params["epochs"], self.params["steps"]))

        def on_epoch_begin(self, epoch, logs=None):
            seen.append(("begin", epoch))

        def on_train_batch_end(self, batch, logs=None):
            seen.append(("batch", batch))
            assert np.isfinite(logs["loss"])

        def on_epoch_end(self, epoch, logs=None):
            seen.append(("end", epoch))
            logs["mine"] = epoch * 2.0
            self.model.stop_training = epoch == 1

        def on_train_end(self, logs=None):
            seen.append(("over",))

    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.5 / (epoch + 1))
    model = compiled(network(dense=True), keras.optimizers.SGD(9.0))
    result = train(model, X, Y, epochs=5, batch_size=16, callbacks=[Watch(), schedule])
    batches = [("batch", 0), ("batch", 1), ("batch", 2)]
    assert seen == [
        ("train", 5, 3), ("begin", 0), *batches, ("end", 0), ("begin", 1), *batches, ("end", 1), ("over",)
    ]  # fmt: skip
    assert (result.epochs, result.stopped, result.history["mine"]) == (2, "a callback", [0.0, 2.0])
    assert float(model.optimizer.learning_rate) == 0.25


def test_early_stopping_ends_with_the_best_weights():
    """The learning rate is so large that a later epoch is worse than an earlier one."""
    import keras

    model, weights = compiled(network(dense=True), keras.optimizers.SGD(3.0)), []
    keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: weights.append(model.get_weights()))
    rule = EarlyStopping("val_loss", patience=4)
    result = train(
        model, X[:30], Y[:30], validation=(X[30:], Y[30:]), epochs=60, batch_size=4, early_stopping=rule,
        callbacks=[keep],
    )  # fmt: skip
    values = result.history["val_loss"]
    assert result.best_epoch == int(np.argmin(values)) + 1 < result.epochs
    assert result.stopped == "early stopping" and result.epochs == result.best_epoch + 4
    for ours, best in zip(model.get_weights(), weights[result.best_epoch - 1], strict=True):
        assert np.array_equal(ours, best)
    assert evaluate(model, X[30:], Y[30:])["loss"] == pytest.approx(min(values), rel=1e-6)


def test_early_stopping_knows_which_way_is_better():
    assert [EarlyStopping(name).sign for name in ("val_loss", "val_accuracy", "val_auc")] == [1, -1, -1]
    assert EarlyStopping("val_accuracy", mode="min").sign == 1
    with pytest.raises(InputError, match="no 'val_loss' to watch; choose one of loss"):
        train(compiled(network(dense=True)), X, Y, early_stopping=EarlyStopping())


def test_a_loss_that_is_not_finite_ends_it_and_names_the_step(tmp_path):
    x = X.copy()
    x[20] = np.nan
    with pytest.raises(NotFiniteError, match="nan in epoch 1, by step 3; lower the learning rate"):
        train(compiled(network(dense=True)), x, Y, batch_size=8, shuffle=False, steps_per_call=1, checkpoint=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_log_and_the_curves(tmp_path):
    result = train(
        compiled(network(dense=True)), X, Y, validation=(X, Y), epochs=3,
        csv_log=tmp_path / "log.csv", curves=tmp_path / "curves.png",
    )  # fmt: skip
    rows = list(csv.DictReader((tmp_path / "log.csv").open()))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    for name, values in result.history.items():
        assert [float(row[name]) for row in rows] == values
    from matplotlib.image import imread

    picture = imread(tmp_path / "curves.png")
    assert picture.shape[1] > picture.shape[0] and picture[..., :3].std() > 0
    blank = imread(save_curves(tmp_path / "one.png", {"val_loss": [1.0]}))
    assert blank.shape[1] < picture.shape[1]


def test_decay_is_that_of_keras_2():
    """Ten steps of SGD at rate / (1 + decay t), by hand."""
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    x, y = np.ones((10, 1), np.float32), np.zeros((10, 1), np.float32)
    train(model, x, y, optimizer=keras.optimizers.SGD(inverse_time_decay(0.1, 0.5)), loss="mse", batch_size=1)
    expected = 1.0
    for step in range(10):
        expected -= 0.1 / (1 + 0.5 * step) * 2 * expected
    assert model.get_weights()[0].item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((X, Y[:-1]), {}, "different numbers of examples"),
        ((X[:0], Y[:0]), {}, "no examples"),
        ((np.array(["a", "b"]), Y[:2]), {}, "no array of numbers"),
        ((X, Y), {"batch_size": 0}, "batch size is 0"),
        ((X, Y), {"epochs": -1}, "at least 0"),
        ((lambda epoch: [],), {}, "no batches"),
        ((lambda epoch: [(X, Y, None, None)],), {}, "4 parts"),
    ],
)
def test_bad_input_is_refused(arguments, options, message):
    with pytest.raises(InputError, match=message):
        train(compiled(network(dense=True)), *arguments, **options)


def test_a_model_that_is_not_compiled_is_refused():
    with pytest.raises(InputError, match="no optimizer and loss"):
        train(network(dense=True), X, Y)


def test_the_caller_keeps_its_arrays():
    before = X.copy(), Y.copy()
    train(compiled(network(dense=True)), X, Y, batch_size=8)
    assert np.array_equal(X, before[0]) and np.array_equal(Y, before[1])


def test_orders_are_permutations_that_the_epoch_alone_decides():
    data = ArrayData(np.arange(10), batch_size=4, shuffle=True, seed=5)

    def epoch_of(number, step=0):
        cursor, found = data.begin(number, step=step), []
        while (batch := cursor.take(2)[1]) is not None:
            found.extend(batch["x"].ravel())
        return found

    assert sorted(epoch_of(0)) == list(range(10))
    assert epoch_of(0) == epoch_of(0) != epoch_of(1)
    assert epoch_of(1, step=2) == epoch_of(1)[8:]
    assert epoch_of(1, step=3) == []
